"""Polarity and kind of a reset, from what the text says of it and from its name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rtlgen.spec.model import Finding, Place, Severity
from rtlgen.spec.roles import ASYNC, SYNC, About, TimingText, question
from rtlgen.spec.text import Sentence
from sim.interface import Reset

_LOW_NAME = re.compile(
    r"(?:_n|_b|_l|rstn|resetn|rstb|resetb|arstn|nrst|nreset|n_rst|n_reset|_ni)(?:_i|_in)?$"
    r"|^n_?r(?:e?se?t)"
)
_ASYNC_NAME = re.compile(r"^(?:i_)?a_?(?:rst|reset)|async")
_FOR_RESET = r"for (?:chip )?reset\b(?!\s+(?:signal\s+)?inactive)"
_ACTIVE_LOW = re.compile(
    r"\bactive[\s-]*low\b|\blow[\s-]active\b|\blow[\s-]asserted\b|\bnegative[\s-]logic\b"
    rf"|\b0 {_FOR_RESET}|\basserted low\b|\b0 resets\b|\bactive when (?:low|0)\b"
    r"|\b0\s*[=:-]\s*reset",
    re.IGNORECASE,
)
_ACTIVE_HIGH = re.compile(
    r"\bactive[\s-]*high\b|\bhigh[\s-]active\b|\bpositive[\s-]logic\b"
    rf"|\b1 {_FOR_RESET}|\basserted high\b|\bactive when (?:high|1)\b|\b1\s*[=:-]\s*reset",
    re.IGNORECASE,
)


def make_reset(
    about: About, resets: Sequence[About], text: TimingText, findings: list[Finding]
) -> Reset:
    """Return how `about` resets; what had to be assumed is added to `findings`."""
    evidence = _evidence(about, resets, text)
    return Reset(
        port=about.port.name,
        active_low=_polarity(about, evidence, findings),
        asynchronous=_kind(about, evidence, findings, alone=len(resets) == 1),
    )


def _evidence(about: About, resets: Sequence[About], text: TimingText) -> list[Sentence]:
    """Return what the text says of one reset; its own description first."""
    name = about.port.name
    own = [Sentence(text=f"reset {about.description}", place=about.place)]
    if words := text.entry("reset", name):
        own.append(Sentence(text=f"reset {words}", place=about.place))
    own += [Sentence(text=f"reset {s.text}", place=s.place) for s in text.going_on(name)]
    named = [s for s in text.naming(name) if s not in own]
    general = text.resets if len(resets) == 1 else []
    return [*own, *named, *(s for s in general if s not in named)]


def _polarity(about: About, evidence: Sequence[Sentence], findings: list[Finding]) -> bool:
    name = about.port.name
    said = _strong_polarity(name, evidence) or _weak_polarity(name, evidence)
    by_name = _LOW_NAME.search(name.lower()) is not None
    if len(said) > 1:
        findings.append(
            Finding(
                rule="reset-polarity",
                severity=Severity.ERROR,
                place=said[True],
                message=f"reset {name!r} is active low here and active high in {said[False]}",
            )
        )
        return by_name
    if said:
        low = next(iter(said))
        if by_name and not low:
            findings.append(
                question(
                    "reset-polarity",
                    about,
                    f"reset {name!r} is named as if it were active low, "
                    f"but {said[low]} says active high",
                    f"{name} is active high",
                )
            )
        return low
    if not by_name:
        findings.append(
            question(
                "reset-polarity",
                about,
                f"the polarity of reset {name!r} is not stated",
                f"{name} is active high",
            )
        )
    return by_name


def _strong_polarity(name: str, evidence: Sequence[Sentence]) -> dict[bool, Place]:
    found: dict[bool, Place] = {}
    for sentence in evidence:
        for low, pattern in ((True, _ACTIVE_LOW), (False, _ACTIVE_HIGH)):
            for match in pattern.finditer(sentence.text):
                if _belongs(sentence.text, match, name):
                    found.setdefault(low, sentence.place)
    return found


def _belongs(text: str, match: re.Match[str], name: str) -> bool:
    """Whether the words found speak of the reset and not of another signal in the sentence."""
    around = text[max(0, match.start() - 60) : match.end() + 40].lower()
    return re.search(rf"reset|rst|(?<!\w){re.escape(name.lower())}(?!\w)", around) is not None


_CONSEQUENCE = (
    r"(?:reset(?:s|ting)?\b(?! signal)|clear|initial|set to (?:0|zero)|(?:is|are|=) (?:0|zero)\b"
    r"|returns? to|goes to|forced?|reset condition|all \w+ (?:are|is) )"
)


def _weak_polarity(name: str, evidence: Sequence[Sentence]) -> dict[bool, Place]:
    """Return the polarity in `when rst is low, ... is cleared` and `negedge rst`."""
    escaped = re.escape(name)
    subject = rf"(?:{escaped}|reset(?:\s+(?:signal|input))?(?:\s*\(\s*{escaped}\s*\))?)"
    when = rf"\b(?:when|if|while|whenever|as long as)\s+(?:the\s+)?{subject}\s*"
    when += r"(?:is|==?|goes|becomes)\s*(?:a\s+)?(?:logic\s+)?"
    then = rf"[^.;]{{0,90}}?{_CONSEQUENCE}"
    of = rf"(?:[\s-]edge(?:[\s-]triggered)?(?:\s+of)?)\s+(?:a?synchronous\s+)?(?:the\s+)?{subject}"
    patterns = {
        True: re.compile(
            rf"{when}(?:low\b|0\b){then}|negedge\s+{subject}|(?:negative|falling){of}"
            rf"|(?:!|~|\bnot\s){escaped}(?!\w)|(?<!\w){escaped}\s*={{1,2}}\s*(?:1'b)?0\b",
            re.IGNORECASE,
        ),
        False: re.compile(
            rf"{when}(?:high\b|1\b|true\b){then}|posedge\s+{subject}|(?:positive|rising){of}"
            rf"|(?<!\w){escaped}\s+is\s+(?:an?\s+)?positive[\s-]edge",
            re.IGNORECASE,
        ),
    }
    found: dict[bool, Place] = {}
    for low, pattern in patterns.items():
        for sentence in evidence:
            if pattern.search(sentence.text[:2000]):
                found.setdefault(low, sentence.place)
    return found if len(found) == 1 else {}


def _kind(
    about: About, evidence: Sequence[Sentence], findings: list[Finding], *, alone: bool
) -> bool:
    name = about.port.name
    said = _stated_kinds(name, evidence, alone=alone)
    by_name = _ASYNC_NAME.search(name.lower()) is not None
    if len(said) > 1:
        findings.append(
            Finding(
                rule="reset-kind",
                severity=Severity.ERROR,
                place=said[True],
                message=f"reset {name!r} is asynchronous here and synchronous in {said[False]}",
            )
        )
        return by_name
    if said:
        return next(iter(said))
    if not by_name:
        findings.append(
            question(
                "reset-kind",
                about,
                f"whether reset {name!r} is synchronous is not stated",
                f"{name} is synchronous",
            )
        )
    return by_name


def _stated_kinds(name: str, evidence: Sequence[Sentence], *, alone: bool) -> dict[bool, Place]:
    found: dict[bool, Place] = {}
    for sentence in evidence:
        for asynchronous, pattern in ((True, ASYNC), (False, SYNC)):
            for match in pattern.finditer(sentence.text):
                if _is_of_reset(sentence.text, match, name):
                    found.setdefault(asynchronous, sentence.place)
        if _edge_pair(name, sentence.text, alone=alone):
            found.setdefault(True, sentence.place)
        elif _at_edge(name, sentence.text):
            found.setdefault(False, sentence.place)
    return found


_THEN = re.compile(
    r"[\s,)-]*(?:(?:active|high|low|positive|negative|edge|triggered|and|global|master)[\s,-]+)*(\w+)?",
    re.IGNORECASE,
)


def _is_of_reset(text: str, match: re.Match[str], name: str) -> bool:
    """Whether `synchronous` or `asynchronous` is said of the reset, not of another signal."""
    is_reset = re.compile(rf"\w*reset\w*|\w*rst\w*|{re.escape(name)}", re.IGNORECASE)
    after = _THEN.match(text, match.end())
    noun = (after[1] or "") if after and not re.match(r"\s*[).;]", text[match.end() :]) else ""
    if is_reset.fullmatch(noun):
        return True
    if noun.lower() in ("signal", "signals", "input", "inputs", "load", "enable"):
        return False
    front = text[max(0, match.start() - 70) : match.start()]
    before = re.split(r"[.;](?!\s*it\s+is\b)", front)[-1]
    following = re.split(r"[.;,]", text[match.end() : match.end() + 40])[0]
    return is_reset.search(before) is not None or is_reset.search(following) is not None


_AN_EDGE = r"(?:(?:pos|neg)edge|(?:negative|positive|rising|falling)[\s-]edge)"


def _edge_pair(name: str, text: str, *, alone: bool) -> bool:
    """Whether registers change at a clock edge or an edge of this reset."""
    escaped = re.escape(name)
    what = rf"(?:\(?\s*(?:(?:pos|neg)edge\s+)?{escaped}(?!\w))"
    signal = r"(?:(?:\w+\s+)?reset(?:\s+signal)?(?:\s+\w\b)?)"
    named = rf"(?:{signal}\s*{what}|{what}" + (rf"|{signal}\b)" if alone else ")")
    joint = r"\b(?:(?:or|and)\b|,)\s*(?:on\s+|at\s+)?(?:the\s+|a\s+)?"
    pair = re.compile(
        rf"edge\b.{{0,60}}?{joint}{_AN_EDGE}(?:\s+of)?(?:\s+the)?\s+{named}"
        rf"|{_AN_EDGE}\s+of\s+(?:the\s+)?\w+\s+or\s+(?:the\s+)?{escaped}(?!\w)"
        rf"|@\s*\([^)]*,\s*(?:pos|neg)edge\s+{escaped}\b",
        re.IGNORECASE,
    )
    return pair.search(text[:2000]) is not None


def _at_edge(name: str, text: str) -> bool:
    """Whether `on the rising edge of clk, if the reset is high, ...` makes it synchronous."""
    pattern = re.compile(
        rf"^(?:\W*)(?:on|at)\b[^.;]{{0,40}}?{_AN_EDGE}[^.;]{{0,60}}?,\s*(?:if|when)\s+(?:the\s+)?"
        rf"(?:\w*reset\b|{re.escape(name)}(?!\w))",
        re.IGNORECASE,
    )
    return pattern.search(text[:2000]) is not None
