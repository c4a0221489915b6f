"""Designs that a test ought to fail: what is changed, and that it is one change."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtlgen.evaluation.mutants import Mutant, edited, hollow, wrapped
from sim.design import Design
from sim.errors import InvalidDesign
from sim.interface import Interface, infer_timing, read_interface
from sim.slang import Parsed

TEXT = """\
`define TOP 3
module dut #(parameter LAST = 4'd9) (
  input clk, input [`TOP:0] a, input go, // a comment, é
  output reg [3:0] q, output done);
  localparam STEP = 4'b0x01;
  assign done = (q == LAST) ? ~go : {1{1'b0}};
  always @(posedge clk)
    if (go && a < 4'hF) q <= q + 1;
    else q <= '0;
  generate for (genvar i = 0; i < 2; i = i + 1) begin : g end endgenerate
endmodule : dut
"""


def interface_of(text: str, top: str = "dut") -> Interface:
    design = Design(top=top, sources={"dut.sv": text})
    return infer_timing(design, read_interface(design))


def compiles(text: str) -> bool:
    parsed = Parsed({"mutant.sv": text})
    found = parsed.elaborate("dut").getAllDiagnostics()
    return not parsed.syntax_errors() and not any(d.isError() for d in found)


def changed(mutant: Mutant) -> list[str]:
    lines = difflib.ndiff(TEXT.splitlines(), mutant.verilog.splitlines())
    return [line[2:].strip() for line in lines if line.startswith("+ ")]


def test_hollow_designs_have_the_ports_and_nothing_else() -> None:
    designs = hollow(interface_of(TEXT))
    assert [design.name for design in designs] == ["empty", "all 0", "all 1", "all X"]
    for design in designs:
        assert interface_of(design.verilog).ports == interface_of(TEXT).ports
        assert compiles(design.verilog)
    assert "assign q = {4{1'b1}};" in designs[2].verilog
    assert "assign" not in designs[0].verilog


def test_a_design_without_outputs_has_no_mutants() -> None:
    text = "module dut(input a); endmodule"
    assert hollow(interface_of(text)) == []
    assert wrapped(text, interface_of(text)) == []


def test_shells_invert_each_output_and_all_and_delay() -> None:
    designs = {design.name: design for design in wrapped(TEXT, interface_of(TEXT))}
    assert list(designs) == [
        "all outputs inverted",
        "output q inverted",
        "output done inverted",
        "all outputs a cycle late",
    ]
    assert designs["output q inverted"].output == "q"
    for design in designs.values():
        assert compiles(design.verilog), design.verilog
        assert interface_of(design.verilog).ports == interface_of(TEXT).ports
    assert "assign q = ~doctored_q;" in designs["output q inverted"].verilog
    assert "assign done = doctored_done;" in designs["output q inverted"].verilog
    assert "always @(posedge clk)" in designs["all outputs a cycle late"].verilog


def test_a_design_without_a_clock_is_not_delayed() -> None:
    text = "module dut(input a, output y); assign y = a; endmodule"
    assert [m.name for m in wrapped(text, interface_of(text))] == ["all outputs inverted"]


def test_a_module_that_a_macro_names_gets_no_shell() -> None:
    text = "`define NAME dut\nmodule `NAME(input a, output y); assign y = a; endmodule\n"
    assert wrapped(text, interface_of(text)) == []


def test_edits_are_those_of_the_testbench_generator() -> None:
    found = {mutant.name: changed(mutant) for mutant in edited(TEXT, most=999)}
    assert found["line 6: `==` becomes `!=`"] == ["assign done = (q != LAST) ? ~go : {1{1'b0}};"]
    assert found["line 8: `4'hF` becomes `4'h0`"] == ["if (go && a < 4'h0) q <= q + 1;"]
    assert found["line 9: `'0` becomes `'1`"] == ["else q <= '1;"]
    assert found["line 7: `posedge clk` becomes `negedge clk`"] == ["always @(negedge clk)"]
    assert all(compiles(mutant.verilog) for mutant in edited(TEXT, most=999))


def test_widths_loops_and_macros_are_left_alone() -> None:
    for mutant in edited(TEXT, most=999):
        assert "`TOP:0" in mutant.verilog
        assert "for (genvar i = 0; i < 2; i = i + 1)" in mutant.verilog


def test_few_edits_are_of_many_kinds() -> None:
    few = edited(TEXT, most=5)
    assert len({mutant.operator for mutant in few}) == 5
    assert edited(TEXT, most=0) == []
    assert few == edited(TEXT, most=5)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 40))
def test_as_many_edits_as_wanted(most: int) -> None:
    everything = edited(TEXT, most=999)
    some = edited(TEXT, most=most)
    assert len(some) == min(most, len(everything))
    assert {m.verilog for m in some} <= {m.verilog for m in everything}


def test_nesting_that_the_parser_does_not_survive_is_refused() -> None:
    text = f"module dut(output y); assign y = {'(' * 5000}1{')' * 5000}; endmodule"
    with pytest.raises(InvalidDesign, match="brackets may nest"):
        edited(text, most=1)
