"""Goals with a known answer; traces are replayed in Icarus."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.proof import Goal, Outcome, Proof
from symbolic.prover import YosysProver
from tests.symbolic.replay import design, interface_of, outputs, steps

TIMER = """
module top(input clk, input rst, input go, input [3:0] d, output reg [3:0] n, output done);
localparam LAST = 11;
reg [1:0] state;
always @(posedge clk)
  if (rst) begin state <= 0; n <= 0; end
  else case (state)
    0: if (go) state <= 1;
    1: begin n <= n + 1; if (n == LAST) state <= 2; end
    2: if (d == 9) state <= 0;
  endcase
assign done = state == 2;
endmodule
"""


def reach(text: str, *conditions: str, seconds: float = 60.0) -> list[Proof]:
    dut = design(text)
    goals = [Goal(name=condition, condition=condition) for condition in conditions]
    found = YosysProver().reach(dut, goals, interface_of(dut), seconds=seconds)
    assert len(found) == len(goals)
    return found


def outcomes(text: str, *conditions: str) -> list[Outcome]:
    return [proof.outcome for proof in reach(text, *conditions)]


def test_what_can_be_reached_and_what_cannot() -> None:
    assert outcomes(
        TIMER,
        "done",
        "state == 3",
        "n == LAST + 1 && done",
        "n > LAST + 1",
        "rst",
        "done && d == 9 && !rst",
        "state[0] & state[1]",
    ) == [
        Outcome.REFUTED,
        Outcome.PROVED,
        Outcome.REFUTED,
        Outcome.REFUTED,
        Outcome.REFUTED,
        Outcome.REFUTED,
        Outcome.PROVED,
    ]


@pytest.mark.icarus
def test_a_trace_ends_where_the_goal_is(tmp_path: Path) -> None:
    [proof] = reach(TIMER, "done && n == 12")
    assert proof.trace is not None
    assert set(proof.trace.cycles[0]) == {"rst", "go", "d"}
    assert proof.trace.cycles[0]["rst"] == 1
    dut = design(TIMER)
    interface = interface_of(dut)
    seen = outputs(tmp_path, dut, interface, list(steps(interface, proof.trace.cycles)))
    # The last look comes after the edge that ends the last cycle.
    assert seen[-2] == "@ 1100 1"


def test_goals_that_cannot_be_read_cost_the_others_nothing() -> None:
    found = reach(TIMER, "ghost == 1", "n = 3", "", "u.v == 1", "done", "$random == 1")
    assert [proof.outcome for proof in found] == [Outcome.OPEN] * 4 + [
        Outcome.REFUTED,
        Outcome.OPEN,
    ]
    assert "ghost" in found[0].reason


def test_combinational_goals() -> None:
    text = "module top(input [3:0] a, output y); assign y = a == 3; endmodule"
    assert outcomes(text, "y && a[3]", "y", "a == 4'd15") == [
        Outcome.PROVED,
        Outcome.REFUTED,
        Outcome.REFUTED,
    ]


def test_what_is_undefined_is_not_reached() -> None:
    text = """
    module top(input clk, output y);
    reg q;
    always @(posedge clk) q <= ~q;
    assign y = q;
    endmodule
    """
    assert outcomes(text, "y", "!y", "y === 1'bx") == [
        Outcome.PROVED,
        Outcome.PROVED,
        Outcome.REFUTED,
    ]


def test_a_design_that_simulates_otherwise_leaves_goals_open() -> None:
    text = """
    module top(input a, b, output reg y);
    always @(a) y = a & b;
    endmodule
    """
    [proof] = reach(text, "y")
    assert (proof.outcome, proof.reason) == (
        Outcome.OPEN,
        "design: has an incomplete sensitivity list",
    )
