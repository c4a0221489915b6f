"""Pairs of states that no state can stand for together, and cliques of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from symbolic.cubes import intersects
from symbolic.reduce_machine import NOWHERE, Budget, Machine, Row, bits

_CLIQUE_STEPS = 20_000
_SEARCHED = 400
"""States up to which a larger clique than a greedy one is searched for."""


def incompatible_states(machine: Machine, budget: Budget) -> list[int]:
    """Return for each state the set of those that it is incompatible with.

    Two states are incompatible if some input sequence, specified for both, makes
    them give different outputs. Inputs are compared cube by cube, never one by one.

    Raises:
        BudgetReached: There was not enough time.
    """
    cubes = {row.cube for rows in machine.rows for row in rows}
    rows = sum(map(len, machine.rows))
    by_cube = _ByCube(machine, budget)
    # Machines whose states share few cubes are sparse in cubes, others in pairs of rows.
    if len(cubes) ** 2 * (1 + len(machine.table.outputs)) < rows**2 // 2:
        found = by_cube.different_outputs()
    else:
        found = _different_rows(machine, budget)
    apart = sum(mask.bit_count() for mask in found)
    if 2 * apart < len(found) ** 2:
        by_cube.spread(found)
    else:
        _spread_by_pair(machine, found, budget)
    return found


def _different_rows(machine: Machine, budget: Budget) -> list[int]:
    """Return which states give different outputs, comparing row by row."""
    found = [0] * len(machine.states)
    for state, rows in enumerate(machine.rows):
        budget.check()
        for other in range(state):
            if any(_conflict(a, b) for a in rows for b in machine.rows[other]):
                _mark(found, state, other)
    return found


def _conflict(a: Row, b: Row) -> bool:
    return bool(a.ones & b.zeros | a.zeros & b.ones) and intersects(a.cube, b.cube)


def _mark(found: list[int], a: int, b: int) -> None:
    found[a] |= 1 << b
    found[b] |= 1 << a


def _spread_by_pair(machine: Machine, found: list[int], budget: Budget) -> None:
    """Make states incompatible whose next states are, looking at pairs still compatible."""
    going = [[row for row in rows if row.target != NOWHERE] for rows in machine.rows]
    dependents: dict[tuple[int, int], list[tuple[int, int]]] = {}
    waiting = []
    for state in range(len(found)):
        budget.check()
        for other in bits(~found[state] & ((1 << state) - 1)):
            implied = _implied(going[state], going[other])
            if any(found[a] >> b & 1 for a, b in implied):
                _mark(found, state, other)
                waiting.append((state, other))
                continue
            for pair in implied:
                dependents.setdefault(pair, []).append((state, other))
    while waiting:
        for a, b in dependents.pop(waiting.pop(), ()):
            if not found[a] >> b & 1:
                _mark(found, a, b)
                waiting.append((a, b))


def _implied(rows: Sequence[Row], others: Sequence[Row]) -> set[tuple[int, int]]:
    """Return pairs of next states, the larger number first."""
    return {
        (max(a.target, b.target), min(a.target, b.target))
        for a in rows
        for b in others
        if a.target != b.target and intersects(a.cube, b.cube)
    }


class _ByCube:
    """States with equal cubes treated together, as sets."""

    def __init__(self, machine: Machine, budget: Budget) -> None:
        self._machine = machine
        self._budget = budget
        self._cubes = list(dict.fromkeys(row.cube for rows in machine.rows for row in rows))
        self._number = {cube: i for i, cube in enumerate(self._cubes)}
        self._meet: dict[int, list[int]] = {}

    def _meeting(self, cube: int) -> list[int]:
        found = self._meet.get(cube)
        if found is None:
            self._budget.check()
            own = self._cubes[cube]
            found = [i for i, other in enumerate(self._cubes) if intersects(own, other)]
            self._meet[cube] = found
        return found

    def different_outputs(self) -> list[int]:
        found = [0] * len(self._machine.states)
        gives: list[tuple[dict[int, int], dict[int, int]]] = [({}, {}) for _ in self._cubes]
        for state, rows in enumerate(self._machine.rows):
            for row in rows:
                zeros, ones = gives[self._number[row.cube]]
                for output in bits(row.zeros):
                    _add(zeros, output, state)
                for output in bits(row.ones):
                    _add(ones, output, state)
        for cube, (zeros, ones) in enumerate(gives):
            meeting = [gives[other] for other in self._meeting(cube)]
            for output, states in ones.items():
                self._join(found, states, (other[0].get(output, 0) for other in meeting))
            for output, states in zeros.items():
                self._join(found, states, (other[1].get(output, 0) for other in meeting))
        return found

    @staticmethod
    def _join(found: list[int], states: int, others: Iterable[int]) -> None:
        together = reduce(or_, others, 0)
        for state in bits(states):
            found[state] |= together

    def spread(self, found: list[int]) -> None:
        """Make states incompatible whose next states are, looking at pairs that are."""
        into: list[dict[int, int]] = [{} for _ in self._cubes]
        arrivals: list[dict[int, None]] = [{} for _ in found]
        for state, rows in enumerate(self._machine.rows):
            for row in rows:
                if row.target != NOWHERE:
                    arrivals[row.target][self._number[row.cube]] = None
                    _add(into[self._number[row.cube]], row.target, state)
        known: list[dict[int, int]] = [{} for _ in self._cubes]
        waiting = {state: apart for state, apart in enumerate(found) if apart}
        while waiting:
            self._budget.check()
            target, others = waiting.popitem()
            for cube in arrivals[target]:
                before = 0
                for other in bits(others):
                    sources = known[cube].get(other)
                    if sources is None:
                        sources = known[cube][other] = self._sources(into, cube, other)
                    before |= sources
                for state in bits(into[cube][target]):
                    new = before & ~found[state]
                    if new:
                        found[state] |= new
                        waiting[state] = waiting.get(state, 0) | new

    def _sources(self, into: Sequence[Mapping[int, int]], cube: int, target: int) -> int:
        """Return the states that go to `target` on some input in `cube`."""
        return reduce(or_, (into[other].get(target, 0) for other in self._meeting(cube)), 0)


def _add(sets: dict[int, int], key: int, state: int) -> None:
    sets[key] = sets.get(key, 0) | 1 << state


@dataclass(slots=True, kw_only=True)
class _CliqueSearch:
    """Branch and bound with a coloring as bound (E. Tomita and T. Seki, 2003)."""

    neighbors: Sequence[int]
    best: list[int] = field(default_factory=list)
    steps: int = 0

    def run(self, chosen: list[int], candidates: int) -> None:
        self.steps += 1
        order, colors = self._colored(candidates)
        for vertex, color in zip(reversed(order), reversed(colors), strict=True):
            if len(chosen) + color <= len(self.best) or self.steps > _CLIQUE_STEPS:
                return
            grown = [*chosen, vertex]
            if len(grown) > len(self.best):
                self.best = grown
            inner = candidates & self.neighbors[vertex]
            if inner:
                self.run(grown, inner)
            candidates &= ~(1 << vertex)

    def _colored(self, candidates: int) -> tuple[list[int], list[int]]:
        order, colors, color = [], [], 0
        while candidates:
            color += 1
            free = candidates
            while free:
                vertex = (free & -free).bit_length() - 1
                candidates &= ~(1 << vertex)
                free &= ~(1 << vertex) & ~self.neighbors[vertex]
                order.append(vertex)
                colors.append(color)
        return order, colors


def large_clique(neighbors: Sequence[int]) -> list[int]:
    """Return states that are all neighbors of each other, as many as a bounded search finds."""
    degrees = [mask.bit_count() for mask in neighbors]
    order = sorted(range(len(neighbors)), key=lambda i: (-degrees[i], i))
    found = _greedy_clique(neighbors, order)
    if len(found) < len(neighbors) <= _SEARCHED:
        place = {vertex: i for i, vertex in enumerate(order)}
        renamed = [sum(1 << place[i] for i in bits(neighbors[vertex])) for vertex in order]
        search = _CliqueSearch(neighbors=renamed, best=[place[vertex] for vertex in found])
        search.run([], (1 << len(neighbors)) - 1)
        found = [order[i] for i in search.best]
    return sorted(found)


def _greedy_clique(neighbors: Sequence[int], order: Sequence[int]) -> list[int]:
    chosen, candidates = [], (1 << len(neighbors)) - 1
    for vertex in order:
        if candidates >> vertex & 1:
            chosen.append(vertex)
            candidates &= neighbors[vertex]
    return chosen
