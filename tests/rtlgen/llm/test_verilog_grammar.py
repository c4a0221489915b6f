"""The grammar of answers takes what the corpus is written in, and nothing that does not parse."""

from __future__ import annotations

import pyslang
import pytest

from rtlgen.llm.verilog_grammar import verilog_grammar
from rtlgen.synth.catalog import ALL
from rtlgen.synth.example import draw_design
from rtlgen.synth.header import HeaderStyle, header, module
from tests.gbnf import Grammar

HEADER = """module top (
    input clk, rst, a, b, input [3:0] sel, d,
    output reg [3:0] q, output y
);"""
BODIES = {
    "assignments": "\n    assign y = a & ~b | ^d;\n    assign {q[0], q[1]} = {2{a}};\nendmodule\n",
    "ternary": "wire [3:0] t = a ? d : b ? 4'd3 : {d[2:0], 1'b0};assign y=t[sel] ; endmodule",
    "procedure": """
    localparam A = 2'd0, B = 2'd1;
    reg [1:0] state, next_state;
    always @(posedge clk or negedge rst) begin
        if (!rst) state <= A;
        else if (state == B && a)
            state <= next_state;
        else begin
            q[3:0] <= q + 1'b1;
        end
    end
    always @(*) begin
        next_state = A;
        casez (sel)
            4'b1???, 4'b01??: next_state = B;
            default: ;
        endcase
    end
endmodule
""",
    "loop": """
    integer i;
    always @* for (i = 0; i < 4; i = i + 1) q[i] = d[3 - i];
endmodule""",
    "generate": """
    wire [4:0] c;
    genvar g;
    generate
        for (g = 0; g < 4; g = g + 1) begin : stage
            cell_of u (.p(d[g]), .r());
        end
    endgenerate
    assign y = ($signed(d) >>> 1) == -4'sd1 || !(&d) && (d[sel +: 1] !== 1'bx);
endmodule

module cell_of #(parameter W = 1, N = 2) (
    input [W-1:0] p,
    output wire signed r
);
    assign r = p;
endmodule
""",
    "systemverilog": """
    logic [3:0] mem [0:7];
    always_ff @(posedge clk) mem[sel[2:0]][1:0] <= '0;
    always_comb begin
        for (int i = 0; i < 4; i++) q[i] = mem[i][0];
    end
    initial begin y_q = 8'hF_f; end
endmodule""",
    "names that begin as reserved words": "wire endmodul, ended, if_ = 1;endmodule",
}
REFUSED = {
    "assign y = a &; endmodule": "assign y = a &",
    "assign y = (a | b; endmodule": "assign y = (a | b",
    "always @(posedge clk) begin q <= d; endmodule": "always @(posedge clk) begin q <= d; endmodule",
    "assign begin = a; endmodule": "assign begin",
    "assigny = a; endmodule": "assigny",
    "assign y = 4'b012; endmodule": "assign y = 4'b01",
    "always @(posedge clkor negedge rst) q <= d; endmodule": "always @(posedge clkor",
    "assign y = a &&& b; endmodule": "assign y = a &&",
    "assign y = a;": "assign y = a;",
    "endmodule and more": "endmodule",
    "always @* if (a) y = b; elseif (d) y = a;": "always @* if (a) y = b; elseif",
    "$finish; endmodule": "",
}


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    return Grammar(verilog_grammar())


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_accepted_and_parsed(grammar: Grammar, body: str) -> None:
    assert grammar.accepts(body), body[: grammar.prefix(body)]
    tree = pyslang.syntax.SyntaxTree.fromText(HEADER + body)
    assert not [str(each.code) for each in tree.diagnostics if each.isError()]


@pytest.mark.parametrize(("text", "begun"), REFUSED.items())
def test_refused_where_it_goes_wrong(grammar: Grammar, text: str, begun: str) -> None:
    assert not grammar.accepts(text)
    assert text[: grammar.prefix(text)].rstrip() == begun.rstrip()


def test_a_design_of_every_family_is_accepted(grammar: Grammar) -> None:
    refused = []
    for family in ALL:
        drawn = draw_design(family, "grammar")
        whole = module(drawn, "top", HeaderStyle())
        body = whole.removeprefix(header(drawn, "top", HeaderStyle()))
        assert body != whole
        if not grammar.accepts(body):
            refused.append((family.name, body[: grammar.prefix(body)]))
    assert not refused
    assert len(ALL) > 100
