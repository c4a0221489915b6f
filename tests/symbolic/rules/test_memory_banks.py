"""When one memory is two."""

from __future__ import annotations

import pytest

pytest.importorskip("pyosys")

from sim.design import Design
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.read import read_dataflow
from symbolic.rules.memory_banks import RULE

_TWO = """module m(input clk, we, input [1:0] wa, ra, input d, output y, z);
  reg words [0:7];
  initial begin
    {words[0], words[1], words[2], words[3]} = 4'b0011;
    {words[4], words[5], words[6], words[7]} = 4'b0101;
  end
  always @(posedge clk) if (we) words[WRITE] <= d;
  assign y = words[{ra, 1'b0}];
  assign z = words[{ra, 1'b1}];
endmodule
"""
_CASES = {
    "{wa, 1'b1}": ("0100", "0111"),
    "{1'b0, wa}": None,
}
"""What is written, and what the two memories hold at power-on."""


def test_every_port_must_keep_to_one_half() -> None:
    designs = [
        Design(top="m", sources={"m.v": _TWO.replace("WRITE", address)}) for address in _CASES
    ]
    for module, wanted in zip(read_dataflow(designs), _CASES.values(), strict=True):
        assert isinstance(module, Dataflow)
        found = [rewriting.module for rewriting in RULE.apply(module)]
        assert len(found) == (wanted is not None)
        for banked in found:
            banks = list(banked.memories.values())
            assert [(bank.depth, len(bank.writes)) for bank in banks] == [(4, 0), (4, 1)]
            assert tuple("".join(bank.initial) for bank in banks) == wanted
