"""What the columns of a state table hold, told from their headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from rtlgen.spec.fragments.conditions import is_else, read_condition, read_values
from rtlgen.spec.fragments.grid import Cells, Grid
from rtlgen.spec.fragments.literals import Radix, column_radix
from rtlgen.spec.fragments.next_state import transition_inputs
from rtlgen.spec.fragments.source import Source
from symbolic.cubes import UNIVERSE, Cube, cube_from_text

_PRESENT = re.compile(
    r"^(?:present|current|currently|curr|cur|old|from|this|source)\b"
    r"|^(?:ps|cs|state|states|s|st)(?:\s*(?:name|now))?$|^(?:state|ps|cs)\b(?!\s*[=+*'])",
    re.IGNORECASE,
)
_LETTER = re.compile(r"(?:[QqYySs]|[Qq]\s*\(\s*t\s*\))\Z")
"""A present state where a column such as `Q+` is beside it."""
NEXT_HEAD = re.compile(
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
_COMMENT = re.compile(
    r"^(?:comments?|remarks?|notes?|description|meaning|#|no|nr|row|line)\b", re.IGNORECASE
)
_WORDS = re.compile(
    r"\b(?:next|present|current|state|states|outputs?|inputs?|when|if|for|on|with|is|ns|ps|condition|value)\b|[()]|:(?!\d)",
    re.IGNORECASE,
)
_SIGNAL = re.compile(
    r"(?P<name>[A-Za-z_]\w*(?:\[\d+(?::\d+)?\])?)(?:\s+|\s*,\s*|$)(?P<rest>[^=].*|$)"
)
"""A signal name that a condition follows, as in `y[2:0] x=0`."""
STATE = re.compile(r"(?:[A-Za-z]\w*|\d{1,16})\Z")
CODED_STATE = re.compile(r"([A-Za-z]\w*)\s*[(=:\[]\s*(?:\d+'b)?([01]+)\s*[)\]]?\Z")


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


def columns_of(source: Source, grid: Grid) -> tuple[Column, ...] | None:
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
    if any(NEXT_HEAD.search(head) for head in heads):
        letters = [i for i, head in enumerate(heads) if _LETTER.match(head)]
    else:
        letters = []
    named = [
        i for i, head in enumerate(heads) if _PRESENT.search(head) and not NEXT_HEAD.search(head)
    ]
    named = [i for i in named if not _CODE.search(heads[i])]
    for index in (*named, *letters):
        if _are_states(grid.column(index)):
            return index
    first = grid.column(0)
    bits = all(set(clean(cell)) <= set("0123456789") for cell in first)
    spoken = NEXT_HEAD.search(heads[0]) or _OUTPUT.search(heads[0]) or _INPUT.search(heads[0])
    return 0 if _are_states(first) and not bits and not named and not spoken else None


def _are_states(cells: Cells) -> bool:
    """Whether cells name states; one below another may be empty, as merged cells are."""
    return bool(clean(cells[0])) and all(
        not (text := clean(cell)) or STATE.match(text) or CODED_STATE.match(text) for cell in cells
    )


def _plain(head: str) -> str:
    """Return a header for the words in it: underscores part them."""
    return " ".join(head.replace("_", " ").strip("`* ").split())


def _column(source: Source, head: str, cells: Cells, previous: Role | None) -> Column:
    plain = _plain(head)
    exact = source.names.group(head)
    if exact and source.names.are_inputs(exact):
        return Column(role=Role.INPUT, bits=exact, radix=_radix(cells, exact))
    if NEXT_HEAD.search(plain):
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
    values = [cell for cell in cells if clean(cell) and not is_else(cell)]
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
    return read_condition(text, source.names, source.names.data_bits) or bare_values(source, text)


def bare_values(source: Source, text: str) -> list[Cube] | None:
    """Read a header or cell that is only values, those of the inputs in declared order."""
    inputs = transition_inputs(source)
    values = read_values(text, inputs)
    return spread(source, inputs, values[0]) if values else None


def spread(source: Source, names: Sequence[str], cube: Cube) -> list[Cube]:
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


def clean(cell: str) -> str:
    """Return a cell without markup."""
    return cell.strip().strip("`*_\"' ")
