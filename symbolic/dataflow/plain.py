"""Verilog text without what synthesis tools take for orders: comments and attributes."""

from __future__ import annotations

import re

from sim.text import without_comments
from symbolic.names import KEYWORDS

_TOKEN = re.compile(
    r'"(?:\\.|[^"\\\n])*"?|`?[A-Za-z_$][\w$]*|\\\S+|\d[\w\']*|\#+|\(\*|\*\)|[^\s\w]', re.S
)
_KEPT = re.compile(r'\(\*\s*fsm_encoding\s*=\s*"none"\s*\*\)')
_DELAYS = re.compile(r"#\s*[\d(A-Za-z_`]")


_STRICT = re.compile(r"(?<![\w$.`\\])always_(?:comb|latch)(?![\w$])")


def plain(text: str, *, lenient: bool = False) -> str:
    """Return `text` with comments and attributes blanked; lines stay where they are.

    `fsm_encoding = "none"` is kept: it keeps a pass from doing something, and forces nothing.

    If `lenient`, latches are no error where `always_comb` says that there are none.
    """
    text = without_comments(text)
    if lenient:
        text = _STRICT.sub("always @*", text)
    pieces: list[str] = []
    place = 0
    for start, end in _attributes(text):
        pieces += [text[place:start], "\n" * text.count("\n", start, end) or " "]
        place = end
    return "".join([*pieces, text[place:]])


def _attributes(text: str) -> list[tuple[int, int]]:
    """Return where attributes `(* ... *)` begin and end."""
    found = []
    place = text.find("(*")
    while place >= 0:
        rest = text[place + 2 : place + 66].lstrip()
        end = text.find("*)", place + 2)
        if end < 0:
            break
        if rest.startswith(")"):
            place = text.find("(*", place + 2)
            continue
        if not _KEPT.fullmatch(text, place, end + 2):
            found.append((place, end + 2))
        place = text.find("(*", end + 2)
    return found


def delay_in(text: str) -> int:
    """Return the line of the first delay `#...`; 0 if there is none.

    `#` behind a name that is no keyword gives parameters.
    """
    if "#" not in text:
        return 0
    text = without_comments(text)
    if not _DELAYS.search(text):
        return 0
    before = ""
    for match in _TOKEN.finditer(text):
        found = match[0]
        if found == "#" and not _gives_parameters(before):
            return text.count("\n", 0, match.start()) + 1
        before = found
    return 0


def _gives_parameters(before: str) -> bool:
    is_name = before[:1].isalpha() or before[:1] in "_\\`$"
    return is_name and before not in KEYWORDS
