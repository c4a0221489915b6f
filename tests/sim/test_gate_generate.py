"""Generate branches that are given to no simulator."""

from __future__ import annotations

import pytest

from sim.design import Design
from sim.gate import admit

_BRANCHES = """\
module dut #(parameter P = 0) (output y);
  generate
    {}
  endgenerate
endmodule
"""


@pytest.mark.parametrize(
    ("written", "simulated"),
    [
        ("if (P) wire w; else wire v;", "if (P) begin end else wire v;"),
        ("if (P) begin : g wire w; end", "if (P) begin end"),
        ("if (2147483648 > 0) wire w;", "if (2147483648 > 0) begin end"),
        ("if (P) ; else if (!P) wire w; else wire v;", "if (!P) wire w; else begin end"),
        ("case (P) 1: wire w; default: wire v; endcase", "1: begin end default: wire v;"),
        ("for (genvar i = 0; i < P; i = i + 1) wire w;", "i = i + 1) begin end"),
        ("for (genvar i = 0; i < 2; i = i + 1) if (P) wire w; else wire v;", "if (P) begin end"),
        ("for (genvar i = 0; i < 2; i = i + 1) if (i) wire w; else wire v;", "wire w; else wire"),
    ],
)
def test_only_branches_that_are_taken_are_simulated(written: str, simulated: str) -> None:
    text = _BRANCHES.format(written)
    admitted = admit(Design(top="dut", sources={"d.sv": text})).design
    assert admitted is not None
    assert simulated in " ".join(admitted.sources["d.sv"].split())


def test_a_branch_that_one_instance_takes_stays() -> None:
    text = """\
module s #(parameter P = 0) (output y);
  if (P) begin : g assign y = 1; end else begin : h assign y = 0; end
endmodule
module dut(output y, z); s #(0) i (y); s #(1) j (z); endmodule
"""
    admitted = admit(Design(top="dut", sources={"d.sv": text})).design
    assert admitted is not None
    assert admitted.sources["d.sv"].split() == text.split()


def test_no_hierarchical_name_begins_like_what_is_around_the_design() -> None:
    text = """\
module dut(output y);
  if (1) begin : other wire x = 1; end
  assign y = other.x;
endmodule
"""
    design = Design(top="dut", sources={"d.sv": text})
    assert admit(design).design is not None
    refused = admit(design, outer=frozenset({"other"}))
    assert [refusal.rule for refusal in refused.refusals] == ["hierarchy"]
