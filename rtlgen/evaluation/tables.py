"""The numbers of a run for spreadsheets and scripts: CSV with plain line ends.

Truth is `true`, `false`, or nothing where there was no verdict. Text is one
line, cut to a length that a cell holds, and marked by `'` where a spreadsheet
would take it for a formula.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from rtlgen.design.visible import one_line, shortened
from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.replacing import replacing
from rtlgen.evaluation.row import Row
from rtlgen.evaluation.statistics import Tally, pass_at_k
from rtlgen.evaluation.summary import ProblemSummary, Summary

SAMPLES: Final = "samples.csv"
PROBLEMS: Final = "problems.csv"
VERDICTS: Final = "verdicts.csv"

_MOST = 500
"""Characters of a cell."""
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_VERDICT = {True: "true", False: "false", None: ""}
_VERDICT_COLUMNS = ("task_id", "sample", "official", "functional", "category")
_SAMPLE_COLUMNS = (
    *_VERDICT_COLUMNS,
    *("official_category", "mismatches", "samples", "expected_samples"),
    *("seconds", "origin", "rule", "digest", "reason"),
)

Cell = str | int | float | None


def write_tables(folder: Path, rows: Iterable[Row], summary: Summary) -> None:
    """Write all three tables into `folder`, each by a rename.

    Args:
        folder: The run's folder.
        rows: By task id and sample, such as a `RowIndex`; read once, none kept.
        summary: Of the same rows.

    Raises:
        OSError: One cannot be written; what was there is still whole.
    """
    with replacing(folder / VERDICTS) as verdicts, replacing(folder / SAMPLES) as samples:
        writers = (
            csv.writer(verdicts, lineterminator="\n"),
            csv.writer(samples, lineterminator="\n"),
        )
        writers[0].writerow(_VERDICT_COLUMNS)
        writers[1].writerow(_SAMPLE_COLUMNS)
        for row in rows:
            verdict = _verdict_cells(row)
            writers[0].writerow(verdict)
            writers[1].writerow([*verdict, *_more_cells(row)])
    _write_problems(folder / PROBLEMS, summary)


def text_cell(text: str) -> str:
    """Return `text` as a cell that no spreadsheet computes."""
    line = shortened(one_line(text[: 4 * _MOST]), _MOST)
    return f"'{line}" if line.startswith(_FORMULA) else line


def _verdict_cells(row: Row) -> list[Cell]:
    official, functional = _VERDICT[row.official], _VERDICT[row.functional]
    return [text_cell(row.task_id), row.sample, official, functional, row.category.value]


def _more_cells(row: Row) -> list[Cell]:
    return [
        text_cell(row.official_category),
        row.mismatches,
        row.samples,
        row.expected_samples,
        row.seconds,
        row.origin.value,
        text_cell(row.rule),
        text_cell(row.digest),
        text_cell(row.reason),
    ]


def _write_problems(path: Path, summary: Summary) -> None:
    ks = summary.run.ks
    with replacing(path) as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(_problem_columns(ks))
        for problem in summary.problems:
            table.writerow(_problem_cells(problem, ks))
        blank = [""] * (len(_problem_columns(ks)) - 2)
        for task, reason in summary.excluded.items():
            table.writerow([text_cell(task), *blank, text_cell(reason)])


def _problem_columns(ks: Sequence[int]) -> list[str]:
    return [
        *("task_id", "samples", "missing"),
        *_tally_columns("official", ks),
        *_tally_columns("functional", ks),
        *(category.value for category in Category),
        *("seconds", "spent", "slowest", "rate", "faults", "repairs", "excluded"),
    ]


def _problem_cells(problem: ProblemSummary, ks: Sequence[int]) -> list[Cell]:
    return [
        *(text_cell(problem.task_id), problem.samples, problem.missing),
        *_tally_cells(problem.official, ks),
        *_tally_cells(problem.functional, ks),
        *(problem.categories.get(category, 0) for category in Category),
        *(problem.seconds, problem.spent, problem.slowest, problem.rate),
        *(text_cell("; ".join(problem.faults)), text_cell("; ".join(problem.repairs)), ""),
    ]


def _tally_columns(verdict: str, ks: Sequence[int]) -> list[str]:
    return [f"{verdict}_judged", f"{verdict}_passed", *(f"{verdict}_pass@{k}" for k in ks)]


def _tally_cells(tally: Tally, ks: Sequence[int]) -> list[Cell]:
    rates = [
        round(pass_at_k(tally.judged, tally.passed, k), 6) if k <= tally.judged else None
        for k in ks
    ]
    return [tally.judged, tally.passed, *rates]
