"""What a lint rule looks at, and how it says what it found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rtlgen.spec.model import Finding, Fragment, Kind, Place, Severity, Spec
from rtlgen.spec.text import Sentence
from sim.interface import Port
from symbolic.arithmetic import Word
from symbolic.state_table import StateTable


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A specification with its sentences and with the places of its ports."""

    spec: Spec
    sentences: Sequence[Sentence]
    places: Mapping[str, Place]
    descriptions: Mapping[str, str]
    header_lines: frozenset[int]
    """Lines that are Verilog, where a port's name says nothing about it."""
    declared_lines: frozenset[int]
    code_names: frozenset[str] = frozenset()
    """Names that Verilog code in the text uses beyond declaring them."""
    widths_open: frozenset[str] = frozenset()
    """Ports whose width is one bit only because nothing else is said."""

    @cached_property
    def prose(self) -> tuple[Sentence, ...]:
        """Sentences outside Verilog code."""
        return tuple(s for s in self.sentences if s.place.line not in self.header_lines)

    @cached_property
    def text(self) -> str:
        """The prose in one string."""
        return "\n".join(sentence.text for sentence in self.prose)

    @property
    def data_ports(self) -> tuple[Port, ...]:
        """Ports that are neither clock nor reset."""
        interface = self.spec.interface
        return (*interface.data_inputs, *interface.outputs)

    @property
    def sequential(self) -> bool:
        return bool(self.spec.interface.clocks)

    @cached_property
    def covered(self) -> frozenset[str]:
        """Names of outputs that a formal fragment defines, without indices.

        A worked example shows an output and does not define it.
        """
        fragments = (f for f in self.spec.fragments if f.kind is not Kind.EXAMPLE)
        return frozenset(name for f in fragments for name in fragment_names(f, "outputs"))

    @property
    def drawn(self) -> bool:
        """Whether waveforms show every output, and with it edges and resets."""
        return self.formal and any(f.kind is Kind.WAVEFORM for f in self.spec.fragments)

    @property
    def formal(self) -> bool:
        """Whether formal fragments define every output."""
        outputs = {port.name for port in self.spec.interface.outputs}
        return bool(outputs) and outputs <= self.covered

    @cached_property
    def machines(self) -> tuple[tuple[StateTable, Place], ...]:
        """State tables and where they stand."""
        fragments = self.spec.fragments
        return tuple((f.value, f.place) for f in fragments if isinstance(f.value, StateTable))

    def says(self, pattern: str) -> bool:
        """Whether the prose matches `pattern`, in any case."""
        return re.search(pattern, self.text, re.IGNORECASE) is not None

    def saying(self, pattern: str) -> Iterator[Sentence]:
        """Yield the sentences that match `pattern`."""
        compiled = re.compile(pattern, re.IGNORECASE)
        return (s for s in self.prose if compiled.search(s.text))

    def has_rule(self, *rules: str) -> bool:
        """Whether one of `rules` has spoken already."""
        return any(finding.rule in rules for finding in self.spec.findings)


def fragment_names(fragment: Fragment, side: str) -> Iterator[str]:
    """Yield the ports among the `inputs` or `outputs` of `fragment`, without indices."""
    for entry in getattr(fragment.value, side, ()):
        name = entry.name if isinstance(entry, (Port, Word)) else str(entry)
        yield name.partition("[")[0]


def question(rule: str, place: Place, message: str, assumption: str = "") -> Finding:
    """Return what a designer would ask, and what is assumed meanwhile."""
    return Finding(
        rule=rule,
        severity=Severity.QUESTION,
        place=place,
        message=message,
        assumption=assumption,
    )


def note(rule: str, place: Place, message: str, assumption: str = "") -> Finding:
    """Return something worth knowing that needs no answer."""
    return Finding(
        rule=rule, severity=Severity.NOTE, place=place, message=message, assumption=assumption
    )


def error(rule: str, place: Place, message: str) -> Finding:
    """Return a contradiction."""
    return Finding(rule=rule, severity=Severity.ERROR, place=place, message=message)
