"""Lists of ports in running text, read from left to right: names, and what is said of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rtlgen.spec.declaring_cues import (
    ATTRIBUTES,
    BITS,
    CLOCKLIKE,
    EACH,
    ENDS,
    NO_PLAIN,
    NOT_BEFORE_NAME,
    OF_ALL,
    QUOTED,
    SIGNED,
    SOFT,
    SPLIT,
)
from rtlgen.spec.text import IDENTIFIER
from rtlgen.spec.widths import NUMBER_WORDS, Width, find_bits, find_range


@dataclass(slots=True)
class Found:
    """A name in a list, with what is known of it so far."""

    name: str
    width: Width | None = None
    signed: bool = False


@dataclass(slots=True)
class NameList:
    """The names of a list, read from left to right."""

    quoted: bool
    shared: Width | None = None
    signed: bool = False
    names: list[Found] = field(default_factory=list)
    widths: bool = False
    """Whether anything was said of widths."""
    ended: bool = False
    direct: bool = False
    """Whether the first name stands right behind its direction: `a 4-bit input data giving ...`."""
    single: bool = False
    """Whether what was said before holds for the first name only: `an 8-bit output s and cout`."""
    flags: bool = False
    """Whether names follow that are announced as such: `the flags zero, carry and neg`."""
    carried: tuple[Width | None, bool] | None = None
    """What was said of several names together: `two 8-bit operands a and b`."""

    def read(self, text: str) -> None:
        """Take the names and attributes that `text` begins with."""
        for place, (told, segment) in enumerate(_segments(text)):
            if not segment.strip(" :\"'"):
                continue
            if self.names and self._attribute(segment):
                continue
            if (place == 0 or self.quoted) and self._announces(segment, again=place > 0):
                continue
            if told and self.names and not (self.quoted and QUOTED.search(segment)):
                self._apply(segment, to_all=len(self.names) > 1)
                self.ended |= not all(map(is_attribute, segment.split()))
                continue
            if self.ended or not self._name(segment):
                return

    def _announces(self, segment: str, *, again: bool = False) -> bool:
        """Take what stands before the first name: `three colour components,`."""
        if QUOTED.search(segment):
            return False
        number = r"two|three|four|five|six" + (r"|a|an|the|\d+" if self.quoted else "")
        if not re.match(rf"\s*(?:{number})\b(?:\s+[\w-]+){{1,4}}\s*\Z", segment):
            return False
        if not self.quoted and not segment.rstrip().endswith("s"):
            return False
        if not self.quoted and re.search(r"[_\d]\w*\Z", segment.rstrip()):
            return False
        if again:
            self.shared, self.signed, self.ended = None, False, False
        self.shared = self.shared or bits_said(segment)
        self.signed |= SIGNED.search(segment) is not None
        self.widths |= self.shared is not None
        return True

    def _attribute(self, segment: str) -> bool:
        """Take a segment without a name: `8 bits each`, `both signed`, `an 8-bit number`."""
        if self.quoted and QUOTED.search(segment):
            return False
        bare = re.sub(r"[()]", " ", segment)
        spoken = re.findall(r"[A-Za-z']+|\d+|-", bare)
        if self.ended and re.match(r"\s*an?\s", segment):
            return False
        told = re.match(r"\s*(?:two|three|four|both|each|all)\b.*\beach\b", bare) and BITS.search(
            bare
        )
        told = told or re.match(
            rf"\s*(?:which|that)\s+(?:is|are)\s+{BITS.pattern}", bare, re.IGNORECASE
        )
        if not told and not all(w.lower() in ATTRIBUTES or w.isdigit() for w in spoken):
            return False
        self._apply(bare, to_all=OF_ALL.search(bare) is not None)
        return True

    def _apply(self, said: str, *, to_all: bool) -> None:
        width = bits_said(said)
        signed = SIGNED.search(said) is not None
        self.widths |= width is not None or signed
        first = len(self.names) - 1
        while to_all and first > 0 and self.names[first - 1].width is None:
            first -= 1
        for one in self.names[first:]:
            if one.width is None and not (
                CLOCKLIKE.match(one.name) and first < len(self.names) - 1
            ):
                one.width = width
                one.signed |= signed
            elif one is self.names[-1] or (to_all and width is None):
                one.signed |= signed
        if to_all and self.names[-1].signed and width is not None and len(self.names) > first + 1:
            for one in self.names[first:]:
                one.signed |= not CLOCKLIKE.match(one.name)

    def _name(self, segment: str) -> bool:
        """Take a segment with a name; False where it is none of this list."""
        remark = " ".join(re.findall(r"\(([^()]*)\)", segment))
        core = re.sub(r"\s*\([^()]*\)", "", segment).strip(" :")
        found = self._found(core)
        if found is None:
            return False
        (name, index), before, behind = found
        if not self.quoted and may_name(remark, surely=True) and not is_attribute(remark):
            name, index = remark, ""
        if set(re.findall(r"[a-z]+", before.lower())) & NOT_BEFORE_NAME:
            return False
        if not self.quoted and not self._plausible(name, before, behind, remark):
            return False
        self._take(name, index, before, remark)
        if self.quoted and re.match(r"\s*-\s", behind):
            near = " ".join(behind.split()[:5])
            self._apply(near if BITS.search(near) else "", to_all=bool(EACH.search(near)))
        elif behind.strip():
            self.ended = True
            self._behind(behind)
        return True

    def _plausible(self, name: str, before: str, behind: str, remark: str) -> bool:
        """Whether an unquoted word in its surroundings may be a name."""
        announced = re.search(r"\b(?:flags|signals|strobes|outputs|inputs)\s*\Z", before)
        self.flags = self.flags or bool(announced)
        plainly = self.flags or BITS.search(f"{before} {remark}")
        if before.strip() and name.lower() in SOFT and not plainly:
            return False
        return not (re.match(r"\s*that\b", behind) and name.endswith("s"))

    def _take(self, name: str, index: str, before: str, remark: str) -> None:
        """Take a name with what stands before it, and the remark in parentheses behind it."""
        own = bits_said(before) or (find_range(index) if index else None) or bits_said(remark)
        self.widths |= bool(own) or BITS.search(remark) is not None
        signed = bool(SIGNED.search(before) or SIGNED.search(remark)) or self.signed
        if own is None and not before.strip() and self.carried is not None:
            own, signed = self.carried
        plural = re.search(r"\b(?:two|three|four|five|six|both)\b", before, re.IGNORECASE)
        self.carried = (own, signed) if plural or (self.carried and not before.strip()) else None
        self.names.append(Found(name, own or self.shared, signed))
        if self.single:
            self.shared, self.signed = None, False
        if EACH.search(remark):
            self._apply(remark, to_all=True)

    def _behind(self, behind: str) -> None:
        said = re.match(r"(?:[\s,]*(?:[\w'-]*\w|-(?=\s))){0,8}", behind)
        spoken = said[0].split() if said else []
        count = 0
        while count < len(spoken) and is_attribute(spoken[count]):
            count += 1
        attributes = " ".join(spoken[:count])
        self._apply(attributes, to_all=OF_ALL.search(attributes) is not None)
        if count == len(spoken) and said and not behind[said.end() :].strip(" .") and count > 1:
            self.ended = False

    def _found(self, core: str) -> tuple[tuple[str, str], str, str] | None:
        """Return the name in a segment with its range, and what stands before and behind it."""
        if self.quoted:
            match = QUOTED.search(core)
            if match is None:
                return None
            index = match[2] or match[3] or ""
            return (match[1], index), core[: match.start()], core[match.end() :]
        direct = re.match(rf"({IDENTIFIER})(\[[^\]]{{1,40}}\])?(?![\w-])", core)
        if self.direct and not self.names and direct and may_name(direct[1], surely=True):
            return (direct[1], direct[2] or ""), "", core[direct.end() :]
        end = next((m for m in ENDS.finditer(core) if m.start()), None)
        head = core[: end.start()].rstrip() if end else core
        behind = core[end.start() :] if end else ""
        match = re.search(rf"({IDENTIFIER})\s?(\[[^\]]{{1,40}}\])?\Z", head)
        if match is None or not may_name(match[1]):
            return None
        before = head[: match.start()]
        if re.search(r"\bthe\s*\Z", before, re.IGNORECASE) and not re.search(r"[_\d]", match[1]):
            return None
        return (match[1], match[2] or ""), before, behind


def is_attribute(word: str) -> bool:
    """Whether `word` says something of a port, and names none."""
    parts = re.findall(r"[A-Za-z']+|\d+", word)
    return all(part.lower() in ATTRIBUTES or part.isdigit() for part in parts)


def may_name(word: str, *, surely: bool = False) -> bool:
    """Whether an unquoted `word` of a list of ports may be a name, or rather is one."""
    known = NO_PLAIN | SOFT if surely else NO_PLAIN
    return word.lower() not in known and re.fullmatch(IDENTIFIER, word) is not None


def bits_said(text: str) -> Width | None:
    """Return the first width that `text` states."""
    found = BITS.search(text)
    if found is None:
        return find_range(text) if "[" in text else None
    said = re.sub(r"(?i)single", "one", found[0])
    count = re.split(r"[\s-]", said)[0]
    if count.islower() and count not in NUMBER_WORDS and count != "width":
        return bits_said(text[found.end() :])
    wide = re.search(r"(?i)width\s+(?:of\s+)?(\d+)", said)
    return find_bits(f"{wide[1]} bits" if wide else said)


def _segments(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the parts of `text` between commas, semicolons, colons and "and".

    Parentheses are kept whole. Each part comes with whether a colon stands before it.
    """
    begin = depth = at = 0
    told = False
    while at < len(text):
        depth += (text[at] in "([") - (text[at] in ")]")
        found = SPLIT.match(text, at) if depth <= 0 else None
        if (
            found
            and found.end() > at
            and (at == 0 or not text[at].isalpha() or not text[at - 1].isalnum())
        ):
            yield told, text[begin:at]
            told = ":" in found[0]
            begin = at = found.end()
        else:
            at += 1
    yield told, text[begin:]
