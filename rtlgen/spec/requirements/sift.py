"""Which sentences of a specification require something of the module."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rtlgen.spec.declaring import read_declaring
from rtlgen.spec.model import Place
from rtlgen.spec.requirements.chart import Token
from rtlgen.spec.requirements.kinds import tells_kind
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
_OPERAND = re.compile(
    r"^(?:the\s+)?(?:first|second|third|fourth|other|left|right)\s+(?:(?:input|data)\s+)?"
    r"(?:(?:un)?signed\s+)?(?:operand|sample|number|input|value|word|factor|addend|summand|term)$",
    re.IGNORECASE,
)
_SO = re.compile(
    r",?\s+(?:so(?!\s+far\b)(?: that)?|i\.e\.|that is,|in other words,|meaning that|e\.g\."
    r"|for example,)\s.*$|(?:,|,?\s+and)\s+(?:so|therefore|hence)\s.*$",
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
    r"^(?:so|that is|in other words|for example|thus|hence|e\.g\.|i\.e\.)\b|\bis\s+therefore\b",
    re.I,
)
_INSIDE = re.compile(
    r"^(?:inside,?\s+|internally,?\s+)?there\s+is\s+(?:an?|one)\s+\w+[\s-]bit\s+"
    r"(?:counter|register|timer|accumulator)(?:,?\s+(?:which\s+is\s+)?(?:not\s+visible\s+(?:from\s+)?outside|inside))?$",
    re.IGNORECASE,
)
_ASSUMED = re.compile(
    r"^(?:(?:you|we|one)\s+(?:can|may)\s+)?assume\s+that\b[^.]*?,\s*but\s+if\s+(?:it\s+is|this\s+is\s+not\s+so)\s+and\s+",
    re.IGNORECASE,
)
_INCLUDING = re.compile(
    r",\s+(?:including|also|even)\s+[^,]*,|,\s+including\s+(?:if|when|while)\s+[^,;]*$",
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
_HAPPENS = re.compile(
    r"\b(?:becomes?|goes|stays?|keeps?|holds?|sets?|clears?|counts|increment\w*|decrement\w*|added|loaded|"
    r"tells?|says?|indicates?|how\s+many|number\s+of|whether|"
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
_MEASURING = words(
    "largest smallest greatest biggest highest lowest maximum minimum average mean median total "
    "accumulated running sum difference product quotient remainder absolute far since ever seen "
    "latest oldest newest most least saturated clipped limited wrapped filtered"
)
"""Words for which the description of a port says what it is."""


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
    summary = _summary(said, vocabulary)
    for number, sentence in enumerate(said):
        if number == summary:
            continue
        if number < begin and _is_introduction(said, number):
            continue
        told = _LABEL.sub("", sentence.text, count=1).rstrip(".")
        if number < 3 and tells_kind(told, vocabulary.interface, _words_but(said, number)):
            continue
        again = _is_said_again(said, number, vocabulary.interface.module)
        yield from _of(sentence, vocabulary, again=again)


_DENYING = words("otherwise except never must unless until but not without no only else always")
_STEMS = re.compile(
    r"saturat|wrap|clamp|clip|limit|round|trunc|stick|toggl|debounc|filter|averag|arbit|"
    r"priorit|parit|invert|complement|delay|latenc|pipelin|regist|gray|bcd|hot|sign|revers|swap|"
    r"serial|modulo|rising|falling|edge|pulse|first|last|max|min|larger|largest|smaller|smallest|"
    r"highest|lowest|absolut|differ|up|down|reset|free",
    re.IGNORECASE,
)
"""Beginnings of words that say how a module works."""


_WISH = re.compile(
    r"^(?:(?:hi|hello)\b\W*\s)?(?:(?:i|we)\s+(?:need|want)\b|(?:i|we)(?:'d|\s+would)\s+like\b|please\b"
    r"|(?:could|can)\s+you\b|(?:design|write|build|create|make|implement)s?\b|an?\s)",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"\b(?:outputs?|inputs?|results?|values?|states?|counters?|counts?|bits?|numbers|edges?|cycles?"
    r"|clocks?|wins?|opposite|sampled|lost|ignored|illegal)\b",
    re.IGNORECASE,
)
"""Words of sentences that say how a module works, and not what it is good for."""
_COURTESY = re.compile(
    r"(?:hi|hello|dear)\b[\w\s,]{0,20}|(?:many\s+)?thanks\b[\w\s,]{0,30}|thank\s+you\b[\w\s,]{0,30}"
    r"|cheers\b[\w\s,]{0,20}|(?:best|kind)\s+regards\b[\w\s,]{0,20}",
    re.IGNORECASE,
)


def _summary(said: Sequence[Sentence], vocabulary: Vocabulary) -> int | None:
    """Return which sentence sums up what the others say: one of the first, that names no port.

    Whatever it says of how the module works, each number and each telling word, has to stand
    elsewhere too; then the others define the module, or it is refused.
    """
    ports = {port.name for port in vocabulary.interface.ports}
    quoting = any(f'"{name}' in one.text for one in said for name in ports)
    for number, one in enumerate(said[:2]):
        text = _SO.sub("", one.text)
        spoken = [t for t in tokens(text) if t.text != vocabulary.interface.module]
        found = set(re.findall(r'"(\w+)', text)) if quoting else {t.text for t in spoken}
        if {t.text.lower() for t in spoken} & {word.name for word in vocabulary.inner}:
            continue
        named = vocabulary.interface.module in text
        if not (named or _WISH.match(text)) or _RESULT.search(text):
            continue
        if found & ports or _ITEM.match(_LABEL.sub("", one.text, count=1)):
            continue
        if {t.text.lower() for t in spoken} & _DENYING or one.text.startswith("|"):
            continue
        counts = {number_of(word) for word in _words_but(said, number)}
        counts |= {port.width for port in vocabulary.interface.ports}
        counts.add(sum(port.width > 1 for port in vocabulary.interface.inputs))
        if any(n is not None and n not in counts for n in (number_of(t.text) for t in spoken)):
            continue
        if _is_said_again(said, number, vocabulary.interface.module):
            return number
    return None


def _is_introduction(said: Sequence[Sentence], number: int) -> bool:
    """Whether a sentence before all that name ports says what the module is good for, no more."""
    text = re.sub(r"\b(?:one|single)-\w+", " ", said[number].text, flags=re.IGNORECASE)
    if _RESULT.search(text) or _DENIED.search(text) or re.match(r"\W*it\b", text, re.IGNORECASE):
        return False
    return _is_background(said[number].text) and _is_said_again(said, number)


_DENIED = re.compile(
    r"\b(?:is|are|do|does|must|shall|may|should)(?:\s+not|n't)\b|\b(?:never|only|except|unless|until)\b",
    re.IGNORECASE,
)


def _words_but(said: Sequence[Sentence], number: int) -> set[str]:
    """Return the words of all sentences but one."""
    others = (*said[:number], *said[number + 1 :])
    return {token.text.lower() for one in others for token in tokens(one.text)}


def _is_said_again(said: Sequence[Sentence], number: int, module: str = "") -> bool:
    """Whether each word of a sentence that says how a module works stands elsewhere too."""
    spoken = [t.text for t in tokens(_SO.sub("", said[number].text)) if t.text != module]
    stems = {m[0].lower() for word in spoken if (m := _STEMS.match(word))}
    elsewhere = _words_but(said, number)
    return all(any(word.startswith(stem) for word in elsewhere) for stem in stems)


def _is_background(said: str) -> bool:
    """Whether `said` has no numbers but widths, and no words that tell what happens when."""
    bare = re.sub(r"\b\w+[\s-]bits?\b|\bone-\w+", " ", said, flags=re.IGNORECASE)
    numbers = any(number_of(token.text) is not None for token in tokens(bare))
    return not (numbers or _STRONG.search(said))


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
    said = _row(_LABEL.sub("", sentence.text, count=1), vocabulary)
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
            if item["name"] not in _outputs(vocabulary) and _only_names(
                rest, item["name"], vocabulary
            ):
                return
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
            if re.match(r"and\s+(?:high|low|1|0)\b", said):
                said = f"{outputs[0]} is {said[4:]}"
    if _MATTERS.search(said) or _declares_ports(said, vocabulary):
        return
    said = _REMARK.sub(lambda remark: "" if declares(remark[1], vocabulary) else remark[0], said)
    if _CONSEQUENCE.search(said) or _INSIDE.match(said) or declares(said, vocabulary):
        return
    if again and _is_purpose(said, vocabulary):
        return
    if re.search(r"\w", said) and not said.endswith(":") and not _COURTESY.fullmatch(said):
        yield Statement(text=sentence.text, place=sentence.place, versions=(tuple(tokens(said)),))


_CELL = re.compile(
    r"(?:in|out|input|output|i|o)?(?:\s*(?:wire|reg|logic))?|\d+(?:\s*bits?)?|\[[^\]]*\]|(?:un)?signed",
    re.IGNORECASE,
)


def _row(said: str, vocabulary: Vocabulary) -> str:
    """Return a row of a table of ports as an item of a list: its name, and what describes it."""
    if not said.lstrip().startswith("|"):
        return said
    cells = [cell.strip() for cell in said.strip().strip("|").split("|")]
    names = [cell.strip('"') for cell in cells]
    ports = {port.name for port in vocabulary.interface.ports}
    named = [name for name in names if re.sub(r"\s*\[.*", "", name) in ports]
    if len(named) != 1:
        return said
    told = [cell for cell in cells if cell.strip('"') != named[0] and not _CELL.fullmatch(cell)]
    return f"{named[0]}: {'; '.join(told)}" if told else named[0]


_NOUNS = words(
    "the a an of for count counter enable load data value input word operand select selector clear "
    "request button trigger signal serial parallel write read strobe valid flag threshold limit "
    "sample number address byte control line bit bits start stop event pulse level direction mode"
)
"""Words of which the description of an input may consist: they name it, and tell nothing."""


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
    return not named and _is_background(rest) and not _HAPPENS.search(rest)


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
    wide = {port.width for port in vocabulary.interface.ports}
    told = _LINES.sub(lambda m: "" if number_of(m[1]) in wide else m[0], said)
    return named and _is_background(told) and ":" not in said


_LINES = re.compile(
    r"\b(\w+)\s+(?:[\w-]+\s+)?(?:lines|requests|inputs|channels|interrupts|sources|masters)\b",
    re.IGNORECASE,
)
"""As many lines as a port has bits."""


def _described(name: str, rest: str, sentence: Sentence) -> Statement:
    """Return what the description of a port says of it."""
    rest = re.sub(r"\bthis(?=\s+(?:is|goes|becomes)\b)", name, rest)
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
    if re.search(r"=|\b(?:it|result)\s+is\b|\bis\s+\d+\b(?![\s-]*bit)", said):
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


def _tells(said: str, vocabulary: Vocabulary, *, naming: bool, but: str = "") -> bool:
    """Whether `said` may be about what the module does, of other signals than `but`."""
    outputs = {port.name for port in vocabulary.interface.outputs} - {but}
    inner = {word.name for word in vocabulary.inner}
    if not _is_background(said):
        return True
    telling = _TELLING | SOLE_WORDS | (_MEASURING if but else frozenset())
    for token in tokens(said):
        if token.text.lower() in telling:
            return True
        if naming and vocabulary.signal(token) in outputs | inner:
            return True
    return False
