"""Ports that running text declares, however it puts it.

A declaration is a cue (`inputs`, `takes`, `clock`) and a list: names with attributes around them,
as in `the outputs left and right are signed, 24 bits each`. A list ends where something else
begins than a name or an attribute. Where a sentence quotes names, only these count; elsewhere a
word counts as a name only where its list speaks of widths or follows a colon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rtlgen.spec.declared import DeclaredPort
from rtlgen.spec.declaring_cues import (
    BEHIND,
    CLOCKLIKE,
    COUNT,
    CUE,
    LONGEST,
    MARKED,
    NO_WORD,
    QUOTED,
    RUN,
    SHORT,
    SIGNED,
    SOFT,
    SPLIT,
    TAKING,
    TIMED,
    TOKEN,
    WIDE,
)
from rtlgen.spec.declaring_list import Found, NameList, bits_said, may_name
from rtlgen.spec.model import Place
from rtlgen.spec.text import BULLET, LINE_LIMIT, plain
from rtlgen.spec.widths import Width, find_bits
from sim.interface import Direction


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    place: Place
    whole: str = ""
    """The whole specification, to see how a word is used elsewhere."""


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
    names = NameList(QUOTED.search(text) is not None, find_bits(shared) if shared else None)
    first = re.split(r"(?<=[\w)\"])\.\s", text, maxsplit=1)[0]
    names.read(f" {first.rstrip(' .')}")
    return [_port(one, direction, _Said(text, place)) for one in names.names]


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
        quoted |= {match[1] for match in QUOTED.finditer(said.text)}
        sure |= {match["name3"] for match in MARKED.finditer(said.text)} - {None}
        sure |= {match["name"] for match in WIDE.finditer(said.text) if may_name(match["name"])}
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
    return capital or CLOCKLIKE.match(name) is not None or re.search(r"[_\d]", name) is not None


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


_TWO_SIGNED = re.compile(
    r"\btwo\s+signed\s+(\d+)[\s-]bits?\s+(?:numbers|operands|samples|values|inputs|integers)\b"
    r"|\btwo\s+(\d+)[\s-]bits?\s+signed\s+(?:numbers|operands|samples|values|inputs|integers)\b",
    re.IGNORECASE,
)


def signed_as_told(ports: Sequence[DeclaredPort], text: str) -> list[DeclaredPort]:
    """Return the ports, with the two inputs signed that `two signed 8-bit numbers` must mean.

    There must be just two inputs that wide, and neither may be said to be signed or unsigned.
    """
    wide = {int(match[1] or match[2]) for match in _TWO_SIGNED.finditer(text)}
    if len(wide) != 1:
        return list(ports)
    meant = find_bits(f"{wide.pop()} bits")
    two = [p for p in ports if p.direction is Direction.INPUT and meant in (p.width, p.described)]
    told = any(p.signed or "signed" in p.description for p in two)
    if len(two) != 2 or told:
        return list(ports)
    return [replace(port, signed=True) if port in two else port for port in ports]


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
    for piece in re.split(r"(?<=[\w)\]\"'])\.\s+", whole[: 4 * LONGEST]):
        numbered = re.match(r"(?:\(?\d+(?:\.\d+)*[.)]?|[A-Z]{1,6}-?\d+:?)\s+(?=\D)", piece)
        bare = piece[numbered.end() :] if numbered else piece
        yield _Said(bare[:LONGEST].rstrip(" ."), place)


def _in_sentence(said: _Said) -> Iterator[DeclaredPort]:
    text = said.text
    quoted = '"' in text and QUOTED.search(text) is not None
    behinds = list(BEHIND.finditer(text))
    taken = [(b.start(), b.end()) for b in behinds if quoted and RUN.search(text[: b.start()])]
    cues = [
        cue
        for cue in CUE.finditer(text)
        if ":" in cue[0] or not any(begin < cue.start() < end for begin, end in taken)
    ]
    for number, cue in enumerate(cues):
        end = cues[number + 1].start() if number + 1 < len(cues) else len(text)
        yield from _after(cue, text, end, said, quoted=quoted)
    begin = 0
    for behind in behinds:
        yield from _before(behind, begin, said, quoted=quoted)
        begin = behind.end()
    for marked in MARKED.finditer(text):
        name, spoken, way = (
            marked[g] or marked[f"{g}2"] or marked[f"{g}3"] for g in ("name", "said", "direction")
        )
        direction = Direction.OUTPUT if way == "output" else Direction.INPUT
        signed = SIGNED.search(marked[0]) is not None
        yield _port(Found(name, bits_said(spoken), signed), direction, said)
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
    names = NameList(
        quoted, bits_said(remark) or bits_said(near), SIGNED.search(near + remark) is not None
    )
    if cue["way"] and quoted and names.shared is None:
        names.shared = _width_of(front, said)
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
        names.names = [one for one in names.names if CLOCKLIKE.match(one.name) or quoted]
    for one in names.names:
        yield _port(one, _direction(cue), said)


def _width_of(front: str, said: _Said) -> Width | None:
    """Return the width of what comes or goes: that of the `four 8-bit values` told of before."""
    noun = re.search(r"(\w+s)\W*$", front)
    if noun is None:
        return None
    wide = re.findall(rf"\b(\d+)[\s-]bits?\s+(?:\w+\s+)?{noun[1]}\b", said.whole, re.IGNORECASE)
    return find_bits(f"{wide[0]} bits") if len(set(wide)) == 1 else None


def _before_last(rest: str) -> str:
    """Return a list without what belongs to the next one: `a, b and an 8-bit` (output c)."""
    ends = [match.start() for match in SPLIT.finditer(rest) if match.end() > match.start()]
    last = ends[-1] if ends else 0
    return rest if '"' in rest[last:] or re.search(r"\w\s*\(", rest[last:]) else rest[:last]


def _plausible(names: Sequence[Found], said: _Said, *, direct: bool) -> list[Found]:
    """Return the names of an unquoted list of which nothing else is said."""
    if direct and names and may_name(names[0].name, surely=True):
        word = re.escape(names[0].name)
        used = rf"\b(?:if|when|while|with|once)\s+{word}\b|\b{word}\s+(?:is|goes)\b"
        if re.search(used, said.whole, re.IGNORECASE):
            return list(names[:1])
    if direct and len(names) == 1 and len(names[0].name) <= SHORT:
        return [one for one in names if may_name(one.name, surely=True)]
    looking = [one for one in names if _looks_like_a_name(one.name)]
    if len(names) > 1 and looking and not any(one.name.lower() in SOFT for one in names):
        return list(names)
    return looking[:1] if looking[:1] == list(names)[:1] else []


def _direction(cue: re.Match[str]) -> Direction:
    if cue["timed"]:
        return Direction.INPUT
    if cue["way"]:
        inward = re.search(r"\bin\b|arriv|enter", cue["way"], re.IGNORECASE)
        return Direction.INPUT if inward else Direction.OUTPUT
    if cue["verb"]:
        return Direction.INPUT if cue["verb"].lower() in TAKING else Direction.OUTPUT
    word = (cue["direction"] or cue["short"] or cue["side"]).lower()
    return Direction.OUTPUT if re.search(r"\bout", word) else Direction.INPUT


def _before(
    behind: re.Match[str], begin: int, said: _Said, *, quoted: bool
) -> Iterator[DeclaredPort]:
    """Yield the list before "are inputs", from where the clause before ended."""
    front = re.split(r"[.:;]\s+", said.text[begin : behind.start()])[-1]
    if begin:
        clause = re.match(
            r".*?\bbits?(?:\s+(?:each|wide))*\s*,?\s*(?:and\s+)?|[\s,;]*(?:and\s+)?", front
        )
        front = front[clause.end() :] if clause else front
    if quoted and (run := RUN.search(front)):
        front = run[0]
    tail = said.text[behind.end() : behind.end() + 60]
    attributes = behind["attributes"]
    near = re.match(
        rf"(?:\s+of|,(?:\s+all)?)\s+{COUNT}[\s-]bits?|\s+with\s+{COUNT}\s+bits", tail, re.I
    )
    shared = bits_said(behind["attributes"]) or (bits_said(near[0]) if near else None)
    names = NameList(quoted, shared, SIGNED.search(attributes) is not None)
    names.read(front)
    if not quoted and shared is None:
        return
    direction = Direction.OUTPUT if behind["direction"].lower()[0] == "o" else Direction.INPUT
    for one in names.names:
        yield _port(one, direction, said)


def _clocks(said: _Said, *, quoted: bool) -> Iterator[DeclaredPort]:
    for pattern in TIMED:
        for match in pattern.finditer(said.text):
            name = match["name"]
            is_quoted = name.startswith('"')
            bare = name.strip('"')
            if bare.lower() == "reset" or (
                bare.lower() == "clock" and "edge" not in match[0].lower()
            ):
                continue
            after_the = re.search(r"\bthe\s+\Z", said.text[: match.start("name")], re.IGNORECASE)
            if is_quoted or (CLOCKLIKE.match(bare) and not quoted and not after_the):
                if is_quoted and not CLOCKLIKE.match(bare) and "edge" not in match[0].lower():
                    continue
                yield _port(Found(bare), Direction.INPUT, said)

    for match in TOKEN.finditer(said.text):
        if NO_WORD.fullmatch(match["token"]) and not match["no"]:
            yield _port(Found(match["token"]), Direction.INPUT, said)


def _port(one: Found, direction: Direction, said: _Said) -> DeclaredPort:
    return DeclaredPort(
        name=one.name,
        direction=direction,
        place=said.place,
        width=one.width,
        signed=one.signed,
        style="prose",
    )
