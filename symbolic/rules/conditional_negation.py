"""A value or its negative, by one subtractor."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.matching import inverse
from symbolic.rules.rule import Example, Goal, Rule, one_by_one
from symbolic.rules.sums import ADDING, Sum, all_of_them, linear


def match(nodes: Nodes, node: Node) -> Node | None:
    """Return c ? a - b : b - a as (a - b) inverted and incremented where c is 0."""
    if node.op is not Op.MUX or not any(o.op in ADDING for o in node.operands[1:]):
        return None
    condition, true, false = node.operands
    if node.width < 2 or not _opposite(linear(true, all_of_them), linear(false, all_of_them)):
        return None
    kept, negated = (true, inverse(nodes, condition))
    if _starts_with_zero(true):
        kept, negated = (false, condition)
    flipped = nodes.make(Op.XOR, node.width, kept, nodes.resized(negated, node.width, signed=True))
    return nodes.make(Op.ADD, node.width, flipped, nodes.resized(negated, node.width))


def _starts_with_zero(node: Node) -> bool:
    return node.op is Op.SUB and node.operands[0].value == 0


def _opposite(left: Sum, right: Sum) -> bool:
    total = Sum(width=left.width, terms=dict(left.terms), constant=left.constant)
    for term, factor in right.terms.items():
        total.add(term, factor)
    total.shift(right.constant)
    return not total.terms and not total.constant


RULE = Rule(
    name="conditional-negation",
    title="A value or its negative by one subtractor",
    matches="c ? a - b : b - a; c ? a : 0 - a",
    makes="((a - b) ^ {8{~c}}) + ~c",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Warren: Hacker's Delight, 2nd ed., 2.4 (absolute value), 2.8",
    example=Example(
        before="""
module difference(input [7:0] a, input [7:0] b, input c, output [7:0] y);
  assign y = c ? a - b : b - a;
endmodule
""",
        after="""
module difference (
    input wire [7:0] a,
    input wire [7:0] b,
    input wire c,
    output wire [7:0] y
);

    assign y = ((a - b) ^ {8{~c}}) + {7'd0, ~c};
endmodule
""",
    ),
    apply=one_by_one(match, lambda node: f"a value of {node.width} bits is negated by a condition"),
)
