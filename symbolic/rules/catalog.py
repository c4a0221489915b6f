"""The rules of the library, in the order in which they are applied."""

from __future__ import annotations

from symbolic.rules import (
    algebraic_identities,
    bit_product,
    boolean_laws,
    common_subexpressions,
    comparator_sharing,
    comparator_with_constant,
    concat_of_neighbors,
    constant_division,
    constant_folding,
    constant_multiplication,
    dead_code,
    equation_solving,
    factoring,
    like_terms,
    multiple_constants,
    parity,
    powers_of_two,
    range_narrowing,
    reduction_of_parts,
    shared_sums,
    shift_merging,
    signed_narrowing,
    slice_of_parts,
    squares,
    tree_balancing,
    unused_bits,
    word_merging,
)
from symbolic.rules.rule import Rule

_EXPRESSIONS = (
    constant_folding,
    algebraic_identities,
    powers_of_two,
    slice_of_parts,
    concat_of_neighbors,
    shift_merging,
    boolean_laws,
    bit_product,
    reduction_of_parts,
    comparator_with_constant,
    equation_solving,
    common_subexpressions,
    word_merging,
    like_terms,
    range_narrowing,
    signed_narrowing,
    unused_bits,
    dead_code,
    shared_sums,
    factoring,
    constant_division,
    multiple_constants,
    constant_multiplication,
    comparator_sharing,
    squares,
    parity,
    tree_balancing,
)
"""Arithmetic and expressions."""

_CONTROL = ()
"""Muxes, control, registers and memories."""

RULES: tuple[Rule, ...] = tuple(module.RULE for module in (*_EXPRESSIONS, *_CONTROL))


def rule(name: str) -> Rule:
    """Return a rule by its name.

    Raises:
        KeyError: There is none of that name.
    """
    for found in RULES:
        if found.name == name:
            return found
    raise KeyError(f"rule must be one of {', '.join(r.name for r in RULES)}, not {name!r}")
