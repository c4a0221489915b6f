"""A small data base on disk for what is only needed until the work is done."""

from __future__ import annotations

import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_DISK = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}


class ScratchBase:
    """Tables in a temporary folder, with a bounded cache; gone when closed."""

    def __init__(self, tables: str, *, cache_bytes: int, below: Path | None = None) -> None:
        """Create `tables`.

        Raises:
            OSError: The disk is full, or cannot be written.
        """
        self._folder = tempfile.TemporaryDirectory(prefix=".seen.", dir=below)
        path = Path(self._folder.name) / "seen.sqlite"
        self._path = path
        with self._told():
            self._base = sqlite3.connect(path, isolation_level=None)
            self._base.execute("PRAGMA journal_mode = OFF")
            self._base.execute("PRAGMA synchronous = OFF")
            self._base.execute(f"PRAGMA cache_size = -{cache_bytes >> 10}")
            self._base.executescript(tables)
            self._base.execute("BEGIN")

    def close(self) -> None:
        """Remove it."""
        self._base.close()
        self._folder.cleanup()

    def execute(self, query: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run a query.

        Raises:
            OSError: The disk is full, or cannot be written.
        """
        with self._told():
            return self._base.execute(query, values)

    def rows(self, query: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield what a query finds.

        Raises:
            OSError: As `execute`.
        """
        with self._told():
            yield from self._base.execute(query, values)

    def insert(self, query: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a query for each of `rows`.

        Raises:
            OSError: As `execute`.
        """
        with self._told():
            self._base.executemany(query, rows)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Let a disk that fills be an `OSError`, as of any other file."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _DISK:
                raise
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path)) from error
