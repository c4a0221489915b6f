"""Texts by key in one SQLite file, for several processes at once.

Equal texts are kept once. A file is believed only if it and its folder belong
to this user and nobody else can write to them. Trouble with it is logged once
and costs only time.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

log = logging.getLogger(__name__)

BUSY_SECONDS = 20.0
"""How long to wait for another process that writes."""
MOST = 1 << 31
"""Texts that a file can have."""
_ROWS = 4096
"""Keys in one question."""
_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_SCHEMA = """
CREATE TABLE IF NOT EXISTS texts(id INTEGER PRIMARY KEY, content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS names(key BLOB PRIMARY KEY, text INTEGER NOT NULL) WITHOUT ROWID;
"""


class Kept:
    """A file of texts by key; keys are bytes, a text may have many.

    Entries are never removed; the file can be, at any time.
    """

    def __init__(self, path: Path, *, private: bool = False) -> None:
        """Use the file at `path`; it is made when something is first kept.

        `private` is for a file that nobody else looks at and that need not outlive a crash.
        """
        self.path = path
        self._private = private
        self._connection: sqlite3.Connection | None = None
        self._given_up = False

    def get(self, keys: Iterable[bytes]) -> dict[bytes, tuple[int, str]]:
        """Return the texts of those of `keys` that are known, each with its number.

        Numbers are small and count from 1; keys that share a text share its number.
        """
        wanted = list(dict.fromkeys(keys))
        found: dict[bytes, tuple[int, str]] = {}
        for start in range(0, len(wanted), _ROWS):
            part = wanted[start : start + _ROWS]
            self._try(partial(_ask, keys=part, found=found))
        return found

    def put(
        self, texts: Mapping[bytes, str], *, also: Mapping[bytes, bytes] | None = None
    ) -> dict[bytes, int]:
        """Keep `texts` by key, and under the keys of `also` those of its values.

        What is known already stays. Returns the number of each text; nothing if they
        cannot be kept.
        """
        numbers: dict[bytes, int] = {}
        work = partial(_keep, texts=texts, also=also or {}, numbers=numbers)
        return numbers if self._try(work, make=True) else {}

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _try(self, work: Callable[[sqlite3.Connection], None], *, make: bool = False) -> bool:
        if self._given_up:
            return False
        try:
            connection = self._opened(make=make)
            if connection is not None:
                work(connection)
        except (sqlite3.Error, OSError) as error:
            self._give_up(error)
            return False
        return connection is not None

    def _give_up(self, error: Exception) -> None:
        log.warning(
            "nothing more is looked up or kept in %s, which can be removed: %s", self.path, error
        )
        self._given_up = True
        self.close()

    def _opened(self, *, make: bool) -> sqlite3.Connection | None:
        if self._connection is None and (make or self.path.exists()):
            if make:
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _check_ours(self.path)
            self._connection = self._connected()
        return self._connection

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            mode = "OFF" if self._private else "WAL"
            connection.execute(f"PRAGMA journal_mode={mode}")
            connection.execute(f"PRAGMA synchronous={'OFF' if self._private else 'NORMAL'}")
            # A file made to harm must not run anything, nor make us read beyond it.
            connection.execute("PRAGMA trusted_schema=OFF")
            connection.executescript(_SCHEMA)
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def _ask(
    connection: sqlite3.Connection, *, keys: Sequence[bytes], found: dict[bytes, tuple[int, str]]
) -> None:
    marks = ",".join("?" * len(keys))
    question = (
        "SELECT names.key, texts.id, texts.content FROM names JOIN texts ON texts.id = names.text "  # noqa: S608
        f"WHERE names.key IN ({marks})"
    )
    rows = connection.execute(question, keys)
    # Nothing that was not written by `_keep` is taken for what it could be.
    found.update((key, (number, text)) for key, number, text in rows if _is_sound(number, text))


def _is_sound(number: object, text: object) -> bool:
    return isinstance(number, int) and 0 < number < MOST and isinstance(text, str)


def _keep(
    connection: sqlite3.Connection,
    *,
    texts: Mapping[bytes, str],
    also: Mapping[bytes, bytes],
    numbers: dict[bytes, int],
) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        known = _ids(connection, [*texts, *also.values()])
        for key, text in texts.items():
            if key not in known:
                cursor = connection.execute("INSERT INTO texts(content) VALUES (?)", (text,))
                known[key] = cursor.lastrowid or 0
        named = [(key, known[key]) for key in texts]
        named += [(key, known[other]) for key, other in also.items() if other in known]
        connection.executemany("INSERT OR IGNORE INTO names VALUES (?, ?)", named)
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    numbers.update((key, known[key]) for key in texts)


def _ids(connection: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for start in range(0, len(keys), _ROWS):
        part = keys[start : start + _ROWS]
        marks = ",".join("?" * len(part))
        question = f"SELECT key, text FROM names WHERE key IN ({marks})"  # noqa: S608 - only marks
        found.update(connection.execute(question, part))
    return found


def _check_ours(path: Path) -> None:
    """See that only this user can write to the file, its companions and its folder.

    Raises:
        OSError: Somebody else can, or one of them is no plain file.
    """
    if not _is_ours(path.parent, stat.S_ISDIR):
        raise PermissionError(f"{path.parent} must be a folder that only its user can write to")
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        file = path.with_name(name)
        if os.path.lexists(file) and not _is_ours(file, stat.S_ISREG):
            raise PermissionError(f"{file} must be a plain file that only its user can write to")
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))


def _is_ours(path: Path, kind: Callable[[int], bool]) -> bool:
    found = path.lstat()
    return kind(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & _OTHERS
