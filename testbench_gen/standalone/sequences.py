"""Sequences with an aim: timers, serial inputs, queues, memories, loadable counters."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

from .cycles import ON, RESETS, Cycle, Input, Phase, corner_values
from .moods import any_values, typical_values

RUNNING = dict.fromkeys(ON, 1) | {"strobe": 0, "reset": 0, "reset_n": 1}
"""Level of a single-bit input, by role, at which things go on."""
_SHORT = (1, 2, 3, 5, 8)
_FULL = (4, 9, 17, 33)
_SWEEP = 64
_BRUIJN = 8


def dwell(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """Inputs held for as long as the reference counts, and a little less or more."""
    lengths = [near for n in phase.repeats for near in (n - 1, n, n + 1, n + 2) if near > 0]
    left, values = phase.cycles, any_values(inputs, rng)
    while left > 0:
        values = _next_hold(values, inputs, rng)
        length = min(left, rng.choice(lengths if lengths and rng.random() < 0.6 else _SHORT))
        # A reset now and then, as what has run to its end may never start again.
        struck = frozenset(phase.resets[:1] if rng.random() < 0.1 else ())
        yield Cycle(values, resets=struck)
        for _ in range(length - 1):
            yield Cycle(values)
        left -= length


def _next_hold(
    last: Mapping[str, int], inputs: Sequence[Input], rng: random.Random
) -> dict[str, int]:
    """Return other values: one or two single-bit inputs flipped, or all of them drawn anew."""
    single = [port.name for port in inputs if port.width == 1 and port.role not in RESETS]
    if not single or rng.random() < 0.3:
        return typical_values(last, inputs, rng)
    flipped = rng.sample(single, min(len(single), rng.choice((1, 1, 2))))
    wide = {p.name: rng.getrandbits(p.width) for p in inputs if p.width > 1}
    return {**last, **wide, **{name: 1 - last[name] for name in flipped}}


def serial(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """Bit sequences into single-bit inputs, one after the other, while the others let them in."""
    targets = serial_inputs(inputs)
    for number, cycle in enumerate(_shifted(targets, phase, inputs, rng)):
        if number >= phase.cycles:
            return
        yield cycle


def serial_inputs(inputs: Sequence[Input]) -> list[Input]:
    """Return the inputs that bits may be shifted in by."""
    single = [port for port in inputs if port.width == 1 and port.role not in RESETS]
    return [port for port in single if port.role == "control"] or single


def _shifted(
    targets: Sequence[Input], phase: Phase, inputs: Sequence[Input], rng: random.Random
) -> Iterator[Cycle]:
    """Yield cycles without end: every sequence of eight bits first, as far as the phase goes."""
    share = phase.cycles // (2 * len(targets) or 1)
    for target in targets:
        held = any_values(inputs, rng) | _running(inputs)
        for bit in de_bruijn(min(_BRUIJN, max(share.bit_length() - 1, 1))):
            yield Cycle({**held, target.name: bit})
    while targets:
        target, held = rng.choice(targets), any_values(inputs, rng) | _running(inputs)
        if rng.random() < 0.2:
            held = typical_values(held, inputs, rng)
        for bit in _bits(phase.codes, rng):
            yield Cycle({**held, target.name: bit})
    while True:
        yield Cycle(any_values(inputs, rng))


def _running(inputs: Sequence[Input]) -> dict[str, int]:
    return {p.name: RUNNING[p.role] for p in inputs if p.width == 1 and p.role in RUNNING}


def _bits(codes: Sequence[str], rng: random.Random) -> list[int]:
    """Return a code, in either order, often twice or with a wrong bit or beginning; or noise."""
    if not codes or rng.random() < 0.3:
        return [rng.getrandbits(1) for _ in range(rng.choice((3, 8, 16)))]
    bits = [int(bit) for bit in rng.choice(codes)][:: rng.choice((1, 1, -1))]
    draw = rng.random()
    if draw < 0.3:
        bits[rng.randrange(len(bits))] ^= 1
    elif draw < 0.5:
        bits = bits[: rng.randrange(len(bits))] + bits
    elif draw < 0.7:
        bits *= 2
    return bits


def de_bruijn(order: int) -> list[int]:
    """Return bits, taken as a ring, with every sequence of `order` bits once; begun once more."""
    # The shortest rule: append 1 unless that sequence has been there.
    seen, bits = {(0,) * order}, [0] * order
    while len(seen) < 1 << order:
        window = tuple(bits[len(bits) - order + 1 :])
        bits.append(int((*window, 1) not in seen))
        seen.add((*window, bits[-1]))
    return bits


def fill_drain(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """A queue or memory filled beyond its end, drained beyond, both at once, and in turns."""
    lengths = [n + more for n in phase.repeats for more in (0, 1, 2)] or list(_FULL)
    left = phase.cycles
    plan = [(1, 0), (0, 1), (1, 0), (1, 1), (0, 1), (1, 1), (0, 0)]
    number = 0
    while left > 0:
        push, pop = plan[number % len(plan)] if number < 2 * len(plan) else rng.choice(plan)
        longest = max(lengths) if number < len(plan) else rng.choice((*lengths, *_SHORT))
        for step in range(min(left, longest)):
            yield Cycle(_queued(inputs, rng, push=push, pop=pop, step=step))
        left -= longest
        number += 1


def _queued(
    inputs: Sequence[Input], rng: random.Random, *, push: int, pop: int, step: int
) -> dict[str, int]:
    values = any_values(inputs, rng) | _running(inputs)
    for port in inputs:
        if port.role == "push":
            values[port.name] = push
        elif port.role == "pop":
            values[port.name] = pop
        elif port.role == "address":
            values[port.name] = step & port.ones
    return values


def sweep(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """Every address written, then read; then read while it is written, and few addresses often."""
    addresses = [port for port in inputs if port.role == "address"]
    size = 1 << min((port.width for port in addresses), default=0)
    swept = range(min(size, _SWEEP, max(phase.cycles // 6, 1)))
    offset = rng.randrange(size)
    aims = [*((1, 0, i) for i in swept), *((0, 1, i) for i in swept)]
    aims += [(i & 1, ~i & 1, i >> 1) for i in swept] + [(1, 1, i) for i in swept]
    for number in range(phase.cycles):
        if number < len(aims):
            push, pop, address = aims[number]
            at = dict.fromkeys((port.name for port in addresses), address)
        else:
            push, pop, address = rng.getrandbits(1), rng.getrandbits(1), rng.randrange(3)
            at = {port.name: rng.choice((address, offset)) for port in addresses}
        values = _queued(inputs, rng, push=push, pop=pop, step=0)
        yield Cycle(values | {p.name: (at[p.name] + offset) & p.ones for p in addresses})


def load_run(phase: Phase, inputs: Sequence[Input], rng: random.Random) -> Iterator[Cycle]:
    """A value near an end loaded, then run over the end."""
    strobes = [port.name for port in inputs if port.role == "strobe"]
    left = phase.cycles
    while left > 0:
        values = any_values(inputs, rng) | _running(inputs)
        values |= {p.name: rng.choice(corner_values(p)) for p in inputs if p.width > 1}
        yield Cycle(values | {name: int(rng.random() < 0.7) for name in strobes})
        length = min(left - 1, rng.choice((2, 4, 8, 20)))
        for _ in range(length):
            yield Cycle(values)
        left -= 1 + length
