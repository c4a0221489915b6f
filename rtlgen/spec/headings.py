"""Headings of a specification, and what stands under them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from rtlgen.spec.text import plain, without_bullet, words


class Role(Enum):
    """What the lines under a heading declare."""

    INPUT = "input"
    OUTPUT = "output"
    INOUT = "inout"
    PORTS = "ports"
    PARAMETERS = "parameters"
    MODULE = "module"
    OTHER = "other"


PORT_ROLES = frozenset({Role.INPUT, Role.OUTPUT, Role.INOUT, Role.PORTS, Role.PARAMETERS})
_FILLERS = words(
    "control data status the a an its it this module modules has have with following port "
    "ports signal signals pin pins is are list lists description descriptions definition "
    "definitions interface table summary of as follows and data control top level io names "
    "name design uses there block circuit"
)
_NOT_PORTS = words(
    "internal submodule submodules sub register registers wire wires test testbench bench "
    "state states example examples valid value values encoding logic behavior behaviour "
    "timing protocol truth instance instances waveform sequence table memory map local ram "
    "rom"
)
_PORT_WORDS = words("port ports interface interfaces io pins pinout signals i/o i/os")
_PARAMETER_WORDS = words("parameter parameters parameterized generics generic")

_MARKDOWN = re.compile(r"^ {0,3}(#{1,6})\s*(.+?)\s*#*$")
_COLON = re.compile(r"^([A-Za-z][A-Za-z0-9 /&_()-]{0,70}?)\s*:$")
_BARE = re.compile(
    r"^(?:(?:module\s+)?(?:inputs?|outputs?|inouts?|parameters?|ports?|interface|i/o|pinout|signals)"
    r"(?:\s+(?:ports?|signals?|pins?|list|description|descriptions|definition|parameters?))?"
    r"|(?:port|signal|pin) (?:list|descriptions?|definitions?))$",
    re.IGNORECASE,
)
_SHARED = re.compile(
    r"[\s,(]+(?:all\s+|each\s+)?(?P<bits>(?:\d+|one|two|three|four|single)[\s-]bits?)\b(?:\s+each)?\)?"
    r"(?:,\s*(?:all|both)?[\w\s-]*)?$",
    re.IGNORECASE,
)
"""What a heading says of all ports under it: `Outputs, one bit each, all active high:`."""
_LONGEST_TITLE = 72
_WORD = re.compile(r"[A-Za-z]+(?:/[A-Za-z]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading line; `level` is 1 to 6 for Markdown, 7 for `Title:`."""

    title: str
    level: int


def read_heading(line: str) -> Heading | None:
    """Return the heading that `line` is, if it is one."""
    if found := _MARKDOWN.match(line):
        return Heading(title=plain(found[2]).strip(" :"), level=len(found[1]))
    text, _ = without_bullet(plain(line))
    text = text.strip()
    if text.endswith(":") and shared_width(text[:-1]) and len(text) <= _LONGEST_TITLE:
        return Heading(title=text[:-1].strip(), level=7)
    if found := _COLON.match(text):
        return Heading(title=found[1].strip(), level=7)
    if _BARE.match(text):
        return Heading(title=text, level=7)
    if _is_strong(line):
        return Heading(title=text.strip(" :"), level=7)
    return None


def shared_width(title: str) -> str:
    """Return the width that a heading states for all ports under it, as in `8 bits`, or empty."""
    found = _SHARED.search(title)
    return found["bits"] if found and re.search(r"put|port|signal", title, re.IGNORECASE) else ""


def _is_strong(line: str) -> bool:
    return re.match(r"^\s*\*\*[^*`]{2,60}\*\*:?\s*$", line) is not None


def classify(title: str) -> Role:
    """Return what a heading called `title` announces."""
    title = _SHARED.sub("", title)
    words = [word.lower() for word in _WORD.findall(title)]
    if words in (["in"], ["out"]):
        return Role.INPUT if words == ["in"] else Role.OUTPUT
    if not words or len(words) > 9:
        return Role.OTHER
    if _PARAMETER_WORDS & set(words):
        return Role.PARAMETERS
    if words[:1] == ["module"] and len(words) <= 2 and words[-1] in ("module", "name"):
        return Role.MODULE
    if {"inputs/outputs", "input/output"} & set(words):
        return Role.PORTS
    return _directional(words) or _portlike(words)


def _directional(words: list[str]) -> Role | None:
    inputs, outputs = {"input", "inputs"} & set(words), {"output", "outputs"} & set(words)
    if inputs and outputs:
        return Role.PORTS if _NOT_PORTS.isdisjoint(words) and words[-1] in _ENDS else Role.OTHER
    roles = (
        (inputs, Role.INPUT),
        (outputs, Role.OUTPUT),
        ({"inout", "inouts"} & set(words), Role.INOUT),
    )
    for found, role in roles:
        if found:
            last = max(index for index, word in enumerate(words) if word in found)
            trailing = set(words[last + 1 :]) <= _FILLERS
            clean = (_NOT_PORTS - {"table"}).isdisjoint(words)
            return role if trailing and clean else Role.OTHER
    return None


_ENDS = words("inputs outputs ports signals pins input output interface list")


def _portlike(words: list[str]) -> Role:
    if not _PORT_WORDS & set(words) or not (_NOT_PORTS - {"table"}).isdisjoint(words):
        return Role.OTHER
    return Role.PORTS if len(words) <= 4 or set(words) <= _FILLERS | _PORT_WORDS else Role.OTHER


@dataclass(slots=True)
class Outline:
    """Follows the headings down the text and knows the present line's role."""

    _levels: list[tuple[int, Role]] = field(default_factory=list)

    @property
    def role(self) -> Role:
        return self._levels[-1][1] if self._levels else Role.OTHER

    def enter(self, heading: Heading) -> Role:
        """Go under `heading`; groups within a list of ports keep its role."""
        while self._levels and self._levels[-1][0] >= heading.level:
            self._levels.pop()
        role = classify(heading.title)
        words = {word.lower() for word in _WORD.findall(heading.title)}
        if role is Role.OTHER and self.role in PORT_ROLES and _NOT_PORTS.isdisjoint(words):
            role = self.role
        self._levels.append((heading.level, role))
        return role

    def leave(self) -> None:
        """End what a `Title:` line began."""
        if self._levels and self._levels[-1][0] == 7:
            self._levels.pop()
