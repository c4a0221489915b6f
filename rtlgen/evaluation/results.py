"""What a run leaves beside its rows, for scripts, spreadsheets and other tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rtlgen.evaluation.harness.protocol import Preparation
from rtlgen.evaluation.junit import JUNIT, write_junit
from rtlgen.evaluation.row_index import RowIndex
from rtlgen.evaluation.run_record import RunRecord
from rtlgen.evaluation.summary import SUMMARY, Summary, summarize
from rtlgen.evaluation.tables import write_tables


def write_results(
    folder: Path,
    run: RunRecord,
    *,
    preparations: Mapping[str, Preparation] | None = None,
    expected: int | None = None,
    departures: Sequence[str] = (),
) -> Summary:
    """Write CSV, `junit.xml` and `summary.json` of the rows in `folder`; return the summary.

    The arguments are those of `summarize`. `summary.json` comes last, so that
    where it is, the others are of the same rows.

    Raises:
        UsageError: A line is no row, a row is of no problem of the run, or a sample has two.
        OSError: A file cannot be written; what was there is still whole.
    """
    (folder / SUMMARY).unlink(missing_ok=True)
    rows = RowIndex(folder)
    summary = summarize(
        rows.scan(), run=run, preparations=preparations, expected=expected, departures=departures
    )
    write_tables(folder, rows, summary)
    write_junit(folder / JUNIT, rows, summary)
    summary.write(folder / SUMMARY)
    return summary
