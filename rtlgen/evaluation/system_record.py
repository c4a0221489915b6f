"""`system.jsonl`: how the answer to each problem came about, a problem a line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, ValidationError

from rtlgen.design.options import Outcome
from rtlgen.errors import UsageError
from rtlgen.evaluation.strict import Strict, first_fault

SYSTEM: Final = "system.jsonl"
"""Name of the file in a run's folder."""


class SystemAnswer(Strict):
    """What the system answers to one problem."""

    task_id: str
    by: Literal["built-in", "model", "nobody"]
    """What made the design: the compiler of fragments, or the model."""
    outcome: Outcome
    """What `rtlgen design` would say of it; the benchmark's test has no part in it."""
    basis: str = ""
    """What that rests on: `reference`, `agreement`, or nothing."""
    trust: float | None = Field(default=None, ge=0, le=1)
    """Estimated probability that it is right, where nothing formal verified it."""
    candidates: int = Field(default=0, ge=0)
    """Answers of the model that it was chosen from."""
    verilog: str | None
    """None where there is no design to choose."""
    reason: str = ""
    seconds: float = Field(ge=0)
    """Wall time."""


def append_answer(folder: Path, answer: SystemAnswer) -> None:
    """Add a line; it is on the disk when this returns.

    Raises:
        OSError: It cannot be written.
    """
    with (folder / SYSTEM).open("ab") as file:
        file.write(answer.model_dump_json().encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def cut_torn_line(folder: Path) -> None:
    """Remove a last line without its end, which a kill can leave.

    Raises:
        OSError: The file cannot be written.
    """
    path = folder / SYSTEM
    if not path.is_file():
        return
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(path, whole)


def read_answers(folder: Path) -> Iterator[SystemAnswer]:
    """Yield the answers in a run's folder; none where there is no such file.

    Raises:
        UsageError: A line is no answer; names file and line.
    """
    path = folder / SYSTEM
    if not path.is_file():
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.endswith(b"\n"):
                yield _answer(line, f"{path}:{number}")


def _answer(line: bytes, place: str) -> SystemAnswer:
    try:
        return SystemAnswer.model_validate_json(line)
    except ValidationError as error:
        raise UsageError(
            f"{place}: {first_fault(error, whole='the line')}\n\n"
            "hint: the file is written by `rtlgen eval --system` and is not edited by hand"
        ) from error
