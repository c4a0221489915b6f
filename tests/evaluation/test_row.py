"""Rows: what a run says of each sample."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlgen.errors import UsageError
from rtlgen.evaluation.judgement import Category, Judgement, Signal, Window, not_judged
from rtlgen.evaluation.row import MAX_VERILOG, Origin, Row, read_rows, row_of

FAILED = Judgement(
    official=False,
    functional=False,
    category=Category.MISMATCH,
    official_category="R",
    reason="q differs",
    mismatches=2,
    samples=9,
    expected_samples=9,
    seconds=0.25,
    log="Mismatches: 2",
    window=Window(
        times=(0, 5), first=3, signals=(Signal(name="q", role="got", values=("0", "x")),)
    ),
)


def row(judgement: Judgement = FAILED, verilog: str | None = "module m; endmodule") -> Row:
    return Row.of(
        "t", 0, judgement, verilog=verilog, digest="ab", rule="whole", origin=Origin.JUDGED
    )


def test_a_row_has_what_the_readme_promises() -> None:
    found = json.loads(row().line())
    assert found | {} == found
    assert {"task_id", "sample", "official", "functional", "category", "seconds"} <= set(found)
    assert found["official"] is False
    assert found["category"] == "runtime mismatch"
    assert json.loads(row(not_judged("why"), None).line())["functional"] is None


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_row_is_one_line_and_comes_back(text: str) -> None:
    line = row(verilog=text).line()
    assert line.count(b"\n") == 1
    assert row_of(line, "x") == row(verilog=text)


def test_the_judgement_of_a_row_comes_back() -> None:
    assert row_of(row().line(), "x").judgement() == FAILED


def test_a_long_design_is_cut_and_says_so() -> None:
    found = row(verilog="x" * (MAX_VERILOG + 1))
    assert len(found.verilog or "") == MAX_VERILOG
    assert found.verilog_cut
    assert row(verilog="x" * MAX_VERILOG).verilog_cut is None


def test_a_torn_last_line_is_no_row(tmp_path: Path) -> None:
    (tmp_path / "samples.jsonl").write_bytes(row().line() + row().line()[:-1])
    assert list(read_rows(tmp_path)) == [row()]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{}\n", r"samples\.jsonl:2: task_id: Field required"),
        (b"nonsense\n", r"samples\.jsonl:2: the line: Invalid JSON"),
        (row().line().replace(b'"sample":0', b'"sample":-1'), r":2: sample: .*greater than or eq"),
        (row().line().replace(b'"sample":0', b'"simple":0'), r":2: sample: Field required"),
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, line: bytes, message: str) -> None:
    (tmp_path / "samples.jsonl").write_bytes(row().line() + line)
    with pytest.raises(UsageError, match=message):
        list(read_rows(tmp_path))


def test_no_rows_are_an_error_of_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read the rows of a run: .*samples\.jsonl"):
        list(read_rows(tmp_path / "samples.jsonl"))
