"""The text of a specification as the fragment readers see it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from rtlgen.spec.fragments.names import Names
from rtlgen.spec.model import Finding, Fragment, Kind, Place, Severity
from sim.interface import Interface

LONGEST_LINE = 2000
"""Characters; longer lines hold no fragment that a person wrote."""

_COMMENT = re.compile(r"^\s*(?://+|--(?=\s)|>|\*(?=\s*\|))\s?")
_MODULE = re.compile(r"^\s*(?:extern\s+)?module\s+\w")
_ENDMODULE = re.compile(r"\bendmodule\b")
_HEADER_END = re.compile(r"\)\s*;")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line without comment prefix; `code` marks the inside of a Verilog module."""

    number: int
    text: str
    code: bool = False

    @property
    def blank(self) -> bool:
        return not self.text.strip()


@dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """Lines, and the ports that names in them stand for."""

    lines: tuple[Line, ...]
    interface: Interface
    names: Names

    @classmethod
    def of(cls, text: str, interface: Interface) -> Source:
        """Split `text` into lines; comment prefixes are dropped, numbers kept."""
        lines = tuple(_lines(text))
        readable = "\n".join(line.text for line in lines if not line.code)
        return cls(lines=lines, interface=interface, names=Names.of(interface, readable))

    @cached_property
    def prose(self) -> str:
        """Everything but Verilog code, one string."""
        return "\n".join(line.text for line in self.lines if not line.code)

    @cached_property
    def flat(self) -> str:
        """The prose as one line."""
        return " ".join(self.prose.split())

    def place(self, first: int, last: int) -> Place:
        """Return the place of the lines with indices `first` to `last`, inclusive."""
        return Place(line=self.lines[first].number, end_line=self.lines[last].number)

    def text(self, first: int, last: int) -> str:
        """Return the lines with indices `first` to `last`, inclusive."""
        return "\n".join(line.text.rstrip() for line in self.lines[first : last + 1])

    def without(self, used: Iterable[int]) -> Source:
        """Return the same source with the lines of indices `used` blanked."""
        gone = set(used)
        lines = tuple(
            Line(number=line.number, text="") if index in gone else line
            for index, line in enumerate(self.lines)
        )
        return Source(lines=lines, interface=self.interface, names=self.names)

    def paragraphs(self) -> Iterator[tuple[int, int]]:
        """Yield first and last index of each run of lines that are neither blank nor code."""
        start: int | None = None
        for index, line in enumerate(self.lines):
            if line.blank or line.code:
                if start is not None:
                    yield start, index - 1
                start = None
            elif start is None:
                start = index
        if start is not None:
            yield start, len(self.lines) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one reader found, and which line indices it used up."""

    fragments: tuple[Fragment, ...] = ()
    findings: tuple[Finding, ...] = ()
    used: frozenset[int] = frozenset()

    def __add__(self, other: Reading) -> Reading:
        return Reading(
            fragments=self.fragments + other.fragments,
            findings=self.findings + other.findings,
            used=self.used | other.used,
        )


def found(
    source: Source, kind: Kind, value: object, first: int, last: int, *, notes: Iterable[str] = ()
) -> Fragment:
    """Return the fragment that lines `first` to `last` (indices) state."""
    return Fragment(
        kind=kind,
        value=value,
        place=source.place(first, last),
        source=source.text(first, last),
        notes=tuple(notes),
    )


def objection(rule: str, place: Place, message: str) -> Finding:
    """Return an ERROR finding: nothing can be built from this fragment."""
    return Finding(rule=rule, severity=Severity.ERROR, place=place, message=message)


def question(rule: str, place: Place, message: str, *, assumption: str) -> Finding:
    """Return a QUESTION finding and what is assumed until it is answered."""
    return Finding(
        rule=rule, severity=Severity.QUESTION, place=place, message=message, assumption=assumption
    )


def remark(rule: str, place: Place, message: str) -> Finding:
    """Return a NOTE finding."""
    return Finding(rule=rule, severity=Severity.NOTE, place=place, message=message)


def _lines(text: str) -> Iterator[Line]:
    """Yield the lines of `text`; a module header alone is no code, a body is."""
    rows = [_COMMENT.sub("", row) for row in text.splitlines()]
    code = _code_lines(rows)
    for index, row in enumerate(rows):
        kept = row if len(row) <= LONGEST_LINE else ""
        yield Line(number=index + 1, text=kept.expandtabs(8), code=index in code)


def _code_lines(rows: list[str]) -> set[int]:
    """Return the indices of lines inside a module, its header included."""
    code: set[int] = set()
    start: int | None = None
    for index, row in enumerate(rows):
        if start is None and _MODULE.match(row):
            start = index
        if start is not None and _ENDMODULE.search(row):
            code.update(range(start, index + 1))
            start = None
    if start is not None:  # a header without a body: code ends where the port list does
        end = next((i for i in range(start, len(rows)) if _HEADER_END.search(rows[i])), start)
        code.update(range(start, end + 1))
    return code
