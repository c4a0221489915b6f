"""Sentences as tokens: words in their base forms, numbers, names and signs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rtlgen.spec.requirements.chart import Token
from rtlgen.spec.text import words

_TOKEN = re.compile(
    r"\d*'[sS]?[bdhoBDHO]\s?[0-9a-fA-FxXzZ_]+|0x[0-9a-fA-F]+|\d[\d_]*|[A-Za-z_][\w$]*"
    r"|==|!=|<=|>=|<-|->|&&|\|\||\S"
)
_CONTRACTIONS = (
    (re.compile(r"\b(is|are|do|does|was|were|has|have|should|must|would)n't\b", re.I), r"\1 not"),
    (re.compile(r"\bcan't\b|\bcannot\b", re.I), "can not"),
    (re.compile(r"\b(it|that|there|what|nothing|which|everything)'s\b", re.I), r"\1 is"),
)
_DROPPED = words(
    "then simply just also always therefore thus however shall must should will please still "
    "immediately directly again exactly strictly currently already actual current now"
)
"""Words that change nothing of what a sentence says of a cycle."""
_COUNTED = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"),
)
_NUMBERS = {word: str(number) for number, word in enumerate(_COUNTED)}
_VERBS = words(
    "increment decrement increase decrease count go rise fall set clear reset become take "
    "load store capture latch sample copy hold keep stay remain change toggle invert flip "
    "switch turn start stop wrap roll return begin add subtract show output give equal follow "
    "get pass limit saturate stick reach exceed match remember register enable disable double "
    "halve drop advance step run put drive write leave contain indicate tell say mean receive "
    "update replace restart qualify tell wrap mean select choose move bring generate"
)
_IRREGULAR = {
    "are": "is",
    "be": "is",
    "goes": "go",
    "held": "held",
    "kept": "kept",
    "passes": "pass",
    "latches": "latch",
    "reaches": "reach",
    "matches": "match",
    "switches": "switch",
    "copies": "copy",
    "has": "have",
    "does": "do",
    "ones": "ones",
}
_BASE = {**{verb + "s": verb for verb in _VERBS}, **_IRREGULAR}
_NUMERAL = re.compile(r"(\d*)'[sS]?([bdhoBDHO])\s?([0-9a-fA-F_]+)\Z|0x[0-9a-fA-F]+\Z|\d[\d_]*\Z")
_BASES = {"b": 2, "o": 8, "d": 10, "h": 16}


def tokens(sentence: str) -> list[Token]:
    """Return the tokens of `sentence`; names in double quotes keep their case only."""
    for pattern, plain in _CONTRACTIONS:
        sentence = pattern.sub(plain, sentence)
    sentence = re.sub(r"\b(\d+)-bit\b", r"\1 bit", sentence)
    sentence = re.sub(r"(?i)\bhexadecimal\s+([0-9a-f]+)\b", r"0x\1", sentence)
    sentence = re.sub(r"(?<=[a-z])-(?=[a-z])", "-", sentence)
    found = list(_tokens(sentence))
    while found and found[-1].text in ".;:!":
        found.pop()
    return found


def _tokens(sentence: str) -> Iterator[Token]:
    quoted = False
    for match in _TOKEN.finditer(sentence):
        text = match[0]
        if text == '"':
            quoted = not quoted
            continue
        word = text.lower()
        if quoted:
            yield Token(frozenset({text}), text)
        elif word not in _DROPPED:
            yield Token(frozenset({word, _BASE.get(word, word), _NUMBERS.get(word, word)}), text)


def number_of(text: str) -> int | None:
    """Return the number that `text` writes in digits or as a word; None if it is none."""
    text = _NUMBERS.get(text.lower(), text)
    found = _NUMERAL.match(text)
    if found is None:
        return None
    if found[2]:
        try:
            return int(found[3].replace("_", ""), _BASES[found[2].lower()])
        except ValueError:
            return None
    return int(text.replace("_", ""), 0) if text.startswith("0x") else int(text.replace("_", ""))
