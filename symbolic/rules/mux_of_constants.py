"""Muxes whose data are constants, or conditions, are gates."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.matching import inverse, is_ones, is_zero
from symbolic.rules.rule import Example, Goal, Rule, everywhere


def match(nodes: Nodes, node: Node) -> Node | None:
    """Return the gate that a 1-bit mux is, or the mux whose condition is not inverted."""
    if node.op is not Op.MUX:
        return None
    condition, true, false = node.operands
    if condition.op is Op.NOT:
        return nodes.mux(condition.operands[0], false, true)
    return _gate(nodes, condition, true, false) if node.width == 1 else None


def _gate(nodes: Nodes, condition: Node, true: Node, false: Node) -> Node | None:
    if is_ones(true) or true is condition:
        return condition if is_zero(false) else nodes.make(Op.OR, 1, condition, false)
    if is_zero(false) or false is condition:
        return nodes.make(Op.AND, 1, condition, true)
    if is_zero(true):
        opposite = inverse(nodes, condition)
        return opposite if is_ones(false) else nodes.make(Op.AND, 1, opposite, false)
    if is_ones(false):
        return nodes.make(Op.OR, 1, inverse(nodes, condition), true)
    return None


RULE = Rule(
    name="mux-of-constants",
    title="Multiplexer of constants",
    matches="1-bit muxes: s ? 1 : 0, s ? 0 : 1, s ? 1 : x, s ? x : 0, s ? s : x; !s ? a : b",
    makes="s, ~s, s | x, s & x; s ? b : a",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.DELAY, Goal.POWER}),
    source="Hachtel, Somenzi: Logic Synthesis and Verification Algorithms, 3.3 (Shannon expansion)",
    example=Example(
        before="""
module decided(input [3:0] a, input [3:0] b, input c, output reg y, output z);
  always @* if (a == b) y = 1'b1; else y = c;
  assign z = (a < b) ? 1'b0 : 1'b1;
endmodule
""",
        after="""
module decided (
    input wire [3:0] a,
    input wire [3:0] b,
    input wire c,
    output wire y,
    output wire z
);

    assign y = c | (a == b);
    assign z = a >= b;
endmodule
""",
    ),
    apply=everywhere(match, "a mux of constants is a gate"),
    always=True,
)
