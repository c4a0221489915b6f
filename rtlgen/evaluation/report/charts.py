"""Pictures that are drawn when the page is written: the curve of pass@k, and stacked bars."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.report.outcomes import ORDER, css_class
from rtlgen.evaluation.summary import PassAtK, Rate

_WIDTH, _HEIGHT = 560, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 84, 14, 44
_MANY = 24
"""Values of k above which the axis is logarithmic."""
_STEPS = (0.05, 0.1, 0.2)
_LABEL = 15
"""Least distance of two labels."""


def percent(value: float) -> str:
    """Return a share as a person reads it."""
    return f"{100 * value:.1f} %"


def interval(rate: Rate) -> str:
    """Return a rate with its interval on one line."""
    return f"{percent(rate.value)} ({100 * rate.low:.1f} to {100 * rate.high:.1f})"


def stacked(counts: Mapping[Category, int], kind: str = "mix") -> Markup:
    """Return one bar of `counts`, as wide as its place."""
    total = sum(counts.values())
    if not total:
        return Markup()
    parts, words, at = [], [], 0.0
    for category in ORDER:
        if number := counts.get(category, 0):
            width = 1000 * number / total
            title = f"{number} {category.value}"
            words.append(title)
            parts.append(
                f'<rect class="{css_class(category)}" x="{at:.1f}" width="{width:.1f}"'
                f' height="10"><title>{title}</title></rect>'
            )
            at += width
    return Markup(  # noqa: S704 - numbers and our own names
        f'<svg class="{kind}" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img"'
        f' aria-label="{", ".join(words)}">{"".join(parts)}</svg>'
    )


def curve(official: Sequence[PassAtK], functional: Sequence[PassAtK]) -> Markup:
    """Return pass@k over k, both verdicts, each with the band of its interval.

    A line joins points over the same problems only: where problems with fewer judged
    samples leave, it breaks.
    """
    whole = [("official", _points(official)), ("functional", _points(functional))]
    lines = [(name, part) for name, points in whole for part in _unbroken(points)]
    if not lines:
        return Markup('<p class="note">There is no pass@k: nothing was judged.</p>')
    picture = _Curve([point for _, line in lines for point in line])
    picture.axes()
    for name, line in lines:
        picture.band(name, line)
    for name, line in lines:
        picture.line(name, line)
    picture.labels([(name, points[-1]) for name, points in whole if points])
    return picture.svg() + (
        _BREAKS if len(lines) > sum(bool(points) for _, points in whole) else ""
    )


_BREAKS = Markup(
    '<p class="note">Lines break where problems with fewer judged samples leave: the points on '
    "either side are means over different problems.</p>"
)


@dataclass(frozen=True, slots=True)
class _Point:
    k: int
    rate: Rate
    problems: int


def _points(line: Sequence[PassAtK]) -> list[_Point]:
    return [_Point(point.k, point.rate, point.problems) for point in line if point.rate]


def _unbroken(points: Sequence[_Point]) -> list[list[_Point]]:
    """Return `points` in parts over the same problems; with larger k, problems only leave."""
    return [list(part) for _, part in groupby(points, key=lambda point: point.problems)]


class _Curve:
    """The scales, and the elements drawn so far."""

    def __init__(self, points: Sequence[_Point]) -> None:
        self._ks = sorted({point.k for point in points})
        self._log = self._ks[-1] > _MANY
        spread = max(p.rate.high for p in points) - min(p.rate.low for p in points)
        self._grid = next((step for step in _STEPS if spread <= 5 * step), _STEPS[-1])
        grid = self._grid
        self._low = max(0.0, math.floor(min(p.rate.low for p in points) / grid) * grid)
        high = min(1.0, math.ceil(max(p.rate.high for p in points) / grid) * grid)
        self._high = high if high > self._low else self._low + grid
        self._parts: list[str] = []

    def axes(self) -> None:
        """Draw the grid, and write what the axes are."""
        steps = round((self._high - self._low) / self._grid)
        for number in range(steps + 1):
            value = self._low + number * self._grid
            y = self._y(value)
            self._parts.append(f'<path class="grid" d="M{_LEFT} {y:g}H{_WIDTH - _RIGHT}"/>')
            self._text(_LEFT - 8, y + 4, f"{100 * value:.0f} %", "left")
        for k in self._ticks():
            self._text(self._x(k), _HEIGHT - _BOTTOM + 18, str(k), "mid")
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        scale = " (logarithmic)" if self._log else ""
        self._text(middle, _HEIGHT - 6, f"k: samples that may be tried{scale}", "mid")

    def band(self, name: str, line: Sequence[_Point]) -> None:
        """Draw the intervals of `line`; that of a single point is a bar."""
        if not line:
            return
        outline = [(p.k, p.rate.high) for p in line] + [(p.k, p.rate.low) for p in reversed(line)]
        path = "L".join(f"{self._x(k):g} {self._y(value):g}" for k, value in outline)
        self._parts.append(f'<path class="band {name}" d="M{path}Z"/>')

    def line(self, name: str, line: Sequence[_Point]) -> None:
        """Draw the values of `line`; each says its numbers."""
        path = "L".join(f"{self._x(p.k):g} {self._y(p.rate.value):g}" for p in line)
        if path:
            self._parts.append(f'<path class="curve {name}" d="M{path}"/>')
        for p in line:
            title = f"{name} pass@{p.k}: {interval(p.rate)}, {p.problems} problems"
            place = f'cx="{self._x(p.k):g}" cy="{self._y(p.rate.value):g}"'
            self._parts.append(
                f'<circle class="{name}" {place} r="3.2"><title>{title}</title></circle>'
            )

    def labels(self, ends: Sequence[tuple[str, _Point]]) -> None:
        """Write at the end of each line which it is, none over another."""
        above = -math.inf
        for name, point in sorted(ends, key=lambda end: -end[1].rate.value):
            y = max(self._y(point.rate.value) + 4, above + _LABEL)
            above = y
            self._text(self._x(point.k) + 9, y, name, f"label {name}")

    def svg(self) -> Markup:
        """Return the whole picture."""
        return Markup(  # noqa: S704 - numbers and our own names
            f'<svg class="passk" role="img" aria-label="pass@k over k" width="{_WIDTH}"'
            f' height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}">{"".join(self._parts)}</svg>'
        )

    def _ticks(self) -> list[int]:
        if len(self._ks) <= _MANY:
            return self._ks
        last = self._ks[-1]
        round_ones = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
        return [k for k in round_ones if k <= last]

    def _x(self, k: int) -> float:
        scale = math.log if self._log else float
        first, last = scale(self._ks[0]), scale(self._ks[-1])
        share = (scale(k) - first) / (last - first) if last > first else 0.5
        return round(_LEFT + 10 + share * (_WIDTH - _LEFT - _RIGHT - 20), 1)

    def _y(self, value: float) -> float:
        share = (value - self._low) / (self._high - self._low)
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)

    def _text(self, x: float, y: float, text: str, kinds: str) -> None:
        self._parts.append(f'<text class="{kinds}" x="{x:g}" y="{y:g}">{text}</text>')
