"""`junit.xml` by the conventions of those who read it, whatever models write."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.junit import write_junit
from rtlgen.evaluation.row import Row
from rtlgen.evaluation.run_record import RunRecord
from rtlgen.evaluation.summary import summarize
from tests.evaluation.report_runs import large, row, run_record, small

_OUTCOMES = ("failure", "error", "skipped")


def results(path: Path, rows: list[Row], run: RunRecord) -> ET.Element:
    """What is written of `rows`, after a look at its form."""
    ordered = sorted(rows, key=lambda row: (row.task_id, row.sample))
    write_junit(path, ordered, summarize(rows, run=run))
    root = ET.parse(path).getroot()
    check(root)
    return root


def check(root: ET.Element) -> None:
    """The common ground of the readers' schemas."""
    assert root.tag == "testsuites"
    names = [suite.attrib["name"] for suite in root]
    assert len(set(names)) == len(names)
    for suite in root:
        assert suite.tag == "testsuite"
        assert {case.tag for case in suite} <= {"testcase"}
        assert int(suite.attrib["tests"]) == len(suite) > 0
        for outcome, number in zip(_OUTCOMES, ("failures", "errors", "skipped"), strict=True):
            assert int(suite.attrib[number]) == len(suite.findall(f"testcase/{outcome}"))
        cases = [case.attrib["name"] for case in suite]
        assert len(set(cases)) == len(cases)
        assert float(suite.attrib["time"]) >= 0
        for case in suite:
            assert set(case.attrib) == {"classname", "name", "time"}
            assert len(case) <= 1
            assert all(inner.tag in _OUTCOMES and not len(inner) for inner in case)


def outcomes(suite: ET.Element) -> dict[str, str]:
    return {case.attrib["name"]: case[0].tag if len(case) else "" for case in suite}


def test_every_outcome_has_its_place(tmp_path: Path) -> None:
    summary, rows = small()
    root = results(tmp_path / "junit.xml", rows, summary.run)
    suites = {suite.attrib["name"]: outcomes(suite) for suite in root}
    assert suites["counter"] == {
        "sample 0": "",
        "sample 1": "failure",
        "sample 2": "",
        "sample 3": "failure",
    }
    assert set(suites["shift/left"].values()) == {"failure"}
    assert suites["lost"] == {
        **{f"sample {at}": "error" for at in range(3)},
        "missing samples": "skipped",
    }
    assert suites["vacuous"] == {"excluded": "skipped"}
    assert root.attrib["name"] == "A made-up benchmark"


def test_a_failure_says_what_and_why(tmp_path: Path) -> None:
    rows = [row("a", 0, Category.MISMATCH, reason='q is "1" & not <0>', log="line 1\nline 2\n")]
    root = results(tmp_path / "junit.xml", rows, run_record(["a"], ks=[1]))
    (failure,) = root.iter("failure")
    assert failure.attrib == {"message": 'q is "1" & not <0>', "type": "runtime mismatch"}
    assert failure.text == "line 1\nline 2\n"
    (case,) = root.iter("testcase")
    assert case.attrib == {"classname": "made-up.a", "name": "sample 0", "time": "0.012300"}


def test_a_problem_without_a_row_is_there(tmp_path: Path) -> None:
    root = results(tmp_path / "junit.xml", [row("a", 0)], run_record(["a", "b"], ks=[1]))
    suites = {suite.attrib["name"]: outcomes(suite) for suite in root}
    assert suites == {"a": {"sample 0": ""}, "b": {"missing samples": "skipped"}}


def test_no_rows_at_all(tmp_path: Path) -> None:
    assert not len(results(tmp_path / "junit.xml", [], run_record(["a"], ks=[1])))


def test_a_whole_benchmark(tmp_path: Path) -> None:
    summary, rows = large()
    root = results(tmp_path / "junit.xml", rows, summary.run)
    assert len(root) == 156
    assert len(list(root.iter("testcase"))) == 1_560
    assert len(list(root.iter("failure"))) == 1_560 - summary.official.passed


def test_a_suite_larger_than_what_waits_in_memory(tmp_path: Path) -> None:
    rows = [row("a", at, Category.MISMATCH, log="é" * 2_000) for at in range(900)]
    root = results(tmp_path / "junit.xml", rows, run_record(["a"], ks=[1]))
    assert len(root[0]) == 900


def test_huge_texts_are_cut(tmp_path: Path) -> None:
    rows = [row("a", 0, Category.MISMATCH, log="x" * 10_000_000, reason="y" * 10_000_000)]
    results(tmp_path / "junit.xml", rows, run_record(["a"], ks=[1]))
    assert (tmp_path / "junit.xml").stat().st_size < 10_000


@given(st.text(st.characters(codec="utf-8"), max_size=60))
@settings(max_examples=60)
def test_no_text_breaks_out(hostile: str) -> None:
    _check_hostile(hostile)


def test_known_ways_to_break_out() -> None:
    _check_hostile("]]></failure><failure/>")
    _check_hostile("\0\x08\x0b\x1f\x7f\x85\ufffe\uffff\ud7ff\ue000\U0001ffff\u2028")
    _check_hostile('" onload="x" a="&#0;&lt;!--')


def _check_hostile(hostile: str) -> None:
    task = f"t{hostile}"
    rows = [
        row(task, 0, Category.MISMATCH, reason=hostile, log=hostile),
        row(task, 1, Category.NOT_JUDGED, reason=hostile, log=hostile),
    ]
    run = run_record([task], title=hostile, excluded={f"x{hostile}": hostile}, ks=[1])
    with TemporaryDirectory() as folder:
        root = results(Path(folder) / "junit.xml", rows, run)
    assert [len(suite) for suite in root] == [2, 1]
