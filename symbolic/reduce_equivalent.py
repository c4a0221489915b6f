"""States that specify the same: partition refinement over sets of inputs.

Hopcroft's algorithm ("An n log n algorithm for minimizing states in a finite
automaton", 1971), with the alphabet kept as decision diagrams instead of
letters. What is not specified counts as a value of its own, so the result is
the least machine where all is specified, and a safe first step where not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Protocol, Self

from symbolic.bdd import Cones, NodeBudgetReached
from symbolic.cubes import Cube
from symbolic.minimize import bit_set
from symbolic.reduce_machine import NOWHERE, Budget, BudgetReached, Machine, bits

_LISTED = 8
"""Input bits up to which a set of inputs is a bit mask."""


class Inputs(Protocol):
    """A set of inputs, a number or a decision diagram; equal ones compare and hash equal."""

    def __or__(self, other: Self, /) -> Self: ...


def equivalent_states(machine: Machine, budget: Budget) -> list[int]:
    """Return for each state the first one that specifies the same as it does.

    Raises:
        BudgetReached: There was not enough time, or sets of inputs are too large.
    """
    try:
        return _Refinement(machine, budget).representatives()
    except NodeBudgetReached as error:
        raise BudgetReached from error


class _Refinement:
    def __init__(self, machine: Machine, budget: Budget) -> None:
        self._machine = machine
        self._budget = budget
        self._cones: Cones | None = None
        self._function = self._functions()
        self._into: list[list[tuple[int, Inputs]]] = [[] for _ in machine.states]
        for state, rows in enumerate(machine.rows):
            for row in rows:
                if row.target != NOWHERE:
                    self._into[row.target].append((state, self._function(row.cube)))
        self._blocks = self._initial()
        self._block_of = [0] * len(machine.states)
        for number, block in enumerate(self._blocks):
            self._move(block, number)

    def representatives(self) -> list[int]:
        self._refine()
        return [self._blocks[number][0] for number in self._block_of]

    def _functions(self) -> Callable[[Cube], Inputs]:
        """Return how cubes become sets of inputs."""
        width = self._machine.width
        if width <= _LISTED:
            return cache(lambda cube: bit_set([cube], width))
        cones = self._cones = Cones()
        cones.manager.configure(reordering=False)
        names = [f"{i}" for i in range(width)]
        for name in names:
            cones.variable(name)

        def function(cube: Cube) -> Inputs:
            values = {names[i]: bool(cube.value >> i & 1) for i in bits(cube.care)}
            found: Inputs = cones.manager.cube(values)
            return found

        return cache(function)

    def _check(self) -> None:
        self._budget.check()
        if self._cones is not None:
            self._cones.check()

    # -- the first partition ------------------------------------------------

    def _initial(self) -> list[list[int]]:
        groups: dict[object, list[int]] = {}
        for state in range(len(self._machine.states)):
            self._check()
            groups.setdefault(self._specified(state), []).append(state)
        return list(groups.values())

    def _specified(self, state: int) -> object:
        """Return on which inputs the next state is known, and each output 1 or 0."""
        ones: dict[int, Inputs] = {}
        zeros: dict[int, Inputs] = {}
        goes: Inputs | None = None
        for row in self._machine.rows[state]:
            function = self._function(row.cube)
            if row.target != NOWHERE:
                goes = function if goes is None else goes | function
            self._spread(ones, row.ones, function)
            self._spread(zeros, row.zeros, function)
        return goes, frozenset(ones.items()), frozenset(zeros.items())

    def _spread(self, onto: dict[int, Inputs], outputs: int, function: Inputs) -> None:
        for output in bits(outputs):
            before = onto.get(output)
            onto[output] = function if before is None else before | function

    # -- refinement ---------------------------------------------------------

    def _refine(self) -> None:
        waiting = dict.fromkeys(range(len(self._blocks)))
        while waiting:
            self._check()
            number, _ = waiting.popitem()
            regions = self._regions(self._blocks[number])
            touched = dict.fromkeys(self._block_of[state] for state in regions)
            for block in touched:
                self._split(block, regions, waiting)

    def _regions(self, splitter: Sequence[int]) -> dict[int, Inputs]:
        """Return on which inputs each state goes into `splitter`."""
        found: dict[int, Inputs] = {}
        for target in splitter:
            for state, function in self._into[target]:
                before = found.get(state)
                found[state] = function if before is None else before | function
        return found

    def _split(self, block: int, regions: Mapping[int, Inputs], waiting: dict[int, None]) -> None:
        groups: dict[Inputs | None, list[int]] = {}
        for state in self._blocks[block]:
            groups.setdefault(regions.get(state), []).append(state)
        if len(groups) == 1:
            return
        # The largest keeps its number; it need not be looked at if the whole was done before.
        largest, *others = sorted(groups.values(), key=lambda group: (-len(group), group))
        self._blocks[block] = largest
        for group in others:
            number = len(self._blocks)
            self._blocks.append(group)
            self._move(group, number)
            waiting[number] = None

    def _move(self, states: Sequence[int], number: int) -> None:
        for state in states:
            self._block_of[state] = number
