"""Lines that form a table: a header, and rows with as many cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rtlgen.spec.fragments.source import Line, Reading, Source, question

_RULE = re.compile(r"[\s|:+=\-_─━┼│|]*\Z")
_WIDE_GAP = re.compile(r"\s{2,}|\t")
_BARS = re.compile(r"[|│┃]")

_ROW_WORD = re.compile(r"(?:[01xX?*-]+|\d{1,4}|0x[0-9a-fA-F]+|\d*'[bdh][0-9a-fA-FxX_?]+)\Z")

_SUBHEAD = re.compile(r"=|^[01xX-]+$")
"""A cell that means something only with the heading above it."""

MOST_COLUMNS = 64
"""More than any table that a person writes."""

Cells = tuple[str, ...]
Splitter = Callable[[str], Cells]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table as cells, and the indices of its lines."""

    header: Cells
    rows: tuple[Cells, ...]
    lines: tuple[int, ...]
    """Index of the header's line, then of each row's."""

    @property
    def first(self) -> int:
        return self.lines[0]

    @property
    def last(self) -> int:
        return self.lines[-1]

    def column(self, index: int) -> Cells:
        """Return the cells of a column, the header left out."""
        return tuple(row[index] for row in self.rows)


def is_rule(text: str) -> bool:
    """Whether a line only separates rows, such as `|---|:-:|` or `----+---`."""
    return bool(text.strip()) and bool(_RULE.match(text)) and any(c in text for c in "-=_─━")


def piped(text: str) -> Cells:
    """Split at bars, the outer ones left out."""
    if not _BARS.search(text):
        return ()
    cells = [cell.strip() for cell in _BARS.split(text.strip())]
    inner = cells[1 if not cells[0] else 0 : -1 if len(cells) > 1 and not cells[-1] else None]
    return tuple(inner)


def spaced(text: str) -> Cells:
    """Split at gaps of two and more blanks, bars count as gaps."""
    return tuple(cell for cell in _WIDE_GAP.split(_BARS.sub("  ", text).strip()) if cell)


def tokens(text: str) -> Cells:
    """Split at every blank and bar."""
    return tuple(_BARS.sub(" ", text).split())


def flattened(text: str) -> Cells:
    """Split at bars and commas."""
    return tuple(piece.strip() for cell in piped(text) for piece in cell.split(","))


def commas(text: str) -> Cells:
    """Split at commas, as in CSV."""
    return tuple(cell.strip() for cell in text.split(",")) if "," in text else ()


SPLITTERS: tuple[Splitter, ...] = (piped, spaced, tokens, commas)


def rows_below(
    lines: Sequence[Line], start: int, split: Splitter, width: int
) -> tuple[tuple[Cells, ...], tuple[int, ...]]:
    """Return the rows of `width` cells from index `start` on, and the indices of their lines.

    Rules are skipped, and blank lines above the first row.
    """
    rows: list[Cells] = []
    used: list[int] = []
    for index in range(start, len(lines)):
        text = lines[index].text
        if is_rule(text) and not set(text.split()) <= {"-"}:
            continue
        cells = split(text)
        if len(cells) == width:
            rows.append(cells)
            used.append(index)
        elif rows or not lines[index].blank:
            break
    return tuple(rows), tuple(used)


def grid_at(lines: Sequence[Line], index: int, split: Splitter) -> Grid | None:
    """Return the table whose header is the line at `index`, cells split by `split`."""
    header = split(lines[index].text)
    if len(header) > MOST_COLUMNS:
        return None
    rows, used = rows_below(lines, index + 1, split, len(header))
    return Grid(header=header, rows=rows, lines=(index, *used)) if rows else None


def stacked(top: str, below: str, split: Splitter) -> Cells:
    """Return a header written on two lines as one; empty if the lines do not fit.

    A cell above several others belongs to each of them.
    """
    upper, lower = split(top), split(below)
    if len(lower) < 3 or not 1 < len(upper) <= len(lower):
        return ()
    if split is not spaced and len(upper) == len(lower):
        heads = [cell or _span(upper, i) for i, cell in enumerate(upper)]
    else:
        heads = _aligned(top, below)
        heads = [h if _SUBHEAD.search(cell) else "" for h, cell in zip(heads, lower, strict=True)]
    return tuple(f"{head} {cell}".strip() for head, cell in zip(heads, lower, strict=True))


def _span(upper: Cells, index: int) -> str:
    """Return the heading that an empty cell continues."""
    return next((cell for cell in upper[index::-1] if cell), "")


def _aligned(top: str, below: str) -> list[str]:
    """Return for each cell of `below` the cell of `top` that stands nearest above it."""
    cell = re.compile(r"[^\s|│┃]+(?:\s[^\s|│┃]+)*")
    heads = list(cell.finditer(top))

    def distance(head: re.Match[str], middle: float) -> float:
        return max(head.start() - middle, middle - head.end(), 0.0)

    return [
        min(heads, key=lambda head: distance(head, (part.start() + part.end()) / 2))[0]
        for part in cell.finditer(below)
    ]


def broken(source: Source, grid: Grid, split: Splitter) -> Reading:
    """Return the question about a line under a table that would be a row if its cells fit."""
    index = grid.last + 1
    if index >= len(source.lines) or source.lines[index].blank:
        return Reading()
    text = source.lines[index].text
    if is_rule(text):
        return Reading()
    cells = split(text)
    row = len(cells) > 1 and ("|" in text if split is not tokens and split is not spaced else False)
    row = row or (len(cells) > 1 and all(_ROW_WORD.match(word) for word in tokens(text)))
    if not row:
        return Reading()
    message = f"row {text.strip()!r} does not have the {len(grid.header)} cells of its table"
    finding = question(
        "broken-row", source.place(index, index), message, assumption="the row is left out"
    )
    return Reading(findings=(finding,))
