"""What a telling of a design is made of: its sentences, lists of its ports, its noun phrases."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from rtlgen.synth import phrases
from rtlgen.synth.drawn import Drawn, Words
from rtlgen.synth.header import data_outputs
from rtlgen.synth.phrases import direction, listed
from sim.interface import Port


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told, and the chance that picks the words."""

    drawn: Drawn
    top: str
    header: str
    chance: random.Random

    def one_of(self, *alternatives: str) -> str:
        """Return one of several ways to say the same."""
        return self.chance.choice(alternatives)

    @property
    def words(self) -> Words:
        """The family's words."""
        return self.drawn.words

    @property
    def ports(self) -> tuple[Port, ...]:
        """All ports, clock and reset first."""
        return phrases.ports_of(self.drawn)

    @property
    def names(self) -> frozenset[str]:
        """Names of ports, which keep their first letter as it is; `a` may be an article."""
        return frozenset(port.name for port in self.ports) - {"a"}

    def sentence(self, text: str) -> str:
        """Return `text` as a sentence."""
        return phrases.sentence(text, self.names)

    @property
    def plain(self) -> str:
        """The family's paragraph, which is made of sentences."""
        return phrases.ended(self.words.plain)

    @property
    def points(self) -> list[str]:
        """The family's separate sentences."""
        return [phrases.ended(point) for point in self.words.points]

    def timing(self) -> list[str]:
        """Return sentences on clock and reset."""
        return phrases.clock_and_reset(self.drawn, self.chance)

    def width(self, port: Port) -> str:
        """Return a port's width in words."""
        return phrases.width_text(port, self.chance)


def tidy(text: str) -> str:
    """Return `text` without trailing spaces and with single blank lines."""
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept)


def paragraphs(*parts: str) -> str:
    """Return `parts` that are not empty, with blank lines between them."""
    return "\n\n".join(part for part in parts if part)


def prose(t: Telling) -> str:
    """Return the full description with clock and reset before or after it."""
    timing, plain = t.timing(), t.plain
    parts = [*timing, plain] if t.chance.random() < 0.25 else [plain, *timing]
    return " ".join(parts)


def listed_points(t: Telling) -> list[str]:
    """Return all separate sentences, those on clock and reset last."""
    return [*t.points, *t.timing()]


def bullets(items: list[str], mark: str = "-") -> str:
    """Return `items` as a list in a text."""
    return "\n".join(f"{mark} {item}" for item in items)


def port_bullet(t: Telling, port: Port) -> str:
    """Return a port with its direction, width and role."""
    role = phrases.role_of(t.drawn, port, t.chance)
    width = f" ({t.width(port)})" if port.width > 1 else ""
    return f"{direction(port)} {port.name}{width}{f': {role}' if role else ''}"


def title(t: Telling) -> str:
    """Return what the design is called, without an article."""
    return t.words.title


_BEFORE = re.compile(
    r"\s(?:with|for|of|on|in|that|from|to|which|as|by|and|whose|made|without|at|between|every|over|per)\s"
)
_CONSONANT = re.compile(r"(?:one|uni[^m]|uart|use|us[ae]|eu|u-)", re.I)
_VOWEL = re.compile(
    r"(?:[aeiou]|8|11\b|11-|18\b|18-|fsm|lfsr|lru|sr\b|xor|nand\b|nor\b|n-|s-)", re.I
)
_SOUNDS_LIKE_CONSONANT = re.compile(r"(?:nand|nor)\b", re.I)


def with_article(noun: str) -> str:
    """Return a noun phrase with its article, unless it has one or is a plural."""
    first = noun.split(" ", 1)[0]
    head = _BEFORE.split(noun, maxsplit=1)[0]
    plural = head.endswith("s") and not head.endswith(("ss", "us"))
    if first.lower() in ("a", "an", "the") or plural or head.endswith(("logic", "control")):
        return noun
    vowel = _VOWEL.match(first) and not _CONSONANT.match(first)
    return f"{'an' if vowel and not _SOUNDS_LIKE_CONSONANT.match(first) else 'a'} {noun}"


def noun(t: Telling) -> str:
    """Return what the design is called, with its article."""
    return with_article(title(t))


def inputs_outputs(t: Telling) -> tuple[str, str]:
    """Return inputs and outputs as lists in a sentence, with the widths of vectors."""
    outputs = data_outputs(t.drawn)
    given = [port for port in t.ports if port not in outputs]

    def named(port: Port) -> str:
        return f"{port.name} ({t.width(port)})" if port.width > 1 else port.name

    return listed([named(p) for p in given]), listed([named(p) for p in outputs])


def port_sentence(t: Telling) -> str:
    """Return a sentence or two on the ports."""
    given, got = inputs_outputs(t)
    if not given:
        return t.one_of(f"The only port is the output {got}.", f"It has the output {got}.")
    one = len(data_outputs(t.drawn)) == 1
    said = f"the output is {got}" if one else f"the outputs are {got}"
    taken = "input is" if len(t.ports) - len(data_outputs(t.drawn)) == 1 else "inputs are"
    return t.one_of(
        f"The {taken} {given}; {said}.",
        f"Inputs: {given}. Outputs: {got}.",
        f"It takes {given} and drives {got}.",
        f"Ports: {given} in, {got} out.",
    )


def short_timing(t: Telling) -> str:
    """Return clock and reset in as few words as possible."""
    timing = t.drawn.timing
    if timing is None:
        return ""
    edge = "posedge" if timing.rising else "negedge"
    parts = [f"{edge} {timing.clock}"]
    if timing.reset:
        how = "async" if timing.asynchronous else "sync"
        parts.append(f"{how} active-{'low' if timing.active_low else 'high'} {timing.reset}")
        if t.words.after_reset:
            parts.append(f"after reset {t.words.after_reset}")
    return "; ".join(parts)
