"""A search as a picture: how near each candidate came, in the order of asking."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rtlgen.design.record import CandidateRecord
from rtlgen.design.summary import Tone, result

_LEFT, _TOP, _HEIGHT, _RIGHT = 44, 14, 120, 20
_MOST = 400
_LEAST = 260
"""Width that the caption needs."""


def search_svg(candidates: Sequence[CandidateRecord], chosen: int | None) -> Markup:
    """Return a picture with a mark for each candidate and a line to each from what it repairs."""
    shown = candidates[:_MOST]
    step = max(6, min(44, 640 // max(1, len(shown))))
    places = {
        candidate.number: (_LEFT + step // 2 + step * at, _y(candidate.score))
        for at, candidate in enumerate(shown)
    }
    width = max(_LEFT + step * len(shown) + _RIGHT, _LEAST)
    parts = [_axis(width)]
    parts += [_edge(places[c.parent], places[c.number]) for c in shown if c.parent in places]
    parts += [
        _mark(places[c.number], c, chosen=c.number == chosen, size=3.5 if step < 14 else 5)
        for c in shown
    ]
    drawing = Markup("".join(parts))  # noqa: S704 - numbers, and titles that are escaped
    return Markup(
        '<svg class="search" role="img" aria-label="Score of each candidate in the order of asking"'
        ' width="{0}" height="{1}" viewBox="0 0 {0} {1}">{2}</svg>'
    ).format(width, _TOP + _HEIGHT + 30, drawing)


def _y(score: float) -> float:
    return round(_TOP + (1 - min(1.0, max(0.0, score))) * _HEIGHT, 1)


def _axis(width: int) -> str:
    lines = "".join(
        f'<path class="grid" d="M{_LEFT} {_y(value):g}H{width - 8}"/>'
        f'<text class="left" x="{_LEFT - 8}" y="{_y(value) + 4:g}">{value:g}</text>'
        for value in (0, 0.5, 1)
    )
    y = _TOP + _HEIGHT + 22
    return f'{lines}<text x="{_LEFT}" y="{y}">candidates in the order of asking</text>'


def _edge(start: tuple[float, float], end: tuple[float, float]) -> str:
    (x, y), (to, down) = start, end
    middle = (x + to) / 2
    curve = f"M{x:g} {y:g}C{middle:g} {y:g} {middle:g} {down:g} {to:g} {down:g}"
    return f'<path class="edge" d="{curve}"/>'


def _mark(
    place: tuple[float, float], candidate: CandidateRecord, *, chosen: bool, size: float
) -> str:
    """Return a link with the mark: a disk for a pass, a ring for a fail, a cross for no design."""
    x, y = place
    found = result(candidate)
    ring = f'<circle class="chosen" cx="{x:g}" cy="{y:g}" r="{size + 4:g}"/>' if chosen else ""
    title = Markup("<title>#{} {}</title>").format(candidate.number, found.word)
    return f'<a href="#c{candidate.number}">{ring}{_shape(x, y, size, found.tone)}{title}</a>'


def _shape(x: float, y: float, size: float, tone: Tone) -> str:
    if tone == "warn":
        side = 2 * size
        cross = f"M{x - size:g} {y - size:g}l{side:g} {side:g}m0 {-side:g}l{-side:g} {side:g}"
        return f'<path class="warn" d="{cross}"/>'
    return f'<circle class="{tone}" cx="{x:g}" cy="{y:g}" r="{size:g}"/>'
