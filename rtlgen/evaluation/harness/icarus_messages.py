"""What Icarus Verilog's messages are about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rtlgen.evaluation.judgement import Category

_PLACE = re.compile(r"(?P<file>[^:\s][^:]*):\d+: ?(?P<what>.*)\Z")
_SUMMARY = re.compile(r"\d+ error\(s\) during elaboration\.\Z")
_PORTS = re.compile(r"is not a port of|Wrong number of ports|output port [^\n]{0,400}? must be")
_SORRY = re.compile(r"\bsorry:", re.IGNORECASE)
_CRASH = re.compile(r"Assertion `|internal error|Segmentation fault|Aborted", re.IGNORECASE)


def lines_of(text: str) -> list[str]:
    """Return the lines of `text` as the tool has written them.

    A form feed or a line separator, which `str.splitlines` takes for an end of line too, can
    stand in a string of a design that a message quotes: what follows would be believed to be
    a message of its own, about a file of another design.
    """
    return text.split("\n")


def by_owner(text: str, owners: Mapping[str, int]) -> tuple[dict[int, list[str]], list[str]]:
    """Return the messages of each owner, and those of none.

    Args:
        text: What `iverilog` wrote to standard error.
        owners: Number of the owner by the name of a file.
    """
    found: dict[int, list[str]] = {}
    others: list[str] = []
    for line in lines_of(text):
        if not line.strip() or _SUMMARY.match(line.strip()):
            continue
        place = _PLACE.match(line)
        owner = owners.get(place["file"]) if place else None
        if owner is None:
            others.append(line)
        else:
            found.setdefault(owner, []).append(line)
    return found, others


def failed(lines: Iterable[str]) -> bool:
    """Whether one of `lines` is an error.

    `sorry:` alone says nothing: with some constructs Icarus goes on, with others not.
    """
    places = (place for place in map(_PLACE.match, lines) if place is not None)
    return any("error" in place["what"] and "warning" not in place["what"] for place in places)


def elaborated(text: str) -> bool:
    """Whether the compiler has read every source without an error, and failed only after that."""
    return any(_SUMMARY.match(line) for line in lines_of(text))


def placed(text: str) -> bool:
    """Whether a line of `text` names a file and a line: what a compiler says of a source."""
    return any(_PLACE.match(line) for line in lines_of(text))


def category(text: str) -> Category:
    """Return what kind of failure of a compilation `text` tells of."""
    if "syntax error" in text or "I give up" in text:
        return Category.SYNTAX
    if _PORTS.search(text):
        return Category.INTERFACE
    return Category.ELABORATION


def beyond_the_tool(text: str) -> bool:
    """Whether the tool has failed and not the design: unsupported constructs, crashes."""
    lines = [line for line in lines_of(text) if line.strip()]
    errors = [line for line in lines if "error:" in line or "syntax error" in line]
    if errors:
        return False
    return any(_SORRY.search(line) or _CRASH.search(line) for line in lines)


def first_error(text: str) -> str:
    """Return the first line that tells of an error, or the first line."""
    lines = [line.strip() for line in lines_of(text) if line.strip()]
    chosen = [line for line in lines if "error" in line or "sorry" in line]
    return (chosen or lines or [""])[0]
