"""What a word may be, and what it may depend on: the space of small explanations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

from symbolic.expression import (
    Concat,
    Const,
    Equal,
    Expression,
    Less,
    Operator,
    Reduce,
    Ref,
    Sum,
    bit,
    gate,
    invert,
)
from symbolic.samples import Sample, Signal, known_value

_CONSTANTS = 64
_COMPARED = 16


def leaves(
    samples: Sequence[Sample], signals: Sequence[Signal], width: int
) -> Iterator[tuple[Expression, float]]:
    """Yield what a word may be without a condition, and what that costs."""
    results = sorted({sample.result for sample in samples})
    for result in results[:_CONSTANTS]:
        plain = width == 1 or result in (0, (1 << width) - 1)
        yield Const(result, width), 1.0 if plain else 1.5 + width / 16
    same = [signal.ref for signal in signals if signal.width == width]
    for word in same:
        yield word, 1.0
        yield invert(word), 1.5
    if width == 1:
        yield from _one_bit(signals)
        return
    for word in same:
        yield from _changed(word, samples, signals)
    yield from _pairs(same)
    yield from _resized(signals, width)


def _one_bit(signals: Sequence[Signal]) -> Iterator[tuple[Expression, float]]:
    words = [signal.ref for signal in signals if signal.width > 1]
    for word in words:
        for name in word.bits:
            yield bit(name), 1.5
        for operator in Operator:
            yield Reduce(operator, word), 1.6
            yield invert(Reduce(operator, word)), 2.0
    for a, b in permutations(words, 2):
        if a.width == b.width:
            yield Less(a, b), 2.2
            yield invert(Less(a, b)), 2.4
            if a.text < b.text:
                yield Equal(a, b), 2.2
                yield invert(Equal(a, b)), 2.4


def _changed(
    word: Ref, samples: Sequence[Sample], signals: Sequence[Signal]
) -> Iterator[tuple[Expression, float]]:
    """Yield the word counted up or down, and shifted."""
    width = word.width
    one = Const(1, width)
    yield Sum(word, one), 1.5
    yield Sum(word, one, subtract=True), 1.6
    for step in sorted(_steps(word, samples) - {0, 1, (1 << width) - 1})[:4]:
        yield Sum(word, Const(step, width)), 2.2 + width / 16
    lower = _part(word, 1, width)
    upper = _part(word, 0, width - 1)
    ends: list[tuple[Expression, float]] = [(Const(0), 2.0), (Const(1), 2.2)]
    ends += [(signal.ref, 2.05) for signal in signals if signal.width == 1]
    for end, cost in ends:
        yield Concat((lower, end)), cost
        yield Concat((end, upper)), cost + 0.1
    yield Concat((lower, bit(word.bits[0]))), 2.0
    yield Concat((bit(word.bits[-1]), upper)), 2.1
    yield Concat((lower, invert(bit(word.bits[0])))), 2.4
    yield Concat((invert(bit(word.bits[-1])), upper)), 2.4
    yield Concat((bit(word.bits[0]), upper)), 2.3
    for signal in signals:
        if signal.width < width:
            extended = Concat((Const(0, width - signal.width), signal.ref))
            yield Sum(word, extended), 2.0
            yield Sum(word, extended, subtract=True), 2.2


def _part(word: Ref, start: int, end: int) -> Ref:
    """Return the bits from `start` to before `end`, counted from the highest."""
    read = word.bits[start:end]
    if len(read) == 1:
        return bit(read[0])
    high, low = (name[name.index("[") + 1 : -1] for name in (read[0], read[-1]))
    return Ref(f"{word.bits[0].partition('[')[0]}[{high}:{low}]", read)


def _steps(word: Ref, samples: Sequence[Sample]) -> set[int]:
    """Return by how much the result is larger than the word, over all samples."""
    full = (1 << word.width) - 1
    known = ((known_value(word, sample.values), sample.result) for sample in samples)
    return {result - value & full for value, result in known if value is not None}


def _pairs(words: Sequence[Ref]) -> Iterator[tuple[Expression, float]]:
    for a, b in permutations(words, 2):
        yield Sum(a, b, subtract=True), 2.2
        if a.text < b.text:
            yield Sum(a, b), 2.0
            for operator in Operator:
                yield gate(operator, a, b), 2.0
                yield invert(gate(operator, a, b)), 2.5


def _resized(signals: Sequence[Signal], width: int) -> Iterator[tuple[Expression, float]]:
    """Yield narrower and wider words made to fit, and words side by side."""
    for signal in signals:
        if 1 <= signal.width < width:
            yield Concat((Const(0, width - signal.width), signal.ref)), 1.8
        elif signal.width > width:
            yield _part(signal.ref, signal.width - width, signal.width), 1.8
            yield _part(signal.ref, 0, width), 1.9
    for a, b in permutations(signals, 2):
        if a.width + b.width == width:
            yield Concat((a.ref, b.ref)), 2.0
        if a.width == b.width == width - 1 and a.name < b.name:
            yield Sum(Concat((Const(0), a.ref)), Concat((Const(0), b.ref))), 2.5


def conditions(
    samples: Sequence[Sample], signals: Sequence[Signal]
) -> Iterator[tuple[Expression, float, bool]]:
    """Yield conditions, their cost, and whether they look at a register."""
    for signal in signals:
        if signal.width == 1:
            yield signal.ref, 0.5, signal.state
    words = [signal for signal in signals if signal.width > 1]
    for signal in words:
        seen = {known_value(signal.ref, sample.values) for sample in samples}
        for value in sorted(v for v in seen if v is not None)[:_COMPARED]:
            cost = 1 + signal.width / 8 + (0.3 if signal.state else 0)
            yield Equal(signal.ref, Const(value, signal.width)), cost, signal.state
        if not signal.state:
            for name in signal.bits:
                yield bit(name), 2.0, False
    for a, b in permutations(words, 2):
        if a.width == b.width:
            yield Less(a.ref, b.ref), 1.7, a.state or b.state
