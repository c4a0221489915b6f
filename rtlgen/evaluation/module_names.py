"""Names of modules in Verilog text, found without a parser, in linear time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim.text import without_comments

# Every alternative matches what it starts on, so that no text takes quadratic time.
_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:\\.|[^"\\\n])*"?|\\\S+|[`$.]?[A-Za-z_][\w$]*+', re.S
)
_DEFINED = re.compile(
    r"(?<![\w$`.])(?:macro)?module\s++(?:(?:automatic|static)\s++)?([A-Za-z_][\w$]*+)"
)
_NESTED = r"\((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\))*+\)"
_INSTANCE = re.compile(
    r"(?<![\w$`.\\])([A-Za-z_][\w$]*+)\s*+"
    rf"(?:\#\s*+{_NESTED}\s*+)?([A-Za-z_][\w$]*+)\s*+(?:\[[^\];]*+\]\s*+)?\("
)
_WORDS = (
    "module macromodule function task automatic void return else begin always initial assign "
    "and or not nand nor xor xnor buf bufif0 bufif1 notif0 notif1 end generate signed unsigned "
    "posedge negedge input output inout wire reg logic integer int bit byte case repeat"
)
_KEYWORDS = frozenset(_WORDS.split())


def renamed(text: str, name: str, *, to: str) -> str:
    """Return `text` with the identifier `name` called `to`.

    Comments, strings, macros, escaped identifiers and names after a period stay.
    """
    return _TOKEN.sub(lambda match: to if match.group() == name else match.group(), text)


def defined(text: str) -> tuple[str, ...]:
    """Return the modules that `text` defines, in their order."""
    return tuple(dict.fromkeys(_DEFINED.findall(without_comments(text, strings=False))))


def instantiated(text: str) -> frozenset[str]:
    """Return the modules that `text` instantiates."""
    bare = without_comments(text, strings=False)
    return frozenset(name for name, label in _pairs(bare) if not {name, label} & _KEYWORDS)


def _pairs(bare: str) -> Iterator[tuple[str, str]]:
    for match in _INSTANCE.finditer(bare):
        yield match[1], match[2]
