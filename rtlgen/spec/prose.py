"""Ports that only sentences name: `an 8-bit input a`, `the inputs are x, y and z`.

Sentences name far more than ports, so a word counts only where it is quoted,
introduced by `named` or a list, or looks like nothing but a name. It is better
to find nothing here, and to ask for a list, than to find a wrong port.
"""

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
_ONE = rf"[\"'`]?{IDENTIFIER}[\"'`]?(?:{_INDEX})?(?:{_PARENTHESES})?"
_BETWEEN = r"(?:\s*,\s*(?:and\s+)?|\s+and\s+)"
_LIST = rf"{_ONE}(?:{_BETWEEN}{_ONE}){{0,30}}"
_SIZE = r"(?:(?:\d+|[A-Za-z]+(?:-[a-z]+)?|[A-Z]\w*)[\s-]bits?(?:\s+wide)?\s+)"
_ADJECTIVE = (
    r"(?:(?:data|control|select|enable|serial|parallel|signed|unsigned|binary|clock|reset|registered"
    r"|asynchronous|synchronous|active[\s-](?:high|low)|address|vector|carry|status|single|one)\s+)"
)
_NOUN = r"(?:\s+(?:ports?|signals?|pins?|vectors?|bus(?:es)?|wires?|flags?|bits?|words?))?"
_DIRECTED = re.compile(
    rf"(?P<size>{_SIZE})?(?:{_ADJECTIVE}){{0,3}}(?P<late>{_SIZE})?"
    rf"\b(?P<direction>inputs?|outputs?)\b{_NOUN}"
    rf"(?P<link>\s+named|\s+called|\s+are|\s+is|\s*[:(])?\s*(?<![a-z])(?P<names>{_LIST})",
    re.IGNORECASE,
)
_ARE = re.compile(
    rf"(?P<names>{_LIST})(?P<link>)(?:\s+(?:port|signal|pin)s?)?\s+(?:is|are)\s+"
    rf"(?:(?:an?|the|both|all)\s+)?(?P<size>{_SIZE})?(?:{_ADJECTIVE}){{0,3}}(?P<late>{_SIZE})?"
    r"(?P<direction>inputs?|outputs?)\b(?!\s+(?:of|to)\b)",
    re.IGNORECASE,
)
_ROLED = re.compile(
    rf"\b(?:clock|reset)(?:\s+(?:input|signal))?\s*(?:,|\(|called|named)?\s*[(\"'`]\s?"
    rf"(?P<name>{IDENTIFIER})\s?[)\"'`]"
)
_NAME = re.compile(rf"([\"'`]?)({IDENTIFIER})[\"'`]?({_INDEX})?({_PARENTHESES})?")
_SPLIT = re.compile(_BETWEEN)
_OBJECT = re.compile(r"\s+(?:an?|the|its|one|two|three|\d+|whether)\b")
_END = re.compile(r"\s*(?:$|[.,;:)(\[]|and\b|which\b|that\b|with\b|where\b|is\b|are\b)")
_LENGTH_LIMIT = 2000

_NEVER = PROSE_NAMES | words(
    "input inputs output outputs high low asserted active after before during only also both "
    "either used using there two three four five six seven eight one not no so such than changes "
    "goes drives represents representing indicates indicating consists register registers "
    "combinations combination change produces computes stays logic circuit we you they always "
    "once twice until while module gate gates function state states vectors called named follows "
    "follow following given shown below above as at by on rising falling edge edges positive "
    "negative side stage stages operand operands numbers being equal same different per between "
    "through into onto"
)
_COMMON_PORTS = words(
    "clk rst reset clock enable en load sel select sum carry cin cout data valid ready done busy "
    "start stop addr din dout result full empty push pop wr rd we re req ack grant"
)


def read_prose(sentences: Sequence[Sentence]) -> list[DeclaredPort]:
    """Return the ports that `sentences` declare, each once, in order of appearance.

    Empty where no output is among them: then the sentences were not understood.
    """
    found: dict[str, DeclaredPort] = {}
    for sentence in sentences:
        text = sentence.text[:_LENGTH_LIMIT]
        if "put" not in text and "clock" not in text and "reset" not in text:
            continue
        for port in _in_sentence(text, sentence):
            first = found.setdefault(port.name, port)
            if first.width is None and port.width is not None and first.direction is port.direction:
                found[port.name] = replace(first, width=port.width)
    has_output = any(port.direction is Direction.OUTPUT for port in found.values())
    return list(found.values()) if has_output else []


def _in_sentence(text: str, sentence: Sentence) -> Iterator[DeclaredPort]:
    base = DeclaredPort(
        name="",
        direction=Direction.INPUT,
        place=sentence.place,
        style="prose",
        description=text if len(text) < 200 else "",
    )
    for pattern in (_DIRECTED, _ARE):
        for match in pattern.finditer(text):
            width = _size(match["size"]) or _size(match["late"])
            for name, own in _names(match, text):
                output = match["direction"][0] in "oO"
                yield replace(
                    base,
                    name=name,
                    direction=Direction.OUTPUT if output else Direction.INPUT,
                    width=own or width,
                )
    for match in _ROLED.finditer(text):
        if match["name"].lower() not in _NEVER - {"reset", "clock"}:
            yield replace(base, name=match["name"])


def _size(text: str | None) -> Width | None:
    if not text:
        return None
    word = re.split(r"[\s-]bits?", text.strip().lower())[0]
    if word.isdigit() or word in NUMBER_WORDS or re.fullmatch(r"[A-Z]\w*", text.split("-")[0]):
        return find_bits(text)
    return None


def _names(match: re.Match[str], text: str) -> list[tuple[str, Width | None]]:
    """Return the names in a list, up to the first word that is none."""
    pieces = [_NAME.fullmatch(piece.strip()) for piece in _SPLIT.split(match["names"])]
    after = text[match.end("names") :]
    ended = _END.match(after) is not None
    # `a, b and produces a sum`: the last word is a verb.
    if len(pieces) > 1 and _OBJECT.match(after):
        pieces.pop()
        ended = True
    listed = len(pieces) > 1 and match["direction"].lower().endswith("s")
    found: list[tuple[str, Width | None]] = []
    for index, piece in enumerate(pieces):
        ends = ended or index < len(pieces) - 1
        if piece is None or not _is_meant(piece, match["link"], listed=listed, ends=ends):
            break
        found.append((piece[2], _own_width(piece)))
    return found


def _is_meant(piece: re.Match[str], link: str | None, *, listed: bool, ends: bool) -> bool:
    name = piece[2]
    if piece[1] or piece[3]:
        return True
    if name.lower() in _NEVER and not (name.lower() in _COMMON_PORTS and ends):
        return False
    if re.search(r"[_\d]", name) or re.search(r"[a-z][A-Z]", name):
        return True
    if len(name) == 1 or name.lower() in _COMMON_PORTS:
        return ends
    word = (link or "").strip().lower()
    if word in ("named", "called", ":", "(") or listed:
        return ends
    return ends and not word and not name.endswith(("ed", "ing", "s"))


def _own_width(piece: re.Match[str]) -> Width | None:
    if piece[3]:
        return find_range(piece[3])
    return _size(piece[4].strip(" ()")) if piece[4] else None
