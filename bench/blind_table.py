"""Numbers of the blind pick: the table, its intervals, the calibration, and the fit."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from rtlgen.design.trust import FITTED, Signs, Weights, trust

DEVELOPED = (
    "gpt4o-mini_human",
    "qwen14b_base_human",
    "gpt4o-mini_machine",
    "gpt4o_machine",
    "qwen14b_base_machine",
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
    return 100 * sum(getattr(row, column) for row in rows) / len(rows)


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
    """Return the weights that explain best which samples are right (logistic, ridge)."""
    names = [weight.name for weight in fields(Weights) if weight.name != "constant"]
    rows = [
        ([1.0, *(signs.measured()[name] for name in names)], float(right))
        for outcome in outcomes
        for signs, right in zip(outcome.signs, outcome.right, strict=True)
        if signs is not None
    ]
    found = [0.0] * (len(names) + 1)
    for _ in range(30):
        found = _newton(rows, found)
    values = dict(zip(names, found[1:], strict=True))
    return replace(
        FITTED, constant=round(found[0], 2), **{n: round(v, 2) for n, v in values.items()}
    )


def _newton(rows: Sequence[tuple[list[float], float]], at: list[float]) -> list[float]:
    size = len(at)
    slope = [-_RIDGE * value * (n > 0) for n, value in enumerate(at)]
    bend = [[_RIDGE * (i == j and i > 0) for j in range(size)] for i in range(size)]
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


def weights_as_code(weights: Weights) -> str:
    return "\n".join(f"    {name}={value}," for name, value in asdict(weights).items())
