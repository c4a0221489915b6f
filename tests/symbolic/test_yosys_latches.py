"""What looks like a latch to Yosys and is none."""

from __future__ import annotations

import pytest

pytest.importorskip("pyosys")

from sim.design import Design
from sim.interface import Direction, Interface, Port
from sim.proof import Goal, Outcome
from symbolic.prover import YosysProver
from symbolic.yosys_latches import unread_latches
from tests.symbolic.replay import design, interface_of

_HOLDS = """module alu(input [1:0] op, input [3:0] a, b, output reg [3:0] y);
    reg [3:0] sum;
    always @(*) begin
        sum = a + b;
        case (op)
            2'd0: y <= sum;
            2'd1: y <= a - b;
            2'd2: y <= a & b;
            2'd3: y <= a | b;
            default: y <= y;
        endcase
    end
endmodule
"""
_OTHER = """module alu(input [1:0] op, input [3:0] a, b, output [3:0] y);
    wire [3:0] c = op[0] ? ~b : b;
    assign y = op[1] ? (op[0] ? a | b : a & b) : a + c + op[0];
endmodule
"""
_PORTS = tuple(
    Port(name=name, direction=direction, msb=msb, lsb=0)
    for name, direction, msb in (
        ("op", Direction.INPUT, 1),
        ("a", Direction.INPUT, 3),
        ("b", Direction.INPUT, 3),
        ("y", Direction.OUTPUT, 3),
    )
)


def _design(text: str) -> Design:
    return Design(top="alu", sources={"alu.v": text})


def _outcomes(golden: str, *others: str) -> list[Outcome]:
    interface = Interface(module="alu", ports=_PORTS)
    found = YosysProver().equivalent(
        _design(golden), [_design(text) for text in others], interface, seconds=30
    )
    return [proof.outcome for proof in found]


def test_a_latch_that_is_open_for_all_inputs_is_a_wire() -> None:
    wrong = _OTHER.replace("a | b", "a ^ b")
    assert _outcomes(_HOLDS, _OTHER, wrong) == [Outcome.PROVED, Outcome.REFUTED]


@pytest.mark.parametrize(
    "hole", ["            2'd3: y <= a | b;\n", "            2'd0: y <= sum;\n"]
)
def test_a_latch_that_holds_for_one_input_stays_one(hole: str) -> None:
    assert _outcomes(_HOLDS.replace(hole, ""), _OTHER) == [Outcome.OPEN]


_LOOP = """
module top(input en, input [7:0] d, output reg [3:0] n);
integer i;
always @* begin
  n = 0;
  if (en) for (i = 0; i < 8; i = i + 1) n = n + d[i];
end
endmodule
"""


def test_the_variable_of_a_loop_in_a_branch_is_no_latch() -> None:
    golden = design(_LOOP)
    sums = " + ".join(f"d[{bit}]" for bit in range(8))
    other = f"module top(input en, input [7:0] d, output [3:0] n);\nassign n = en ? {sums} : 0;\n"
    found = YosysProver().equivalent(
        golden,
        [design(f"{other}endmodule"), design(f"{other.replace('d[7]', 'd[6]')}endmodule")],
        interface_of(golden),
        seconds=30,
    )
    assert [proof.outcome for proof in found] == [Outcome.PROVED, Outcome.REFUTED]


def test_a_latch_that_only_a_goal_asks_about_is_one() -> None:
    held = design(
        "module top(input en, input [1:0] d, output y);\nreg [1:0] l;\n"
        "always @* if (en) l = d;\nassign y = en ^ d[0];\nendmodule\n"
    )
    goals = [Goal(name="three", condition="l == 2'd3"), Goal(name="x", condition="(^l) === 1'bx")]
    three, unknown = YosysProver().reach(held, goals, interface_of(held), seconds=20)
    assert three.trace is not None
    assert dict(three.trace.cycles[-1]) == {"en": 1, "d": 3}
    assert unknown.outcome is not Outcome.PROVED


def _netlist(reader: str) -> dict[str, object]:
    """Return a latch `l` of one bit, and a buffer that reads it as `reader`."""
    pins = {"A": "input", "Y": "output", "D": "input", "EN": "input", "Q": "output"}
    cells = {
        "held": {"type": "$dlatch", "connections": {"D": [2], "EN": [3], "Q": [4]}},
        "buffer": {"type": "$not", "connections": {"A": [4], "Y": [5]}},
    }
    for cell in cells.values():
        cell["port_directions"] = {pin: pins[pin] for pin in cell["connections"]}
    nets = {"l": {"bits": [4, "0"], "hide_name": 0}, "n": {"bits": [5], "hide_name": 1}}
    if reader == "name":
        nets["seen"] = {"bits": [5], "hide_name": 0}
    ports = {"y": {"direction": "output", "bits": [5 if reader == "port" else 2]}}
    return {"cells": cells, "netnames": nets, "ports": ports}


@pytest.mark.parametrize(("reader", "unread"), [("port", []), ("name", []), ("", ["held"])])
def test_what_a_port_or_a_name_comes_of_is_read(reader: str, unread: list[str]) -> None:
    assert sorted(unread_latches(_netlist(reader))) == unread


def test_a_process_that_waits_for_a_latch_may_not_have_run() -> None:
    """Under Icarus `y` is x for as long as `en` is 0."""
    golden = design("module top(input en, output y);\nassign y = 1;\nendmodule\n")
    waits = design(
        "module top(input en, output reg y);\nreg l, z;\nalways @* if (en) l = en;\n"
        "always @* begin y = 1; z = l; end\nendmodule\n"
    )
    [proof] = YosysProver().equivalent(golden, [waits], interface_of(golden), seconds=20)
    assert proof.outcome is Outcome.OPEN
    assert "may not have run" in proof.reason


_OUTPUT_LOGIC = """module top(input clk, input rst, input a, output reg y);
reg [1:0] s, n;
always @(posedge clk or posedge rst) if (rst) s <= 0; else s <= n;
always @* case (s)
  0: n = a ? 1 : 0;
  1: n = a ? 2 : 0;
  2: n = a ? 3 : 1;
  3: n = a ? 3 : 2;
endcase
always @* y = s == 3;
endmodule
"""
_RANGES = """module top(input clk, input rst, input a, output y);
reg [1:0] s;
always @(posedge clk or posedge rst)
  if (rst) s <= 0; else if (a & ~&s) s <= s + 1; else if (~a & |s) s <= s - 1;
assign y = &s;
endmodule
"""


def test_a_process_that_waits_for_the_state_alone_is_proved() -> None:
    """What it reads is the register, and all of it x at first: one net with three names."""
    golden = design(_OUTPUT_LOGIC)
    others = [design(_RANGES), design(_RANGES.replace("y = &s", "y = |s"))]
    found = YosysProver().equivalent(golden, others, interface_of(golden), seconds=60)
    assert [proof.outcome for proof in found] == [Outcome.PROVED, Outcome.REFUTED]
