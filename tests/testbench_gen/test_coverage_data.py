"""Counters as Verilator 5.048 wrote them for a small design of ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench_gen.coverage_data import HEADER, Counter, NotCoverageData, read_counters

_DATA = Path(__file__).parent.parent / "data" / "verilator" / "coverage.dat"


def counter_line(hits: int = 3, **values: str) -> str:
    pairs = {"f": "design/x.v", "l": "4", "n": "7", "page": "v_line/x", "o": "block"} | values
    return "C '" + "".join(f"\1{key}\2{value}" for key, value in pairs.items()) + f"' {hits}\n"


def counters(*lines: str) -> list[Counter]:
    return read_counters(HEADER + "\n" + "".join(lines))


def test_a_recorded_file() -> None:
    found = read_counters(_DATA.read_text())
    assert {counter.kind for counter in found} == {"line", "branch", "toggle", "user"}
    item = next(c for c in found if c.what == "case" and c.hits == 0)
    assert (item.file, item.line, item.module) == ("design/lock.v", 10, "lock")
    assert item.lines == (10,)
    block = next(c for c in found if c.what == "block" and c.line == 4)
    assert block.lines == (4, 5, 6)
    assert any(c.what == "state[1]:1->0" and c.hits > 0 for c in found)


def test_the_same_place_in_several_instances_is_summed() -> None:
    one, two = counter_line(hits=2, h="top.a"), counter_line(hits=5, h="top.b")
    (found,) = counters(one, two)
    assert found.hits == 7


def test_lines_are_spans() -> None:
    (found,) = counters(counter_line(S="3-5,9"))
    assert found.lines == (3, 4, 5, 9)


def test_odd_names_are_as_in_the_source() -> None:
    (found,) = counters(counter_line(page="v_toggle/x", o="odd__02dname:0->1"))
    assert found.what == "odd-name:0->1"


def test_quotes_in_names_do_no_harm() -> None:
    (found,) = counters(counter_line(o="a' 9"))
    assert (found.what, found.hits) == ("a' 9", 3)


def test_a_torn_file_is_refused() -> None:
    with pytest.raises(NotCoverageData, match="end with a line end"):
        read_counters(HEADER + "\n" + counter_line()[:-1])


@pytest.mark.parametrize("text", ["", "\n", "# SystemC::Coverage-2\n", "garbage"])
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(NotCoverageData, match="must begin with"):
        read_counters(text)


@pytest.mark.parametrize(
    "line",
    ["C 'x' 1\n", counter_line(l="four"), counter_line(page="v_funny/x"), "x\n", "C '' -1\n"],
)
def test_what_is_no_counter_is_refused(line: str) -> None:
    with pytest.raises(NotCoverageData, match="counter"):
        counters(line)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        counters(text + "\n")
    except NotCoverageData:
        return
