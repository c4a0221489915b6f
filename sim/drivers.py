"""Which lines of a design decide an output: what to look at when it is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from sim.design import Design
from sim.gate import refused_early
from sim.process import Limits
from sim.worker import run_worker

_LIMITS = Limits(
    seconds=20.0,
    cpu_seconds=5.0,
    memory_bytes=1 << 30,
    file_bytes=1 << 20,
    folder_bytes=64 << 20,
    output_bytes=1 << 16,
    processes=16,
)
_MAX_TEXT = 200
_LINE_END = re.compile(r"\r\n|\r|\n")
_PLACES = TypeAdapter(list[tuple[str, int]])


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A line of a design as its author wrote it."""

    file: str
    line: int
    """1-based."""
    text: str
    """Without white space around it, and cut after 200 characters."""


def driving_lines(design: Design, port: str, *, most: int = 12) -> tuple[SourceLine, ...]:
    """Return the lines of `design` that drive its output `port`, nearest first.

    First the assignments to it with what guards them, then those to the signals
    that these read, and so on through instances, functions and gates; `most`
    lines at most. A design that cannot be elaborated in some seconds has none.

    Raises:
        EnvironmentFault: The child process that parses it cannot be run at all.
    """
    if most < 1:
        raise ValueError(f"most must be at least 1, not {most}")
    if refused_early(design) is not None:
        return ()
    request = {"top": design.top, "sources": dict(design.sources), "port": port, "most": most}
    work = run_worker("sim.drivers_worker", request, limits=_LIMITS)
    if not work.answers:
        return ()
    try:
        places = _PLACES.validate_python(work.answers[0])
    except ValidationError:
        return ()
    return tuple(_lines(design, places[:most]))


def _lines(design: Design, places: list[tuple[str, int]]) -> list[SourceLine]:
    texts = {name: _LINE_END.split(design.sources[name]) for name in _known(design, places)}
    return [
        SourceLine(file=file, line=line, text=texts[file][line - 1].strip()[:_MAX_TEXT])
        for file, line in places
        if file in texts and 1 <= line <= len(texts[file])
    ]


def _known(design: Design, places: list[tuple[str, int]]) -> set[str]:
    return {file for file, _ in places if file in design.sources}
