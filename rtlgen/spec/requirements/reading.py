"""From sentences to a behavior: each has one reading, and together they define the module."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass

from rtlgen.spec.model import Place
from rtlgen.spec.requirements.assemble import assembled
from rtlgen.spec.requirements.chart import Grammar, TooAmbiguous
from rtlgen.spec.requirements.clauses import CHANGES, SENTENCES, TIMES
from rtlgen.spec.requirements.idioms import IDIOMS
from rtlgen.spec.requirements.meaning import Rule, Said, Unclocked, at_edge
from rtlgen.spec.requirements.overlap import Line, NotUnderstood
from rtlgen.spec.requirements.phrases import CONDITIONS, NAMES, RELATIONS, VALUES
from rtlgen.spec.requirements.sift import Statement, statements
from rtlgen.spec.requirements.vocabulary import Vocabulary
from sim.interface import Interface
from symbolic.behavior import Behavior

_GRAMMAR = Grammar(
    [*NAMES, *VALUES, *RELATIONS, *CONDITIONS, *CHANGES, *TIMES, *SENTENCES, *IDIOMS]
)
_MOST = 100
"""Sentences that are read."""
_LONGEST = 60
"""Words of a sentence that is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """What sentences define, and how they were understood."""

    behavior: Behavior
    place: Place
    notes: tuple[str, ...]
    """What was assumed where nothing is said."""


def read_requirements(text: str, interface: Interface, skipped: frozenset[int]) -> Requirements:
    """Return the behavior that the sentences of `text` define.

    Args:
        text: The specification.
        interface: Its ports, clock and reset.
        skipped: Lines that are code or headers, from 1.

    Raises:
        NotUnderstood: A sentence has no reading or several, or they do not define the module.
    """
    if interface.parameters or len(interface.clocks) > 1 or len(interface.resets) > 1:
        raise NotUnderstood("a module with parameters, several clocks or several resets")
    vocabulary = Vocabulary.of(interface, text)
    lines: list[Line] = []
    for number, statement in enumerate(statements(text, vocabulary, skipped)):
        if number == _MOST:
            raise NotUnderstood(f"more than {_MOST} sentences")
        lines += (
            Line(said=said, place=statement.place, text=statement.text)
            for said in _read(statement, vocabulary)
        )
    if not lines:
        raise NotUnderstood("no sentence says what the module does")
    behavior, notes = assembled(lines, vocabulary)
    _check_manner(text, interface, behavior)
    places = [line.place for line in lines]
    place = Place(line=min(p.line for p in places), end_line=max(p.end_line for p in places))
    return Requirements(behavior=behavior, place=place, notes=notes)


_REGISTERED = re.compile(
    r"(?<!not )(?<!without a )(?<!without any )(?<!without its own )"
    r"\b(?:registered|register (?:of|for) (?:the )?outputs?|flip[ -]?flops?)\b"
    r"|\b(?:synchronous|clocked|synchronized)\s+outputs?\b",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"(?<!un)\bsigned\b|\btwo's complement\b", re.IGNORECASE)
_BOTH_EDGES = re.compile(r"\bboth\s+(?:clock\s+)?edges\b|\bevery\s+level\b", re.IGNORECASE)


def _without_registers(text: str, behavior: Behavior) -> str:
    """Return `text` without what stands beside the names of registers where they are declared."""
    text = re.sub(r"(?i)\b(?:[dt]|jk|sr|toggle|[dt]-type)\s+flip[ -]?flops?\b", " ", text)
    for register in behavior.registers:
        name = rf"[`\"]?(?<!\w){re.escape(register.word.name)}(?!\w)[`\"]?"
        text = re.sub(rf"{name}\s*\([^()\n]*\)", " ", text)
        text = re.sub(rf"(?m)^\s*[-*|]\s*(?:output\s+)?{name}[^\n]*$", "", text)
    return text


def _check_manner(text: str, interface: Interface, behavior: Behavior) -> None:
    """Refuse what is said of all at once, and does not fit what was understood.

    Raises:
        NotUnderstood: It speaks of registers, signs or edges that are not there.
    """
    told = _without_registers(text, behavior)
    if behavior.wires and (said := _REGISTERED.search(told)):
        raise NotUnderstood(f"which outputs are registered ({said[0]!r})")
    if not any(port.signed for port in interface.ports) and (said := _SIGNED.search(text)):
        raise NotUnderstood(f"which ports are signed ({said[0]!r})")
    if said := _BOTH_EDGES.search(text):
        raise NotUnderstood(f"at which edges registers change ({said[0]!r})")


def _read(statement: Statement, vocabulary: Vocabulary) -> tuple[Said, ...]:
    if statement.unclocked:
        return (Unclocked(statement.unclocked),)
    where = f"{statement.place}: {' '.join(statement.text.split())!r}"
    found: list[Hashable] = []
    for version in statement.versions:
        if len(version) > _LONGEST:
            raise NotUnderstood(f"a sentence of more than {_LONGEST} words ({where})")
        try:
            found = _GRAMMAR.readings(version, "SENTS", vocabulary.given(version))
        except TooAmbiguous:
            raise NotUnderstood(f"a sentence that can be read in too many ways ({where})") from None
        if found:
            break
    if not found:
        raise NotUnderstood(f"a sentence that is not understood ({where})")
    readings = {_all_timed(reading) for reading in found if isinstance(reading, tuple)}
    least = min(map(len, readings))
    best = [reading for reading in readings if len(reading) == least]
    if len(best) > 1:
        raise NotUnderstood(f"a sentence that can be read in {len(best)} ways ({where})")
    return best[0]


def _all_timed(said: tuple[Said, ...]) -> tuple[Said, ...]:
    """Return what a sentence says, with its clock edge said of all of it."""
    if not any(isinstance(one, Rule) and one.timed for one in said):
        return said
    return at_edge(said)
