"""What stands around modules and belongs to them: directives, packages, types, comments."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping

_ITEM = re.compile(
    r"""^[ \t]*+(?:
        (?P<directive>`(?:timescale|define|undef|default_nettype|include|ifdef|ifndef|elsif|else|endif
            |resetall|celldefine|endcelldefine|begin_keywords|end_keywords|unconnected_drive
            |nounconnected_drive)\b(?:[^\n\\]|\\\n|\\)*+)
      | (?P<bracket>(?:package|interface|primitive)\b(?:[ \t]++(?:automatic|static))?
            [ \t]++[\w$]++\s*+[(;\#])
      | (?P<function>(?:function|task)\b[^\n;(]*+[;(])
      | (?P<statement>typedef[ \t]++(?:enum|struct|union|logic|reg|bit|int|byte)\b
            |import[ \t]++[\w$]++::|(?:local)?param(?:eter)?\b[^\n=;]*+=)
    )""",
    re.M | re.X,
)
_END = re.compile(r"\bend(?:package|interface|primitive|function|task)\b")
_STOP = re.compile(r"[;{}]")
_LONGEST_STATEMENT = 20_000


def unit_items(pieces: Iterable[str]) -> tuple[str, ...]:
    """Return the directives and definitions in the text between modules, each once."""
    return tuple(dict.fromkeys(item.strip() for piece in pieces for item in _items(piece)))


def _items(text: str) -> Iterator[str]:
    ends: dict[str, list[int]] = {}
    for match in _END.finditer(text):
        ends.setdefault(match.group(), []).append(match.end())
    cursor = 0
    while found := _ITEM.search(text, cursor):
        end = _end_of(text, found, ends)
        cursor = found.end() if end is None else end
        if end is not None:
            yield text[found.start() : end]


def _end_of(text: str, item: re.Match[str], ends: Mapping[str, list[int]]) -> int | None:
    if item["directive"]:
        return item.end()
    if item["statement"]:
        return _after_statement(text, item.end())
    word = (item["bracket"] or item["function"]).split()[0]
    places = ends.get(f"end{word}", [])
    nearest = bisect_right(places, item.end())
    return places[nearest] if nearest < len(places) else None


def _after_statement(text: str, at: int) -> int | None:
    """Return where the statement ends: at the first `;` outside of braces."""
    depth = 0
    for match in _STOP.finditer(text, at, at + _LONGEST_STATEMENT):
        if match.group() == ";" and depth <= 0:
            return match.end()
        depth += {"{": 1, "}": -1, ";": 0}[match.group()]
    return None
