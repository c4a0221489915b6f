"""Waveforms printed as tables: a row per time, or a row per signal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rtlgen.spec.fragments.grid import (
    MOST_COLUMNS,
    SPLITTERS,
    Cells,
    Splitter,
    is_rule,
    tokens,
)
from rtlgen.spec.fragments.literals import DONT_CARE
from rtlgen.spec.fragments.source import Reading, Source, found, remark
from rtlgen.spec.model import Kind
from symbolic.waveform import Waveform, WaveformError

_TIME = re.compile(
    r"(?:time|t|cycles?|cyc|clock cycle|step|tick|sample|edges?|clk edge|ns|ps|us|#|no\.?|n)\s*"
    r"(?:\([^)]*\)|/\s*\w+|\[\w+\]|in\s+\w+|#|no\.?)?\Z",
    re.IGNORECASE,
)
_MOMENT = re.compile(
    r"(?:[tT]\s*=\s*|[tT@#]|cycle\s*)?\d{1,12}(?:\.\d{1,6})?\s*(?:fs|ps|ns|us|µs|ms|s)?:?\Z"
)
_UNIT_APART = re.compile(r"(?<=\d)\s+(?=(?:fs|ps|ns|us|µs|ms)\b)")
_RISING = frozenset({"↑", "_/", "/", "⎍", "posedge", "rise", "rising", "^", "_|¯", "_/¯"})
_SPOKEN_OF = re.compile(r"wave\s?form|simulat|timing|trace|waves?\b", re.IGNORECASE)
_VALUE = re.compile(r"(?:[0-9a-fA-FxXzZ?_-]+|(?:\d+)?'[bdhBDH][0-9a-fA-FxXzZ_?]+|0x[0-9a-fA-F]+)\Z")
_BIT = re.compile(r"[01xXzZ?-]\Z")
_RADIX = (
    (16, re.compile(r"\bhex", re.IGNORECASE)),
    (10, re.compile(r"\bdecimal\b", re.IGNORECASE)),
    (2, re.compile(r"\bin binary\b|\bbinary (?:values|numbers)\b", re.IGNORECASE)),
)
_LINES_ABOVE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A table of samples: port names over rows, each with the label of its time."""

    names: Cells
    rows: tuple[Cells, ...]
    last: int
    whole: bool = True
    """Whether no row was left out because it could not be read."""


def read_waveforms(source: Source) -> Reading:
    """Return the waveforms in `source`."""
    result = Reading()
    index = 0
    while index < len(source.lines):
        line = source.lines[index]
        shown = (
            None
            if line.code or line.blank
            else _by_time(source, index) or _by_signal(source, index)
        )
        if shown:
            result += _waveform(source, index, shown)
            index = shown.last
        index += 1
    return result


def _shown(source: Source, index: int) -> _Shown | None:
    if source.lines[index].code or source.lines[index].blank:
        return None
    return _by_time(source, index) or _by_signal(source, index)


def _by_time(source: Source, index: int) -> _Shown | None:
    """Read a header such as `time clk a q` over a row per time."""
    for split in SPLITTERS:
        header = split(_united(source.lines[index].text))
        if not 3 <= len(header) <= MOST_COLUMNS:
            continue
        timed = bool(_TIME.match(header[0])) and source.names.port(header[0]) is None
        names = _ports(source, header[1:] if timed else header)
        if names is None or not (timed or _is_waveform(source, index, names)):
            continue
        cells, last, whole = _rows(source, index, split, len(header))
        dropped = _edge_column(source, names, cells, timed=timed)
        if dropped is not None:
            place = dropped + timed
            cells = [(*row[:place], *row[place + 1 :]) for row in cells]
            names = (*names[:dropped], *names[dropped + 1 :])
        rows = _samples(cells, timed=timed)
        if len(rows) > 1:
            whole = whole and len(rows) == len(cells)
            return _Shown(names=names, rows=rows, last=last[len(rows) - 1], whole=whole)
    return None


def _united(text: str) -> str:
    """Return a row without the blank between a time and its unit."""
    return _UNIT_APART.sub("", text)


def _rows(
    source: Source, index: int, split: Splitter, width: int
) -> tuple[list[Cells], list[int], bool]:
    """Return rows of `width` cells, their lines, and whether nothing like a row follows.

    A row that does not fit the columns of its header is split at every blank.
    """
    rows: list[Cells] = []
    lines: list[int] = []
    for number in range(index + 1, len(source.lines)):
        text = _united(source.lines[number].text)
        if (is_rule(text) and not set(text.split()) <= {"-"}) or (not text.strip() and not rows):
            continue
        cells = next((c for c in (split(text), tokens(text)) if len(c) == width), None)
        if cells is None or not any(char.isdigit() or char in "xX" for char in text):
            words = tokens(text)
            like = len(words) > 1 and all(_VALUE.match(w) or _MOMENT.match(w) for w in words)
            return rows, lines, not like
        rows.append(cells)
        lines.append(number)
    return rows, lines, True


def _edge_column(source: Source, names: Cells, rows: Sequence[Cells], *, timed: bool) -> int | None:
    """Return the index of the clock among `names` if each row only says that it rises."""
    clocks = {clock.port for clock in source.interface.clocks}
    for index, name in enumerate(names):
        cells = {row[index + timed].lower() for row in rows}
        if name in clocks and cells and cells <= _RISING:
            return index
    return None


def _samples(rows: Sequence[Cells], *, timed: bool) -> tuple[Cells, ...]:
    """Return the rows of values, each after the label of its time, up to the first other line."""
    kept: list[Cells] = []
    for number, row in enumerate(rows):
        label, cells = (row[0], row[1:]) if timed else (str(number), row)
        if not all(_VALUE.match(cell) for cell in cells) or (timed and not _MOMENT.match(label)):
            break
        kept.append((label, *cells))
    return tuple(kept)


def _ports(source: Source, names: Sequence[str]) -> Cells | None:
    """Return the ports that `names` are, in their order; None unless inputs and outputs show."""
    found: list[str] = []
    for name in names:
        bits = source.names.bits(name)
        port = source.names.port(bits[0].partition("[")[0]) if bits else None
        if bits is None or port is None or bits != port.bits:
            return None
        found.append(port.name)
    outputs = {port.name for port in source.interface.outputs}
    both = bool(outputs & set(found)) and bool(set(found) - outputs)
    return tuple(found) if both and len(set(found)) == len(found) else None


def _is_waveform(source: Source, index: int, names: Cells) -> bool:
    """Whether a table without times shows a waveform: the text above says so, or it has a clock."""
    clocks = {clock.port for clock in source.interface.clocks}
    above = source.text(max(index - _LINES_ABOVE, 0), index - 1) if index else ""
    spoken = bool(_SPOKEN_OF.search(above))
    return spoken and bool(clocks & set(names) or re.search(r"wave\s?form", above, re.IGNORECASE))


def _by_signal(source: Source, index: int) -> _Shown | None:
    """Read lines such as `clk: 0 1 0 1`, one per signal."""
    signals: dict[str, Cells] = {}
    last = index
    for number in range(index, min(index + 64, len(source.lines))):
        words = re.sub(r"[|:,=]", " ", source.lines[number].text).split()
        name = _signal(source, words[0]) if len(words) > 4 else None
        if name is None or name in signals or not _fits(source, name, words[1:]):
            break
        signals[name] = tuple(words[1:])
        last = number
    names = _ports(source, tuple(signals)) if len(signals) > 1 else None
    if (
        names is None
        or not _is_waveform(source, index, names)
        or len({len(cells) for cells in signals.values()}) != 1
    ):
        return None
    rows = tuple((str(n), *row) for n, row in enumerate(zip(*signals.values(), strict=True)))
    return _Shown(names=names, rows=rows, last=last)


def _fits(source: Source, name: str, words: Sequence[str]) -> bool:
    pattern = _VALUE if source.interface.port(name).width > 1 else _BIT
    return all(pattern.match(word) for word in words)


def _signal(source: Source, word: str) -> str | None:
    port = source.names.port(word.strip("`*"))
    return port.name if port else None


def _waveform(source: Source, first: int, shown: _Shown) -> Reading:
    used = frozenset(range(first, shown.last + 1))
    place = source.place(first, shown.last)
    radix = _radix(source, first, shown.names)
    rows = [[row[0], *(_unknown(cell) for cell in row[1:])] for row in shown.rows]
    try:
        value = Waveform.read(("time", *shown.names), rows, source.interface, radix=radix)
    except WaveformError as error:
        note = remark("unread-waveform", place, str(error).splitlines()[0])
        return Reading(findings=(note,), used=used)
    if not shown.whole:
        note = remark("unread-waveform", place, "a row of the waveform cannot be read")
        return Reading(findings=(note,), used=used)
    kind = Kind.EXAMPLE if _is_example(source, first) else Kind.WAVEFORM
    fragment = found(source, kind, value, first, shown.last)
    return Reading(fragments=(fragment,), used=used)


def _is_example(source: Source, first: int) -> bool:
    """Whether the line above calls the waveform an example."""
    above = next(
        (ln.text for ln in source.lines[max(first - 4, 0) : first][::-1] if not ln.blank), ""
    )
    return bool(re.search(r"\bexamples?\b|\be\.g\b|\bfor instance\b", above, re.IGNORECASE))


def _unknown(cell: str) -> str:
    return "x" if len(cell) == 1 and cell in DONT_CARE - {"d", "D"} else cell


def _radix(source: Source, first: int, names: Cells) -> dict[str, int]:
    """Return the base of the vectors if the lines above, or all of the text, name one."""
    near = source.text(max(first - _LINES_ABOVE, 0), first)
    bases = [base for base, word in _RADIX if word.search(near)]
    if len(bases) != 1:
        return {}
    wide = [name for name in names if source.interface.port(name).width > 1]
    return dict.fromkeys(wide, bases[0])
