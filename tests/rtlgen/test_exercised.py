"""What a stimulus has shown of a design."""

from __future__ import annotations

import pytest

from rtlgen.design.blind import judge_blind
from rtlgen.design.exercised import idle_inputs, still_outputs
from rtlgen.spec.reader import read_spec
from sim.design import Design
from sim.icarus import Icarus

SPEC = read_spec(
    "Module `hold`: q takes over d where load is 1.\n\n```verilog\n"
    "module hold(input clk, input rst_n, input load, input [3:0] d, output [3:0] q, output z);\n"
    "```\n\n`rst_n` is an asynchronous reset, active low; q is 0 after it. z is 1 where q is 0."
)
WHOLE = """\
module hold(input clk, input rst_n, input load, input [3:0] d, output reg [3:0] q, output z);
  assign z = q == 0;
  always @(posedge clk or negedge rst_n)
    if (!rst_n) q <= 0;
    else if (load) q <= d;
endmodule
"""


def test_outputs_that_never_change_are_named() -> None:
    interface = SPEC.interface
    assert list(still_outputs(interface, ["00001", "00000"])) == ["q"]
    assert list(still_outputs(interface, ["00001", "1000-", "1--11"])) == ["z"]
    assert list(still_outputs(interface, [])) == ["q", "z"]


@pytest.mark.icarus
@pytest.mark.parametrize(
    ("old", "new", "idle"),
    [
        ("", "", ()),
        ("else if (load)", "else", ("load",)),
        ("q <= d", "q <= {1'b0, d[2:0]}", ()),
        ("q <= d", "q <= q + 1", ("d",)),
    ],
)
def test_inputs_without_effect_are_named(old: str, new: str, idle: tuple[str, ...]) -> None:
    design = Design(top="hold", sources={"hold.v": WHOLE.replace(old, new) if old else WHOLE})
    found = judge_blind(SPEC, [design], simulators=[Icarus()])
    assert found.pick == 0
    assert idle_inputs(design, found.stimulation, found.expected, simulators=[Icarus()]) == idle
