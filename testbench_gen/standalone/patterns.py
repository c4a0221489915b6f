"""Input patterns: what a phase of the stimulus drives, cycle by cycle.

Everything random comes from the seed; equal seeds give equal stimuli.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from .cycles import RESETS, Cycle, Input, Phase, corner_values, seeded
from .moods import MOODS, any_values, related_values, typical
from .sequences import RUNNING, dwell, fill_drain, load_run, serial, sweep

__all__ = ["PATTERNS", "RESETS", "Cycle", "Input", "Phase", "corner_values", "expand", "seeded"]

_STEADY = 600
"""Cycles of a long run after which inputs of unknown purpose may change."""


def expand(
    phases: Sequence[Phase], inputs: Sequence[Input], seed: int
) -> Iterator[tuple[Phase, Cycle]]:
    """Yield every cycle of every phase, in order; each phase has random numbers of its own."""
    for phase in phases:
        rng = seeded(seed, phase.name)
        for cycle in PATTERNS[phase.pattern](phase, inputs, rng):
            yield phase, cycle


def exhaustive(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """Every combination of all inputs, counting up; the last input counts fastest."""
    for code in range(phase.cycles):
        yield Cycle(_split(code, inputs))


def shuffled(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """Every combination once, in random order, so that held values show."""
    codes = list(range(phase.cycles))
    rng.shuffle(codes)
    for code in codes:
        yield Cycle(_split(code, inputs))


def corners(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """All zeros, all ones, minimum and maximum, alternating bits, walking ones and zeros."""
    yield from _first(phase.cycles, _corner_cycles(inputs, rng))


def listed(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """The phase's vectors in order, repeated as often as the phase lasts."""
    for number in range(phase.cycles):
        chosen = phase.vectors[number % len(phase.vectors)]
        yield _completed(chosen, phase, inputs, rng)


def replay(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """The phase's vectors in order and nothing else, each held for its number of cycles."""
    for chosen, length in zip(phase.vectors, phase.repeats):  # noqa: B905
        cycle = _driven(chosen, dict.fromkeys((port.name for port in inputs), 0), phase)
        for _ in range(length):
            yield cycle


def mixed(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """The phase's vectors in random order between random cycles."""
    for cycle in constrained(phase, inputs, rng):
        if rng.random() < 0.4:
            yield cycle
        else:
            yield _completed(rng.choice(phase.vectors), phase, inputs, rng)


def constrained(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """Random inputs by role, in segments of different mood: typical, held, one at a time."""
    values: Mapping[str, int] = {port.name: 0 for port in inputs}
    left = phase.cycles
    while left > 0:
        length = min(left, rng.choice((4, 8, 16, 32, 64)))
        mood = rng.choice(MOODS)(values, inputs, rng)
        # Now and then a reset, or a machine that ends somewhere would stay there.
        struck = bool(phase.resets) and rng.random() < 0.15
        for step, values in enumerate(islice(mood, length)):
            resets = phase.resets[:1] if struck and step == 0 else ()
            late = _late(values, inputs, rng) if rng.random() < 0.15 else {}
            yield Cycle(values, resets=frozenset(resets), late=late)
        left -= length


def operands(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """Two operands at a time in relations that arithmetic shows: carries, signs, extremes."""
    for values in islice(typical({}, inputs, rng), phase.cycles):
        yield Cycle(related_values(values, inputs, rng))


def long_run(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """Enables held at 1, strobes at 0, data constant: counters run until they wrap."""
    running = {port.name: _running_value(port, rng) for port in inputs}
    for start in range(0, phase.cycles, _STEADY):
        if start:
            running |= {p.name: rng.randint(0, 1) for p in inputs if p.role == "control"}
        cycle = Cycle(dict(running), brief=True)
        for _ in range(min(_STEADY, phase.cycles - start)):
            yield cycle


def reset_start(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """Every reset asserted while the other inputs move; enables on at the end, some need it."""
    for number in range(phase.cycles):
        values = any_values(inputs, rng)
        if 2 * number >= phase.cycles:
            values |= {port.name: 1 for port in inputs if port.role == "enable"}
        yield Cycle(values, resets=frozenset(phase.resets))


def reset_again(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """Random operation into which a reset strikes at any moment, for one or a few cycles."""
    left = phase.cycles
    operation = constrained(replace(phase, resets=()), inputs, rng)
    while left > 0:
        run = rng.choice((1, 2, 3, 5, 8, 13, 21, 34))
        cycles = [next(operation) for _ in range(min(run, left))]
        cycles += _strike(phase, inputs, rng, cycles[-1].values)
        yield from cycles[:left]
        left -= len(cycles)


def _strike(
    phase: Phase, inputs: Sequence[Input], rng: random.Random, last: Mapping[str, int]
) -> list[Cycle]:
    """Return cycles of reset: the operation goes on as if nothing were, or anything is driven."""
    struck, goes_on = frozenset({rng.choice(phase.resets)}), rng.random() < 0.4
    if phase.pulses and rng.random() < 0.4:
        return [Cycle(last if goes_on else any_values(inputs, rng), pulsed=struck)]
    values = [last if goes_on else any_values(inputs, rng) for _ in range(rng.choice((1, 1, 2, 3)))]
    return [Cycle(each, resets=struck) for each in values]


def _late(values: Mapping[str, int], inputs: Sequence[Input], rng: random.Random) -> dict[str, int]:
    """One input, so that what works at the other clock edge or while the clock is low shows."""
    ports = [port for port in inputs if port.role not in RESETS]
    if not ports:
        return {}
    port = rng.choice(ports)
    return {
        port.name: values[port.name] ^ port.ones if port.width == 1 else rng.getrandbits(port.width)
    }


def _first(count: int, cycles: Iterator[Cycle]) -> Iterator[Cycle]:
    for _, cycle in zip(range(count), cycles, strict=False):
        yield cycle


def _split(code: int, inputs: Sequence[Input]) -> dict[str, int]:
    values = {}
    for port in reversed(inputs):
        values[port.name] = code & port.ones
        code >>= port.width
    return values


def _completed(
    chosen: Mapping[str, int], phase: Phase, inputs: Sequence[Input], rng: random.Random
) -> Cycle:
    return _driven(chosen, any_values(inputs, rng), phase)


def _driven(chosen: Mapping[str, int], rest: Mapping[str, int], phase: Phase) -> Cycle:
    values = {name: chosen.get(name, value) for name, value in rest.items()}
    late = {name: chosen[f"late {name}"] for name in rest if f"late {name}" in chosen}
    asserted, pulsed = (
        frozenset(reset for reset in phase.resets if f"{how} {reset}" in chosen)
        for how in ("assert", "pulse")
    )
    return Cycle(values, resets=asserted, late=late, pulsed=pulsed)


def _corner_cycles(inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """Corners of all ports together, then of each port by itself; never ends."""
    table = {port.name: corner_values(port) for port in inputs}
    for index in range(max((len(values) for values in table.values()), default=1)):
        yield Cycle({name: values[index % len(values)] for name, values in table.items()})
    for port in inputs:
        for value in (*table[port.name], *_walking(port)):
            yield Cycle(any_values(inputs, rng) | {port.name: value})
    while True:
        yield Cycle({name: rng.choice(values) for name, values in table.items()})


def _walking(port: Input) -> list[int]:
    bits = range(port.width) if port.width <= 64 else range(0, port.width, port.width // 32)
    return [1 << bit for bit in bits] + [port.ones ^ (1 << bit) for bit in bits]


def _running_value(port: Input, rng: random.Random) -> int:
    if port.width == 1:
        return RUNNING.get(port.role, rng.randint(0, 1))
    return rng.choice(corner_values(port))


PATTERNS: dict[str, Callable[[Phase, Sequence[Input], random.Random], Iterator[Cycle]]] = {
    "exhaustive": exhaustive,
    "shuffled": shuffled,
    "corners": corners,
    "listed": listed,
    "replay": replay,
    "mixed": mixed,
    "constrained": constrained,
    "operands": operands,
    "dwell": dwell,
    "serial": serial,
    "fill_drain": fill_drain,
    "sweep": sweep,
    "load_run": load_run,
    "long_run": long_run,
    "reset_start": reset_start,
    "reset_again": reset_again,
}
