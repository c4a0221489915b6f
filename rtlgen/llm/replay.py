"""Samples that were made elsewhere, handed out in the order of their file.

A file is JSON Lines, gzip or not: one object a line with `completion`, and
`task_id` where there are several tasks; `prompt` is the header of the module
that a completion may continue. What else a line says is not read. The i-th
sample of a task is its i-th line, whatever a field `sample` says.
"""

from __future__ import annotations

import gzip
import json
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import IO, NoReturn, cast

from pydantic import BaseModel, ConfigDict, StrictStr, ValidationError, field_validator

from rtlgen.errors import UsageError
from rtlgen.llm.model import Answer, Failure, ModelFault, Purpose, Request

LINE_LIMIT = 64 << 20
"""Longest line that is read, in bytes."""
_GZIP_MAGIC = b"\x1f\x8b"
_UNREADABLE = (OSError, EOFError, zlib.error)


class UnknownTask(ModelFault):
    """The file has no samples of what is asked for."""

    exit_code = 2


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    completion: StrictStr
    task_id: StrictStr = ""
    prompt: StrictStr | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _whole_characters(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@dataclass(frozen=True, slots=True)
class _Place:
    path: Path
    number: int

    def refuse(self, rule: str, hint: str) -> NoReturn:
        raise UsageError(f"{rule}, {self.path}:{self.number}\n\nhint: {hint}")


class Replay:
    """Answers the i-th proposal for a task with the i-th sample of that task in a file.

    The file is read once and checked; afterwards only where each sample
    starts is kept. What is not a proposal (a repair, a reference model) is
    `Failure.EXHAUSTED`, as is a sample beyond the last. Half a surrogate pair
    in a completion, which no file can hold, becomes U+FFFD.

    Raises:
        UsageError: The file cannot be read, is empty, or has a line that is no sample.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._starts: dict[str, array[int]] = {}
        if not path.is_file():
            raise UsageError(
                f"samples must be a file, {path} is {'a folder' if path.is_dir() else 'not there'}"
                "\n\nhint: give a .jsonl or .jsonl.gz file, as in `replay:samples.jsonl`"
            )
        self._scan()

    @property
    def name(self) -> str:
        return f"replay:{self._path}"

    @property
    def tasks(self) -> tuple[str, ...]:
        """Names of the tasks, in the order of the file; one empty name where lines have none."""
        return tuple(self._starts)

    def samples_of(self, subject: str) -> int:
        """Return how many samples there are.

        Raises:
            UnknownTask: There are several tasks, and none of this name.
        """
        return len(self._starts[self._task(subject)])

    def prompt_of(self, subject: str) -> str:
        """Return the header in front of which a completion may continue; empty where none is.

        Raises:
            UnknownTask: There are several tasks, and none of this name.
        """
        return self._read(self._task(subject), [0])[0].prompt or ""

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        wanted: dict[str, list[int]] = {}
        for index, request in enumerate(requests):
            if request.purpose is not Purpose.PROPOSE:
                text = f"a replayed model makes no {request.purpose.value}"
                yield index, Answer(text=None, failure=Failure.EXHAUSTED, detail=text)
            else:
                wanted.setdefault(self._task(request.subject), []).append(index)
        for task, indices in wanted.items():
            yield from self._answer(task, {index: requests[index].sample for index in indices})

    def close(self) -> None:
        self._starts.clear()

    def _answer(self, task: str, samples: dict[int, int]) -> Iterator[tuple[int, Answer]]:
        count = len(self._starts[task])
        there = sorted({sample for sample in samples.values() if 0 <= sample < count})
        lines = dict(zip(there, self._read(task, there), strict=True))
        for index, sample in samples.items():
            if line := lines.get(sample):
                yield index, Answer(text=line.completion)
            else:
                detail = f"{self._path.name} has {count} of {task or 'them'}, not {sample + 1}"
                yield index, Answer(text=None, failure=Failure.EXHAUSTED, detail=detail)

    def _task(self, subject: str) -> str:
        if subject in self._starts:
            return subject
        if len(self._starts) == 1:
            return next(iter(self._starts))
        near = get_close_matches(subject, self._starts, n=3) or sorted(self._starts)[:3]
        raise UnknownTask(
            f"{self._path} has no samples of {subject!r} among {len(self._starts)} tasks\n\n"
            f"hint: name the module as the task is named; nearest: {', '.join(near)}"
        )

    def _scan(self) -> None:
        starts: dict[str, array[int]] = {}
        try:
            with self._open() as file:
                for place, start, raw in _lines(file, self._path):
                    starts.setdefault(_parse(raw, place).task_id, array("q")).append(start)
                    if "" in starts and len(starts) > 1:
                        place.refuse(
                            "task_id must be in all lines or in none",
                            "add the `task_id` that some lines lack",
                        )
        except _UNREADABLE as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise UsageError(
                f"cannot read {self._path}: {why}\n\nhint: check that it is whole and readable"
            ) from error
        if not starts:
            raise UsageError(f"no samples in {self._path}\n\nhint: give a file that has lines")
        self._starts = starts

    def _read(self, task: str, samples: Sequence[int]) -> list[_Line]:
        """Read these samples, which are in ascending order.

        Raises:
            ModelFault: The file is no longer what it was.
        """
        found = []
        try:
            with self._open() as file:
                for sample in samples:
                    file.seek(self._starts[task][sample])
                    line = _again(file.readline(LINE_LIMIT))
                    if line is None or line.task_id != task:
                        raise EOFError
                    found.append(line)
        except _UNREADABLE as error:
            raise ModelFault(
                f"{self._path} was changed while it was replayed\n\n"
                "hint: start again, and leave the file as it is"
            ) from error
        return found

    def _open(self) -> IO[bytes]:
        with self._path.open("rb") as file:
            packed = file.read(2) == _GZIP_MAGIC
        return cast("IO[bytes]", gzip.open(self._path)) if packed else self._path.open("rb")


def _lines(file: IO[bytes], path: Path) -> Iterator[tuple[_Place, int, bytes]]:
    """Yield place, first byte and text of each line that is not blank."""
    start = number = 0
    while raw := file.readline(LINE_LIMIT + 1):
        number += 1
        if len(raw) > LINE_LIMIT:
            _Place(path, number).refuse(
                f"a line must have at most {LINE_LIMIT >> 20} MiB", "one sample a line"
            )
        if raw.strip():
            yield _Place(path, number), start, raw
        start += len(raw)


def _parse(raw: bytes, place: _Place) -> _Line:
    try:
        value = _json(raw)
    except UnicodeDecodeError as error:
        place.refuse(f"samples must be UTF-8, byte {error.start} is not", "save the file as UTF-8")
    except (ValueError, RecursionError) as error:
        why = str(error).split(":", 1)[0]
        place.refuse(f"a sample must be JSON: {why}", "one JSON object a line")
    if not isinstance(value, dict):
        place.refuse(
            f"a sample must be a JSON object, not {type(value).__name__}",
            'write {"task_id": ..., "completion": ...}',
        )
    try:
        return _Line.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = first["loc"][0]
        rule = "must be there" if first["type"] == "missing" else "must be a string"
        place.refuse(f"{name} of a sample {rule}", 'write {"task_id": ..., "completion": ...}')


def _again(raw: bytes) -> _Line | None:
    try:
        return _Line.model_validate(_json(raw))
    except (ValueError, RecursionError):
        return None


def _json(raw: bytes) -> object:
    return json.loads(raw.removeprefix(b"\xef\xbb\xbf").decode())
