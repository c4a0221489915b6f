"""What a Verilator model counted, read from its own file.

The file has one line for each counter: `C '` key and value pairs `'` count,
with byte 1 before each key and byte 2 before its value. Counters of the same
place in several instances of a module are summed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

HEADER = "# SystemC::Coverage-3"
"""First line of the file."""
_CODED = re.compile(r"__0([0-9A-Fa-f]{2})")
_KINDS = ("v_line/", "v_branch/", "v_toggle/", "v_user/")


class NotCoverageData(ValueError):
    """A text that no Verilator model has written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """How often one thing happened."""

    kind: str
    """`line`, `branch`, `toggle` or `user`."""
    module: str
    file: str
    line: int
    column: int
    what: str
    """`if`, `else`, `case`, `block`, `count[3]:0->1`, the label of a `cover`, ..."""
    lines: tuple[int, ...]
    """The source lines that it counts for."""
    hits: int


def read_counters(text: str) -> list[Counter]:
    """Return the counters in `text`, by place.

    Raises:
        NotCoverageData: It has another form, or its last line is torn.
    """
    lines = text.split("\n")
    if lines[0] != HEADER or lines[-1] != "":
        raise NotCoverageData(f"coverage data must begin with {HEADER!r} and end with a line end")
    found: dict[tuple[object, ...], Counter] = {}
    for counter in map(_counter, lines[1:-1]):
        key = (counter.file, counter.line, counter.column, counter.kind, counter.what)
        before = found[key].hits if key in found else 0
        found[key] = replace(counter, hits=counter.hits + before)
    return sorted(found.values(), key=lambda c: (c.file, c.line, c.column))


def _counter(line: str) -> Counter:
    head, _, count = line.rpartition("' ")
    if not head.startswith("C '") or not count.isascii() or not count.isdigit():
        raise NotCoverageData(f"coverage data must hold counters, not {line[:80]!r}")
    values = dict(pair.partition("\2")[::2] for pair in head[3:].split("\1") if pair)
    page = values.get("page", "")
    try:
        return Counter(
            kind=next(kind[2:-1] for kind in _KINDS if page.startswith(kind)),
            module=page.partition("/")[2],
            file=values["f"],
            line=int(values["l"]),
            column=int(values.get("n", "0")),
            what=_decoded(values["o"]),
            lines=tuple(_lines(values.get("S", ""))),
            hits=int(count),
        )
    except (KeyError, ValueError, StopIteration) as error:
        raise NotCoverageData(f"a counter must have a place and a kind: {line[:80]!r}") from error


def _decoded(name: str) -> str:
    """Return a name as it is written in the source; Verilator writes odd characters as codes."""
    return _CODED.sub(lambda match: chr(int(match[1], 16)), name)


def _lines(spans: str) -> Iterator[int]:
    """Yield the numbers in `11-13,15`."""
    for span in filter(None, spans.split(",")):
        first, _, last = span.partition("-")
        yield from range(int(first), min(int(last or first), int(first) + 100_000) + 1)
