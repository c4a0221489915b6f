"""Two runs side by side."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtlgen.errors import UsageError
from rtlgen.evaluation.benchmark import Extract
from rtlgen.evaluation.compare import Comparison, compare
from rtlgen.evaluation.compare_text import text
from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.row import ROWS, Row
from rtlgen.evaluation.run_record import write_run
from rtlgen.evaluation.summary import SUMMARY, summarize
from tests.evaluation.report_runs import row, run_record

GOOD, BAD, LOST, WARNING = (
    Category.PASS,
    Category.MISMATCH,
    Category.NOT_JUDGED,
    Category.WARNING,
)
KINDS = {"+": GOOD, "-": BAD, "?": LOST, "w": WARNING}

Outcomes = dict[str, str]


def rows_of(outcomes: Outcomes) -> list[Row]:
    return [
        row(task, at, KINDS[kind])
        for task, kinds in outcomes.items()
        for at, kind in enumerate(kinds)
    ]


def run_of(folder: Path, outcomes: Outcomes, **values: Any) -> Path:
    """A folder with a run: a task's samples are `+`, `-`, `?` or `w`."""
    folder.mkdir(exist_ok=True)
    rows = rows_of(outcomes)
    run = run_record(list(outcomes), **{"ks": [1], **values})
    write_run(folder, run)
    (folder / ROWS).write_bytes(b"".join(row.line() for row in rows))
    if run.finished:
        summarize(rows, run=run).write(folder / SUMMARY)
    return folder


@pytest.fixture
def both(tmp_path: Path) -> tuple[Path, Path]:
    a = run_of(tmp_path / "a", {"p": "++--", "q": "----", "r": "++++", "s": "+---"})
    b = run_of(tmp_path / "b", {"p": "+++-", "q": "++++", "r": "++++", "s": "----"})
    return a, b


def test_the_difference_is_the_mean_of_the_problems(both: tuple[Path, Path]) -> None:
    found = compare(*both)
    assert found.difference.value == (0.25 + 1 + 0 - 0.25) / 4
    assert (found.a.rate.value, found.b.rate.value) == (0.4375, 0.6875)
    assert [(c.task_id, c.a, c.b) for c in found.better] == [("q", 0, 1), ("p", 0.5, 0.75)]
    assert [(c.task_id, c.a, c.b) for c in found.worse] == [("s", 0.25, 0)]
    assert (found.unchanged, found.problems) == (1, 4)
    assert found.p_exact
    assert found.p_value == 0.75  # of 8 assignments of signs, 6 reach as far
    assert found.warnings == ()


def test_another_k(both: tuple[Path, Path]) -> None:
    found = compare(*both, k=4)
    assert found.difference.value == 0.0
    assert [change.task_id for change in found.better] == ["q"]
    assert [change.task_id for change in found.worse] == ["s"]


def test_the_functional_verdict(tmp_path: Path) -> None:
    a, b = run_of(tmp_path / "a", {"p": "ww--"}), run_of(tmp_path / "b", {"p": "+---"})
    assert compare(a, b).difference.value == 0.25
    assert compare(a, b, verdict="functional").difference.value == -0.25


outcomes = st.dictionaries(
    st.sampled_from("abcdefgh"), st.text("+-?w", min_size=1, max_size=6), min_size=1, max_size=6
).map(lambda tasks: {task: f"+{kinds}" for task, kinds in sorted(tasks.items())})


@given(outcomes)
@settings(max_examples=20, deadline=None)
def test_a_run_does_not_differ_from_itself(
    tmp_path_factory: pytest.TempPathFactory, tasks: Outcomes
) -> None:
    folder = run_of(tmp_path_factory.mktemp("runs"), tasks)
    found = compare(folder, folder)
    assert (found.difference.low, found.difference.value, found.difference.high) == (0, 0, 0)
    assert (found.p_value, found.p_exact) == (1.0, True)
    assert (found.better, found.worse, found.warnings) == ((), (), ())
    assert found.unchanged == found.problems == len(tasks)


@given(outcomes, outcomes)
@settings(max_examples=20, deadline=None)
def test_swapping_sides_flips_signs(
    tmp_path_factory: pytest.TempPathFactory, left: Outcomes, right: Outcomes
) -> None:
    parent = tmp_path_factory.mktemp("runs")
    a, b = run_of(parent / "a", left | {"z": "+-"}), run_of(parent / "b", right | {"z": "--"})
    there, back = compare(a, b), compare(b, a)
    assert there.difference.value == -back.difference.value
    assert (there.difference.low, there.difference.high) == (
        -back.difference.high,
        -back.difference.low,
    )
    assert there.difference.low <= there.difference.value <= there.difference.high
    assert there.p_value == back.p_value
    assert {c.task_id for c in there.better} == {c.task_id for c in back.worse}
    assert (there.a.without, there.a.short) == (back.b.without, back.b.short)


def test_problems_of_one_side_are_listed_and_left_out(tmp_path: Path) -> None:
    a = run_of(tmp_path / "a", {"p": "+", "q": "-", "r": "?", "t": "+"})
    b = run_of(tmp_path / "b", {"p": "+", "s": "-", "r": "+", "t": "+"}, excluded={"t": "why"})
    found = compare(a, b)
    assert found.problems == 1
    assert (found.a.without, found.b.without) == (("s",), ("q", "t"))
    assert (found.a.short, found.b.short) == (("r",), ())
    assert (found.a.not_judged, found.b.excluded_problems) == (1, 1)
    page = text(found)
    assert "Left out, not in B or excluded there: 2 problems: q, t" in page
    assert "Left out, fewer than 1 judged samples in A: 1 problem: r" in page


def test_what_makes_runs_unlike_is_warned_of(tmp_path: Path) -> None:
    a = run_of(tmp_path / "a", {"p": "++", "q": "++"})
    b = run_of(
        tmp_path / "b",
        {"p": "+++", "q": "+++"},
        simulator="Icarus Verilog 12.0",
        benchmark_digest="e" * 64,
        extract=Extract.ROBUST,
        judging_code="f" * 16,
        harness="other",
        excluded={"q": "why"},
        conditions={
            "cpu_seconds": 60,
            "memory_bytes": 1 << 30,
            "stop_early": True,
            "windows": False,
        },
        finished=None,
    )
    assert compare(a, b).warnings == (
        "the simulators differ: Icarus Verilog 11.0 in A, Icarus Verilog 12.0 in B",
        "the benchmark's files or the chosen problems differ: bbbbbbbbbbbb in A, eeeeeeeeeeee in B",
        "the rules of extraction differ: official in A, robust in B",
        "the harnesses differ: made-up in A, other in B",
        "the versions of the code that judges differ: cccccccccccc in A, ffffffffffff in B",
        "the limits of processor time (s) differ: 30.0 in A, 60.0 in B",
        "the limits of memory (bytes) differ: 2147483648 in A, 1073741824 in B",
        "the samples of a problem differ: 2 in A, 3 in B",
        "the excluded problems differ: none in A, q in B",
        f"run B is not finished: {b}",
    )


def test_stopping_early_changes_no_verdict_and_warns_of_nothing(tmp_path: Path) -> None:
    conditions = {"cpu_seconds": 30, "memory_bytes": 2 << 30, "stop_early": True, "windows": False}
    a = run_of(tmp_path / "a", {"p": "++"})
    b = run_of(tmp_path / "b", {"p": "++"}, conditions=conditions)
    assert compare(a, b).warnings == ()


def test_other_benchmarks_are_refused(tmp_path: Path) -> None:
    a, b = run_of(tmp_path / "a", {"p": "+"}), run_of(tmp_path / "b", {"p": "+"}, benchmark="other")
    with pytest.raises(
        UsageError, match=r"one benchmark can be compared, not made-up \(.*other \("
    ):
        compare(a, b)


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    a = run_of(tmp_path / "a", {"p": "+"})
    with pytest.raises(UsageError, match=r"a run has a run\.json; cannot read .*No such file"):
        compare(a, tmp_path)
    with pytest.raises(UsageError, match=r"a run has a run\.json; cannot read .*none"):
        compare(tmp_path / "none", a)


def test_too_large_a_k_is_refused(both: tuple[Path, Path]) -> None:
    with pytest.raises(UsageError, match=r"pass@5 needs 5 judged samples, .*\n\nhint: .*smaller"):
        compare(*both, k=5)


@pytest.mark.parametrize("k", [0, -3])
def test_k_is_positive(both: tuple[Path, Path], k: int) -> None:
    with pytest.raises(UsageError, match=f"k must be 1 or more, not {k}"):
        compare(*both, k=k)


def test_runs_without_a_common_problem_are_refused(tmp_path: Path) -> None:
    a, b = run_of(tmp_path / "a", {"p": "+"}), run_of(tmp_path / "b", {"q": "+"})
    with pytest.raises(UsageError, match="needs a problem that counts in both runs"):
        compare(a, b)


def test_an_unfinished_run_is_read_from_its_rows(both: tuple[Path, Path]) -> None:
    a, b = both
    expected = compare(a, b)
    write_run(b, run_record("pqrs", ks=[1], finished=None))
    with (b / ROWS).open("ab") as file:
        file.write(row("q", 4).line()[:-1])  # torn
    found = compare(a, b)
    assert found.difference == expected.difference
    assert found.warnings == (f"run B is not finished: {b}",)


def test_rows_that_are_newer_than_the_summary_count(both: tuple[Path, Path]) -> None:
    a, b = both
    (b / ROWS).write_bytes((a / ROWS).read_bytes())
    later = (b / SUMMARY).stat().st_mtime_ns + 10**9
    os.utime(b / ROWS, ns=(later, later))
    assert compare(a, b).difference.value == 0


@pytest.mark.parametrize("change", [{"resumed": 1}, {"started": "2026-12-01T00:00:00Z"}])
def test_the_summary_of_an_earlier_run_does_not_count(
    both: tuple[Path, Path], change: dict[str, Any]
) -> None:
    a, b = both
    (b / ROWS).write_bytes((a / ROWS).read_bytes())
    os.utime(b / ROWS, ns=(0, 0))
    write_run(b, run_record("pqrs", ks=[1], **change))
    assert compare(a, b).difference.value == 0


def test_a_damaged_summary_gives_way_to_the_rows(both: tuple[Path, Path]) -> None:
    expected = compare(*both)
    for folder in both:
        (folder / SUMMARY).write_text("{")
    assert compare(*both) == expected
    (both[1] / ROWS).unlink()
    with pytest.raises(UsageError, match=r"summary\.json: the file: Invalid JSON"):
        compare(*both)


def test_a_summary_is_enough(both: tuple[Path, Path]) -> None:
    expected = compare(*both)
    for folder in both:
        (folder / ROWS).unlink()
    assert compare(*both) == expected
    assert compare(both[0] / SUMMARY, both[1] / SUMMARY).difference == expected.difference


def test_a_line_that_is_no_row_is_named(both: tuple[Path, Path]) -> None:
    a, b = both
    (b / SUMMARY).unlink()
    with (b / ROWS).open("ab") as file:
        file.write(b'{"task_id": 3}\n')
    with pytest.raises(UsageError, match=r"b/samples\.jsonl:17: "):
        compare(a, b)


def test_a_record_of_another_schema_is_refused(both: tuple[Path, Path]) -> None:
    a, b = both
    file = b / "run.json"
    file.write_text(file.read_text().replace('"schema_number": 1', '"schema_number": 9'))
    with pytest.raises(UsageError, match=r"b/run\.json: schema_number: Input should be 1"):
        compare(a, b)


def test_the_record_can_be_read_back(both: tuple[Path, Path]) -> None:
    found = compare(*both)
    assert Comparison.model_validate_json(found.model_dump_json()) == found


def test_the_page(both: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(both[0].parent)  # the length of a place changes where lines end
    found = compare(Path(both[0].name), Path(both[1].name))
    page = text(found).replace("\N{NO-BREAK SPACE}", " ")
    assert page == PAGE


PAGE = """\
A made-up benchmark: official pass@1, 4 problems
A       43.8 %       12.5 to 81.2
        some_model.jsonl.gz in a
B       68.8 %       25.0 to 100.0
        some_model.jsonl.gz in b
B - A  +25.0 points  -12.5 to +75.0   p = 0.7500
95 % intervals: bootstrap over pairs of problems. p: two-sided sign-flip test.

better in B  2
  q                                         0.00 to 1.00
  p                                         0.50 to 0.75
worse in B   1
  s                                         0.25 to 0.00
unchanged    1

                             A         B
samples                     16        16
excluded problems            0         0
refused                      0         0
timed out                    0         0
not judged                   0         0
missing samples              0         0"""


def test_hostile_and_long_names_cannot_spoil_the_page(tmp_path: Path) -> None:
    draw = random.Random(1)
    tasks = [f"\x1b[2J{'long ' * 30}{at}" for at in range(40)]
    runs = [
        run_of(tmp_path / name, {task: "".join(draw.choices("+-?w", k=9)) for task in names})
        for name, names in (("a" * 100, tasks[:-7]), ("b" * 100, tasks[7:]))
    ]
    page = text(compare(runs[0], runs[1], k=6))
    assert max(map(len, page.splitlines())) <= 80
    assert "\x1b" not in page
    assert ", and 1 more" in page
