"""Ports and parameters in lists, sections and tables, found in one pass over the lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rtlgen.spec.declared import (
    DeclaredParameter,
    DeclaredPort,
    Item,
    read_item,
    read_parameter,
)
from rtlgen.spec.declaring import listed_ports
from rtlgen.spec.headings import (
    PORT_ROLES,
    Heading,
    Outline,
    Role,
    classify,
    read_heading,
    shared_width,
)
from rtlgen.spec.tables import is_rule, read_table
from rtlgen.spec.text import IDENTIFIER, LINE_LIMIT, indentation, line_place, plain, without_bullet
from rtlgen.spec.widths import Width, find_bits
from sim.interface import Direction

_DIRECTION_OF = {
    Role.INPUT: Direction.INPUT,
    Role.OUTPUT: Direction.OUTPUT,
    Role.INOUT: Direction.INOUT,
}
_INLINE = re.compile(
    r"^((?:[A-Za-z]+ ){0,4}?(?:inputs?|outputs?|inouts?|parameters?)"
    r"(?: (?:ports?|signals?|pins?|are))?"
    r"(?:,? \(?(?:\d+|one|two|single)[ -]bits?(?: each)?\)?)?)\s*:\s+(\S.*)$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[.;]\s+(?=(?:[A-Za-z]+ ){0,3}?(?:inputs?|outputs?|inouts?)"
    r"(?: (?:ports?|signals?|pins?|are))?\s*:)",
    re.IGNORECASE,
)
"""Between `Inputs: a, b` and `Output: y` on one line."""
_NEXT_DECLARATION = re.compile(r",\s*(?=(?:input|output|inout)\s)")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_CODED = re.compile(rf"\s*[-*+]\s+`({IDENTIFIER}(?:\s*\[[^\]`]*\])?)`\s+(\S.*)")
"""An item whose name nothing but its typeface sets apart."""
_ITEM = re.compile(rf"{IDENTIFIER}\s*(?:\[[^\]\n]*\])?\s*(?:\([^)\n]*\))?\s*:(?:\s|$)")
_DECLARED = re.compile(r"\s*(?:input|output|inout)\s[^|]*$")
"""A declaration by itself, however its parts are aligned."""
_COMMA_ITEM = re.compile(
    rf"\A({IDENTIFIER}(?:\s*\[[^\]\n]*\])?(?:\s*,\s*[\"']?{IDENTIFIER}[\"']?(?=\s*,)){{0,8}}?)\s*,\s*"
    r"(?=(?:input|output|inout)\b|(?:\d+|one|two|three|four|eight|single)[\s-]bits?\b|(?:un)?signed\b"
    r"|(?:rising|positive|falling|negative|synchronous|asynchronous|active)\b)",
    re.IGNORECASE,
)
"""What begins `- data, input, 8 bits, unsigned`."""
_SHARING = re.compile(r"\bthe\s+\w|\beach\b|\s[-\u2013]\s|\s-\s|\bwidth\b|\bwhich\b|\bboth\b")
"""What says something of several ports of a list, or more than a list does."""
_COMMA_LINE = re.compile(
    rf"{IDENTIFIER}\s*,\s*(?:input|output|inout)\b(?:,\s*[\w' -]+)*\Z", re.IGNORECASE
)
_STARTS = re.compile(
    r"[|#]|\W{0,3}[A-Za-z][\w (),/&]{0,40}?\W{0,3}:(?:\s|$)|(?:input|output|inout)\s"
)
"""What begins a line that goes on with nothing."""
_STATED = re.compile(
    r"(?:(?P<first>signed)(?:\s+two's\s+complement)?|unsigned)?[\s,]*(?P<bits>(?:\d+|[a-z]+)[\s-]bits?)?(?:\s+(?:wide|each))*"
    r"\s*(?:(?P<last>signed)|unsigned)?(?:\s+(?:number|value)s?\b.*)?\Z",
    re.IGNORECASE,
)
"""A piece of a description that says nothing but width and sign."""
_NAME_FIRST = re.compile(
    rf"(?P<name>{IDENTIFIER})\s?(?P<range>\[[^\]\n]*\])?"
    r"(?:\s{2,}(?P<way>in|out|input|output|I|O)\b|\s+\((?P<way2>in|out|input|output)\b)"
    r"(?:[\s,]*(?:un)?signed\b)?[\s,]*(?P<width>\d+)?(?=\s|[).,]|$)",
    re.IGNORECASE,
)
_ALIGNED = re.compile(rf"(?P<name>{IDENTIFIER})\s?(?P<range>\[[^\]\n]*\])?\s{{2,}}(?P<said>\S.*)")
_DIRECTION_FIRST = re.compile(
    rf"(?P<way>in|out)(?P<way2>)\s{{2,}}(?P<name>{IDENTIFIER})\s?(?P<range>\[[^\]\n]*\])?"
    r"(?:\s{2,}(?:(?P<width>\d+)\s+bits?\b)?.*|\s+signed)?\Z"
)
_WHOLE = re.compile(
    rf"(?:input|output|inout)\s+(?:(?:wire|reg|logic|signed)\s+)*(?:\[[^\]\n]*\]\s*)?{IDENTIFIER}\s*[,;]?\Z"
)
""""A declaration as it would stand in a header, and nothing else."""
_ANNOUNCED = re.compile(
    r"(?:^|[.;,]\s|\s)(?:it\s+has\s+|and\s+)?(?:the|its)\s+(inputs|outputs|ports)(?:\s+are)?$",
    re.IGNORECASE,
)
"""What ends a paragraph before a list: `It has the inputs`."""
_INLINE_PARAMETER = re.compile(
    r"\bparameter\s+(?:(?:int|integer)\s+)?([A-Za-z_]\w*)\s*=\s*([\w'$*+-]+(?:\(\w+\))?)"
)
_CONTROL = re.compile(r"(?:[ans]?rst|[ans]?reset|clk|clock)(?:_?n|_i)?$", re.IGNORECASE)
"""Names that need no direction to be inputs: `- clk, rising edge`."""
_MENTIONED_DIRECTION = re.compile(r"\b(input|output|inout)s?\b", re.IGNORECASE)
_DIRECTIONS = {"input": Direction.INPUT, "output": Direction.OUTPUT, "inout": Direction.INOUT}


@dataclass(slots=True)
class Listing:
    """What the lists, sections and tables of a text declare."""

    ports: list[DeclaredPort] = field(default_factory=list)
    parameters: list[DeclaredParameter] = field(default_factory=list)
    loose: list[DeclaredPort] = field(default_factory=list)
    """Lines outside every section that read like declarations."""

    def settled(self) -> Listing:
        """Return the listing with its loose lines where no section or table declares ports.

        Where sections declare inputs and outputs, a line elsewhere only repeats a
        port, or is none: `Output Encoding: ...`.
        """
        formal = {port.name for port in self.ports}
        directions = {port.direction for port in self.ports}
        if {Direction.INPUT, Direction.OUTPUT} <= directions:
            kept = [port for port in self.loose if port.name in formal]
        else:
            kept = self.loose
        ports = sorted([*self.ports, *kept], key=lambda port: port.place.line)
        return Listing(ports=ports, parameters=self.parameters)


def read_listing(lines: Sequence[str], *, skip: frozenset[int] = frozenset()) -> Listing:
    """Find declarations in normalized `lines`; `skip` holds 1-based lines that are read elsewhere.

    Raises:
        SpecError: A port table has a row that cannot be understood.
    """
    walk = _Walk(lines=lines, skip=skip)
    while walk.at < len(lines):
        walk.step()
    return walk.listing.settled()


@dataclass(slots=True, kw_only=True)
class _Walk:
    """The state of the pass: where it is, under which heading, in which list."""

    lines: Sequence[str]
    skip: frozenset[int]
    at: int = 0
    block: int = 0
    outline: Outline = field(default_factory=Outline)
    listing: Listing = field(default_factory=Listing)
    item_indent: int = -1
    item_bulleted: bool = False
    item_bare: bool = True
    """Whether the items of this list are names and nothing else."""
    raw: str = ""
    """The paragraph that is read, with its marks."""
    signed: bool = False
    shared: Width | None = None
    """The width that the heading states for all ports under it."""
    fenced: bool = False
    after_text: bool = False
    """Whether the line before is in the middle of a paragraph."""
    blank_before: bool = True

    @property
    def number(self) -> int:
        return self.at + 1

    def step(self) -> None:
        line = self.lines[self.at][:LINE_LIMIT]
        if self.number in self.skip or not line.strip():
            self._blank()
        elif _FENCE.match(line):
            self.fenced = not self.fenced
            self._blank()
        elif not (self._heading(line) or self._table(line) or self._line(line)):
            self._prose(line)
        self.at += 1

    def _blank(self) -> None:
        self.blank_before, self.after_text = True, False

    def _heading(self, line: str) -> bool:
        heading = None if self.fenced and line.startswith("#") else read_heading(line)
        heading = heading or self._announced(line)
        if heading is None:
            return False
        role = self.outline.enter(heading)
        self.shared = find_bits(shared_width(heading.title)) if role in PORT_ROLES else None
        signed = re.search(r"\bsigned\b", heading.title, re.IGNORECASE)
        self.signed = role in PORT_ROLES and signed is not None
        self.item_indent, self.item_bare = -1, True
        self.block += 1
        self.after_text, self.blank_before = False, True
        return True

    def _announced(self, line: str) -> Heading | None:
        """Return the heading that the end of a paragraph is, where a list follows."""
        following = (text for text in self.lines[self.at + 1 : self.at + 3] if text.strip())
        listed = without_bullet(next(following, ""))[1] and not without_bullet(line)[1]
        if not listed or self.fenced:
            return None
        text = plain(line).strip()
        if text.endswith(":") and ". " in text:
            heading = read_heading(text.rpartition(". ")[2])
            declares = heading is not None and classify(heading.title) in PORT_ROLES
            return heading if declares else None
        found = _ANNOUNCED.search(text)
        return Heading(title=found[1], level=7) if found else None

    def _table(self, line: str) -> bool:
        if is_rule(line) or not ("|" in line or "  " in line.strip()):
            return False
        if _DECLARED.match(line) or ("|" not in line and _row(plain(line).strip())):
            return False
        if "|" not in line and self._told_row(plain(line).strip()):
            return False
        self.block += 1
        table = read_table(self.lines, self.at, role=self.outline.role, block=self.block)
        if table is None:
            return "|" in line
        self.listing.ports += table.ports
        self.listing.parameters += table.parameters
        self.at = table.end - 1
        self.block += 1
        self._blank()
        return True

    def _line(self, line: str) -> bool:
        text, bulleted = without_bullet(line)
        text = plain(text).strip()
        label = _INLINE.match(text)
        if label and _ALIGNED.match(label[2]) and (heading := read_heading(label[1] + ":")):
            self.outline.enter(heading)
            text, label = label[2], None
        if label:
            begin = self.at
            text = f"{text} {self._rest_of_paragraph()}".strip()
            self.raw = " ".join(line.strip() for line in self.lines[begin : self.at + 1])
        if bulleted or self.outline.role in PORT_ROLES or _COMMA_LINE.match(text):
            text = _COMMA_ITEM.sub(r"\1: ", text, count=1)
        for found in _INLINE_PARAMETER.finditer(text):
            self._parameter(
                DeclaredParameter(
                    name=found[1], value=found[2], place=line_place(self.number), formal=False
                )
            )
        if self._inlines(text) or self._declarations(text) or self._whole(text):
            return True
        role = self.outline.role
        if role is Role.PARAMETERS:
            return self._parameter_line(text) or self._loose_line(text, bulleted=bulleted)
        if role in _DIRECTION_OF or role is Role.PORTS:
            return self._section_line(line, text, role, bulleted=bulleted)
        return self._loose_line(text, bulleted=bulleted)

    def _rest_of_paragraph(self) -> str:
        """Return the lines that go on with this one, taken."""
        taken = []
        while self.at + 1 < len(self.lines) and self.number + 1 not in self.skip:
            line = self.lines[self.at + 1][:LINE_LIMIT]
            text = plain(line).strip()
            if not text or without_bullet(line)[1] or _STARTS.match(text) or read_heading(line):
                break
            taken.append(text)
            self.at += 1
        return " ".join(taken)

    def _parameter(self, parameter: DeclaredParameter) -> None:
        self.listing.parameters.append(parameter)

    def _parameter_line(self, text: str) -> bool:
        pieces = text.split(",") if text.count("=") > 1 else [text]
        found = [read_parameter(piece.strip(), line_place(self.number)) for piece in pieces]
        self.listing.parameters += [parameter for parameter in found if parameter]
        return any(found)

    def _section_line(self, line: str, text: str, role: Role, *, bulleted: bool) -> bool:
        """Read a line of a section of ports; deeper lines go on with the item before."""
        indent = indentation(line)
        deeper = indent > self.item_indent or (self.item_bulleted and not bulleted)
        if self.item_indent >= 0 and deeper and not self.blank_before:
            nested = read_item(text, loose=False)
            itemized = not (bulleted or self.item_bulleted) and _ITEM.match(text)
            if nested is None or not (nested.direction_first or itemized):
                return True
        item = None if self._is_note(text) else read_item(text, loose=True)
        if item is None and bulleted and (coded := _CODED.match(line)):
            item = read_item(f"{coded[1]}: {plain(coded[2])}", loose=True)
        ended = self.item_bulleted and not bulleted and self.blank_before and self.item_indent >= 0
        if item is not None and ended and not item.direction_first:
            item = None  # a paragraph behind the list
            indent = self.item_indent
        if item is None:
            return self._leave_section(indent)
        if not item.direction_first:
            item.direction = _DIRECTION_OF.get(role, item.direction)
        if item.direction is None and (found := _MENTIONED_DIRECTION.search(item.description)):
            item.direction = _DIRECTIONS[found[1].lower()]
        if item.direction is None or not self._fits(item, bulleted=bulleted):
            return False
        self.item_indent, self.item_bulleted = indent, bulleted
        self._add(item)
        return True

    def _fits(self, item: Item, *, bulleted: bool) -> bool:
        """Whether a name alone on its line belongs to a list of such names, not to a drawing."""
        bare = not (bulleted or item.direction_first or item.description or item.width)
        bare = bare and not any(entry.width for entry in item.names)
        indented = indentation(self.lines[self.at]) == self.item_indent > 0
        if bare and (self.fenced or not self.item_bare) and not indented:
            return False
        self.item_bare = bare
        return True

    @staticmethod
    def _is_note(text: str) -> bool:
        return (
            re.match(
                r"(?:note|example|default|where|if|when)\b|\S+\s*(?:[-=]*>|→)", text, re.IGNORECASE
            )
            is not None
        )

    def _leave_section(self, indent: int) -> bool:
        if self.blank_before and self.item_indent >= 0 and indent <= self.item_indent:
            self.outline.leave()
            self.item_indent = -1
        return False

    def _loose_line(self, text: str, *, bulleted: bool) -> bool:
        """Read a line outside every section of ports; it has to say its direction."""
        if self.after_text and not bulleted:
            return False
        item = read_item(text, loose=False)
        if item is None:
            return False
        if bulleted and item.direction is None and all(_CONTROL.match(n.name) for n in item.names):
            item.direction = Direction.INPUT
        if item.direction is None:
            return False
        if not bulleted and not item.direction_first and not re.match(r"\S+ ?[\[(:-]", text):
            return False
        _take_stated(item)
        self.listing.loose += item.ports(line_place(self.number), block=self.block)
        self.after_text = self.blank_before = False
        return True

    def _whole(self, text: str) -> bool:
        """Read `input [7:0] data` or an aligned row on a line of its own, wherever it stands."""
        item = read_item(text.rstrip(" ,;"), loose=True) if _WHOLE.match(text) else _row(text)
        item = item or self._told_row(text)
        if item is None or len(item.names) != 1 or item.direction is None:
            return False
        formal = self.outline.role in _DIRECTION_OF or self.outline.role is Role.PORTS
        self.item_bare = False
        target = self.listing.ports if formal else self.listing.loose
        target += item.ports(line_place(self.number), block=self.block)
        self.after_text = self.blank_before = False
        return True

    def _told_row(self, text: str) -> Item | None:
        """Return what `clear        restart the CRC` declares under a heading for one direction."""
        direction = _DIRECTION_OF.get(self.outline.role)
        found = _ALIGNED.match(text) if direction and not self.after_text else None
        if found and found["name"].lower() in ("description", "function", "purpose", "notes"):
            return None
        if found is None or direction is None or indentation(self.lines[self.at]) == 0:
            return None
        item = read_item(f"{found['name']}{found['range'] or ''}: {found['said']}", loose=True)
        if item is None:
            return None
        item.direction = direction
        bits = re.match(r"(?:\d+|one)[\s-]bits?\b", found["said"])
        item.width = item.width or (find_bits(bits[0]) if bits else self.shared)
        item.signed |= re.match(r"signed\b", found["said"], re.IGNORECASE) is not None
        _take_stated(item)
        return item

    def _declarations(self, text: str) -> bool:
        """Read `input clk, input [3:0] key, output open`, a line that goes on as it begins."""
        pieces = _NEXT_DECLARATION.split(text.rstrip(" ,"))
        if len(pieces) == 1:
            return False
        items = [read_item(piece, loose=False) for piece in pieces]
        if not all(item and item.direction_first and len(item.names) == 1 for item in items):
            return False
        for item in filter(None, items):
            self._add(item)
        return True

    def _inlines(self, text: str) -> bool:
        """Read `Inputs: clk, rst, a[7:0]. Output: y`; another sentence may stand before it."""
        first, *rest = _CLAUSE.split(text)
        found = [self._inline(piece) for piece in (first, *rest)]
        return any(found)

    def _inline(self, text: str) -> bool:
        """Read `Inputs: clk, rst, a[7:0]`."""
        found = _INLINE.match(text)
        if not found:
            return False
        from_title = read_heading(found[1] + ":")
        role = Outline().enter(from_title) if from_title else Role.OTHER
        if role is Role.PARAMETERS:
            return self._inline_parameters(found[2])
        direction = _DIRECTION_OF.get(role)
        if direction is None:
            return False
        shared = shared_width(found[1])
        if shared or _SHARING.search(found[2]):
            place = line_place(self.number)
            said = self.raw.partition(":")[2] if self.raw.count(":") == 1 else found[2]
            ports = listed_ports(said.strip("* "), direction, place, shared=shared)
            ports = [replace(port, style="list", block=self.block) for port in ports]
            self.listing.ports += ports
            return bool(ports)
        items = [read_item(piece, loose=False) for piece in split_list(found[2])]
        if not all(item and item.names for item in items):
            return False
        for item in items:
            if item:
                item.direction = direction
                self._add(item)
        return True

    def _inline_parameters(self, text: str) -> bool:
        pieces = [read_parameter(piece, line_place(self.number)) for piece in split_list(text)]
        self.listing.parameters += [piece for piece in pieces if piece]
        return any(pieces)

    def _add(self, item: Item) -> None:
        _take_stated(item)
        item.width = item.width or self.shared
        item.signed |= self.signed
        self.listing.ports += item.ports(line_place(self.number), block=self.block)
        self.after_text = False
        self.blank_before = False

    def _prose(self, line: str) -> None:
        self.after_text = not line.rstrip().endswith(":")
        if not without_bullet(line)[1]:
            self.block += 1
        self.blank_before = False


def _row(text: str) -> Item | None:
    """Return what an aligned row without bars declares: `data  in  8  next byte`."""
    found = _NAME_FIRST.match(text) or _DIRECTION_FIRST.match(text)
    if found is None:
        return None
    stated = found["way"] or found["way2"]
    way = "output" if stated.lower().startswith("o") else "input"
    width = found["width"] or ""
    bits = found["range"] or (f"[{int(width) - 1}:0]" if width and int(width) > 1 else "")
    signed = "signed " if re.search(r"(?<!un)\bsigned\b", text, re.IGNORECASE) else ""
    return read_item(f"{way} {signed}{bits} {found['name']}".replace("  ", " "), loose=True)


def _take_stated(item: Item) -> None:
    """Take the width and the sign that pieces of the description state."""
    for piece in re.split(r"[,;(]\s*", item.description):
        stated = _STATED.match(piece.strip(" .)"))
        if stated is None:
            continue
        item.signed |= bool(stated["first"] or stated["last"])
        if stated["bits"] and item.width is None:
            item.width = find_bits(stated["bits"])


def split_list(text: str) -> list[str]:
    """Split at `;`, else at commas and `and` outside brackets."""
    text = text.strip().rstrip(".")
    if ";" in text:
        return [piece.strip() for piece in text.split(";") if piece.strip()]
    pieces, depth, begin = [], 0, 0
    for index, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth <= 0:
            pieces.append(text[begin:index])
            begin = index + 1
    pieces.append(text[begin:])
    found = [re.split(r"\s+and\s+(?![^(]*\))", piece) for piece in pieces]
    cleaned = [re.sub(r"^\s*and\s+", "", part).strip() for parts in found for part in parts]
    return [part for part in cleaned if part]
