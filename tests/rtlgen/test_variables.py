"""Outputs that procedures assign become variables, and nothing else changes."""

from __future__ import annotations

import pytest

from rtlgen.design.variables import is_mended, note_of, with_variables
from sim.design import Design
from sim.interface import read_interface

BODY = "always @(posedge clk) q <= d;"


@pytest.mark.parametrize(
    ("text", "net", "variable"),
    [
        ("input d, output q); always @* q = d;", "output q", "output reg q"),
        ("input d, output wire [3:0] q); initial q = 0;", "wire", "reg"),
        ("output signed [3:0] q, input d); always_comb q = d;", "output", "output reg"),
        ("output q, p, input d); always @(*) begin {q, p[0]} = d; end", "output", "output reg"),
        ("output q, output y); assign y = q <= 3; always @(*) if (y) q = 1;", "t q", "t reg q"),
        ("q); output [3:0] q; always @(d) begin q[0] <= d; end", "output", "output reg"),
        ("output q); always @(posedge c) case (d) 1: q[3:0][1] <= d; endcase", "put", "put reg"),
        ("output q); always @(posedge c) begin : seq q <= d; end", "output", "output reg"),
        ("output q); always @(*) case (d) default q = 1; endcase", "output", "output reg"),
        ("output reg a, reg b, output q); always @* q = a;", "output q", "output reg q"),
    ],
)
def test_outputs_that_procedures_assign_become_variables(
    text: str, net: str, variable: str
) -> None:
    whole = f"module m ({text} endmodule\n"
    found, names = with_variables(whole)
    assert found == whole.replace(net, variable, 1)
    assert names == (("p", "q") if "output q, p" in text else ("q",))
    assert with_variables(found) == (found, ())


@pytest.mark.parametrize(
    "text",
    [
        "input d, output q); assign q = d;",
        "input d, output reg q); always @* q = d;",
        "input d, output logic q); always @* q = d;",
        "q, d); output q; input d; reg q; always @* q = d;",
        "q, d); output q; input d; reg [1:0] r [0:3], q; always @* q = d;",
        "input [3:0] d, output q); assign q = d <= 3;",
        "input d, output q); // always @* q = d;\n assign q = d;",
        'input d, output q); initial $display("; q = 1"); buf b (q, d);',
        "input d, output q); wire r; child #(.W(1)) u (.q(q), .d(d));",
        "input d, output my_type q); always @* q = d;",
        "e, output y); assign #(1) y = e ? e : 1'bz; assign #(1) y = e ? 1'bz : e;",
        "output y); function f; input y; begin y = ~y; f = y; end endfunction",
        "output y); task k(input a, output y); begin y = ~a; end endtask",
        "output q, y; wire q; assign y = a[1] ? a[2] : q <= 1;",
        "output q); integer i; initial for (i = 9; q <= i; i = i + 1) $display; io u (.p(q));",
        "q); output q; wire q; always @* q = d;",
        "output c, s); assign {c, s} = a + b; always @* c = 1;",
    ],
)
def test_what_is_right_stays_as_it_is(text: str) -> None:
    whole = f"module m ({text} endmodule\n"
    assert with_variables(whole) == (whole, ())


def test_a_module_is_mended_for_itself() -> None:
    one = "module a (input d, output q); assign q = d; endmodule\n"
    other = "module b (input d, output q); always @* q = d; endmodule\n"
    found, names = with_variables(one + other)
    assert found == one + other.replace("output q", "output reg q")
    assert names == ("q",)


def test_the_ports_stay_what_they_were() -> None:
    head = "module m (input clk, input signed [3:0] d, output signed [3:0] q);"
    text = f"{head}\n{BODY}\nendmodule\n"
    before = read_interface(Design(top="m", sources={"m.v": text.replace(BODY, "")})).ports
    after = read_interface(Design(top="m", sources={"m.v": with_variables(text)[0]})).ports
    assert [(p.name, p.direction, p.width, p.signed) for p in before] == [
        (p.name, p.direction, p.width, p.signed) for p in after
    ]


def test_notes_tell_what_was_mended() -> None:
    assert is_mended(["endmodule added", note_of("q")])
    assert not is_mended(["endmodule added"])


def test_many_outputs_are_mended_at_once() -> None:
    text = f"module m ({'output q,' * 20_000} input d); always @* q = d; endmodule"
    assert with_variables(text)[0] == text.replace("output q", "output reg q")


@pytest.mark.parametrize("piece", ["; { ", ") { ", "; q [", "output [", "output a, ", "begin q "])
def test_hostile_text_comes_to_an_end(piece: str) -> None:
    text = "module m (output q); " + piece * 20_000
    assert with_variables(text) == (text, ())
