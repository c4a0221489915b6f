"""Words around a fragment that could change what it means for the module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rtlgen.design.builtin.compiled import Unfit
from rtlgen.spec.model import Kind, Severity, Spec

_MACHINES = frozenset({Kind.STATE_TABLE, Kind.STATE_DIAGRAM})
_TIMED = _MACHINES | {Kind.WAVEFORM}
_RESET = re.compile(r"\bre-?set|\brst|\bclear", re.IGNORECASE)
_LOW_NAME = re.compile(r"(?:_n|_b|_l|_bar|_not|_low|n|bar)\Z|\An_", re.IGNORECASE)
"""A port whose name says that it is active low: a table shows its levels."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that make a fragment no definition of the module."""

    pattern: re.Pattern[str]
    meaning: str
    spare: frozenset[Kind] = frozenset()
    """Kinds of fragments beside which the words are harmless."""
    reset_may: bool = False
    """Whether the words are harmless in a sentence about reset."""
    in_ports: bool = False
    """Whether the words count in the description of a port, too."""


def _cue(
    pattern: str,
    meaning: str,
    spare: frozenset[Kind] = frozenset(),
    *,
    reset_may: bool = False,
    in_ports: bool = False,
) -> Cue:
    return Cue(re.compile(pattern, re.IGNORECASE), meaning, spare, reset_may, in_ports)


_CUES = (
    _cue(
        r"\b(?:bugs?|buggy|fix(?:es)?|repair|broken|incorrect(?:ly)?|faulty|mistakes?|typos?|"
        r"errat(?:a|um))\b|\b(?:should|must|to|be|was|were)\s+(?:be\s+)?(?:fixed|corrected)\b"
        r"|\b(?:does\s*n[o']t|doesn't)\s+work",
        "speaks of a bug",
    ),
    _cue(
        r"\b(?:obsolete|deprecated|supersed\w+|outdated|legacy)\b|\b(?:old|previous|earlier|former)\s+"
        r"(?:versions?|revisions?|designs?|tables?|maps?|specs?|specifications?|behaviou?rs?|generation)\b"
        r"|\b(?:is|are|was|were|been|be)\s+(?:now\s+)?(?:changed|replaced|swapped|exchanged|reversed|"
        r"mirrored|rotated)\b|\bin reversed?\s+(?:bit\s+)?order\b"
        r"|\b(?:but|then|with|and)\b[^.]{0,40}\bswapped\b",
        "speaks of a change",
    ),
    _cue(
        r"\bsub-?(?:module|circuit|block|system)s?\b|\binstantiat\w+|\bhierarch\w+"
        r"|(?<!for\s)\binstances?\b"
        r"|\bmodules?\s+[\"'`]?[A-Z]\b|\bcascad\w+",
        "describes a module built of others",
    ),
    _cue(
        r"\bstage\s+(?:of|in)\b|\bblock diagram\b|\bonly\s+(?:a\s+)?part\b"
        r"|\b(?:just|only)\s+the\s+portion\b|\b(?:inner|inside|internal)\s+(?:block|cell|core)s?\b"
        r"|\b(?:each|every)\s+(?:cell|slice|stage|bit\s+position|channel|lane)\b",
        "speaks of a part of a larger circuit",
    ),
    _cue(
        r"\b(?:outputs?|results?|function|value)\b[^.,]{0,40}"
        r"(?<!two's )(?<!twos )(?<!one's )(?<!ones' )"
        r"\b(?:invert\w*|complement\w*|negat(?!ive\s+edge)\w*|opposite)\b"
        r"|\b(?:complement|inverse|negation|opposite)\s+of\b"
        r"|\b(?:map|table|diagram|list|waveform)\b[^.]{0,30}\b(?:shows?|gives|lists|is for|is of|"
        r"describes|defines|holds)\s+(?:the\s+)?(?:[~!¬/]|not\s)?\s*\w+"
        r"(?:['\u2019](?!s\b)|\s*,\s*not\b|[_ ]bar\b)"
        r"|\b(?:shows?|gives|lists|is for|describes|defines)\s+(?:[~!¬]\s*|not\s+)\w"
        r"|\b(?:invert\w*|complement\w*|negat(?!ive)\w*|opposite|inverse)\s+(?:the\s+)?(?:\w+\s+)?"
        r"(?:outputs?|results?|function|map|table|value|polarity)\b"
        r"|\bpolarit\w+\b[^.]{0,40}\b(?:invert\w*|revers\w*|opposite)\b",
        "speaks of an inverted output",
        in_ports=True,
    ),
    _cue(
        r"\b(?:ANDed|ORed|XORed|NANDed|NORed|gated|masked|qualified|post-?processed|multiplied)\b",
        "speaks of logic around the function",
        frozenset({Kind.EQUATION}),
    ),
    _cue(
        r"\b(?:delay(?:s|ed)?|latency|pipelin\w+|(?:one|1|two|2|a)\s+(?:clock\s+)?cycles?\s+(?:later|after|delay)"
        r"|regist(?:er|ered|ers)\s+(?:the\s+|all\s+|its\s+)?outputs?"
        r"|outputs?\b[^.,]{0,40}?\b(?:registered|clocked|synchroni[sz]ed)"
        r"|(?:registered|synchronous|clocked|synchroni[sz]ed)\s+outputs?)\b"
        r"|\boutputs?\b[^.]{0,30}\b(?:through|from|via|driven by|stored in|held in)\s+(?:an?\s+)?"
        r"(?:\w+\s+)?flip[\s-]?flops?\b|\boutputs?\b[^.]{0,40}\bglitch[\s-]?free\b",
        "speaks of a delay",
        in_ports=True,
    ),
    _cue(
        r"\b(?:flip[\s-]?flops?|latch(?:es|ed)?|regist(?:ers?|ered)|sequential|clock(?:ed)?|"
        r"memory\s+element)\b",
        "speaks of registers",
        _TIMED,
    ),
    _cue(
        r"\bmultiplexers?\b|\bmux(?:es)?\b",
        "speaks of multiplexers around the function",
        _TIMED | {Kind.EQUATION},
    ),
    _cue(
        r"\b(?:invert\w*|complement\w*|negated)\s+(?:\w+\s+)?(?:inputs?|signals?)\b"
        r"|\binputs?\b[^.,]{0,30}\b(?:is|are)\s+(?:\w+\s+)?(?:inverted|complemented|negated)\b"
        r"|\bdebounc\w+|\bsynchroni[sz]ers?\b|\b(?:first|twice)\s+(?:synchroni[sz]ed|sampled|filtered)\b"
        r"|\b(?:synchroni[sz]ed|sampled|filtered)\s+(?:first|twice|by|with|through)\b",
        "speaks of what is done to an input first",
    ),
    _cue(
        r"\bforced?\b|\bforces\b|\b(?:whatever|regardless of|independent(?:ly)? of)\s+(?:the\s+)?"
        r"(?:current\s+|present\s+)?states?\b",
        "names an exception to what the fragment says",
        reset_may=True,
    ),
    _cue(
        r"\boutputs?\b[^.]{0,60}\b(?:while|during)\s+(?:the\s+)?(?:\w*re-?set|n?rst)"
        r"|\boutputs?\b[^.]{0,60}\b(?:belong|correspond|depend|refer|appl)\w*\b[^.]{0,20}\bnext\s+state",
        "says when the outputs hold",
    ),
    _cue(
        r"\bhigh[\s-]impedance\b|\btri-?stat\w*",
        "speaks of tri-state outputs",
        in_ports=True,
    ),
    _cue(
        r"\b(?:unless(?!\s+otherwise)|except(?:\s+(?:that|when|if|for))?|overrid\w+|"
        r"in addition to)\b|\binstead\b",
        "names an exception to what the fragment says",
        reset_may=True,
    ),
)
_ACTIVE_LOW = re.compile(r"\bactive(?:ly)?[\s-]low\b|\blow[\s-](?:active|true)\b", re.IGNORECASE)
_NEGATED = re.compile(
    r".*(?P<negation>(?:\b(?:no|not(?!\s+(?:only|just|merely))|without|neither|nor|never|nothing|"
    r"none|cannot|free of|rather than)\b|n't\b|\bnon-)[^:;()]*)\Z",
    re.IGNORECASE,
)
_SUBJECT_VERB = re.compile(
    r"\A(?:nothing|none|neither)\b[^.,;]{0,20}?\b(?:is|are)\b", re.IGNORECASE
)
_NEW_CLAUSE = re.compile(
    r"\b(?:but|is|are|was|were|has|have|must|should|shall|will|then|goes|go|which|that|when|if|"
    r"while|changes?|yet|however|only)\b",
    re.IGNORECASE,
)


def screen(spec: Spec) -> None:
    """Check that nothing in the text contradicts or changes the fragments.

    Raises:
        Unfit: Something does; the message names it.
    """
    for finding in spec.findings:
        if finding.severity is Severity.ERROR:
            raise Unfit(
                f"the specification contradicts itself: {finding.message} ({finding.place})"
            )
        if finding.rule in _OPEN:
            raise Unfit(f"{finding.message} ({finding.place})")
    kinds = frozenset(fragment.kind for fragment in spec.fragments)
    if Kind.REQUIREMENTS in kinds:  # every sentence was understood
        return
    for piece in _sentences(spec):
        _check(spec, piece, kinds)


_OPEN = frozenset(
    {
        "ambiguous-radix",
        "broken-row",
        "incomplete-table",
        "incomplete-state-table",
        "unclear-rest",
        "unlabeled-axis",
        "unread-arrow",
        "unread-function",
        "unclear-reset-state",
        "unread-state-table",
        "unstated-output",
        "variable-order",
    }
)
"""Questions whose answer decides what the module does."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    line: int
    text: str
    port: bool
    """Whether it only describes a port."""


def _check(spec: Spec, sentence: _Sentence, kinds: frozenset[Kind]) -> None:
    for cue in _CUES:
        if (kinds and kinds <= cue.spare) or (sentence.port and not cue.in_ports):
            continue
        if cue.reset_may and _RESET.search(sentence.text):
            continue
        said = next((m for m in cue.pattern.finditer(sentence.text) if _meant(m)), None)
        if said:
            words = " ".join(said[0].split())
            raise Unfit(f"the text {cue.meaning} (line {sentence.line}: {words!r})")
    low = _ACTIVE_LOW.search(sentence.text)
    if low and _meant(low) and _output_low(spec, sentence):
        raise Unfit(f"the text speaks of an active-low output (line {sentence.line})")


def _meant(match: re.Match[str]) -> bool:
    """Whether the words stand without a negation before them, as in "no clock"."""
    before = match.string[max(match.start() - 80, 0) : match.start()]
    negated = _NEGATED.match(before)
    if negated is None:
        # "outputs are not inverted": the negation stands inside the words found
        inside = re.search(r"\b(?:not|never|no|without)\b|n't\b", match[0], re.IGNORECASE)
        return not (inside and not re.search(r"\bwork", match[0]))
    return bool(_NEW_CLAUSE.search(_SUBJECT_VERB.sub("", negated["negation"])))


def _output_low(spec: Spec, sentence: _Sentence) -> bool:
    """Whether an active-low signal that is spoken of may be an output with an ordinary name."""
    text = sentence.text
    named = [p for p in spec.interface.ports if re.search(rf"(?<!\w){re.escape(p.name)}\b", text)]
    outputs = [p for p in spec.interface.outputs if p in named]
    if not outputs and (named or (_RESET.search(text) and not re.search(r"\boutput", text))):
        return False
    if not outputs and not re.search(r"\b(?:outputs?|segments?|it|all|signals?)\b", text):
        return False
    return not all(_LOW_NAME.search(port.name) for port in outputs or spec.interface.outputs)


def _sentences(spec: Spec) -> Iterator[_Sentence]:
    """Yield the sentences outside fragments; each line of the port list is one by itself."""
    taken = {
        n
        for fragment in spec.fragments
        if fragment.kind is not Kind.EQUATION
        for n in range(fragment.place.line, fragment.place.end_line + 1)
    }
    place = spec.interface_place
    names = "|".join(re.escape(port.name) for port in spec.interface.ports)
    lists = re.compile(
        rf"^\s*(?:[-*•+|]|\d+[.)])?\s*(?:\(?\d*\)?)?\W*(?:(?:input|output|wire|reg|logic|name:)\W+)*"
        rf"(?:\[[^\]]*\]\s*)?(?:{names})\b"
    )
    words: list[str] = []
    start = 0
    for number, line in enumerate([*spec.text.splitlines(), ""], 1):
        text = "" if number in taken else line.strip().lstrip("/#>*- ")
        listed = place.line <= number <= place.end_line and bool(lists.match(line))
        if listed or not text:
            yield from _split(start, words)
            words = []
            if listed and text:
                yield _Sentence(number, text, port=True)
            continue
        start = start if words else number
        words.append(text)


def _split(line: int, words: list[str]) -> Iterator[_Sentence]:
    for part in re.split(r"(?<=[.;!?])\s+", " ".join(words)):
        if part:
            yield _Sentence(line, part, port=False)
