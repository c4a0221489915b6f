"""Rows of a dataset, read one at a time, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from rtlgen.data.rows import ROWS, Kind, Row, Split
from rtlgen.errors import UsageError
from rtlgen.evaluation.strict import first_fault

MAX_LINE_BYTES = 64 << 20
"""No row is longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A row, and where it stands."""

    row: Row
    place: str
    """File and line (JSONL), or file and number of the row (Parquet), both from 1."""


def files_of(folder: Path) -> Iterator[tuple[Kind, Split, Path]]:
    """Yield the JSONL files of the dataset in `folder`, in the order of kinds and splits."""
    for kind in Kind:
        for split in Split:
            path = folder / kind / f"{split}.jsonl"
            if path.is_file():
                yield kind, split, path


def read_rows(path: Path, kind: Kind) -> Iterator[Placed]:
    """Yield the rows of a JSONL or Parquet file; memory does not grow with their number.

    Raises:
        UsageError: It cannot be read, or a row is none of `kind`; names file and line.
    """
    return _parquet(path, kind) if path.suffix == ".parquet" else _lines(path, kind)


def _lines(path: Path, kind: Kind) -> Iterator[Placed]:
    model = ROWS[kind]
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(MAX_LINE_BYTES + 1):
                number += 1
                place = f"{path}:{number}"
                if not line.endswith(b"\n"):
                    raise UsageError(f"{place}: {_unended(line)}\n\nhint: {_HINT}")
                yield Placed(row=_row(model, line, place), place=place)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error


def _row(model: type[Row], line: bytes, place: str) -> Row:
    try:
        return model.model_validate_json(line)
    except ValidationError as error:
        said = first_fault(error, whole="the line")
        raise UsageError(f"{place}: {said}\n\nhint: {_HINT}") from error


def _parquet(path: Path, kind: Kind) -> Iterator[Placed]:
    from rtlgen.data.parquet import read_parquet  # noqa: PLC0415 - slow to load

    for number, plain in enumerate(read_parquet(path, kind), 1):
        place = f"{path}, row {number}"
        try:
            yield Placed(row=ROWS[kind].model_validate(plain), place=place)
        except ValidationError as error:
            said = first_fault(error, whole="the row")
            raise UsageError(f"{place}: {said}\n\nhint: {_HINT}") from error


def _unended(line: bytes) -> str:
    if len(line) > MAX_LINE_BYTES:
        return f"a row must be shorter than {MAX_LINE_BYTES} bytes"
    return "a row must end with its line, this one is cut short"


_HINT = "a dataset is written by `rtlgen dataset build` and is not edited by hand"
