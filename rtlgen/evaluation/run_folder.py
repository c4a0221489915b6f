"""The folder of a run while it is written: one process at a time, and nothing half-written.

`samples.jsonl` only grows, by whole jobs. A torn last line, which a kill can
leave, is cut when the run is taken up again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from rtlgen.errors import UsageError
from rtlgen.evaluation.holding import hold
from rtlgen.evaluation.row import ROWS, Row, read_rows
from rtlgen.evaluation.run_record import RUN, RunRecord, differences, read_run, write_run

ANSWERS = "answers.jsonl"
"""What a model said; it may be there before the run begins."""
_PARTIAL = re.compile(r"\.(run|summary|problems|samples|verdicts|junit|report)\.[a-z]+\.\w{8}")
"""Temporary names of the files that appear whole."""
_RESUMABLE = "what was judged so far is in {}; the same command with --resume goes on from there"


class RunFolder:
    """Holds the folder of one run from its first row to its last; a context manager."""

    def __init__(self, folder: Path, *, resume: bool) -> None:
        """Take hold of `folder`, which is made if it is not there.

        Raises:
            UsageError: It has content and `resume` is false, or has no run that could be
                taken up, or another process works on it.
            OSError: It cannot be made or read.
        """
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = hold(folder)
        self._rows = -1
        try:
            self.before = _run_before(folder, resume=resume)
        except BaseException:
            os.close(self._lock)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._rows >= 0:
            os.close(self._rows)
            if error is not None:
                error.add_note(_RESUMABLE.format(self.folder))
        os.close(self._lock)

    def begin(self, record: RunRecord) -> RunRecord:
        """Write the record of a run that begins, or goes on, and return it.

        Raises:
            UsageError: The run that was begun is another one; says what differs.
        """
        if self.before is not None:
            _sweep(self.folder)
            if differing := differences(self.before, record):
                raise _other_run(self.folder, differing)
            times = {"started": self.before.started, "resumed": self.before.resumed + 1}
            record = record.model_copy(update=times)
        write_run(self.folder, record)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        self._rows = os.open(self.folder / ROWS, flags, 0o644)
        os.ftruncate(self._rows, _whole_lines(self._rows))
        return record

    def rows(self) -> Iterator[Row]:
        """Yield the rows that are there.

        Raises:
            UsageError: A line is no row; names file and line.
        """
        return read_rows(self.folder / ROWS)

    def append(self, rows: Iterable[Row]) -> None:
        """Add `rows`: all of them, or none where the disk is full.

        Raises:
            OSError: They cannot be written.
        """
        data = b"".join(row.line() for row in rows)
        end = os.lseek(self._rows, 0, os.SEEK_END)
        try:
            _write_all(self._rows, data)
        except BaseException as error:
            with suppress(OSError):
                os.ftruncate(self._rows, end)
            if isinstance(error, OSError):
                error.filename = str(self.folder / ROWS)
            raise


def _run_before(folder: Path, *, resume: bool) -> RunRecord | None:
    """Return the record of the run that is there to be taken up; None where there is nothing."""
    content = {path.name for path in folder.iterdir() if not path.name.startswith(f".{RUN}.")}
    if not content - {ANSWERS}:
        return None
    if not resume:
        more = " or go on with --resume" if RUN in content else ""
        raise UsageError(
            f"the folder of a new run must be empty, {folder} has {_some(content)}\n\n"
            f"hint: choose another -o{more}"
        )
    if RUN not in content:
        raise UsageError(
            f"--resume goes on with a run, {folder} has no {RUN} but {_some(content)}\n\n"
            "hint: give the folder that `rtlgen eval` wrote with -o"
        )
    return read_run(folder)


def _sweep(folder: Path) -> None:
    """Remove the files that a kill left half-written."""
    for path in folder.iterdir():
        if _PARTIAL.fullmatch(path.name) and path.is_file():
            path.unlink()


def _some(names: Iterable[str]) -> str:
    first, *others = sorted(names)
    return f"{first!r} and {len(others)} more" if others else repr(first)


def _other_run(folder: Path, differing: list[str]) -> UsageError:
    listed = "; ".join(differing)
    return UsageError(
        f"a run goes on as it began, {folder} began otherwise: {listed}\n\n"
        "hint: repeat the command that began it with --resume, or choose another -o"
    )


def _whole_lines(number: int) -> int:
    """Return the size of the file without a last line that has no end."""
    end = os.fstat(number).st_size
    while end > 0:
        start = max(0, end - (1 << 16))
        found = os.pread(number, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def _write_all(number: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(number, view) :]
