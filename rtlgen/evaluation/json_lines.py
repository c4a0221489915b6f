"""JSON Lines as benchmarks publish their problems."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, StrictStr, ValidationError

from rtlgen.evaluation.layout import incomplete, read_text


class TaskRow(BaseModel):
    """What every line of a benchmark has; fields that are not read may be there."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    task_id: StrictStr = Field(min_length=1)


RowT = TypeVar("RowT", bound=TaskRow)


def read_rows(path: Path, model: type[RowT]) -> dict[str, tuple[int, RowT]]:
    """Return line number and row by `task_id`, in the order of the file.

    Raises:
        UsageError: A line is no JSON object, lacks a field, or repeats a task.
    """
    rows: dict[str, tuple[int, RowT]] = {}
    for number, line in _lines(path):
        row = _row(line, model, f"{path}:{number}")
        if row.task_id in rows:
            first = f"{row.task_id!r} is in line {rows[row.task_id][0]} too"
            incomplete(f"a task must be there once, {first}, {path}:{number}")
        rows[row.task_id] = (number, row)
    return rows


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            yield number, line


def _row(line: str, model: type[RowT], place: str) -> RowT:
    try:
        return model.model_validate(json.loads(line))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(map(str, first["loc"])) or "a problem"
        incomplete(f"{name} of a problem: {first['msg'].lower()}, {place}")
    except (ValueError, RecursionError) as error:
        why = str(error).split(":", 1)[0]
        incomplete(f"a problem must be a line of JSON: {why}, {place}")
