"""Products with a single bit."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.rule import Example, Goal, Rule, everywhere


def match(nodes: Nodes, node: Node) -> Node | None:
    """Return a word times an extended bit as the word or 0."""
    if node.op is Op.MUL:
        for one, other in (node.operands, node.operands[::-1]):
            if one.op is Op.ZEXT and one.operands[0].width == 1:
                return nodes.mux(one.operands[0], other, nodes.const(0, node.width))
    return _chosen(nodes, node) if node.op in (Op.OR, Op.ADD) else None


def _chosen(nodes: Nodes, node: Node) -> Node | None:
    """Return (s ? a : 0) | (s ? 0 : b), as sums of products say it, as s ? a : b."""
    left, right = (_gated(operand) for operand in node.operands)
    if left is None or right is None:
        return None
    (one, first), (other, second) = left, right
    if other.op is Op.NOT and other.operands[0] is one:
        return nodes.mux(one, first, second)
    if one.op is Op.NOT and one.operands[0] is other:
        return nodes.mux(other, second, first)
    return None


def _gated(node: Node) -> tuple[Node, Node] | None:
    """Return the condition and the word of one that is 0 unless the condition holds."""
    if node.op is Op.MUX and node.operands[2].value == 0:
        return node.operands[0], node.operands[1]
    if node.op is Op.AND and node.width > 1:
        for one, other in (node.operands, node.operands[::-1]):
            if one.op is Op.SEXT and one.operands[0].width == 1:
                return one.operands[0], other
    return None


RULE = Rule(
    name="bit-product",
    title="Products with single bits are choices",
    matches="s * a with s of one bit; (s * a) + (~s * b); ({8{s}} & a) | ({8{~s}} & b)",
    makes="s ? a : 0; s ? a : b",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.DELAY, Goal.POWER}),
    source="Ercegovac, Lang: Digital Arithmetic, 4.2",
    example=Example(
        before="""
module chosen(input s, input [7:0] a, input [7:0] b, output [7:0] y);
  wire n = ~s;
  assign y = {7'b0, s} * a + {7'b0, n} * b;
endmodule
""",
        after="""
module chosen (
    input wire s,
    input wire [7:0] a,
    input wire [7:0] b,
    output wire [7:0] y
);

    assign y = s ? a : b;
endmodule
""",
    ),
    apply=everywhere(match, "products with single bits are choices"),
    always=True,
)
