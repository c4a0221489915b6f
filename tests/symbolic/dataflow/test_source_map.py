"""Where items stand, and repairs."""

from __future__ import annotations

import pytest

from sim.design import Design
from sim.errors import InvalidDesign
from symbolic.dataflow.repair import repaired
from symbolic.dataflow.source_map import Item, ItemKind, Span, source_map

_TEXT = """`define OFF 2'b10
// ünïcode
module m #(parameter W = 8) (input clk, input [W-1:0] a, output reg [W-1:0] y, q, output z);
    localparam ON = 2'b01;
    reg [3:0] mem [0:3];
    wire w = a[0], v;
    integer i;
    assign v = f(a), z = w ^ v;
    function f(input [7:0] x); f = ^x ^ w; endfunction
    always @(posedge clk) begin
        for (i = 0; i < 4; i = i + 1) mem[i] <= a;
        y[a[2:0]] <= mem[a[1:0]];
    end
    always @* q = y;
    sub u(.p(a[2]), .o());
endmodule
module sub(input p, output o); assign o = ~p; endmodule
"""


def _of(text: str, span: Span) -> str:
    return text[span.start : span.end]


def test_items_stand_where_they_are_and_drive_what_they_do() -> None:
    found = source_map(Design(top="m", sources={"d.v": _TEXT}))
    assert not found.problem
    assert _of(_TEXT, found.module).endswith("u(.p(a[2]), .o());\nendmodule")
    items = {_of(_TEXT, item.span).partition(" ")[0]: item for item in found.items}
    assert items["wire"].drives == ("w",)
    assert items["assign"].drives == ("v", "z")
    assert items["assign"].reads == ("w", "a", "v")
    assert items["function"].kind is ItemKind.OTHER
    assert items["sub"].modules == ("sub",)
    process = next(item for item in found.items if item.kind is ItemKind.CLOCKED)
    assert _loops(process) == (("i", "mem", "y"), ("i",))
    assert found.instances == {"m": ("sub",), "sub": ()}


def _loops(item: Item) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return item.drives, item.loops


def test_signals_and_constants_are_as_declared() -> None:
    found = source_map(Design(top="m", sources={"d.v": _TEXT}))
    y, q, mem = found.signals["y"], found.signals["q"], found.signals["mem"]
    assert (y.keyword, y.width, y.direction, y.alone) == ("reg", 8, "output", False)
    assert (q.keyword, q.variable, q.alone) == ("", True, True)
    assert mem.words == ((0, 3),)
    assert found.signals["w"].initialized
    constants = {c.name: (c.kind, c.bits) for c in found.constants.values()}
    assert constants["OFF"] == ("define", "10")
    assert constants["ON"] == ("localparam", "01")
    assert constants["W"][0] == "parameter"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("module m(input a; endmodule", r"d\.v:1: "),
        ("module other; endmodule", "no module 'm' in the design; it has other"),
        ("module m; endmodule module m; endmodule", "defined 2 times"),
    ],
)
def test_no_map_of_what_is_no_design(text: str, message: str) -> None:
    with pytest.raises(InvalidDesign, match=message):
        source_map(Design(top="m", sources={"d.v": text}))


def test_nets_that_processes_assign_become_variables() -> None:
    text = """module m(input [1:0] a, output y, output [3:0] z, output wire w, output u, v);
wire [2:0] g; wire e, f; // “kept”
always @* begin y = a[0]; z = a; w = a[1]; {g[0], g[2:1]} = 3; v = e; u = g[0]; end
assign e = a[0];
endmodule ·
"""
    found = repaired(Design(top="m", sources={"d.v": text}))
    assert found.design.sources["d.v"] == text.replace("output y", "output reg y").replace(
        "output [3:0]", "output reg [3:0]"
    ).replace("output wire w", "output reg w").replace("wire [2:0]", "reg [2:0]").replace("·", " ")
    assert found.changes[0] == "d.v:5: '·' is no Verilog and becomes a blank"
    assert "d.v:2: a process assigns 'g', so it is a `reg`" in found.changes


def test_what_is_right_is_not_repaired() -> None:
    design = Design(top="m", sources={"d.v": _TEXT})
    assert repaired(design).design is design
    broken = Design(top="m", sources={"d.v": "module m; wire = ; endmodule"})
    assert repaired(broken).changes == ()
