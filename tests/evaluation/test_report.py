"""The page of an evaluation without a script: what it says, and what it is made of."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from rtlgen.errors import UsageError
from rtlgen.evaluation.harness.protocol import Preparation
from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.report.charts import curve, percent, stacked
from rtlgen.evaluation.report.outcomes import CODES, ORDER
from rtlgen.evaluation.report.page import render
from rtlgen.evaluation.report.write import REPORT, write_report
from rtlgen.evaluation.row import ROWS, Row
from rtlgen.evaluation.summary import PassAtK, Rate, Summary, summarize
from tests.evaluation.report_page import Page, check_safe
from tests.evaluation.report_runs import large, row, run_record, small


def html(summary: Summary, rows: list[Row], **options: Any) -> str:
    return "".join(render(summary, rows, **options))


@pytest.fixture(scope="module")
def page() -> Page:
    return check_safe(html(*small()))


def test_every_category_has_a_mark_of_its_own() -> None:
    assert set(ORDER) == set(Category)
    assert len(set(CODES.values())) == len(Category)
    assert all(len(code) == 1 for code in CODES.values())


def test_headline(page: Page) -> None:
    top = page.section("header")
    for words in ("A made-up benchmark", "some_model.jsonl.gz", "Icarus Verilog 11.0", "3 to 4"):
        assert words in top
    assert "25.0 % pass@1 official" in top
    assert "37.5 % pass@1 functional" in top


def test_counts_are_shown_zeros_included(page: Page) -> None:
    found = page.pairs("counts")
    assert found == {
        "Problems excluded": "1",
        "Samples missing": "1",
        "Refused by the gate": "1",
        "Timed out": "0",
        "Out of memory": "0",
        "Output limit": "0",
        "No code": "1",
        "Not judged": "3",
    }


def test_figures_have_intervals_and_say_what_is_missing(page: Page) -> None:
    text = page.section("section", "results")
    assert re.search(r"Official.*25\.0 %0\.0 to 50\.0.*too few samples", text)
    assert "pass@5 leaves out 2 of 2 problems, with fewer than 5 judged samples." in text
    assert "Without any judged sample: 1 problem." in text
    assert "1 problem is excluded" in text


def test_table_of_problems(page: Page) -> None:
    rows = page.rows("problem-table")
    assert [cells[:4] for cells in rows] == [
        ["counter", "4", "50 %", "75 %"],
        ["shift/left", "4", "0 %", "0 %"],
        ["lost 1 missing", "3", "not judged", "not judged"],
    ]
    assert [attributes["data-task"] for attributes in page.found("tr", "data-task")] == [
        "counter",
        "shift/left",
        "lost",
    ]
    assert "#shift/left/" in page.values("href")


def test_bars_say_their_numbers(page: Page) -> None:
    labels = page.values("aria-label")
    assert "2 pass, 1 compiler warning, 1 X on output" in labels
    assert "3 not judged" in labels
    assert stacked({}) == ""


def test_tests_with_faults_or_repairs() -> None:
    summary, rows = small()
    fault = Preparation(problem="p", simulator="s", faults=("it has <no> end",))
    repair = Preparation(problem="p", simulator="s", repairs=("a cast is left out",))
    preparations = {"counter": fault, "lost": repair}
    summary = summarize(rows, run=summary.run, preparations=preparations)
    page = check_safe(html(summary, rows))
    assert page.rows("tests") == [
        ["vacuous", "excluded", "any design can pass: an empty module"],
        ["counter", "fault", "it has <no> end"],
        ["lost", "repaired", "a cast is left out"],
    ]
    assert "tests" in page.values("id")


def test_without_faults_there_is_no_such_section() -> None:
    summary, rows = large(2, 3)
    assert "tests" not in check_safe(html(summary, rows)).values("id")


def test_slowest_problems_first() -> None:
    rows = [row("a", 0, seconds=0.5), row("b", 0, seconds=90.0, verilog="// b")]
    page = check_safe(html(summarize(rows, run=run_record(["a", "b"])), rows))
    assert page.rows("slowest") == [
        ["b", "90.0 s", "99.4 %", "90.0 s", "0.011"],
        ["a", "500 ms", "0.6 %", "500 ms", "2"],
    ]
    assert "need 90.5 s of processor time; this run spent all of it" in page.text


def test_a_run_of_nothing() -> None:
    page = check_safe(html(summarize([], run=run_record(["a"])), []))
    assert "There is no pass@k: nothing was judged." in page.text
    assert page.rows("problem-table")[0][:4] == ["a", "0", "not judged", "not judged"]


def points(*rates: tuple[int, float, float, float]) -> list[PassAtK]:
    return [
        PassAtK(k=k, rate=Rate(value=value, low=low, high=high), problems=9)
        for k, value, low, high in rates
    ]


def places(svg: str, name: str) -> list[tuple[float, float]]:
    found = re.findall(rf'<circle class="{name}" cx="([\d.]+)" cy="([\d.]+)"', svg)
    return [(float(x), float(y)) for x, y in found]


def test_curve_rises_to_the_right() -> None:
    line = points((1, 0.25, 0.2, 0.3), (5, 0.5, 0.4, 0.6), (10, 0.75, 0.7, 0.8))
    svg = str(curve(line, line[:2]))
    official = places(svg, "official")
    assert official == sorted(official, key=lambda place: (place[0], -place[1]))
    heights = [y for _, y in official]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.2)
    assert len(places(svg, "functional")) == 2
    assert "official pass@5: 50.0 % (40.0 to 60.0), 9 problems" in svg


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("ks", [(1,), (1, 100_000)])
def test_curve_of_extremes_stays_in_the_picture(value: float, ks: tuple[int, ...]) -> None:
    svg = str(curve(points(*((k, value, value, value) for k in ks)), []))
    numbers = [float(n) for n in re.findall(r'c[xy]="([\d.]+)"', svg)]
    assert len(numbers) == 2 * len(ks)
    assert all(0 < number < 560 for number in numbers)


def test_a_curve_breaks_where_problems_leave() -> None:
    first = points((1, 0.5, 0.4, 0.6), (5, 0.6, 0.5, 0.7))
    (fewer,) = points((10, 0.4, 0.3, 0.5))
    whole = str(curve([*first, fewer], []))
    assert whole.count('class="curve official"') == 1
    assert "Lines break" not in whole
    broken = str(curve([*first, fewer.model_copy(update={"problems": 8})], []))
    assert broken.count('class="curve official"') == 2
    assert len(places(broken, "official")) == 3
    assert "Lines break where problems" in broken


def test_many_k_have_a_logarithmic_axis() -> None:
    svg = str(curve(points(*((k, 0.5, 0.4, 0.6) for k in (1, 10, 100))), []))
    (first, _), (middle, _), (last, _) = places(svg, "official")
    assert middle - first == pytest.approx(last - middle, abs=0.2)
    assert "logarithmic" in svg


def test_percent() -> None:
    assert percent(0.4826) == "48.3 %"


def test_policy_allows_just_what_stands_in_the_page(page: Page) -> None:
    policy = next(a for a in page.found("meta", "http-equiv"))["content"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts == {
        "default-src": "'none'",
        "style-src": _source(page.styles[0]),
        "script-src": _source(page.programs[0]),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert len(page.styles) == len(page.programs) == 1


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_page_is_the_same_twice() -> None:
    assert html(*small()) == html(*small())


def test_write_report(tmp_path: Path) -> None:
    summary, rows = small()
    summary.write(tmp_path / "summary.json")
    (tmp_path / ROWS).write_bytes(b"".join(map(Row.line, rows)) + b'{"torn')
    assert write_report(tmp_path) == tmp_path / REPORT
    assert (tmp_path / REPORT).read_text(encoding="utf-8") == html(summary, rows)
    assert sorted(path.name for path in tmp_path.iterdir()) == [REPORT, ROWS, "summary.json"]


def test_what_was_written_before_stays_where_rows_are_damaged(tmp_path: Path) -> None:
    summary, rows = small()
    (tmp_path / REPORT).write_text("before")
    (tmp_path / ROWS).write_bytes(rows[0].line() + b"no row\n")
    with pytest.raises(UsageError, match=r"samples\.jsonl:2: "):
        write_report(tmp_path, summary)
    assert (tmp_path / REPORT).read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 2


def test_memory_does_not_grow_with_the_texts() -> None:
    summary, _ = large(20, 3)
    names = summary.run.problems

    def peak(length: int) -> int:
        rows = (
            row(name, sample, Category.MISMATCH, verilog=f"//{name}{sample}" + "x" * length)
            for sample in range(40)
            for name in names
        )
        tracemalloc.start()
        written = sum(map(len, render(summary, rows)))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert written > 800 * length
        return found

    peak(10)
    assert peak(20_000) - peak(1_000) < 500_000


def test_index_holds_every_sample(page: Page) -> None:
    index = page.data["index"]
    tasks = {task["id"]: task for task in index["tasks"]}
    assert list(tasks) == ["counter", "shift/left", "lost", "vacuous"]
    assert tasks["counter"]["n"] == [0, 1, 2, 3]
    assert tasks["counter"]["c"] == "PWPX"
    assert tasks["counter"]["v"] == "4140"
    assert tasks["lost"]["v"] == "888"
    assert len(json.dumps(index)) < 2000
