"""The smallest state machine that meets a recording, found by exhaustive search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from symbolic.state_table import StateTable, Transition

MAX_STATES = 4
_WORK = 200_000
_INPUT_BITS = 4
_ENOUGH = 12
"""Machines of one size that are collected to see whether they all do the same."""

_Solution = tuple[dict[tuple[int, str], int], dict[tuple[int, str], str]]
"""Next states and outputs, by state and inputs (no inputs for a Moore output)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """What was seen between two clock edges."""

    seen: tuple[tuple[str, str], ...]
    """Inputs and outputs of each row, as bit strings; `-` for unknown outputs."""
    sampled: str | None
    """The inputs at the edge that ends the cycle; None if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine that meets the recording."""

    table: StateTable
    unseen: int
    """Pairs of state and input that the recording says nothing about."""
    cases: int
    ambiguous: bool
    """Whether another machine of the same kind and size meets it as well."""


@dataclass(slots=True, kw_only=True)
class _Search:
    cycles: Sequence[Cycle]
    states: int
    moore: bool
    moves: dict[tuple[int, str], int] = field(default_factory=dict)
    outputs: dict[tuple[int, str], str] = field(default_factory=dict)
    found: list[_Solution] = field(default_factory=list)
    work: int = 0

    def run(self, at: int, state: int, used: int) -> None:
        """Follow the recording from cycle `at` in `state`; `used` states have names so far."""
        self.work += 1
        if self.work > _WORK or len(self.found) >= _ENOUGH:
            return
        undo: list[tuple[tuple[int, str], str | None]] = []
        if self._accept(self.cycles[at], state, undo):
            self._move_on(at, state, used)
        for key, before in reversed(undo):
            if before is None:
                del self.outputs[key]
            else:
                self.outputs[key] = before

    def _move_on(self, at: int, state: int, used: int) -> None:
        sampled = self.cycles[at].sampled
        if at + 1 == len(self.cycles) or sampled is None:
            if len(set(self.moves.values()) | {0}) > 1:
                self.found.append((dict(self.moves), dict(self.outputs)))
            return
        known = self.moves.get((state, sampled))
        if known is not None:
            self.run(at + 1, known, used)
            return
        for target in range(min(used + 1, self.states)):
            self.moves[state, sampled] = target
            self.run(at + 1, target, max(used, target + 1))
            del self.moves[state, sampled]

    def _accept(
        self, cycle: Cycle, state: int, undo: list[tuple[tuple[int, str], str | None]]
    ) -> bool:
        """Note the outputs seen in `state`; False if they contradict what was seen before."""
        for inputs, outputs in cycle.seen:
            key = (state, "" if self.moore else inputs)
            before = self.outputs.get(key)
            merged = outputs if before is None else _merge(before, outputs)
            if merged is None:
                return False
            if merged != before:
                undo.append((key, before))
                self.outputs[key] = merged
        return True


def _merge(a: str, b: str) -> str | None:
    merged = "".join(q if p == "-" else p for p, q in zip(a, b, strict=True))
    agree = all(q in ("-", m) for q, m in zip(b, merged, strict=True))
    return merged if agree else None


def smallest_machine(
    cycles: Sequence[Cycle], inputs: Sequence[str], outputs: Sequence[str], *, settled: bool
) -> Machine | None:
    """Return the smallest machine of at most four states, None if there is none.

    Moore machines are preferred to Mealy machines with as many states.
    `settled` says that the first cycle shows the state at power-on.
    """
    if len(inputs) > _INPUT_BITS or not cycles:
        return None
    for states, moore in product(range(2, MAX_STATES + 1), (True, False)):
        search = _Search(cycles=cycles, states=states, moore=moore)
        # The recursion is as deep as the recording; longer ones than this are not needed.
        search.cycles = cycles[:200]
        search.run(0, 0, 1)
        if search.work > _WORK:
            return None
        if search.found:
            return _machine(search, inputs, outputs, settled=settled)
    return None


def _machine(
    search: _Search, inputs: Sequence[str], outputs: Sequence[str], *, settled: bool
) -> Machine:
    moves, seen = search.found[0]
    count = 1 + max((0, *moves.values()))
    names = [f"S{i}" for i in range(count)]
    symbols = ["".join(bits) for bits in product("01", repeat=len(inputs))]
    nothing = "-" * len(outputs)
    transitions = []
    for i, symbol in product(range(count), symbols):
        target = moves.get((i, symbol))
        given = "" if search.moore else seen.get((i, symbol), nothing)
        if target is not None or given.strip("-"):
            transitions.append(
                Transition(
                    state=names[i],
                    inputs=symbol,
                    target=None if target is None else names[target],
                    outputs=given,
                )
            )
    moore: Mapping[str, str] | None = None
    if search.moore:
        moore = {names[i]: seen.get((i, ""), nothing) for i in range(count)}
    table = StateTable(
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        states=tuple(names),
        transitions=tuple(transitions),
        moore_outputs=moore,
        power_on_state=names[0] if settled else None,
    )
    cases = count * len(symbols)
    return Machine(
        table=table,
        unseen=cases - len(moves),
        cases=cases,
        ambiguous=any(_differ(search.found[0], other) for other in search.found[1:]),
    )


def _differ(one: _Solution, other: _Solution) -> bool:
    """Tell whether two machines, both started in state 0, can be told apart."""
    symbols = sorted({inputs for _, inputs in (*one[0], *other[0])})
    seen, frontier = {(0, 0)}, [(0, 0)]
    while frontier:
        a, b = frontier.pop()
        for inputs in ("", *symbols):
            left, right = one[1].get((a, inputs)), other[1].get((b, inputs))
            if left is not None and right is not None and _merge(left, right) is None:
                return True
            pair = (one[0].get((a, inputs)), other[0].get((b, inputs)))
            if pair[0] is None or pair[1] is None:
                if pair[0] != pair[1]:
                    return True
                continue
            following = (pair[0], pair[1])
            if following not in seen:
                seen.add(following)
                frontier.append(following)
    return False
