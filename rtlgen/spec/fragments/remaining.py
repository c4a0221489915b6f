"""What a text says about the input combinations that a table does not list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rtlgen.spec.fragments.source import Source

_NEVER = r"\b(?:never|cannot|can not|will not|do not|won't|don't)\s+(?:be\s+)?"
_SUBJECT = re.compile(
    r"\b(?:all|any|every|for|the|in|on)\s+(?:the\s+)?(?:other|remaining|rest|unlisted|unused|else)\b"
    r"|\b(?:other|remaining|unlisted|unused|invalid|illegal|undefined|unspecified|missing)\s+"
    r"(?:input|code|combination|value|case|row|number|digit|entr|pattern|state)"
    r"|\b(?:otherwise|everything else|anything else|elsewhere)\b"
    r"|\bnot\s+(?:listed|shown|in the table|given|specified)\b"
    rf"|{_NEVER}(?:occur|appear|happen|arise|used)",
    re.IGNORECASE,
)
_FREE = re.compile(
    r"\bdon'?t[\s-]?cares?\b|\bdo(?:es)? not matter\b|\bmay be anything\b|\bimpossible\b"
    rf"|{_NEVER}(?:occur|appear|happen|arise|used|matter)"
    r"|\bundefined\b|\bunspecified\b|\banything\b(?!\s+else)|\barbitrary\b",
    re.IGNORECASE,
)
_ZERO = re.compile(
    r"\b(?:0+|zeros?|low|off|blank|inactive|deasserted|cleared)\b|\d'[bhd]0+\b", re.IGNORECASE
)
_ONE = re.compile(r"\b(?:1+|ones?|high|on|asserted)\b|\d'b1+\b", re.IGNORECASE)
_WORDY_ON = re.compile(r"\b(?:on|in|at)\s+(?:all|any|every|the)\b", re.IGNORECASE)
_BOILERPLATE = re.compile(r"unless otherwise", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Remaining:
    """`value` is `0`, `1` or `-` for every output; None if a sentence says something unclear."""

    value: str | None
    sentence: str


def find_remaining(source: Source) -> Remaining | None:
    """Return what holds for combinations that are not listed; None if nothing is said."""
    for sentence in _sentences(source):
        if _SUBJECT.search(sentence) and not re.search(
            r"unless otherwise", sentence, re.IGNORECASE
        ):
            return Remaining(_value(sentence), sentence)
    return None


def _sentences(source: Source) -> Iterator[str]:
    for first, last in source.paragraphs():
        text = re.sub(r"\n\s*(?=[-*+]\s)", "\n\n", source.text(first, last))
        for part in re.split(r"(?<=[.;!?])\s+|\n\n", text):
            yield " ".join(part.split())


def _value(sentence: str) -> str | None:
    if _FREE.search(sentence):
        return "-"
    plain = _WORDY_ON.sub(" ", sentence)
    zero, one = bool(_ZERO.search(plain)), bool(_ONE.search(plain))
    if zero == one:
        return None
    return "0" if zero else "1"
