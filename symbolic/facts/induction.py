"""Bits of registers that are constant, or equal, in every state that is reached.

Candidates come from random runs and are kept as long as they hold for one step
whenever all of them hold before it (van Eijk: Sequential equivalence checking
based on structural similarities, IEEE TCAD 19(7), 2000). Bits that are x at
power-on are chosen so that they hold from the start.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from symbolic.dataflow.module import Dataflow
from symbolic.facts.bits import BitLogic
from symbolic.facts.gates import FALSE, SAMPLES, TRUE
from symbolic.facts.storage import CYCLES, Domain, Runs, domain, node_of

Place = tuple[str, int]
"""A register and the number of one of its bits."""
_ROUNDS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Bit:
    """One bit of a register, as literals: now and after a step."""

    place: Place
    now: int
    then: int
    start: bool
    turned_by_reset: bool
    """Whether an asynchronous reset makes it another value than the start's."""
    when: Domain


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariants:
    """What holds in all states that are reached from a start that was chosen."""

    constants: Mapping[Place, bool]
    """Bits that never change."""
    equals: Mapping[Place, tuple[Place, bool]]
    """Bits that always equal another bit, or (True) its inverse; of that one nothing is said here.
    """


def invariants(module: Dataflow, logic: BitLogic, runs: Runs, always: int) -> Invariants:
    """Return what can be proved by induction over one step.

    `always` is what is known to hold of the state, a literal of `logic`.
    """
    groups = _candidates(list(_bits(module, logic, runs.start)), runs.seen)
    for _ in range(_ROUNDS):
        broken = _broken(groups, logic, always)
        if broken is None:
            break
        groups = broken
    else:
        groups = []
    return _said(groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Bits of one domain that are thought equal, inverted where `turned`; or all constant 1."""

    members: tuple[tuple[Bit, bool], ...]
    constant: bool

    def claims(self) -> Iterator[tuple[Bit, int, int]]:
        """Yield each bit after the leading one with what it must equal now and after a step."""
        if self.constant:
            for bit, turned in self.members:
                value = FALSE if turned else TRUE
                yield bit, value, value
            return
        (first, first_turned), *others = self.members
        for bit, turned in others:
            sign = 1 if turned == first_turned else -1
            yield bit, sign * first.now, sign * first.then


def _bits(module: Dataflow, logic: BitLogic, start: Mapping[str, str]) -> Iterator[Bit]:
    for name, register in module.registers.items():
        nows = logic.of(node_of(module, register))
        thens = logic.of(register.next)
        for i, (now, then) in enumerate(zip(nows, thens, strict=True)):
            after_reset = register.reset.value[-1 - i] if register.reset else "x"
            yield Bit(
                place=(name, i),
                now=now,
                then=then,
                start=start[name][-1 - i] == "1",
                turned_by_reset=after_reset not in ("x", start[name][-1 - i]),
                when=domain(register),
            )


def _candidates(bits: Sequence[Bit], seen: Mapping[int, int]) -> list[_Group]:
    every = (1 << CYCLES * SAMPLES) - 1
    grouped: dict[tuple[object, ...], list[tuple[Bit, bool]]] = {}
    for bit in bits:
        value = seen[bit.now]
        turned = not bit.start
        shape = value ^ every if turned else value
        fixed = shape == every and not bit.turned_by_reset
        key = ("1",) if fixed else (shape, bit.turned_by_reset, _key(bit.when))
        grouped.setdefault(key, []).append((bit, turned))
    return [
        _Group(members=tuple(members), constant=key == ("1",))
        for key, members in grouped.items()
        if key == ("1",) or len(members) > 1
    ]


def _key(when: Domain) -> tuple[object, ...]:
    clock, rising, reset, low = when
    return clock, rising, None if reset is None else reset.number, low


def _broken(groups: Sequence[_Group], logic: BitLogic, always: int) -> list[_Group] | None:
    """Return smaller groups if a step from a state in which all hold can break one."""
    gates = logic.gates
    holds = always
    violated = []
    for group in groups:
        for bit, now, then in group.claims():
            holds = gates.both(holds, -gates.differ(bit.now, now))
            violated.append(gates.differ(bit.then, then))
    some = gates.any(violated)
    shown = [bit.then for group in groups for bit, _ in group.members]
    model = gates.solution([holds, some], shown)
    if model is None:
        return None if gates.settled else []
    return [part for group in groups for part in _split(group, model, logic)]


def _split(group: _Group, model: Sequence[int], logic: BitLogic) -> Iterator[_Group]:
    values = [logic.gates.value(model, bit.then) != turned for bit, turned in group.members]
    for value in (True, False):
        members = tuple(m for m, v in zip(group.members, values, strict=True) if v == value)
        if group.constant and value:
            if members:
                yield _Group(members=members, constant=True)
        else:
            yield from _by_domain(members)


def _by_domain(members: Sequence[tuple[Bit, bool]]) -> Iterator[_Group]:
    grouped: dict[tuple[object, ...], list[tuple[Bit, bool]]] = {}
    for bit, turned in members:
        grouped.setdefault((bit.turned_by_reset, _key(bit.when)), []).append((bit, turned))
    yield from (_Group(members=tuple(g), constant=False) for g in grouped.values() if len(g) > 1)


def _said(groups: Sequence[_Group]) -> Invariants:
    constants = {
        bit.place: not turned for group in groups if group.constant for bit, turned in group.members
    }
    equals = {}
    for group in groups:
        if not group.constant:
            (first, first_turned), *others = group.members
            for bit, turned in others:
                equals[bit.place] = (first.place, turned != first_turned)
    return Invariants(constants=constants, equals=equals)
