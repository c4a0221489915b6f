"""The rules of the library, in the order in which they are applied."""

from __future__ import annotations

from symbolic.rules import (
    algebraic_identities,
    bit_product,
    boolean_cones,
    boolean_laws,
    clock_enable,
    common_subexpressions,
    comparator_sharing,
    comparator_with_constant,
    concat_of_neighbors,
    constant_division,
    constant_folding,
    constant_memories,
    constant_multiplication,
    constant_registers,
    constant_where_used,
    dead_code,
    derived_registers,
    equal_registers,
    equal_where_used,
    equation_solving,
    exclusive_operators,
    factoring,
    infeasible_branch,
    like_terms,
    memory_bits,
    memory_words,
    merged_conditions,
    merged_states,
    multiple_constants,
    mux_dont_care,
    mux_equal_data,
    mux_of_constants,
    one_hot_select,
    operator_into_mux,
    operator_out_of_mux,
    parity,
    powers_of_two,
    priority_to_parallel,
    range_narrowing,
    reduction_of_parts,
    redundant_reset,
    register_behind_logic,
    ripple_carry,
    shared_add_subtract,
    shared_operator,
    shared_registers,
    shared_select,
    shared_sums,
    shift_merging,
    signed_narrowing,
    slice_of_parts,
    split_mux,
    squares,
    table_to_logic,
    tree_balancing,
    unreachable_codes,
    unread_register_bits,
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
    ripple_carry,
    boolean_cones,
    tree_balancing,
)
"""Arithmetic and expressions."""

_CONTROL = (
    mux_equal_data,
    mux_of_constants,
    mux_dont_care,
    operator_into_mux,
    infeasible_branch,
    constant_where_used,
    unread_register_bits,
    constant_registers,
    equal_registers,
    unreachable_codes,
    constant_memories,
    memory_bits,
    memory_words,
    merged_conditions,
    split_mux,
    shared_select,
    equal_where_used,
    operator_out_of_mux,
    shared_operator,
    shared_add_subtract,
    exclusive_operators,
    one_hot_select,
    priority_to_parallel,
    table_to_logic,
    clock_enable,
    redundant_reset,
    register_behind_logic,
    derived_registers,
    shared_registers,
    merged_states,
)
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
