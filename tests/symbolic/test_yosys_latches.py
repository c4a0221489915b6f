"""What looks like a latch to Yosys and is none."""

from __future__ import annotations

import pytest

pytest.importorskip("pyosys")

from sim.design import Design
from sim.interface import Direction, Interface, Port
from sim.proof import Outcome
from symbolic.prover import YosysProver

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
