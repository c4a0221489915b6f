"""What a build reads: each source is known by what lies there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from rtlgen.data.store import Origin
from rtlgen.errors import UsageError
from rtlgen.evaluation.benchmark import Extract
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.run_record import RUN
from rtlgen.evaluation.samples import Sample

CORPUS = "corpus"
"""Name of the benchmark that a corpus is."""
PROBLEMS = "problems.jsonl"
"""Known by it: the root of a corpus."""
GOLDEN, SLIPS = "golden.jsonl", "slips.jsonl"
TRAIN = "train"
SUFFIXES = (".jsonl", ".jsonl.gz")
_SPECS = (".md", ".markdown")
_RTL = (".v", ".sv")
_MOST_RECORD = 256 << 20
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSource:
    """Answers to problems of a benchmark, judged by its own tests."""

    origin: Origin
    path: Path
    benchmark: str = ""
    """Empty where the answers' tasks have to tell."""
    tasks: frozenset[str]
    """Those that it has answers to."""
    samples: Callable[[Sequence[Problem]], Iterator[Sample]]
    """Reads it, anew each time it is called; indices are those of the source."""
    extract: Extract | None
    """How a design is found in an answer; None where the answer is one."""
    root: Path | None = None
    """Where the benchmark is, if the source itself says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusRoot:
    """A corpus of `rtlgen dataset synth`: problems, right designs and slips."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignRun:
    """A run folder of `rtlgen design` or `rtlgen judge`."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecFolder:
    """Specifications with RTL of the same name."""

    path: Path
    pairs: tuple[tuple[Path, Path], ...]
    """Specification and RTL, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalRun:
    """A run folder of `rtlgen eval`."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFile:
    """A file of samples, as `rtlgen eval --samples` takes it."""

    path: Path


Found = CorpusRoot | DesignRun | EvalRun | SampleFile | SpecFolder


def find(paths: Sequence[Path]) -> list[Found]:
    """Return what lies at `paths`, in their order; a folder of sources is all of them.

    Raises:
        UsageError: Something there is no source; says what it should be.
    """
    found = [one for path in paths for one in _at(path)]
    places = [one.path.resolve() for one in found]
    for number, place in enumerate(places):
        if place in places[:number]:
            raise UsageError(f"a source must be given once, {found[number].path} is given twice")
    return found


def _at(path: Path) -> Iterator[Found]:
    if path.is_file():
        yield _file(path)
    elif path.is_dir():
        inside = list(_inside(path))
        yield from inside or [_nothing(path)]
    else:
        raise UsageError(
            f"a source must be a file or a folder, {path} is not there\n\nhint: check the path"
        )


def _file(path: Path) -> SampleFile:
    if path.name.endswith(SUFFIXES):
        return SampleFile(path=path)
    raise UsageError(
        f"a file of samples must be called *.jsonl or *.jsonl.gz, not {path}\n\n"
        "hint: give the run's folder, or a folder of specifications and RTL"
    )


def _inside(folder: Path) -> Iterator[Found]:
    """Yield what `folder` is, or what lies in it."""
    if (folder / PROBLEMS).is_file():
        yield CorpusRoot(path=folder)
    elif (folder / TRAIN / PROBLEMS).is_file():
        yield CorpusRoot(path=folder / TRAIN)
    elif (folder / RUN).is_file():
        yield _run(folder)
    elif pairs := tuple(_pairs(folder)):
        yield SpecFolder(path=folder, pairs=pairs)
    else:
        names = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        yield from (SampleFile(path=p) for p in names if p.name.endswith(SUFFIXES) and p.is_file())
        yield from (_run(path) for path in names if (path / RUN).is_file())


def _run(folder: Path) -> DesignRun | EvalRun:
    record = _json(folder / RUN)
    if "benchmark" in record and "harness" in record:
        return EvalRun(path=folder)
    if "candidates" in record:
        return DesignRun(path=folder)
    raise UsageError(
        f"{folder / RUN} must be the record of a run of `rtlgen eval`, `design` or `judge`, "
        "it is another one\n\nhint: give the folder that one of these wrote with -o"
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            value = json.loads(file.read(_MOST_RECORD))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"{path} must be JSON, it is damaged: {error}\n\n"
            "hint: the run did not end, or the file was changed by hand"
        ) from error
    if not isinstance(value, dict):
        raise UsageError(f"{path} must be a JSON object, not {type(value).__name__}")
    return value


def _pairs(folder: Path) -> Iterator[tuple[Path, Path]]:
    for spec in sorted(path for path in folder.iterdir() if path.suffix in _SPECS):
        rtl = next((spec.with_suffix(s) for s in _RTL if spec.with_suffix(s).is_file()), None)
        if rtl is not None:
            yield spec, rtl


def _nothing(path: Path) -> NoReturn:
    raise UsageError(
        f"a folder must be a run of `rtlgen eval` or `rtlgen design`, a corpus, or hold samples "
        f"(*.jsonl, *.jsonl.gz), runs, or specifications with RTL (name.md, name.v); {path} is "
        "and has nothing of these\n\nhint: a run that was killed has its folder when it is resumed"
    )


def file_digest(*paths: Path) -> str:
    """Return a hex digest of the content of `paths`, in their order.

    Raises:
        UsageError: One cannot be read.
    """
    hasher = hashlib.blake2b(digest_size=16)
    for path in paths:
        try:
            with path.open("rb") as stream:
                hasher.update(path.name.encode(errors="surrogateescape") + b"\0")
                while piece := stream.read(_PIECE):
                    hasher.update(piece)
        except OSError as error:
            raise UsageError(f"cannot read {path}: {error.strerror}") from error
    return hasher.hexdigest()
