from __future__ import annotations

from collections.abc import Sequence

import pytest

from sim.design import Design
from sim.icarus import Icarus
from sim.interface import Interface, infer_timing, read_interface
from sim.judge import judge
from sim.proof import InputTrace
from sim.verdict import Status, Verdict
from testbench_gen import Golden, Testbench, Traced, write_stimulation, write_testbench
from testbench_gen.directed import Directed
from testbench_gen.shrink import Shrunk, shrink
from testbench_gen.standalone.patterns import Cycle
from testbench_gen.standalone.shortened import Failure, shortened
from testbench_gen.trials import Reduction
from tests.testbench_gen.builders import Counter, counter_interface, counter_rtl

LOCK = """module lock(input clk, input rst, input [15:0] key, output reg open, output reg [3:0] n);
  reg [1:0] step;
  always @(posedge clk)
    if (rst) begin step <= 0; open <= 0; n <= 0; end
    else begin
      n <= n + 1;
      open <= step == 2 && key == 16'd777;
      if (step == 0 && key == 16'd4711) step <= 1;
      if (step == 1 && key == 16'd815) step <= 2;
      if (step == 2) step <= 0;
    end
endmodule
"""


def base(*values: int) -> list[list[object]]:
    return [[{"a": value}, [], {"a": 7} if value == 3 else {}, []] for value in values]


def played(gone: Sequence[int], taken: Sequence[tuple[int, str, str]]) -> list[Cycle]:
    return list(shortened(base(1, 2, 3, 4), gone, taken, ("a",)))


def test_cycles_are_left_out_and_inputs_fall_silent() -> None:
    assert [cycle.values["a"] for cycle in played([1], [(3, "zero", "a")])] == [1, 3, 0]
    assert [cycle.values["a"] for cycle in played([1], [(2, "hold", "a")])] == [1, 1, 4]
    assert [cycle.late for cycle in played([], [])] == [{}, {}, {"a": 7}, {}]
    assert [cycle.late for cycle in played([], [(2, "late", "")])] == [{}] * 4


def test_a_held_input_keeps_what_it_changed_to_last() -> None:
    assert [cycle.values["a"] for cycle in played([], [(3, "hold", "a")])] == [1, 2, 3, 7]


def test_reductions_add_up() -> None:
    both = Reduction(gone=frozenset({1})) + Reduction(gone=frozenset({3}))
    assert both.kept(5) == [0, 2, 4]


@pytest.mark.parametrize(
    ("unknown", "want", "got", "seen"),
    [
        (False, "101", "111", True),
        (False, "111", "110", False),
        (False, "1-1", "101", False),
        (False, "101", "1x1", False),
        (True, "101", "1x1", True),
        (True, "1-1", "1x1", False),
    ],
)
def test_only_the_same_failure_counts(unknown: bool, want: str, got: str, seen: bool) -> None:
    assert Failure(0, 2, unknown).seen(want, got) is seen


def design(text: str) -> Design:
    return Design(top=text.split("(", 1)[0].split()[1], sources={"m.v": text})


def interface_of(text: str) -> Interface:
    return infer_timing(design(text), read_interface(design(text)))


def judged(testbench: Testbench, text: str) -> Verdict:
    return judge(design(text), testbench.bench, simulators=[Icarus()])


def shrunk(testbench: Testbench, bad: str) -> Shrunk:
    verdict = judged(testbench, bad)
    assert verdict.status is Status.FAIL, verdict.reason
    found = shrink(testbench, design(bad), verdict, simulators=[Icarus()], seconds=60)
    assert found is not None
    assert judged(found.testbench, bad).status is Status.FAIL
    return found


def beside(good: str, *cycles: dict[str, int]) -> Testbench:
    trace = Directed(name="deep", reason="", trace=InputTrace(cycles=cycles))
    given = [trace] if cycles else []
    return write_testbench(
        interface_of(good), Golden(design=design(good)), budget=64, directed=given
    )


@pytest.mark.icarus
def test_a_deep_failure_is_shrunk_to_the_reset_and_the_cycles_it_needs() -> None:
    keys = [n * 1009 % 65536 for n in range(40)]
    keys[12], keys[22], keys[23] = 4711, 815, 777
    testbench = beside(LOCK, *({"key": key} for key in keys))
    bad = LOCK.replace("key == 16'd777", "key == 16'd778")
    found = shrunk(testbench, bad)
    assert [cycle.values["key"] for cycle in found.cycles] == [0, 4711, 815, 777]
    assert [bool(cycle.resets) for cycle in found.cycles] == [True, False, False, False]
    assert not any(cycle.late for cycle in found.cycles)
    assert found.minimal
    assert found.from_cycles > 80
    assert (found.mismatch.port, found.mismatch.phase) == ("open", "regression")
    assert found.summary() == f"4 cycles of {found.from_cycles} are enough: open is 0, not 1"
    assert judged(found.testbench, LOCK).status is Status.PASS
    assert found.simulations <= 20
    assert "reference.py" not in found.testbench.files
    assert "golden.v" not in found.testbench.files


@pytest.mark.icarus
def test_a_reference_model_tells_what_to_expect_of_every_shorter_stimulus() -> None:
    testbench = write_testbench(counter_interface(), Counter(), budget=256)
    found = shrunk(testbench, counter_rtl(step="q == 3 ? 3'd0 : q + 3'd1"))
    assert [cycle.values["en"] for cycle in found.cycles] == [0, 1, 1, 1, 1]
    assert judged(found.testbench, counter_rtl()).status is Status.PASS


@pytest.mark.icarus
def test_one_vector_is_enough_where_there_is_no_state() -> None:
    good = "module add(input [7:0] a, b, output [7:0] s); assign s = a + b; endmodule"
    found = shrunk(beside(good), good.replace("a + b", "a == 8'h80 ? a - b : a + b"))
    assert len(found.cycles) == 1
    assert found.cycles[0].values["a"] == 0x80
    assert found.summary().startswith("1 vector of ")
    again = shrunk(beside(good), good.replace("a + b", "a == 8'h80 ? a - b : a + b"))
    assert again.testbench.files == found.testbench.files


@pytest.mark.icarus
def test_what_happens_between_edges_stays_where_the_failure_needs_it() -> None:
    good = counter_rtl(asynchronous=True)
    bad = counter_rtl()
    testbench = write_testbench(
        counter_interface(asynchronous=True), Golden(design=design(good)), budget=512
    )
    found = shrunk(testbench, bad)
    assert judged(found.testbench, good).status is Status.PASS
    assert len(found.cycles) <= 3


@pytest.mark.icarus
def test_rows_are_known_under_one_stimulus_so_that_it_is_only_cut() -> None:
    stimulation = write_stimulation(counter_interface(), budget=64)
    rows = ("000-",) * stimulation.samples
    testbench = write_testbench(counter_interface(), Traced(stimulation=stimulation, rows=rows))
    found = shrunk(testbench, counter_rtl())
    assert not found.minimal
    assert len(found.cycles) == found.from_cycles < 32


@pytest.mark.icarus
def test_a_pass_has_nothing_to_shrink() -> None:
    testbench = beside(LOCK)
    verdict = judged(testbench, LOCK)
    assert shrink(testbench, design(LOCK), verdict, simulators=[Icarus()]) is None


@pytest.mark.icarus
def test_the_budget_ends_the_search_with_what_was_found() -> None:
    testbench = write_testbench(counter_interface(), Counter(), budget=256)
    bad = counter_rtl(step="q == 3 ? 3'd0 : q + 3'd1")
    verdict = judged(testbench, bad)
    found = shrink(testbench, design(bad), verdict, simulators=[Icarus()], simulations=2)
    assert found is not None
    assert not found.minimal
    assert "maybe not the shortest" in found.summary()
