"""Additions of what ends in zeros are narrower."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op, reached
from symbolic.rules.matching import proposing
from symbolic.rules.rule import Example, Goal, Rule
from symbolic.rules.slice_of_parts import bits_of
from symbolic.rules.sums import ADDING


def _find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    found = {node: _aligned(module.nodes, node) for node in reached(module.roots())}
    image = {node: other for node, other in found.items() if other is not None}
    if len(image) > 1:
        yield image, "additions begin where both operands do"
    for node, other in image.items():
        yield {node: other}, f"an addition of {node.width} bits begins where both operands do"


def _aligned(nodes: Nodes, node: Node) -> Node | None:
    """Return a + (b << 2) as {a[7:2] + b[5:0], a[1:0]}."""
    if node.op not in ADDING:
        return None
    left, right = node.operands
    count = low_zeros(right)
    if node.op is Op.ADD and low_zeros(left) > count:
        left, right, count = right, left, low_zeros(left)
    if not 0 < count < node.width:
        return None
    width = node.width - count
    upper = nodes.make(
        node.op, width, bits_of(nodes, left, count, width), bits_of(nodes, right, count, width)
    )
    return nodes.concat(upper, bits_of(nodes, left, 0, count))


def low_zeros(node: Node) -> int:
    """Return how many low bits of a node are 0, as it is written."""
    if node.value is not None:
        return (node.value & -node.value).bit_length() - 1 if node.value else node.width
    if node.op is Op.SHL and node.operands[1].value is not None:
        return min(node.width, node.operands[1].value + low_zeros(node.operands[0]))
    if node.op is Op.CONCAT:
        last = node.operands[-1]
        return low_zeros(last)
    return low_zeros(node.operands[0]) if node.op in (Op.ZEXT, Op.SEXT) else 0


RULE = Rule(
    name="aligned-sums",
    title="Additions begin where both operands do",
    matches="a + (b << 2), a - (b << 2), a + 12",
    makes="{a[7:2] + b[5:0], a[1:0]}",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.DELAY}),
    source="Hartley: Subexpression sharing in filters using canonic signed digit multipliers, "
    "TCAS II 1996",
    example=Example(
        before="""
module aligned(input [7:0] a, input [7:0] b, output [7:0] y);
  assign y = a + (b << 2);
endmodule
""",
        after="""
module aligned (
    input wire [7:0] a,
    input wire [7:0] b,
    output wire [7:0] y
);

    assign y = {a[7:2] + b[5:0], a[1:0]};
endmodule
""",
    ),
    apply=proposing(_find),
)
