"""The top module of a design as a tree of parts with places in its text, for rewriting machines.

A part is a process, statement, expression or declaration; what cannot be edited
bit by bit is a part of kind `other` whose inside is known all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sim.design import Design
from sim.process import Limits
from sim.scratch import scratch_folder
from symbolic.yosys import answers_in, run_forking
from symbolic.yosys_worker import ANSWERS

_LIMITS = Limits(
    seconds=30.0,
    cpu_seconds=20.0,
    memory_bytes=2 << 30,
    file_bytes=256 << 20,
    folder_bytes=512 << 20,
    output_bytes=1 << 16,
    processes=16,
)


class SourceUnreadable(ValueError):
    """slang cannot read the design; the message says why, with its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of the text.

    Kinds of expressions: `name`, `const` (a literal, or a constant by name),
    `eq`, `ne`, `or`, `and`, `not`, `mux` (parts: condition, two values), `bit`
    (parts: a name, an index), `other`. Of statements: `block`, `if` (condition,
    then, maybe else), `case` (selector, items), `item` (labels, a statement),
    `default` (a statement), `assign` (target, value), `empty`, `loop`, `other`.
    Of items of the module: `process` (events, a statement), `wire` (a continuous
    assignment: target, value), `instance`, `function`, `generate`.
    """

    kind: str
    start: int
    end: int
    """Bytes of the text, the second behind it."""
    outer: tuple[int, int]
    """The same with the parentheses around an expression."""
    parts: tuple[Part, ...] = ()
    name: str = ""
    """Of a signal or constant; the operator of `or`, `and`; the keyword of a `process`,
    `case` or statement of kind `other`; `=` or `<=` for an `assign`."""
    value: str = ""
    """Of a constant, in bits `0`, `1`, `x`, `z`."""
    macro: str = ""
    """The macro that the text comes of."""
    origin: tuple[int, int] | None = None
    """Where that macro's text stands, if in this file."""

    def walk(self) -> Iterator[Part]:
        """Yield the part and all inside, from left to right."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting += reversed(part.parts)

    @property
    def number(self) -> int | None:
        """The value of a constant without x and z, read as unsigned."""
        if self.kind != "const" or set(self.value) - {"0", "1"} or not self.value:
            return None
        return int(self.value, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A signal or constant, and the declaration that it stands in."""

    name: str
    role: str
    """`variable`, `net`, `parameter`, `localparam` or `member` (of an enumeration)."""
    port: bool
    width: int
    value: str
    """Of a constant, in bits; empty for others."""
    start: int
    end: int
    """The declarator, with its initial value."""
    initial: Part | None
    whole: tuple[int, int]
    """The declaration, which may hold others; for a member, the enumeration's type."""
    range: tuple[int, int] | None
    """The bounds, `[1:0]`, of the declaration, or of the base type of an enumeration."""
    ranges: int
    """How many of them there are."""
    keyword: tuple[int, int]
    """The declaration up to the bounds: `localparam`, `output reg`, `typedef enum logic`."""
    type_name: str = ""
    """The type of an enumerated signal, or which enumeration a member is of."""
    header: bool = False
    """Whether it is a parameter of the module's header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The file with the top module, and what is in the module."""

    file: str
    text: bytes
    declared: tuple[Declared, ...]
    items: tuple[Part, ...]
    names: frozenset[str]
    """All names that the module knows."""
    body: tuple[int, int]
    """From behind the header's semicolon to `endmodule`."""

    def of(self, start: int, end: int) -> str:
        """Return the text from `start` to `end`."""
        return self.text[start:end].decode()

    def shown(self, part: Part) -> str:
        """Return the text of `part`, with the parentheses around it."""
        return self.of(*part.outer)

    def find(self, name: str) -> Declared | None:
        """Return what is declared as `name`."""
        return next((one for one in self.declared if one.name == name), None)


def read_source(design: Design) -> Source:
    """Read the top module of `design`, in a child process, or recall what was read.

    Raises:
        SourceUnreadable: slang does not accept the design, or does not survive it.
        EnvironmentFault: No child process can be run at all.
    """
    return _read(design.top, tuple(design.sources.items()))


@lru_cache(maxsize=16)
def _read(top: str, sources: tuple[tuple[str, str], ...]) -> Source:
    with scratch_folder() as folder:
        request = {"top": top, "sources": dict(sources)}
        run_forking("symbolic.fsm_source_worker", request, folder=folder, limits=_LIMITS)
        answers = answers_in(folder / ANSWERS)
    if not answers:
        raise SourceUnreadable("the parser does not survive this text")
    found = answers[0]
    if "unreadable" in found:
        raise SourceUnreadable(found["unreadable"])
    return _source(dict(sources), found)


def _source(sources: dict[str, str], found: dict[str, Any]) -> Source:
    return Source(
        file=found["file"],
        text=sources[found["file"]].encode(),
        declared=tuple(_declared(one) for one in found["declared"]),
        items=tuple(map(_part, found["items"])),
        names=frozenset(found["names"]),
        body=(found["body"][0], found["body"][1]),
    )


def _part(found: dict[str, Any]) -> Part:
    origin = found.get("origin")
    return Part(
        kind=found["kind"],
        start=found["start"],
        end=found["end"],
        outer=tuple(found.get("outer") or (found["start"], found["end"])),
        parts=tuple(map(_part, found.get("parts", ()))),
        name=found.get("name", ""),
        value=found.get("value", ""),
        macro=found.get("macro", ""),
        origin=(origin[0], origin[1]) if origin else None,
    )


def _declared(found: dict[str, Any]) -> Declared:
    spans = {key: tuple(v) for key, v in found.items() if isinstance(v, list)}
    initial = _part(found["initial"]) if found["initial"] else None
    fields: dict[str, Any] = {**found, **spans, "initial": initial}
    return Declared(**fields)
