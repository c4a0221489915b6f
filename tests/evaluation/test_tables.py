"""CSV that scripts and spreadsheets read alike, and rows in order."""

from __future__ import annotations

import csv
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlgen.errors import UsageError
from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.junit import JUNIT, write_junit
from rtlgen.evaluation.row import ROWS, Row
from rtlgen.evaluation.row_index import RowIndex
from rtlgen.evaluation.run_record import RunRecord
from rtlgen.evaluation.summary import SUMMARY, Summary, read_summary, summarize
from rtlgen.evaluation.tables import text_cell, write_tables
from tests.evaluation.report_runs import large, row, run_record, small

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1", "\xa0=1")


def write_rows(folder: Path, rows: list[Row]) -> Path:
    (folder / ROWS).write_bytes(b"".join(row.line() for row in rows))
    return folder


def write_results(folder: Path, run: RunRecord) -> Summary:
    """All that is made of the rows in `folder`, but for the report."""
    index = RowIndex(folder)
    summary = summarize(index.scan(), run=run)
    write_tables(folder, index, summary)
    write_junit(folder / JUNIT, index, summary)
    summary.write(folder / SUMMARY)
    return summary


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


def by_name(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_verdicts_are_sorted_by_task_and_number(tmp_path: Path) -> None:
    rows = [row("b", 0), row("a", 10, Category.WARNING), row("a", 9, Category.NOT_JUDGED)]
    summary = summarize(rows, run=run_record(["b", "a"], ks=[1]))
    index = RowIndex(write_rows(tmp_path, rows))
    assert list(index.scan()) == rows
    write_tables(tmp_path, index, summary)
    assert (tmp_path / "verdicts.csv").read_bytes() == (
        b"task_id,sample,official,functional,category\n"
        b"a,9,,,not judged\n"
        b"a,10,false,true,compiler warning\n"
        b"b,0,true,true,pass\n"
    )


def test_the_order_of_judging_changes_no_byte(tmp_path: Path) -> None:
    summary, rows = large(problems=20)
    found = []
    for order in (rows, rows[::-1]):
        write_results(write_rows(tmp_path, order), summary.run)
        names = ("verdicts.csv", "samples.csv", "problems.csv", "junit.xml", "summary.json")
        found.append([(tmp_path / name).read_bytes() for name in names])
    assert found[0] == found[1]


def test_all_results_are_of_the_same_rows(tmp_path: Path) -> None:
    summary, rows = small()
    found = write_results(write_rows(tmp_path, rows), summary.run)
    assert found == summary == read_summary(tmp_path)
    assert {oct(path.stat().st_mode & 0o777) for path in tmp_path.glob("*.csv")} == {"0o644"}


def test_a_sample_is_a_line_with_what_a_cell_can_hold(tmp_path: Path) -> None:
    hostile = 'one\ntwo, "three"\r\n\0\x1b[31m' + "long " * 100_000
    rows = [row("a", 0, Category.MISMATCH, reason=hostile, mismatches=7, rule="=cmd")]
    write_results(write_rows(tmp_path, rows), run_record(["a"], ks=[1]))
    (found,) = by_name(tmp_path / "samples.csv")
    assert found["reason"].startswith('one two, "three" <U+0000><U+001B>[31mlong long')
    assert len(found["reason"]) <= 500
    assert (found["mismatches"], found["rule"]) == ("7", "'=cmd")
    assert (tmp_path / "samples.csv").read_bytes().count(b"\n") == 2


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula(formula: str) -> None:
    assert text_cell(formula).startswith("'")


@given(st.text(max_size=30))
def test_a_cell_is_one_harmless_line(text: str) -> None:
    cell = text_cell(text)
    cell.encode()
    assert "\n" not in cell
    assert "\r" not in cell
    assert not cell.startswith(("=", "+", "-", "@", "\t"))


def test_huge_text_is_cut_before_it_is_looked_at() -> None:
    assert len(text_cell("\x1b" * 50_000_000)) <= 500


def test_problems_have_rates_and_categories(tmp_path: Path) -> None:
    summary, rows = small()
    write_results(write_rows(tmp_path, rows), summary.run)
    found = {line["task_id"]: line for line in by_name(tmp_path / "problems.csv")}
    assert list(found) == ["counter", "shift/left", "lost", "vacuous"]
    counter = found["counter"]
    assert (counter["official_passed"], counter["official_pass@1"]) == ("2", "0.5")
    assert (counter["functional_passed"], counter["functional_pass@5"]) == ("3", "")
    assert (counter["pass"], counter["X on output"], counter["timeout"]) == ("2", "1", "0")
    assert (found["lost"]["missing"], found["lost"]["rate"]) == ("1", "")
    assert found["vacuous"]["excluded"] == "any design can pass: an empty module"
    assert {len(line) for line in read(tmp_path / "problems.csv")} == {len(counter)}


def test_what_is_there_stays_whole_where_writing_fails(tmp_path: Path) -> None:
    summary, rows = small()
    write_results(write_rows(tmp_path, rows), summary.run)
    before = (tmp_path / "verdicts.csv").read_bytes()

    def broken() -> Iterator[Row]:
        yield rows[0]
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_tables(tmp_path, broken(), summary)
    assert (tmp_path / "verdicts.csv").read_bytes() == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_an_index_may_be_read_again(tmp_path: Path) -> None:
    _, rows = small()
    index = RowIndex(write_rows(tmp_path, rows))
    assert list(index) == []
    assert list(index.scan()) == list(index.scan()) == rows
    expected = sorted(rows, key=lambda row: (row.task_id, row.sample))
    assert list(index) == list(index) == expected


def test_a_torn_last_line_is_no_row(tmp_path: Path) -> None:
    rows = [row("a", 0), row("a", 1)]
    (tmp_path / ROWS).write_bytes(rows[0].line() + rows[1].line()[:-1])
    index = RowIndex(tmp_path / ROWS)
    assert list(index.scan()) == rows[:1]
    assert list(index) == rows[:1]


def test_a_line_that_is_no_row_is_named(tmp_path: Path) -> None:
    (tmp_path / ROWS).write_bytes(row("a", 0).line() + b"{}\n")
    with pytest.raises(UsageError, match=r"samples\.jsonl:2: task_id: Field required"):
        list(RowIndex(tmp_path).scan())
    with pytest.raises(UsageError, match=r"cannot read the rows of a run: .*No such file"):
        list(RowIndex(tmp_path / "none").scan())


def test_memory_is_flat_in_the_size_of_rows(tmp_path: Path) -> None:
    with (tmp_path / ROWS).open("wb") as file:
        for at in range(200):
            long = {"log": "x" * 100_000, "verilog": "y" * 100_000}
            file.write(row("a", at, Category.MISMATCH, **long).line())
    tracemalloc.start()
    try:
        write_results(tmp_path, run_record(["a"], ks=[1]))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12_000_000  # 40 MB of rows were read three times
