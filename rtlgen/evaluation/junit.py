"""`junit.xml`: a run as test results, for what shows those.

A problem is a suite and a sample a test case, which the official verdict
decides: a failure has the category as its type, a sample without a verdict is
an error, and what was left out is skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Final, Literal

from rtlgen.design.visible import one_line, shortened, visible
from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.replacing import replacing
from rtlgen.evaluation.row import Row
from rtlgen.evaluation.summary import Summary

JUNIT: Final = "junit.xml"

_MESSAGE = 500
_LOG = 2_000
_SPOOL = 1 << 20
"""Characters of a suite that wait in memory for its counts."""
_PIECE = 1 << 16

Kind = Literal["failure", "error", "skipped"]


def write_junit(path: Path, rows: Iterable[Row], summary: Summary) -> None:
    """Write the results to `path` by a rename.

    Args:
        path: The file.
        rows: By task id and sample, such as a `RowIndex`; read once, none kept.
        summary: Of the same rows.

    Raises:
        OSError: It cannot be written; what was there is still whole.
    """
    run = summary.run
    with replacing(path) as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        file.write(f"<testsuites{_attributes(name=run.title, timestamp=run.started)}>\n")
        for task, cases in _suites(rows, summary):
            file.writelines(_suite(run.benchmark, task, cases))
        file.write("</testsuites>\n")


def _suites(rows: Iterable[Row], summary: Summary) -> Iterator[tuple[str, Iterable[_Case]]]:
    """Yield each problem and its cases, which are to be read before the next."""
    missing = {p.task_id: p.missing for p in summary.problems if p.missing}
    for task, group in groupby(rows, key=lambda row: row.task_id):
        if task not in summary.excluded:
            yield task, _cases(task, group, missing.pop(task, 0))
    for task, number in missing.items():
        yield task, [_missing(task, number)]
    for task, reason in summary.excluded.items():
        yield task, [_Case(task=task, name="excluded", kind="skipped", message=reason)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A test case; some of it a model has written."""

    task: str
    name: str
    kind: Kind | None = None
    type: str = ""
    message: str = ""
    log: str = ""
    seconds: float = 0.0

    def xml(self, benchmark: str) -> str:
        """Return it as an element with characters that XML 1.0 allows."""
        time = f"{self.seconds:.6f}"
        named = _attributes(classname=f"{benchmark}.{self.task}", name=self.name, time=time)
        if self.kind is None:
            return f"    <testcase{named}/>\n"
        details = _attributes(message=self.message)
        details += _attributes(type=self.type) if self.type else ""
        log = escape(visible(self.log[-_LOG:]))
        return f"    <testcase{named}><{self.kind}{details}>{log}</{self.kind}></testcase>\n"


def _cases(task: str, rows: Iterable[Row], missing: int) -> Iterator[_Case]:
    for row in rows:
        yield _Case(
            task=task,
            name=f"sample {row.sample}",
            kind=_kind(row),
            type=row.category.value,
            message=row.reason or row.category.value,
            log=row.log,
            seconds=row.seconds,
        )
    if missing:
        yield _missing(task, missing)


def _missing(task: str, number: int) -> _Case:
    message = f"{number} without an answer"
    return _Case(task=task, name="missing samples", kind="skipped", message=message)


def _kind(row: Row) -> Kind | None:
    if row.category is Category.NOT_JUDGED or row.official is None:
        return "error"
    return None if row.official else "failure"


def _suite(benchmark: str, task: str, cases: Iterable[_Case]) -> Iterator[str]:
    """Yield the suite in pieces; its counts stand first, and are known last."""
    counts: dict[Kind | None, int] = {None: 0, "failure": 0, "error": 0, "skipped": 0}
    seconds = 0.0
    with SpooledTemporaryFile(_SPOOL, "w+", encoding="utf-8", newline="\n") as body:
        for case in cases:
            counts[case.kind] += 1
            seconds += case.seconds
            body.write(case.xml(benchmark))
        numbers = _attributes(
            name=task,
            tests=str(sum(counts.values())),
            failures=str(counts["failure"]),
            errors=str(counts["error"]),
            skipped=str(counts["skipped"]),
            time=f"{seconds:.6f}",
        )
        yield f"  <testsuite{numbers}>\n"
        body.seek(0)
        while piece := body.read(_PIECE):
            yield piece
    yield "  </testsuite>\n"


def _attributes(**values: str) -> str:
    return "".join(
        f' {name}="{escape(one_line(shortened(value, _MESSAGE)))}"'
        for name, value in values.items()
    )
