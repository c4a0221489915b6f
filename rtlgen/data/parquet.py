"""Rows as Apache Arrow sees them: the schema of each kind, and files of row groups."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO, Literal, Union, get_args, get_origin

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel

from rtlgen.data.rows import ROWS, Kind
from rtlgen.errors import UsageError

GROUP_ROWS = 512
"""Rows of a row group at most."""
GROUP_BYTES = 4 << 20
"""JSON bytes of a row group's rows, about; larger rows stand alone."""
_PLAIN = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def schema_of(kind: Kind) -> pa.Schema:
    """Return the Arrow schema of a kind's rows, in the order of their fields."""
    return pa.schema(_fields(ROWS[kind]))


def _fields(model: type[BaseModel]) -> list[pa.Field]:
    return [pa.field(name, _type(field.annotation)) for name, field in model.model_fields.items()]


def _type(annotation: Any) -> pa.DataType:  # noqa: ANN401 - a type expression
    origin = get_origin(annotation)
    if origin in {Union, types.UnionType}:
        return _type(next(part for part in get_args(annotation) if part is not types.NoneType))
    if origin is Literal:
        return _PLAIN[type(get_args(annotation)[0])]
    if origin is list:
        return pa.list_(_type(get_args(annotation)[0]))
    if issubclass(annotation, BaseModel):
        return pa.struct(_fields(annotation))
    return pa.string() if issubclass(annotation, Enum) else _PLAIN[annotation]


class ParquetFile:
    """A Parquet file that grows row by row; holds at most one row group in memory."""

    def __init__(self, kind: Kind, file: BinaryIO) -> None:
        self._schema = schema_of(kind)
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd")
        self._waiting: list[Mapping[str, Any]] = []
        self._bytes = 0

    def write(self, row: Mapping[str, Any], size: int) -> None:
        """Add a row, `size` bytes long as JSON."""
        self._waiting.append(row)
        self._bytes += size
        if len(self._waiting) >= GROUP_ROWS or self._bytes >= GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        """Write what waits, and the file's end."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.Table.from_pylist(self._waiting, schema=self._schema))
        self._waiting, self._bytes = [], 0


def read_parquet(path: Path, kind: Kind) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of `path` as plain values, a row group in memory at a time.

    Raises:
        UsageError: It is no Parquet file, is cut short, or a column is missing, too many or of
            another type.
    """
    try:
        with pq.ParquetFile(path) as file:
            _check_columns(path, file.schema_arrow, schema_of(kind))
            for batch in file.iter_batches(batch_size=64):
                yield from batch.to_pylist()
    except pa.ArrowException as error:
        said = str(error).split("\n", 1)[0]
        raise UsageError(f"{path} must be a Parquet file: {said}") from error
    except OSError as error:
        said = str(error.strerror or error).split("\n", 1)[0]
        raise UsageError(f"cannot read {path}: {said}") from error


def _check_columns(path: Path, found: pa.Schema, wanted: pa.Schema) -> None:
    missing = [name for name in wanted.names if name not in found.names]
    if missing:
        raise UsageError(f"{path}: column {missing[0]!r} is missing\n\nhint: {_COLUMNS}")
    foreign = [name for name in found.names if name not in wanted.names]
    if foreign:
        raise UsageError(f"{path}: no column is called {foreign[0]!r}\n\nhint: {_COLUMNS}")
    for name in wanted.names:
        if found.field(name).type != wanted.field(name).type:
            raise UsageError(
                f"{path}: column {name!r} must be {wanted.field(name).type}, "
                f"not {found.field(name).type}\n\nhint: {_COLUMNS}"
            )


_COLUMNS = "datasets/schema/README.md lists the columns of each kind"
