"""What was seen before, kept on disk, so that memory does not grow with its number."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rtlgen.data.scratch_base import ScratchBase

CACHE_BYTES = 4 << 20
_TABLES = "CREATE TABLE seen (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID"


class Seen:
    """Remembers a text for each key that it is asked for; a context manager."""

    def __init__(self) -> None:
        self._base = ScratchBase(_TABLES, cache_bytes=CACHE_BYTES)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._base.close()

    def first(self, key: str, value: str) -> str | None:
        """Return what was given with `key` the first time; None if that is now.

        Raises:
            OSError: The disk is full.
        """
        done = self._base.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, value))
        if done.rowcount:
            return None
        found = next(self._base.rows("SELECT value FROM seen WHERE key = ?", (key,)))
        return str(found[0])
