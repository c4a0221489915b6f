"""Clocks and resets of a module as its text describes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rtlgen.spec.model import Finding, Place, Severity
from rtlgen.spec.resets import make_reset
from rtlgen.spec.roles import (
    BOTH_EDGES,
    EDGE,
    RESET_WORD,
    About,
    TimingText,
    is_clock,
    is_hidden_reset,
    is_reset,
    question,
)
from rtlgen.spec.text import Sentence
from sim.interface import Clock, Direction, Edge, Port, Reset

_LOW_EDGE = frozenset({"neg", "negative", "falling", "trailing"})
_SERIAL = re.compile(
    r"(?:^|_)(?:s|b|t|m|lr|spi_?|serial_?)?(?:clk|clock|ck|cl)(?:_[io])?$", re.IGNORECASE
)
"""Names of clocks of another kind, such as those of serial lines: their edges are spoken of too."""
_OF_CLOCK = re.compile(
    r"\s*(?:-?\s*triggered)?\s*(?:(?:of|by|on|at)\s+)?(?:the\s+|each\s+|every\s+|a\s+)?"
    r"(?:\w+\s+)?(?:input\s+)?clo?c?k\w*",
    re.IGNORECASE,
)


@dataclass(slots=True, kw_only=True)
class Timing:
    """Clocks, resets, and what had to be assumed about them."""

    clocks: list[Clock] = field(default_factory=list)
    resets: list[Reset] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def find_timing(
    ports: Sequence[About],
    sentences: Sequence[Sentence],
    stated: Iterable[tuple[str, str, int]] = (),
) -> Timing:
    """Return the clocks and resets among `ports`.

    `stated` holds the `clock` and `reset` entries of the front matter: key,
    words, line. A module without a clock is combinational, unless its text
    speaks of an asynchronous reset.
    """
    text = TimingText(sentences, stated)
    timing = Timing()
    inputs = [about for about in ports if _is_bit(about.port)]
    clocks = [about for about in inputs if is_clock(about, inputs, text)]
    resets = [about for about in inputs if about not in clocks and is_reset(about, text)]
    if clocks and not resets:
        resets = [about for about in inputs if about not in clocks and is_hidden_reset(about, text)]
    others = [about for about in ports if about not in clocks and _SERIAL.search(about.port.name)]
    alone = len(clocks) == 1 and not others
    timing.clocks += [_clock(about, text, timing.findings, alone=alone) for about in clocks]
    if clocks or (resets and text.says_latch):
        timing.resets += [make_reset(about, resets, text, timing.findings) for about in resets]
    return timing


def _is_bit(port: Port) -> bool:
    return port.direction is Direction.INPUT and port.width == 1


def _clock(about: About, text: TimingText, findings: list[Finding], *, alone: bool) -> Clock:
    name = about.port.name
    edges = _edges_of(about, text, alone=alone)
    if not edges:
        findings.append(
            question(
                "clock-edge",
                about,
                f"the active edge of clock {name!r} is not stated",
                f"{name} acts on its rising edge",
            )
        )
    elif len(edges) > 1 and not any(BOTH_EDGES.search(s.text) for s in text.edges):
        findings.append(
            Finding(
                rule="clock-edge",
                severity=Severity.NOTE,
                place=edges[Edge.FALLING],
                message=f"the text speaks of both edges of clock {name!r}",
            )
        )
    falling = Edge.FALLING in edges and Edge.RISING not in edges
    return Clock(port=name, edge=Edge.FALLING if falling else Edge.RISING)


def _edges_of(about: About, text: TimingText, *, alone: bool) -> dict[Edge, Place]:
    """Return the edges that the text states; those that it states of this clock by name count."""
    name = about.port.name
    own = [(f"{about.description} of {name}" if about.description else "", about.place)]
    if words := text.entry("clock", name):
        own.append((words + f" edge of {name}", about.place))
    said = _edges_in(own, name, alone=True)
    if len(said) == 1:
        return said
    sources = [*((s.text, s.place) for s in text.edges), *own]
    return _edges_in(sources, name, alone=alone)


def _edges_in(sources: Sequence[tuple[str, Place]], name: str, *, alone: bool) -> dict[Edge, Place]:
    found: dict[Edge, Place] = {}
    for words, place in sources:
        for match in EDGE.finditer(words):
            if _meant(match, words, name, alone=alone):
                low = (match[1] or match[2]).lower() in _LOW_EDGE
                found.setdefault(Edge.FALLING if low else Edge.RISING, place)
        if BOTH_EDGES.search(words):
            found.setdefault(Edge.RISING, place)
            found.setdefault(Edge.FALLING, place)
    return found


def _meant(match: re.Match[str], words: str, name: str, *, alone: bool) -> bool:
    """Whether the edge that `match` found in `words` is one of clock `name`."""
    after = words[match.end() : match.end() + 60]
    before = words[max(0, match.start() - 30) : match.start()]
    named = (
        r"\s*(?:(?:of|on|in|by)\s+)?(?:the\s+)?(?:[\w-]+\s+)?(?:clock\s+)?(?:(?:signal|input)\s+)?"
    )
    named += rf"[\"'`(]*{re.escape(name)}(?!\w)"
    if (found := re.match(named, after)) and not RESET_WORD.search(found[0].replace(name, "")):
        return True
    if not alone or re.search(r"detect\w*\s+(?:a\s+|the\s+)?$", before):
        return False
    if re.match(r"[\s-]*(?:\w+\s+){0,3}?(?:\w*reset|\w*rst)", after, re.IGNORECASE):
        return False
    if "clock" in match[0].lower() or _OF_CLOCK.match(after):
        return True
    if match["triggered"] or re.match(r"[\s-]*triggered", after):
        return not re.search(r"re?se?t\w*\s+(?:is|are)?\s*(?:an?\s+)?$", before, re.IGNORECASE)
    return re.match(r"\s*(?:$|[.,;)!])", after) is not None
