"""Every request to a language model and its answer, in a file that outlives a kill.

One JSON object a line: a prompt once, then the answers to it. The file is only
appended to, and synced after each answer. A last line that a kill tore is cut.
"""

from __future__ import annotations

import fcntl
import logging
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from rtlgen.errors import UsageError
from rtlgen.llm.budget import Spending, added
from rtlgen.llm.model import Answer, Failure, Request, Usage
from rtlgen.llm.records import AnswerRecord, PromptRecord, Record, line, read_records

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What the answers in a file come to."""

    requests: int = 0
    """Requests that were sent."""
    answered: int = 0
    """Of these, answers with a text."""
    failures: Mapping[Failure, int] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    """Sum over the answers; on a concurrent server more than the wall time."""

    def plus(self, answer: Answer) -> Tally:
        """Return this and one more answer."""
        failures = dict(self.failures)
        if answer.failure is not None:
            failures[answer.failure] = failures.get(answer.failure, 0) + 1
        return Tally(
            requests=self.requests + (answer.failure is not Failure.EXHAUSTED),
            answered=self.answered + (answer.text is not None),
            failures=failures,
            usage=added(self.usage, answer.usage),
            seconds=self.seconds + answer.seconds,
        )


class AnswerStore:
    """The answers of one run, and a cache of them; one process at a time has it open.

    An answer is found by the model's name and `Request.key`, which the number
    of the sample is part of. Failures are kept, but are asked again.

    Raises:
        UsageError: Another process has the file open, or a line of it is no record.
        OSError: The file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._prompts: set[str] = set()
        self._answers: dict[tuple[str, str], Answer] = {}
        self.tally = Tally()
        """What the file's answers come to."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            self._lock()
            self._end = self._load()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __len__(self) -> int:
        """Answers that can be found; failures are not among them."""
        return len(self._answers)

    def close(self) -> None:
        """Give the file back; does nothing the second time."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def find(self, model: str, request: Request) -> Answer | None:
        """Return the answer that `model` gave to exactly this request, if it gave one."""
        return self._answers.get((model, request.key))

    def append(self, model: str, request: Request, answer: Answer) -> None:
        """Record `answer`; when this returns it is on the disk.

        Raises:
            OSError: The disk is full or the like; the file is as it was before.
        """
        record = AnswerRecord.of(model, request, answer)
        known = record.prompt in self._prompts
        self._write((b"" if known else line(PromptRecord.of(request))) + line(record))
        self._prompts.add(record.prompt)
        self._remember(record, answer)

    def paid(self) -> Spending:
        """Return what the file's answers have cost; a failure costs its tokens, but no attempt."""
        return Spending(attempts=self.tally.answered, usage=self.tally.usage)

    def _remember(self, record: AnswerRecord, answer: Answer) -> None:
        if answer.text is not None:
            self._answers[record.model, record.key] = answer
        self.tally = self.tally.plus(answer)

    def _lock(self) -> None:
        if not stat.S_ISREG(os.fstat(self._file).st_mode):
            raise UsageError(f"answers must be kept in a plain file, not {self.path}")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"one run at a time may write its answers, and another one has {self.path} open"
                "\n\nhint: wait for it to end, or choose another -o"
            ) from None

    def _load(self) -> int:
        """Read what is there, mend its end, and return the file's length."""
        end = 0
        with os.fdopen(os.dup(self._file), "rb") as stream:
            for record, offset in read_records(stream, self.path):
                self._take(record)
                end = offset
        return self._mended(end)

    def _take(self, record: Record) -> None:
        if isinstance(record, PromptRecord):
            self._prompts.add(record.digest)
        else:
            self._remember(record, record.answer())

    def _mended(self, end: int) -> int:
        size = os.fstat(self._file).st_size
        if size > end:
            log.warning("%s: a torn last line of %d bytes is cut", self.path, size - end)
            os.ftruncate(self._file, end)
        elif end and os.pread(self._file, 1, end - 1) != b"\n":
            end += os.pwrite(self._file, b"\n", end)
        return end

    def _write(self, data: bytes) -> None:
        try:
            written = 0
            while written < len(data):
                written += os.pwrite(self._file, data[written:], self._end + written)
            os.fsync(self._file)
        except OSError as error:
            os.ftruncate(self._file, self._end)
            error.filename = str(self.path)
            raise
        self._end += len(data)
