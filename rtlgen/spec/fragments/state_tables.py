"""State tables: a row per state, or a row per transition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rtlgen.spec.fragments.conditions import is_always, is_else, read_condition
from rtlgen.spec.fragments.grid import (
    Cells,
    Grid,
    Splitter,
    broken,
    flattened,
    grid_at,
    is_rule,
    piped,
    spaced,
    stacked,
    tokens,
)
from rtlgen.spec.fragments.literals import Radix, cell_bits
from rtlgen.spec.fragments.machine import Draft, Edge, compatible, completed, machine
from rtlgen.spec.fragments.source import Reading, Source, question
from rtlgen.spec.fragments.state_columns import (
    CODED_STATE,
    NEXT_HEAD,
    STATE,
    Column,
    Role,
    bare_values,
    clean,
    columns_of,
    spread,
)
from rtlgen.spec.model import Kind
from symbolic.cubes import UNIVERSE, Cube, cube_from_text, intersection

_HEADER_WORD = re.compile(
    r"states?\b|next|\bPS\b|\bNS\b|\(\s*t\s*\+\s*1\s*\)|\b[QYS][+*](?!\w)|\bfrom\b.*\bto\b",
    re.IGNORECASE,
)
_FREE = frozenset(
    {"-", "--", "---", "x", "*", "?", "d", "any", "don't care", "dc", "–", "—", "any state"}  # noqa: RUF001
)
"""Cells of a next-state column that leave the next state open."""
_MOST_TRIED = 24
"""Lines that speak of states and are tried as headers."""
_SAME = re.compile(r"(?:same|hold|stay|unchanged|no change|itself)\b", re.IGNORECASE)


def read_state_tables(source: Source) -> Reading:
    """Return the state tables in `source`."""
    result = Reading()
    index = 0
    tried = 0
    while index < len(source.lines) and tried < _MOST_TRIED:
        reading = _table_at(source, index)
        tried += _header_words(source, index)
        result += reading
        index = max(reading.used, default=index) + 1
    return result


def _table_at(source: Source, index: int) -> Reading:
    line = source.lines[index]
    if line.code or line.blank or not _header_words(source, index):
        return Reading()
    unread = Reading()
    for split in (_comma_cells(source, index), piped, flattened, spaced, tokens):
        for grid in _grids(source, index, split):
            columns = columns_of(source, grid) if len(grid.rows) > 1 else None
            if columns and split is tokens and any(c.role is Role.IGNORED for c in columns):
                return unread  # words of a sentence
            draft = _draft(source, grid, columns) if columns else None
            if draft:
                span = (_first_line(source, grid.first), grid.last)
                reading = machine(source, Kind.STATE_TABLE, completed(source, draft), span)
                return reading + broken(source, grid, split)
            if columns and split is piped and not unread.findings:
                unread = _unread(source, grid)
    return unread


def _grids(source: Source, index: int, split: Splitter) -> Iterator[Grid]:
    """Yield the table headed by a line: with the line below or above as part of the header too."""
    grid = grid_at(source.lines, index, split)
    if grid is None or len(grid.header) < 2:
        return
    above = source.lines[index - 1] if index else None
    if above and not above.blank and not is_rule(above.text) and split is not tokens:
        header = stacked(above.text, source.lines[index].text, split)
        if header and NEXT_HEAD.search(" ".join(header)):
            yield Grid(header=header, rows=grid.rows, lines=(index - 1, *grid.lines[1:]))
    yield grid
    if len(grid.rows) > 2 and split is piped:
        header = stacked(source.lines[index].text, source.lines[grid.lines[1]].text, split)
        if header:
            yield Grid(header=header, rows=grid.rows[1:], lines=(index, *grid.lines[2:]))


def _unread(source: Source, grid: Grid) -> Reading:
    """Return the question about a table of states with a cell that cannot be read."""
    place = source.place(grid.first, grid.last)
    finding = question(
        "unread-state-table",
        place,
        "the state table has a cell or header that cannot be read",
        assumption="the table is left out",
    )
    return Reading(findings=(finding,), used=frozenset(range(grid.first, grid.last + 1)))


def _header_words(source: Source, index: int) -> bool:
    """Whether the line, with the one above, can head a state table."""
    text = source.lines[index].text
    above = source.lines[index - 1].text if index else ""
    return bool(_HEADER_WORD.search(f"{text} {above}"))


def _first_line(source: Source, index: int) -> int:
    """Return the line where the header starts: it may have "Next state" on a line of its own."""
    above = source.lines[index - 1].text.strip() if index else ""
    alone = re.fullmatch(r"[|\s]*(?:next[\s_-]*state)\b.{0,40}", above, re.IGNORECASE)
    return index - 1 if alone else index


def _comma_cells(source: Source, index: int) -> Splitter:
    """Return a splitter at bars, and at commas in columns where header and rows both have them."""
    header = piped(source.lines[index].text)
    below = source.lines[index + 1 : index + 4]
    rows = [cells for line in below if len(cells := piped(line.text)) == len(header)]
    rows = [cells for cells in rows if not all(set(cell) <= set("-:") for cell in cells)]
    counts = [
        len(head.split(","))
        if rows and all(len(row[i].split(",")) == len(head.split(",")) for row in rows)
        else 1
        for i, head in enumerate(header)
    ]

    def split(text: str) -> Cells:
        cells = piped(text)
        if len(cells) != len(counts):
            return ()
        parts: list[str] = []
        for cell, count in zip(cells, counts, strict=True):
            pieces = [piece.strip() for piece in cell.split(",")] if count > 1 else [cell]
            if len(pieces) != count:
                return ()
            parts += pieces
        return tuple(parts)

    return split


def _draft(source: Source, grid: Grid, columns: tuple[Column, ...]) -> Draft | None:
    """Return the machine in the rows; None if a cell is not what its column should hold."""
    edges: list[Edge] = []
    codes: dict[str, str] = {}
    state = ""
    last: _Row = ()
    index = next(i for i, column in enumerate(columns) if column.role is Role.PRESENT)
    known = tuple(clean(cell) for cell in grid.column(index))
    for cells, line in zip(grid.rows, grid.lines[1:], strict=True):
        row: _Row = list(zip(columns, cells, strict=True))
        present = clean(cells[index])
        repeats = not present or _state(present, codes) == state
        state = _state(present, codes) or state  # an empty cell repeats the state above
        row = _filled(row, last) if repeats and last else row
        fits = STATE.match(state)
        new = _row_edges(source, row, state, line, codes, known) if fits else None
        if new is None:
            return None
        edges += new
        last = row
        code = next((clean(cell) for column, cell in row if column.role is Role.CODE), "")
        if _binary(code):
            codes[state] = _binary(code)
    whole = set(codes) == {edge.state for edge in edges}
    return _moore_if_it_can(Draft(edges=tuple(edges), codes=codes if whole else {}))


def _filled(row: _Row, above: _Row) -> _Row:
    """Fill the empty output cells of a state's second row, which merged cells leave."""
    return [
        (column, before if column.role is Role.OUTPUT and not clean(cell) else cell)
        for (column, cell), (_, before) in zip(row, above, strict=True)
    ]


def _moore_if_it_can(draft: Draft) -> Draft:
    """Give outputs that do not depend on inputs to the states."""
    named: dict[str, dict[str, str]] = {}
    bare: dict[str, str] = {}
    for edge in draft.edges:
        outputs = named.setdefault(edge.state, dict(edge.outputs))
        if outputs.keys() != edge.outputs.keys():
            return draft
        merged = {bit: _agreed(outputs[bit], edge.outputs[bit]) for bit in outputs}
        values = _agreed(bare.setdefault(edge.state, edge.positional), edge.positional)
        if None in merged.values() or values is None:
            return draft
        named[edge.state] = {bit: value or "" for bit, value in merged.items()}
        bare[edge.state] = values
    return replace(
        draft,
        edges=tuple(replace(edge, outputs={}, positional="") for edge in draft.edges),
        moore={state: values for state, values in named.items() if values},
        positional={state: values for state, values in bare.items() if values},
    )


def _agreed(left: str, right: str) -> str | None:
    """Return values that meet both lists; None if they differ."""
    if not compatible(left, right):
        return None
    return "".join(b if a == "-" else a for a, b in zip(left, right, strict=True))


@dataclass(frozen=True, slots=True)
class _Piece:
    """Part of the inputs of a row, and the outputs there; `cover` None is every other input."""

    cover: tuple[Cube, ...] | None
    outputs: Mapping[str, str]
    positional: str


_Row = Sequence[tuple[Column, str]]


def _row_edges(
    source: Source, row: _Row, state: str, line: int, codes: dict[str, str], known: Cells
) -> list[Edge] | None:
    """Return the arrows that a row stands for; None if a cell cannot be read."""
    given = _row_inputs(source, row)
    outputs = _row_outputs(source, row)
    edges: list[Edge] = []
    for column, cell in row:
        if column.role is not Role.NEXT:
            continue
        target, _, beside = cell.partition("/") if "/" in cell else cell.partition(",")
        name: str | None = _state(clean(target), codes)
        if name not in known and (name or "").casefold() in _FREE:
            name = None
        if name and _SAME.match(name):
            name = state
        values = _bits(beside)
        unread = given == [] or outputs is None or values is None
        unread = unread or (name is not None and not STATE.match(name))
        if unread or outputs is None or values is None:
            return None
        cover = None if given is None else _common(given, column.cover)
        pieces = _split(_Piece(cover, {}, values), outputs)
        edges += [
            Edge(
                state=state,
                cover=piece.cover,
                target=name,
                outputs=piece.outputs,
                positional=piece.positional,
                line=line,
            )
            for piece in pieces
            if piece.cover is None or piece.cover
        ]
    return edges


def _common(left: Sequence[Cube], right: Sequence[Cube]) -> tuple[Cube, ...]:
    return tuple(both for a in left for b in right if (both := intersection(a, b)) is not None)


def _row_inputs(source: Source, row: _Row) -> list[Cube] | None:
    """Return the inputs that a row is for; None for every other input, [] if unreadable."""
    cover = [UNIVERSE]
    for column, cell in row:
        if column.role is not Role.INPUT:
            continue
        if is_else(cell):
            return None
        read = _cell_inputs(source, column, cell)
        if read is None:
            return []
        cover = list(_common(cover, read))
    return cover


def _cell_inputs(source: Source, column: Column, cell: str) -> Sequence[Cube] | None:
    if is_always(cell) or not cell:
        return [UNIVERSE]
    if column.bits:
        values = cell_bits(cell, len(column.bits), column.radix)
        return spread(source, column.bits, cube_from_text(values)) if values else None
    return read_condition(cell, source.names, source.names.data_bits) or bare_values(source, cell)


_Factor = list[tuple[tuple[Cube, ...], dict[str, str], str]]


def _row_outputs(source: Source, row: _Row) -> list[_Factor] | None:
    """Return the output columns of a row, those of the same bits together; None if unreadable."""
    factors: dict[tuple[str, ...], _Factor] = {}
    for column, cell in row:
        if column.role is not Role.OUTPUT:
            continue
        if column.bits:
            values = cell_bits(cell, len(column.bits), column.radix)
            named, bare = dict(zip(column.bits, values or "", strict=False)), ""
        else:
            values = bare = _bits(cell) or ""
            named = {}
        if not values:
            return None
        factors.setdefault(column.bits, []).append((column.cover, named, bare))
    return list(factors.values())


def _split(whole: _Piece, factors: Sequence[_Factor]) -> list[_Piece]:
    """Divide a row where its outputs depend on the inputs."""
    pieces = [whole]
    for factor in factors:
        pieces = [
            _Piece(
                piece.cover if cover == (UNIVERSE,) else _common(piece.cover or (UNIVERSE,), cover),
                {**piece.outputs, **named},
                piece.positional + bare,
            )
            for piece in pieces
            for cover, named, bare in factor
        ]
    return pieces


def _bits(text: str) -> str | None:
    """Return output values such as `01`, `0, 1` or `2'b01`; None if they are something else."""
    joined = re.sub(r"\d+'[bB]|[\s,()]+", "", text)
    cells = [cell_bits(char, 1, Radix.BINARY) for char in joined]
    return None if None in cells else "".join(cell or "" for cell in cells)


def _binary(text: str) -> str:
    plain = re.sub(r"\d+'[bB]", "", text).replace("_", "")
    return plain if plain and set(plain) <= {"0", "1"} else ""


def _state(text: str, codes: dict[str, str]) -> str:
    """Return the state in a cell, and keep the code written beside it."""
    coded = CODED_STATE.match(text)
    if coded:
        codes[coded[1]] = coded[2]
    return coded[1] if coded else text
