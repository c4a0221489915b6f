"""Muxes of the same data under several conditions."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.matching import inverse
from symbolic.rules.rule import Example, Goal, Rule, everywhere


def match(nodes: Nodes, node: Node) -> Node | None:
    """Return one mux for two of which one selects a value that the other selects, too."""
    if node.op is not Op.MUX or node.width == 1:
        return None
    condition, true, false = node.operands
    return _inner_true(nodes, condition, true, false) or _inner_false(nodes, condition, true, false)


def _inner_true(nodes: Nodes, condition: Node, true: Node, false: Node) -> Node | None:
    if true.op is not Op.MUX:
        return None
    inner, one, other = true.operands
    if other is false:
        return nodes.mux(nodes.make(Op.AND, 1, condition, inner), one, false)
    if one is false:
        both = nodes.make(Op.AND, 1, condition, inverse(nodes, inner))
        return nodes.mux(both, other, false)
    return None


def _inner_false(nodes: Nodes, condition: Node, true: Node, false: Node) -> Node | None:
    if false.op is not Op.MUX:
        return None
    inner, one, other = false.operands
    if one is true:
        return nodes.mux(nodes.make(Op.OR, 1, condition, inner), true, other)
    if other is true:
        any_of = nodes.make(Op.OR, 1, condition, inverse(nodes, inner))
        return nodes.mux(any_of, true, one)
    return None


RULE = Rule(
    name="merged-conditions",
    title="Conditions of nested multiplexers merged",
    matches="s ? (t ? a : b) : b; s ? a : t ? a : b; the same with the inner branches exchanged",
    makes="(s & t) ? a : b; (s | t) ? a : b",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Yosys, pass opt_muxtree; Aho et al.: Compilers, 2nd ed., 6.6 (short-circuit code)",
    example=Example(
        before="""
module hold(input s, input t, input [7:0] a, input [7:0] b, output [7:0] y);
  assign y = s ? (t ? a : b) : b;
endmodule
""",
        after="""
module hold (
    input wire s,
    input wire t,
    input wire [7:0] a,
    input wire [7:0] b,
    output wire [7:0] y
);

    assign y = (s && t) ? a : b;
endmodule
""",
    ),
    apply=everywhere(match, "nested conditions become one"),
)
