"""Where a module's items stand in its source, and what they drive and read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from pydantic import TypeAdapter

from sim.design import Design
from sim.errors import InvalidDesign
from sim.process import Limits
from sim.scratch import scratch_folder
from symbolic.yosys import answers_in, run_forking
from symbolic.yosys_worker import ANSWERS

LIMITS = Limits(
    seconds=20.0,
    cpu_seconds=20.0,
    memory_bytes=2 << 30,
    file_bytes=256 << 20,
    folder_bytes=512 << 20,
    output_bytes=1 << 16,
    processes=16,
)
"""Of the child process that parses."""


class ItemKind(Enum):
    """What an item of a module is."""

    ASSIGN = "assign"
    COMBINATIONAL = "combinational"
    """An `always @*`, `always_comb`, `always_latch` or `always` with a list of levels."""
    CLOCKED = "clocked"
    INITIAL = "initial"
    INSTANCE = "instance"
    SIGNALS = "signals"
    """Declarations of nets or variables."""
    PORTS = "ports"
    """Declarations of ports in the body."""
    CONSTANTS = "constants"
    """Parameters."""
    GENERATE = "generate"
    OTHER = "other"
    """Functions, types, genvars, assertions, and what else drives nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A part of a source's text."""

    file: str
    start: int
    """The first character, counted from 0."""
    end: int
    """The first character behind it."""


class StatementKind(Enum):
    """What a statement of a process is, as far as it can be taken apart."""

    BLOCK = "block"
    IF = "if"
    """Its parts are what is done, and what is done else, if anything."""
    CASE = "case"
    CHOICE = "choice"
    """An item of a `case`, with one part."""
    OVERLAPPING = "overlapping"
    """An item that later ones may overlap, such as those of `casez` and `case (1'b1)`."""
    DEFAULT = "default"
    OTHER = "other"
    """Assignments, loops, declarations, and what else has no parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement of a process."""

    kind: StatementKind
    span: Span
    drives: tuple[str, ...] = ()
    """Signals that it or its parts assign; `?` for those that its text does not show."""
    parts: tuple[Statement, ...] = ()
    condition: Span | None = None
    """Of an `if`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of the top module's body."""

    kind: ItemKind
    span: Span
    """Without the white space and comments around it."""
    drives: tuple[str, ...] = ()
    """Signals that it assigns or connects to outputs; those in generate blocks and instances
    with a path, such as `stage[0].carry`."""
    reads: tuple[str, ...] = ()
    """Signals whose values decide what it drives; what functions read is included."""
    loops: tuple[str, ...] = ()
    """Those of `drives` that count `for` loops."""
    names: tuple[str, ...] = ()
    """Of instances, or of what it declares."""
    modules: tuple[str, ...] = ()
    """Modules that it instantiates."""
    opaque: bool = False
    """Whether it stems from a macro or an included file, so that it cannot be edited alone."""
    body: Statement | None = None
    """Of a clocked process, what its event control stands before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A net or variable of the top module."""

    name: str
    variable: bool
    """Whether it is assigned in processes (`reg`, `logic`, ...), not a net."""
    keyword: str
    """As it is declared: `wire`, `reg`, `logic`, `integer`, a type's name; empty: none."""
    width: int
    msb: int | None = None
    """None for a scalar; packed dimensions and structs are laid flat."""
    lsb: int | None = None
    signed: bool = False
    words: tuple[tuple[int, int], ...] = ()
    """Bounds of its unpacked dimensions."""
    direction: str = ""
    """Of a port."""
    span: Span
    """Of its name, with dimensions and initial value."""
    item: int | None = None
    """Which of `SourceMap.items` declares it; None: the header, or nothing."""
    keyword_span: Span | None = None
    """Where the keyword stands."""
    alone: bool = False
    """Whether its declaration declares nothing else."""
    initialized: bool = False
    """Whether its declaration gives it a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A name with a value."""

    name: str
    kind: str
    """`parameter`, `localparam`, `enum` or `define`."""
    bits: str
    """Its value, the most significant bit first: `0`, `1`, `x`, `z`."""
    type: str = ""
    """Name of its enumeration."""
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMap:
    """The text of a design's top module, taken apart."""

    file: str
    module: Span
    """From `module` to the end of `endmodule` and its label."""
    header: Span
    """To its semicolon."""
    end: int
    """Where `endmodule` begins."""
    ansi: bool
    """Whether the header declares the ports."""
    items: tuple[Item, ...]
    """In order."""
    signals: Mapping[str, Signal]
    constants: Mapping[str, Constant]
    modules: Mapping[str, Span] = field(default_factory=dict)
    """All modules of the design."""
    instances: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each module, those that it instantiates."""
    problem: str = ""
    """The first thing, with its place, that the language forbids, if anything: what items drive and
    read is not all known then."""


_FOUND: TypeAdapter[SourceMap] = TypeAdapter(SourceMap)


def source_map(design: Design, *, limits: Limits = LIMITS) -> SourceMap:
    """Return where everything stands in the top module of `design`.

    The text is parsed in a sandboxed child process. What the standard forbids but
    leaves clear, such as a net that a process assigns, is taken as it is.

    Raises:
        InvalidDesign: A syntax error, no top module of that name or several, or a text that
            the parser does not survive; with file and line where they are known.
        EnvironmentFault: No child process can be run.
    """
    return source_maps([design], limits=limits)[0]


def source_maps(designs: list[Design], *, limits: Limits = LIMITS) -> list[SourceMap]:
    """Return the map of each design, as `source_map`, in one child process."""
    requests = [{"top": d.top, "sources": dict(d.sources)} for d in designs]
    with scratch_folder() as folder:
        worker = "symbolic.dataflow.source_map_worker"
        run = run_forking(worker, requests, folder=folder, limits=limits)
        answers = answers_in(folder / ANSWERS)
    ended = f"the {run.limit} limit was reached" if run.limit else "the parser does not survive it"
    missing = [{"error": f"this text cannot be parsed: {ended}"}] * (len(designs) - len(answers))
    return [_checked(answer) for answer in (*answers, *missing)]


def _checked(answer: Mapping[str, Any]) -> SourceMap:
    if "error" in answer:
        raise InvalidDesign(answer["error"])
    return _FOUND.validate_python(answer)
