"""Which sentences of a specification require something of the module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rtlgen.spec.declaring import read_declaring
from rtlgen.spec.model import Place
from rtlgen.spec.requirements.chart import Token
from rtlgen.spec.requirements.kinds import tells_kind
from rtlgen.spec.requirements.port_items import (
    HAPPENS,
    ITEM,
    LABEL,
    declares,
    described,
    outputs_of,
    row_as_item,
)
from rtlgen.spec.requirements.summaries import (
    SO,
    Tally,
    is_introduction,
    is_purpose,
    is_said_again,
    summary,
)
from rtlgen.spec.requirements.vocabulary import Vocabulary
from rtlgen.spec.requirements.words import tokens
from rtlgen.spec.text import Sentence, normalize, sentences

_OPENING = 3
"""Sentences from the start among which one may say what kind of module it is."""
_HEADING = re.compile(r"^\s*#{1,6}\s|^\s*(?:-{3,}|={3,})\s*$")
_REMARK = re.compile(r"\(([^()]*)\)")
_CONSEQUENCE = re.compile(
    r"^(?:so|that is|in other words|for example|thus|hence|e\.g\.|i\.e\.)\b|\bis\s+therefore\b",
    re.I,
)
_OF_RESET = re.compile(r"\s*\((?:a?synchronous\s+)?reset,?\s+(?:the\s+)?highest\s+priority\)", re.I)
_UNCLOCKED = re.compile(r"the\s+\w+\s+is\s+(?:purely\s+|fully\s+)?combinational", re.IGNORECASE)
_INSIDE = re.compile(
    r"^(?:(?:inside,?\s+|internally,?\s+)?there\s+is|inside\s+is|it\s+has)\s+(?:an?|one)\s+\w+[\s-]bit\s+"
    r"(?:internal\s+|up\s+|down\s+)?(?:counter|register|timer|accumulator)(?:,?\s+(?:which\s+is\s+)?(?:not\s+visible\s+(?:from\s+)?outside|inside))?$",
    re.IGNORECASE,
)
_ASSUMED = re.compile(
    r"^(?:(?:you|we|one)\s+(?:can|may)\s+)?assume\s+that\b[^.]*?,\s*but\s+if\s+(?:it\s+is|this\s+is\s+not\s+so)\s+and\s+",
    re.IGNORECASE,
)
_INCLUDING = re.compile(
    r",\s+(?:including|also|even)\s+[^,]*,|,\s+(?:including|even)\s+(?:if|when|while)\s+[^,;]*$",
    re.IGNORECASE,
)
_COUNTER = re.compile(
    r"^(?:please\s+)?(?:write|design|build|create|implement|make)\s+an?\s+(?:[\w-]+\s+){0,3}?counter"
    r"\s+(?:that|which)\s+",
    re.IGNORECASE,
)
_REMARKABLY = re.compile(r"^(?:note|make sure|take care|remember)\s+that\s+", re.IGNORECASE)
_MATTERS = re.compile(r"\b(?:only\s+matters|(?:does\s+not|doesn't|no)\s+matter)\b", re.IGNORECASE)
_COMBINATIONAL = re.compile(
    r'^[\w" ]{1,40}?\b(?:(?:is|are|shall\s+be)\s+(?:purely\s+)?combinational\b'
    r"|follows?\b[^.;:]*\bwithout\s+(?:a|any|its own)\s+register\b[\w ]*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence that has to be understood, as one reading or another of its words."""

    text: str
    place: Place
    versions: tuple[tuple[Token, ...], ...]
    unclocked: tuple[str, ...] = ()
    """Outputs of which it only says that they have no register."""


def statements(text: str, vocabulary: Vocabulary, skipped: frozenset[int]) -> Iterator[Statement]:
    """Yield what of `text` has to be understood; lines in `skipped` are code or headers."""
    clean = normalize(text).replace("`", '"')
    lines = [
        "" if number in skipped or _HEADING.match(line) else line
        for number, line in enumerate(clean.split("\n"), 1)
    ]
    said = [piece for one in sentences("\n".join(lines)) for piece in _split(one, vocabulary)]
    named = [n for n, one in enumerate(said) if _names(one.text, vocabulary)]
    begin = named[0] if named else len(said)
    tally = Tally(said)
    sum_of_all = summary(said, tally, vocabulary)
    for number, sentence in enumerate(said):
        if number == sum_of_all:
            continue
        elsewhere = tally.elsewhere(number)
        if number < begin and is_introduction(sentence, elsewhere):
            continue
        told = SO.sub("", LABEL.sub("", sentence.text, count=1)).rstrip(".")
        if number < _OPENING and tells_kind(told, vocabulary.interface, elsewhere):
            continue
        again = is_said_again(sentence, elsewhere, vocabulary.interface.module)
        yield from _of(sentence, vocabulary, again=again)


_COURTESY = re.compile(
    r"(?:hi|hello|dear)\b[\w\s,]{0,20}|(?:many\s+)?thanks\b[\w\s,]{0,30}|thank\s+you\b[\w\s,]{0,30}"
    r"|cheers\b[\w\s,]{0,20}|(?:best|kind)\s+regards\b[\w\s,]{0,20}",
    re.IGNORECASE,
)
_AFTER_WHICH = re.compile(
    r";\s+it\s+(?=(?:shall\s+)?(?:set|clear|reset)s?\s)|,?\s+(?:after\s+(?:which|that),?\s+|(?:that|which|and\s+(?:shall\s+|it\s+)?|and\s+)\s*(?=(?:sets?|clears?|resets?)\s))",
    re.IGNORECASE,
)


def _split(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Sentence]:
    """Cut where a sentence begins with the name of a port, and what holds after reset off."""
    names = "|".join(re.escape(port.name) for port in vocabulary.interface.ports)
    for piece in re.split(rf"(?<=[\w\")])\.\s+(?=(?:{names})\s)", sentence.text):
        front, *after = _AFTER_WHICH.split(piece, maxsplit=1)
        if after and re.search(r"\b\w*re?se?t\w*\b", front, re.IGNORECASE):
            yield replace(sentence, text=front)
            does = re.match(r"(?:shall\s+)?(?:sets?|clears?|resets?)\s", after[0], re.IGNORECASE)
            yield replace(sentence, text=f"{'reset' if does else 'after reset'} {after[0]}")
        else:
            yield replace(sentence, text=piece)


def _names(said: str, vocabulary: Vocabulary) -> bool:
    """Whether a sentence names a port as it is written."""
    ports = {port.name for port in vocabulary.interface.ports}
    quoted = set(re.findall(r'"(\w+)', said))
    return any(t.text in ports and (len(t.text) > 1 or t.text in quoted) for t in tokens(said))


def _of(sentence: Sentence, vocabulary: Vocabulary, *, again: bool) -> Iterator[Statement]:
    """Yield what a sentence requires; `again` if its telling words stand elsewhere too."""
    said = row_as_item(LABEL.sub("", sentence.text, count=1), vocabulary)
    item = ITEM.match(said)
    if item and vocabulary.signal(Token(frozenset({item["name"]}), item["name"])):
        if rest := described(item, vocabulary):
            yield _described(item["name"], rest, sentence)
        return
    said = _INCLUDING.sub("", _ASSUMED.sub("if ", SO.sub("", said)))
    said = _COUNTER.sub("the counter ", _REMARKABLY.sub("", said))
    wires = _COMBINATIONAL.match(said)
    if wires:
        names = [n for token in tokens(wires[0]) if (n := vocabulary.signal(token))]
        outputs = tuple(n for n in dict.fromkeys(names) if n in outputs_of(vocabulary))
        if outputs:
            told = Statement(
                text=sentence.text, place=sentence.place, versions=(), unclocked=outputs
            )
            yield told
            said = said[wires.end() :].lstrip(" :;,.")
            if also := re.match(r"and\s+(?:is\s+)?(?=(?:high|low|1|0)\b)", said):
                said = f"{outputs[0]} is {said[also.end() :]}"
    if _MATTERS.search(said) or _declares_ports(said, vocabulary):
        return
    said = _OF_RESET.sub("", said)
    said = _REMARK.sub(lambda remark: "" if declares(remark[1], vocabulary) else remark[0], said)
    if _UNCLOCKED.fullmatch(said.rstrip(".")) and not vocabulary.interface.clocks:
        return
    if _CONSEQUENCE.search(said) or _INSIDE.match(said.rstrip(".")) or declares(said, vocabulary):
        return
    if again and is_purpose(said, vocabulary):
        return
    if re.search(r"\w", said) and not said.endswith(":") and not _COURTESY.fullmatch(said):
        yield Statement(text=sentence.text, place=sentence.place, versions=(tuple(tokens(said)),))


def _described(name: str, rest: str, sentence: Sentence) -> Statement:
    """Return what the description of a port says of it."""
    rest = re.sub(r"\bthis(?=\s+(?:is|goes|becomes)\b)", name, rest)
    versions = (f"{name} is {rest}", f"{name} {rest}", rest)
    return Statement(
        text=sentence.text,
        place=sentence.place,
        versions=tuple(tuple(tokens(version)) for version in versions),
    )


def _declares_ports(said: str, vocabulary: Vocabulary) -> bool:
    """Whether `said` declares ports and tells nothing of what they do."""
    if HAPPENS.search(said):
        return False
    ports = {port.name for port in vocabulary.interface.ports}
    cue = re.search(r"\b(?:inputs?|outputs?|ports?|clock|re-?set)\b", said, re.IGNORECASE)
    return cue is not None and any(port.name in ports for port in read_declaring(said))
