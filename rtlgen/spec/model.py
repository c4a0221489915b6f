"""A specification as values; every part keeps its place in the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sim.interface import Interface
from sim.property import Property


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """Lines of the specification, 1-based and inclusive."""

    line: int
    end_line: int

    def __str__(self) -> str:
        return (
            f"line {self.line}"
            if self.line == self.end_line
            else f"lines {self.line}-{self.end_line}"
        )


class Kind(Enum):
    """What form a formal fragment has in the text."""

    TRUTH_TABLE = "truth table"
    KARNAUGH_MAP = "Karnaugh map"
    MINTERMS = "minterm list"
    EQUATION = "Boolean equation"
    STATE_TABLE = "state table"
    STATE_DIAGRAM = "state diagram"
    WAVEFORM = "waveform"
    EXAMPLE = "worked example"
    REQUIREMENTS = "requirements"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """A part of the specification with an exact meaning.

    `value` is a `symbolic` value: `TruthTable` for tables, maps, minterms and
    equations; `StateTable` for machines; `Waveform` for waveforms and examples;
    `Behavior` for requirements, which are all sentences together.
    """

    kind: Kind
    value: Any
    place: Place
    source: str
    """The text it was read from."""
    notes: tuple[str, ...] = ()
    """How the text was understood where it could be read in more than one way."""


class Severity(Enum):
    """How much a finding matters."""

    ERROR = "error"
    """The specification contradicts itself; nothing can be built from it."""
    QUESTION = "question"
    """A designer would have to ask; an assumption is made."""
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a designer would ask or object to."""

    rule: str
    """Short kebab-case name, such as `reset-polarity`."""
    severity: Severity
    place: Place
    message: str
    assumption: str = ""
    """What is assumed until somebody answers; empty if nothing has to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A specification: its text, the module's interface, and what it says formally."""

    text: str
    path: str
    """Where it was read from, for messages; `<text>` when it was no file."""
    interface: Interface
    interface_place: Place
    fragments: tuple[Fragment, ...] = ()
    findings: tuple[Finding, ...] = ()
    title: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    """YAML front matter, if there is any."""
    ranges: Mapping[str, str] = field(default_factory=dict)
    """Ranges of ports that name parameters, as Verilog, such as `[WIDTH-1:0]`."""
    properties: tuple[Property, ...] = ()
    """What is plainly said of the ports in every clock cycle."""
    not_understood: str = ""
    """Why its sentences cannot be compiled as requirements; empty if they can, or need not be."""

    @property
    def assumptions(self) -> tuple[Finding, ...]:
        """Findings that something has to be assumed for."""
        return tuple(finding for finding in self.findings if finding.assumption)
