"""Which sentences of a specification require something of the module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rtlgen.spec.declaring import read_declaring
from rtlgen.spec.model import Place
from rtlgen.spec.requirements.chart import Token
from rtlgen.spec.requirements.vocabulary import DECLARING, SOLE_WORDS, Vocabulary
from rtlgen.spec.requirements.words import number_of, tokens
from rtlgen.spec.text import Sentence, normalize, sentences, words

_HEADING = re.compile(r"^\s*#{1,6}\s|^\s*(?:-{3,}|={3,})\s*$")
_LABEL = re.compile(r"^(?:(?:[-*+]|\(?\d{1,3}[.)])\s*)?")
_ITEM = re.compile(
    r'^(?:(?:input|output|wire|reg|logic)\s+)*(?:\[[^\]]*\]\s*)?"?(?P<name>[A-Za-z_]\w*)"?'
    r'(?:\s*\[[^\]]*\]"?)?\s*(?:\((?P<remark>[^()]*)\))?\s*(?:[:,-]\s*(?P<rest>.*))?$',
    re.DOTALL,
)
_REMARK = re.compile(r"\(([^()]*)\)")
_SO = re.compile(
    r",?\s+(?:so(?: that)?|i\.e\.|that is,|in other words,|meaning that|e\.g\.|for example,)\s.*$",
    re.IGNORECASE | re.DOTALL,
)
_STRONG = re.compile(
    r"\b(?:if|when|whenever|while|unless|until|reset|delay\w*|latency|pipelin\w*|invert\w*|gray|"
    r"signed|complement\w*|revers\w*|msb|lsb|parity|otherwise|except\w*|must|shall|never)\b",
    re.IGNORECASE,
)
_PURPOSE = re.compile(
    r"^(?:(?:hi|hello|dear)\b[^,]*,\s*)?(?:(?:please|we|i|you|can|could|should|to|now)\s+)*"
    r"(?:(?:write|design|build|create|implement|make|need|want|do|have)\s+(?:me\s+|us\s+)?)?"
    r"(?:(?:an?|the|this|small|simple|synchronous|combinational|verilog|purely)\s+)*"
    r"(?:module|block|circuit|unit)?\s*(?:(?:called|named),?\s+)?",
    re.IGNORECASE,
)
_CONSEQUENCE = re.compile(
    r"^(?:so|that is|in other words|for example|thus|hence|e\.g\.|i\.e\.)\b", re.I
)
_ASSUMED = re.compile(
    r"^(?:(?:you|we|one)\s+(?:can|may)\s+)?assume\s+that\b[^.]*?,\s*but\s+if\s+(?:it\s+is|this\s+is\s+not\s+so)\s+and\s+",
    re.IGNORECASE,
)
_INCLUDING = re.compile(r",\s+(?:including|also|even)\s+[^,]*,", re.IGNORECASE)
_COUNTER = re.compile(
    r"^(?:please\s+)?(?:write|design|build|create|implement|make)\s+an?\s+(?:[\w-]+\s+){0,3}?counter"
    r"\s+(?:that|which)\s+",
    re.IGNORECASE,
)
_REMARKABLY = re.compile(r"^(?:note|make sure|take care|remember)\s+that\s+", re.IGNORECASE)
_MATTERS = re.compile(r"\b(?:only\s+matters|(?:does\s+not|doesn't|no)\s+matter)\b", re.IGNORECASE)
_COMBINATIONAL = re.compile(
    r'^[\w" ]{1,40}?\b(?:(?:is|are)\s+(?:purely\s+)?combinational\b'
    r"|follows?\b[^.;:]*\bwithout\s+(?:a|any|its own)\s+register\b[\w ]*)"
)
_HAPPENS = re.compile(
    r"\b(?:becomes?|goes|stays?|keeps?|holds?|sets?|clears?|counts|increment\w*|decrement\w*|added|loaded|"
    r"stored|taken|than|equals?|sum|difference|shows?|follows?|as\s+long\s+as|is\s+(?:high|low|0|1)|if|when|whenever|while|unless|until|otherwise|after|before|during|must|never)\b",
    re.IGNORECASE,
)
_TELLING = words(
    "if when whenever while unless until after before during once otherwise else except only "
    "always never must shall should cycle cycles latency delay delayed delays gray bcd hot "
    "signed complement complemented reverse reversed inverted inverse invert msb lsb order "
    "initially default ignore ignored instead priority first last wrap wraps saturate "
    "saturates overflow overflows round rounded truncated registered register registers latch "
    "latches reset level edge output outputs input inputs both neither either not no swapped "
    "negated parity previous same next"
)
"""Words for which a sentence that names no output may still say what the module does."""


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
    for number, sentence in enumerate(said):
        if number < begin and _is_background(sentence.text):
            continue
        yield from _of(sentence, vocabulary)


def _is_background(said: str) -> bool:
    """Whether `said` has no numbers but widths, and no words that tell what happens when."""
    bare = re.sub(r"\b\w+[\s-]bits?\b|\bone-\w+", " ", said, flags=re.IGNORECASE)
    numbers = any(number_of(token.text) is not None for token in tokens(bare))
    return not (numbers or _STRONG.search(said))


_AFTER_WHICH = re.compile(
    r",?\s+(?:after\s+(?:which|that),?\s+|(?:that|which|and\s+(?:shall\s+|it\s+)?|and\s+)\s*(?=(?:sets?|clears?|resets?)\s))",
    re.IGNORECASE,
)


def _split(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Sentence]:
    """Cut where a sentence begins with the name of a port, and what holds after reset off."""
    names = "|".join(re.escape(port.name) for port in vocabulary.interface.ports)
    for piece in re.split(rf"(?<=[\w\")])\.\s+(?=(?:{names})\s)", sentence.text):
        front, *after = _AFTER_WHICH.split(piece, maxsplit=1)
        if after and re.search(r"\b\w*re?se?t\w*\b", front, re.IGNORECASE):
            yield replace(sentence, text=front)
            does = re.match(r"(?:sets?|clears?|resets?)\s", after[0], re.IGNORECASE)
            yield replace(sentence, text=f"{'reset' if does else 'after reset'} {after[0]}")
        else:
            yield replace(sentence, text=piece)


def _names(said: str, vocabulary: Vocabulary) -> bool:
    """Whether a sentence names a port as it is written."""
    ports = {port.name for port in vocabulary.interface.ports}
    quoted = set(re.findall(r'"(\w+)', said))
    return any(t.text in ports and (len(t.text) > 1 or t.text in quoted) for t in tokens(said))


def _of(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Statement]:
    said = _LABEL.sub("", sentence.text, count=1)
    item = _ITEM.match(said)
    if item and vocabulary.signal(Token(frozenset({item["name"]}), item["name"])):
        described = "; ".join(filter(None, (item["remark"], item["rest"])))
        pieces = [
            p
            for p in re.split(r"[,;:.]\s+", described)
            if not declares(f"{item['name']} {p}", vocabulary)
        ]
        rest = ", ".join(pieces)
        if item["rest"] is not None or item["remark"] is not None or not described:
            if _tells(rest, vocabulary, naming=True, but=item["name"]):
                yield _described(item["name"], rest, sentence)
            return
    said = _INCLUDING.sub("", _ASSUMED.sub("if ", _SO.sub("", said)))
    said = _COUNTER.sub("the counter ", _REMARKABLY.sub("", said))
    wires = _COMBINATIONAL.match(said)
    if wires:
        names = [n for token in tokens(wires[0]) if (n := vocabulary.signal(token))]
        outputs = tuple(n for n in dict.fromkeys(names) if n in _outputs(vocabulary))
        if outputs:
            told = Statement(
                text=sentence.text, place=sentence.place, versions=(), unclocked=outputs
            )
            yield told
            said = said[wires.end() :].lstrip(" :;,.")
    if _MATTERS.search(said) or _declares_ports(said, vocabulary):
        return
    said = _REMARK.sub(lambda remark: "" if declares(remark[1], vocabulary) else remark[0], said)
    if _CONSEQUENCE.match(said) or declares(said, vocabulary):
        return
    if _is_purpose(said, vocabulary):
        return
    if _tells(said, vocabulary, naming=True):
        yield Statement(text=sentence.text, place=sentence.place, versions=(tuple(tokens(said)),))


def _outputs(vocabulary: Vocabulary) -> frozenset[str]:
    return frozenset(port.name for port in vocabulary.interface.outputs)


def _declares_ports(said: str, vocabulary: Vocabulary) -> bool:
    """Whether `said` declares ports and tells nothing of what they do."""
    if _HAPPENS.search(said):
        return False
    ports = {port.name for port in vocabulary.interface.ports}
    cue = re.search(r"\b(?:inputs?|outputs?|ports?|clock|re-?set)\b", said, re.IGNORECASE)
    return cue is not None and any(port.name in ports for port in read_declaring(said))


def _is_purpose(said: str, vocabulary: Vocabulary) -> bool:
    """Whether `said` tells what the whole module is for; what it does is said elsewhere, or not."""
    rest = said[_PURPOSE.match(said).end() :].lstrip('"')  # type: ignore[union-attr]
    module = vocabulary.interface.module
    named = rest.startswith(module) and not re.match(r"\w", rest[len(module) :])
    return named and _is_background(said) and ":" not in said


def _described(name: str, rest: str, sentence: Sentence) -> Statement:
    """Return what the description of a port says of it."""
    versions = (f"{name} is {rest}", f"{name} {rest}", rest)
    return Statement(
        text=sentence.text,
        place=sentence.place,
        versions=tuple(tuple(tokens(version)) for version in versions),
    )


def declares(said: str, vocabulary: Vocabulary) -> bool:
    """Whether `said` has no words but those that declare ports and the kind of clock and reset."""
    named = {name for token in tokens(said) if (name := vocabulary.signal(token))}
    spoken = {t.text.lower() for t in tokens(said) if vocabulary.signal(t) is None}
    control = {reset.port for reset in vocabulary.interface.resets}
    levels = spoken & {"active", "low", "high"}
    if levels and not (named & control or "reset" in spoken):
        return False
    return all(
        token.text.lower() in DECLARING
        or token.text.lower() == vocabulary.interface.module.lower()
        or vocabulary.signal(token) is not None
        or number_of(token.text) is not None
        or not re.search(r"\w", token.text)
        for token in tokens(said)
    )


def _tells(said: str, vocabulary: Vocabulary, *, naming: bool, but: str = "") -> bool:
    """Whether `said` may be about what the module does, of other signals than `but`."""
    outputs = {port.name for port in vocabulary.interface.outputs} - {but}
    inner = {word.name for word in vocabulary.inner}
    if not _is_background(said):
        return True
    for token in tokens(said):
        if token.text.lower() in _TELLING | SOLE_WORDS:
            return True
        if naming and vocabulary.signal(token) in outputs | inner:
            return True
    return False
