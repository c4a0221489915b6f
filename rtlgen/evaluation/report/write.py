"""`report.html` of a run's folder."""

from __future__ import annotations

from pathlib import Path

from rtlgen.evaluation.replacing import replacing
from rtlgen.evaluation.report.page import render
from rtlgen.evaluation.row import read_rows
from rtlgen.evaluation.summary import Summary, read_summary

REPORT = "report.html"
"""Name of the page in a run's folder."""


def write_report(folder: Path, summary: Summary | None = None) -> Path:
    """Write the page of the run in `folder`, in one step; return its path.

    Reads `samples.jsonl` a row at a time, and `summary.json` unless `summary` is given.

    Raises:
        UsageError: The folder has no summary or no rows, or they are damaged.
        OSError: The page cannot be written; what was there is still whole.
    """
    numbers = read_summary(folder) if summary is None else summary
    page = folder / REPORT
    with replacing(page) as file:
        file.writelines(render(numbers, read_rows(folder)))
    return page
