"""Multiplication of one word by several constants with few adders.

Voronenko, Pueschel: Multiplierless multiple constant multiplication, ACM TALG
2007 (the structure of Hcub: targets that one adder makes are taken at once,
otherwise the successor that brings the targets nearest), with distances above
two estimated by signed digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from symbolic.rules.sums import signed_digits

_MOST_SUCCESSORS = 300
MOST_BITS = 24
"""Of a constant; for longer ones the search takes too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`value` = (`left` << `left_shift`) + `sign` * (`right` << `right_shift`), all odd, > 0."""

    value: int
    left: int
    left_shift: int
    sign: int
    right: int
    right_shift: int


def adder_graph(constants: Iterable[int]) -> tuple[Step, ...]:
    """Return additions that make all constants (odd, > 1) from 1, in order of evaluation."""
    return _graph(frozenset(constants))


@lru_cache(maxsize=256)
def _graph(constants: frozenset[int]) -> tuple[Step, ...]:
    targets = sorted(constants)
    bits = max(targets, default=1).bit_length() + 1
    ready = [1]
    steps: list[Step] = []
    while targets:
        successors = _successors(ready, bits)
        step = next((successors[t] for t in targets if t in successors), None)
        step = step or _most_helpful(ready, successors, targets, bits)
        steps.append(step)
        ready.append(step.value)
        targets = [target for target in targets if target != step.value]
    return _used(steps, constants)


def _successors(ready: list[int], bits: int) -> dict[int, Step]:
    """Return what one adder makes of what is there."""
    found: dict[int, Step] = {}
    for index, left in enumerate(ready):
        for right in ready[: index + 1]:
            for step in _joined(left, right, bits):
                if step.value not in found and step.value not in ready:
                    found[step.value] = step
    return found


def _joined(left: int, right: int, bits: int) -> Iterator[Step]:
    for one, other in ((left, right), (right, left)):
        for shift in range(1, bits):
            high = one << shift
            for value, sign in ((high + other, 1), (high - other, -1)):
                if 1 < value < 1 << bits:
                    yield Step(
                        value=value,
                        left=one,
                        left_shift=shift,
                        sign=sign,
                        right=other,
                        right_shift=0,
                    )
            if other - high > 1:
                yield Step(
                    value=other - high,
                    left=other,
                    left_shift=0,
                    sign=-1,
                    right=one,
                    right_shift=shift,
                )


def _most_helpful(
    ready: list[int], successors: dict[int, Step], targets: list[int], bits: int
) -> Step:
    """Return the successor after which the targets are nearest."""
    best: tuple[float, int] | None = None
    for value in sorted(successors)[:_MOST_SUCCESSORS]:
        benefit = sum(_nearness(value, ready, successors, target, bits) for target in targets)
        key = (-benefit, value)
        best = key if best is None or key < best else best
    if best is None:
        raise ValueError("constants must be odd and greater than 1")
    return successors[best[1]]


def _nearness(
    value: int, ready: list[int], successors: dict[int, Step], target: int, bits: int
) -> float:
    distance = _distance(value, ready, successors, target, bits)
    return 10.0**-distance


def _distance(
    value: int, ready: list[int], successors: dict[int, Step], target: int, bits: int
) -> int:
    """Return about how many adders a target needs once `value` is there."""
    if any(_one_step(value, other, target, bits) for other in (value, *ready)):
        return 1
    rests = (abs(target - (value << shift)) for shift in range(bits))
    best = len(signed_digits(target)) - 1
    for rest in rests:
        odd = rest // (rest & -rest) if rest else 0
        if odd in successors:
            return 2
        best = min(best, len(signed_digits(rest)))
    return max(best, 2)


def _one_step(value: int, other: int, target: int, bits: int) -> bool:
    for shift in range(bits):
        high = value << shift
        for rest in (target - high, target + high, high - target):
            if rest > 0 and rest // (rest & -rest) == other:
                low = (rest & -rest).bit_length() - 1
                if (low == 0) != (shift == 0):
                    return True
    return False


def _used(steps: list[Step], constants: frozenset[int]) -> tuple[Step, ...]:
    needed = set(constants)
    kept: list[Step] = []
    for step in reversed(steps):
        if step.value in needed:
            needed |= {step.left, step.right}
            kept.append(step)
    return tuple(kept[::-1])
