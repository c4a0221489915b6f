"""Tables of ports and of parameters: pipes, grids, or columns aligned with spaces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rtlgen.errors import SpecError
from rtlgen.spec.declared import DIRECTIONS, DeclaredParameter, DeclaredPort, read_item
from rtlgen.spec.headings import Role
from rtlgen.spec.text import BULLET, IDENTIFIER, LINE_LIMIT, line_place, plain, words
from rtlgen.spec.widths import Width, is_expression, read_width
from sim.interface import Direction

_NAME_WORDS = words(
    "port ports signal signals name names pin pins port_name signal_name pin_name identifier "
    "signal/port port/signal"
)
_DIRECTION_WORDS = words(
    "direction dir i/o io in/out input/output port_direction signal_direction port_type mode "
    "inout way"
)
_WIDTH_WORDS = words(
    "width bits size range bit_width bitwidth width_bits bits_width no_of_bits number_of_bits "
    "of_bits data_width bus_width vector length width_in_bits bit_range bit bus"
)
_DESCRIPTION_WORDS = words(
    "description desc comment comments note notes function meaning purpose remarks remark "
    "definition details usage explanation role"
)
_PARAMETER_WORDS = words("parameter parameters generic param parameter_name")
_VALUE_WORDS = words("default value default_value defaults")

_RULE = re.compile(
    r"^[\s|:+=-]*-{2,}[\s|:+=-]*$|^\s*\|(?:\s*:?-+:?\s*\|)+\s*$|^[\s+=-]*={2,}[\s+=-]*$"
)
_GAP = re.compile(r"\s{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PortTable:
    """What one table declares, and the line after it (0-based)."""

    ports: tuple[DeclaredPort, ...]
    parameters: tuple[DeclaredParameter, ...]
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """Which column says what; -1 where none does."""

    name: int
    direction: int = -1
    width: int = -1
    description: int = -1
    type: int = -1
    value: int = -1
    fixed: Direction | None = None
    parameters: bool = False
    count: int = 0


def is_rule(line: str) -> bool:
    """Return whether `line` only separates rows of a table."""
    return _RULE.match(line) is not None


def read_table(lines: Sequence[str], start: int, *, role: Role, block: int) -> PortTable | None:
    """Read the table whose header is line `start` (0-based); None if no port table starts there.

    Raises:
        SpecError: A row of a port table has no known direction.
    """
    if "|" not in lines[start] and BULLET.match(lines[start]):
        return None
    header = split_row(lines[start])
    columns = _find_columns(header, role) if len(header) >= 2 else None
    if columns is None or not _has_rows(lines, start):
        return None
    end, rows = _collect(lines, start, columns)
    if columns.parameters:
        parameters = [_parameter(cells, columns, number) for number, cells in rows]
        return PortTable(ports=(), parameters=tuple(p for p in parameters if p), end=end)
    columns = _settle_type(columns, rows)
    if columns.direction < 0 and columns.fixed is None:
        return None
    ports: list[DeclaredPort] = []
    for number, cells in rows:
        ports += _row_ports(cells, columns, number, block)
    return PortTable(ports=tuple(ports), parameters=(), end=end) if ports else None


def split_row(line: str) -> list[str]:
    """Return the cells of a row, by pipes if there are any, otherwise by wide gaps."""
    text = line[:LINE_LIMIT].strip()
    if "|" not in text:
        return [plain(cell).strip() for cell in _GAP.split(text)]
    cells = re.split(r"(?<!\\)\|", text)
    if not cells[0].strip():
        cells = cells[1:]
    if cells and not cells[-1].strip():
        cells = cells[:-1]
    return [plain(cell.replace("\\|", "|")).strip() for cell in cells]


def _key(cell: str) -> str:
    return "_".join(re.findall(r"[a-z0-9]+(?:/[a-z]+)?", cell.lower()))


def _find_columns(header: Sequence[str], role: Role) -> _Columns | None:
    keys = [_key(cell) for cell in header]
    places: dict[str, int] = {}
    for index, key in enumerate(keys):
        for kind, known in _KINDS.items():
            if key in known:
                places.setdefault(kind, index)
    fixed = _DIRECTION_OF.get(role)
    for index, key in enumerate(keys):
        directed = DIRECTIONS.get(key.removesuffix("_port").removesuffix("_ports"))
        if directed and len(key) > 3 and "direction" not in places and "name" not in places:
            places["name"], fixed = index, directed
    if "parameter" in places and "value" in places:
        return _Columns(name=places["parameter"], value=places["value"], parameters=True)
    if "name" in places and "value" in places and role is Role.PARAMETERS:
        return _Columns(name=places["name"], value=places["value"], parameters=True)
    if "name" not in places:
        return None
    if not {"direction", "width", "description", "type"} & places.keys():
        return None
    return _Columns(
        name=places["name"],
        direction=places.get("direction", -1),
        width=places.get("width", -1),
        description=places.get("description", -1),
        type=places.get("type", -1),
        fixed=fixed,
        count=len(header),
    )


_KINDS = {
    "name": _NAME_WORDS,
    "direction": _DIRECTION_WORDS,
    "width": _WIDTH_WORDS,
    "description": _DESCRIPTION_WORDS,
    "parameter": _PARAMETER_WORDS,
    "value": _VALUE_WORDS,
    "type": frozenset({"type", "kind", "signal_type"}),
}
_DIRECTION_OF = {
    Role.INPUT: Direction.INPUT,
    Role.OUTPUT: Direction.OUTPUT,
    Role.INOUT: Direction.INOUT,
}


def _has_rows(lines: Sequence[str], start: int) -> bool:
    after = start + 1
    if after < len(lines) and is_rule(lines[after]):
        after += 1
    return after < len(lines) and len(split_row(lines[after])) >= 2


def _collect(
    lines: Sequence[str], start: int, columns: _Columns
) -> tuple[int, list[tuple[int, list[str]]]]:
    """Return the line after the table and its numbered rows."""
    pipes = "|" in lines[start]
    rows: list[tuple[int, list[str]]] = []
    at = start + 1
    while at < len(lines) and lines[at].strip():
        if not is_rule(lines[at]):
            if pipes != ("|" in lines[at]):
                break
            cells = split_row(lines[at])
            if not pipes and len(cells) < 2:
                cells = plain(lines[at]).split(None, max(columns.count - 1, 1))
            rows.append((at + 1, cells))
        at += 1
    return at, rows


def _settle_type(columns: _Columns, rows: Sequence[tuple[int, list[str]]]) -> _Columns:
    """Decide what a column `Type` holds: directions, widths, or `wire` and `reg`."""
    if columns.type < 0:
        return columns
    cells = [cell for _, row in rows if (cell := _cell(row, columns.type))]
    directed = [_direction(cell) for cell in cells]
    if columns.direction < 0 and cells and all(directed):
        columns = replace(columns, direction=columns.type)
    if columns.width < 0 and any(read_width(_without_direction(cell)) for cell in cells):
        columns = replace(columns, width=columns.type)
    return columns


def _cell(cells: Sequence[str], index: int) -> str:
    return cells[index] if 0 <= index < len(cells) else ""


def _direction(cell: str) -> Direction | None:
    words = re.findall(r"[a-z]+(?:/[a-z]+)?", cell.lower())
    return DIRECTIONS.get(words[0]) if words else None


def _without_direction(cell: str) -> str:
    head, _, tail = cell.partition(" ")
    return tail if _direction(head) else cell


def _row_ports(
    cells: Sequence[str], columns: _Columns, number: int, block: int
) -> list[DeclaredPort]:
    name_cell = _cell(cells, columns.name)
    if not name_cell or sum(bool(cell) for cell in cells) == 1:
        return []
    item = read_item(name_cell, loose=columns.direction >= 0)
    if item is None:
        raise SpecError(
            f"a port's name must be a Verilog identifier, not {name_cell[:40]!r}, line {number}\n\n"
            f"hint: write letters, digits and `_`, and the width in a column of its own"
        )
    item.direction = columns.fixed or item.direction
    if columns.direction >= 0:
        item.direction = _direction(_cell(cells, columns.direction)) or item.direction
    if item.direction is None:
        raise SpecError(
            f"a direction must be input, output or inout, "
            f"not {_cell(cells, columns.direction)[:40]!r}, line {number} "
            f"(port {name_cell[:40]!r})\n\n"
            "hint: write `input`, `output` or `inout` in the direction column"
        )
    text = " ".join(_cell(cells, index) for index in (columns.type, columns.direction))
    width_cell = _cell(cells, columns.width)
    item.signed |= "signed" in f"{text} {width_cell}".lower().split()
    meaning = _cell(cells, columns.description)
    item.signed |= re.search(r"\(signed\)|\btwo's complement\b", meaning, re.IGNORECASE) is not None
    item.width = cell_width(_without_direction(width_cell), number) or item.width
    item.description = f"{item.description} {_cell(cells, columns.description)}".strip()
    return item.ports(line_place(number), block=block, style="table")


def cell_width(cell: str, number: int) -> Width | None:
    """Return the width in a width column.

    Raises:
        SpecError: The cell cannot be understood.
    """
    text = re.sub(r"\b(?:un)?signed\b", "", cell).strip(" ,;()") if "signed" in cell else cell
    if width := read_width(text):
        return width
    if text.strip().lower() in _SCALAR or not text.strip():
        return None
    if re.match(r"^-\s*\d+$", text) or is_expression(text):
        return Width(msb=text)
    raise SpecError(
        f"a width must be a number of bits or a range, not {cell[:40]!r}, line {number}\n\n"
        "hint: write `8`, `[7:0]`, `8 bits` or a parameter such as `[WIDTH-1:0]`"
    )


_SCALAR = words(
    "- -- --- scalar bit wire reg logic n/a na none std_logic 1b single 1-bit bool boolean"
)


def _parameter(cells: Sequence[str], columns: _Columns, number: int) -> DeclaredParameter | None:
    name, value = _cell(cells, columns.name), _cell(cells, columns.value)
    if not re.fullmatch(IDENTIFIER, name):
        return None
    return DeclaredParameter(name=name, value=value.split(" ")[0], place=line_place(number))
