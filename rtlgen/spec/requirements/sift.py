"""Which sentences of a specification require something of the module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rtlgen.spec.model import Place
from rtlgen.spec.requirements.chart import Token
from rtlgen.spec.requirements.vocabulary import DECLARING, Vocabulary
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
_CONSEQUENCE = re.compile(r"^(?:so|that is|in other words|for example|thus|hence|e\.g\.|i\.e\.)\b", re.I)
_TELLING = words(
    "if when whenever while unless until after before during once otherwise else except only always "
    "never must shall should cycle cycles latency delay delayed delays gray bcd hot signed complement "
    "complemented reverse reversed inverted inverse invert msb lsb order initially default ignore "
    "ignored instead priority first last wrap wraps saturate saturates overflow overflows round "
    "rounded truncated registered register registers latch latches reset level edge output outputs "
    "input inputs both neither either not no swapped negated parity previous same next"
)
"""Words for which a sentence that names no output may still say what the module does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence that has to be understood, as one reading or another of its words."""

    text: str
    place: Place
    versions: tuple[tuple[Token, ...], ...]


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
        if number < begin and not _STRONG.search(sentence.text):
            continue
        yield from _of(sentence, vocabulary)


_AFTER_WHICH = re.compile(r",?\s+after (?:which|that),?\s+", re.IGNORECASE)


def _split(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Sentence]:
    """Cut where a sentence begins with the name of a port, and what holds after reset off."""
    names = "|".join(re.escape(port.name) for port in vocabulary.interface.ports)
    for piece in re.split(rf"(?<=[\w\")])\.\s+(?=(?:{names})\s)", sentence.text):
        front, *after = _AFTER_WHICH.split(piece, maxsplit=1)
        if after and re.search(r"\b\w*re?se?t\w*\b", front, re.IGNORECASE):
            yield replace(sentence, text=front)
            yield replace(sentence, text=f"after reset {after[0]}")
        else:
            yield replace(sentence, text=piece)


def _names(said: str, vocabulary: Vocabulary) -> bool:
    """Whether a sentence names a port as it is written."""
    ports = {port.name for port in vocabulary.interface.ports}
    return any(token.text in ports and len(token.text) > 1 for token in tokens(said))


def _of(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Statement]:
    said = _LABEL.sub("", sentence.text, count=1)
    item = _ITEM.match(said)
    if item and vocabulary.signal(Token(frozenset({item["name"]}), item["name"])):
        described = "; ".join(filter(None, (item["remark"], item["rest"])))
        pieces = [p for p in re.split(r"[,;:.]\s+", described) if not declares(p, vocabulary)]
        rest = ", ".join(pieces)
        if item["rest"] is not None or item["remark"] is not None or not described:
            if _tells(rest, vocabulary, naming=False):
                yield _described(item["name"], rest, sentence)
            return
    said = _SO.sub("", said)
    said = _REMARK.sub(lambda remark: "" if declares(remark[1], vocabulary) else remark[0], said)
    if _CONSEQUENCE.match(said) or declares(said, vocabulary):
        return
    if _is_purpose(said, vocabulary):
        return
    if _tells(said, vocabulary, naming=True):
        yield Statement(text=sentence.text, place=sentence.place, versions=(tuple(tokens(said)),))


def _is_purpose(said: str, vocabulary: Vocabulary) -> bool:
    """Whether `said` tells what the whole module is for; what it does is said elsewhere, or not."""
    rest = said[_PURPOSE.match(said).end() :].lstrip('"')  # type: ignore[union-attr]
    module = vocabulary.interface.module
    named = rest.startswith(module) and not re.match(r"\w", rest[len(module) :])
    return named and not _STRONG.search(said) and ":" not in said


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
    return all(
        token.text.lower() in DECLARING
        or token.text.lower() == vocabulary.interface.module.lower()
        or vocabulary.signal(token) is not None
        or number_of(token.text) is not None
        or not re.search(r"\w", token.text)
        for token in tokens(said)
    )


def _tells(said: str, vocabulary: Vocabulary, *, naming: bool) -> bool:
    """Whether `said` may be about what the module does."""
    outputs = {port.name for port in vocabulary.interface.outputs}
    inner = {word.name for word in vocabulary.inner}
    for token in tokens(said):
        if token.text.lower() in _TELLING:
            return True
        if naming and vocabulary.signal(token) in outputs | inner:
            return True
    return False
