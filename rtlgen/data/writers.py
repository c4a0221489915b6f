"""A dataset's folder while it is written: nothing of it is there before all of it is.

Rows go to `DIR/.partial`; `finish` renames what is there into `DIR`, and
`dataset.json` last. A kill leaves `.partial`, which the next writer clears.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from pydantic_core import PydanticSerializationError

from rtlgen.data import parquet
from rtlgen.data.dataset_record import DATASET, DatasetRecord, FileEntry
from rtlgen.data.dropped import DROPPED, Dropped
from rtlgen.data.hugging_face import LINES_YAML, description, lines_yaml
from rtlgen.data.rows import Kind, Row, Split
from rtlgen.errors import UsageError

CARD = "README.md"
PARTIAL = ".partial"
NAMES = (*Kind, "parquet", "plots", DROPPED, CARD, DATASET)
"""All that a dataset's folder holds; `dataset.json` is renamed last."""


class DatasetWriter:
    """Writes a dataset, row by row; a context manager, and without `finish` nothing appears."""

    def __init__(self, folder: Path) -> None:
        """Take hold of `folder`, which is made if it is not there.

        Names in it that begin with a period are the caller's.

        Raises:
            UsageError: It holds a dataset or something else, or another process works on it.
            OSError: It cannot be made.
        """
        self.folder = folder
        self.partial = folder / PARTIAL
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = _taken(folder)
        self._files: dict[tuple[Kind, Split], _Pair] = {}
        self._families: dict[Split, set[bytes]] = {}
        self._dropped: Counter[str] = Counter()
        self._drops: BinaryIO | None = None
        self._finished = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._close(silently=True)
        shutil.rmtree(self.partial, ignore_errors=True)
        os.close(self._lock)

    def write(self, kind: Kind, split: Split, row: Row) -> None:
        """Add a row.

        Raises:
            UsageError: A text in it holds half a character (a lone surrogate).
            OSError: It cannot be written; names the file.
        """
        files = self._files.get((kind, split))
        if files is None:
            files = self._files[kind, split] = _Pair(self.partial, kind, split)
        files.write(row)
        digest = hashlib.blake2b(row.family.encode(), digest_size=8).digest()
        self._families.setdefault(split, set()).add(digest)

    def drop(self, dropped: Dropped) -> None:
        """Note something that is left out."""
        path = self.partial / DROPPED
        with _naming(path):
            if self._drops is None:
                self._drops = path.open("wb")
            self._drops.write(dropped.model_dump_json().encode() + b"\n")
        self._dropped[dropped.rule] += 1

    def finish(self, record: DatasetRecord) -> DatasetRecord:
        """Write `record` with the counts, card and plots; let everything appear in the folder.

        Raises:
            UsageError: There is no row of any kind.
            OSError: Something cannot be written; nothing has appeared.
        """
        from rtlgen.data.card import write_card  # noqa: PLC0415 - draws: slow to load

        self._close()
        if not self._files:
            raise UsageError(
                "a dataset must have a row of some kind, every answer was left out"
                f"{_most_often(self._dropped)}\n\n"
                "hint: loosen a gate, or give sources with passes and fails of the same problems"
            )
        record = self._counted(record)
        (self.partial / DATASET).write_text(_text(record), encoding="utf-8")
        for kind, splits in record.counts.items():
            path = self.partial / kind / LINES_YAML
            text = lines_yaml(kind, splits, description(kind, record.files))
            path.write_text(text, encoding="utf-8")
        write_card(self.partial)
        self._appear()
        return record

    def _counted(self, record: DatasetRecord) -> DatasetRecord:
        counts: dict[Kind, dict[Split, int]] = {}
        files: dict[str, FileEntry] = {}
        for (kind, split), pair in sorted(self._files.items(), key=_order):
            counts.setdefault(kind, {})[split] = pair.rows
            for path in pair.paths:
                files[path.relative_to(self.partial).as_posix()] = _entry(path, pair.rows)
        if self._drops is not None:
            drops = self.partial / DROPPED
            files[DROPPED] = _entry(drops, self._dropped.total())
        return record.model_copy(
            update={
                "counts": counts,
                "files": files,
                "families": {s: len(self._families[s]) for s in Split if s in self._families},
                "dropped": dict(sorted(self._dropped.items())),
            }
        )

    def _appear(self) -> None:
        for path in sorted(self.partial.rglob("*")):
            _to_disk(path)
        for name in NAMES:
            if (self.partial / name).exists():
                (self.partial / name).rename(self.folder / name)
        _to_disk(self.folder)

    def _close(self, *, silently: bool = False) -> None:
        with ExitStack() as stack:
            if silently:
                stack.enter_context(suppress(OSError))
            for pair in self._files.values():
                pair.close()
            if self._drops is not None:
                with _naming(self.partial / DROPPED):
                    self._drops.close()


class _Pair:
    """The two files of a kind and a split."""

    def __init__(self, folder: Path, kind: Kind, split: Split) -> None:
        self.rows = 0
        self.paths = (
            folder / kind / f"{split}.jsonl",
            folder / "parquet" / kind / f"{split}.parquet",
        )
        self._open = True
        for path in self.paths:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lines, self._groups = (path.open("wb") for path in self.paths)
        self._parquet = parquet.ParquetFile(kind, self._groups)

    def write(self, row: Row) -> None:
        try:
            line = row.model_dump_json().encode()
        except PydanticSerializationError as error:
            raise UsageError(f"a row's text must be whole characters, {row.problem!r}") from error
        with _naming(self.paths[0]):
            self._lines.write(line + b"\n")
        with _naming(self.paths[1]):
            self._parquet.write(row.model_dump(mode="json"), len(line))
        self.rows += 1

    def close(self) -> None:
        if not self._open:
            return
        self._open = False
        with self._lines, self._groups:
            with _naming(self.paths[1]):
                self._parquet.close()
                self._groups.flush()
            with _naming(self.paths[0]):
                self._lines.flush()


class _naming:
    """Gives an `OSError` the file that it happened to."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, OSError) and not error.filename:
            error.filename = str(self._path)


def _taken(folder: Path) -> int:
    """Return a locked, empty `.partial` in `folder`."""
    partial = folder / PARTIAL
    unfinished = partial.is_dir()
    partial.mkdir(exist_ok=True)
    lock = os.open(partial, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _check_empty(folder, unfinished=unfinished)
        _clear([*partial.iterdir(), *(folder / name for name in NAMES)])
    except BlockingIOError as error:
        os.close(lock)
        raise UsageError(
            f"one process at a time writes a dataset, another one writes {folder}\n\n"
            "hint: wait for it, or choose another -o"
        ) from error
    except BaseException:
        os.close(lock)
        if not unfinished:
            partial.rmdir()
        raise
    return lock


def _check_empty(folder: Path, *, unfinished: bool) -> None:
    there = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    finished = DATASET in there
    ours = unfinished and not finished and set(there) <= set(NAMES)
    if there and not ours:
        raise UsageError(
            f"the folder of a new dataset must be empty, {folder} has "
            f"{'a dataset' if finished else repr(there[0])}\n\nhint: choose another -o"
        )


def _clear(paths: list[Path]) -> None:
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _entry(path: Path, rows: int) -> FileEntry:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return FileEntry(rows=rows, bytes=path.stat().st_size, sha256=digest)


def _order(item: tuple[tuple[Kind, Split], _Pair]) -> tuple[int, int]:
    kind, split = item[0]
    return list(Kind).index(kind), list(Split).index(split)


def _to_disk(path: Path) -> None:
    number = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _text(record: DatasetRecord) -> str:
    return record.model_dump_json(indent=2) + "\n"


def _most_often(dropped: Counter[str]) -> str:
    listed = ", ".join(f"{count} by {rule!r}" for rule, count in dropped.most_common(3))
    return f": {listed}" if listed else ""
