"""The order of processes: a design whose meaning hangs on it has a race."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError

from sim.design import Design
from sim.process import Limits
from sim.worker import run_worker

_LIMITS = Limits(
    seconds=60.0,
    cpu_seconds=10.0,
    memory_bytes=1 << 30,
    file_bytes=16 << 20,
    folder_bytes=64 << 20,
    output_bytes=1 << 16,
    processes=16,
)
_SOURCES = TypeAdapter(dict[str, dict[str, str]])
_SUSPECTS = TypeAdapter(list[tuple[str, int, str]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A signal that is assigned by `=` at a clock edge and read at one by another process."""

    file: str
    line: int
    """Of the assignment, 1-based."""
    signal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessOrder:
    """What is known of a design's processes."""

    turned: Design | None
    """The design with the processes and instances of each module in reverse order; the standard
    gives both the same meaning unless processes race. None where that could not be made."""
    suspects: tuple[Suspect, ...] = ()


def process_order(design: Design) -> ProcessOrder:
    """Examine the processes of `design`, as the gate has admitted it.

    Raises:
        EnvironmentFault: The child process that parses it cannot be run at all.
    """
    request = {"top": design.top, "sources": dict(design.sources)}
    answers = run_worker("sim.process_order_worker", request, limits=_LIMITS).answers
    try:
        sources = _SOURCES.validate_python(answers[0])["sources"] if answers else {}
        found = _SUSPECTS.validate_python(answers[1]) if len(answers) > 1 else []
    except (ValidationError, KeyError):
        return ProcessOrder(turned=None)
    same = sources == dict(design.sources) or sources.keys() != design.sources.keys()
    return ProcessOrder(
        turned=None if same else replace(design, sources=sources),
        suspects=tuple(Suspect(file=file, line=line, signal=name) for file, line, name in found),
    )
