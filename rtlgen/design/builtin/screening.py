"""Words around a fragment that could change what it means for the module."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rtlgen.design.builtin.compiled import Unfit
from rtlgen.spec.model import Kind, Severity, Spec

_MACHINES = frozenset({Kind.STATE_TABLE, Kind.STATE_DIAGRAM})
_TIMED = _MACHINES | {Kind.WAVEFORM}


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that make a fragment no definition of the module."""

    pattern: re.Pattern[str]
    meaning: str
    spare: frozenset[Kind] = frozenset()
    """Kinds of fragments beside which the words are harmless."""


def _cue(pattern: str, meaning: str, spare: frozenset[Kind] = frozenset()) -> Cue:
    return Cue(re.compile(pattern, re.IGNORECASE), meaning, spare)


_CUES = (
    _cue(
        r"\b(?:bugs?|buggy|fix(?:es|ed)?|repair|broken|incorrect(?:ly)?|faulty|mistakes?)\b"
        r"|\b(?:does\s*n[o']t|doesn't)\s+work",
        "speaks of a bug",
    ),
    _cue(
        r"\bsub-?(?:module|circuit|block|system)s?\b|\binstantiat\w+|\bhierarch\w+|\binstances?\b"
        r"|\bmodules?\s+[\"'`]?[A-Z]\b|\bcascad\w+",
        "describes a module built of others",
    ),
    _cue(
        r"\bstage\s+(?:of|in)\b|\bblock diagram\b|\bonly\s+(?:a\s+)?part\b"
        r"|\b(?:just|only)\s+the\s+portion\b",
        "speaks of a part of a larger circuit",
    ),
    _cue(
        r"\b(?:outputs?|results?|function|value)\b[^.]{0,40}\b(?:invert\w*|complement\w*|negat\w*|"
        r"active[\s-]low|opposite)\b"
        r"|\b(?:invert\w*|complement\w*|negat\w*|opposite|inverse)\s+(?:of\s+)?(?:the\s+)?(?:\w+\s+)?"
        r"(?:outputs?|results?|function|map|table|value)\b",
        "speaks of an inverted output",
    ),
    _cue(
        r"\b(?:delay(?:s|ed)?|latency|pipelin\w+|(?:one|1|two|2|a)\s+(?:clock\s+)?cycles?\s+(?:later|after|delay)"
        r"|regist(?:er|ered|ers)\s+(?:the\s+)?outputs?"
        r"|outputs?\s+(?:is|are|be|must be|should be)\s+(?:\w+\s+)?registered"
        r"|registered\s+outputs?)\b",
        "speaks of a delay",
    ),
    _cue(
        r"\b(?:flip[\s-]?flops?|latch(?:es|ed)?|registers?|sequential|clock(?:ed)?|memory)\b",
        "speaks of registers",
        _TIMED,
    ),
    _cue(
        r"\bmultiplexers?\b|\bmux(?:es)?\b",
        "speaks of multiplexers around the function",
        _TIMED | {Kind.EQUATION},
    ),
    _cue(r"\bhigh[\s-]impedance\b|\btri-?stat\w*", "speaks of tri-state outputs"),
    _cue(
        r"\b(?:unless(?!\s+otherwise)|except(?:\s+(?:that|when|if|for))?|overrid\w+|instead of|"
        r"in addition to)\b",
        "names an exception to what the fragment says",
    ),
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
    kinds = {fragment.kind for fragment in spec.fragments}
    for line, sentence in _sentences(spec):
        for cue in _CUES:
            match = cue.pattern.search(sentence)
            if match and not (kinds and kinds <= cue.spare):
                raise Unfit(f"the text {cue.meaning} (line {line}: {match[0].strip()!r})")


_OPEN = frozenset({"ambiguous-radix", "incomplete-state-table", "unclear-rest", "unread-arrow"})
"""Questions whose answer decides what the module does."""


def _sentences(spec: Spec) -> list[tuple[int, str]]:
    """Return the sentences outside fragments and port lists, each with its first line."""
    taken = {
        n
        for fragment in spec.fragments
        if fragment.kind is not Kind.EQUATION
        for n in range(fragment.place.line, fragment.place.end_line + 1)
    }
    place = spec.interface_place
    taken |= set(range(place.line, place.end_line + 1))
    found: list[tuple[int, str]] = []
    words: list[str] = []
    start = 0
    for number, line in enumerate([*spec.text.splitlines(), ""], 1):
        text = "" if number in taken else line.strip().lstrip("/#>*- ")
        if not text:
            if words:
                found.append((start, " ".join(words)))
            words = []
            continue
        start = start if words else number
        words.append(text)
    return [(line, part) for line, text in found for part in re.split(r"(?<=[.;!?])\s+", text)]
