"""Moods: endless random inputs of one kind each, to be taken in segments."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence

from .cycles import ON, RESETS, Input, corner_values

Values = Mapping[str, int]
Mood = Callable[[Values, Sequence[Input], random.Random], Iterator[dict[str, int]]]

_LEVELS = {"valid": 0.6, "push": 0.6, "pop": 0.6, "enable": 0.8, "strobe": 0.12} | {
    "reset": 0.03,
    "reset_n": 0.97,
}
"""How often a single-bit input of a role is 1."""
_BIASES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)


def any_values(inputs: Sequence[Input], rng: random.Random) -> dict[str, int]:
    """Return values of which each is as likely as any other, but resets hardly ever act."""
    return {
        port.name: int(rng.random() < _LEVELS[port.role])
        if port.role in RESETS
        else rng.getrandbits(port.width)
        for port in inputs
    }


def typical_values(last: Values, inputs: Sequence[Input], rng: random.Random) -> dict[str, int]:
    """Return values as each role has them in operation, after `last`."""
    values: dict[str, int] = {}
    for port in inputs:
        values[port.name] = _typical_value(port, last.get(port.name, 0), values, inputs, rng)
    return values


def uniform(last: Values, inputs: Sequence[Input], rng: random.Random) -> Iterator[dict[str, int]]:
    """Every value as likely as any other."""
    while True:
        yield any_values(inputs, rng)


def typical(last: Values, inputs: Sequence[Input], rng: random.Random) -> Iterator[dict[str, int]]:
    """By role: enables mostly on, strobes rare, addresses counting, data with corners."""
    while True:
        last = values = typical_values(last, inputs, rng)
        yield values


def held_controls(
    last: Values, inputs: Sequence[Input], rng: random.Random
) -> Iterator[dict[str, int]]:
    """Single-bit inputs keep one random level: queues fill up and drain."""
    levels = {p.name: rng.getrandbits(1) for p in inputs if p.width == 1 and p.role not in RESETS}
    while True:
        last = values = typical_values(last, inputs, rng) | levels
        yield values


def held(last: Values, inputs: Sequence[Input], rng: random.Random) -> Iterator[dict[str, int]]:
    """Everything keeps its value."""
    values = typical_values(last, inputs, rng)
    while True:
        yield dict(values)


def in_steps(last: Values, inputs: Sequence[Input], rng: random.Random) -> Iterator[dict[str, int]]:
    """Every combination is held for the same few cycles."""
    length = rng.choice((2, 3, 4, 6, 9))
    while True:
        values = any_values(inputs, rng)
        for _ in range(length):
            yield dict(values)


def biased(last: Values, inputs: Sequence[Input], rng: random.Random) -> Iterator[dict[str, int]]:
    """Every single-bit input has a probability of its own: walks go where uniform ones do not."""
    single = [port for port in inputs if port.width == 1 and port.role not in RESETS]
    often = {port.name: rng.choice(_BIASES) for port in single}
    while True:
        values = typical_values(last, inputs, rng)
        last = values = values | {name: int(rng.random() < p) for name, p in often.items()}
        yield values


def one_at_a_time(
    last: Values, inputs: Sequence[Input], rng: random.Random
) -> Iterator[dict[str, int]]:
    """A single port changes in each cycle."""
    values = {port.name: last.get(port.name, 0) for port in inputs}
    while True:
        if inputs:
            port = rng.choice(inputs)
            draw = _typical_value if port.role in RESETS else _data_value
            values[port.name] = draw(port, values[port.name], values, inputs, rng)
        yield dict(values)


MOODS: tuple[Mood, ...] = (
    uniform,
    typical,
    typical,
    held_controls,
    held_controls,
    held,
    in_steps,
    biased,
    biased,
    one_at_a_time,
)


def _typical_value(
    port: Input, last: int, values: Values, inputs: Sequence[Input], rng: random.Random
) -> int:
    if port.width == 1:
        if port.role in ON and rng.random() < 0.6:
            return last
        return int(rng.random() < _LEVELS.get(port.role, 0.5))
    if port.role == "address" and rng.random() < 0.7:
        return (last + 1) & port.ones if rng.random() < 0.5 else rng.randrange(8) & port.ones
    return _data_value(port, last, values, inputs, rng)


def _data_value(
    port: Input, last: int, values: Values, inputs: Sequence[Input], rng: random.Random
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


def related_values(
    values: dict[str, int], inputs: Sequence[Input], rng: random.Random
) -> dict[str, int]:
    """Return `values` with two operands of one width put into a relation that arithmetic shows."""
    pair = _operands(inputs, rng)
    if pair is None:
        return values
    left, right = pair
    a, b = _relation(left, right, rng)
    return values | {left.name: a & left.ones, right.name: b & right.ones}


def _operands(inputs: Sequence[Input], rng: random.Random) -> tuple[Input, Input] | None:
    wide = [port for port in inputs if port.width > 1 and port.role == "data"]
    pairs = [(a, b) for i, a in enumerate(wide) for b in wide[i + 1 :] if a.width == b.width]
    pairs = pairs or [(a, b) for i, a in enumerate(wide) for b in wide[i + 1 :]]
    return rng.choice(pairs) if pairs else None


def _relation(left: Input, right: Input, rng: random.Random) -> tuple[int, int]:
    """Two operands: equal, opposite, a carry through many bits, corners, few bits, close."""
    a, kind = rng.getrandbits(left.width), rng.randrange(8)
    if kind == 0:
        a = rng.choice((a, rng.choice(corner_values(left))))
        return a, a + rng.choice((0, 0, 1, -1))
    if kind == 1:
        return a, rng.choice((-a, ~a, ~a + 2))
    if kind == 2:
        low, high = sorted(rng.randrange(left.width + 1) for _ in range(2))
        chain = (1 << high) - (1 << low)
        return rng.choice(((chain, 1 << low), (1 << low, chain), (chain, chain), (a, chain)))
    if kind == 3:
        return rng.choice(corner_values(left)), rng.choice(corner_values(right))
    if kind == 4:
        return a, rng.choice(corner_values(right))
    if kind == 5:
        return rng.choice(corner_values(left)), rng.getrandbits(right.width)
    if kind == 6:
        return 1 << rng.randrange(left.width), 1 << rng.randrange(right.width)
    small = rng.randrange(1 << rng.randrange(1, right.width + 1))
    return rng.choice(((a, small), (small, a), (a >> rng.randrange(left.width), small)))
