"""`report.html` of a run's folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from rtlgen.evaluation.report.page import render
from rtlgen.evaluation.row import read_rows
from rtlgen.evaluation.summary import Summary, read_summary

REPORT = "report.html"
"""Name of the page in a run's folder."""
_BUFFER = 1 << 18


def write_report(folder: Path, summary: Summary | None = None) -> Path:
    """Write the page of the run in `folder`, in one step; return its path.

    Reads `samples.jsonl` a row at a time, and `summary.json` unless `summary` is given.

    Raises:
        UsageError: The folder has no summary or no rows, or they are damaged.
        OSError: The page cannot be written; what was there is still whole.
    """
    numbers = read_summary(folder) if summary is None else summary
    page = folder / REPORT
    handle, name = tempfile.mkstemp(prefix=f".{REPORT}.", dir=folder)
    partial = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", buffering=_BUFFER) as file:
            file.writelines(render(numbers, read_rows(folder)))
        partial.chmod(0o644)
        partial.replace(page)
    finally:
        partial.unlink(missing_ok=True)
    return page
