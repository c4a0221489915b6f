"""Coverage measured for real, with Verilator."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim import tools
from sim.design import Design
from sim.interface import Interface, infer_timing, read_interface
from sim.process import Limits
from testbench_gen import Golden, Testbench, write_stimulation, write_testbench
from testbench_gen.coverage import Coverage, CoverageModel, Kind, measure_coverage

pytestmark = pytest.mark.verilator

LAMP = """\
// A lamp that is lit by knocking twice.
`define LIT 2'd2
module lamp(
  input clk, input rst, input knock,
  output lit
);
  localparam DARK = 2'd0, ONCE = 2'd1, LIT = `LIT;
  reg [1:0] state, next;
  always @(*)
    case (state)
      DARK: next = knock ? ONCE : DARK;
      ONCE: next = knock ? LIT : DARK;
      LIT: if (knock) next = DARK; else next = LIT;
      default: next = DARK;
    endcase
  always @(posedge clk)
    if (rst) state <= DARK;
    else state <= next;
  assign lit = state == LIT;
endmodule
"""
FIFO = """\
module fifo(input clk, input rst, input push, input pop, input [3:0] d,
            output [3:0] q, output full, output empty);
  reg [3:0] mem [0:3];
  reg [2:0] count;
  reg [1:0] first;
  assign full = count == 3'd4, empty = count == 3'd0, q = mem[first];
  always @(posedge clk)
    if (rst) begin
      count <= 3'd0;
      first <= 2'd0;
    end else begin
      if (push && !full) mem[first + count[1:0]] <= d;
      if (pop && !empty) first <= first + 2'd1;
      count <= count + (push && !full) - (pop && !empty);
    end
endmodule
"""
LONG = """\
module long(input clk, input rst, output reg ring);
  reg [15:0] ticks;
  always @(posedge clk)
    if (rst) begin
      ticks <= 16'd0;
      ring <= 1'b0;
    end else begin
      ticks <= ticks + 16'd1;
      if (ticks == 16'hFFF0)
        ring <= 1'b1;
    end
endmodule
"""
TWO = """\
module half(input clk, input d, output reg q, output one);
  always @(posedge clk) q <= d;
  assign one = 1'b1;
endmodule
module two(input clk_a, input clk_b, input [299:0] d, output [1:0] q, output reg l);
  half a(.clk(clk_a), .d(d[0]), .q(q[0]), .one());
  half b(.clk(clk_b), .d(q[0]), .q(q[1]), .one());
  always @(*) if (d[1]) l = d[2];
endmodule
"""


def golden(text: str, top: str) -> tuple[Design, Interface]:
    design = Design(top=top, sources={f"{top}.v": text})
    return design, infer_timing(design, read_interface(design))


def bench(text: str, top: str, budget: int = 256) -> tuple[Testbench, Design]:
    design, interface = golden(text, top)
    return write_testbench(interface, Golden(design=design), budget=budget), design


def covered(coverage: Coverage, kind: Kind) -> str:
    assert coverage.reason == ""
    return str(coverage.shares[kind])


@pytest.fixture(scope="module")
def lamp() -> Iterator[CoverageModel]:
    design, interface = golden(LAMP, "lamp")
    with CoverageModel(interface, design) as model:
        yield model


def test_a_state_machine(lamp: CoverageModel) -> None:
    testbench, _ = bench(LAMP, "lamp")
    found = lamp.run(testbench)
    assert covered(found, Kind.STATE) == "3/3"
    assert covered(found, Kind.TRANSITION) == "6/6"
    assert covered(found, Kind.TOGGLE) == "16/16"
    assert found.listing() == (
        "lamp.v:14: default: next = DARK;\n"
        "    line not reached: statement\n"
        "    branch not reached: case item"
    )
    (goal,) = found.goals()
    assert goal.condition == "(!(state == DARK)) && (!(state == ONCE)) && (!(state == LIT))"
    assert found.marked([goal]).share == 1.0


def test_a_model_is_built_once_and_runs_start_afresh(lamp: CoverageModel) -> None:
    testbench, _ = bench(LAMP, "lamp")
    first, start = lamp.run(testbench), time.monotonic()
    second = lamp.run(testbench.plan)
    assert second.points == first.points
    assert second.cpu_seconds < 1.0
    assert time.monotonic() - start < 10.0


def test_a_stimulus_that_only_resets_leaves_holes(lamp: CoverageModel) -> None:
    testbench, _ = bench(LAMP, "lamp")
    plan = testbench.plan
    short = type(plan)(
        seed=plan.seed, inputs=plan.inputs, timing=plan.timing, phases=plan.phases[:1]
    )
    found = lamp.run(short)
    holes = {hole.what for hole in found.holes if hole.kind in (Kind.STATE, Kind.TRANSITION)}
    assert {"state: LIT", "state: ONCE -> LIT"} <= holes
    assert "state == LIT" in {goal.condition for goal in found.goals()}
    assert found.merged(lamp.run(plan)).shares[Kind.TRANSITION].value == 1.0


def test_a_fifo_with_a_memory() -> None:
    found = measure_coverage(*bench(FIFO, "fifo"))
    assert covered(found, Kind.BRANCH) == "6/6"
    assert covered(found, Kind.TOGGLE) == "70/70"
    assert Kind.STATE not in found.shares


def test_a_counter_whose_end_is_far_away() -> None:
    found = measure_coverage(*bench(LONG, "long"))
    holes = {(hole.line, hole.what) for hole in found.holes if hole.kind is not Kind.TOGGLE}
    assert holes == {(9, "if"), (10, "statement")}
    goals = {goal.condition for goal in found.goals()}
    assert {"(!rst) && (ticks == 16'hFFF0)", "ring == 1'b1", "ticks[15] == 1'b1"} <= goals


def test_several_clocks_submodules_latches_and_wide_ports() -> None:
    found = measure_coverage(*bench(TWO, "two"))
    assert found.notes == ()
    assert sum(p.what.startswith("d[") for p in found.points) == 600
    holes = [(hole.what, hole.module, hole.conditions) for hole in found.holes]
    # A constant is seen to rise as the model starts.
    assert holes == [("one:1->0", "half", ())]


def test_candidates_without_a_reference() -> None:
    design, interface = golden(LAMP, "lamp")
    found = measure_coverage(write_stimulation(interface, budget=256), design)
    assert covered(found, Kind.TRANSITION) == "6/6"


def test_asynchronous_resets_are_no_transitions() -> None:
    text = LAMP.replace("always @(posedge clk)", "always @(posedge clk or posedge rst)")
    found = measure_coverage(*bench(text, "lamp"))
    transitions = [p.what for p in found.points if p.kind is Kind.TRANSITION]
    assert "state: LIT -> ONCE" not in transitions
    assert covered(found, Kind.TRANSITION) == "6/6"


def test_where_the_source_shows_no_transitions_those_seen_are_listed() -> None:
    text = """
    module phases(input clk, input rst, input go, output [1:0] q);
      localparam FIRST = 0, SECOND = 1, THIRD = 2;
      reg [1:0] s;
      always @(posedge clk)
        if (rst) s <= FIRST;
        else case (s)
          FIRST: if (go) s <= s + 1;
          SECOND: s <= s + 1;
          THIRD: s <= FIRST;
        endcase
      assign q = s;
    endmodule
    """
    found = measure_coverage(*bench(text, "phases"))
    seen = [p.what for p in found.points if p.kind is Kind.TRANSITION]
    assert sorted(seen) == ["s: FIRST -> SECOND", "s: SECOND -> THIRD", "s: THIRD -> FIRST"]
    assert any("phases.s" in note and "only those that were seen" in note for note in found.notes)


def test_odd_names() -> None:
    text = (
        "module odd(input \\a-b , input [0:1] if_, output \\y' , output \\c\n);\n"
        "  assign \\y' = \\a-b & if_[0];\n  assign \\c = if_[1];\nendmodule\n"
    )
    design = Design(top="odd", sources={"my odd file.v": text})
    interface = read_interface(design)
    found = measure_coverage(write_stimulation(interface, budget=64), design)
    assert covered(found, Kind.TOGGLE) == "10/10"
    assert {p.file for p in found.points} == {"my odd file.v"}


def test_a_memory_image() -> None:
    text = """
    module rom(input [1:0] a, output [3:0] q);
      reg [3:0] m [0:3];
      initial $readmemh("m.hex", m);
      assign q = m[a];
    endmodule
    """
    design = Design(top="rom", sources={"rom.v": text}, data={"m.hex": b"0 f 3 c\n"})
    found = measure_coverage(write_stimulation(read_interface(design), budget=64), design)
    assert [hole.what for hole in found.holes if hole.what.startswith("q")] == []


def test_delays_inside_the_design() -> None:
    text = """
    module slow(input a, output reg y);
      always @(a) y <= #2 a;
    endmodule
    """
    design, interface = golden(text, "slow")
    found = measure_coverage(write_stimulation(interface, budget=64), design)
    assert covered(found, Kind.TOGGLE) == "4/4"


def test_assertions_that_fail_do_not_end_the_run() -> None:
    text = """
    module loud(input [1:0] a, output reg y);
      always @(*) begin
        y = 0;
        unique if (a[0]) y = 1; else if (a[1]) y = 1;
        assert (a != 2'd3) else $error("three");
        $display("%d", a);
      end
    endmodule
    """
    design, interface = golden(text.replace(".v", ".sv"), "loud")
    found = measure_coverage(write_stimulation(interface, budget=64), design)
    assert found.measured


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("module t(output y); initial $finish; assign y = 1; endmodule", "may not end or stop"),
        ("module t(output y); assign y = ; endmodule", "the gate refuses"),
        ("module t(input a, output y); assign y = b.c; endmodule", "out of the module"),
    ],
)
def test_what_cannot_be_measured_says_why(text: str, reason: str) -> None:
    _, interface = golden("module t(input a, output y); assign y = a; endmodule", "t")
    design = Design(top="t", sources={"t.v": text})
    found = measure_coverage(write_stimulation(interface, budget=64), design)
    assert not found.measured
    assert reason in found.reason
    assert found.points == ()


def test_an_endless_design_reaches_a_limit() -> None:
    text = """
    module spin(input a, output y);
      reg b = 0;
      always @(a) while (a) b = !b;
      assign y = b;
    endmodule
    """
    design, interface = golden(text, "spin")
    with CoverageModel(interface, design) as model:
        model._limits = Limits(seconds=2.0)
        found = model.run(write_stimulation(interface, budget=64))
    assert found.reason == "the model reached its time limit"
    assert found.share is None


def test_without_a_compiler_nothing_is_measured(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CXX", str(tmp_path / "none"))
    tools.forget()
    try:
        found = measure_coverage(*bench(LAMP, "lamp"))
    finally:
        monkeypatch.undo()
        tools.forget()
    assert not found.measured
    assert "not found" in found.reason


def test_a_model_has_to_be_entered() -> None:
    design, interface = golden(LAMP, "lamp")
    testbench, _ = bench(LAMP, "lamp")
    with pytest.raises(ValueError, match="must be entered"):
        CoverageModel(interface, design).run(testbench)


def test_a_loop_that_does_not_settle_is_not_measured() -> None:
    text = "module t(input a, output y); assign y = a & !y; endmodule"
    design, interface = golden(text, "t")
    found = measure_coverage(write_stimulation(interface, budget=64), design)
    assert "did not converge" in found.reason


def test_a_signal_beyond_the_widest_is_noted() -> None:
    text = "module t(input [4999:0] a, output y); assign y = ^a; endmodule"
    design, interface = golden(text, "t")
    found = measure_coverage(write_stimulation(interface, budget=64), design)
    assert found.notes == ("the bits of `t.a` are not watched: it is wider than 4096 bits",)
    assert covered(found, Kind.TOGGLE) == "2/2"
