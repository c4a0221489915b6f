"""What `rtlgen eval doctor` does once its arguments are parsed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from rtlgen.cli.common import NOT_JUDGED, OK, print_json, stderr, unwind_when_interrupted
from rtlgen.design.visible import visible
from rtlgen.design.words import counted
from rtlgen.errors import UsageError
from rtlgen.evaluation.benchmark import Benchmark
from rtlgen.evaluation.catalog import benchmark
from rtlgen.evaluation.doctor import examine, examined_before, keep
from rtlgen.evaluation.doctor_record import DoctorRecord, write_doctor
from rtlgen.evaluation.harness.protocol import Conditions
from rtlgen.evaluation.local_pool import LocalPool
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.selection import selected

if TYPE_CHECKING:
    from rtlgen.evaluation.doctor import OnProgress

_MOST = 2
"""Wrong designs of a test that are shown."""
_REASON = 200
"""Characters of a reason that are shown; the file has all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for."""

    root: Path
    output: Path | None
    problems: Sequence[str]
    timeout: float
    workers: int | None
    cached: bool
    json: bool
    quiet: bool


def run(name: str, order: Order) -> NoReturn:
    """Run `rtlgen eval doctor`."""
    known = benchmark(name)
    if order.output is not None:
        check_file(order.output)
    problems = selected(known.read(order.root), order.problems)
    unwind_when_interrupted()
    record = diagnosis(
        known,
        problems,
        Conditions(cpu_seconds=order.timeout),
        workers=order.workers,
        cached=order.cached,
        quiet=order.quiet,
    )
    if order.output is not None:
        write_doctor(record, order.output)
    if order.json:
        print_json(record.model_dump(mode="json"))
    elif not order.quiet:
        typer.echo(_text(record))
    raise typer.Exit(NOT_JUDGED if record.not_judged else OK)


def diagnosis(
    known: Benchmark,
    problems: Sequence[Problem],
    conditions: Conditions,
    *,
    workers: int | None,
    cached: bool,
    quiet: bool,
) -> DoctorRecord:
    """Return what the doctor finds, from an earlier run if there was an equal one."""
    if cached and (before := examined_before(known, problems, conditions)):
        return before
    with _told(quiet=quiet) as on_progress, closing(LocalPool(workers)) as executor:
        record = examine(known, problems, conditions, executor, on_progress=on_progress)
    if cached and not record.not_judged:
        keep(record)
    return record


def check_file(path: Path) -> None:
    """See that a file can be written at `path` before any work is done for it.

    Raises:
        UsageError: It cannot.
    """
    folder = path.parent
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        why = "it is a folder" if path.is_dir() else f"{folder} is no folder to write to"
        raise UsageError(
            f"-o must be a file that can be written, {path} is not: {why}\n\n"
            "hint: name a file in a folder that is there"
        )


@contextmanager
def _told(*, quiet: bool) -> Iterator[OnProgress]:
    if quiet or not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    with stderr().status("trying the tests ...") as status:
        yield lambda done, all_: status.update(f"trying the tests: {done} of {all_} problems")


def _text(record: DoctorRecord) -> str:
    ceiling, total = record.ceiling, record.ceiling.problems
    tried = sum(problem.tried for problem in record.problems)
    killed = sum(problem.killed for problem in record.problems)
    lines = [
        f"{record.benchmark} under {record.simulator}: {counted(total, 'problem')}",
        f"a perfect model passes   official {ceiling.official} of {total}, "
        f"functional {ceiling.functional} of {total}",
        f"designs made to fail     {killed} of {tried} are failed",
    ]
    for title, found in (
        ("no design can pass", record.impossible),
        ("a senseless design passes", _joined(record.vacuous)),
        ("tests that are repaired here", _joined(record.repaired)),
        ("outputs that the test does not look at", _joined(record.unchecked)),
        ("tests that take wrong designs", _few(record.weak)),
        ("not judged", record.not_judged),
    ):
        lines += _listed(title, found)
    return visible("\n".join(lines))


def _joined(found: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {task: ", ".join(what) for task, what in found.items()}


def _few(found: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the first of what is there, and how many more there are."""
    return {
        task: ", ".join(what[:_MOST]) + (f" and {len(what) - _MOST} more" * (len(what) > _MOST))
        for task, what in found.items()
    }


def _listed(title: str, found: Mapping[str, str]) -> list[str]:
    if not found:
        return []
    width = max(map(len, found))
    shown = {task: " ".join(why.split()) for task, why in found.items()}
    return [
        "",
        f"{title} ({len(found)})",
        *(
            f"  {task:{width}}  {why if len(why) <= _REASON else why[:_REASON] + ' ...'}"
            for task, why in shown.items()
        ),
    ]
