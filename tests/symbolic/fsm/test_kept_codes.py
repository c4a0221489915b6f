"""The attribute that keeps synthesis from coding states anew."""

from __future__ import annotations

import pytest

pytest.importorskip("pyosys")

from sim.design import Design
from symbolic.dataflow.plain import plain
from symbolic.fsm_kept_codes import ATTRIBUTE, with_codes_kept
from symbolic.ppa import Ppa, measure

_TOGGLE = """module toggle(input clk, input rst, input x, output y);
    localparam [1:0] A = 2'd0, B = 2'd1, C = 2'd2, D = 2'd3;
    reg [1:0] state;
    always @(posedge clk or posedge rst)
        if (rst) state <= A;
        else case (state)
            A: state <= x ? B : C;
            B: state <= x ? B : D;
            C: state <= x ? D : A;
            D: state <= x ? A : B;
        endcase
    assign y = state == A && x;
endmodule
"""


def _design(text: str) -> Design:
    return Design(top="toggle", sources={"toggle.v": text})


def test_it_stands_above_the_state_register_and_synthesis_follows_it() -> None:
    kept = with_codes_kept(_design(_TOGGLE), "state")
    assert kept is not None
    assert f"    {ATTRIBUTE}\n    reg [1:0] state;\n" in kept.sources["toggle.v"]
    before, after = measure([_design(_TOGGLE), kept])
    assert isinstance(before, Ppa)
    assert isinstance(after, Ppa)
    assert before.cells != before.cells_nofsm
    assert after.cells == after.cells_nofsm == before.cells_nofsm


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("reg [1:0] state", "(* keep *) reg [1:0] state"),
        ("output y);", "output y, output reg [1:0] state);"),
        ("module toggle(", "module toggle;("),
    ],
)
def test_where_there_is_no_place_for_it_there_is_none(old: str, new: str) -> None:
    text = _TOGGLE.replace(old, new)
    if "output reg" in new:
        text = text.replace("    reg [1:0] state;\n", "")
    assert with_codes_kept(_design(text), "state") is None


def test_no_other_attribute_reaches_synthesis() -> None:
    others = '(* fsm_encoding = "one-hot" *) reg a; (* full_case, fsm_encoding = "none" *)'
    assert "(*" not in plain(others)
    assert plain(f"{ATTRIBUTE} reg a;") == f"{ATTRIBUTE} reg a;"
