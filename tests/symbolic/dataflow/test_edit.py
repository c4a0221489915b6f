"""A source in which only what changed is another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from sim.design import Design
from sim.interface import infer_timing, read_interface
from sim.proof import Outcome
from symbolic.dataflow.edit import NotRewritable, rewritten, rewritten_design
from symbolic.dataflow.evaluate import simulate
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import COMMUTATIVE, Node, Nodes, Op, reached, rebuilt
from symbolic.dataflow.read import read_dataflow
from symbolic.prover import YosysProver
from tests.symbolic.dataflow.random_modules import stimulus

Change = Callable[[Nodes, Node], Node | None]

HIERARCHY = """`default_nettype none
// Two of them.
module counter #(parameter W = 4) (
    input wire clk, input wire rst_n, input wire en, output reg [W-1:0] q, output wire full
);
    always @(posedge clk or negedge rst_n)
        if (!rst_n) q <= 0;
        else if (en) q <= q + 1'b1;
    assign full = &q;
endmodule

module top (
    input  wire       clk, rst_n,   // clock and reset
    input  wire       en, sel,
    input  wire [3:0] d,
    output reg  [3:0] y,
    output reg  [4:0] z,
    output wire       f1, f2
);
    wire [3:0] q1, q2;   // counts

    /* first */
    counter #(.W(4)) c1 (.clk(clk), .rst_n(rst_n), .en(en), .q(q1), .full(f1));
    counter          c2 (.clk(clk), .rst_n(rst_n), .en(en & sel), .q(q2), .full(f2));

    // The sum, as long as nothing is added.
    always @* begin
        if (sel) y = q1 + 4'd0;   // nothing
        else y = q2 ^ d;
    end

    always @(posedge clk or negedge rst_n)
        if (!rst_n) z <= 5'd0;
        else z <= q1 * q2;
endmodule
"""
PARTS = """module top(clk, a, b, q, s, t, n);
    input clk; input [7:0] a, b;
    output [7:0] q; output reg signed [7:0] s; output t; input [3:0] n;
    reg [7:0] q;   // the sum
    reg [0:7] m;
    wire t;
    integer k;
    initial q = 8'h5a;
    initial m = 3;
    function [7:0] turned(input [7:0] v); integer i;
        for (i = 0; i < 8; i = i + 1) turned[i] = v[7 - i];
    endfunction
    always @(negedge clk) begin
        q[3:0] <= a[3:0] + b[3:0];
        if (n[0]) q[7:4] <= b[7:4];
    end
    always @(a or b) begin : block
        reg [3:0] ones;
        ones = 0;
        for (k = 0; k < 4; k = k + 1) ones = ones + a[k];
        s = turned(b) + ones;
    end
    always @(negedge clk) m[0:3] <= m[4:7] ^ a[3:0];
    always @(negedge clk) m[4:7] <= b[3:0];
    assign t = ^m;
endmodule
"""
MACHINE = """module top (
    input logic clk, rst, go,
    input logic [7:0] a, b,
    output logic [7:0] r,
    output logic busy
);
    typedef enum logic [1:0] {IDLE, RUN, DONE} state_t;
    state_t state, following;
    logic [7:0] sum;
    logic [2:0] count;

    always_ff @(posedge clk)
        if (rst) state <= IDLE;
        else state <= following;

    always_comb begin
        following = state;
        busy = 1'b1;
        case (state)
            IDLE: begin busy = 1'b0; if (go) following = RUN; end
            RUN: if (count == 3) following = DONE;
            default: following = IDLE;
        endcase
    end

    always_ff @(posedge clk)
        if (rst) begin sum <= '0; count <= '0; end
        else if (state == RUN) begin sum <= sum + (a & b); count <= count + 1; end
    assign r = sum;
endmodule
"""
STORE = """module top #(parameter N = 4) (
    input clk, we, input [2:0] wa, ra, input [7:0] d, input [1:0] be, input [N-1:0] a, b,
    output [7:0] y, output reg [7:0] z, output [N-1:0] s, output co
);
    reg [7:0] mem [0:7];
    reg [7:0] file [7:0];
    integer i;
    initial for (i = 0; i < 8; i = i + 1) begin mem[i] = i * 3; file[i] = 0; end
    always @(posedge clk) begin
        if (we) mem[wa] <= d + 1;
        z <= mem[ra];
    end
    always @(posedge clk) begin
        if (be[0]) file[wa][3:0] <= d[3:0];
        if (be[1]) file[wa][7:4] <= d[7:4];
    end
    assign y = file[ra] + (mem[wa] ^ d);

    wire [N:0] c;
    assign c[0] = 1'b0;
    genvar g;
    generate for (g = 0; g < N; g = g + 1) begin : stage
        assign s[g] = a[g] ^ b[g] ^ c[g];
        assign c[g + 1] = (a[g] & b[g]) | (c[g] & (a[g] ^ b[g]));
    end endgenerate
    assign co = c[N];
endmodule
"""
SOURCES = {"hierarchy": HIERARCHY, "parts": PARTS, "machine": MACHINE, "store": STORE}


def _design(text: str) -> Design:
    return Design(top="top", sources={"d.sv": text})


@cache
def _read(text: str) -> Dataflow:
    found = read_dataflow([_design(text)])[0]
    assert isinstance(found, Dataflow), f"{found}\n{text}"
    return found


def _everywhere(module: Dataflow, change: Change) -> Dataflow:
    roots = [*module.roots(), *module.named.values()]
    return module.mapped(rebuilt(module.nodes, roots, lambda node: change(module.nodes, node)))


def _turned(nodes: Nodes, node: Node) -> Node | None:
    """Change everything that can be, and mean the same."""
    if node.op in COMMUTATIVE and node.op is not Op.EQ:
        return nodes.make(node.op, node.width, *node.operands[::-1])
    if node.op is Op.MUX:
        condition, true, false = node.operands
        return nodes.mux(nodes.make(Op.NOT, 1, condition), false, true)
    return None


def _without_zero(nodes: Nodes, node: Node) -> Node | None:
    is_idle = node.op is Op.ADD and node.operands[1].value == 0
    return node.operands[0] if is_idle else None


def _renamed(module: Dataflow) -> Dataflow:
    """Return a module whose registers all have other names."""

    def change(nodes: Nodes, node: Node) -> Node | None:
        return nodes.reg(f"{node.payload}_new", node.width) if node.op is Op.REG else None

    found = _everywhere(module, change)
    registers = {f"{n}_new": replace(r, name=f"{n}_new") for n, r in found.registers.items()}
    return replace(found, registers=registers)


CHANGES: dict[str, Callable[[Dataflow], Dataflow]] = {
    "everything": lambda module: _everywhere(module, _turned),
    "nameless": lambda module: replace(_everywhere(module, _turned), named={}),
    "renamed": _renamed,
    "little": lambda module: _everywhere(module, _without_zero),
}


def _edited(text: str, change: Callable[[Dataflow], Dataflow]) -> str:
    before = _read(text)
    return rewritten(_design(text), before, change(before))


@pytest.mark.parametrize("name", SOURCES)
def test_nothing_changed_is_the_same_text(name: str) -> None:
    text, before = SOURCES[name], _read(SOURCES[name])
    assert rewritten(_design(text), before, before) == text
    assert rewritten(_design(text), before, replace(before)) == text


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", SOURCES)
def test_changed_text_does_the_same(name: str, change: str) -> None:
    text = _edited(SOURCES[name], CHANGES[change])
    before, after = _read(SOURCES[name]), _read(text)
    inputs = stimulus(before, 5, 60)
    for port, active in (("rst", 1), ("rst_n", 0)):
        if any(p.name == port for p in before.interface.inputs):
            inputs[0][port] = active
    assert simulate(before, inputs) == simulate(after, inputs), text
    assert _edited(SOURCES[name], CHANGES[change]) == text


@pytest.mark.parametrize("name", SOURCES)
def test_changed_text_is_proved(name: str) -> None:
    design = _design(SOURCES[name])
    interface = infer_timing(design, read_interface(design))
    changed = _design(_edited(SOURCES[name], CHANGES["everything"]))
    proof = YosysProver().equivalent(design, [changed], interface, seconds=20)[0]
    assert proof.outcome is not Outcome.REFUTED, changed.sources["d.sv"]
    # The multiplication is beyond the prover; the parts are not.
    assert name == "hierarchy" or proof.outcome is Outcome.PROVED, proof


def test_a_small_change_is_a_small_difference() -> None:
    text = _edited(HIERARCHY, CHANGES["little"])
    assert text == HIERARCHY.replace(
        """    always @* begin
        if (sel) y = q1 + 4'd0;   // nothing
        else y = q2 ^ d;
    end
""",
        "    assign y = sel ? q1 : q2 ^ d;\n",
    ).replace("output reg  [3:0] y", "output [3:0] y")


def test_what_nothing_uses_goes_with_its_declaration_and_module() -> None:
    text = """module sub(input a, output y);
    assign y = ~a;
endmodule

// The top.
module top(input a, b, output y);
    wire kept, gone, none;   // three
    // Goes, with this remark.
    sub u(.a(a), .y(gone));   // and this

    assign kept = a & b;   // stays
    assign y = kept | (gone & 1'b0);
endmodule
"""

    def change(nodes: Nodes, node: Node) -> Node | None:
        if node.op is Op.AND and node.operands[1].value == 0:
            return node.operands[1]
        return node.operands[0] if node.op is Op.OR else None

    def changed(module: Dataflow) -> Dataflow:
        found = _everywhere(module, change)
        used = set(reached(found.roots()))
        return replace(found, named={n: v for n, v in found.named.items() if v in used})

    assert (
        _edited(text, changed)
        == """// The top.
module top(input a, b, output y);
    wire kept, none;   // three

    assign kept = a & b;   // stays
    assign y = kept;
endmodule
"""
    )


def test_states_keep_their_names_and_processes_their_keywords() -> None:
    text = _edited(MACHINE, CHANGES["everything"])
    assert text.count("always_ff @(posedge clk) begin") == 2
    assert "always_comb begin" in text
    assert "state <= IDLE;" in text
    assert "following = (count == 3'd3) ? DONE : state;" in text
    assert "2'd" not in text


def test_fixed_widths_are_guarded() -> None:
    text = _edited(STORE, CHANGES["everything"])
    assert "if (N != 4) begin : other_parameters" in text
    other = Design(top="m", sources={"d.sv": text + "module m; top #(.N(3)) u(); endmodule"})
    assert "error_parameters_are_fixed" in str(read_dataflow([other])[0])


def test_a_port_that_hands_on_its_type_stays_a_variable() -> None:
    text = """module top(input clk, a, b, output reg y, q);
    always @* y = a & b;
    always @(posedge clk) q <= a;
endmodule
"""
    found = _edited(text, CHANGES["everything"])
    assert found == text.replace(
        "always @* y = a & b;", "always @* begin\n        y = b & a;\n    end"
    )


def test_new_registers_are_declared() -> None:
    text = _edited(PARTS, CHANGES["renamed"])
    assert "reg [7:0] q_new;" in text
    assert "q_new = 8'd90;" in text
    assert "reg [0:7] m;" not in text


def test_what_a_macro_makes_is_not_touched() -> None:
    text = """`define SUM(a, b) assign y = a + b;
module top(input [3:0] a, b, output [3:0] y);
    `SUM(a, b)
endmodule
"""
    with pytest.raises(NotRewritable, match=r"d\.sv:3: a macro or an included file"):
        _edited(text, CHANGES["everything"])


def test_what_the_language_forbids_is_not_touched() -> None:
    text = "module top(input a, b, output y);\n    always @* y = a & b;\nendmodule\n"
    with pytest.raises(NotRewritable, match=r"d\.sv:2: cannot assign to a net"):
        _edited(text, CHANGES["everything"])


def test_lines_end_as_they_did_and_other_files_stay() -> None:
    top = (
        "module top(input [7:0] a, b, output [7:0] y);\r\n    wire [7:0] p, q;\r\n"
        "    sub u(.a(a), .y(p));\r\n    assign q = b & 8'd3;\r\n    assign y = p | q;\r\nendmodule\r\n"
    )
    sub = (
        "module sub(input [7:0] a, output [7:0] y); assign y = (a ^ 8'd5) * (a ^ 8'd5); endmodule\n"
    )
    design = Design(top="top", sources={"s.v": sub, "t.v": top})
    before = read_dataflow([design])[0]
    assert isinstance(before, Dataflow)
    changed = rewritten_design(design, before, CHANGES["everything"](before))
    assert changed.sources["s.v"] == sub
    text = changed.sources["t.v"]
    assert text.count("\n") == text.count("\r\n")
    assert "    wire [7:0] mixed = 8'd5 ^ a;\r\n    assign p = mixed * mixed;\r\n" in text


def test_an_included_item_is_not_touched() -> None:
    top = 'module top(input [3:0] a, b, output [3:0] y, z);\n`include "i.vh"\nassign z = a ^ b;\nendmodule\n'
    design = Design(top="top", sources={"t.v": top, "i.vh": "assign y = a + b;\n"})
    before = read_dataflow([design])[0]
    assert isinstance(before, Dataflow)
    with pytest.raises(NotRewritable, match=r"i\.vh:1: a macro or an included file"):
        rewritten(design, before, CHANGES["everything"](before))


def test_a_process_of_one_variable_writes_its_value() -> None:
    text = """module top(input clk, input [3:0] a, b, output reg [3:0] y, z);
    always @* y = (a + b) & 4'd7;
    always @(posedge clk) z <= y;
endmodule
"""
    found = _edited(text, CHANGES["everything"])
    assert "        y = 4'd7 & (b + a);\n" in found
