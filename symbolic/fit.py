"""The smallest expression that meets samples of a function.

Two spaces of hypotheses are searched. Over single bits: the function with
don't-cares wherever nothing was sampled, minimized. Over words: decision trees
whose leaves are constants, words, sums, shifts and bitwise operations, and
whose conditions are bits and comparisons with constants. The cost counts what
is written; the cheapest wins, and a tie between different functions is said.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from symbolic.cubes import Cube
from symbolic.decision_tree import TreeSearch, case_tree, conditions_for, options_for
from symbolic.expression import Concat, Expression, bit, evaluate, literal_count
from symbolic.hypotheses import leaves
from symbolic.minimize import Function, bit_set
from symbolic.samples import Sample, Signal, known_value
from symbolic.synthesize import candidates

BIT_LEVEL_INPUTS = 8
"""Most input bits of a function that is looked at bit by bit."""
_TREE_DEPTH = 3
_CASE_BITS = 6
_TRIES = 300
_SEARCHED = 300
"""Samples that are searched with; the others only check what was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """An expression that meets all samples."""

    value: Expression
    cost: float
    unseen: int
    """Input combinations that no sample determines."""
    cases: int
    """All input combinations."""
    evidence: int
    """Bits of different samples, against which the cost has to be held."""
    ambiguous: bool = False
    """Whether another function, equally cheap, meets the samples as well."""
    over_words: bool = False
    """Whether it is a decision over words rather than a function of single bits."""

    @property
    def convincing(self) -> bool:
        """Whether the samples leave little room for another explanation.

        A function of single bits needs nearly all its cases shown; a decision over words
        must be at most half as long as what it explains.
        """
        if self.unseen == 0:
            return True
        if self.ambiguous or 2 * self.cost > self.evidence:
            return False
        return self.over_words or 16 * self.unseen <= self.cases


def fit(samples: Sequence[Sample], signals: Sequence[Signal], width: int) -> Fit | None:
    """Return the cheapest expression of `width` bits over `signals`, None if none is small."""
    order = [name for signal in signals for name in signal.bits]
    rows = dict.fromkeys(
        (tuple(sample.values[name] for name in order), sample.result) for sample in samples
    )
    return _fit(tuple(rows), tuple(signals), width) if rows else None


@lru_cache(maxsize=128)
def _fit(
    rows: tuple[tuple[tuple[int | None, ...], int], ...], signals: tuple[Signal, ...], width: int
) -> Fit | None:
    # Remembered, because readings of a waveform that differ by little ask the same again.
    order = [name for signal in signals for name in signal.bits]
    samples = [
        Sample(values=dict(zip(order, values, strict=True)), result=result)
        for values, result in rows
    ]
    searched = samples[:_SEARCHED]
    found = [_by_bits(searched, signals, width), _by_words(searched, signals, width)]
    best = min((one for one in found if one is not None), key=lambda one: one.cost, default=None)
    if best is None or not _explains(best.value, samples[_SEARCHED:]):
        return None
    return best


def _explains(value: Expression, samples: Sequence[Sample]) -> bool:
    return all(known_value(value, sample.values) == sample.result for sample in samples)


# -- over bits --------------------------------------------------------------


def _by_bits(samples: Sequence[Sample], signals: Sequence[Signal], width: int) -> Fit | None:
    count = sum(signal.width for signal in signals)
    if count > BIT_LEVEL_INPUTS:
        return None
    cubes = [_cube(sample, signals) for sample in samples]
    variables = [bit(name) for signal in signals for name in signal.bits]
    values: list[Expression] = []
    ambiguous = False
    for i in range(width - 1, -1, -1):
        ones = tuple(c for c, s in zip(cubes, samples, strict=True) if s.result >> i & 1)
        zeros = tuple(c for c, s in zip(cubes, samples, strict=True) if not s.result >> i & 1)
        on, off = bit_set(ones, count), bit_set(zeros, count)
        if on & off:
            return None
        f = Function(width=count, on=_points(on, count), off=_points(off, count))
        best = candidates(f, variables)
        values.append(best[0])
        ambiguous = ambiguous or _disagree(best, signals)
    seen = bit_set(cubes, count).bit_count()
    # Separate equations for the bits of a word are a poor explanation of it.
    cost = float(sum(map(literal_count, values))) + (2 * width if width > 1 else 0)
    unseen = (1 << count) - seen
    if unseen and cost > seen * width:
        return None
    value = values[0] if width == 1 else Concat(tuple(values))
    return Fit(
        value=value,
        cost=cost,
        unseen=unseen,
        cases=1 << count,
        evidence=len(samples) * width,
        ambiguous=ambiguous,
    )


def _points(numbers: int, count: int) -> tuple[Cube, ...]:
    full = (1 << count) - 1
    return tuple(Cube(full, n) for n in range(full + 1) if numbers >> n & 1)


def _cube(sample: Sample, signals: Sequence[Signal]) -> Cube:
    care, value = 0, 0
    for signal in signals:
        for name in signal.bits:
            known = sample.values[name]
            care = care << 1 | (known is not None)
            value = value << 1 | (known or 0)
    return Cube(care, value)


def _disagree(found: Sequence[Expression], signals: Sequence[Signal]) -> bool:
    """Tell whether equally short candidates are different functions."""
    best = found[0]
    shortest = literal_count(best)
    rivals = [one for one in found[1:] if literal_count(one) == shortest]
    return any(differ(best, rival, signals) for rival in rivals)


# -- over words -------------------------------------------------------------


def _by_words(samples: Sequence[Sample], signals: Sequence[Signal], width: int) -> Fit | None:
    everything = (1 << len(samples)) - 1
    choices = options_for(samples, leaves(samples, signals, width))
    search = TreeSearch(leaves=choices, conditions=conditions_for(samples, signals))
    found = [search.best(everything, _TREE_DEPTH)]
    found += [case_tree(samples, one, choices) for one in signals if 1 < one.width <= _CASE_BITS]
    best = min((one for one in found if one is not None), key=lambda t: t.cost, default=None)
    if best is None or best.cost > max(len(samples), 2) * width:
        return None
    count = sum(signal.width for signal in signals)
    return Fit(
        value=best.value,
        cost=best.cost,
        unseen=max(0, (1 << count) - _seen(samples, signals, count)),
        cases=1 << count,
        evidence=len(samples) * width,
        ambiguous=any(differ(best.value, rival, signals) for rival in best.rivals),
        over_words=True,
    )


def differ(value: Expression, rival: Expression, signals: Sequence[Signal]) -> bool:
    """Tell whether two expressions over `signals` are different functions.

    Many signals are tried at random.
    """
    order = [name for signal in signals for name in signal.bits]
    count = len(order)
    rng = random.Random(0)  # noqa: S311  (no secret: it only has to be the same every time)
    few = count <= BIT_LEVEL_INPUTS
    numbers = range(1 << count) if few else [rng.getrandbits(count) for _ in range(_TRIES)]
    for number in numbers:
        values = {name: number >> count - 1 - i & 1 for i, name in enumerate(order)}
        if evaluate(value, values) != evaluate(rival, values):
            return True
    return False


def _seen(samples: Sequence[Sample], signals: Sequence[Signal], count: int) -> int:
    cubes = [_cube(sample, signals) for sample in samples]
    if count <= BIT_LEVEL_INPUTS:
        return bit_set(cubes, count).bit_count()
    return len(set(cubes))
