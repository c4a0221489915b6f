"""A long job as steps, each done once however often the job is killed.

A step is a command of rtlgen, or a small function. Beside its results stands a record
that says whether it has begun and whether it is done; a step that was begun is taken up
again by its own means of resuming, one that is done is not looked at any more.

::

    DIR/steps/NAME.json    what was run, when, and how it ended
    DIR/steps/NAME.log     what it printed
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from pydantic import ValidationError

from rtlgen.errors import RtlgenError, UsageError
from rtlgen.evaluation.replacing import write_whole
from rtlgen.evaluation.strict import Strict, first_fault
from sim.design import digest

log = logging.getLogger(__name__)

STEPS = "steps"
"""Folder of the records."""
_TAIL = 2000
"""Characters of a failed step's log that are shown."""
_SIGNAL = 128
"""From this exit code on a command was ended by a signal."""


class StepFailed(RtlgenError):
    """A step ended otherwise than it must; what was done before is kept."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True, slots=True)
class Prefixed:
    """A path as a part of an argument, such as `hf:PATH`."""

    prefix: str
    path: Path

    def __str__(self) -> str:
        return f"{self.prefix}{self.path}"


Words: TypeAlias = tuple[str | Path | Prefixed, ...]
"""Arguments; paths that are not absolute are in the job's folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command of `rtlgen`."""

    words: Words
    again: tuple[str, ...] = ()
    """Further arguments where it was begun before."""
    accepted: frozenset[int] = frozenset({0})
    """Exit codes of a command that has done what it should."""

    def argv(self, folder: Path, *, begun: bool) -> list[str]:
        """Return the arguments with paths in `folder`."""
        words = [_placed(word, folder) for word in self.words]
        return [*words, *self.again] if begun else words


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something to be done once."""

    name: str
    """Kebab-case, with folders; unique in the job."""
    makes: Path
    """What is there when it is done, in the job's folder."""
    does: Command | Callable[[], None]
    """A function must leave nothing half-written, and may be called again."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What else the result depends on."""
    faulty: Callable[[Path], str] = lambda _: ""
    """Returns what is wrong with what was made, given its path; empty: nothing."""

    @property
    def digest(self) -> str:
        """Hex digest of what is done; the same wherever the job's folder lies."""
        words = self.does.words if isinstance(self.does, Command) else (self.name,)
        facts = [f"{key}={value}" for key, value in sorted(self.facts.items())]
        return digest(*(str(word).encode() for word in (*words, *facts)))


class Runner(Protocol):
    """Runs commands of rtlgen."""

    def __call__(self, argv: Sequence[str], log: Path) -> int:
        """Run `rtlgen` with `argv`, add what it prints to `log`, and return its exit code."""


class StepRecord(Strict):
    """How far a step is."""

    step: str
    digest: str
    argv: tuple[str, ...] = ()
    """As it was first run; relative to the job's folder."""
    makes: str = ""
    """What is there when it is done; relative to the job's folder."""
    status: Literal["begun", "done"]
    started: str
    """UTC, ISO 8601."""
    finished: str = ""
    seconds: float = 0.0
    """Wall time of the last part."""
    cpu_seconds: float = 0.0
    """Processor time of the last part, child processes included."""
    exit_code: int = 0
    resumed: int = 0
    """Times that it was taken up again."""


class Told(Protocol):
    """Is told what happens."""

    def __call__(self, step: Step, state: Literal["begins", "goes on", "done", "known"]) -> None:
        """Take note."""


def ignored(step: Step, state: str) -> None:
    """Take no note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Does steps in `folder`, which is held by the caller."""

    folder: Path
    run: Runner
    told: Told = ignored

    def work(self, steps: Iterable[Step]) -> None:
        """Do `steps`, in order; each is asked for when those before it are done.

        Raises:
            StepFailed: A step ended otherwise than it must.
            UsageError: A record is damaged, or a step was begun otherwise than it is now.
        """
        for step in steps:
            self.do(step)

    def do(self, step: Step) -> None:
        """Do `step` unless it is done."""
        before = read_record(self.folder, step.name)
        if before is not None:
            _check_same(step, before, self.folder)
            if before.status == "done" and (self.folder / step.makes).exists():
                self.told(step, "known")
                return
        self.told(step, "begins" if before is None else "goes on")
        record = _begun(step, before)
        _write(self.folder, record)
        start, spent = time.monotonic(), _processor_seconds()
        code = self._done(step, begun=before is not None)
        if not (self.folder / step.makes).exists():
            raise StepFailed(f"step {step.name} must make {step.makes}, and it did not", 4)
        if why := step.faulty(self.folder / step.makes):
            raise StepFailed(
                f"step {step.name} is not good enough to go on with: {why}\n\n"
                f"hint: see {log_of(self.folder, step.name)}; the same command tries it again",
                3,
            )
        done = {
            "status": "done",
            "finished": _now(),
            "seconds": round(time.monotonic() - start, 3),
            "cpu_seconds": round(_processor_seconds() - spent, 3),
            "exit_code": code,
        }
        _write(self.folder, record.model_copy(update=done))
        self.told(step, "done")

    def _done(self, step: Step, *, begun: bool) -> int:
        if not isinstance(step.does, Command):
            step.does()
            return 0
        place = log_of(self.folder, step.name)
        argv = step.does.argv(self.folder, begun=begun)
        with _noted(step):
            code = self.run(argv, place)
        if code not in step.does.accepted:
            raise _failed(step, argv, code, place)
        return code


def _placed(word: str | Path | Prefixed, folder: Path) -> str:
    if isinstance(word, Prefixed):
        return f"{word.prefix}{folder / word.path}"
    return str(folder / word) if isinstance(word, Path) else word


def read_record(folder: Path, name: str) -> StepRecord | None:
    """Return how far the step `name` of the job in `folder` is; None where it has not begun.

    Raises:
        UsageError: The record is damaged.
    """
    path = folder / STEPS / f"{name}.json"
    try:
        return StepRecord.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise UsageError(
            f"{path}: {first_fault(error)}\n\nhint: remove it, and the step is done again"
        ) from error


def records(folder: Path) -> Iterator[StepRecord]:
    """Yield the records of the job in `folder`, those that began first first."""
    names = [
        path.relative_to(folder / STEPS).with_suffix("").as_posix()
        for path in (folder / STEPS).rglob("*.json")
    ]
    found = [record for name in names if (record := read_record(folder, name)) is not None]
    yield from sorted(found, key=lambda record: (record.started, record.finished, record.step))


def log_of(folder: Path, name: str) -> Path:
    """Return where the output of the step `name` goes."""
    return folder / STEPS / f"{name}.log"


def _begun(step: Step, before: StepRecord | None) -> StepRecord:
    if before is not None:
        return before.model_copy(update={"status": "begun", "resumed": before.resumed + 1})
    words = step.does.words if isinstance(step.does, Command) else ()
    return StepRecord(
        step=step.name,
        digest=step.digest,
        argv=tuple(map(str, words)),
        makes=str(step.makes),
        status="begun",
        started=_now(),
    )


def _write(folder: Path, record: StepRecord) -> None:
    path = folder / STEPS / f"{record.step}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, record.model_dump_json(indent=1) + "\n")


def _check_same(step: Step, before: StepRecord, folder: Path) -> None:
    if before.digest != step.digest:
        raise UsageError(
            f"a step goes on as it began, {step.name} in {folder} began otherwise: "
            f"{' '.join(before.argv) or before.step}\n\n"
            f"hint: repeat the command with the configuration that began it, or with --redo "
            f"{step.name} to do it and all after it anew"
        )


def _failed(step: Step, argv: Sequence[str], code: int, place: Path) -> StepFailed:
    said = tail(place)
    if code >= _SIGNAL:
        return StepFailed(f"step {step.name} was stopped; the same command goes on with it", code)
    return StepFailed(
        f"step {step.name} ended with exit code {code}, in `rtlgen {' '.join(argv)}`"
        f"{': ' if said else ''}{said}\n\n"
        f"hint: {place} has all that it said; the same command goes on with this step",
        code if code > 0 else 4,
    )


def tail(place: Path, most: int = _TAIL) -> str:
    """Return the last lines of a log, `most` characters at most; empty where there is none."""
    if not place.is_file():
        return ""
    with place.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 4 * most))
        text = file.read().decode(errors="replace").strip()
    return text[-most:]


@contextmanager
def _noted(step: Step) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        error.add_note(f"it was in step {step.name}; the same command goes on with it")
        raise


def _processor_seconds() -> float:
    """Return the processor time of this process and of the children that ended."""
    return sum(os.times()[:4])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
