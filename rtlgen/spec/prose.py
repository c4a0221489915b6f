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

_QUOTE = "[\"'`]"
_INDEX = r"\s?\[[^\]\n]{1,40}\]"
_BITS = r"(?:\d+|[A-Za-z]+)[\s-]bits?"
_OWN_WIDTH = (
    rf"(?:\s?\(\s?(?:each\s+)?{_BITS}(?: wide| each)?(?:, ?(?:un)?signed)?\s?\)|\s+of\s+{_BITS}\b)"
)
_PART = (
    rf"(?!(?:inputs?|outputs?|each)\b){_QUOTE}?{IDENTIFIER}(?:{_INDEX})?{_QUOTE}?(?:{_INDEX})?"
    rf"(?:{_OWN_WIDTH})?"
)
_BETWEEN = r"(?:\s*,\s*(?:and\s+)?|\s+and\s+)"
_LIST = rf"{_PART}(?:{_BETWEEN}{_PART}){{0,30}}"
_QUOTED_LIST = rf"(?={_QUOTE}){_PART}(?:{_BETWEEN}(?={_QUOTE}){_PART}){{0,30}}"
_SIZE = r"(?:(?:\d+|[A-Za-z]+(?:-[a-z]+)?|[A-Z]\w*)[\s-]bits?(?:\s+wide)?\s+)"
_EACH = (
    r"(?:(?:\s*,)?\s+(?:each|all|both|is|are)\s+(?:of\s+|each\s+|both\s+|all\s+)?"
    rf"(?P<each>{_BITS}\b))?"
)
_ADJECTIVE = (
    r"(?:(?:data|control|select|enable|serial|parallel|signed|unsigned|binary|clock|reset|registered"
    r"|asynchronous|synchronous|active[\s-](?:high|low)|address|vector|carry|status|single|one)\s+)"
)
_NOUN = r"(?:\s+(?:ports?|signals?|pins?|vectors?|bus(?:es)?|wires?|flags?|bits?|words?))?"
_COMMA = rf"\s*,(?=\s*(?:{_QUOTE}|{IDENTIFIER}\s*(?:[,.]|\s+and\b)))"
_DIRECTED = re.compile(
    rf"(?P<size>{_SIZE})?(?:{_ADJECTIVE}){{0,3}}(?P<late>{_SIZE})?"
    rf"\b(?P<direction>inputs?|outputs?)\b{_NOUN}(?P<range>{_INDEX})?"
    rf"(?P<link>\s+named|\s+called|\s+are|\s+is|\s*[:(]|{_COMMA})?"
    rf"\s*(?<![a-z])(?P<names>{_LIST}){_EACH}",
    re.IGNORECASE,
)
_ARE = re.compile(
    rf"(?P<names>{_LIST})(?P<link>)(?:\s+(?:port|signal|pin)s?)?\s+(?:is|are)\s+"
    rf"(?:(?:an?|the|both|all)\s+)?(?P<size>{_SIZE})?(?:{_ADJECTIVE}){{0,3}}(?P<late>{_SIZE})?"
    r"(?P<direction>inputs?|outputs?)\b(?!\s+(?:of|to)\b)",
    re.IGNORECASE,
)
_AS = re.compile(
    rf"(?<![\w\"'`])(?<!\bthe )(?<!\ban )(?<!\ba )(?<!\bits )(?P<names>{_LIST})\s+(?P<link>as)\s+"
    rf"(?:(?:an?|the|its)\s+)?(?P<size>{_SIZE})?(?:{_ADJECTIVE}){{0,3}}(?P<late>{_SIZE})?"
    r"(?P<direction>inputs?|outputs?)\b(?!\s+(?:of|to)\b)",
    re.IGNORECASE,
)
_IS_A = re.compile(
    rf"\b(?P<direction>input|output)\s+is\s+(?:an?|the)\s+(?P<size>{_SIZE})?"
    rf"(?:[\w-]+\s+){{0,3}}?(?P<names>(?={_QUOTE}){_PART})",
    re.IGNORECASE,
)
_MARKED = re.compile(
    rf"(?P<names>(?<![\w\"'`]){_QUOTE}?{IDENTIFIER}{_QUOTE}?)\s+\((?P<size>{_SIZE})?"
    rf"(?P<direction>inputs?|outputs?)(?:\s*,\s*(?P<each>{_BITS}))?\)",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?P<verb>tak(?:es|ing)|accept(?:s|ing)|receiv(?:es|ing)|produc(?:es|ing)|generat(?:es|ing)"
    r"|return(?:s|ing)|driv(?:es|ing)|outputs|outputting)\s+(?:in\s+)?(?:(?:an?|the|one|two|three|four)\s+)?"
    rf"(?:{_ADJECTIVE}){{0,2}}(?P<size>{_SIZE})?(?:{_ADJECTIVE}){{0,2}}(?:(?!(?:in|out)put)[a-z]+\s+)?"
    rf"(?:\((?=(?:\w|\w*[_\d]\w*|clk|rst|cin|cout)\b))?(?P<names>{_QUOTED_LIST}|(?<=\(){_LIST}(?=\)))"
    rf"\)?{_EACH}"
)
_MORE = re.compile(
    rf"(?P<names>[\"'`]{IDENTIFIER}[\"'`])\s+\((?:one more|another|(?:an )?(?:additional|extra))"
    rf"\s+(?P<size>{_SIZE})?(?P<direction>input|output)\b"
    r"|\b(?:one more|another|an additional|an extra)"
    rf"\s+(?P<size2>{_SIZE})?(?P<direction2>input|output)"
    rf"{_NOUN}(?:\s+named|\s+called)?,?\s+(?P<names2>[\"'`]{IDENTIFIER}[\"'`])",
    re.IGNORECASE,
)
_INTO = re.compile(
    r"\b(?:turns?|converts?|translates?|transforms?|maps?|encodes?|decodes?)\b"
    rf"(?P<before>[^.;:]{{0,100}}?)(?P<taken>{_QUOTED_LIST})\s+(?:in)?to\b"
    rf"(?P<between>[^.;:]{{0,100}}?)(?P<given>{_QUOTED_LIST})(?:,?\s+(?P<each>{_BITS})\s+each)?",
    re.IGNORECASE,
)
_LISTED = re.compile(
    rf"^\W*module\s+[\"'`]?{IDENTIFIER}[\"'`]?\s*:\s*(?P<inputs>[^.;:]{{1,300}}?),?\s+and\s+"
    rf"(?:the\s+|an\s+|one\s+)?outputs?\s+(?P<outputs>[^.;:]{{1,200}})",
    re.IGNORECASE,
)
_LISTED_PORT = re.compile(
    rf"^(?:and\s+)?(?:an?\s+|the\s+)?(?P<size>{_SIZE})?(?:{_ADJECTIVE}|low\s+|high\s+){{0,4}}"
    rf"(?P<late>{_SIZE})?(?!(?:in|out)puts?\b)[\"'`]?(?P<name>{IDENTIFIER})[\"'`]?"
    rf"(?P<range>{_INDEX})?(?:\s+(?:in|out)put)?$",
    re.IGNORECASE,
)
_REMARK = re.compile(rf"(?P<name>[\"'`]{IDENTIFIER}[\"'`])\s?\((?P<said>[^()\"'`]{{1,120}})\)")
_ROLED = re.compile(
    rf"(?P<size>{_SIZE})?\b(?P<role>clock|reset|enable|select|address|load|start)"
    r"(?:\s+(?:input|signal|line))?"
    rf"\s*(?:,|\(|called|named)?\s*[(\"'`]\s?(?P<name>{IDENTIFIER})\s?[)\"'`]"
    rf"|\bclocked\s+by\s+(?:the\s+)?[\"'`](?P<clocked>{IDENTIFIER})[\"'`]"
    r"|\b(?:clock|reset)\s+(?P<plain>\w*clk\w*|\w*rst\w*|\w*reset_\w+|\w*clock_\w+)\b"
)
_CARRIED = re.compile(
    r"\b(?:carry|borrow|serial|data)[\s-](?P<direction>in|out)\b(?:put)?(?:\s+(?:bit|signal|flag))?"
    rf"\s*(?:,|\(|called|named)?\s*(?P<names>{_PART})(?P<link>)"
)
_NAME = re.compile(
    rf"(?:^|{_BETWEEN})({_QUOTE}?)({IDENTIFIER})(?P<in>{_INDEX})?{_QUOTE}?(?P<out>{_INDEX})?(?P<own>{_OWN_WIDTH})?"
)
_OBJECT = re.compile(r"\s+(?:an?|the|its|one|two|three|\d+|whether)\b")
_END = re.compile(r"\s*(?:$|[.,;:)(\[]|and\b|which\b|that\b|with\b|where\b|is\b|are\b|as\b)")
_HINTS = re.compile(r"put|clock|reset|(?:es|ts|ns|ing)\s|carry|borrow")
_SIGNED = re.compile(r"\bsigned\b", re.IGNORECASE)
_LENGTH_LIMIT = 2000

_NEVER = PROSE_NAMES | words(
    "input inputs output outputs high low asserted active after before during only also both "
    "either used using there two three four five six seven eight one not no so such than changes "
    "goes drives represents representing indicates indicating consists register registers "
    "combinations combination change produces computes stays logic circuit we you they always "
    "once twice until while module gate gates function state states vectors called named follows "
    "follow following given shown below above as at by on rising falling edge edges positive "
    "negative side stage stages operand operands numbers being equal same different per between "
    "through into onto takes reg wire xor xnor nand nor zero mux combinationally synchronous long "
    "asynchronous optional required otherwise then however therefore"
)
_COMMON_PORTS = words(
    "clk rst reset clock enable en load sel select sum carry cin cout bin bout data valid ready "
    "done busy start stop addr din dout result full empty push pop wr rd we re req ack grant"
)


def read_prose(sentences: Sequence[Sentence]) -> list[DeclaredPort]:
    """Return the ports that `sentences` declare, each once, in order of appearance.

    Empty where no output is among them: then the sentences were not understood.
    """
    found: dict[str, DeclaredPort] = {}
    for sentence in sentences:
        text = _REMARK.sub(_shortened, sentence.text[:_LENGTH_LIMIT])
        if not _HINTS.search(text):
            continue
        for port in _in_sentence(text, sentence):
            first = found.setdefault(port.name, port)
            if first.width is None and port.width is not None and first.direction is port.direction:
                found[port.name] = replace(first, width=port.width)
    has_output = any(port.direction is Direction.OUTPUT for port in found.values())
    return list(found.values()) if has_output else []


def read_more(sentences: Sequence[Sentence]) -> list[DeclaredPort]:
    """Return the ports that sentences add to a list of ports: `"clear" (one more input)`."""
    found = {}
    for sentence in sentences:
        for match in _MORE.finditer(sentence.text[:_LENGTH_LIMIT]):
            direction = (match["direction"] or match["direction2"]).lower()
            name = (match["names"] or match["names2"])[1:-1]
            found[name] = DeclaredPort(
                name=name,
                direction=Direction.INPUT if direction == "input" else Direction.OUTPUT,
                width=_size(match["size"] or match["size2"]),
                place=sentence.place,
                style="prose",
            )
    return list(found.values())


def _shortened(remark: re.Match[str]) -> str:
    """Return a quoted name with what its remark says of width and direction only."""
    said = remark["said"]
    if re.search(r"\b(?:in|out)puts?\b", said, re.IGNORECASE):
        return remark[0]
    bits = re.match(rf"\s*{_BITS}(?:,? (?:un)?signed\b)?", said)
    return f"{remark['name']} ({bits[0].strip()})" if bits else remark["name"]


def _in_sentence(text: str, sentence: Sentence) -> Iterator[DeclaredPort]:
    """Yield the ports that a sentence names, from left to right."""
    base = DeclaredPort(
        name="",
        direction=Direction.INPUT,
        place=sentence.place,
        style="prose",
        description=text if len(text) < 200 else "",
    )
    found: list[tuple[int, DeclaredPort]] = []
    for pattern in (_DIRECTED, _ARE, _AS, _IS_A, _MARKED, _CARRIED, _VERB):
        if pattern is _AS and " as " not in text:
            continue
        for match in pattern.finditer(text):
            at = match.start("names")
            found += [(at, port) for port in _listed(match, text, base)]
    for pair in _INTO.finditer(text):
        found += _converted(pair, base)
    if listed := _LISTED.match(text):
        found += _in_order(listed, base)
    for match in _ROLED.finditer(text):
        name = match["name"] or match["clocked"] or match["plain"]
        if name.lower() not in _NEVER - {"reset", "clock"}:
            port = replace(base, name=name, width=_size(match["size"]))
            found.append((match.start(), port))
    yield from _leftmost(found)


def _converted(match: re.Match[str], base: DeclaredPort) -> Iterator[tuple[int, DeclaredPort]]:
    """Yield both sides of `turns the 7-bit number "bin" into "tens" and "ones", 4 bits each`."""
    for group, near, direction in (
        ("taken", "before", Direction.INPUT),
        ("given", "between", Direction.OUTPUT),
    ):
        sizes = re.findall(_SIZE, match[near])
        width = _size(sizes[-1]) if sizes else None
        if direction is Direction.OUTPUT:
            width = _size(match["each"]) or width
        for piece in _NAME.finditer(match[group]):
            own = _own_width(piece) or width
            yield match.start(group), replace(base, name=piece[2], direction=direction, width=own)


def _in_order(match: re.Match[str], base: DeclaredPort) -> Iterator[tuple[int, DeclaredPort]]:
    """Yield `Module m: clk, active-high rst, an 8-bit data input, and the outputs q and r`."""
    never = _NEVER - _COMMON_PORTS
    for group, direction in (("inputs", Direction.INPUT), ("outputs", Direction.OUTPUT)):
        pieces = [_LISTED_PORT.match(p) for p in re.split(_BETWEEN, match[group].strip())]
        if not all(piece and piece["name"].lower() not in never for piece in pieces):
            return
        for piece in filter(None, pieces):
            width = _size(piece["size"]) or _size(piece["late"])
            if piece["range"]:
                width = find_range(piece["range"])
            yield (
                match.start(group),
                replace(base, name=piece["name"], direction=direction, width=width),
            )


def _leftmost(found: list[tuple[int, DeclaredPort]]) -> Iterator[DeclaredPort]:
    """Yield each name where it stands first, with what the surest pattern says of it."""
    at: dict[str, int] = {}
    ports: dict[str, DeclaredPort] = {}
    for position, port in found:
        at[port.name] = min(position, at.get(port.name, position))
        first = ports.setdefault(port.name, port)
        if first.width is None and first.direction is port.direction:
            ports[port.name] = replace(first, width=port.width)
    order = sorted(ports, key=at.__getitem__)
    yield from (ports[name] for name in order)


def _is_output(match: re.Match[str]) -> bool:
    groups = match.groupdict()
    if "verb" in groups:
        return not match["verb"].startswith(("tak", "accept", "receiv"))
    return match["direction"].lower().startswith("out")


def _listed(match: re.Match[str], text: str, base: DeclaredPort) -> Iterator[DeclaredPort]:
    """Yield a port for each name of a list; the width in front of a list is that of each.

    In `an 8-bit output s and cout` it is the width of the first.
    """
    groups = match.groupdict()
    width = _size(groups.get("size")) or _size(groups.get("late")) or _size(groups.get("each"))
    if groups.get("range"):
        width = find_range(match["range"])
    single = groups.get("direction", "").lower() in ("input", "output")
    before = text[: match.start()].lower()
    first_only = single and re.search(r"\b(?:an?|one)\s$", before) is not None
    base = replace(base, direction=Direction.OUTPUT if _is_output(match) else Direction.INPUT)
    signed = _SIGNED.search(text[match.start() : match.end("names")]) is not None
    for index, (name, own) in enumerate(_names(match, text)):
        shared = None if first_only and index else width
        yield replace(base, name=name, width=own or shared, signed=signed)


def _size(text: str | None) -> Width | None:
    if not text:
        return None
    text = text.strip()
    word = re.split(r"[\s-]bits?", text.lower())[0]
    if word.isdigit() or word in NUMBER_WORDS or re.fullmatch(r"[A-Z]\w*", text.split("-")[0]):
        return find_bits(text)
    return None


def _names(match: re.Match[str], text: str) -> list[tuple[str, Width | None]]:
    """Return the names in a list, up to the first word that is none."""
    groups = match.groupdict()
    pieces = list(_NAME.finditer(match["names"]))
    after = text[match.end("names") :]
    ended = _END.match(after) is not None
    # `a, b and produces a sum`: the last word is a verb.
    if len(pieces) > 1 and _OBJECT.match(after):
        pieces.pop()
        ended = True
    listed = len(pieces) > 1 and groups.get("direction", "").lower().endswith("s")
    if (groups.get("link") or "").strip() == ",":
        listed = listed and _counted(text[: match.start("direction")]) == len(pieces)
    found: list[tuple[str, Width | None]] = []
    for index, piece in enumerate(pieces):
        ends = ended or index < len(pieces) - 1
        if not _is_meant(piece, groups.get("link"), listed=listed, ends=ends):
            break
        width = _own_width(piece)
        if "each" in (piece["own"] or ""):
            found = [(name, own or width) for name, own in found]
        found.append((piece[2], width))
    return found


def _counted(before: str) -> int:
    """Return the number that ends `before`, as in `three one-bit `; 0 if there is none."""
    words = re.sub(rf"{_SIZE}$", "", before[-40:]).lower().split()
    return NUMBER_WORDS.get(words[-1], 0) if words else 0


def _is_meant(piece: re.Match[str], link: str | None, *, listed: bool, ends: bool) -> bool:
    name = piece[2]
    if piece[1] or piece["in"] or piece["out"]:
        return True
    if name.lower() in _NEVER and not (name.lower() in _COMMON_PORTS and ends):
        return False
    if re.search(r"[_\d]", name) or re.search(r"[a-z][A-Z]", name):
        return True
    if len(name) == 1 or name.lower() in _COMMON_PORTS:
        return ends
    word = (link or "").strip().lower()
    if word in ("named", "called", ":", "(", "as") or listed:
        return ends
    verb = name.endswith(("ed", "ing")) or (name.endswith("s") and not name.endswith("ss"))
    return ends and not word and not verb


def _own_width(piece: re.Match[str]) -> Width | None:
    if index := piece["in"] or piece["out"]:
        return find_range(index)
    own = re.search(_BITS, piece["own"] or "")
    return _size(own[0]) if own else None
