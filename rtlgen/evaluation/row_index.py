"""Where the rows of a run stand in their file, so that they are read in order."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path

from rtlgen.errors import UsageError
from rtlgen.evaluation.row import ROWS, Row, row_of


class RowIndex:
    """The rows of a file, whose order is that of judging, by task id and sample.

    `scan` yields them as they stand and notes where; then the index itself may
    be iterated as often as needed. Two numbers a row are kept, no texts.
    """

    def __init__(self, path: Path) -> None:
        """Take a file of rows, or the folder of the run that has it."""
        self._file = path / ROWS if path.is_dir() else path
        self._places: dict[str, tuple[array[int], array[int]]] = {}

    def scan(self) -> Iterator[Row]:
        """Yield the rows in the order of the file; a last line without its end is no row.

        Raises:
            UsageError: There is no such file, or a line is no row; names file and line.
        """
        self._places = {}
        offset = 0
        try:
            stream = self._file.open("rb")
        except OSError as error:
            raise UsageError(
                f"cannot read the rows of a run: {self._file}: {error.strerror}"
            ) from error
        with stream:
            for number, line in enumerate(stream, 1):
                if not line.endswith(b"\n"):
                    return
                row = row_of(line, f"{self._file}:{number}")
                samples, offsets = self._places.setdefault(row.task_id, (array("q"), array("q")))
                samples.append(row.sample)
                offsets.append(offset)
                offset += len(line)
                yield row

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows by task id and sample, each read where it stands."""
        with self._file.open("rb") as stream:
            for _, (samples, offsets) in sorted(self._places.items()):
                for _, offset in sorted(zip(samples, offsets, strict=True)):
                    stream.seek(offset)
                    yield row_of(stream.readline(), f"{self._file}, byte {offset}")
