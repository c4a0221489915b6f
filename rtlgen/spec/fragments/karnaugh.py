"""Karnaugh maps: axes of binary codes, in any order and layout.

A map is recognized by its axis of column codes (all of `00 01 11 10`, in any
order) over rows that start with a code and have as many cells. The variables
of the axes are looked for in the corner, above the column codes, and beside
the rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rtlgen.spec.fragments.covers import gap
from rtlgen.spec.fragments.functions import Stated, function
from rtlgen.spec.fragments.grid import is_rule
from rtlgen.spec.fragments.literals import Radix, cell_bits
from rtlgen.spec.fragments.source import Reading, Source, question, remark
from rtlgen.spec.model import Finding, Fragment, Kind, Place
from symbolic.truth_table import Row, TruthTable

_CODE = re.compile(r"[01]{1,4}\Z")
_ASSIGNED_CODE = re.compile(r"([A-Za-z_][\w\[\]]*)=([01]{1,4})\Z")
_MARKUP = re.compile(r"[|│┃`*$]|\\\\")
_CORNER_SPLIT = re.compile(r"\s*(?:\\|/|\|)\s*")
_SLICE = re.compile(r"\b(?P<name>[A-Za-z_]\w*(?:\[\d+\])?)\s*(?:=|==|is)\s*(?P<value>[01])\b")
_MAP_WORD = re.compile(r"karnaugh|k-?\s?map", re.IGNORECASE)
_SIDE = r"(?:rows?|col(?:umn)?s?|horizontal|vertical|side|top|left|across|down)"
_AXIS_WORDS = re.compile(
    rf"\b(?P<axis>{_SIDE})\b(?:\s+(?:labels?|codes?|headings?|index|axis|variables?))?\s*"
    r"(?:=|:|are|is|by|give|gives|show|shows|for|\()?\s*(?:the\s+)?(?:values?\s+of\s+)?"
    r"(?P<names>[`{(]?[A-Za-z_][\w\[\], `]{0,40}?[`})]?)"
    rf"(?=\s*(?:[;.)\\/\n]|$|\b(?:in|against)\b|(?:,|\band\b)\s*(?:and\s+)?(?:the\s+)?{_SIDE}))",
    re.IGNORECASE,
)
_ACROSS = re.compile(r"(?:col|hori|top|across)", re.IGNORECASE)
_LINES_ABOVE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """A map as it stands in the text, before its axes have names."""

    top: tuple[str, ...]
    """Codes of the columns."""
    side: tuple[str, ...]
    """Codes of the rows; one empty code for a map of one row."""
    cells: tuple[tuple[str, ...], ...]
    header: int
    """Index of the line with the column codes."""
    last: int
    corner: str
    """What stands left of the column codes."""
    beside: str
    """What stands left of the row codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """Variables of both axes, and how they were found."""

    top: tuple[str, ...]
    side: tuple[str, ...]
    fixed: tuple[tuple[str, str], ...] = ()
    """Inputs that are constant over this map, as in "e = 1"."""
    first: int
    """Index of the first line that belongs to the map."""
    notes: tuple[str, ...] = ()
    assumed: str = ""


def read_maps(source: Source) -> Reading:
    """Return the Karnaugh maps in `source`; maps that are parts of one function are joined."""
    result = Reading()
    index = 0
    while index < len(source.lines):
        drawn = _map_at(source, index)
        if drawn:
            result += _interpret(source, drawn, floor=max(result.used, default=-1) + 1)
            index = drawn.last
        index += 1
    return _joined(result)


def _map_at(source: Source, index: int) -> Map | None:
    line = source.lines[index]
    if line.code or line.blank:
        return None
    corner, top = _axis(line.text)
    if not top or not _all_codes(top):
        return None
    rows, last = _rows(source, index + 1, len(top))
    side = tuple(code for _, code, _ in rows)
    if not rows or not (_all_codes(side) or side == ("",)):
        return None
    beside = " ".join(left for left, _, _ in rows if left)
    cells = tuple(values for _, _, values in rows)
    return Map(
        top=top, side=side, cells=cells, header=index, last=last, corner=corner, beside=beside
    )


def _axis(text: str) -> tuple[str, tuple[str, ...]]:
    """Split a line into what stands left of its codes, and the codes at its end."""
    words = _MARKUP.sub(" ", text).split()
    codes: list[str] = []
    name = ""
    while words:
        assigned = _ASSIGNED_CODE.match(words[-1])
        code = assigned[2] if assigned else words[-1]
        if not _CODE.match(code):
            break
        name = assigned[1] if assigned else name
        codes.insert(0, code)
        words.pop()
    corner = " ".join(words)
    return (f"{corner} \\ {name}" if name else corner), tuple(codes)


def _all_codes(codes: Sequence[str]) -> bool:
    """Whether `codes` are all combinations of their width, each once."""
    widths = {len(code) for code in codes}
    complete = len(widths) == 1 and len(codes) == 1 << max(widths)
    return complete and len(set(codes)) == len(codes)


def _rows(
    source: Source, start: int, width: int
) -> tuple[list[tuple[str, str, tuple[str, ...]]], int]:
    """Return (left of the code, code, cells) of each row, and the index of the last line."""
    rows: list[tuple[str, str, tuple[str, ...]]] = []
    last = start
    for index in range(start, len(source.lines)):
        text = source.lines[index].text
        if is_rule(text) or (source.lines[index].blank and not rows):
            continue
        row = _row(text, width)
        if row is None:
            break
        rows.append(row)
        last = index
    return rows, last


def _row(text: str, width: int) -> tuple[str, str, tuple[str, ...]] | None:
    words = _MARKUP.sub(" ", text).split()
    if len(words) < width:
        return None
    left, cells = words[: len(words) - width], words[len(words) - width :]
    if any(len(cell) != 1 or cell_bits(cell, 1, Radix.BINARY) is None for cell in cells):
        return None
    if not left:
        return "", "", tuple(cells)
    assigned = _ASSIGNED_CODE.match(left[-1])
    if assigned:
        return assigned[1], assigned[2], tuple(cells)
    if _CODE.match(left[-1]):
        return " ".join(left[:-1]), left[-1], tuple(cells)
    return " ".join(left), "", tuple(cells)


def _interpret(source: Source, drawn: Map, *, floor: int) -> Reading:
    axes = _axes(source, drawn, floor)
    outputs = _outputs(source, drawn, floor)
    used = frozenset(range(axes.first if axes else drawn.header, drawn.last + 1))
    if drawn.side == ("",) and (axes is None or axes.assumed):
        return Reading()  # two lines of bits are no map unless their axis has a name
    if axes is None or outputs is None:
        what = "variables" if axes is None else "output"
        place = source.place(drawn.header, drawn.last)
        note = remark("unknown-map", place, f"the {what} of the Karnaugh map cannot be told")
        return Reading(findings=(note,), used=used)
    fixed = "".join(value for _, value in axes.fixed)
    rows = tuple(
        Row(
            inputs=side + top + fixed,
            outputs=(cell_bits(cell, 1, Radix.BINARY) or "-") * len(outputs),
        )
        for side, cells in zip(drawn.side, drawn.cells, strict=True)
        for top, cell in zip(drawn.top, cells, strict=True)
    )
    names = axes.side + axes.top + tuple(name for name, _ in axes.fixed)
    stated = Stated(inputs=names, outputs=outputs, rows=rows)
    span = (axes.first, drawn.last)
    reading = function(source, Kind.KARNAUGH_MAP, stated, span, notes=axes.notes)
    return reading + Reading(findings=_questions(source, span, axes), used=used)


def _questions(source: Source, span: tuple[int, int], axes: Axes) -> tuple[Finding, ...]:
    if not axes.assumed:
        return ()
    place = source.place(*span)
    message = "an axis of the Karnaugh map has no label"
    return (question("unlabeled-axis", place, message, assumption=axes.assumed),)


def _axes(source: Source, drawn: Map, floor: int) -> Axes | None:
    """Find the variables of both axes; None if they cannot be told."""
    above, first = _above(source, drawn.header, floor)
    width, height = len(drawn.top[0]), len(drawn.side[0])
    pieces = [piece for text in (drawn.corner, *above) for piece in _pieces(source, text)]
    beside = source.names.group(drawn.beside) if drawn.beside else None
    top, side, notes = _assign(pieces, beside, width, height, drawn)
    if top is None and side is None:
        top, side = _said(source, drawn, (width, height))
    fixed = _fixed(source, drawn, floor, (top or ()) + (side or ()))
    top, side, assumed = _unlabeled(source, top, side, fixed, (width, height))
    if top is None or side is None:
        return None
    distinct = len({*top, *side}) == width + height == len(top) + len(side)
    if not distinct or not source.names.are_inputs(top + side):
        return None
    return Axes(top=top, side=side, fixed=fixed, first=first, notes=notes, assumed=assumed)


def _said(
    source: Source, drawn: Map, shape: tuple[int, int]
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """Return the variables of columns and rows where sentences name them."""
    found: dict[bool, set[tuple[str, ...]]] = {True: set(), False: set()}
    near = (source.text(max(drawn.header - 6, 0), drawn.header - 1) if drawn.header else "", "")
    below = source.text(drawn.last + 1, min(drawn.last + 6, len(source.lines) - 1))
    for text in (*near, below):
        for match in _AXIS_WORDS.finditer(" ".join(text.split())):
            across = bool(_ACROSS.match(match["axis"]))
            bits = source.names.group(match["names"])
            if bits and len(bits) == (shape[0] if across else shape[1]):
                found[across].add(bits)
    top, side = found[True], found[False]
    return (
        next(iter(top)) if len(top) == 1 else None,
        next(iter(side)) if len(side) == 1 else None,
    )


def _above(source: Source, header: int, floor: int) -> tuple[list[str], int]:
    """Return the lines of axis names above the codes, nearest first, and the first one's index."""
    texts: list[str] = []
    first = header
    for index in range(header - 1, max(header - _LINES_ABOVE, floor) - 1, -1):
        text = _MARKUP.sub(" ", source.lines[index].text).strip()
        if source.lines[index].blank or is_rule(source.lines[index].text):
            continue
        if not text or not _pieces(source, text):
            break
        texts.append(text)
        first = index
    return texts, first


def _pieces(source: Source, text: str) -> list[tuple[str, ...]]:
    """Return the groups of bits in a corner or label; empty if it says anything else."""
    parts = [part for part in _CORNER_SPLIT.split(text.strip()) if part]
    groups = [source.names.group(part) for part in parts]
    return [group for group in groups if group] if groups and all(groups) else []


def _assign(
    pieces: list[tuple[str, ...]],
    beside: tuple[str, ...] | None,
    width: int,
    height: int,
    drawn: Map,
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None, tuple[str, ...]]:
    """Tell which group of names belongs to which axis."""
    if beside and height:
        pieces = [piece for piece in pieces if piece != beside]
        return (pieces[0] if pieces else None), beside, ()
    if not height:
        return (pieces[0] if pieces else None), (), ()
    if len(pieces) == 2:
        rows, columns = pieces
        if (len(rows), len(columns)) != (height, width):
            rows, columns = columns, rows
        note = f"rows are {', '.join(rows)}; columns are {', '.join(columns)}"
        return columns, rows, (note,)
    if len(pieces) == 1 and len(pieces[0]) == width + height:
        return (
            pieces[0][height:],
            pieces[0][:height],
            ("the first variables are those of the rows",),
        )
    if len(pieces) == 1:
        only = pieces[0]
        is_side = (bool(drawn.corner) and len(only) == height) or len(only) != width
        return (None, only, ()) if is_side else (only, None, ())
    return None, None, ()


def _fixed(
    source: Source, drawn: Map, floor: int, named: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Return the inputs that a heading such as "e = 0:" holds constant over a map."""
    for index in range(drawn.header, max(drawn.header - _LINES_ABOVE, floor - 1, -1), -1):
        pairs = {
            bits[0]: use["value"]
            for use in _SLICE.finditer(source.lines[index].text)
            if (bits := source.names.bits(use["name"])) and source.names.are_inputs(bits)
        }
        if pairs and not set(pairs) & set(named):
            return tuple(pairs.items())
    return ()


def _unlabeled(
    source: Source,
    top: tuple[str, ...] | None,
    side: tuple[str, ...] | None,
    fixed: tuple[tuple[str, str], ...],
    shape: tuple[int, int],
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None, str]:
    """Give an axis without a label the inputs that are left, in declared order."""
    if top is not None and side is not None:
        return top, side, ""
    width, height = shape
    taken = {*(top or ()), *(side or ()), *(name for name, _ in fixed)}
    left = tuple(bit for bit in source.names.data_bits if bit not in taken)
    if len(left) != (width if top is None else 0) + (height if side is None else 0):
        return top, side, ""
    if side is None and top is None:
        top, side = left[height:], left[:height]
    elif top is None:
        top = left
    else:
        side = left
    said = f"rows are {', '.join(side or ())}; columns are {', '.join(top or ())}"
    return top, side, said


def _outputs(source: Source, drawn: Map, floor: int) -> tuple[str, ...] | None:
    """Return the output of a map: the only one, or the one named nearest above."""
    outputs = source.names.output_bits
    beside = source.names.group(drawn.beside)
    if beside and source.names.are_outputs(beside) and len(beside) == 1:
        return beside
    if len(outputs) == 1:
        return outputs
    low = max(drawn.header - _LINES_ABOVE - 2, floor, 0)
    for index in range(drawn.header, low - 1, -1):
        words = re.findall(r"[A-Za-z_]\w*(?:\[\d+\])?", source.lines[index].text)
        named = {
            bits for word in words if source.names.are_outputs(bits := source.names.bits(word))
        }
        single = {bits for bits in named if bits and len(bits) == 1}
        if named:
            return single.pop() if len(single) == 1 == len(named) else None
    return None


def _joined(reading: Reading) -> Reading:
    """Join maps that are parts of one function, such as the halves of a 5-variable map."""
    groups: dict[tuple[frozenset[str], tuple[str, ...]], list[Fragment]] = {}
    for fragment in reading.fragments:
        key = (frozenset(fragment.value.inputs), fragment.value.outputs)
        groups.setdefault(key, []).append(fragment)
    fragments: list[Fragment] = []
    settled: set[Place] = set()
    for group in groups.values():
        whole = _whole([fragment.value for fragment in group])
        if whole is None:
            fragments += group
            continue
        if gap([row.inputs for row in whole.rows], len(whole.inputs)) is None:
            settled.update(fragment.place for fragment in group)
        text = "\n\n".join(fragment.source for fragment in group)
        fragments.append(replace(group[0], value=whole, source=text))
    findings = tuple(
        f for f in reading.findings if not (f.rule == "incomplete-table" and f.place in settled)
    )
    return Reading(fragments=tuple(fragments), findings=findings, used=reading.used)


def _whole(tables: list[TruthTable]) -> TruthTable | None:
    """Return several maps as one; None if there is one only, or they overlap."""
    first = tables[0]
    rows = [row for table in tables for row in table.reorder(first.inputs).rows]
    if len(tables) == 1 or len({row.inputs for row in rows}) < len(rows):
        return None
    return TruthTable(inputs=first.inputs, outputs=first.outputs, rows=tuple(rows))
