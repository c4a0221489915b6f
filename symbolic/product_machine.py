"""The states that two designs can be in together, as one decision diagram.

A second opinion on what ABC proves of small machines, and a first one where large ones take
`pdr` too long: breadth-first search from the first state with images by conjunctions in
which variables go as soon as nothing else needs them (J. R. Burch et al., "Symbolic model
checking with partitioned transition relations", 1991).
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from symbolic.bdd import Bdd, new_manager, tells_of_memory
from symbolic.yosys_aiger import Aiger

BUDGET = 400_000
"""Nodes that may be in use at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What a complete search found."""

    holds: bool
    """Whether the output is 0 in all states that can be reached, whatever the inputs are."""
    states: int
    """Those reached; not all of them where the output can be 1."""
    steps: int
    """To the farthest of them."""


def reached(circuit: Aiger, output: str, *, seconds: float, budget: int = BUDGET) -> Reached | None:
    """Search all states of `circuit` for one in which `output` can be 1.

    Returns None where time or nodes end first.
    """
    search = _Search(circuit, time.monotonic() + seconds, budget)
    try:
        return search.run(output)
    except _Ended:
        return None
    except (ValueError, RuntimeError) as error:
        if not tells_of_memory(error):
            raise
        return None


class _Ended(Exception):
    """Time or nodes have ended."""


class _Search:
    def __init__(self, circuit: Aiger, deadline: float, budget: int) -> None:
        self._circuit = circuit
        self._deadline = deadline
        self._budget = budget
        self._manager: Any = new_manager(budget)
        latches = range(len(circuit.latches))
        self._now = [f"s{number}" for number in latches]
        self._next = [f"n{number}" for number in latches]
        self._inputs = [f"i{number}" for number in range(len(circuit.inputs))]
        # A state bit and its next value stay beside each other.
        pairs = (name for pair in zip(self._now, self._next, strict=True) for name in pair)
        self._manager.declare(*self._inputs, *pairs)

    def run(self, output: str) -> Reached:
        functions = self._functions()
        bad = self._at(functions, self._circuit.outputs[output])
        moves = [self._at(functions, following) for following, _ in self._circuit.latches]
        del functions
        plan = _Plan(self._manager, moves, self._now, self._next, self._inputs)
        start = (bool(value) for _, value in self._circuit.latches)
        frontier = self._manager.cube(dict(zip(self._now, start, strict=True)))
        known, steps = frontier, 0
        while True:
            self._check()
            if (frontier & bad) != self._manager.false:
                return self._answer(known, steps, holds=False)
            image = self._image(plan, frontier)
            frontier = image & ~known
            if frontier == self._manager.false:
                return self._answer(known, steps, holds=True)
            known, steps = known | frontier, steps + 1

    def _answer(self, known: Bdd, steps: int, *, holds: bool) -> Reached:
        count = self._manager.count(known, nvars=len(self._now))
        return Reached(holds=holds, states=round(count), steps=steps)

    def _image(self, plan: _Plan, frontier: Bdd) -> Bdd:
        """Return the states that follow on those of `frontier`."""
        found = plan.without_unused(frontier)
        for relation, gone in plan.relations:
            found = self._manager.exist(gone, found & relation) if gone else found & relation
            self._check()
        back = dict(zip(self._next, self._now, strict=True))
        image: Bdd = self._manager.let(back, found)
        return image

    def _functions(self) -> list[Bdd]:
        """Return the function of every variable of the circuit."""
        names = [*self._inputs, *self._now]
        found = [self._manager.false, *(self._manager.var(name) for name in names)]
        for left, right in self._circuit.ands:
            found.append(self._at(found, left) & self._at(found, right))
            if len(found) % 64 == 0:
                self._check()
        return found

    @staticmethod
    def _at(functions: list[Bdd], literal: int) -> Bdd:
        found = functions[literal >> 1]
        return ~found if literal & 1 else found

    def _check(self) -> None:
        if time.monotonic() > self._deadline or len(self._manager) > self._budget:
            raise _Ended


class _Plan:
    """The relations of an image in order, and the variables that go with each."""

    def __init__(
        self,
        manager: Any,  # noqa: ANN401 - dd has no types
        moves: list[Bdd],
        now: list[str],
        following: list[str],
        inputs: list[str],
    ) -> None:
        self._manager = manager
        supports = [set(manager.support(move)) for move in moves]
        order = list(_by_support(supports))
        last = {name: place for place, number in enumerate(order) for name in supports[number]}
        self._unused = [name for name in (*now, *inputs) if name not in last]
        self.relations = [
            (
                ~manager.apply("xor", manager.var(following[number]), moves[number]),
                [name for name, end in last.items() if end == place],
            )
            for place, number in enumerate(order)
        ]

    def without_unused(self, states: Bdd) -> Bdd:
        found: Bdd = self._manager.exist(self._unused, states) if self._unused else states
        return found


def _by_support(supports: list[set[str]]) -> Iterator[int]:
    """Yield numbers so that few variables are open at a time: next what adds the fewest."""
    waiting, opened = set(range(len(supports))), set[str]()

    def added(number: int) -> tuple[int, int]:
        return _new(supports[number], opened), number

    while waiting:
        chosen = min(waiting, key=added)
        waiting.remove(chosen)
        opened |= supports[chosen]
        yield chosen


def _new(names: Collection[str], known: Collection[str]) -> int:
    return sum(name not in known for name in names)
