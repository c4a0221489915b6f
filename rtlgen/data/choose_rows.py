"""From what a person writes to rows of a dataset: DIR, DIR#ID, FILE or FILE:LINE."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NoReturn

from rtlgen.data.readers import Placed, files_of, read_rows
from rtlgen.data.rows import Kind
from rtlgen.errors import UsageError

_LINE = re.compile(r"(.+\.(?:jsonl|parquet)):(\d{1,12})\Z", re.S)
_ID = re.compile(r"(.+)#([0-9a-f]{4,32})\Z", re.S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One row that was asked for."""

    kind: Kind
    placed: Placed


def chosen_row(source: str) -> Chosen | None:
    """Return the row that `source` names; None where it names a folder or a file.

    Raises:
        UsageError: There is no such row, or it cannot be read.
    """
    if Path(source).exists():
        return None
    if match := _LINE.match(source):
        return _line(Path(match[1]), int(match[2]))
    if match := _ID.match(source):
        return _id(Path(match[1]), match[2])
    _missing(source)


def first_rows(folder: Path, kind: Kind, number: int) -> Iterator[Placed]:
    """Yield the first rows of a kind."""
    files = (path for of, _, path in files_of(folder) if of is kind)
    yield from islice((placed for path in files for placed in read_rows(path, kind)), number)


def kind_of(path: Path) -> Kind:
    """Return the kind of a file's rows, which its folder is called after.

    Raises:
        UsageError: It is called otherwise.
    """
    name = path.resolve().parent.name
    if name not in list(Kind):
        raise UsageError(
            f"a file of rows must be in a folder called {', '.join(Kind)}, {path} is in {name!r}"
        )
    return Kind(name)


def _line(path: Path, number: int) -> Chosen:
    kind = kind_of(path)
    found = next(islice(read_rows(path, kind), number - 1, None), None) if number else None
    if found is None:
        raise UsageError(f"{path} must have a line {number}, it has not")
    return Chosen(kind=kind, placed=found)


def _id(folder: Path, digits: str) -> Chosen:
    for kind, _, path in files_of(folder):
        for placed in read_rows(path, kind):
            if placed.row.id.startswith(digits):
                return Chosen(kind=kind, placed=placed)
    raise UsageError(f"{folder} has no row whose id begins with {digits!r}")


def _missing(source: str) -> NoReturn:
    raise UsageError(
        f"no such dataset or row: {source!r}\n\n"
        "hint: give a folder, FILE.jsonl:LINE, FILE.parquet:ROW or DIR#ID"
    )
