"""Karnaugh maps as people type them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rtlgen.synth.draw import Draw

GRAY = ("0", "1"), ("00", "01", "11", "10")
"""Labels along an axis, by number of variables less one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """A Karnaugh map: which variables stand where, and the labels along both sides."""

    across: tuple[str, ...]
    down: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[str, ...]

    def order(self) -> list[int]:
        """Return the cells in reading order, as numbers of `down` before `across`."""
        return [int(row + column, 2) for row in self.rows for column in self.columns]


def labels(draw: Draw, count: int) -> tuple[str, ...]:
    """Return labels in Gray order, seldom not beginning at 0 or going the other way."""
    usual = GRAY[count - 1]
    if count == 1 or not draw.chance(0.2):
        return usual
    start = draw.integer(0, 3)
    turned = usual[start:] + usual[:start]
    return turned[::-1] if draw.chance(0.5) else turned


Lines = Sequence[tuple[str, Sequence[str]]]
"""Each row's label and cells."""


def _ruled(across: str, down: str, columns: Sequence[str], lines: Lines) -> str:
    side = max(len(down), 2)
    size = len(columns[0])
    body = [f"{label:>{side}} | {' | '.join(c.ljust(size) for c in row)} |" for label, row in lines]
    head = "   ".join(columns)
    return "\n".join([f"{' ' * side}   {across}", f"{down:>{side}}   {head}", *body])


def _tight(across: str, down: str, columns: Sequence[str], lines: Lines) -> str:
    side = max(len(down), 2)
    gap = "  " if len(columns[0]) == 2 else "   "
    body = [f"{label:>{side}} | {' | '.join(row)} |" for label, row in lines]
    return "\n".join([f"{' ' * side}   {across}", f"{down:>{side}}   {gap.join(columns)}", *body])


def _markdown(across: str, down: str, columns: Sequence[str], lines: Lines) -> str:
    head = [rf"{down}\{across}", *columns]
    rule = "|" + "|".join("---" for _ in head) + "|"
    body = [f"| {' | '.join((label, *row))} |" for label, row in lines]
    return "\n".join([f"| {' | '.join(head)} |", rule, *body])


def _named(across: str, down: str, columns: Sequence[str], lines: Lines) -> str:
    heads = [f"{across}={label}" for label in columns]
    side = len(f"{down}={lines[0][0]}") + 2
    body = [
        f"{down}={label}".ljust(side) + "  ".join(c.center(len(heads[0])) for c in row).rstrip()
        for label, row in lines
    ]
    return "\n".join([" " * side + "  ".join(heads), *body])


def _plain(across: str, down: str, columns: Sequence[str], lines: Lines) -> str:
    size = len(columns[0])
    body = [f"{label} : {' '.join(c.ljust(size) for c in row).rstrip()}" for label, row in lines]
    head = " " * len(lines[0][0]) + "   " + " ".join(columns)
    return "\n".join([f"columns: {across}, rows: {down}", head, *body])


_LAYOUTS: tuple[Callable[[str, str, Sequence[str], Lines], str], ...] = (
    _tight,
    _ruled,
    _markdown,
    _named,
    _plain,
)


def text(draw: Draw, map_: Map, cells: Sequence[str]) -> str:
    """Return the map with `cells` in reading order; the words' stream chooses a layout."""
    width = len(map_.columns)
    rows = [cells[i : i + width] for i in range(0, len(cells), width)]
    short = all(len(name) == 1 for name in map_.across + map_.down)
    joint = "" if short else draw.phrase("", ",", " ")
    layout = draw.words.choice(_LAYOUTS)
    return layout(
        joint.join(map_.across),
        joint.join(map_.down),
        map_.columns,
        list(zip(map_.rows, rows, strict=True)),
    )
