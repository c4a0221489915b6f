"""The files that are made of a run's rows when it has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rtlgen.evaluation.harness.protocol import Preparation
from rtlgen.evaluation.junit import JUNIT, write_junit
from rtlgen.evaluation.report.write import write_report
from rtlgen.evaluation.row_index import RowIndex
from rtlgen.evaluation.run_record import RunRecord
from rtlgen.evaluation.summary import SUMMARY, Summary, summarize
from rtlgen.evaluation.tables import write_tables


def write_results(
    folder: Path,
    record: RunRecord,
    *,
    preparations: Mapping[str, Preparation] | None = None,
    expected: int | None = None,
    departures: Sequence[str] = (),
    tables: bool = True,
) -> Summary:
    """Write tables, JUnit's results, the report and the summary of the rows in `folder`.

    The summary comes last, so that where it is, the others are of the same rows.

    Args:
        folder: The run's folder.
        record: Of the finished run.
        preparations: What is known of the tests, by task id.
        expected: Samples that every problem should have; None: as many as the one with most.
        departures: In what the run is not the published setting.
        tables: Whether there is more to write than the summary.

    Raises:
        UsageError: The rows are damaged.
        OSError: A file cannot be written; what was there is still whole.
    """
    (folder / SUMMARY).unlink(missing_ok=True)
    rows = RowIndex(folder)
    summary = summarize(
        rows.scan(),
        run=record,
        preparations=preparations,
        expected=expected,
        departures=departures,
    )
    if tables:
        write_tables(folder, rows, summary)
        write_junit(folder / JUNIT, rows, summary)
        write_report(folder, summary)
    summary.write(folder / SUMMARY)
    return summary
