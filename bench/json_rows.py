"""Rows kept in a file, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Row = dict[str, Any]


class Rows:
    """Rows by their `key`: one JSON object a line, appended and flushed; the last one counts.

    A last line that was cut off is dropped. Without a path nothing is kept for later.
    """

    def __init__(self, path: Path | None) -> None:
        """Read what `path` holds, if it is there.

        Raises:
            ValueError: A line that is not the last is no row.
        """
        self._path = path
        self._rows: dict[str, Row] = {}
        if path is not None and path.is_file():
            self._read(path)

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    def __getitem__(self, key: str) -> Row:
        return self._rows[key]

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, row: Row) -> None:
        """Keep `row` under its `key`."""
        self._rows[row["key"]] = row
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")

    def _read(self, path: Path) -> None:
        content = path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            with path.open("r+b") as file:
                file.truncate(len(whole))
        for number, line in enumerate(whole.splitlines(), start=1):
            try:
                row = json.loads(line)
                self._rows[row["key"]] = row
            except (ValueError, TypeError, KeyError) as error:
                raise ValueError(f"a cache must hold rows with a key, {path}:{number}") from error
