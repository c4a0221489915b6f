"""The record of an evaluation: `run.json`, what it was and what must not change on the way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, Field, ValidationError

from rtlgen.errors import UsageError
from rtlgen.evaluation.benchmark import Extract
from rtlgen.evaluation.replacing import write_whole
from rtlgen.evaluation.strict import Strict, first_fault

RUN = "run.json"
"""Name of the record in a run's folder."""
SCHEMA: Final = 1


class SourceRecord(Strict):
    """Where the samples come from."""

    kind: Literal["samples", "model"]
    name: str
    """Name of the file, or of the model."""
    digest: str
    """Hex digest of the file, or of what the model was asked and under which settings."""
    details: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    """What else reproduces them, such as temperature and seed."""


class ConditionsRecord(Strict):
    """`harness.protocol.Conditions`."""

    cpu_seconds: float
    memory_bytes: int
    stop_early: bool
    windows: bool


class CountsRecord(Strict):
    """What a finished run did, all its parts together."""

    rows: int
    """Samples, judged or not."""
    not_judged: int
    simulated: int
    """Designs that were judged in this run, none twice."""
    equal: int
    """Samples that shared the judgement of an equal design."""
    cached: int
    """Samples whose judgement an earlier run had made."""


class RunRecord(Strict):
    """All of `run.json`."""

    schema_number: Literal[1] = SCHEMA
    rtlgen: str
    """Version that made the run."""
    benchmark: str
    title: str
    benchmark_digest: str
    """Of all that the chosen problems' verdicts depend on, headers included."""
    problems: list[str]
    """Task ids that were chosen, in the official order."""
    excluded: dict[str, str]
    """Task id to why it does not count."""
    harness: str
    simulator: str
    """Name and version of what judged, such as `Icarus Verilog 11.0`."""
    judging_code: str
    """Digest of the code that judges."""
    conditions: ConditionsRecord
    extract: Extract
    source: SourceRecord
    ks: list[int]
    executor: str = ""
    workers: int = 0
    started: str
    """UTC, ISO 8601."""
    finished: str | None = None
    """None while it runs, or where it was killed."""
    seconds: float = 0.0
    """Wall time of the last part of the run."""
    resumed: int = 0
    """Times that it was taken up again."""
    counts: CountsRecord | None = None


_PINNED: Mapping[str, str] = {
    "benchmark": "the benchmark",
    "problems": "the chosen problems",
    "benchmark_digest": "the benchmark's files",
    "source": "the samples",
    "extract": "the rule of extraction",
    "conditions": "limits and conditions",
    "harness": "the harness",
    "simulator": "the simulator",
    "judging_code": "the version of the code that judges",
}
"""What all parts of a run must share, in plain words."""


def differences(before: RunRecord, now: RunRecord) -> list[str]:
    """Return in what two parts of a run differ although they must not, each in words."""
    return [
        f"{words}: {_shown(getattr(before, name))} before, {_shown(getattr(now, name))} now"
        for name, words in _PINNED.items()
        if getattr(before, name) != getattr(now, name)
    ]


def _shown(value: object) -> str:
    if isinstance(value, BaseModel):
        return " ".join(f"{name}={part}" for name, part in value.model_dump().items())
    if isinstance(value, list):
        return f"{len(value)} ({', '.join(map(str, value[:3]))}, ...)"
    return str(value)


def read_run(path: Path) -> RunRecord:
    """Return the record at `path`, a run's folder or its `run.json`.

    Raises:
        UsageError: There is none, or it is damaged.
    """
    file = path / RUN if path.is_dir() else path
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(
            f"a run has a {RUN}; cannot read {file}: {error.strerror}\n\n"
            "hint: give the folder that `rtlgen eval` wrote with -o"
        ) from error
    try:
        return RunRecord.model_validate_json(content)
    except ValidationError as error:
        raise UsageError(f"{file}: {first_fault(error)}") from error


def write_run(folder: Path, record: RunRecord) -> None:
    """Write `run.json` into `folder` by a rename, so that it is whole whenever it is there."""
    write_whole(folder / RUN, record.model_dump_json(indent=2) + "\n")
