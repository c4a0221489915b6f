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

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from sim.design import Design
from sim.errors import ToolFailed
from sim.interface import Clock, Direction, Edge, Interface, Port, Reset
from sim.process import Limits, ToolRun, run_tool
from sim.refusal import Refusal
from sim.scratch import scratch_folder
from sim.text import without_comments
from sim.verdict import Cause

MAX_SOURCE_BYTES = 1 << 20
"""Sources longer than this, all together, are not read."""

_LIMITS = Limits(
    seconds=45.0,
    cpu_seconds=15.0,
    memory_bytes=1 << 30,
    file_bytes=64 << 20,
    folder_bytes=128 << 20,
    output_bytes=1 << 16,
    processes=16,
)
_REQUEST = "request.json"
_ANSWER = "answer.json"
_EXAMINING = "in _examine"
"""In a traceback: what failed is the examination, not the start of the process."""
_START = """
import sys, types
sim = sys.modules["sim"] = types.ModuleType("sim")
sim.__path__ = sys.argv[1:]
from sim.gate_worker import main
main()
"""
"""Finds the package without a look at the folder around it, which Landlock does not allow."""
_HERE = Path(__file__).resolve().parent

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_INCLUDE = re.compile(r'`include\s*(?:"(?P<quoted>[^"\n]{0,999})"|<(?P<angled>[^>\n]{0,999})>)')
_ODD_NAME = re.compile(r"(?:\A|/)[-+@]|[\x00-\x1f\\:\ud800-\udfff]")
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
class Admission:
    """What the gate makes of a design: its canonical text, or why it is refused."""

    design: Design | None
    """The text to simulate; None if the design is refused."""
    refusals: tuple[Refusal, ...] = ()
    interface: Interface | None = None
    """Ports, parameters, clocks and resets of the top module, where they could be read."""
    cause: Cause = Cause.NONE
    """NONE if admitted; otherwise the kind of refusal."""

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
    early = list(_early_refusals(design))
    if early:
        return Admission(design=None, refusals=tuple(early), cause=Cause.REFUSED)
    admission = _admission(design, *_ask(design, reserved, outer))
    if admission.interface is None or interface is None:
        return admission
    differences = tuple(_differences(admission.interface, interface))
    if not differences:
        return admission
    return replace(admission, design=None, refusals=differences, cause=Cause.INTERFACE)


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
    for name in design.data:
        if PurePosixPath(name).suffix.lower() not in _DATA_SUFFIXES:
            message = (
                f"a data file must be a memory image ({' '.join(_DATA_SUFFIXES)}), not {name!r}"
            )
            yield Refusal(rule="file-name", file=name, line=0, message=message)
    for name, text in design.sources.items():
        yield from _text_refusals(name, text)


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


def _ask(
    design: Design, reserved: frozenset[str], outer: frozenset[str]
) -> tuple[ToolRun, str | None]:
    """Run the worker on `design`; return its run, and its answer if there is one."""
    request = {
        "top": design.top,
        "sources": dict(design.sources),
        "data": sorted(design.data),
        "reserved": sorted(reserved),
        "outer": sorted(outer),
    }
    with scratch_folder() as folder:
        (folder / _REQUEST).write_text(json.dumps(request), encoding="utf-8")
        run = run_tool(
            [sys.executable, "-I", "-c", _START, str(_HERE)],
            cwd=folder,
            limits=_LIMITS,
            readable=[_HERE],
        )
        answer = folder / _ANSWER
        text = answer.read_text(encoding="utf-8") if run.exit_code == 0 else None
    return run, text


def _admission(design: Design, run: ToolRun, answer: str | None) -> Admission:
    if answer is None:
        return unanswered(run)
    found = json.loads(answer)
    cause = Cause[found["cause"]]
    refusals = tuple(Refusal(**refusal) for refusal in found["refusals"])
    if cause is not Cause.NONE:
        return Admission(design=None, refusals=refusals, cause=cause)
    return Admission(
        design=Design(top=design.top, sources=found["sources"], data=design.data),
        interface=_interface(found["interface"]),
    )


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
