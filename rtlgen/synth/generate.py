"""`rtlgen dataset synth`: a corpus is made in chunks, by many processes, and put together in order.

Chunks wait in a hidden folder of the corpus until it is complete, so that a kill
at any moment loses the chunks that were being made and nothing else. Only
digests are held in memory: 8 bytes for each example's design and text.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import metadata
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TextIO

import rtlgen
from rtlgen.errors import UsageError
from rtlgen.evaluation.corpus import GOLDEN, PROBLEMS, RECORD, SLIPS
from rtlgen.evaluation.holding import held
from rtlgen.evaluation.replacing import replacing, write_whole
from rtlgen.synth.chunk import SIZE, Order, write_chunk
from rtlgen.synth.corpus_record import (
    CorpusRecord,
    Options,
    PartRecord,
    read_record,
    write_record,
)
from rtlgen.synth.parts import Part
from rtlgen.synth.taking import Taking
from sim import tools
from sim.design import digest

MAKING = ".making"
"""Folder of what is not finished."""
_SPARE = 2
_BARREN = 8
"""Chunks one after the other without anything new, after which a part is as long as it gets."""
_WATCH_SECONDS = 2.0

OnProgress = Callable[[Part, int, int], None]
"""Is told a part, how many problems of it there are, and how many are wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A corpus that is complete."""

    folder: Path
    record: CorpusRecord
    before: bool = False
    """Whether it was complete already."""


def make(folder: Path, options: Options, *, workers: int, on_progress: OnProgress) -> Made:
    """Make the corpus of `options` in `folder`, or go on with it.

    Raises:
        UsageError: Another corpus, or anything else, is in `folder`, or another process
            works there.
        EnvironmentFault: A tool is missing or does not run.
    """
    with held(folder, work="makes a corpus"):
        if (folder / RECORD).is_file():
            return Made(folder=folder, record=_same(folder, options), before=True)
        return _made(folder, options, workers=workers, on_progress=on_progress)


def _made(folder: Path, options: Options, *, workers: int, on_progress: OnProgress) -> Made:
    start, work = time.monotonic(), _begun(folder, options)
    fresh = not any(work.glob("*/*.jsonl"))
    known: frozenset[int] = frozenset()
    records: dict[str, PartRecord] = {}
    seconds = 0.0
    with _chunks_by(workers) as made:
        for part, wanted in _wanted(options):
            taking = Taking(part=part, wanted=wanted, known=known)
            orders = _orders(options, part, wanted)
            _fill(folder / part, work / part, taking, made(orders, work / part), on_progress)
            records[part] = taking.record(seed=options.seed, tools=tool_versions())
            write_record(records[part], folder / part / RECORD)
            known |= taking.designs.keys()
            seconds += taking.seconds
    taken = time.monotonic() - start
    total = sum(record.problems for record in records.values())
    record = CorpusRecord(
        options=options,
        parts=records,
        seconds=round(taken, 3),
        processor_seconds=round(seconds, 3),
        workers=workers,
        examples_per_second=round(total / taken, 2) if fresh else None,
    )
    write_record(record, folder / RECORD)
    shutil.rmtree(work, ignore_errors=True)
    return Made(folder=folder, record=record)


def _wanted(options: Options) -> Iterator[tuple[Part, int]]:
    yield Part.TRAIN, options.count
    if options.sampling:
        yield Part.SAMPLING, options.sampling
    if options.held_out_instances:
        yield Part.INSTANCES, options.held_out_instances
    if options.held_out_families and options.held_out_family_instances:
        yield Part.FAMILIES, options.held_out_family_instances


def _orders(options: Options, part: Part, wanted: int) -> Iterator[Order]:
    kept = part is Part.FAMILIES
    for number in count():
        yield Order(
            part=part,
            number=number,
            seed=options.seed,
            families=options.held_out_families if kept else options.families,
            canonical=options.canonical,
            against=options.against,
            size=min(SIZE, wanted + _SPARE),
            split=bool(options.held_out_instances),
        )


# The folder


def _same(folder: Path, options: Options) -> CorpusRecord:
    record = read_record(folder / RECORD)
    if record.options != options:
        raise UsageError(
            f"a corpus made by other options is in {folder}\n\nhint: give another folder with -o"
        )
    return record


def _begun(folder: Path, options: Options) -> Path:
    """Return the folder of chunks, with those that an equal call has left there."""
    work = folder / MAKING
    facts = json.dumps({"options": options.model_dump(mode="json"), "made_by": _code()})
    noted = work / "options.json"
    if noted.is_file() and noted.read_text(encoding="utf-8") == facts:
        return work
    # A kill may come between the folder and what is noted in it.
    if folder.is_dir() and any(path != work or any(work.glob("*/*")) for path in folder.iterdir()):
        why = "a corpus of other options or versions was begun" if work.is_dir() else "something is"
        raise UsageError(
            f"-o must be a new folder, {why} in {folder}\n\nhint: remove it, or give another one"
        )
    work.mkdir(parents=True, exist_ok=True)
    write_whole(noted, facts)
    return work


def _code() -> str:
    """Return a digest of all that decides what is in a chunk."""
    here = Path(rtlgen.__file__).parent
    files = [*sorted((here / "synth").rglob("*.py")), *sorted((here / "data").glob("fing*"))]
    versions = json.dumps(tool_versions(), sort_keys=True)
    return digest(versions.encode(), *(path.read_bytes() for path in files))


def tool_versions() -> dict[str, str]:
    """Return the versions of the tools that verify.

    Raises:
        ToolNotFound: One is not installed.
    """
    return {
        "icarus": tools.icarus().version,
        "verilator": tools.verilator().version,
        "pyosys": metadata.version("pyosys"),
        "pyslang": metadata.version("pyslang"),
    }


# Chunks, in order, made ahead by other processes

_Chunks = Callable[[Iterator[Order], Path], Iterator[Path]]


@contextmanager
def _chunks_by(workers: int) -> Iterator[_Chunks]:
    """Yield a function that gives the chunks of orders in their order, as they are made."""
    if workers == 1:
        yield _one_by_one
        return
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_watch, initargs=(os.getpid(),)
    )
    try:
        yield lambda orders, folder: _ahead(pool, workers + 2, orders, folder)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _one_by_one(orders: Iterator[Order], folder: Path) -> Iterator[Path]:
    for order in orders:
        path = _place(folder, order)
        yield path if path.is_file() else write_chunk(order, path)


def _ahead(
    pool: ProcessPoolExecutor, ahead: int, orders: Iterator[Order], folder: Path
) -> Iterator[Path]:
    waiting: deque[Path | Future[Path]] = deque()
    try:
        for order in orders:
            path = _place(folder, order)
            waiting.append(path if path.is_file() else pool.submit(write_chunk, order, path))
            if len(waiting) >= ahead:
                first = waiting.popleft()
                yield first if isinstance(first, Path) else first.result()
    finally:
        for left in waiting:
            if isinstance(left, Future):
                left.cancel()


def _place(folder: Path, order: Order) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{order.number:06}.jsonl"


def _watch(parent: int) -> None:
    """End this process when `parent` is gone; an interrupt is the parent's affair."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(_WATCH_SECONDS)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()


# Putting the parts together


def _fill(
    folder: Path, work: Path, taking: Taking, chunks: Iterator[Path], on_progress: OnProgress
) -> None:
    """Write the files of a part from its chunks."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(".*.jsonl.*"):
        left.unlink(missing_ok=True)
    barren = 0
    with ExitStack() as stack:
        files = {
            name: stack.enter_context(replacing(folder / name))
            for name in (PROBLEMS, GOLDEN, SLIPS)
        }
        for chunk in chunks:
            before = taking.taken
            _take(chunk, taking, files)
            on_progress(taking.part, taking.taken, taking.wanted)
            barren = 0 if taking.taken > before else barren + 1
            if taking.taken >= taking.wanted or barren >= _BARREN:
                break


def _take(chunk: Path, taking: Taking, files: dict[str, TextIO]) -> None:
    with chunk.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if "dropped" in row:
                taking.note(row)
            elif taking.taken < taking.wanted:
                _take_row(row, taking, files)


def _take_row(row: dict[str, Any], taking: Taking, files: dict[str, TextIO]) -> None:
    if rule := taking.refusal(row):
        taking.dropped[rule] += 1
        return
    problem, slips = row["problem"], row["slips"]
    taking.count(problem, slips)
    task = f"{problem['family']}-{taking.taken:06}"
    _write(files[PROBLEMS], {**problem, "task_id": task})
    _write(files[GOLDEN], {"task_id": task, "completion": problem["golden"]})
    for slip in slips:
        known = {"task_id": task, "completion": slip["text"]}
        _write(
            files[SLIPS], {**known, **{name: slip[name] for name in ("slip", "source", "share")}}
        )


def _write(file: TextIO, row: dict[str, Any]) -> None:
    file.write(f"{json.dumps(row, ensure_ascii=False)}\n")
