"""The folder of a training run: its record, its log, its checkpoints.

::

    DIR/run.json          what was trained, on what, by what, and how far it is
    DIR/log.jsonl         one line of metrics each time TRL logs
    DIR/checkpoints/      what a killed run goes on from; gone when it is done
    DIR/plots/*.svg
    DIR/adapter/          the LoRA adapter, where one was trained
    DIR/model/            the model, for `--model hf:DIR/model`
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from rtlgen.errors import UsageError
from rtlgen.evaluation.replacing import write_whole
from rtlgen.evaluation.strict import Strict, first_fault

RUN = "run.json"
LOG = "log.jsonl"
MODEL = "model"
ADAPTER = "adapter"
CHECKPOINTS = "checkpoints"
DATA = ".data"
"""Tokenized rows; gone when the run is done."""
_COMPLETE = "complete"
"""Written into a checkpoint when all of it is on disk."""
_OURS = {RUN, LOG, MODEL, ADAPTER, CHECKPOINTS, DATA, "plots", "tensorboard", "runs"}


class Record(Strict):
    """`run.json`."""

    version: Literal[1] = 1
    method: str
    config: dict[str, Any]
    """As it was read, with the command line's values; paths as they were written."""
    model: str
    """What the model's name came to: a file's name, a folder's name or a name on the hub."""
    model_digest: str
    """Hex digest of the model's files; empty for a name on the hub."""
    adapter_digest: str = ""
    """Hex digest of the adapter that training goes on with; empty for none."""
    data: dict[str, str]
    """Hex digest of each file of rows, by its name."""
    versions: dict[str, str]
    hardware: dict[str, Any]
    chosen: dict[str, Any] = Field(default_factory=dict)
    """What rtlgen chose for TRL by the hardware."""
    rows: dict[str, int] = Field(default_factory=dict)
    """Rows that were read, kept, and too long."""
    parameters: dict[str, int] = Field(default_factory=dict)
    """All of the model's, and those that are trained."""
    resumed: int = 0
    """How often the run was taken up again."""
    status: Literal["running", "done"] = "running"
    steps: int = 0
    seconds: float = 0.0
    """Time of training, those of earlier starts included."""
    result: dict[str, float] = Field(default_factory=dict)
    """The last metrics."""


class RunFolder:
    """Holds the folder of one run; main process only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self) -> Record | None:
        """Return the record that is there; None where there is none.

        Raises:
            UsageError: It cannot be read, or the folder holds something else.
        """
        path = self.folder / RUN
        if not path.exists():
            if self.folder.is_dir():
                self._check_free()
            return None
        try:
            return Record.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise UsageError(
                f"{path} is no record of a training run of this version: {first_fault(error)}\n\n"
                "hint: choose another -o"
            ) from None

    def write(self, record: Record) -> None:
        """Write the record, whole."""
        text = json.dumps(record.model_dump(mode="json"), indent=2, ensure_ascii=False)
        write_whole(self.folder / RUN, text + "\n")

    def check_same(self, before: Record, now: Record) -> None:
        """See that a run that goes on is the run that was begun.

        Raises:
            UsageError: It is another one; says what differs.
        """
        for name in ("method", "config", "model", "model_digest", "adapter_digest", "data"):
            if (old := getattr(before, name)) != (new := getattr(now, name)):
                raise UsageError(
                    f"{self.folder} holds another run: {_difference(name, old, new)}\n\n"
                    "hint: choose another -o, or remove the folder"
                )

    def checkpoint(self) -> Path | None:
        """Return the newest whole checkpoint."""
        found = (self.folder / CHECKPOINTS).glob(f"checkpoint-*/{_COMPLETE}")
        return max((mark.parent for mark in found), key=_step, default=None)

    def sweep(self) -> None:
        """Remove checkpoints that a kill left half-written."""
        for path in (self.folder / CHECKPOINTS).glob("checkpoint-*"):
            if not (path / _COMPLETE).exists():
                shutil.rmtree(path)

    def begin_log(self, step: int) -> None:
        """Cut the log to what was logged up to `step`."""
        kept = [line for line in read_log(self.folder) if line.get("step", 0) <= step]
        write_whole(self.folder / LOG, "".join(json.dumps(line) + "\n" for line in kept))

    def log(self, metrics: Mapping[str, Any]) -> None:
        """Add a line of metrics."""
        with (self.folder / LOG).open("a", encoding="utf-8") as file:
            file.write(json.dumps(metrics) + "\n")

    def clean(self) -> None:
        """Remove what only a run that goes on needs."""
        shutil.rmtree(self.folder / DATA, ignore_errors=True)
        shutil.rmtree(self.folder / CHECKPOINTS, ignore_errors=True)

    def _check_free(self) -> None:
        there = {path.name for path in self.folder.iterdir()} - _OURS
        if strange := sorted(name for name in there if not name.startswith(".")):
            raise UsageError(
                f"the folder of a new run must be empty, {self.folder} has {strange[0]}\n\n"
                "hint: choose another -o"
            )


def mark_complete(checkpoint: Path) -> None:
    """Note that all of a checkpoint is on disk."""
    write_whole(checkpoint / _COMPLETE, "", lasting=True)


def read_log(folder: Path) -> list[dict[str, Any]]:
    """Return the lines of a log; a torn last one is left out."""
    path = folder / LOG
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            break
    return found


def last_metrics(folder: Path) -> dict[str, float]:
    """Return the last value of each metric in a log."""
    found: dict[str, float] = {}
    for line in read_log(folder):
        found.update(line)
    return found


def _difference(name: str, old: object, new: object) -> str:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                return _difference(f"{name}.{key}", old.get(key), new.get(key))
    return f"{name} was {old!r} and is {new!r}"


def _step(path: Path) -> int:
    return int(path.name.rpartition("-")[2])
