"""Lines of a file of samples, whatever they hold, in bounded memory."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from rtlgen.errors import UsageError

LINE_LIMIT = 32 << 20
"""Longest line that is read, in bytes; of a longer one no more is held."""
_PIECE = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"
_MARK = b"\xef\xbb\xbf"
_TORN = (EOFError, zlib.error, gzip.BadGzipFile)
_NAMES = ("completion", "response")
_LIKELY = ("output", "code", "generation", "solution", "answer", "text", "verilog")
_EXTRACTED = re.compile(r"(?P<task>.+)_sample(?P<number>\d{1,6})\.sv\Z")
_BEFORE = "```verilog\n"
_AFTER = "\n```\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line, or why it was not read."""

    place: str
    content: bytes = b""
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a line says; `task_id` is None where it does not say even that."""

    place: str
    task_id: str | None = None
    completion: str | None = None
    sample: int | None = None
    trouble: str = ""
    """Why there is no completion, or no task."""


def lines(path: Path) -> Iterator[Line]:
    """Yield the lines of `path` that are not blank.

    A file that ends in the middle of its compressed data ends with a line of `trouble`.

    Raises:
        UsageError: It is not there or cannot be read.
    """
    if not path.is_file():
        kind = "no regular file" if path.exists() else "not there"
        raise UsageError(
            f"samples must be a file or a folder, {path} is {kind}\n\n"
            "hint: give a .jsonl or .jsonl.gz file with --samples"
        )
    number = 0
    try:
        with _opened(path) as file:
            while first := file.readline(LINE_LIMIT + 1):
                number += 1
                place = f"{path}:{number}"
                if len(first) > LINE_LIMIT:
                    _skip(file, first)
                    yield Line(place=place, trouble=f"a line must have at most {LINE_LIMIT} bytes")
                elif first.strip():
                    yield Line(place=place, content=first)
    except _TORN as error:
        yield Line(
            place=f"{path}:{number + 1}",
            trouble=f"gzip data must be whole, it breaks off here: {error}",
        )
    except OSError as error:
        why = error.strerror or str(error)
        raise UsageError(
            f"cannot read samples: {why}, {path}:{number + 1}\n\nhint: make the file readable"
        ) from error


def record(line: Line) -> Record:
    """Return what a line says; never raises."""
    if line.trouble:
        return Record(place=line.place, trouble=line.trouble)
    text, trouble = _decoded(line.content.removeprefix(_MARK))
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        why = str(error).split(":", 1)[0]
        trouble = trouble or f"a sample must be a line of JSON: {why}"
        return Record(place=line.place, trouble=trouble)
    if not isinstance(value, dict):
        trouble = trouble or f"a sample must be a JSON object, not {type(value).__name__}"
        return Record(place=line.place, trouble=trouble)
    found = _record(value, line.place)
    return _troubled(found, trouble) if trouble else found


def extracted(folder: Path) -> Iterator[Record]:
    """Yield the code that VerilogEval v2's scripts extracted, by problem and number.

    It is put in a fence, so that the official rule gives back just this code.

    Raises:
        UsageError: There is none, or a file cannot be read.
    """
    found = sorted(
        (match["task"], int(match["number"]), path)
        for pattern in ("*.sv", "*/*.sv")
        for path in folder.glob(pattern)
        if (match := _EXTRACTED.match(path.name))
    )
    if not found:
        raise UsageError(
            f"a folder of samples must hold files ProbNNN_name_sampleNN.sv, {folder} has none\n\n"
            "hint: give such a folder, or a .jsonl or .jsonl.gz file, with --samples"
        )
    for task, number, path in found:
        yield _file(task, number, path)


def _file(task: str, number: int, path: Path) -> Record:
    try:
        with path.open("rb") as file:
            content = file.read(LINE_LIMIT + 1)
    except OSError as error:
        raise UsageError(
            f"cannot read a sample: {error.strerror or error}, {path}\n\nhint: make it readable"
        ) from error
    known = Record(place=str(path), task_id=task, sample=number)
    if len(content) > LINE_LIMIT:
        return _troubled(known, f"a sample must have at most {LINE_LIMIT} bytes")
    text, trouble = _decoded(content)
    if trouble:
        return _troubled(known, trouble)
    code = f"{_BEFORE}{text}{_AFTER}" if text.strip() else ""
    return Record(place=known.place, task_id=task, sample=number, completion=code)


def _troubled(known: Record, trouble: str) -> Record:
    return Record(place=known.place, task_id=known.task_id, sample=known.sample, trouble=trouble)


def _record(value: dict[str, object], place: str) -> Record:
    task = value.get("task_id")
    if not isinstance(task, str):
        what = f"be a string, not {type(task).__name__}" if "task_id" in value else "be there"
        return Record(place=place, trouble=f"task_id of a sample must {what}")
    number = value.get("sample")
    sample = number if isinstance(number, int) and not isinstance(number, bool) else None
    known = Record(place=place, task_id=task, sample=sample)
    name = next((name for name in _NAMES if name in value), None)
    if name is None:
        return _troubled(known, _no_completion(value))
    text = value[name]
    if not isinstance(text, str):
        return _troubled(known, f"{name} of a sample must be a string, not {type(text).__name__}")
    return Record(place=place, task_id=task, sample=sample, completion=text)


def _no_completion(value: dict[str, object]) -> str:
    rule = "completion of a sample must be there"
    likely = next((name for name in _LIKELY if isinstance(value.get(name), str)), None)
    return f"{rule}; if it is {likely!r}, rename that field" if likely else rule


def _decoded(content: bytes) -> tuple[str, str]:
    """Return the text, and what is wrong with it; what is wrong may not be where its task is."""
    try:
        return content.decode(), ""
    except UnicodeDecodeError as error:
        byte = f"byte 0x{content[error.start]:02X} at {error.start} is not"
        return content.decode(errors="replace"), f"a sample must be UTF-8, {byte}"


def _skip(file: IO[bytes], piece: bytes) -> None:
    """Read on to the end of the line, and hold no more than a piece of it."""
    while piece and not piece.endswith(b"\n"):
        piece = file.readline(_PIECE)


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP_MAGIC
    return cast("IO[bytes]", gzip.open(path)) if packed else path.open("rb")
