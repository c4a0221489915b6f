"""The samples around a mismatch as a picture of the waveform, in SVG.

Drawn here and not by WaveDrom (wavedrom 2.0.3): its pictures carry 45 kB of
skin each and a style sheet and ids that clash with every other picture on a
page, its colors are fixed, long values run into each other, and it can neither
mark one lane nor show unknown bits of a bus.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from itertools import pairwise

from rtlgen.design.lanes import Lane, Role, is_binary, lanes
from rtlgen.design.palette import DARK, LIGHT, with_colors
from rtlgen.design.record import MismatchRecord
from rtlgen.design.visible import middle_cut, one_line, shortened
from rtlgen.design.wave_shapes import SIGNAL, SLOPE, hatching, hexagon
from rtlgen.design.words import more

MOST_LANES = 24
"""Signals shown; the wrong port always is."""
_CHARACTER = 7.3
_HEAD, _LANE, _GAP, _EDGE = 60, 30, 10, 14
_NARROW, _WIDE = 52, 128
_BITS_SHOWN = 64
_MARKS = {Role.EXPECTED: "good", Role.GOT: "bad"}


def mismatch_svg(
    miss: MismatchRecord, *, widths: Mapping[str, int] | None = None, standalone: bool = True
) -> str:
    """Return a picture of the first mismatch.

    Args:
        miss: The mismatch with the samples before it.
        widths: Bits of ports, where they are known; they tell a bit from a small bus.
        standalone: Whether it brings its style sheet and its own ground; a page
            that shows it has `wave_css()` otherwise.
    """
    return _Picture(miss, lanes(miss, widths or {})).svg(standalone=standalone)


@cache
def wave_css() -> str:
    """Return the style sheet of the pictures; colors are custom properties."""
    return files("rtlgen.design").joinpath("templates/wave.css").read_text(encoding="utf-8")


@cache
def _own_style() -> str:
    light, dark = (with_colors(wave_css(), palette) for palette in (LIGHT, DARK))
    return f"<style>{light}@media (prefers-color-scheme: dark) {{{dark}}}</style>"


class _Picture:
    """Positions, and the elements drawn so far."""

    def __init__(self, miss: MismatchRecord, found: list[Lane]) -> None:
        self._miss = miss
        self._all = len(found)
        self._lanes = [*found[:-2][: MOST_LANES - 2], *found[-2:]]
        self._names = [shortened(one_line(lane.name), 28) for lane in self._lanes]
        tags = [len(lane.role.value) + 1 if lane.role in _MARKS else 0 for lane in self._lanes]
        longest = max(len(name) + tag for name, tag in zip(self._names, tags, strict=True))
        self._left = max(90.0, _EDGE + longest * _CHARACTER + 10)
        self._columns = len(found[-1].values)
        self._step = _step(self._lanes)
        self._parts: list[str] = []

    def svg(self, *, standalone: bool) -> str:
        """Return the whole picture."""
        tops = self._tops()
        bottom = tops[-1] + _LANE
        self._ground(bottom)
        for top, name, lane in zip(tops, self._names, self._lanes, strict=True):
            self._name(top + 14, name, lane.role)
            draw = self._trace if lane.single else self._bus
            draw(lane, top)
        height = self._foot(bottom)
        width = max(self._x(self._columns) + _EDGE, 380)
        label = escape(f"Waveform: {one_line(self._miss.port)} differs", quote=True)
        style = _own_style() if standalone else ""
        ground = (
            f'<rect class="paper" width="{width:g}" height="{height:g}"/>' if standalone else ""
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="wave" role="img" aria-label="{label}"'
            f' width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}">'
            f"{style}{ground}{''.join(self._parts)}</svg>\n"
        )

    def _tops(self) -> list[float]:
        """Return where each lane begins; inputs stand apart from outputs."""
        first = _HEAD + (_LANE - SIGNAL) / 2
        return [
            first + row * _LANE + (0 if lane.role is Role.INPUT else _GAP)
            for row, lane in enumerate(self._lanes)
        ]

    def _x(self, column: float) -> float:
        return round(self._left + column * self._step, 1)

    def _text(self, x: float, y: float, text: str, kinds: str) -> None:
        self._parts.append(f'<text class="{kinds}" x="{x:g}" y="{y:g}">{escape(text)}</text>')

    def _path(self, kinds: str, data: str) -> None:
        self._parts.append(f'<path class="{kinds}" d="{data}"/>')

    def _ground(self, bottom: float) -> None:
        """Draw what lies behind the lanes: the column of the mismatch, the axis, a grid."""
        last = self._columns - 1
        x, step = self._x(last), self._step
        self._parts.append(
            f'<rect class="now" x="{x:g}" y="24" width="{step:g}" height="{bottom - 24:g}" rx="4"/>'
        )
        self._text(_EDGE, 16, shortened(one_line(self._miss.phase), 52), "axis")
        self._text(x + step / 2, 38, f"{self._miss.time_ns:g} ns", "axis mid here")
        self._text(self._left - 10, 54, "sample", "axis name")
        for column in range(self._columns):
            number = str(self._miss.check - last + column)
            kinds = "axis mid here" if column == last else "axis mid"
            self._text(self._x(column + 0.5), 54, number, kinds)
            if column:
                self._path("grid", f"M{self._x(column):g} 60V{bottom:g}")

    def _name(self, y: float, name: str, role: Role) -> None:
        x = self._left - 10
        mark = _MARKS.get(role)
        if mark is None:
            self._text(x, y, name, "name")
            return
        self._text(x, y, role.value, f"name {mark}")
        self._text(x - (len(role.value) + 1) * _CHARACTER, y, name, "name")

    def _trace(self, lane: Lane, top: float) -> None:
        """Draw one bit: highs and lows as a line, everything else as what it is."""
        levels = {"1": top, "0": top + SIGNAL}
        runs = lane.runs()
        for first, end, value in runs:
            mark = self._mark(lane, end)
            if value not in levels:
                self._other(self._x(first), self._x(end), top, value, mark)
                continue
            if value == "1":
                box = f"M{self._x(first):g} {top:g}H{self._x(end):g}v{SIGNAL}H{self._x(first):g}Z"
                self._path(f"high {mark}".strip(), box)
        for (first, end, value), after in pairwise([*runs, (0, 0, None)]):
            if value in levels:
                edge = f"V{levels[after[2]]:g}" if after[2] in levels else ""
                data = f"M{self._x(first):g} {levels[value]:g}H{self._x(end):g}{edge}"
                self._path(f"trace {self._mark(lane, end)}".strip(), data)

    def _bus(self, lane: Lane, top: float) -> None:
        for first, end, value in lane.runs():
            x, to, mark = self._x(first), self._x(end), self._mark(lane, end)
            if value in (None, "x", "z", "-"):
                self._other(x, to, top, value, mark)
                continue
            unknown = bool(set(value) & set("xXzZ"))
            self._path(f"{'unknown' if unknown else 'bus'} {mark}".strip(), hexagon(x, to, top))
            room = int((to - x - 2 * SLOPE) / _CHARACTER)
            label = middle_cut(one_line(value), max(3, room))
            self._text((x + to) / 2, top + 14, label, f"mid {mark}".strip())

    def _other(self, x: float, to: float, top: float, value: str | None, mark: str) -> None:
        """Draw what is no value: unknown, undriven, any, or not recorded."""
        middle = top + SIGNAL / 2
        if value is None:
            self._path("none", f"M{x + 3:g} {middle:g}H{to - 3:g}")
            return
        if value == "z":
            self._path("open", f"M{x:g} {middle:g}H{to:g}")
            return
        if value == "-":
            self._path(f"bus {mark}".strip(), hexagon(x, to, top))
            self._text((x + to) / 2, top + 14, "any", "mid")
            return
        self._path(f"unknown {mark}".strip(), hexagon(x, to, top))
        self._path("hatch", hatching(x + SLOPE, to - SLOPE, top))
        self._text((x + to) / 2, top + 14, "X", f"mid halo {mark}".strip())

    def _mark(self, lane: Lane, end: int) -> str:
        return _MARKS.get(lane.role, "") if end == self._columns else ""

    def _foot(self, y: float) -> float:
        """Write the bits and what the lanes mean below them; return the height of the picture."""
        miss = self._miss
        both = (miss.expected, miss.got)
        if all(map(is_binary, both)) and 1 < max(map(len, both)) <= _BITS_SHOWN:
            for role, text, other in (
                (Role.EXPECTED, miss.expected, miss.got),
                (Role.GOT, miss.got, miss.expected),
            ):
                y += 18
                self._name(y, "", role)
                self._bits(y, text, other, _MARKS[role])
            y += 4
        for note in self._notes():
            y += 17
            self._text(self._left, y, note, "note")
        return y + 12

    def _bits(self, y: float, text: str, other: str, mark: str) -> None:
        """Write a value bit by bit, in groups of four; bits that differ stand out."""
        pairs = zip(text.rjust(len(other)), other.rjust(len(text)), strict=True)
        for place, (bit, against) in enumerate(pairs):
            groups = place // 4 if len(text) % 4 == 0 else (place - len(text) % 4) // 4 + 1
            x = self._left + (place + groups * 0.7) * _CHARACTER * 1.1
            wrong = bit != against and "-" not in (bit, against)
            self._text(x, y, bit, mark if wrong else "axis")
            if wrong:
                self._path(f"mark {mark}", f"M{x:g} {y + 3:g}h7")

    def _notes(self) -> list[str]:
        left_out = self._all - len(self._lanes)
        shown = [value for lane in self._lanes for value in lane.values]
        return [
            *([f"{more(left_out, 'signal')} in run.json"] if left_out else []),
            *(["buses in hexadecimal"] if not all(lane.single for lane in self._lanes) else []),
            *(["dotted: not recorded for this sample"] if None in shown else []),
        ]


def _step(shown: list[Lane]) -> float:
    """Return the width of a column, so that most labels fit."""
    needs = [
        (len(value or "") * _CHARACTER + 4 * SLOPE) / (end - first)
        for lane in shown
        if not lane.single
        for first, end, value in lane.runs()
    ]
    return float(round(min(_WIDE, max([_NARROW, *needs]))))
