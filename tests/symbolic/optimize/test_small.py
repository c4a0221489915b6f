"""Small changes that leave the text as it is."""

from __future__ import annotations

import difflib

import pytest

from sim.design import Design
from sim.proof import Outcome
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.read import read_dataflow
from symbolic.optimize import optimize
from symbolic.optimize_clock import Clock
from symbolic.optimize_score import Bar
from symbolic.optimize_small import small_drafts
from symbolic.optimize_stage import Context, Draft, Meter, Stage
from symbolic.ppa import Ppa, read_library
from symbolic.rules.rule import Goal

# The timer never gets above 9; the sum's upper half is not read.
TIMER = """\
module timed (input clk, rst, go, input [3:0] a, output reg done, output [3:0] low);
  localparam WAIT = 1'b0, RUN = 1'b1;
  reg state;
  reg [7:0] timer;   // counts down
  reg [7:0] total;
  always @(posedge clk)
    if (rst) begin
      state <= WAIT;
      timer <= 8'd0;
      total <= 0;
      done  <= 1'b0;
    end else begin
      done <= 1'b0;
      case (state)
        WAIT: if (go) begin
          timer <= 8'h09;
          state <= RUN;
        end
        RUN: begin
          total <= total + a;
          if (timer == 8'd0) begin
            state <= WAIT;
            done  <= 1'b1;
          end else
            timer <= timer - 8'd1;
        end
      endcase
    end
  USED
endmodule
"""
SLICED = "assign low = total[3:0];"
WHOLE = "wire [3:0] part = total; assign low = part;"


def _design(text: str) -> Design:
    return Design(top="timed", sources={"t.v": text})


def _drafts(text: str) -> list[Draft]:
    design = _design(text)
    [module] = read_dataflow([design])
    assert isinstance(module, Dataflow)
    meter = Meter(read_library(None), Goal.AREA)
    [measured] = meter.measured([design], seconds=60)
    assert isinstance(measured, Ppa)
    context = Context(
        original=design,
        interface=module.interface,
        goal=Goal.AREA,
        meter=meter,
        clock=Clock(60),
        bar=Bar(goal=Goal.AREA, original=design, before=measured),
    )
    return small_drafts(Stage(design=design, module=module, measured=measured), context)


def _changes(draft: Draft) -> list[str]:
    old, new = (d.sources["t.v"].splitlines() for d in (draft.before, draft.after))
    return [line for line in difflib.ndiff(old, new) if line[:1] in "+-"]


def test_a_narrower_register_is_a_line_and_its_constants() -> None:
    [draft] = _drafts(TIMER.replace("USED", SLICED))
    assert draft.what == "declared narrower: `timer` from 8 bits to 4"
    assert _changes(draft) == [
        "-   reg [7:0] timer;   // counts down",
        "+   reg [3:0] timer;   // counts down",
        "-       timer <= 8'd0;",
        "+       timer <= 4'd0;",
        "-           timer <= 8'h09;",
        "+           timer <= 4'h9;",
        "-           if (timer == 8'd0) begin",
        "+           if (timer == 4'd0) begin",
        "-             timer <= timer - 8'd1;",
        "+             timer <= timer - 4'd1;",
    ]


def test_what_nothing_reads_goes_too() -> None:
    timer, total = _drafts(TIMER.replace("USED", WHOLE))
    assert timer.after == total.before
    assert _changes(total) == ["-   reg [7:0] total;", "+   reg [3:0] total;"]


def test_a_register_and_its_next_value_are_as_wide() -> None:
    text = TIMER.replace("USED", SLICED).replace("reg [7:0] timer;", "reg [7:0] timer, following;")
    text = text.replace("timer <= timer - 8'd1;", "timer <= following;")
    text = text.replace("  assign low", "  always @* following = timer - 8'b1;\n  assign low")
    [draft] = _drafts(text)
    after = draft.after.sources["t.v"]
    assert "reg [3:0] timer, following;" in after
    assert "following = timer - 4'b1;" in after
    assert not _drafts(text.replace("timer <= following;", "timer <= following & 8'hff;"))


def test_registers_that_nothing_depends_on_go() -> None:
    text = """\
module timed (input clk, a, b, output reg q);
  reg seen;
  always @(posedge clk) begin
    q <= a;         // as it comes
    seen <= a & b;
  end
endmodule
"""
    [draft] = _drafts(text)
    assert _changes(draft) == ["-   reg seen;", "-     seen <= a & b;"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("timer == 8'd0", "timer[7:0] == 8'd0"),
        ("timer == 8'd0", "{a, timer} == {a, 8'd0}"),
        ("timer == 8'd0", "!($signed(timer) > 0)"),
        ("reg [7:0] timer;", "reg signed [7:0] timer;"),
        ("reg [7:0] timer;", "reg [0:7] timer;"),
        ("reg [7:0] timer;", "reg [7:0] timer, spare;"),
        ("reg [7:0] timer;", "`define BYTE [7:0]\n  reg `BYTE timer;"),
    ],
)
def test_where_the_width_says_more_the_declaration_stays(old: str, new: str) -> None:
    text = TIMER.replace("USED", SLICED)
    assert old in text
    assert not _drafts(text.replace(old, new))


def test_what_holds_for_a_parameters_value_says_so() -> None:
    text = TIMER.replace("USED", SLICED).replace("8'h09", "LAST")
    [draft] = _drafts(text.replace("module timed", "module timed #(parameter LAST = 9)"))
    after = draft.after.sources["t.v"]
    assert "reg [3:0] timer;" in after
    assert after.count("if (LAST != 9) begin : other_parameters") == 1


def test_each_set_of_values_has_its_guard() -> None:
    text = TIMER.replace("USED", SLICED).replace("8'h09", "A + B + C + D + 5")
    text = text.replace("module timed", "module timed #(parameter A = 1, B = 1, C = 1, D = 1)")
    # What the guard of any four parameters says.
    said = "// Optimized for the parameters' values below only."
    [draft] = _drafts(text.replace("endmodule", f"  {said}\nendmodule"))
    after = draft.after.sources["t.v"]
    assert after.count(said) == 2
    assert after.count("if (A != 1 ||") == 1
    # A change on top of it needs no second one.
    total = after.replace(SLICED, WHOLE)
    [second] = _drafts(total)
    assert second.after.sources["t.v"].count("if (A != 1 ||") == 1


def test_constants_in_comments_need_not_be_numbers() -> None:
    text = TIMER.replace("USED", SLICED).replace("// counts down", "// timer == 8'b9, counts down")
    text = text.replace("case (state)", "case (state)  // timer == 8'b9 or timer == 8'b1x")
    [draft] = _drafts(text)
    assert "// timer == 8'b9 or timer == 8'b1x" in draft.after.sources["t.v"]


def test_changed_text_has_its_price() -> None:
    design = _design(TIMER.replace("USED", SLICED))
    small = optimize(design, seconds=20, text_price=20)
    [step] = small.steps
    assert step.name == "constant-registers"
    assert small.proof.outcome is Outcome.PROVED
    large = optimize(design, seconds=20, text_price=0)
    assert large.proof.outcome is Outcome.PROVED
    assert small.after is not None
    assert large.after is not None
    assert large.after.area < small.after.area
