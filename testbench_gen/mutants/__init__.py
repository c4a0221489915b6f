"""Mutants: what a testbench ought to notice."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sim.design import Design
from testbench_gen.mutants import (
    choice,
    clocking,
    expressions,
    order,
    statements,
    states,
    structure,
    values,
)
from testbench_gen.mutants.mutant import Mutant
from testbench_gen.mutants.operator import Operator

__all__ = ["OPERATORS", "Mutant", "Operator", "mutants_of"]

OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {
        operator.name: operator
        for room in (clocking, order, states, structure, statements, values, expressions)
        for operator in room.OPERATORS
    }
)
"""Kinds of mistakes in RTL as people and models write it, by name; the more special first."""


def mutants_of(
    design: Design,
    *,
    limit: int | None = None,
    seed: int = 1,
    operators: Mapping[str, Operator] = OPERATORS,
) -> list[Mutant]:
    """Return mutants of `design`: the same ports, one change each, in the order of the text.

    No two of them say the same, and none says what `design` says. Some may do the
    same nevertheless, and a few may not compile: who judges sees to that. Headers
    that sources include, ports, loop bounds and what macros produce stay as they are.

    Args:
        design: What is changed; all of its modules.
        limit: At most so many: of every operator that applies some, from all over the text.
        seed: Of the choice; the same seed gives the same mutants.
        operators: From which to choose.

    Raises:
        InvalidDesign: `design` does not parse, or nests too deep to be parsed.
    """
    return choice.mutants_of(design, limit=limit, seed=seed, operators=operators)
