"""A specification's text: made plain, kept by line, and cut into sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rtlgen.spec.model import Place

LINE_LIMIT = 4096
"""Characters of a line that are searched for declarations; prose may be longer."""

IDENTIFIER = r"[A-Za-z_][A-Za-z0-9_$]*"

_DASHES = dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-")
_SPACES = dict.fromkeys((0xA0, 0x202F, 0x205F, 0x3000, *range(0x2000, 0x200B)), " ")
_QUOTES = {0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"'}
_GONE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD))
_FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_BULLETS = dict.fromkeys((0x2022, 0x2023, 0x25AA, 0x25CF, 0x25E6, 0x2043), "*")
_PLAIN = {**_DASHES, **_SPACES, **_QUOTES, **_GONE, **_FULL_WIDTH, **_BULLETS}

_STRONG = re.compile(r"(?<![\w)*])\*\*([^*\n]+)\*\*(?![\w(*])")
_EMPHASIS = re.compile(r"(?<![\w)*])\*([^*\s][^*\n]*)\*(?![\w(*])")
_UNDERLINED = re.compile(r"(?<!\w)__([^_\s][^\n]{0,200}?)__(?!\w)")
_ESCAPED = re.compile(r"\\([_*\[\]()#<>|~`-])")
_TAG = re.compile(r"</?(?:b|i|em|strong|code|tt|br|sub|sup)\s*/?>", re.IGNORECASE)

BULLET = re.compile(r"^\s*(?:[-*+]\s+|:\s+(?=`)|\d{1,3}[.)]\s+|\(\d{1,3}\)\s+|-(?=[`A-Za-z*\[]))")
_ITEM = re.compile(
    rf"^\s*[`*]*{IDENTIFIER}(?:\s*\[[^\]\n]*\])?[`*]*\s*(?:\([^)\n]*\))?\s*:(?:\s|$)"
)
_ROW = re.compile(r"^\s*(?:\||#{1,6}\s|-{3,}|={3,}|\+[-=+]+)")
_END = re.compile(r"(?<=[.;!?])[\"')]*\s+(?=[A-Z`(\[\"'])")


def words(text: str) -> frozenset[str]:
    """Return the words of `text` as a set: vocabularies are written as sentences are."""
    return frozenset(text.split())


def normalize(text: str) -> str:
    """Return `text` with one kind of line end, dash, space, quote and bullet, and no tabs.

    Lines keep their numbers.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_PLAIN)
    text = text.replace("&nbsp;", " ")
    return "\n".join(line.expandtabs(8).rstrip() for line in text.split("\n"))


def plain(line: str) -> str:
    """Return `line` without Markdown emphasis, code marks and escapes."""
    if "\\" in line:
        line = _ESCAPED.sub(r"\1", line)
    if "*" in line:
        line = _EMPHASIS.sub(r"\1", _STRONG.sub(r"\1", line))
    if "__" in line:
        line = _UNDERLINED.sub(r"\1", line)
    if "<" in line:
        line = _TAG.sub(" ", line)
    return line.replace("`", "")


def without_bullet(line: str) -> tuple[str, bool]:
    """Return `line` without its list mark, and whether it had one."""
    found = BULLET.match(line)
    return (line[found.end() :], True) if found else (line.strip(), False)


def indentation(line: str) -> int:
    """Return the number of leading spaces."""
    return len(line) - len(line.lstrip(" "))


def line_place(number: int) -> Place:
    """Return the place of one line."""
    return Place(line=number, end_line=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence, list item or table row, on one line and without markup."""

    text: str
    place: Place


def sentences(text: str) -> tuple[Sentence, ...]:
    """Cut normalized `text` into sentences; each list item and table row is one at least."""
    found: list[Sentence] = []
    for block in _blocks(text):
        found += _split(block)
    return tuple(found)


def _blocks(text: str) -> Iterator[list[tuple[int, str]]]:
    """Yield paragraphs, list items and rows as numbered lines."""
    block: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if block and (not line.strip() or _starts_block(line)):
            yield block
            block = []
        if line.strip():
            block.append((number, plain(line)))
    if block:
        yield block


def _starts_block(line: str) -> bool:
    head = line[:LINE_LIMIT]
    return bool(BULLET.match(head) or _ITEM.match(head) or _ROW.match(head))


def _split(block: list[tuple[int, str]]) -> Iterator[Sentence]:
    joined, starts = "", []
    for number, line in block:
        starts.append((len(joined), number))
        joined += line.strip() + " "
    begin, index = 0, 0
    for end in [*(found.end() for found in _END.finditer(joined)), len(joined)]:
        while index + 1 < len(starts) and starts[index + 1][0] <= begin:
            index += 1
        last = index
        while last + 1 < len(starts) and starts[last + 1][0] < end:
            last += 1
        if joined[begin:end].strip():
            place = Place(line=starts[index][1], end_line=starts[last][1])
            yield Sentence(text=joined[begin:end].strip(), place=place)
        begin = end
