"""The numbers of a run, and what is left out of them."""

from __future__ import annotations

import json
import random
import re
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rtlgen.errors import UsageError
from rtlgen.evaluation.benchmark import Extract
from rtlgen.evaluation.harness.protocol import Preparation
from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.row import Origin, Row
from rtlgen.evaluation.statistics import Tally
from rtlgen.evaluation.summary import Summary, curve_ks, read_summary, summarize
from rtlgen.evaluation.summary_text import text
from tests.evaluation.report_runs import large, row, run_record, small

GOOD, BAD, LOST = Category.PASS, Category.MISMATCH, Category.NOT_JUDGED


def rows_of(task: str, *categories: Category, **values: Any) -> list[Row]:
    return [row(task, at, category, **values) for at, category in enumerate(categories)]


def test_only_judged_samples_count() -> None:
    rows = [*rows_of("a", GOOD, BAD, LOST), *rows_of("b", GOOD, GOOD, GOOD)]
    found = summarize(rows, run=run_record(["a", "b"], ks=[1, 3]))
    one, three = found.official.pass_at_k
    assert one.rate is not None
    assert one.rate.value == 0.75
    assert one.problems == 2
    assert three.rate is not None
    assert (three.rate.value, three.problems, three.short) == (1.0, 1, ("a",))
    assert found.problems[0].official == Tally(judged=2, passed=1)
    assert (found.official.judged, found.official.passed) == (5, 4)
    assert found.counts.not_judged == 1


def test_a_problem_without_a_judged_sample_is_named_and_in_no_rate() -> None:
    rows = [*rows_of("a", LOST, LOST), *rows_of("b", GOOD, GOOD)]
    found = summarize(rows, run=run_record(["a", "b", "c"], ks=[1]))
    assert found.functional.unjudged == ("a", "c")
    assert found.functional.pass_at_k[0].rate is not None
    assert found.functional.pass_at_k[0].rate.value == 1.0
    assert found.functional.pass_at_k[0].problems == 1
    assert found.counts.missing_samples == 2


def test_both_verdicts_have_their_own_denominator() -> None:
    unjudged = row("a", 1, LOST).model_copy(update={"official": False})
    found = summarize([row("a", 0), unjudged], run=run_record(["a"], ks=[1]))
    assert found.problems[0].official == Tally(judged=2, passed=1)
    assert found.problems[0].functional == Tally(judged=1, passed=1)


def test_a_run_without_rows_has_no_rates() -> None:
    found = summarize([], run=run_record(["a"], ks=[1, 5]))
    assert [point.rate for point in found.official.pass_at_k] == [None, None]
    assert found.official.curve == ()
    assert "No problem has 5 judged samples: there is no pass@5." in text(found)


def test_a_warning_fails_officially_only() -> None:
    found = summarize(rows_of("a", Category.WARNING, GOOD), run=run_record(["a"], ks=[1]))
    assert found.official.passed == 1
    assert found.functional.passed == 2


def test_excluded_problems_are_counted_and_nowhere_else() -> None:
    found, _ = small()
    assert found.excluded == {"vacuous": "any design can pass: an empty module"}
    assert (found.counts.excluded_problems, found.counts.excluded_samples) == (1, 1)
    assert found.counts.problems == 3
    assert "vacuous" not in {problem.task_id for problem in found.problems}
    assert found.categories[GOOD] == 2


def test_an_excluded_problem_may_be_among_the_chosen_ones_or_not() -> None:
    excluded = {"b": "why"}
    for chosen in (["a"], ["a", "b"]):
        run = run_record(chosen, excluded=excluded, ks=[1])
        found = summarize([row("a", 0), row("b", 0)], run=run)
        assert [problem.task_id for problem in found.problems] == ["a"]
        assert found.counts.excluded_samples == 1


def test_every_category_is_counted_zeros_included() -> None:
    found, rows = small()
    assert list(found.categories) == list(Category)
    assert sum(found.categories.values()) == found.counts.samples == len(rows) - 1
    assert found.counts.refused == found.counts.no_code == 1
    assert (found.counts.memory, found.counts.output_limit) == (0, 0)
    assert found.rules == {"whole module": 10}
    assert found.official_categories == {"failed": 9, "passed": 2}


def test_times_count_each_design_once() -> None:
    rows = [
        row("a", 0, seconds=0.5),
        row("a", 1, seconds=0.5, origin=Origin.EQUAL),
        row("a", 2, BAD, seconds=0.25, origin=Origin.CACHE),
        row("a", 3, LOST, seconds=0.0, origin=Origin.NONE, verilog=None),
        row("b", 0, seconds=2.0, origin=Origin.CACHE),
    ]
    found = summarize(rows, run=run_record(["a", "b"], ks=[1]))
    a, b = found.problems
    assert (a.seconds, a.spent, a.slowest, a.rate) == (0.75, 0.5, 0.5, 4.0)
    assert (b.seconds, b.spent, b.rate) == (2.0, 0.0, 0.5)
    assert (found.seconds, found.spent, found.slowest) == (2.75, 0.5, ("b", "a"))


def test_what_took_no_time_has_no_rate() -> None:
    found = summarize([row("a", 0, seconds=0.0)], run=run_record(["a"], ks=[1]))
    assert found.problems[0].rate is None
    assert found.slowest == ()


def test_the_order_of_rows_changes_nothing() -> None:
    expected, rows = large(problems=20)
    random.Random(3).shuffle(rows)
    assert summarize(rows, run=expected.run) == expected


def test_samples_may_be_expected() -> None:
    rows = [*rows_of("a", GOOD, GOOD), *rows_of("b", GOOD)]
    found = summarize(rows, run=run_record(["a", "b"], ks=[1]), expected=5)
    assert [problem.missing for problem in found.problems] == [3, 4]
    assert "7 samples are missing" in found.departures


def test_faults_and_repairs_of_tests_stand_by_their_problems() -> None:
    preparation = Preparation(
        problem="d", simulator="s", faults=("it does not compile",), repairs=("a cast",)
    )
    run = run_record(["a", "b"], ks=[1])
    found = summarize(rows_of("a", GOOD), run=run, preparations={"a": preparation})
    assert found.problems[0].faults == ("it does not compile",)
    assert found.problems[0].repairs == ("a cast",)
    assert found.problems[1].repairs == ()
    assert "1 test is repaired for the functional verdict" in found.departures


def test_what_is_not_the_published_setting_is_said() -> None:
    run = run_record(["a"], excluded={"b": "why"}, extract=Extract.ROBUST, ks=[1])
    found = summarize(rows_of("a", GOOD, LOST), run=run, departures=["Icarus 11, not 12"])
    assert found.departures == (
        "Icarus 11, not 12",
        "designs are extracted by the robust rule, not by the published one",
        "1 problem is excluded",
        "1 sample is not judged, and in no rate",
    )


def test_the_published_setting_departs_in_nothing() -> None:
    assert summarize(rows_of("a", GOOD), run=run_record(["a"], ks=[1])).departures == ()


def test_two_rows_of_a_sample_are_refused() -> None:
    rows = [*rows_of("a", GOOD, GOOD, GOOD), row("a", 1), row("b", 7), row("b", 7)]
    with pytest.raises(UsageError, match=r"one row, these have more: a 1; b 7\n\nhint"):
        summarize(rows, run=run_record(["a", "b"]))


def test_many_repeated_samples_are_named_in_part() -> None:
    rows = [row(f"t{task}", sample) for task in range(7) for sample in range(7) for _ in "ab"]
    with pytest.raises(UsageError, match=r"t0 0, 1, 2, 3, 4, \.\.\.; .* \(and 2 more\)"):
        summarize(rows, run=run_record([f"t{task}" for task in range(7)]))


def test_rows_of_other_problems_are_refused() -> None:
    with pytest.raises(UsageError, match=r"not of 'x', 'y<U\+001B>'\n\nhint: .*another run"):
        summarize([row("a", 0), row("x", 0), row("y\x1b", 0)], run=run_record(["a"]))


def test_points_of_a_curve() -> None:
    assert curve_ks(0) == []
    assert curve_ks(1) == [1]
    assert curve_ks(5) == [1, 2, 3, 5]
    assert curve_ks(10) == [1, 2, 3, 5, 10]
    assert curve_ks(200) == [1, 2, 3, 5, 10, 20, 30, 50, 100, 200]


def test_a_curve_has_the_asked_points_too() -> None:
    found = summarize(rows_of("a", *[GOOD] * 10), run=run_record(["a"], ks=[8, 4, 4]))
    assert [point.k for point in found.official.pass_at_k] == [4, 8]
    assert [point.k for point in found.official.curve] == [1, 2, 3, 4, 5, 8, 10]


def test_a_curve_says_where_problems_leave_it() -> None:
    rows = [*rows_of("a", *[GOOD] * 10), *rows_of("b", *[BAD] * 7, *[LOST] * 3)]
    found = summarize(rows, run=run_record(["a", "b"], ks=[1]))
    points = [
        (at.k, at.problems, at.short, at.rate and at.rate.value) for at in found.official.curve
    ]
    assert points == [*((k, 2, (), 0.5) for k in (1, 2, 3, 5, 7)), (10, 1, ("b",), 1.0)]


def test_the_file_holds_all_of_it(tmp_path: Path) -> None:
    found, _ = small()
    found.write(tmp_path / "summary.json")
    assert read_summary(tmp_path) == found
    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]
    values = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert values["schema_number"] == 1
    assert values["official"]["pass_at_k"][0]["k"] == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{}", "Field required"),
        ("{", "Invalid JSON"),
        ('{"new": 1}', "Field required|not permitted"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "summary.json").write_text(content)
    with pytest.raises(UsageError, match=f"summary.json: .*({said})"):
        read_summary(tmp_path)


def test_a_file_of_another_schema_is_refused(tmp_path: Path) -> None:
    values = small()[0].model_dump(mode="json") | {"schema_number": 2}
    (tmp_path / "summary.json").write_text(json.dumps(values))
    with pytest.raises(UsageError, match="schema_number: Input should be 1"):
        read_summary(tmp_path)


def test_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read the summary of a run: .*No such file"):
        read_summary(tmp_path)


def test_memory_is_flat_in_the_size_of_rows() -> None:
    def rows() -> Iterator[Row]:
        for at in range(400):
            yield row("a", at, BAD, log="x" * 100_000, reason="y" * 10_000)

    run = run_record(["a"], ks=[1])
    tracemalloc.start()
    try:
        summarize(rows(), run=run)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12_000_000  # 44 MB of text went through


def shown(found: Summary) -> str:
    page = text(found)
    assert max(map(len, page.splitlines())) <= 80
    assert not re.search(r"[^\n -~\N{NO-BREAK SPACE}…]", page)
    return page.replace("\N{NO-BREAK SPACE}", " ")


def test_the_page_of_a_small_run() -> None:
    assert shown(small()[0]) == PAGE


PAGE = """\
A made-up benchmark: 3 problems, 11 samples
Icarus Verilog 11.0, extraction official, samples some_model.jsonl.gz

          official     95 % interval     functional     95 % interval
pass@1      25.0 %       0.0 to 50.0         37.5 %       0.0 to 75.0
pass@5           -                                -
Intervals: percentile bootstrap over problems, 10 000 resamples.
No problem has 5 judged samples: there is no pass@5.

outcome                 samples    share
pass                          2   18.2 %
compiler warning              1    9.1 %
syntax                        1    9.1 %
runtime mismatch              1    9.1 %
X on output                   1    9.1 %
refused by the gate           1    9.1 %
no code                       1    9.1 %
not judged                    3   27.3 %
In the benchmark's own words: failed 9, passed 2

excluded problems 1; refused 1; timed out 0; out of memory 0; output limit 0;
no code 1; not judged 3; missing samples 1; problems without a judged sample 1
Excluded: vacuous
Without a judged sample: lost

Not as published:
- 1 problem is excluded
- 1 sample is missing
- 3 samples are not judged, and in no rate

Processor time 135 ms, 135 ms of it in this run
Slowest: counter 49 ms, shift/left 49 ms, lost 37 ms"""


def test_the_page_of_a_benchmark() -> None:
    page = shown(large()[0])
    assert page.startswith("A made-up benchmark: 156 problems, 1 560 samples\n")
    assert "\nNot as published:" not in page


def test_hostile_names_cannot_spoil_the_page() -> None:
    task = "\x1b[2J" + "long " * 60
    found = summarize(
        [row(task, 0, official_category="\x9b31m"), row(task, 1, LOST)],
        run=run_record([task], ks=[2], title="\u202e" * 90),
        departures=["\x1b]0;title\x07" * 100],
    )
    assert "\x1b" not in shown(found)
