"""Stated properties count where there is no reference."""

from __future__ import annotations

import pytest

from rtlgen.design.blind import judge_blind
from rtlgen.spec.reader import read_spec
from sim.design import Design
from sim.icarus import Icarus

SPEC = read_spec(
    "Module `lamp` counts the presses of `press`.\n\n```verilog\n"
    "module lamp(input clk, input rst, input press, output [1:0] led);\n```\n\n"
    "`rst` is a synchronous reset, active high. After reset led is 1.\n"
)


def lamp(start: int) -> Design:
    text = (
        "module lamp(input clk, input rst, input press, output reg [1:0] led);\n"
        f"  always @(posedge clk) if (rst) led <= {start}; else if (press) led <= led + 1;\n"
        "endmodule\n"
    )
    return Design(top="lamp", sources={"lamp.v": text})


@pytest.mark.icarus
def test_a_majority_that_breaks_a_stated_property_is_not_picked() -> None:
    found = judge_blind(SPEC, [lamp(0), lamp(1), lamp(0), lamp(0)], simulators=[Icarus()])
    assert len(found.properties) == 1
    assert found.pick == 1
    broken = found.standings[0]
    assert broken.signs is not None
    assert broken.signs.refuted
    told = [one.text for one in broken.evidence if one.kind == "property"]
    assert "After reset led is 1" in told[0]
    kept = [one.text for one in found.standings[1].evidence if one.kind == "property"]
    assert kept[0].startswith("it keeps what the specification says: value after reset 1: led")
