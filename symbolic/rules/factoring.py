"""A factor that products have in common."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.rule import Example, Goal, Rule, one_by_one
from symbolic.rules.sums import ADDING


def match(nodes: Nodes, node: Node) -> Node | None:
    """Return a * b + a * c as a * (b + c); a * b + a as a * (b + 1)."""
    if node.op not in ADDING:
        return None
    left, right = node.operands
    if Op.MUL not in (left.op, right.op):
        return None
    first, second = _factors(nodes, left), _factors(nodes, right)
    common = next((factor for factor in first if factor in second), None)
    if common is None or common.value is not None:
        return None
    rests = [_rest(factors, common) for factors in (first, second)]
    return nodes.make(Op.MUL, node.width, common, nodes.make(node.op, node.width, *rests))


def _factors(nodes: Nodes, node: Node) -> tuple[Node, ...]:
    return node.operands if node.op is Op.MUL else (node, nodes.const(1, node.width))


def _rest(factors: tuple[Node, ...], common: Node) -> Node:
    return factors[1 - factors.index(common)]


RULE = Rule(
    name="factoring",
    title="A common factor is multiplied once",
    matches="a * b + a * c, a * b - a",
    makes="a * (b + c), a * (b - 1)",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Hosangadi, Fallah, Kastner: Optimizing polynomial expressions by algebraic "
    "factorization and common subexpression elimination, TCAD 2006",
    example=Example(
        before="""
module factored(input [3:0] a, input [3:0] b, input [3:0] c, output [3:0] y);
  assign y = a * b + a * c;
endmodule
""",
        after="""
module factored (
    input wire [3:0] a,
    input wire [3:0] b,
    input wire [3:0] c,
    output wire [3:0] y
);

    assign y = a * (b + c);
endmodule
""",
    ),
    apply=one_by_one(match, lambda node: f"a common factor of {node.width} bits is taken out"),
)
