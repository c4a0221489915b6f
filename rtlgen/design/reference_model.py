"""Reference models written by a language model: Python that nobody has looked at.

Such a module has a class `Reference` with

- `reset()`: go to the state after reset; called first, too, with a reset or without,
- `clock(inputs)`: take the active clock edge,
- `outputs(inputs)`: return the outputs now, by port; None where any value is right;

`inputs` are unsigned values of every input but the clocks. It runs in a confined
child process and says nothing but rows; the worst it can do is to be wrong.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from rtlgen.design import reference_worker
from sim.interface import Interface
from sim.process import Limits, ToolRun, run_tool
from sim.scratch import scratch_folder
from testbench_gen.stimulation import Kind, Operation, Stimulation

MAX_SOURCE_BYTES = 1 << 17
"""A reference model longer than this is not run."""
_LIMITS = Limits(
    seconds=30.0,
    cpu_seconds=15.0,
    memory_bytes=512 << 20,
    file_bytes=64 << 20,
    folder_bytes=128 << 20,
    output_bytes=1 << 14,
    processes=8,
)
_WORKER = "worker.py"
_MOST_FAULT = 1 << 14
"""Bytes of an answer that says what is wrong."""
_VALUE = re.compile(r"[01-]*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What a reference model expects at every sample, or why there is no telling."""

    rows: tuple[str, ...] | None
    """Outputs in the order of the ports, as in a trace; `-` where any value is right."""
    fault: str = ""

    def __post_init__(self) -> None:
        if (self.rows is None) != bool(self.fault):
            raise ValueError("a prediction has either rows or a fault")


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    rows: list[list[Annotated[str, StringConstraints(max_length=1 << 16)]]] | None
    fault: Annotated[str, StringConstraints(max_length=1000)] = Field(default="")


def predict(source: str, stimulation: Stimulation) -> Prediction:
    """Return what the reference model `source` expects at the samples of `stimulation`.

    Raises:
        EnvironmentFault: The child process cannot be run at all.
        InvalidInterface: There are several clocks.
    """
    asynchronous = {r.name for r in stimulation.plan.timing.resets if r.asynchronous}
    return run_script(
        source, stimulation.interface, stimulation.script(), asynchronous=frozenset(asynchronous)
    )


def run_script(
    source: str,
    interface: Interface,
    operations: Sequence[Operation],
    *,
    asynchronous: frozenset[str],
) -> Prediction:
    """Take the reference model `source` through `operations`.

    Raises:
        EnvironmentFault: The child process cannot be run at all.
    """
    if len(source.encode(errors="replace")) > MAX_SOURCE_BYTES:
        return Prediction(rows=None, fault=f"it is longer than {MAX_SOURCE_BYTES} bytes")
    clocks = frozenset(clock.port for clock in interface.clocks)
    request = {
        "source": source.encode(errors="replace").decode(),
        "outputs": [(port.name, port.width) for port in interface.outputs],
        "script": list(_script(operations, clocks, asynchronous)),
    }
    widths = [port.width for port in interface.outputs]
    samples = sum(operation.kind is Kind.SAMPLE for operation in operations)
    with scratch_folder() as folder:
        (folder / reference_worker.REQUEST).write_text(json.dumps(request), encoding="utf-8")
        (folder / _WORKER).write_bytes(Path(reference_worker.__file__).read_bytes())
        run = run_tool([sys.executable, "-I", "-S", _WORKER], cwd=folder, limits=_LIMITS)
        text = _read(folder / reference_worker.ANSWER, most=_longest(widths, samples))
    return _prediction(run, text, widths, samples)


def _script(
    operations: Sequence[Operation], clocks: frozenset[str], asynchronous: frozenset[str]
) -> Iterator[tuple[object, ...]]:
    for operation in operations:
        if operation.kind is Kind.APPLY:
            levels = {name: v for name, v in operation.inputs.items() if name not in clocks}
            yield "apply", levels, bool(operation.asserted & asynchronous)
        elif operation.kind is Kind.EDGE:
            yield "edge", bool(operation.asserted)
        else:
            yield ("sample",)


def _longest(widths: Sequence[int], samples: int) -> int:
    """Return the bytes that an honest answer has at most; to read more costs memory and time."""
    row = sum(width + len('"", ') for width in widths) + len("[], ")
    return samples * row + _MOST_FAULT


def _read(path: Path, *, most: int) -> str | None:
    if path.is_symlink() or not path.is_file() or path.stat().st_size > most:
        return None
    return path.read_text(encoding="utf-8", errors="replace")


def _prediction(run: ToolRun, text: str | None, widths: Sequence[int], samples: int) -> Prediction:
    if run.limit is not None:
        return Prediction(rows=None, fault=f"it reached the {run.limit} limit")
    if text is None:
        return Prediction(
            rows=None, fault="its process ended before the last row, or said too much"
        )
    try:
        answer = _Answer.model_validate_json(text)
    except ValidationError:
        return Prediction(rows=None, fault="its answer is none")
    if answer.rows is None:
        return Prediction(rows=None, fault=_plain(answer.fault) or "its answer is none")
    if len(answer.rows) != samples:
        return Prediction(rows=None, fault=f"it must give {samples} rows, not {len(answer.rows)}")
    for row in answer.rows:
        fits = [len(v) for v in row] == list(widths) and all(map(_VALUE.match, row))
        if not fits:
            return Prediction(rows=None, fault="a row of its answer does not fit the ports")
    return Prediction(rows=tuple("".join(row) for row in answer.rows))


def _plain(text: str) -> str:
    """Return hostile `text` as one line that can be shown."""
    return "".join(c if c.isprintable() else " " for c in text).strip()
