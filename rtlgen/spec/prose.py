"""Ports that only sentences name: `an 8-bit input a`, `the inputs are x, y and z`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rtlgen.spec.declared import PROSE_NAMES, DeclaredPort
from rtlgen.spec.text import IDENTIFIER, Sentence, words
from rtlgen.spec.widths import NUMBER_WORDS, Width, find_bits, find_range
from sim.interface import Direction

_INDEX = r"\s?\[[^\]\n]{1,40}\]"
_PARENTHESES = r"\s?\(\s?(?:\d+|[a-z]+)[\s-]bits?(?: wide)?\s?\)"
_ONE = rf"[\"']?{IDENTIFIER}[\"']?(?:{_INDEX})?(?:{_PARENTHESES})?"
_LIST = rf"{_ONE}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){_ONE}){{0,30}}"
_SIZE = r"(?:(?:\d+|[A-Za-z]+(?:-[a-z]+)?|[A-Z]\w*)[\s-]bits?(?:\s+wide)?\s+)"
_ADJECTIVE = (
    r"(?:(?:data|control|select|enable|serial|parallel|signed|unsigned|binary|clock|reset|registered|"
    r"asynchronous|synchronous|active[\s-](?:high|low)|address|vector|carry|status|single|one)\s+)"
)
_NOUN = (
    r"(?:\s+(?:ports?|signals?|pins?|vectors?|bus(?:es)?|wires?|flags?|bits?|words?|values?|data))?"
)
_DIRECTED = re.compile(
    rf"(?P<size>{_SIZE})?(?:{_ADJECTIVE}){{0,3}}(?P<late>{_SIZE})?\b(?P<direction>inputs?|outputs?)\b"
    rf"{_NOUN}(?:\s+(?:named|called|are|is|:)|\s*[:,]|\s*\()?\s+?(?P<names>{_LIST})",
    re.IGNORECASE,
)
_ARE = re.compile(
    rf"(?P<names>{_LIST})(?:\s+(?:port|signal|pin)s?)?\s+(?:is|are)\s+(?:(?:an?|the|both|all)\s+)?(?P<size>{_SIZE})?"
    rf"(?:{_ADJECTIVE}){{0,3}}(?P<direction>inputs?|outputs?)\b",
    re.IGNORECASE,
)
_ROLED = re.compile(
    rf"\b(?P<role>clock|reset|enable|load)(?:\s+(?:input|signal))?\s*(?:,|\(|called|named)?\s*[(\"']\s?(?P<name>{IDENTIFIER})\s?[)\"']"
)
_NAME = re.compile(rf"[\"']?({IDENTIFIER})[\"']?({_INDEX})?({_PARENTHESES})?")
_LENGTH_LIMIT = 2000


def read_prose(sentences: Sequence[Sentence]) -> list[DeclaredPort]:
    """Return the ports that `sentences` declare, each once, in order of appearance."""
    found: dict[str, DeclaredPort] = {}
    for sentence in sentences:
        text = sentence.text[:_LENGTH_LIMIT]
        if "put" not in text and "clock" not in text and "reset" not in text:
            continue
        for port in _in_sentence(text, sentence):
            first = found.setdefault(port.name, port)
            if first.width is None and port.width is not None and first.direction is port.direction:
                found[port.name] = replace(first, width=port.width)
    return list(found.values())


def _in_sentence(text: str, sentence: Sentence) -> Iterator[DeclaredPort]:
    for pattern in (_DIRECTED, _ARE):
        for match in pattern.finditer(text):
            sizes = match.groupdict()
            width = _size(sizes.get("size")) or _size(sizes.get("late"))
            plural = match["direction"].lower().endswith("s")
            direction = Direction.INPUT if match["direction"][0] in "iI" else Direction.OUTPUT
            tail = text[match.end() :]
            for name, own in _names(match["names"], plural=plural or pattern is _ARE, tail=tail):
                yield DeclaredPort(
                    name=name,
                    direction=direction,
                    place=sentence.place,
                    width=own or width,
                    style="prose",
                    description=text if len(text) < 200 else "",
                )
    for match in _ROLED.finditer(text):
        yield DeclaredPort(
            name=match["name"],
            direction=Direction.INPUT,
            place=sentence.place,
            style="prose",
            description=text if len(text) < 200 else "",
        )


def _size(text: str | None) -> Width | None:
    if not text:
        return None
    word = re.split(r"[\s-]bits?", text.strip().lower())[0]
    if word.isdigit() or word in NUMBER_WORDS or re.fullmatch(r"[A-Z]\w*", text.split("-")[0]):
        return find_bits(text)
    return None


def _names(text: str, *, plural: bool, tail: str) -> Iterator[tuple[str, Width | None]]:
    """Yield the names in a list, up to the first word that is none."""
    matches = list(_NAME.finditer(text))
    for index, match in enumerate(matches):
        name = match[1]
        quoted = match[0].strip()[:1] in "\"'"
        if not quoted and not _plausible(name, text if len(matches) > 1 else tail, match):
            return
        if index and not plural and not quoted and not _short(name):
            return
        width = (
            find_range(match[2]) if match[2] else _size(match[3].strip(" ()")) if match[3] else None
        )
        yield name, width


def _short(name: str) -> bool:
    return len(name) <= 2 or "_" in name or any(char.isdigit() for char in name)


def _plausible(name: str, tail: str, match: re.Match[str]) -> bool:
    if name.lower() in PROSE_NAMES or name.lower() in _WORDS:
        return False
    del tail, match
    return True


_WORDS = words(
    "input inputs output outputs high low asserted active after before during only also both either"
)
