"""One port or parameter as one place of the text declares it, and how it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rtlgen.spec.model import Place
from rtlgen.spec.text import IDENTIFIER, words
from rtlgen.spec.widths import RANGE, Width, described_width, find_bits, find_range, read_width
from sim.interface import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredPort:
    """A port as one line, cell or header declares it; widths are not yet evaluated."""

    name: str
    direction: Direction | None
    place: Place
    width: Width | None = None
    signed: bool = False
    description: str = ""
    style: str = "list"
    """`header`, `front matter`, `table`, `list` or `prose`."""
    block: int = 0
    """Which table or list of the text; two declarations in one block are one too many."""

    @property
    def described(self) -> Width | None:
        """The width that the description states; a sentence may state those of other ports."""
        return None if self.style == "prose" else described_width(self.description)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredParameter:
    """A parameter; `value` is an expression, or empty where none is given."""

    name: str
    value: str
    place: Place
    formal: bool = True
    """Whether it stands in a list of parameters, not merely in a sentence."""


DIRECTIONS: dict[str, Direction] = {
    **dict.fromkeys(("input", "inputs", "in", "i"), Direction.INPUT),
    **dict.fromkeys(("output", "outputs", "out", "o"), Direction.OUTPUT),
    **dict.fromkeys(("inout", "inouts", "io", "i/o", "in/out", "bidirectional"), Direction.INOUT),
    **dict.fromkeys(("input/output", "bidir", "b"), Direction.INOUT),
}

_DIRECTION = re.compile(
    r"(inputs?|outputs?|inouts?|in|out|bidirectional)\b(?![/'-])", re.IGNORECASE
)
# `in` and `out` are names as often as directions: a name has to follow.
_AFTER_SHORT = re.compile(r"(?:(?:wire|reg|logic|signed)\s+)*(?:\[[^\]\n]*\]\s*)?[A-Za-z_]")
_PORT_NOUN = re.compile(rf"(?:ports?|pins?|signals?)\b\s*:?\s*(?={IDENTIFIER}|\[)", re.IGNORECASE)
_TYPE = re.compile(
    rf"(wire|reg|logic|bit|tri|var|signed|unsigned|integer|register|std_logic)\s+(?=\[|\(|{IDENTIFIER})"
)
_NAME = re.compile(rf"['\"]?({IDENTIFIER})['\"]?(?![\w'])")
_RANGE = re.compile(RANGE.pattern)
_ATTRIBUTE = re.compile(r"[(\[{]([^()\[\]{}]*(?:(?:\[[^\[\]]*\]|\([^()]*\))[^()\[\]{}]*)*)[)\]}]")
_LEADING_WIDTH = re.compile(
    r"(?:an?\s+)?(?:\d+[\s-]*|(?:[A-Z][A-Z0-9_]*|[A-Za-z]+(?:-[a-z]+)?)[\s-]+)bits?\b(?:\s+wide)?\s*:?\s*",
    re.IGNORECASE,
)
_TRAILING_WIDTH = re.compile(
    r"\s*,?\s*((?:\d+|[A-Z][A-Z0-9_]*|[a-z]+)[\s-]*bits?)\b", re.IGNORECASE
)
_MORE_NAMES = re.compile(
    rf"\s*(?:,\s*(?:and\s+)?|/\s*|\band\s+|&\s*)(?=['\"]?{IDENTIFIER}['\"]?(?:\s*(?:[,;:&/(\[]|\band\b|$)|\s+-)|\[)"
)
_SEPARATOR = re.compile(r"\s*(?::=?|--?>?|,|;|//|#|=>|\.$|$|\s{2,}|(?=\())\s*")
_DIRECTION_NEXT = re.compile(r"\s+(?=(?:input|output|inout)\b)", re.IGNORECASE)
"""Between a width and a direction: `x, 8-bit input, unsigned`."""
_IS = re.compile(r"\s+(?=(?:is|are|carries|selects|indicates|asserted|used|holds)\b)")

_SENTENCE = re.compile(
    r"^(?:In|Out of)\s+(?:state\s+)?[\"'`]?\w+[\"'`]?(?:,\s+(?:on|if|when|whenever|while|it|go|stay"
    r"|move|remain|wait|the\s+(?:machine|FSM|controller|next|outputs?)|\w+\s+(?:is|goes|stays|returns"
    r"|becomes|remains))\b|:\s+(?:go|goes|stay|stays|move|moves|remain|remains)\s)",
    re.IGNORECASE,
)
"""`In IDLE, when go is 1, ...` declares no input `IDLE`."""

KEYWORDS = words(
    "input output inout wire reg logic module endmodule begin end if else case assign always "
    "signed unsigned parameter for integer posedge negedge function task"
)
NO_NAMES = KEYWORDS | words(
    "is are the an to of and or with from for this that these those when where which port "
    "ports signal signals pin pins must should will may it its be has have becomes goes then "
    "none both each registered combinational"
)
"""Words that are never a port's name."""

_LABELS = words(
    "bit bits vector note notes example default defaults all any each width direction name "
    "description type clocked sampled size range"
)
"""Words that are no name where a line begins with them, as in `Width: 8 bits`."""

PROSE_NAMES = (
    NO_NAMES | _LABELS | words("clock reset data line lines bus word number sequence value values")
)


def is_name(word: str) -> bool:
    """Return whether `word` can be a port's name rather than a word of a sentence."""
    return re.fullmatch(IDENTIFIER, word) is not None and word.lower() not in NO_NAMES


@dataclass(slots=True)
class _Scanner:
    """A position in one line."""

    text: str
    at: int = 0

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def space(self) -> None:
        while self.at < len(self.text) and self.text[self.at] == " ":
            self.at += 1

    @property
    def rest(self) -> str:
        return self.text[self.at :]


@dataclass(slots=True, kw_only=True)
class _Name:
    name: str
    width: Width | None


@dataclass(slots=True, kw_only=True)
class Item:
    """What one line or piece says: names, and what holds for all of them."""

    names: list[_Name]
    direction: Direction | None = None
    width: Width | None = None
    signed: bool = False
    description: str = ""
    direction_first: bool = False

    def ports(self, place: Place, *, block: int, style: str = "list") -> list[DeclaredPort]:
        """Return one declaration per name."""
        shared = DeclaredPort(
            name="",
            direction=self.direction,
            place=place,
            signed=self.signed,
            description=self.description,
            block=block,
            style=style,
        )
        return [
            replace(shared, name=entry.name, width=entry.width or self.width)
            for entry in self.names
        ]


def read_item(text: str, *, loose: bool) -> Item | None:
    """Read `input [7:0] a, b: ...`, `a[7:0] (input): ...`, `8-bit a`; None if it is none of these.

    `loose` allows what only a list of ports makes plausible, such as
    `a is the first operand`.
    """
    scanner = _Scanner(text.strip())
    item = Item(names=[])
    if _SENTENCE.match(scanner.text):
        return None
    if _take_direction(scanner, item):
        item.direction_first = True
    _take_types(scanner, item)
    if not _take_names(scanner, item, loose=loose):
        return None
    _take_attributes(scanner, item)
    if not _take_description(scanner, item, loose=loose):
        return None
    return item


def _take_direction(scanner: _Scanner, item: Item) -> bool:
    start = scanner.at
    if not (found := scanner.take(_DIRECTION)):
        return False
    scanner.space()
    if len(found[1]) <= 3 and not _AFTER_SHORT.match(scanner.rest):
        scanner.at = start
        return False
    scanner.take(_PORT_NOUN)
    scanner.take(re.compile(r":\s*"))
    ahead = scanner.text[scanner.at : scanner.at + 1]
    if not (ahead.isalpha() or ahead.isdigit() or ahead in "_[(\"'") or not ahead:
        scanner.at = start
        return False
    item.direction = DIRECTIONS[found[1].lower()]
    return True


def _take_types(scanner: _Scanner, item: Item) -> None:
    """Take `reg signed [7:0]`, `8-bit` and `(8 bits)` in front of the names."""
    while True:
        if found := scanner.take(_TYPE):
            item.signed |= found[1] == "signed"
        elif found := scanner.take(_RANGE):
            item.width = find_range(found[0])
        elif found := scanner.take(_LEADING_WIDTH):
            item.width = find_bits(found[0]) or item.width
        elif item.width is None and (found := scanner.take(_ATTRIBUTE)):
            _read_attributes(found[1], item)
        else:
            return
        scanner.space()


def _is_declared(word: str, item: Item, rest: str) -> bool:
    """Whether a word of sentences is a name after all: `input [1:0] be`, and nothing behind it."""
    alone = not item.names and not rest.strip(" ,;.")
    return alone and item.direction_first and bool(item.width) and word.lower() not in KEYWORDS


def _take_names(scanner: _Scanner, item: Item, *, loose: bool) -> bool:
    before = scanner.at
    while found := scanner.take(_NAME):
        if not is_name(found[1]) and not _is_declared(found[1], item, scanner.rest):
            scanner.at = before
            return bool(item.names)
        if found[1].lower() in _LABELS and not (item.direction or loose):
            return False
        width = None
        scanner.space()
        if ranged := scanner.take(_RANGE):
            width = find_range(ranged[0])
        item.names.append(_Name(name=found[1], width=width))
        before = scanner.at
        if not scanner.take(_MORE_NAMES):
            return True
        if ranged := scanner.take(_RANGE):
            scanner.space()
    return bool(item.names)


def _take_attributes(scanner: _Scanner, item: Item) -> None:
    """Take `(8 bits)`, `(input, active low)`, `{7:0}` and `8 bits` behind the names."""
    while True:
        start = scanner.at
        scanner.space()
        if found := scanner.take(_ATTRIBUTE):
            _read_attributes(found[1], item)
        elif found := scanner.take(_TRAILING_WIDTH):
            item.width = find_bits(found[1]) or item.width
        else:
            scanner.at = start
            return


def _read_attributes(text: str, item: Item) -> None:
    item.description = f"{item.description} {text};".strip()
    item.signed |= re.search(r"\bsigned\b", text) is not None
    for part in re.split(r"[,;]|\s-\s", text):
        words = part.strip().lower().split()
        if item.direction is None and words and words[0] in DIRECTIONS:
            item.direction = DIRECTIONS[words[0]]
    item.width = item.width or _attribute_width(text)


def _attribute_width(text: str) -> Width | None:
    if found := find_range(text):
        return found
    for part in text.split(","):
        words = part.strip()
        if words.lower().split(" ")[0] in DIRECTIONS:
            words = words.partition(" ")[2]
        if width := read_width(words) if words else None:
            return width
    return None


def _take_description(scanner: _Scanner, item: Item, *, loose: bool) -> bool:
    """Take the separator and what follows it; False if the line goes on like a sentence."""
    start = scanner.at
    if not scanner.take(_SEPARATOR):
        if not scanner.take(_DIRECTION_NEXT) and not (loose and scanner.take(_IS)):
            return False
    elif scanner.at == start and scanner.rest.startswith("(") and not loose:
        return False
    _read_description(scanner.rest.strip(), item)
    return True


_DESCRIBED_DIRECTION = re.compile(
    r"^(?:an?\s+|the\s+|\()?(?:\S{1,12}[\s-]?bits?\s+)?(?:wide\s+)?(?:(?:signed|unsigned|registered|one|single|bit)\s+){0,2}"
    r"(inputs?|outputs?|inouts?|in|out|bidirectional)\b(?!-)\s*(.{0,12})",
    re.IGNORECASE,
)
_AFTER_IN = re.compile(r"^(?:[,;:.()\[|-]|\d|$)")


def _read_description(text: str, item: Item) -> None:
    item.description = f"{item.description} {text}".strip()
    found = _DESCRIBED_DIRECTION.match(text)
    if found and item.direction is None:
        word = found[1].lower()
        if word not in ("in", "out") or _AFTER_IN.match(found[2]):
            item.direction = DIRECTIONS[word]
    if item.width is None and found and found.start(1) == 0:
        item.width = _following_width(text[found.end(1) :])
    item.width = item.width or _range_in_front(text)


def _following_width(text: str) -> Width | None:
    """Return the width in `, 8 bits, ...` or ` [7:0] ...` behind the direction."""
    rest = text.lstrip(" ,;:-")
    if rest.startswith("["):
        return find_range(rest[: rest.find("]") + 1])
    for part in rest.split(",")[:3]:
        if width := read_width(part.strip(" ()")):
            return width
    return None


def _range_in_front(text: str) -> Width | None:
    found = re.match(rf"(?:(?:reg|wire|logic|signed)\s+)*({RANGE.pattern})", text)
    return find_range(found[1]) if found else None


_VALUE = re.compile(
    rf"^(?:parameter\s+)?(?:(?:int|integer|unsigned|signed)\s+)*({IDENTIFIER})\s*"
    r"(?:\(\s*(?:default|=)?\s*[:=]?\s*([\w'*+/$()-]+)[^)]*\)|(?::=|[:=])\s*([\w'$*+/()<> -]+?))"
    r"\s*(?:[;,.:]|//|-|\bbits?\b|$)"
)
_DEFAULT = re.compile(r"\bdefaults?(?:\s+values?)?\s*(?:to|is|of|=|:)?\s*([\w']+)", re.IGNORECASE)
_PARAMETER_NAME = re.compile(rf"^(?:parameter\s+)?({IDENTIFIER})\s*(?:[:(,=-]|$)")


def read_parameter(text: str, place: Place) -> DeclaredParameter | None:
    """Read `WIDTH = 8`, `DEPTH (default 16): ...` or `N: bits`; None if it is no parameter."""
    name = _PARAMETER_NAME.match(text)
    if not name or name[1].lower() in NO_NAMES:
        return None
    value = ""
    if (found := _VALUE.match(text)) and re.match(r"[\d(]|\$clog2", found[2] or found[3] or ""):
        value = (found[2] or found[3]).strip()
    elif found := _DEFAULT.search(text):
        value = found[1] if found[1][0].isdigit() else ""
    return DeclaredParameter(name=name[1], value=value, place=place)
