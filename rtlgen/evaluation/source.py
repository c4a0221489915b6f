"""A file of samples, looked at before any of them is judged."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rtlgen.errors import UsageError
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.run_record import SourceRecord
from rtlgen.evaluation.samples import SampleFaults, no_owner, read_samples

_PIECE = 1 << 20


def counted_samples(
    path: Path, problems: Sequence[Problem], *, owner: Callable[[str], str | None] = no_owner
) -> dict[str, int]:
    """Return how many samples of each of `problems` are in `path`, unusable ones included.

    `owner` is as for `read_samples`.

    Raises:
        UsageError: The file cannot be read, or none of its lines can be used.
    """
    numbers = dict.fromkeys((problem.task_id for problem in problems), 0)
    for sample in read_samples(path, problems, SampleFaults(), owner=owner):
        numbers[sample.task_id] += 1
    return numbers


def file_source(path: Path) -> SourceRecord:
    """Return what identifies the samples in `path`, a file or a folder of them.

    Raises:
        UsageError: It cannot be read.
    """
    hasher = hashlib.blake2b(digest_size=16)
    try:
        for file in _files(path):
            hasher.update(file.name.encode(errors="surrogateescape") + b"\0")
            for piece in _pieces(file):
                hasher.update(piece)
    except OSError as error:
        why = error.strerror or str(error)
        raise UsageError(
            f"cannot read samples: {why}, {path}\n\nhint: make the file readable"
        ) from error
    return SourceRecord(kind="samples", name=path.name, digest=hasher.hexdigest())


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for pattern in ("*.sv", "*/*.sv") for file in path.glob(pattern))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            yield piece
