"""Numbers of the blind pick: the table, its intervals, the calibration, and the fit."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from rtlgen.design.trust import Signs, Weights, trust

DEVELOPED = (
    "gpt4o-mini_human",
    "qwen14b_base_human",
    "gpt4o-mini_machine",
    "gpt4o_machine",
    "qwen14b_base_machine",
    "rtlcodermistral_machine",
)
"""Files that signs and weights were developed on; the others confirm."""
_RESAMPLES = 1000
_RIDGE = 5.0
_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was found of the samples of one problem, and which are right."""

    file: str
    task: str
    right: tuple[bool, ...]
    signs: tuple[Signs | None, ...]
    groups: tuple[tuple[int, ...], ...]

    @property
    def random(self) -> float:
        return sum(self.right) / len(self.right)

    @property
    def first(self) -> float:
        return float(self.right[0])

    @property
    def majority(self) -> float:
        return float(self.right[self.groups[0][0]]) if self.groups else self.first

    @property
    def oracle(self) -> float:
        return float(any(self.right))

    @property
    def chosen(self) -> int | None:
        """The pick, as `rtlgen.design.blind` makes it."""
        trusts = [(-trust(signs), n) for n, signs in enumerate(self.signs) if signs is not None]
        return min(trusts)[1] if trusts else None

    @property
    def pick(self) -> float:
        return self.first if self.chosen is None else float(self.right[self.chosen])


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Numbers, and the same as text."""

    facts: Any
    text: str


COLUMNS = ("random", "first", "majority", "pick", "oracle")


def table(outcomes: Sequence[Outcome]) -> Shown:
    """Return pass@1 in percent and the closed share, with 95 % intervals over problems."""
    facts = {}
    lines = [f"{'file':24}" + "".join(f"{name:>20}" for name in (*COLUMNS, *_CLOSED))]
    for file in dict.fromkeys(outcome.file for outcome in outcomes):
        rows = [outcome for outcome in outcomes if outcome.file == file]
        facts[file] = _numbers(rows)
        lines.append(f"{file:24}" + "".join(f"{_cell(v):>20}" for v in facts[file].values()))
    for split in ("human", "machine"):
        for title, few in _parts(list(facts), split):
            means = {n: sum(facts[f][n][0] for f in few) / len(few) for n in _CLOSED}
            told = ", ".join(f"{name} {value:.1f} %" for name, value in means.items())
            lines.append(f"mean over {len(few)} {split} files{title}: {told}")
    return Shown(facts=facts, text="\n".join(lines))


def _parts(files: Sequence[str], split: str) -> list[tuple[str, list[str]]]:
    ours = [file for file in files if file.endswith(split)]
    others = [file for file in ours if file not in DEVELOPED]
    return [(title, few) for title, few in (("", ours), (" not developed on", others)) if few]


_CLOSED: dict[str, Callable[[Sequence[Outcome]], float]] = {
    "closed by majority": lambda rows: closed(rows, "majority"),
    "closed by pick": lambda rows: closed(rows, "pick"),
}


def closed(rows: Sequence[Outcome], column: str) -> float:
    """Return how much of the way from random to oracle `column` goes, in percent."""
    low, high = _mean(rows, "random"), _mean(rows, "oracle")
    return 100 * (_mean(rows, column) - low) / (high - low) if high > low else math.nan


def _mean(rows: Sequence[Outcome], column: str) -> float:
    total: float = sum(getattr(row, column) for row in rows)
    return 100 * total / len(rows)


def _numbers(rows: Sequence[Outcome]) -> dict[str, tuple[float, float, float]]:
    plain = {name: (lambda some, name=name: _mean(some, name)) for name in COLUMNS}
    measures: dict[str, Callable[[Sequence[Outcome]], float]] = {**plain, **_CLOSED}
    fixed = [_Fixed.of(row) for row in rows]
    rng = random.Random(1)
    drawn: list[list[Any]] = [rng.choices(fixed, k=len(fixed)) for _ in range(_RESAMPLES)]
    return {
        name: (measure(fixed), *_interval([measure(some) for some in drawn]))  # type: ignore[arg-type]
        for name, measure in measures.items()
    }


@dataclass(frozen=True, slots=True)
class _Fixed:
    """An outcome whose columns are worked out once."""

    random: float
    first: float
    majority: float
    pick: float
    oracle: float

    @classmethod
    def of(cls, row: Outcome) -> _Fixed:
        return cls(**{name: getattr(row, name) for name in COLUMNS})


def _interval(values: list[float]) -> tuple[float, float]:
    values = sorted(value for value in values if not math.isnan(value))
    if not values:
        return math.nan, math.nan
    return values[int(0.025 * len(values))], values[int(0.975 * len(values))]


def _cell(value: tuple[float, float, float]) -> str:
    return f"{value[0]:.1f} [{value[1]:.1f}, {value[2]:.1f}]"


def calibration(outcomes: Sequence[Outcome]) -> Shown:
    """Return how often picks are right, by their trust."""
    pairs = [
        (trust(signs), outcome.right[outcome.chosen])
        for outcome in outcomes
        if outcome.chosen is not None and (signs := outcome.signs[outcome.chosen]) is not None
    ]
    facts, gap = [], 0.0
    for low in range(_BINS):
        part = [(t, r) for t, r in pairs if min(int(t * _BINS), _BINS - 1) == low]
        if part:
            said, was = (sum(column) / len(part) for column in zip(*part, strict=True))
            gap += len(part) / len(pairs) * abs(said - was)
            facts.append({"picks": len(part), "trust": round(said, 3), "right": round(was, 3)})
    lines = [f"calibration over {len(pairs)} picks in {len({o.file for o in outcomes})} files:"]
    lines += [
        f"{f['picks']:6} picks  trust {f['trust']:.3f}  right {f['right']:.3f}" for f in facts
    ]
    lines.append(f"expected calibration error {gap:.3f}")
    return Shown(facts={"bins": facts, "error": round(gap, 4)}, text="\n".join(lines))


def fit(outcomes: Sequence[Outcome]) -> Weights:
    """Return the weights that explain best which samples are right.

    First logistic regression over all samples, for the order; then the scale over the picks
    that this order makes, for the trust in a pick.
    """
    names = [weight.name for weight in fields(Weights) if weight.name != "constant"]
    order = _logistic(
        [
            ([1.0, *(signs.measured()[name] for name in names)], float(right))
            for outcome in outcomes
            for signs, right in zip(outcome.signs, outcome.right, strict=True)
            if signs is not None
        ],
        ridge=_RIDGE,
    )
    scores = [(_score(order, names, outcome), outcome) for outcome in outcomes]
    scale = _logistic(
        [([1.0, score], float(o.right[n])) for found, o in scores for score, n in found[:1]],
        ridge=0.0,
    )
    values = {name: round(scale[1] * w, 2) for name, w in zip(names, order[1:], strict=True)}
    return Weights(constant=round(scale[0] + scale[1] * order[0], 2), **values)


def _score(
    weights: Sequence[float], names: Sequence[str], outcome: Outcome
) -> list[tuple[float, int]]:
    """Return score and number of every sample that was observed, the best first."""
    found = []
    for number, signs in enumerate(outcome.signs):
        if signs is not None:
            values = [1.0, *(signs.measured()[name] for name in names)]
            found.append((sum(a * b for a, b in zip(weights, values, strict=True)), number))
    return sorted(found, key=lambda pair: (-pair[0], pair[1]))


def _logistic(rows: Sequence[tuple[list[float], float]], *, ridge: float) -> list[float]:
    found = [0.0] * len(rows[0][0])
    for _ in range(30):
        found = _newton(rows, found, ridge)
    return found


def _newton(
    rows: Sequence[tuple[list[float], float]], at: list[float], ridge: float
) -> list[float]:
    size = len(at)
    slope = [-ridge * value * (n > 0) for n, value in enumerate(at)]
    bend = [[ridge * (i == j and i > 0) for j in range(size)] for i in range(size)]
    for x, y in rows:
        p = 1 / (1 + math.exp(-sum(a * b for a, b in zip(at, x, strict=True))))
        for i in range(size):
            slope[i] += x[i] * (y - p)
            for j in range(size):
                bend[i][j] += x[i] * x[j] * p * (1 - p)
    return [a + s for a, s in zip(at, _solved(bend, slope), strict=True)]


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for i in range(len(rows)):
        pivot = max(range(i, len(rows)), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for k in range(len(rows)):
            if k != i:
                rows[k] = [a - rows[k][i] * b for a, b in zip(rows[k], rows[i], strict=True)]
    return [row[-1] for row in rows]
