"""Truth tables: columns that are ports, rows of values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from rtlgen.spec.fragments.functions import Stated, function, with_remaining
from rtlgen.spec.fragments.grid import (
    MOST_COLUMNS,
    SPLITTERS,
    Cells,
    Grid,
    Splitter,
    broken,
    commas,
    grid_at,
    piped,
    tokens,
)
from rtlgen.spec.fragments.literals import Radix, cell_bits, column_radix
from rtlgen.spec.fragments.source import Reading, Source, question, remark
from rtlgen.spec.model import Finding, Kind
from symbolic.truth_table import Row

_FILLER = re.compile(
    r"\b(?:inputs?|outputs?|value|signal|bits?|port|code|hex(?:adecimal)?|decimal|binary|dec|bin)\b|:",
    re.IGNORECASE,
)
_RANGE_BITS = re.compile(r"\(\s*\d+\s*bits?\s*\)", re.IGNORECASE)
_ELSE = re.compile(
    r"(?:any(?:thing)?[\s-]*(?:else|other)|(?:all\s+)?others?|default|otherwise|else|"
    r"(?:all|any|every)\s+(?:the\s+)?(?:others?|rest|remaining)|(?:the\s+)?rest|remaining)\b",
    re.IGNORECASE,
)
_RADIX_WORD = re.compile(r"\b(hex(?:adecimal)?|dec(?:imal)?|bin(?:ary)?)\b|\b(0x)", re.IGNORECASE)
_TIME = re.compile(r"(?:time|t|cycle|step)\b", re.IGNORECASE)
_EXAMPLE = re.compile(
    r"\bexamples?\b|\be\.g\b|\bfor instance\b|\bsamples?\b|\bselected\b"
    r"|\bsome (?:of|values|cases|rows)\b",
    re.IGNORECASE,
)
_VALUE = re.compile(r"[01xX?*dD-]+\Z")
_RADICES = {"h": Radix.HEX, "0": Radix.HEX, "d": Radix.DECIMAL, "b": Radix.BINARY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table whose header names port bits; `inverted` for an active-low heading."""

    index: int
    bits: tuple[str, ...]
    output: bool
    hint: Radix | None = None


def read_tables(source: Source) -> Reading:
    """Return the truth tables in `source`."""
    result = Reading()
    index = 0
    while index < len(source.lines):
        reading = _table_at(source, index)
        result += reading
        index = max(reading.used, default=index) + 1
    return result


def _table_at(source: Source, index: int) -> Reading:
    line = source.lines[index]
    if line.blank or line.code:
        return Reading()
    for split in SPLITTERS:
        columns = _columns(source, split(line.text), split)
        grid = grid_at(source.lines, index, split) if columns else None
        if grid and split is not piped:
            grid = _above_prose(grid, columns)
        if grid:
            return _read_grid(source, grid, columns) + broken(source, grid, split)
    return Reading()


def _above_prose(grid: Grid, columns: Sequence[Column]) -> Grid | None:
    """Cut off the sentences under a table that happen to have as many words as it has columns."""
    inputs = [c for c in columns if not c.output]

    def is_row(cells: Cells) -> bool:
        return _is_else(cells, columns) or any(
            cell_bits(cells[c.index], len(c.bits), Radix.HEX) for c in inputs
        )

    rows = tuple(takewhile(is_row, grid.rows))
    return Grid(header=grid.header, rows=rows, lines=grid.lines[: len(rows) + 1]) if rows else None


def _columns(source: Source, header: Cells, split: Splitter) -> tuple[Column, ...]:
    """Return the columns that name ports; empty if these do not make a table."""
    if not 2 <= len(header) <= MOST_COLUMNS or _TIME.match(header[0]):
        return ()
    found = [_column(source, index, cell) for index, cell in enumerate(header)]
    columns = tuple(column for column in found if column)
    if split in (tokens, commas) and len(columns) < len(header):
        return ()  # words of a sentence, some of which happen to be ports
    bits = [bit for column in columns for bit in column.bits]
    distinct = len(set(bits)) == len(bits)
    sides = {column.output for column in columns}
    return columns if distinct and sides == {False, True} else ()


def _column(source: Source, index: int, cell: str) -> Column | None:
    names = source.names
    hint = _RADIX_WORD.search(cell)
    plain = _RANGE_BITS.sub("", cell)
    bits = names.group(plain) or names.group(_FILLER.sub(" ", plain))
    if bits is None or names.direction(bits) is None:
        return None
    radix = _RADICES[(hint[1] or hint[2])[0].lower()] if hint else None
    return Column(index=index, bits=bits, output=names.are_outputs(bits), hint=radix)


def _read_grid(source: Source, grid: Grid, columns: Sequence[Column]) -> Reading:
    span = (grid.first, grid.last)
    used = frozenset(range(grid.first, grid.last + 1))
    place = source.place(*span)
    radices, findings = _radices(source, grid, columns)
    default: str | None = None
    rows: list[Row] = []
    places = []
    for cells, line in zip(grid.rows, grid.lines[1:], strict=True):
        outputs = _values(cells, [c for c in columns if c.output], radices)
        inputs = _values(cells, [c for c in columns if not c.output], radices)
        if outputs is None:
            return _no_values(source, cells, line, used)
        if inputs is not None:
            rows.append(Row(inputs=inputs, outputs=outputs))
            places.append(source.place(line, line))
        elif _is_else(cells, columns):
            default = outputs
        else:
            return _no_values(source, cells, line, used)
    unknown = _unknown_values(grid, columns)
    if unknown is not None:
        note = remark("unknown-column", place, f"column {unknown!r} of the table is no port")
        return Reading(findings=(note,), used=used)
    stated = Stated(
        inputs=_bits(columns, output=False),
        outputs=_bits(columns, output=True),
        rows=tuple(rows),
        default=default,
        places=tuple(places),
    )
    if stated.default is None and is_example(source, grid.first):
        note = remark("example-table", place, "the table lists examples; it is no definition")
        return Reading(findings=(note,), used=used)
    stated, unclear = with_remaining(source, stated, span)
    reading = function(source, Kind.TRUTH_TABLE, stated, span)
    return reading + unclear + Reading(findings=findings)


def is_example(source: Source, first: int) -> bool:
    """Whether the sentence above a table says that it only gives examples."""
    above = next(
        (ln.text for ln in source.lines[max(first - 3, 0) : first][::-1] if not ln.blank), ""
    )
    return bool(_EXAMPLE.search(above))


def _bits(columns: Sequence[Column], *, output: bool) -> tuple[str, ...]:
    return tuple(bit for column in columns if column.output is output for bit in column.bits)


def _radices(
    source: Source, grid: Grid, columns: Sequence[Column]
) -> tuple[dict[int, Radix], tuple[Finding, ...]]:
    """Return the base of every column, and the questions that leaves."""
    radices: dict[int, Radix] = {}
    findings: list[Finding] = []
    for column in columns:
        cells = [cell for cell in grid.column(column.index) if not _ELSE.match(cell)]
        read = column_radix(cells, len(column.bits), hint=column.hint)
        radices[column.index] = read.radix
        if not read.certain:
            findings.append(
                question(
                    "ambiguous-radix",
                    source.place(grid.first, grid.last),
                    f"column {grid.header[column.index]!r} could be decimal, hexadecimal or binary",
                    assumption=f"the numbers are {read.radix.name.lower()}",
                )
            )
    return radices, tuple(findings)


def _values(cells: Cells, columns: Sequence[Column], radices: dict[int, Radix]) -> str | None:
    """Return the bits in `columns` of a row; None if a cell is no value."""
    parts = [cell_bits(cells[c.index], len(c.bits), radices[c.index]) for c in columns]
    return "".join(part or "" for part in parts) if None not in parts else None


def _is_else(cells: Cells, columns: Sequence[Column]) -> bool:
    """Whether the input cells say "anything else", once or in each."""
    texts = [cells[c.index].strip("*_` ()") for c in columns if not c.output]
    said = [bool(_ELSE.match(text)) for text in texts]
    empty = [text in {"", "-", "..."} for text in texts]
    return any(said) and all(a or b for a, b in zip(said, empty, strict=True))


def _no_values(source: Source, cells: Cells, line: int, used: frozenset[int]) -> Reading:
    """Return the note that a table holds something else than values."""
    place = source.place(line, line)
    text = f"row {' | '.join(cells)!r} does not hold values; the table is no definition"
    return Reading(findings=(remark("symbolic-table", place, text),), used=used)


def _unknown_values(grid: Grid, columns: Sequence[Column]) -> str | None:
    """Return the header of a column of bits that is no port; None if there is none."""
    known = {column.index for column in columns}
    for index, head in enumerate(grid.header):
        cells = grid.column(index)
        if index not in known and all(_VALUE.match(cell) for cell in cells) and not _counts(cells):
            return head
    return None


def _counts(cells: Cells) -> bool:
    """Whether a column only numbers the rows."""
    return (
        list(cells)
        in (
            [str(n) for n in range(len(cells))],
            [str(n) for n in range(1, len(cells) + 1)],
        )
        and len(cells) > 2
    )
