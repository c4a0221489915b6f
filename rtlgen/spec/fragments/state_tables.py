"""State tables: a row per state, or a row per transition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from rtlgen.spec.fragments.conditions import is_always, is_else, read_condition, read_values
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
from rtlgen.spec.fragments.literals import Radix, cell_bits, column_radix
from rtlgen.spec.fragments.machine import Draft, Edge, compatible, completed, machine
from rtlgen.spec.fragments.next_state import transition_inputs
from rtlgen.spec.fragments.source import Reading, Source, question
from rtlgen.spec.model import Kind
from symbolic.cubes import UNIVERSE, Cube, cube_from_text, intersection

_PRESENT = re.compile(
    r"^(?:present|current|currently|curr|cur|old|from|this|source)\b"
    r"|^(?:ps|cs|state|states|s|st)(?:\s*(?:name|now))?$|^(?:state|ps|cs)\b(?!\s*[=+*'])",
    re.IGNORECASE,
)
_LETTER = re.compile(r"(?:[QqYySs]|[Qq]\s*\(\s*t\s*\))\Z")
"""A present state where a column such as `Q+` is beside it."""
_NEXT = re.compile(
    r"\bnext\b|\bns\b|^to\b|\bstate\s*[+*']|\bnxt|\bnew\s+state\b|\bdestination\b|\btarget\b"
    r"|^(?:goes|go|moves?|then)\b|\bfollowing\s+state\b|\bsuccessor\b"
    r"|^[QqYySs]\s*(?:\+|\*|'|\(\s*t\s*\+\s*1\s*\))$",
    re.IGNORECASE,
)
_OUTPUT = re.compile(r"\bout(?:puts?)?\b", re.IGNORECASE)
_CODE = re.compile(r"\b(?:code|codes|encoding|assignment|assigned|encoded)\b", re.IGNORECASE)
_INPUT = re.compile(
    r"^in$|^(?:inputs?|conditions?|when|on|if|event|trigger|guard|symbol)\b", re.IGNORECASE
)
_HEADER_WORD = re.compile(
    r"states?\b|next|\bPS\b|\bNS\b|\(\s*t\s*\+\s*1\s*\)|\b[QYS][+*](?!\w)|\bfrom\b.*\bto\b",
    re.IGNORECASE,
)
_COMMENT = re.compile(
    r"^(?:comments?|remarks?|notes?|description|meaning|#|no|nr|row|line)\b", re.IGNORECASE
)
_FREE = frozenset(
    {"-", "--", "---", "x", "*", "?", "d", "any", "don't care", "dc", "–", "—", "any state"}  # noqa: RUF001
)
"""Cells of a next-state column that leave the next state open."""
_WORDS = re.compile(
    r"\b(?:next|present|current|state|states|outputs?|inputs?|when|if|for|on|with|is|ns|ps|condition|value)\b|[()]|:(?!\d)",
    re.IGNORECASE,
)
_SIGNAL = re.compile(
    r"(?P<name>[A-Za-z_]\w*(?:\[\d+(?::\d+)?\])?)(?:\s+|\s*,\s*|$)(?P<rest>[^=].*|$)"
)
"""A signal name that a condition follows, as in `y[2:0] x=0`."""
_MOST_TRIED = 24
"""Lines that speak of states and are tried as headers."""
_STATE = re.compile(r"(?:[A-Za-z]\w*|\d{1,16})\Z")
_SAME = re.compile(r"(?:same|hold|stay|unchanged|no change|itself)\b", re.IGNORECASE)
_CODED_STATE = re.compile(r"([A-Za-z]\w*)\s*[(=:\[]\s*(?:\d+'b)?([01]+)\s*[)\]]?\Z")


class Role(Enum):
    """What a column of a state table holds."""

    PRESENT = auto()
    INPUT = auto()
    NEXT = auto()
    OUTPUT = auto()
    CODE = auto()
    IGNORED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column and what its header says about it."""

    role: Role
    cover: tuple[Cube, ...] = (UNIVERSE,)
    """Inputs for which a next-state or output column holds."""
    bits: tuple[str, ...] = ()
    """Input or output bits in the cells."""
    conditional: bool = False
    radix: Radix = Radix.BINARY


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
            columns = _columns(source, grid) if len(grid.rows) > 1 else None
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
        if header and _NEXT.search(" ".join(header)):
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


def _columns(source: Source, grid: Grid) -> tuple[Column, ...] | None:
    """Tell what each column holds; None if this is no state table."""
    present = _present(grid)
    if present is None:
        return None
    columns: list[Column] = []
    previous: Role | None = None
    for index, head in enumerate(grid.header):
        if index == present:
            column = Column(role=Role.PRESENT)
        else:
            column = _column(source, head, grid.column(index), previous)
        columns.append(column)
        if column.role is Role.NEXT or (column.role is Role.OUTPUT and previous is not None):
            previous = column.role  # an output before any next state heads no other column
    return tuple(columns) if any(c.role is Role.NEXT for c in columns) else None


def _present(grid: Grid) -> int | None:
    """Return the index of the column of present states; None if there is none."""
    heads = [_plain(head) for head in grid.header]
    if any(_NEXT.search(head) for head in heads):
        letters = [i for i, head in enumerate(heads) if _LETTER.match(head)]
    else:
        letters = []
    named = [i for i, head in enumerate(heads) if _PRESENT.search(head) and not _NEXT.search(head)]
    named = [i for i in named if not _CODE.search(heads[i])]
    for index in (*named, *letters):
        if _are_states(grid.column(index)):
            return index
    first = grid.column(0)
    bits = all(set(_clean(cell)) <= set("0123456789") for cell in first)
    spoken = _NEXT.search(heads[0]) or _OUTPUT.search(heads[0]) or _INPUT.search(heads[0])
    return 0 if _are_states(first) and not bits and not named and not spoken else None


def _are_states(cells: Cells) -> bool:
    """Whether cells name states; one below another may be empty, as merged cells are."""
    return bool(_clean(cells[0])) and all(
        not (text := _clean(cell)) or _STATE.match(text) or _CODED_STATE.match(text)
        for cell in cells
    )


def _plain(head: str) -> str:
    """Return a header for the words in it: underscores part them."""
    return " ".join(head.replace("_", " ").strip("`* ").split())


def _column(source: Source, head: str, cells: Cells, previous: Role | None) -> Column:
    plain = _plain(head)
    exact = source.names.group(head)
    if exact and source.names.are_inputs(exact):
        return Column(role=Role.INPUT, bits=exact, radix=_radix(cells, exact))
    if _NEXT.search(plain):
        return _conditional(source, Role.NEXT, head)
    if _CODE.search(plain):
        return Column(role=Role.CODE)
    bits = exact or source.names.group(_WORDS.sub(" ", head))
    if bits and source.names.are_outputs(bits):
        return Column(role=Role.OUTPUT, bits=bits, radix=_radix(cells, bits))
    if _OUTPUT.search(plain):
        return _conditional(source, Role.OUTPUT, head)
    if bits and source.names.are_inputs(bits):
        return Column(role=Role.INPUT, bits=bits, radix=_radix(cells, bits))
    if _INPUT.search(plain):
        return Column(role=Role.INPUT)
    if _COMMENT.search(plain):
        return Column(role=Role.IGNORED)
    inherited = _conditional(source, previous or Role.NEXT, head)
    return inherited if inherited.conditional else Column(role=Role.IGNORED)


def _radix(cells: Cells, bits: Sequence[str]) -> Radix:
    values = [cell for cell in cells if _clean(cell) and not is_else(cell)]
    return column_radix(values, len(bits)).radix


def _conditional(source: Source, role: Role, head: str) -> Column:
    """Return a column with the inputs that its header names, such as "Next state in=0"."""
    plain = " ".join(_WORDS.sub(" ", head).split())
    signal = _SIGNAL.match(plain)
    bits = source.names.bits(signal["name"]) if signal else None
    named = bits if bits and role is Role.OUTPUT and source.names.are_outputs(bits) else ()
    for text in (signal["rest"] if signal else "", plain):
        cover = _header_cover(source, text.strip(" ,@:;")) if re.search(r"\w", text) else None
        if cover:
            return Column(role=role, cover=tuple(cover), bits=named, conditional=True)
    return Column(role=role, bits=named)


def _header_cover(source: Source, text: str) -> Sequence[Cube] | None:
    return read_condition(text, source.names, source.names.data_bits) or _bare(source, text)


def _bare(source: Source, text: str) -> list[Cube] | None:
    """Read a header that is only values, those of the inputs in declared order."""
    inputs = transition_inputs(source)
    values = read_values(text, inputs)
    return _spread(source, inputs, values[0]) if values else None


def _spread(source: Source, names: Sequence[str], cube: Cube) -> list[Cube]:
    """Return a cube over `names` as one over all data inputs."""
    width = len(names)
    places = {name: width - 1 - i for i, name in enumerate(names)}
    text = "".join(
        str(cube.value >> places[bit] & 1)
        if bit in places and cube.care >> places[bit] & 1
        else "-"
        for bit in source.names.data_bits
    )
    return [cube_from_text(text)]


def _draft(source: Source, grid: Grid, columns: tuple[Column, ...]) -> Draft | None:
    """Return the machine in the rows; None if a cell is not what its column should hold."""
    edges: list[Edge] = []
    codes: dict[str, str] = {}
    state = ""
    last: _Row = ()
    index = next(i for i, column in enumerate(columns) if column.role is Role.PRESENT)
    known = tuple(_clean(cell) for cell in grid.column(index))
    for cells, line in zip(grid.rows, grid.lines[1:], strict=True):
        row: _Row = list(zip(columns, cells, strict=True))
        present = _clean(cells[index])
        repeats = not present or _state(present, codes) == state
        state = _state(present, codes) or state  # an empty cell repeats the state above
        row = _filled(row, last) if repeats and last else row
        fits = _STATE.match(state)
        new = _row_edges(source, row, state, line, codes, known) if fits else None
        if new is None:
            return None
        edges += new
        last = row
        code = next((_clean(cell) for column, cell in row if column.role is Role.CODE), "")
        if _binary(code):
            codes[state] = _binary(code)
    whole = set(codes) == {edge.state for edge in edges}
    return _moore_if_it_can(Draft(edges=tuple(edges), codes=codes if whole else {}))


def _filled(row: _Row, above: _Row) -> _Row:
    """Fill the empty output cells of a state's second row, which merged cells leave."""
    return [
        (column, before if column.role is Role.OUTPUT and not _clean(cell) else cell)
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
        name: str | None = _state(_clean(target), codes)
        if name not in known and (name or "").casefold() in _FREE:
            name = None
        if name and _SAME.match(name):
            name = state
        values = _bits(beside)
        unread = given == [] or outputs is None or values is None
        unread = unread or (name is not None and not _STATE.match(name))
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
        return _spread(source, column.bits, cube_from_text(values)) if values else None
    return read_condition(cell, source.names, source.names.data_bits) or _bare(source, cell)


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


def _clean(cell: str) -> str:
    return cell.strip().strip("`*_\"' ")


def _state(text: str, codes: dict[str, str]) -> str:
    """Return the state in a cell, and keep the code written beside it."""
    coded = _CODED_STATE.match(text)
    if coded:
        codes[coded[1]] = coded[2]
    return coded[1] if coded else text
