"""Lists and tables of ports: what they say of a port besides declaring it."""

from __future__ import annotations

import re

from rtlgen.spec.requirements.vocabulary import DECLARING, SOLE_WORDS, Vocabulary
from rtlgen.spec.requirements.words import number_of, tokens
from rtlgen.spec.text import words

LABEL = re.compile(r"^(?:(?:[-*+]|\(?\d{1,3}[.)])\s*)?")
ITEM = re.compile(
    r'^(?:(?:input|output|wire|reg|logic)\s+)*(?:\[[^\]]*\]\s*)?"?(?P<name>[A-Za-z_]\w*)"?'
    r'(?:\s*\[[^\]]*\]"?)?\s*(?:\((?P<remark>[^()]*)\))?\s*(?:[:,-]\s*(?P<rest>.*))?$',
    re.DOTALL,
)
_OPERAND = re.compile(
    r"^(?:the\s+)?(?:first|second|third|fourth|other|left|right)\s+(?:(?:input|data)\s+)?"
    r"(?:(?:un)?signed\s+)?(?:operand|sample|number|input|value|word|factor|addend|summand|term)$",
    re.IGNORECASE,
)
_CELL = re.compile(
    r"(?:in|out|input|output|i|o)?(?:\s*(?:wire|reg|logic))?|\d+(?:\s*bits?)?|\[[^\]]*\]|(?:un)?signed",
    re.IGNORECASE,
)
_TITLES = words(
    "port ports name signal pin dir direction i/o in/out type width bits size description meaning "
    "notes note comment function role purpose default"
)
"""Titles of the columns of a table of ports."""
_NOUNS = words(
    "the a an of for count counter enable load data value input word operand select selector clear "
    "request button trigger signal serial parallel write read strobe valid flag threshold limit "
    "sample number address byte control line bit bits start stop event pulse level direction mode"
)
"""Words of which the description of an input may consist: they name it, and tell nothing."""
_LABELS = words("the data output out parallel bus word byte port result register q counter value")
"""Words of which the description of an output may consist: they only name it."""
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
_MEASURING = words(
    "largest smallest greatest biggest highest lowest maximum minimum average mean median total "
    "accumulated running sum difference product quotient remainder absolute far since ever seen "
    "latest oldest newest most least saturated clipped limited wrapped filtered"
)
"""Words for which the description of a port says what it is."""
HAPPENS = re.compile(
    r"\b(?:becomes?|goes|stays?|keeps?|holds?|sets?|clears?|counts|increment\w*|decrement\w*|added|loaded|"
    r"is\s+(?:the|an?)\s+(?!\w*[\s-]*bits?\b|inputs?\b|outputs?\b|clock\b|reset\b|single\b|one\b|\d"
    r"|signed\b|unsigned\b|a?synchronous\b|active\b)|tells?|says?|indicates?|how\s+many|number\s+of|whether|"
    r"stored|taken|than|equals?|sum|difference|shows?|follows?|as\s+long\s+as|is\s+(?:high|low|0|1)|if|when|whenever|while|unless|until|otherwise|after|before|during|must|never)\b",
    re.IGNORECASE,
)


def row_as_item(said: str, vocabulary: Vocabulary) -> str:
    """Return a row of a table of ports as an item of a list: its name, and what describes it."""
    if not said.lstrip().startswith("|"):
        return said
    if set(re.findall(r"[a-z/]+", said.lower())) <= _TITLES:
        return ""
    cells = [cell.strip() for cell in said.strip().strip("|").split("|")]
    names = [cell.strip('"') for cell in cells]
    ports = {port.name for port in vocabulary.interface.ports}
    named = [name for name in names if re.sub(r"\s*\[.*", "", name) in ports]
    if len(named) != 1:
        return said
    told = [cell for cell in cells if cell.strip('"') != named[0] and not _CELL.fullmatch(cell)]
    return f"{named[0]}: {'; '.join(told)}" if told else named[0]


_STRONG = re.compile(
    r"\b(?:if|when|whenever|while|unless|until|reset|delay\w*|latency|pipelin\w*|invert\w*|gray|"
    r"signed|complement\w*|revers\w*|msb|lsb|parity|otherwise|except\w*|must|shall|never)\b",
    re.IGNORECASE,
)


def is_background(said: str) -> bool:
    """Whether `said` has no numbers but widths, and no words that tell what happens when."""
    bare = re.sub(r"\b\w+[\s-]bits?\b|\bone-\w+", " ", said, flags=re.IGNORECASE)
    numbers = any(number_of(token.text) is not None for token in tokens(bare))
    return not (numbers or _STRONG.search(said))


def _only_names(rest: str, name: str, vocabulary: Vocabulary) -> bool:
    """Whether the description of an input tells what it is, and nothing that happens."""
    if _OPERAND.match(rest):
        return True
    port = next((p for p in vocabulary.interface.ports if p.name == name), None)
    if port is not None and port.signed:
        rest = re.sub(r"\bsigned\b|\btwo's complement\b", " ", rest, flags=re.IGNORECASE)
    if set(re.findall(r"[a-z]+", rest.lower())) <= _NOUNS:
        return True
    others = {p.name for p in vocabulary.interface.ports} - {name}
    named = {token.text for token in tokens(rest)} & others
    return not named and is_background(rest) and not HAPPENS.search(rest)


def outputs_of(vocabulary: Vocabulary) -> frozenset[str]:
    """Return the names of the outputs."""
    return frozenset(port.name for port in vocabulary.interface.outputs)


_DEFINING = re.compile(
    r"=|\b(?:it|result)\s+is\b|\bis\s+\d+\b(?![\s-]*bit)|\bnumber\s+of\b"
    r"|\b(?:is|are)\s+the\s+(?!(?:main|only|system|active|a?synchronous|clocks?|resets?|inputs?"
    r"|outputs?|single|positive|rising|falling)\b)",
    re.IGNORECASE,
)
"""What a sentence has that says what a signal is, and not merely that it is there."""


def declares(said: str, vocabulary: Vocabulary) -> bool:
    """Whether `said` has no words but those that declare ports and the kind of clock and reset."""
    named = {name for token in tokens(said) if (name := vocabulary.signal(token))}
    spoken = {t.text.lower() for t in tokens(said) if vocabulary.signal(t) is None}
    control = {reset.port for reset in vocabulary.interface.resets}
    if _DEFINING.search(said):
        return False
    levels = spoken & {"active", "low", "high"}
    if levels == {"active"} and "edge" in spoken:
        levels = set()
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


def _tells(said: str, vocabulary: Vocabulary, *, but: str) -> bool:
    """Whether the description of port `but` may be about what the module does."""
    outputs = {port.name for port in vocabulary.interface.outputs} - {but}
    inner = {word.name for word in vocabulary.inner}
    if not is_background(said):
        return True
    telling = _TELLING | SOLE_WORDS | _MEASURING
    for token in tokens(said):
        if token.text.lower() in telling:
            return True
        if vocabulary.signal(token) in outputs | inner:
            return True
    return False


def described(item: re.Match[str], vocabulary: Vocabulary) -> str:
    """Return what an item of a list of ports says of its port, and no declaration says."""
    name = item["name"]
    said = "; ".join(filter(None, (item["remark"], item["rest"])))
    pieces = (p for p in re.split(r"[,;:.]\s+", said) if not declares(f"{name} {p}", vocabulary))
    rest = ", ".join(pieces)
    if name not in outputs_of(vocabulary) and _only_names(rest, name, vocabulary):
        return ""
    if set(re.findall(r"[a-z]+", rest.lower())) <= _LABELS:
        return ""
    return rest if _tells(rest, vocabulary, but=name) else ""
