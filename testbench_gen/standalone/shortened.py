"""Shortened stimuli of one design, each with a copy of it: which of them still show a failure?"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from .patterns import Cycle, Phase
from .timeline import Model, Step, Timing, timeline

PHASE = Phase("shortened", "", "replay", 0)
ZERO, HOLD, LATE, RESETS, PULSES = "zero", "hold", "late", "resets", "pulses"
"""What is taken from a cycle: an input's value (0, or the one before), or what happens in it."""


@dataclass(frozen=True)
class Moment:
    """A step of one stimulus, and when it is due."""

    time: int
    lane: int
    begun: int
    """Cycles of the stimulus that have begun before the outputs are looked at, or with that."""
    step: Step


@dataclass(frozen=True)
class Failure:
    """What is looked for: a wrong value of one output."""

    start: int
    end: int
    """Where the output stands in a row of all outputs."""
    unknown: bool
    """Whether X or Z in place of a value will do."""

    def seen(self, want: str, got: str) -> bool:
        """Whether row `got` has it where `want` is expected; `-` is any value."""
        pairs = zip(want[self.start : self.end], got[self.start : self.end])  # noqa: B905
        wrong = [g for w, g in pairs if w not in ("-", g)]
        return bool(wrong) and (self.unknown or any(g in "01" for g in wrong))


def shortened(
    base: Sequence[Sequence[Any]],
    gone: Iterable[int],
    taken: Iterable[tuple[int, str, str]],
    inputs: Sequence[str],
) -> Iterator[Cycle]:
    """Yield the cycles of `base` without those `gone`, and without what is `taken` from others.

    A cycle of `base` is its values, resets, late changes and pulsed resets.
    """
    absent = set(gone)
    less: dict[int, list[tuple[str, str]]] = {}
    for index, what, name in taken:
        less.setdefault(index, []).append((what, name))
    before: Mapping[str, int] = dict.fromkeys(inputs, 0)
    for index, (values, resets, late, pulsed) in enumerate(base):
        if index in absent:
            continue
        cycle = _without(less.get(index, ()), before, values, resets, late, pulsed)
        before = {**cycle.values, **cycle.late}
        yield cycle


def _without(
    less: Iterable[tuple[str, str]],
    before: Mapping[str, int],
    values: Mapping[str, int],
    resets: Sequence[str],
    late: Mapping[str, int],
    pulsed: Sequence[str],
) -> Cycle:
    changed = dict(values)
    for what, name in less:
        if what == ZERO:
            changed[name] = 0
        elif what == HOLD:
            changed[name] = before[name]
        else:
            late = {} if what == LATE else late
            resets = () if what == RESETS else resets
            pulsed = () if what == PULSES else pulsed
    return Cycle(changed, frozenset(resets), late, frozenset(pulsed))


def moments(
    lane: int, cycles: Iterable[Cycle], inputs: Sequence[str], timing: Timing, model: Model | None
) -> Iterator[Moment]:
    """Yield the steps of one stimulus with their times, in order."""
    begun = 0

    def counted() -> Iterator[tuple[Phase, Cycle]]:
        nonlocal begun
        for cycle in cycles:
            begun += 1
            yield PHASE, cycle

    time = 0
    for step in timeline(counted(), inputs, timing, model, live=True):
        time += step.wait
        yield Moment(time, lane, begun, step)


def by_time(lanes: Iterable[Iterator[Moment]]) -> Iterator[tuple[int, list[Moment]]]:
    """Yield what is due in any of the `lanes`, time by time."""
    merged = heapq.merge(*lanes, key=lambda moment: moment.time)
    for time, due in groupby(merged, key=lambda moment: moment.time):
        yield time, list(due)
