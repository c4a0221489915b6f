"""The lines that decide an output."""

from __future__ import annotations

import pytest

from sim.design import Design
from sim.drivers import SourceLine, driving_lines
from tests.sim.suite_bench import suite_design

TEXT = """\
module s(input a, output b);
  assign b = ~a; // inverts
endmodule
module m(input clk, input [3:0] a, output reg [3:0] y, output z, output w, output [1:0] v,
         output far, output reg latched);
  wire n;
  wire k = a[0] & n;
  s u(.a(k),
      .b(n));
  s u2(a[1], v[0]);
  and g(w, n, a[1]);
  function f(input x);
    f = ~x;
  endfunction
  task t(input x, output q);
    q = x;
  endtask
  assign z = f(n);
  integer i;
  always @(posedge clk) begin
    if (a == 3)
      y <= 0;
    else
      for (i = 0; i < 4; i = i + 1)
        y[i] <= a[i];
    case (a)
      1: y <= y + 1;
      2, 4:
        {y[0], y[1]} <= 2'b11;
      default: ;
    endcase
    t(a[0], y[3]);
  end
  wire one = z, two = one, three = two;
  assign far =
    one
    ^ three;
  always @* if (a[0]) latched = w;
endmodule
"""
DESIGN = Design(top="m", sources={"m.sv": TEXT})


def numbers(design: Design, port: str, most: int = 12) -> list[int]:
    return [found.line for found in driving_lines(design, port, most=most)]


@pytest.mark.parametrize(
    ("port", "lines"),
    [
        ("y", [21, 22, 24, 25, 26, 27, 28, 29, 32]),
        ("z", [18, 13, 9, 2, 8, 7]),
        ("w", [11, 9, 2, 8, 7]),
        ("v", [10, 2]),
        ("far", [35, 36, 37, 34, 18, 13, 9, 2, 8, 7]),
        ("latched", [38, 11, 9, 2, 8, 7]),
        ("clk", []),
        ("nothing", []),
    ],
)
def test_the_nearest_come_first(port: str, lines: list[int]) -> None:
    assert numbers(DESIGN, port) == lines


def test_lines_are_quoted_as_they_were_written() -> None:
    found = driving_lines(DESIGN, "v")
    assert found == (
        SourceLine(file="m.sv", line=10, text="s u2(a[1], v[0]);"),
        SourceLine(file="m.sv", line=2, text="assign b = ~a; // inverts"),
    )


def test_as_many_as_are_asked_for() -> None:
    assert numbers(DESIGN, "z", 2) == [18, 13]
    with pytest.raises(ValueError, match="most must be at least 1, not 0"):
        driving_lines(DESIGN, "z", most=0)


def test_a_state_machine_leads_from_the_output_to_the_next_state() -> None:
    text = (
        "module m(input clk, input rst, input go, output reg busy);\r\n"
        "  reg [1:0] state, next;\r\n"
        "  always @(posedge clk) if (rst) state <= 0; else state <= next;\r\n"
        "  always @* begin\r\n    next = state;\r\n    case (state)\r\n"
        "      0: if (go) next = 1;\r\n      1: next = 0;\r\n    endcase\r\n  end\r\n"
        "  always @* busy = state == 1;\r\nendmodule\r\n"
    )
    assert numbers(Design(top="m", sources={"m.sv": text}), "busy") == [11, 3, 5, 7, 6, 8]


def test_generate_blocks_includes_and_macros() -> None:
    sources = {
        "m.sv": '`include "w.vh"\n`define NOT(x) (~(x))\n'
        "module m #(parameter N = 2) (input [N-1:0] a, output [N-1:0] y);\n"
        "  for (genvar i = 0; i < N; i++) begin : g\n    wire t;\n    assign t = `NOT(a[i]);\n"
        "    assign y[i] = t;\n  end\n  if (N > 2) assign y = 0;\n  `EXTRA\nendmodule\n",
        "w.vh": "`define EXTRA wire unused = a[0];\n",
    }
    assert numbers(Design(top="m", sources=sources), "y") == [7, 6]


def test_a_loop_of_assignments_has_an_end() -> None:
    text = "module m(output a, output b);\n assign a = b;\n assign b = a;\nendmodule\n"
    assert numbers(Design(top="m", sources={"m.sv": text}), "a") == [2, 3]


def test_a_long_line_is_cut() -> None:
    text = "module m(input a, output y); assign y = a" + " ^ a" * 300 + "; endmodule"
    (found,) = driving_lines(Design(top="m", sources={"m.sv": text}), "y")
    assert len(found.text) == 200


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no verilog at all",
        "module m(output y); assign y = ",
        "module n; endmodule",
        "module m(output y); assign y = nothing.at.all; unknown u(y); endmodule",
        "module m; // \ud800\nendmodule",
        "module m(output y); wire a = 1" + "+1" * 60_000 + "; endmodule",
        "interface m(output y); endinterface",
        "module m(output [3:0] y); m u(y); endmodule",
        "x" * 2_000_000,
    ],
)
def test_a_bad_design_has_no_lines_or_some(text: str) -> None:
    driving_lines(Design(top="m", sources={"m.sv": text}), "y")


HOSTILE = """\
deep_parentheses generate_recursion include_passwd include_zero macro_bomb huge_vector
nested_modules instance_tree nul_byte force_release
"""


@pytest.mark.parametrize("name", HOSTILE.split())
def test_hostile_designs_do_no_harm(name: str) -> None:
    design = suite_design("adversarial", name)
    assert all(line.file in design.sources for line in driving_lines(design, "y"))
