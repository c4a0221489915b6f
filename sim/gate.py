"""The one door from text to a simulator.

`admit` reads a design, refuses what could reach beyond it, and returns the
canonical text of what remains: macros expanded, comments, attributes and
skipped text gone, modules that the top never reaches left out. Simulators get
that text and no other, so that what is simulated is what was looked at.

Refused are: references out of the design; ending or stopping the simulation;
files, arguments of the command line and the environment; `force`, `bind`,
`program`, `final`, DPI; driving input ports from inside; definitions and names
of the testbench; includes of anything but the design's own sources.

The text is parsed in a child process under limits: there are texts that end
slang's process or keep it busy for hours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from sim.design import Design, digest
from sim.errors import ToolFailed
from sim.interface import Clock, Direction, Edge, Interface, Port, Reset
from sim.process import Limits, ToolRun
from sim.refusal import Refusal
from sim.text import without_comments
from sim.verdict import Cause
from sim.worker import Work, run_worker

MAX_SOURCE_BYTES = 1 << 20
"""Sources longer than this, all together, are not read."""

_LIMITS = Limits(
    seconds=240.0,  # a busy machine must not refuse a design; CPU time does
    cpu_seconds=15.0,
    memory_bytes=1 << 30,
    file_bytes=64 << 20,
    folder_bytes=128 << 20,
    output_bytes=1 << 16,
    processes=16,
)
_TOGETHER = replace(_LIMITS, seconds=300.0, cpu_seconds=60.0)
_MOST_TOGETHER = 128
"""Designs that one process examines at most."""
_MOST_TOGETHER_BYTES = 2 << 20
_TURN_SECONDS = 2.0
"""Processor time for one design among many; one that needs more is examined alone."""
_LIMIT_RULES = frozenset({"limits", "nesting"})
"""Refusals that may come of what was left by others."""
_EXAMINING = "in _examine"
"""In a traceback: what failed is the examination, not the start of the process."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_INCLUDE = re.compile(r'`include\s*(?:"(?P<quoted>[^"\n]{0,999})"|<(?P<angled>[^>\n]{0,999})>)')
_ODD_NAME = re.compile(r"(?:\A|/)[-+@]|[\x00-\x1f\\:\ud800-\udfff]")
_SOURCE_SUFFIXES = ("", ".v", ".sv", ".vh", ".svh", ".h", ".inc")
"""Tools take files of other names for something else: C++ to compile, options, libraries."""
_DATA_SUFFIXES = [
    ".hex",
    ".mem",
    ".dat",
    ".data",
    ".txt",
    ".bin",
    ".coe",
    ".mif",
    ".list",
    ".lst",
    ".init",
    ".rom",
    ".ram",
    ".vec",
    ".csv",
    ".tv",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Names around a design that it may not take or use; see `admit`."""

    reserved: frozenset[str] = frozenset()
    outer: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    """Further modules of the simulation. A design may define modules so called, but nothing
    that a simulator could take for one of them: no primitive, no module in a module."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What the gate makes of a design: its canonical text, or why it is refused."""

    design: Design | None
    """The text to simulate; None if the design is refused."""
    refusals: tuple[Refusal, ...] = ()
    interface: Interface | None = None
    """Ports, parameters, clocks and resets of the top module, where they could be read."""
    cause: Cause = Cause.NONE
    """NONE if admitted; otherwise the kind of refusal."""
    digest: str = ""
    """Hex digest of what the canonical text says; empty if the design is refused.

    Comments, white space, layout and the names of sources make no difference to it.
    """
    lane: Design | None = None
    """The design under names that no other has, for simulations of many (`sim.lanes`).

    None if it is refused, or does anything by which neighbors could be told.
    """

    def __post_init__(self) -> None:
        if (self.design is None) == (self.cause is Cause.NONE):
            raise ValueError("an admission has either a design or a cause")


def admit(
    design: Design,
    *,
    reserved: frozenset[str] = frozenset(),
    outer: frozenset[str] = frozenset(),
    interface: Interface | None = None,
) -> Admission:
    """Return the canonical text of `design`, or why it may not be simulated.

    `reserved` are module names that the design may not define, `outer` the names of
    instances and signals around it, with which no hierarchical name of it may begin. If `interface`
    is given the top module's ports must have its names, directions and widths;
    whether they are signed may differ. A bad design never raises.

    Raises:
        EnvironmentFault: The child process cannot be run at all.
    """
    return _Door(interface).alone(_Asked(design, Surroundings(reserved=reserved, outer=outer)))


def admit_many(
    designs: Sequence[Design],
    *,
    reserved: frozenset[str] = frozenset(),
    outer: frozenset[str] = frozenset(),
    interface: Interface | None = None,
) -> list[Admission]:
    """Return what `admit` returns for each of `designs`, much faster than one by one.

    One child process examines many. A design that it does not survive, or that is
    slow or hungry, is examined again by itself; the others lose nothing by it.

    Raises:
        EnvironmentFault: The child process cannot be run at all.
    """
    around = Surroundings(reserved=reserved, outer=outer)
    return _Door(interface).different([_Asked(design, around) for design in designs])


def admit_each(asked: Sequence[tuple[Design, Surroundings]]) -> list[Admission]:
    """Return what `admit_many` returns for designs of many testbenches, each for its own.

    Raises:
        EnvironmentFault: The child process cannot be run at all.
    """
    return _Door(None).different([_Asked(design, around) for design, around in asked])


class _Asked(NamedTuple):
    """A design, and what it is to stand in."""

    design: Design
    around: Surroundings

    @property
    def content(self) -> tuple[object, ...]:
        """All that the answer depends on, file order included."""
        design = self.design
        return self.around, design.top, *design.sources.items(), "data", *design.data.items()

    @property
    def request(self) -> dict[str, object]:
        """What the worker is told."""
        return {
            "top": self.design.top,
            "sources": dict(self.design.sources),
            "data": sorted(self.design.data),
            "reserved": sorted(self.around.reserved),
            "outer": sorted(self.around.outer),
            "beside": sorted(self.around.beside),
        }


@dataclass(frozen=True, slots=True)
class _Door:
    """The gate, of one interface if that is known."""

    interface: Interface | None

    def alone(self, asked: _Asked) -> Admission:
        early = refused_early(asked.design)
        if early is not None:
            return early
        work = _ask([asked], _LIMITS)
        if work.run.exit_code != 0 or not work.answers:
            return unanswered(work.run)
        return self._admission(asked, work.answers[0])

    def different(self, asked: Sequence[_Asked]) -> list[Admission]:
        """Return an admission of each; what is the same is examined once."""
        different = {one.content: one for one in asked}
        found = dict(zip(different, self._together(list(different.values())), strict=True))
        return [found[one.content] for one in asked]

    def _together(self, asked: Sequence[_Asked]) -> list[Admission]:
        early = [refused_early(one.design) for one in asked]
        waiting = [one for one, refused in zip(asked, early, strict=True) if refused is None]
        answered = iter(self._examined(waiting))
        return [refused or next(answered) for refused in early]

    def _examined(self, asked: Sequence[_Asked]) -> list[Admission]:
        found: list[Admission] = []
        while len(found) < len(asked):
            few = _that_fit(asked[len(found) :])
            work = _ask(few, _TOGETHER, turn=_TURN_SECONDS)
            found += map(self._confirmed, few, work.answers)
            ended_well = work.run.exit_code == 0 and work.answers
            if not ended_well and len(work.answers) < len(few):
                found.append(self.alone(few[len(work.answers)]))
        return found

    def _confirmed(self, asked: _Asked, answer: Mapping[str, Any]) -> Admission:
        """Return the admission of one design among many; where memory decided, ask again."""
        limited = any(refusal["rule"] in _LIMIT_RULES for refusal in answer["refusals"])
        return self.alone(asked) if limited else self._admission(asked, answer)

    def _admission(self, asked: _Asked, answer: Mapping[str, Any]) -> Admission:
        admission = _admission(asked.design, answer)
        if admission.interface is None or self.interface is None:
            return admission
        differences = tuple(_differences(admission.interface, self.interface))
        if not differences:
            return admission
        found = admission.interface
        return Admission(design=None, refusals=differences, interface=found, cause=Cause.INTERFACE)


def _ask(asked: Sequence[_Asked], limits: Limits, *, turn: float = 0) -> Work:
    request = {"cpu_seconds": turn, "designs": [one.request for one in asked]}
    return run_worker("sim.gate_worker", request, limits=limits)


def _that_fit(asked: Sequence[_Asked]) -> list[_Asked]:
    """Return the first of `asked`, as many as one process is given, and at least one."""
    found: list[_Asked] = []
    size = 0
    for one in asked[:_MOST_TOGETHER]:
        size += sum(map(len, one.design.sources.values()))
        if found and size > _MOST_TOGETHER_BYTES:
            break
        found.append(one)
    return found


def refused_early(design: Design) -> Admission | None:
    """Return the refusal of a design that no parser should be given; None for all others."""
    refusals = tuple(_early_refusals(design))
    return Admission(design=None, refusals=refusals, cause=Cause.REFUSED) if refusals else None


def _early_refusals(design: Design) -> Iterator[Refusal]:
    """Yield what can be seen without a parser."""
    size = sum(len(text.encode(errors="surrogatepass")) for text in design.sources.values())
    if size > MAX_SOURCE_BYTES:
        message = f"sources may have {MAX_SOURCE_BYTES} bytes together, not {size}"
        yield Refusal(rule="size", file="", line=0, message=message)
        return
    for name in (*design.sources, *design.data):
        if _ODD_NAME.search(name):
            message = f"a file's name must be plain, not {name!r}"
            yield Refusal(rule="file-name", file=name, line=0, message=message)
    for name in design.sources:
        if _suffix(name) not in _SOURCE_SUFFIXES:
            allowed = " ".join(_SOURCE_SUFFIXES).strip()
            message = f"a source must be called like Verilog ({allowed}), not {name!r}"
            yield Refusal(rule="file-name", file=name, line=0, message=message)
    for name in design.data:
        if PurePosixPath(name).suffix.lower() not in _DATA_SUFFIXES:
            message = (
                f"a data file must be a memory image ({' '.join(_DATA_SUFFIXES)}), not {name!r}"
            )
            yield Refusal(rule="file-name", file=name, line=0, message=message)
    for name, text in design.sources.items():
        yield from _text_refusals(name, text)


def _suffix(name: str) -> str:
    """Return what follows the last dot, the dot included, as tools see it: also in `.cpp`."""
    _, dot, suffix = PurePosixPath(name).name.rpartition(".")
    return dot and dot + suffix.lower()


def _text_refusals(name: str, text: str) -> Iterator[Refusal]:
    odd = _CONTROL.search(text)
    if odd is not None:
        message = f"sources must be plain text; found the control character {odd.group()!r}"
        line = text.count("\n", 0, odd.start()) + 1
        yield Refusal(rule="characters", file=name, line=line, message=message)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        message = f"sources must be UTF-8 text; character {error.start} is none"
        yield Refusal(rule="characters", file=name, line=0, message=message)
    # Before the parser opens the file; the parser's own list is checked afterwards.
    bare = without_comments(text)
    line, at = 1, 0
    for match in _INCLUDE.finditer(bare):
        path = match["quoted"] if match["quoted"] is not None else match["angled"]
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            message = f"a design may include only its own sources, not {path!r}"
            line, at = line + bare.count("\n", at, match.start()), match.start()
            yield Refusal(rule="include", file=name, line=line, message=message)


def _admission(design: Design, answer: Mapping[str, Any]) -> Admission:
    cause = Cause[answer["cause"]]
    refusals = tuple(Refusal(**refusal) for refusal in answer["refusals"])
    if cause is not Cause.NONE:
        return Admission(design=None, refusals=refusals, cause=cause)
    lane = answer["lane"]
    return Admission(
        design=Design(top=design.top, sources=answer["sources"], data=design.data),
        interface=_interface(answer["interface"]),
        digest=_with_data(answer["digest"], design.data),
        lane=lane and Design(top=lane["top"], sources=lane["sources"]),
    )


def _with_data(normalized: str, data: Mapping[str, bytes]) -> str:
    if not data:
        return normalized
    parts = [part for name in sorted(data) for part in (name.encode(), data[name])]
    return digest(normalized.encode(), *parts)


def unanswered(run: ToolRun) -> Admission:
    """Judge a design on which the worker did not come to an end.

    Raises:
        ToolFailed: The worker has not come as far as the design.
    """
    if run.limit is not None:
        cause = Cause.TIME if run.timed_out else Cause.MEMORY
        message = f"the design could not be elaborated within the {run.limit} limit"
    elif run.exit_code is not None and run.exit_code < 0:
        cause, message = Cause.REFUSED, "the parser does not survive this text"
    elif "MemoryError" in run.output or "bad_alloc" in run.output:
        cause, message = Cause.MEMORY, "the design could not be elaborated within the memory limit"
    elif _EXAMINING in run.output:
        last = run.output.strip().splitlines()[-1]
        cause, message = Cause.REFUSED, f"the gate cannot make sense of this text: {last[:200]}"
    else:
        raise ToolFailed(
            f"the gate's own process failed with exit code {run.exit_code}: {run.output[-500:]}"
        )
    refusal = Refusal(rule="limits", file="", line=0, message=message)
    return Admission(design=None, refusals=(refusal,), cause=cause)


def _interface(found: Mapping[str, Any]) -> Interface:
    return Interface(
        module=found["module"],
        ports=tuple(
            Port(**{**port, "direction": Direction(port["direction"])}) for port in found["ports"]
        ),
        parameters=found["parameters"],
        clocks=tuple(Clock(port=c["port"], edge=Edge(c["edge"])) for c in found["clocks"]),
        resets=tuple(Reset(**reset) for reset in found["resets"]),
    )


def _differences(found: Interface, wanted: Interface) -> Iterator[Refusal]:
    """Yield where the ports `found` are not those `wanted`."""
    names = {port.name: port for port in found.ports}
    for port in wanted.ports:
        own = names.pop(port.name, None)
        message = ""
        if own is None:
            message = f"port {port.name!r} ({_shape(port)}) is missing"
        elif (own.direction, own.width) != (port.direction, port.width):
            message = f"port {port.name!r} must be {_shape(port)}, not {_shape(own)}"
        if message:
            yield Refusal(rule="interface", file="", line=0, message=message)
    for extra in names.values():
        message = f"port {extra.name!r} ({_shape(extra)}) is not in the interface"
        yield Refusal(rule="interface", file="", line=0, message=message)


def _shape(port: Port) -> str:
    return f"{port.direction.value}, {port.width} bit{'s' if port.width > 1 else ''}"
