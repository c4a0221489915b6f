"""Smallest closed covers of compatible states, by satisfiability.

A machine with n states implements another if n sets of compatible states cover
its start states and are closed: on each input, the next states of a set's
members lie in one of the sets together. Encoding after A. Abel and J. Reineke,
"MeMin: SAT-based exact minimization of incompletely specified Mealy machines",
ICCAD 2015: states of a clique of incompatible ones are put into sets of their
own. Other than there, closedness is demanded input by input, for inputs on which
a candidate was found not to be closed: few of them are needed, and what holds
no solution for some inputs holds none for all, so bounds stay sound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Any

from symbolic.cubes import UNIVERSE, Cube, intersection, intersects
from symbolic.reduce_machine import NOWHERE, Budget, BudgetReached, Machine, bits

_TOGETHER = 32
"""Inputs for which closedness is demanded between two solutions."""
_CONFLICTS = 2_000
"""Conflicts between two looks at the clock."""

Cover = list[int]
"""Sets of states."""


@dataclass(slots=True, kw_only=True)
class CoverSearch:
    """Searches for closed covers of given sizes; what one search learns helps the next."""

    machine: Machine
    incompatible: Sequence[int]
    clique: Sequence[int]
    inputs: dict[tuple[tuple[int, int], ...], None] = field(default_factory=dict)
    """Inputs for which closedness is demanded: pairs of state and next state."""

    def cover(self, size: int, budget: Budget) -> Cover | None:
        """Return a closed cover of at most `size` sets; None if there is none.

        Raises:
            BudgetReached: There was not enough time to tell.
        """
        from pysat.solvers import Solver  # noqa: PLC0415 - an optional dependency

        with Solver(name="glucose4") as solver:
            encoding = _Encoding(self, size, solver, budget)
            while encoding.solved():
                found = encoding.cover()
                new = dict.fromkeys(islice(open_inputs(self.machine, found), _TOGETHER))
                budget.check()
                if not new:
                    return [states for states in found if states]
                for transitions in new:
                    encoding.demand(transitions)
                self.inputs.update(new)
        return None


class _Encoding:
    """Clauses over variables `member[c][i]`: state i is in set c."""

    def __init__(self, search: CoverSearch, size: int, solver: Any, budget: Budget) -> None:  # noqa: ANN401
        self._solver = solver
        self._budget = budget
        self._size = size
        self._numbers = count(1)
        self._incompatible = search.incompatible
        self._fixed = dict(enumerate(search.clique[:size]))
        states = len(search.machine.states)
        self._member = [self._variables(c, states) for c in range(size)]
        self._homes: list[list[int]] = [[] for _ in range(states)]
        """The sets that may hold each state."""
        for c, member in enumerate(self._member):
            for state in member:
                self._homes[state].append(c)
        self._compatible_only()
        for state in search.machine.starts:
            solver.add_clause([self._member[c][state] for c in self._homes[state]])
        for c, state in self._fixed.items():
            solver.add_clause([self._member[c][state]])
        self._order()
        for transitions in search.inputs:
            self.demand(transitions)

    def _variables(self, c: int, states: int) -> dict[int, int]:
        self._budget.check()
        apart = self._incompatible[self._fixed[c]] if c in self._fixed else 0
        return {state: next(self._numbers) for state in bits(((1 << states) - 1) & ~apart)}

    def _compatible_only(self) -> None:
        for member in self._member:
            self._budget.check()
            held = sum(1 << state for state in member)
            for state, variable in member.items():
                for other in bits(self._incompatible[state] & held & ~((2 << state) - 1)):
                    self._solver.add_clause([-variable, -member[other]])

    def _order(self) -> None:
        """Number sets without a fixed state by their first state."""
        for c in range(len(self._fixed) + 1, self._size):
            self._budget.check()
            before = list(self._member[c - 1].values())
            for place, variable in enumerate(self._member[c].values()):
                self._solver.add_clause([-variable, *before[: place + 1]])

    def demand(self, transitions: Sequence[tuple[int, int]]) -> None:
        """Demand that on one input the next states of each set lie in one set."""
        goes = dict(transitions)
        for c, member in enumerate(self._member):
            self._budget.check()
            own = [(state, goes[state]) for state in member if state in goes]
            sure = goes.get(self._fixed.get(c, NOWHERE))
            if own:
                self._demand_of(c, own, range(self._size) if sure is None else self._homes[sure])

    def _demand_of(self, c: int, own: Sequence[tuple[int, int]], following: Sequence[int]) -> None:
        choices = [next(self._numbers) for _ in following]
        self._solver.add_clause(choices)
        for choice, d in zip(choices, following, strict=True):
            for state, target in own:
                inside = self._member[d].get(target)
                clause = [-choice, -self._member[c][state]]
                self._solver.add_clause(clause if inside is None else [*clause, inside])

    def solved(self) -> bool:
        """Tell whether there is a solution of what has been demanded so far.

        Raises:
            BudgetReached: There was not enough time to tell.
        """
        while True:
            self._budget.check()
            self._solver.conf_budget(_CONFLICTS)
            found = self._solver.solve_limited()
            if found is not None:
                return bool(found)

    def cover(self) -> Cover:
        """Return the sets of the last solution."""
        true = {literal for literal in self._solver.get_model() if literal > 0}
        return [
            sum(1 << state for state, variable in member.items() if variable in true)
            for member in self._member
        ]


def open_inputs(machine: Machine, cover: Sequence[int]) -> Iterator[tuple[tuple[int, int], ...]]:
    """Yield, for each set that is not closed, what all states do on an input that shows it."""
    holding = homes(machine, cover)
    everything = (1 << len(cover)) - 1
    for states in cover:
        rows = [
            (row.cube, holding[row.target])
            for state in bits(states)
            for row in machine.rows[state]
            if row.target != NOWHERE
        ]
        cube = _open_cube(rows, 0, UNIVERSE, everything)
        if cube is not None:
            yield _transitions_on(machine, cube)


def homes(machine: Machine, cover: Sequence[int]) -> list[int]:
    """Return for each state the numbers of the sets that hold it, as a bit mask."""
    found = [0] * len(machine.states)
    for c, states in enumerate(cover):
        for state in bits(states):
            found[state] |= 1 << c
    return found


def _open_cube(
    rows: Sequence[tuple[Cube, int]], start: int, cube: Cube, following: int
) -> Cube | None:
    """Return inputs in `cube` on which no set holds all next states; None if there are none.

    `following` are the sets that hold those of the rows before `start`.
    """
    for place in range(start, len(rows)):
        other, holding = rows[place]
        left = following & holding
        if left != following:
            common = intersection(cube, other)
            if common is None:
                continue
            found = common if not left else _open_cube(rows, place + 1, common, left)
            if found is not None:
                return found
    return None


def _transitions_on(machine: Machine, cube: Cube) -> tuple[tuple[int, int], ...]:
    """Return next states on the lowest input of `cube`."""
    point = Cube((1 << machine.width) - 1, cube.value)
    return tuple(
        (state, row.target)
        for state, rows in enumerate(machine.rows)
        for row in rows
        if row.target != NOWHERE and intersects(row.cube, point)
    )


def merged(machine: Machine, incompatible: Sequence[int], budget: Budget) -> Cover:
    """Return a closed partition into sets of compatible states, found by merging greedily.

    It is as good as time allows; at worst each state is alone.
    """
    merging = _Merging(machine, incompatible, budget)
    try:
        for state in range(len(machine.states)):
            for other in bits(~incompatible[state] & ((1 << state) - 1)):
                merging.try_both(other, state)
    except BudgetReached:
        merging.undo()
    return merging.blocks()


class _Merging:
    def __init__(self, machine: Machine, incompatible: Sequence[int], budget: Budget) -> None:
        self._going = [[r for r in rows if r.target != NOWHERE] for rows in machine.rows]
        self._incompatible = incompatible
        self._budget = budget
        self._block = [1 << state for state in range(len(machine.states))]
        """For each state, the set it is in."""
        self._before: list[tuple[int, int]] = []
        """States whose sets the merging under way has changed, and what those were."""

    def blocks(self) -> Cover:
        return list(dict.fromkeys(self._block))

    def undo(self) -> None:
        """Take back a merging that is not complete."""
        for state, block in reversed(self._before):
            self._block[state] = block
        self._before = []

    def try_both(self, a: int, b: int) -> None:
        """Put two states into one set, with all that follows from it, if that is allowed."""
        waiting = [(a, b)]
        while waiting:
            self._budget.check()
            first, second = (self._block[state] for state in waiting.pop())
            if first == second:
                continue
            if any(self._incompatible[state] & second for state in bits(first)):
                self.undo()
                return
            waiting += self._implied(first, second)
            for state in bits(first | second):
                self._before.append((state, self._block[state]))
                self._block[state] = first | second
        self._before = []

    def _implied(self, first: int, second: int) -> Iterator[tuple[int, int]]:
        others = [row for state in bits(second) for row in self._going[state]]
        for state in bits(first):
            for row in self._going[state]:
                for other in others:
                    apart = self._block[row.target] != self._block[other.target]
                    if apart and intersects(row.cube, other.cube):
                        yield row.target, other.target
