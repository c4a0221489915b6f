"""What was seen before, kept on disk, so that memory does not grow with its number."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

_CACHE_KIB = 4096


class Seen:
    """Remembers a text for each key that it is asked for; a context manager."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="rtlgen.seen.")
        path = Path(self._folder.name) / "seen.sqlite"
        self._base = sqlite3.connect(path, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute("PRAGMA synchronous = OFF")
        self._base.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._base.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
        self._base.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._base.close()
        self._folder.cleanup()

    def first(self, key: str, value: str) -> str | None:
        """Return what was given with `key` the first time; None if that is now."""
        done = self._base.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, value))
        if done.rowcount:
            return None
        found = self._base.execute("SELECT value FROM seen WHERE key = ?", (key,)).fetchone()
        return str(found[0])
