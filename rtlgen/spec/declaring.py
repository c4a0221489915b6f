"""Ports that running text declares, however it puts it.

A declaration is a cue (`inputs`, `takes`, `clock`) and a list: names with attributes around them,
as in `the outputs left and right are signed, 24 bits each`. A list ends where something else
begins than a name or an attribute. Where a sentence quotes names, only these count; elsewhere a
word counts as a name only where its list speaks of widths or follows a colon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from rtlgen.spec.declared import NO_NAMES, DeclaredPort
from rtlgen.spec.model import Place
from rtlgen.spec.text import BULLET, IDENTIFIER, LINE_LIMIT, plain, words
from rtlgen.spec.widths import NUMBER_WORDS, Width, find_bits, find_range
from sim.interface import Direction

_LONGEST = 2000
"""Characters of a sentence that are searched."""
_QUOTED = re.compile(rf'"({IDENTIFIER})\s?(\[[^\]"]{{1,40}}\])?"(\s?\[[^\]]{{1,40}}\])?')
_PLAIN = re.compile(rf"({IDENTIFIER})\s?(\[[^\]]{{1,40}}\])?\Z")
_COUNT = r"(?:\d+|[A-Za-z]+(?:-[a-z]+)?)"
_BITS = re.compile(
    rf"\bwidth\s+(?:of\s+)?\d+\b|\b{_COUNT}[\s-]bits?\b|\b(?:single|one)[\s-]bit\b", re.IGNORECASE
)
_SIGNED = re.compile(r"(?<!un)\bsigned\b", re.IGNORECASE)
_CUE = re.compile(
    r"(?P<side>\bon\s+the\s+(?:in|out)put\s+side\b[^.:;]{0,20}?\b(?:has|are|is)\b)"
    r"|\b(?P<direction>inputs?|outputs?)\b(?!\s+side)"
    rf"(?P<remark>\s*\([^(),]{{0,40}}\)|,\s*{_COUNT}[\s-]bits?(?:\s+each)?(?=:)"
    rf"|\s+of\s+{_COUNT}[\s-]bits?(?:\s+each)?(?=:|,))?"
    r"(?:\s+(?:ports?|signals?|pins?|lines?)\b)?"
    r"(?P<link>\s*:|\s+-|\s*,|\s+(?:are|is|called|named)\b:?)?"
    r"|(?:^|(?<=[.;]\s)|(?<=then\s)|(?<=also\s))(?P<short>in|out)(?P<colon>:)"
    r"|\b(?P<way>com(?:es|ing)\s+in\s+on|coming\s+in:|arrives?\s+on|enters?\s+on|goes\s+out\s+on"
    r"|com(?:es|ing)\s+out\s+on|coming\s+out:|leaves?\s+on|appears?\s+on)(?=\s)"
    r"|(?P<timed>(?:^|(?<=[.;]\s))(?:clocks?|resets?)(?:\s*(?:/|&|and)\s*resets?)?:)"
    r"|\b(?P<verb>takes|gets|accepts|receives|expects|drives|produces|delivers|generates|returns"
    r"|gives\s+back|puts(?:\s+out)?)\b",
    re.IGNORECASE,
)
_TAKING = words("takes gets accepts receives expects")
_BEHIND = re.compile(
    r"(?:\b(?:is|are)|,(?=\s+all\b))\s+(?:(?:all|both|an?|the|also)\s+)*(?P<attributes>(?:[\w-]+\s+){0,4}?)"
    r"(?P<direction>inputs?|outputs?)\b(?!\s+(?:of(?!\s+\d)|to|side|is|are)\b)",
    re.IGNORECASE,
)
_ATTRIBUTES = words(
    "a an the of is are be shall which that with as it its one two three four five six seven "
    "eight single bit bits wide each both all them number numbers value signed unsigned two's "
    "complement registered register registers combinational active high low rising falling "
    "positive negative edge edges clock reset synchronous asynchronous async sync posedge "
    "negedge too also only vector integer binary together well used already every whose width "
    "vectors vector holding -"
)
_NOT_BEFORE_NAME = words(
    "already all everything nothing it they if when while whenever unless until because of to "
    "from by is are was must shall should will can may has have had so then than not no this "
    "these those that which who what where how for in on at into within after before during "
    "but or only any every"
)
_ENDS = re.compile(
    r"\b(?:is|are|was|shall|should|must|will|can|may|has|have|which|that|says|gives|giving|tells|"
    r"carries|holds|for|with|when|if|while|to|from|in|on|at|of|holding|as|whose|comes|goes|where|"
    r"clears|stands|being|begins|by|describes|contains|writes|whenever|until|each)\b|[=<>]| - ",
    re.IGNORECASE,
)
_MARKED = re.compile(
    rf'"(?P<name>{IDENTIFIER})"\s*\((?P<said>[^()]*?\b(?P<direction>input|output)\b[^()]*)\)'
    rf"|(?<![\w\"])(?P<name3>{IDENTIFIER})\s*\((?P<said3>(?P<direction3>input|output)\b[^()]*)\)"
    rf"|\b(?P<name2>(?=\w*[_\d]){IDENTIFIER}),\s+an?\s+(?P<said2>[\w\s-]{{0,30}}?)\b(?P<direction2>input|output)(?=[,.;)])"
)
_WIDE = re.compile(
    rf"\b(?:\d+|one|two|three|four|eight|single)[\s-]bit\s+(?:input|output)\s+(?:called\s+|named\s+)?(?P<name>{IDENTIFIER})\b"
)
"""`a 16-bit input divisor`: surely a name."""
_RUN = re.compile(
    rf'(?:"{IDENTIFIER}"(?:\s*\([^()]*\))?\s*(?:,\s*(?:and\s+)?|\band\s+))*"{IDENTIFIER}"(?:\s*\([^()]*\))?\s*,?\s*\Z'
)
"""The quoted names that end a text."""
_EACH = re.compile(r"\beach\b", re.IGNORECASE)
_SHORT = 3
"""Letters of a name that is hardly a word: `a carry input ci`."""
_TOKEN = re.compile(
    rf"(?P<no>\b(?:no|without)\s+(?:an?\s+)?)?(?<![\w$])(?P<token>{IDENTIFIER})", re.IGNORECASE
)
_NO_WORD = re.compile(
    r"(?:[a-z]\w*_)?[a-z]?clk(?:_\w+|[a-z]|\d*)?|(?:[a-z]\w*_)?[asn]?rst(?:_\w+|[nib]|\d*)?",
    re.IGNORECASE,
)
"""Names of clocks and resets that are no words of a sentence."""
_OF_ALL = re.compile(r"\b(?:each|both|all)\b|\A\W*are\b|\A\s*-", re.IGNORECASE)
_ALSO = r"\b(?:and|as well as|along with|plus)\b"
_SPLIT = re.compile(rf"\s*(?:[,;:]\s*(?:{_ALSO})?|{_ALSO})\s*", re.IGNORECASE)
_NO_PLAIN = NO_NAMES | words(
    "two three four five six seven eight bit side sides number everything nothing it they "
    "them all each both other others output input outputs inputs following listed below above "
    "i.e e.g also there always only usual not no registered combinational respectively"
)
_SOFT = words(
    "zero zeros one ones low high active inactive stable valid unchanged unused undefined "
    "unknown constant asserted deasserted set cleared bits data value values state states "
    "number numbers side sides level levels sequential described given shown computed sampled "
    "taken same different equal word words byte bytes line lines flag flags edge cycle cycles "
    "well together side too ignored driven held off on none logic block circuit module unit "
    "design register registers wire wires name names connected clock reset now yes"
)
"""Words that are rather no names, where a list says nothing of widths."""
_CLOCKLIKE = re.compile(
    r"(?:\w*(?:clk|clock|rst|reset)\w*|ck|\w+_ck|rs|por\w*|nres\w*|resn|clr\w*)\Z", re.IGNORECASE
)
_ARTICLE = r"(?:an?|the|our|its|this|one)"
_NAME = rf'(?P<{{}}>"{IDENTIFIER}"|{IDENTIFIER})'
_TIMED = tuple(
    re.compile(pattern.replace("NAME", rf'(?P<name>"{IDENTIFIER}"|{IDENTIFIER})'), re.IGNORECASE)
    for pattern in (
        r"\bedges?\s+of\s+(?:(?:the\s+)?(?:clock|signal|input)\s+)?NAME",
        r"\b(?:clock(?:ing)?|reset)(?:\s+(?:input|signal|port))?\s*(?:\bis\b|\bcalled\b|\bnamed\b|:)?\s+NAME",
        r"(?:^|(?<=[.;:,]\s)|(?<=\band\s))NAME(?:,)?\s+(?:is|-)\s+(?:an?|the|our|its)?\s*[^.;\"]{0,45}?\b(?:clock|reset)\b",
        r"\bclocked\s+(?:by|from|with)\s+(?:the\s+)?NAME",
        r"\b(?:clock|reset),\s+NAME\s*[,.;]",
        r"\bsynchronous\s+to\s+NAME",
        r"\b(?:cleared|reset)(?:\s+\w+)?\s+by\s+(?:the\s+)?(?:[\w-]+,?\s+){0,3}?NAME(?=\s*(?:[,.;(]|\band\b|$))",
        r"\bdomain\s+of\s+NAME",
        r"\bruns\s+(?:from|on|at|off)\s+(?:the\s+)?NAME",
        r"\bresets?\b[^.,;\"]{0,30}\bwhen\s+NAME\s+is\s+(?:low|high|0|1|active)\b",
        r"(?:^|(?<=[.;:,]\s)|(?<=\band\s))NAME,\s+(?:active|asynchronous|synchronous)[^.;]{0,60}\b(?:reset|resets|low|high)\b",
    )
)


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    place: Place
    whole: str = ""
    """The whole specification, to see how a word is used elsewhere."""


@dataclass(slots=True)
class _Found:
    """A name in a list, with what is known of it so far."""

    name: str
    width: Width | None = None
    signed: bool = False


@dataclass(slots=True)
class _List:
    """The names of a list, read from left to right."""

    quoted: bool
    shared: Width | None = None
    signed: bool = False
    names: list[_Found] = field(default_factory=list)
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
            if place == 0 and self._announces(segment):
                continue
            if told and self.names and not (self.quoted and _QUOTED.search(segment)):
                self._apply(segment, to_all=len(self.names) > 1)
                self.ended |= not all(map(_is_attribute, segment.split()))
                continue
            if self.ended or not self._name(segment):
                return

    def _announces(self, segment: str) -> bool:
        """Take what stands before the first name: `three colour components,`."""
        if _QUOTED.search(segment):
            return False
        number = r"two|three|four|five|six" + (r"|a|an|the|\d+" if self.quoted else "")
        if not re.match(rf"\s*(?:{number})\b(?:\s+[\w-]+){{1,4}}\s*\Z", segment):
            return False
        if not self.quoted and not segment.rstrip().endswith("s"):
            return False
        if not self.quoted and re.search(r"[_\d]\w*\Z", segment.rstrip()):
            return False
        self.shared = self.shared or _bits(segment)
        self.signed |= _SIGNED.search(segment) is not None
        self.widths |= self.shared is not None
        return True

    def _attribute(self, segment: str) -> bool:
        """Take a segment without a name: `8 bits each`, `both signed`, `an 8-bit number`."""
        if self.quoted and _QUOTED.search(segment):
            return False
        bare = re.sub(r"[()]", " ", segment)
        spoken = re.findall(r"[A-Za-z']+|\d+|-", bare)
        if self.ended and re.match(r"\s*an?\s", segment):
            return False
        told = re.match(r"\s*(?:two|three|four|both|each|all)\b.*\beach\b", bare) and _BITS.search(
            bare
        )
        told = told or re.match(
            rf"\s*(?:which|that)\s+(?:is|are)\s+{_BITS.pattern}", bare, re.IGNORECASE
        )
        if not told and not all(w.lower() in _ATTRIBUTES or w.isdigit() for w in spoken):
            return False
        self._apply(bare, to_all=_OF_ALL.search(bare) is not None)
        return True

    def _apply(self, said: str, *, to_all: bool) -> None:
        width = _bits(said)
        signed = _SIGNED.search(said) is not None
        self.widths |= width is not None or signed
        first = len(self.names) - 1
        while to_all and first > 0 and self.names[first - 1].width is None:
            first -= 1
        for one in self.names[first:]:
            if one.width is None and not (
                _CLOCKLIKE.match(one.name) and first < len(self.names) - 1
            ):
                one.width = width
                one.signed |= signed
            elif one is self.names[-1] or (to_all and width is None):
                one.signed |= signed
        if to_all and self.names[-1].signed and width is not None and len(self.names) > first + 1:
            for one in self.names[first:]:
                one.signed |= not _CLOCKLIKE.match(one.name)

    def _name(self, segment: str) -> bool:
        """Take a segment with a name; False where it is none of this list."""
        remark = " ".join(re.findall(r"\(([^()]*)\)", segment))
        core = re.sub(r"\s*\([^()]*\)", "", segment).strip(" :")
        found = self._found(core)
        if found is None:
            return False
        name, before, behind = found
        if not self.quoted and may_name(remark, surely=True) and not _is_attribute(remark):
            name = (remark, "")
        if set(re.findall(r"[a-z]+", before.lower())) & _NOT_BEFORE_NAME:
            return False
        wide = _BITS.search(f"{before} {remark}")
        several = re.search(r"\b(?:flags|signals|strobes|outputs|inputs)\s*\Z", before)
        self.flags = self.flags or bool(several)
        plainly = wide or self.flags
        if not self.quoted and before.strip() and name[0].lower() in _SOFT and not plainly:
            return False
        if not self.quoted and re.match(r"\s*that\b", behind) and name[0].endswith("s"):
            return False
        own = _bits(before) or (name[1] and find_range(name[1])) or _bits(remark)
        self.widths |= bool(own) or _BITS.search(remark) is not None
        signed = bool(_SIGNED.search(before) or _SIGNED.search(remark)) or self.signed
        if own is None and not before.strip() and self.carried is not None:
            own, signed = self.carried
        plural = re.search(r"\b(?:two|three|four|five|six|both)\b", before, re.IGNORECASE)
        self.carried = (own, signed) if plural or (self.carried and not before.strip()) else None
        self.names.append(_Found(name[0], own or self.shared, signed))
        if self.single:
            self.shared, self.signed = None, False
        if re.search(r"\beach\b", remark):
            self._apply(remark, to_all=True)
        if self.quoted and re.match(r"\s*-\s", behind):
            near = " ".join(behind.split()[:5])
            self._apply(near if _BITS.search(near) else "", to_all=bool(_EACH.search(near)))
        elif behind.strip():
            self.ended = True
            self._behind(behind)
        return True

    def _behind(self, behind: str) -> None:
        said = re.match(r"(?:[\s,]*(?:[\w'-]*\w|-(?=\s))){0,8}", behind)
        spoken = said[0].split() if said else []
        count = 0
        while count < len(spoken) and _is_attribute(spoken[count]):
            count += 1
        attributes = " ".join(spoken[:count])
        self._apply(attributes, to_all=_OF_ALL.search(attributes) is not None)
        if count == len(spoken) and said and not behind[said.end() :].strip(" .") and count > 1:
            self.ended = False

    def _found(self, core: str) -> tuple[tuple[str, str], str, str] | None:
        """Return the name in a segment with its range, and what stands before and behind it."""
        if self.quoted:
            match = _QUOTED.search(core)
            if match is None:
                return None
            index = match[2] or match[3] or ""
            return (match[1], index), core[: match.start()], core[match.end() :]
        direct = re.match(rf"({IDENTIFIER})(\[[^\]]{{1,40}}\])?(?![\w-])", core)
        if self.direct and not self.names and direct and may_name(direct[1], surely=True):
            return (direct[1], direct[2] or ""), "", core[direct.end() :]
        end = next((m for m in _ENDS.finditer(core) if m.start()), None)
        head = core[: end.start()].rstrip() if end else core
        behind = core[end.start() :] if end else ""
        match = re.search(rf"({IDENTIFIER})\s?(\[[^\]]{{1,40}}\])?\Z", head)
        if match is None or not may_name(match[1]):
            return None
        before = head[: match.start()]
        if re.search(r"\bthe\s*\Z", before, re.IGNORECASE) and not re.search(r"[_\d]", match[1]):
            return None
        return (match[1], match[2] or ""), before, behind


def _is_attribute(word: str) -> bool:
    parts = re.findall(r"[A-Za-z']+|\d+", word)
    return all(part.lower() in _ATTRIBUTES or part.isdigit() for part in parts)


def listed_ports(
    text: str, direction: Direction, place: Place, *, shared: str = ""
) -> list[DeclaredPort]:
    """Return the ports of a list that a label announced: `Inputs: clk, a and b (8 bits each)`.

    Args:
        text: What follows the label.
        direction: Of all of them.
        place: Of the label.
        shared: The width that the label states for all of them, as in `8 bits`; may be empty.
    """
    text = text.replace("`", '"')
    names = _List(_QUOTED.search(text) is not None, find_bits(shared) if shared else None)
    first = re.split(r"(?<=[\w)\"])\.\s", text, maxsplit=1)[0]
    names.read(f" {first.rstrip(' .')}")
    return [_port(one, direction, _Said(text, place)) for one in names.names]


def may_name(word: str, *, surely: bool = False) -> bool:
    """Whether an unquoted `word` of a list of ports may be a name, or rather is one."""
    known = _NO_PLAIN | _SOFT if surely else _NO_PLAIN
    return word.lower() not in known and re.fullmatch(IDENTIFIER, word) is not None


def _bits(text: str) -> Width | None:
    found = _BITS.search(text)
    if found is None:
        return find_range(text) if "[" in text else None
    said = re.sub(r"(?i)single", "one", found[0])
    count = re.split(r"[\s-]", said)[0]
    if count.islower() and count not in NUMBER_WORDS and count != "width":
        return _bits(text[found.end() :])
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
        found = _SPLIT.match(text, at) if depth <= 0 else None
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


def read_declaring(text: str, *, surely: bool = False) -> list[DeclaredPort]:
    """Return the ports that the sentences of normalized `text` declare, in order of appearance.

    Args:
        text: The text, without what is read elsewhere.
        surely: Leave out what may be a word of a sentence: only quoted names, names with digits
            or underscores, and those of clocks and resets.
    """
    found: dict[str, DeclaredPort] = {}
    quoted: set[str] = set()
    sure: set[str] = set()
    for said in _sentences(text):
        quoted |= {match[1] for match in _QUOTED.finditer(said.text)}
        sure |= {match["name3"] for match in _MARKED.finditer(said.text)} - {None}
        sure |= {match["name"] for match in _WIDE.finditer(said.text) if may_name(match["name"])}
        for port in sorted(_in_sentence(said), key=lambda port: first_place(port.name, said.text)):
            known = found.get(port.name)
            if known is None:
                found[port.name] = port
            elif known.width is None and known.direction is port.direction:
                found[port.name] = replace(
                    known, width=port.width, signed=known.signed or port.signed
                )
    if surely or not quoted.isdisjoint(found):
        sure |= quoted
        return [one for name, one in found.items() if name in sure or _looks_like_a_name(name)]
    return list(found.values())


def _looks_like_a_name(name: str) -> bool:
    capital = name.isupper() and len(name) > 1
    return capital or _CLOCKLIKE.match(name) is not None or re.search(r"[_\d]", name) is not None


def is_surely_named(name: str, text: str) -> bool:
    """Whether `text` quotes `name`, or nothing else can be meant by it."""
    quoted = re.search(rf"[\"'`]{re.escape(name)}\s?(?:\[[^\]]*\])?[\"'`]", text)
    return quoted is not None or len(name) == 1 or _looks_like_a_name(name)


def first_place(name: str, text: str) -> int:
    """Return where `text` names a port first: in quotes, else as a word."""
    word = re.escape(name)
    found = re.search(rf"[\"`]{word}(?!\w)", text) or re.search(
        rf"(?<!\w)(?<!named )(?<!called )(?<!odule ){word}(?!\w)", text
    )
    return found.start() if found else len(text)


def joined(
    first: Sequence[DeclaredPort], more: Sequence[DeclaredPort], *, complete: bool = True
) -> list[DeclaredPort]:
    """Return the ports of both, and if `complete` with what the second knows of the first's."""
    more_of = {port.name: port for port in more}
    found = [_completed(port, more_of.get(port.name) if complete else None) for port in first]
    known = {port.name for port in first}
    found += [port for name, port in more_of.items() if name not in known]
    return found if any(port.direction is Direction.OUTPUT for port in found) else list(first)


def _completed(port: DeclaredPort, more: DeclaredPort | None) -> DeclaredPort:
    if more is None or port.direction is not more.direction:
        return port
    if port.width is None and port.described is None and more.width is not None:
        port = replace(port, width=more.width)
    return port


def _sentences(text: str) -> Iterator[_Said]:
    """Yield sentences on one line each; names keep their quotes, lists their semicolons."""
    block: list[tuple[int, str]] = []
    for number, line in enumerate([*text.replace("`", '"').split("\n"), ""], 1):
        starts = BULLET.match(line) or re.match(r"\s*\W{0,3}[A-Z][\w (),/&]{0,40}?\W{0,3}:", line)
        if block and (not line.strip() or starts):
            yield from (replace(said, whole=text) for said in _cut(block))
            block = []
        if line.strip():
            block.append((number, plain(line[:LINE_LIMIT]).strip()))


def _cut(block: Sequence[tuple[int, str]]) -> Iterator[_Said]:
    place = Place(line=block[0][0], end_line=block[-1][0])
    whole = BULLET.sub("", " ".join(line for _, line in block), count=1)
    for piece in re.split(r"(?<=[\w)\]\"'])\.\s+", whole[: 4 * _LONGEST]):
        numbered = re.match(r"(?:\(?\d+(?:\.\d+)*[.)]?|[A-Z]{1,6}-?\d+:?)\s+(?=\D)", piece)
        bare = piece[numbered.end() :] if numbered else piece
        yield _Said(bare[:_LONGEST].rstrip(" ."), place)


def _in_sentence(said: _Said) -> Iterator[DeclaredPort]:
    text = said.text
    quoted = '"' in text and _QUOTED.search(text) is not None
    cues = list(_CUE.finditer(text))
    for number, cue in enumerate(cues):
        end = cues[number + 1].start() if number + 1 < len(cues) else len(text)
        yield from _after(cue, text, end, said, quoted=quoted)
    begin = 0
    for behind in _BEHIND.finditer(text):
        yield from _before(behind, begin, said, quoted=quoted)
        begin = behind.end()
    for marked in _MARKED.finditer(text):
        name, spoken, way = (
            marked[g] or marked[f"{g}2"] or marked[f"{g}3"] for g in ("name", "said", "direction")
        )
        direction = Direction.OUTPUT if way == "output" else Direction.INPUT
        signed = _SIGNED.search(marked[0]) is not None
        yield _port(_Found(name, _bits(spoken), signed), direction, said)
    yield from _clocks(said, quoted=quoted)


def _after(
    cue: re.Match[str], text: str, end: int, said: _Said, *, quoted: bool
) -> Iterator[DeclaredPort]:
    """Yield the list behind a cue."""
    rest = text[cue.end() : end]
    if inside := re.match(r"\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)", text[cue.end() :]):
        rest = f" {inside[1]}"
    if not re.match(r"\s", rest) and cue.end() < len(text):
        return
    front = text[max(0, cue.start() - 60) : cue.start()]
    near = re.split(r"[,;:.()]|\band\b", front)[-1] if cue["direction"] else ""
    remark = cue["remark"] or ""
    if end < len(text) and not inside and re.match(r"\W*(?:in|out)put", text[end:], re.IGNORECASE):
        rest = _before_last(rest)
    names = _List(quoted, _bits(remark) or _bits(near), _SIGNED.search(near + remark) is not None)
    names.direct = bool(cue["direction"]) and cue["direction"][-1] not in "sS"
    names.single = bool(re.search(r"\b(?:an?|one)\s", near)) and cue["direction"][-1] not in "sS"
    colon = ":" in (cue["link"] or cue["colon"] or "")
    names.read(rest)
    widths = names.widths or names.shared is not None
    begins = not text[: cue.start()].strip() and re.match(r"\s+\w+\s*:", rest) is not None
    telling = (
        colon
        or widths
        or (begins and names.direct)
        or bool(re.search(r"called|named", cue["link"] or ""))
    )
    if not quoted and not telling:
        names.names = _plausible(names.names, said, direct=names.direct)
    if cue["timed"]:
        names.names = [one for one in names.names if _CLOCKLIKE.match(one.name) or quoted]
    for one in names.names:
        yield _port(one, _direction(cue), said)


def _before_last(rest: str) -> str:
    """Return a list without what belongs to the next one: `a, b and an 8-bit` (output c)."""
    ends = [match.start() for match in _SPLIT.finditer(rest) if match.end() > match.start()]
    last = ends[-1] if ends else 0
    return rest if '"' in rest[last:] or re.search(r"\w\s*\(", rest[last:]) else rest[:last]


def _plausible(names: Sequence[_Found], said: _Said, *, direct: bool) -> list[_Found]:
    """Return the names of an unquoted list of which nothing else is said."""
    if direct and names and may_name(names[0].name, surely=True):
        word = re.escape(names[0].name)
        used = rf"\b(?:if|when|while|with|once)\s+{word}\b|\b{word}\s+(?:is|goes)\b"
        if re.search(used, said.whole, re.IGNORECASE):
            return list(names[:1])
    if direct and len(names) == 1 and len(names[0].name) <= _SHORT:
        return [one for one in names if may_name(one.name, surely=True)]
    looking = [one for one in names if _looks_like_a_name(one.name)]
    if len(names) > 1 and looking and not any(one.name.lower() in _SOFT for one in names):
        return list(names)
    return looking[:1] if looking[:1] == list(names)[:1] else []


def _direction(cue: re.Match[str]) -> Direction:
    if cue["timed"]:
        return Direction.INPUT
    if cue["way"]:
        inward = re.search(r"\bin\b|arriv|enter", cue["way"], re.IGNORECASE)
        return Direction.INPUT if inward else Direction.OUTPUT
    if cue["verb"]:
        return Direction.INPUT if cue["verb"].lower() in _TAKING else Direction.OUTPUT
    word = (cue["direction"] or cue["short"] or cue["side"]).lower()
    return Direction.OUTPUT if re.search(r"\bout", word) else Direction.INPUT


def _before(
    behind: re.Match[str], begin: int, said: _Said, *, quoted: bool
) -> Iterator[DeclaredPort]:
    """Yield the list before "are inputs", from where the clause before ended."""
    front = re.split(r"[.:;]\s+", said.text[begin : behind.start()])[-1]
    if begin:
        clause = re.match(
            r".*?\bbits?(?:\s+(?:each|wide))*\s*,?\s*(?:and\s+)?|\W*(?:and\s+)?", front
        )
        front = front[clause.end() :] if clause else front
    if quoted and (run := _RUN.search(front)):
        front = run[0]
    tail = said.text[behind.end() : behind.end() + 60]
    attributes = behind["attributes"]
    near = re.match(
        rf"(?:\s+of|,(?:\s+all)?)\s+{_COUNT}[\s-]bits?|\s+with\s+{_COUNT}\s+bits", tail, re.I
    )
    shared = _bits(behind["attributes"]) or (_bits(near[0]) if near else None)
    names = _List(quoted, shared, _SIGNED.search(attributes) is not None)
    names.read(front)
    if not quoted and shared is None:
        return
    direction = Direction.OUTPUT if behind["direction"].lower()[0] == "o" else Direction.INPUT
    for one in names.names:
        yield _port(one, direction, said)


def _clocks(said: _Said, *, quoted: bool) -> Iterator[DeclaredPort]:
    for pattern in _TIMED:
        for match in pattern.finditer(said.text):
            name = match["name"]
            is_quoted = name.startswith('"')
            bare = name.strip('"')
            if bare.lower() == "reset" or (
                bare.lower() == "clock" and "edge" not in match[0].lower()
            ):
                continue
            after_the = re.search(r"\bthe\s+\Z", said.text[: match.start("name")], re.IGNORECASE)
            if is_quoted or (_CLOCKLIKE.match(bare) and not quoted and not after_the):
                if is_quoted and not _CLOCKLIKE.match(bare) and "edge" not in match[0].lower():
                    continue
                yield _port(_Found(bare), Direction.INPUT, said)

    for match in _TOKEN.finditer(said.text):
        if _NO_WORD.fullmatch(match["token"]) and not match["no"]:
            yield _port(_Found(match["token"]), Direction.INPUT, said)


def _port(one: _Found, direction: Direction, said: _Said) -> DeclaredPort:
    return DeclaredPort(
        name=one.name,
        direction=direction,
        place=said.place,
        width=one.width,
        signed=one.signed,
        style="prose",
    )
