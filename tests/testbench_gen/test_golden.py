from __future__ import annotations

import pytest

from sim.design import Design
from sim.errors import InvalidDesign
from testbench_gen.golden import rename


def renamed(text: str, top: str = "top") -> str:
    return rename(Design(top=top, sources={"golden.v": text})).text


def test_modules_instances_and_labels_are_renamed_and_nothing_else() -> None:
    text = """
// sub is used twice in top.
module sub(input a, output y); assign y = ~a; endmodule : sub
module top(input a, output y);
  wire sub;  // also a signal
  sub top (.a(a), .y(sub));
  initial $display("sub of top");
  assign y = sub;
endmodule
"""
    assert renamed(text).splitlines() == [
        "// sub is used twice in top.",
        "module rtlgen_golden_sub(input a, output y); assign y = ~a; endmodule : rtlgen_golden_sub",
        "module rtlgen_golden_top(input a, output y);",
        "  wire sub;  // also a signal",
        "  rtlgen_golden_sub top (.a(a), .y(sub));",
        '  initial $display("sub of top");',
        "  assign y = sub;",
        "endmodule",
    ]


def test_macros_are_expanded_and_gone() -> None:
    text = """
`define W 7
`define AND &b
`define MODULE(name) module name(input [`W:0] a, b, output [`W:0] y);
`MODULE(top)
`ifdef NEVER
  junk
`else
  assign y = a &`AND;
`endif
endmodule
"""
    result = renamed(text)
    assert "module rtlgen_golden_top(input [7:0] a, b, output [7:0] y);" in result
    assert "assign y = a & &b;" in result
    assert "`" not in result
    assert "junk" not in result


def test_directives_that_shape_the_code_stay() -> None:
    text = "`timescale 1ns/10ps\n`default_nettype none\nmodule top(output wire y); endmodule\n"
    result = renamed(text)
    assert "`timescale 1ns / 10ps" in result
    assert "`default_nettype none" in result


def test_includes_are_put_in_place_and_not_compiled_twice() -> None:
    design = Design(
        top="top",
        sources={
            "defs.vh": "parameter WIDTH = 4;\n",
            "rtl/top.v": '`include "defs.vh"\nmodule top(output [WIDTH-1:0] y); endmodule\n',
        },
    )
    golden = rename(design)
    assert golden.text.count("parameter rtlgen_golden_WIDTH = 4;") == 1
    assert "[rtlgen_golden_WIDTH-1:0] y" in golden.text


def test_declarations_outside_modules_are_renamed_wherever_they_are_used() -> None:
    text = """
package types; typedef logic [1:0] pair_t; endpackage : types
typedef enum logic {IDLE, BUSY} state_t;
function automatic logic invert(logic a); return ~a; endfunction
interface bus; logic a; endinterface
module top import types::*; (input state_t s, output pair_t y);
  assign y = {invert(s == IDLE), types::pair_t'(0) == 0};
endmodule
"""
    golden = rename(Design(top="top", sources={"a.sv": text}))
    for name in ("types", "state_t", "IDLE", "BUSY", "invert", "bus", "top"):
        assert f"rtlgen_golden_{name}" in golden.names
    assert "import rtlgen_golden_types::*" in golden.text
    assert "rtlgen_golden_invert(s == rtlgen_golden_IDLE)" in golden.text
    assert "pair_t y" in golden.text


def test_escaped_names_stay_escaped() -> None:
    assert "\\rtlgen_golden_odd+name " in renamed(
        "module \\odd+name ; endmodule module top; endmodule"
    )


def test_constants_are_collected() -> None:
    text = "module top(output y); wire [7:0] a = 8'hA5 + 17; wire b = a == 4'b1??0; endmodule"
    assert {0xA5, 17, 0b1000, 0b1110} <= set(
        rename(Design(top="top", sources={"a.v": text})).hints.constants
    )


@pytest.mark.parametrize(
    ("body", "holds"),
    [
        ("always_latch if (a) y = b;", True),
        ("always @* if (a) y = b;", True),
        ("always @* if (a) y = b; else y = 0;", False),
        ("always @(posedge a) if (b) y <= 1;", False),
        ("always @* case (a) 1'b0: y = b; endcase", True),
        ("always @* case (a) 1'b0: y = b; default: y = 0; endcase", False),
    ],
)
def test_latches_are_suspected(body: str, holds: bool) -> None:
    text = f"module top(input a, b, output reg y); {body} endmodule"
    assert rename(Design(top="top", sources={"a.sv": text})).holds_values is holds


def test_syntax_errors_are_shown_with_their_place() -> None:
    with pytest.raises(InvalidDesign, match=r"must be correct Verilog; golden\.v:2: "):
        renamed("module top(input a);\n  assign = 1;\nendmodule")


def test_missing_top() -> None:
    with pytest.raises(InvalidDesign, match="must define its top 'top'; it has other"):
        renamed("module other; endmodule")


def test_a_port_that_shares_its_name_with_a_global_is_refused() -> None:
    text = "parameter y = 1; module top(output y); endmodule"
    with pytest.raises(InvalidDesign, match="declares 'y' outside modules and as a port"):
        rename(Design(top="top", sources={"a.sv": text}), ports=["y"])


def test_a_very_long_expression_is_no_problem() -> None:
    chain = " + ".join(["a"] * 3000)
    assert (
        renamed(f"module top(input a, output y); assign y = {chain}; endmodule").count("+") == 2999
    )


def test_undeclared_nets_are_declared_where_they_belong() -> None:
    text = renamed(
        """\
module top #(parameter P = 1)(input a, output y);
  and g(n, a, a);
  if (P) begin : b assign m = n; assign y = m; end
  for (genvar i = 0; i < 2; i = i + 1) assign k = a;
endmodule
"""
    )
    assert "(input a, output y); wire n;" in text
    assert "begin : b wire m; assign" in text
    assert "i + 1) begin wire k; assign k = a; end" in " ".join(text.split())
