"""Input patterns: what a phase of the stimulus drives, cycle by cycle.

Everything random comes from the seed; equal seeds give equal stimuli.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Input:
    """A data input: its name, width in bits, and what it seems to be for."""

    name: str
    width: int = 1
    role: str = "data"
    """`enable`, `valid`, `strobe`, `reset`, `reset_n`, `control`, `select`, `address` or `data`."""
    interesting: tuple[int, ...] = ()
    """Values that the reference treats specially."""

    @property
    def ones(self) -> int:
        """The value with every bit 1."""
        return (1 << self.width) - 1


@dataclass(frozen=True)
class Cycle:
    """The inputs of one clock cycle, or of one vector where there is no clock."""

    values: Mapping[str, int]
    """Every data input by name, unsigned."""
    resets: frozenset[str] = frozenset()
    """Reset inputs that are asserted during this cycle, clock edge included."""
    late: Mapping[str, int] = field(default_factory=dict)
    """Inputs that change once more after the inactive clock edge."""
    pulsed: frozenset[str] = frozenset()
    """Reset inputs that are asserted and released between two clock edges."""


@dataclass(frozen=True)
class Phase:
    """A part of the stimulus: a pattern, how long it is driven, and why."""

    name: str
    reason: str
    pattern: str
    """Key of `PATTERNS`."""
    cycles: int
    vectors: tuple[Mapping[str, int], ...] = ()
    """For the patterns `listed` and `mixed`: inputs to drive, the others at random; for `replay`:
    inputs to drive, the others at 0.

    The key `assert NAME` asserts reset NAME, whatever its polarity; `pulse NAME` does so between
    two clock edges, and `late NAME` is what input NAME changes to after the inactive edge.
    """
    repeats: tuple[int, ...] = ()
    """For the pattern `replay`: for how many cycles each of the vectors is held."""
    resets: tuple[str, ...] = ()
    """For the patterns about reset: the inputs to assert."""
    pulses: bool = False
    """For the patterns about reset: whether also to pulse it between clock edges."""


def expand(
    phases: Sequence[Phase], inputs: Sequence[Input], seed: int
) -> Iterator[tuple[Phase, Cycle]]:
    """Yield every cycle of every phase, in order; each phase has random numbers of its own."""
    for phase in phases:
        rng = seeded(seed, phase.name)
        for cycle in PATTERNS[phase.pattern](phase, inputs, rng):
            yield phase, cycle


def seeded(*parts: object) -> random.Random:
    """Return random numbers that depend on `parts` and on nothing else."""
    return random.Random("/".join(map(str, parts)))  # noqa: S311  # no secret


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
    values = {port.name: 0 for port in inputs}
    left = phase.cycles
    while left > 0:
        length = min(left, rng.choice((4, 8, 16, 32, 64)))
        mood = rng.choice(MOODS)
        # Now and then a reset, or a machine that ends somewhere would stay there.
        struck = bool(phase.resets) and rng.random() < 0.15
        for step in range(length):
            values = mood(values, inputs, rng, step)
            resets = phase.resets[:1] if struck and step == 0 else ()
            late = _late(values, inputs, rng) if rng.random() < 0.15 else {}
            yield Cycle(values, resets=frozenset(resets), late=late)
        left -= length


def long_run(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """Enables held at 1, strobes at 0, data constant: counters run until they wrap."""
    running = {port.name: _running_value(port, rng) for port in inputs}
    for number in range(phase.cycles):
        if number and number % 600 == 0:
            running |= {p.name: rng.randint(0, 1) for p in inputs if p.role == "control"}
        yield Cycle(dict(running))


def reset_start(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """Every reset asserted while the other inputs move; enables on at the end, some need it."""
    for number in range(phase.cycles):
        values = _uniform({}, inputs, rng, 0)
        if 2 * number >= phase.cycles:
            values |= {port.name: 1 for port in inputs if port.role == "enable"}
        yield Cycle(values, resets=frozenset(phase.resets))


def reset_again(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """Random operation into which a reset strikes at any moment, for one or a few cycles."""
    left = phase.cycles
    operation = constrained(replace(phase, resets=()), inputs, rng)
    while left > 0:
        run = rng.choice((1, 2, 3, 5, 8, 13, 21))
        cycles = [next(operation) for _ in range(min(run, left))]
        cycles += _strike(phase, inputs, rng)
        yield from cycles[:left]
        left -= len(cycles)


PATTERNS: dict[str, Callable[[Phase, Sequence[Input], random.Random], Iterator[Cycle]]] = {
    "exhaustive": exhaustive,
    "shuffled": shuffled,
    "corners": corners,
    "listed": listed,
    "replay": replay,
    "mixed": mixed,
    "constrained": constrained,
    "long_run": long_run,
    "reset_start": reset_start,
    "reset_again": reset_again,
}


def _strike(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> list[Cycle]:
    struck = frozenset({rng.choice(phase.resets)})
    if phase.pulses and rng.random() < 0.4:
        return [Cycle(_uniform({}, inputs, rng, 0), pulsed=struck)]
    length = rng.choice((1, 1, 2, 3))
    return [Cycle(_uniform({}, inputs, rng, 0), resets=struck) for _ in range(length)]


def _late(values: _Values, inputs: Sequence[Input], rng: random.Random) -> dict[str, int]:
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
    return _driven(chosen, _uniform({}, inputs, rng, 0), phase)


def _driven(chosen: Mapping[str, int], rest: Mapping[str, int], phase: Phase) -> Cycle:
    values = {name: chosen.get(name, value) for name, value in rest.items()}
    late = {name: chosen[f"late {name}"] for name in rest if f"late {name}" in chosen}
    asserted, pulsed = (
        frozenset(reset for reset in phase.resets if f"{how} {reset}" in chosen)
        for how in ("assert", "pulse")
    )
    return Cycle(values, resets=asserted, late=late, pulsed=pulsed)


def corner_values(port: Input) -> list[int]:
    """Values of one port that designs get wrong: ends of both ranges, stripes, special codes."""
    top = 1 << (port.width - 1)
    stripes = [sum(1 << i for i in range(start, port.width, 2)) for start in (0, 1)]
    values = [0, port.ones, 1, top, port.ones ^ top, port.ones ^ 1, *stripes, *port.interesting]
    return list(dict.fromkeys(value & port.ones for value in values))


def _corner_cycles(inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """Corners of all ports together, then of each port by itself; never ends."""
    table = {port.name: corner_values(port) for port in inputs}
    for index in range(max((len(values) for values in table.values()), default=1)):
        yield Cycle({name: values[index % len(values)] for name, values in table.items()})
    for port in inputs:
        for value in (*table[port.name], *_walking(port)):
            yield Cycle(_uniform({}, inputs, rng, 0) | {port.name: value})
    while True:
        yield Cycle({name: rng.choice(values) for name, values in table.items()})


def _walking(port: Input) -> list[int]:
    bits = range(port.width) if port.width <= 64 else range(0, port.width, port.width // 32)
    return [1 << bit for bit in bits] + [port.ones ^ (1 << bit) for bit in bits]


# Moods: the next inputs, given the last ones and the number of the cycle in its segment.
_Values = Mapping[str, int]


def _uniform(
    last: _Values, inputs: Sequence[Input], rng: random.Random, step: int
) -> dict[str, int]:
    return {
        port.name: int(rng.random() < _LEVELS[port.role])
        if port.role in RESETS
        else rng.getrandbits(port.width)
        for port in inputs
    }


def _typical(
    last: _Values, inputs: Sequence[Input], rng: random.Random, step: int
) -> dict[str, int]:
    values: dict[str, int] = {}
    for port in inputs:
        values[port.name] = _typical_value(port, last.get(port.name, 0), values, inputs, rng)
    return values


def _held_controls(
    last: _Values, inputs: Sequence[Input], rng: random.Random, step: int
) -> dict[str, int]:
    """Single-bit inputs keep one random level for the segment: queues fill up and drain."""
    values = _typical(last, inputs, rng, step)
    for port in inputs:
        if port.width == 1 and port.role not in RESETS:
            values[port.name] = rng.getrandbits(1) if step == 0 else last[port.name]
    return values


def _held(last: _Values, inputs: Sequence[Input], rng: random.Random, step: int) -> dict[str, int]:
    """Everything keeps its value for the segment."""
    return _typical(last, inputs, rng, step) if step == 0 else dict(last)


def _one_at_a_time(
    last: _Values, inputs: Sequence[Input], rng: random.Random, step: int
) -> dict[str, int]:
    """A single port changes in each cycle."""
    values = dict(last)
    if inputs:
        port = rng.choice(inputs)
        draw = _typical_value if port.role in RESETS else _data_value
        values[port.name] = draw(port, last[port.name], values, inputs, rng)
    return values


MOODS = (_uniform, _typical, _typical, _held_controls, _held_controls, _held, _one_at_a_time)

RESETS = ("reset", "reset_n")
"""Roles of data inputs that are called like a reset, active high or low."""
_LEVELS = {"enable": 0.8, "valid": 0.6, "strobe": 0.12, "reset": 0.03, "reset_n": 0.97}
"""How often a single-bit input of a role is 1."""


def _typical_value(
    port: Input, last: int, values: _Values, inputs: Sequence[Input], rng: random.Random
) -> int:
    if port.width == 1:
        if port.role in ("enable", "valid") and rng.random() < 0.6:
            return last
        return int(rng.random() < _LEVELS.get(port.role, 0.5))
    if port.role == "address" and rng.random() < 0.7:
        return (last + 1) & port.ones if rng.random() < 0.5 else rng.randrange(8) & port.ones
    return _data_value(port, last, values, inputs, rng)


def _data_value(
    port: Input, last: int, values: _Values, inputs: Sequence[Input], rng: random.Random
) -> int:
    """A value that is often a corner, a special code, a neighbor, or equal to another operand."""
    draw = rng.random()
    if port.width == 1 or draw < 0.45:
        return rng.getrandbits(port.width)
    if draw < 0.65:
        return rng.choice(corner_values(port))
    if draw < 0.75:
        return (last + rng.choice((-1, 1))) & port.ones
    if draw < 0.85:
        return rng.randrange(16) & port.ones
    twins = [other.name for other in inputs if other.width == port.width and other.name in values]
    return values[rng.choice(twins)] if twins else rng.getrandbits(port.width)


def _running_value(port: Input, rng: random.Random) -> int:
    levels = {"enable": 1, "valid": 1, "strobe": 0, "reset": 0, "reset_n": 1}
    if port.width == 1:
        return levels.get(port.role, rng.randint(0, 1))
    return rng.choice(corner_values(port))
