"""Additions whose upper half does not wait for the carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op, reached
from symbolic.rules.aligned_sums import low_zeros
from symbolic.rules.matching import name_of, proposing
from symbolic.rules.rule import Example, Goal, Rule
from symbolic.rules.slice_of_parts import bits_of

_NARROWEST = 6


def _find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    wide = [node for node in reached(module.roots()) if _divisible(node)]
    image = {node: _selected(module.nodes, node) for node in wide}
    if len(image) > 1:
        yield image, f"{len(image)} additions choose their upper half by the carry of the lower"
    for node, other in image.items():
        what = f"{name_of(module, node)}, a sum, chooses its upper half by the carry of the lower"
        yield {node: other}, what


def _divisible(node: Node) -> bool:
    if node.op is not Op.ADD or any(operand.op is Op.CONST for operand in node.operands):
        return False
    return node.width - max(map(low_zeros, node.operands)) >= _NARROWEST


def _selected(nodes: Nodes, node: Node) -> Node:
    start = max(map(low_zeros, node.operands))
    middle = start + (node.width - start) // 2
    low = nodes.make(Op.ADD, middle - start + 1, *_parts(nodes, node, start, middle, extra=1))
    high = nodes.make(Op.ADD, node.width - middle, *_parts(nodes, node, middle, node.width))
    raised = nodes.make(Op.ADD, high.width, high, nodes.const(1, high.width))
    chosen = nodes.mux(nodes.slice(low, middle - start, 1), raised, high)
    parts = [chosen, nodes.slice(low, 0, middle - start)]
    if start:
        rest = min(node.operands, key=low_zeros)
        parts.append(bits_of(nodes, rest, 0, start))
    return nodes.concat(*parts)


def _parts(nodes: Nodes, node: Node, first: int, last: int, *, extra: int = 0) -> list[Node]:
    words = [bits_of(nodes, operand, first, last - first) for operand in node.operands]
    return [nodes.resized(word, last - first + extra) for word in words]


RULE = Rule(
    name="carry-select",
    title="The upper half of a sum is chosen by a carry",
    matches=f"a + b of at least {_NARROWEST} bits",
    makes="low = a[3:0] + b[3:0], high = a[7:4] + b[7:4], {low[4] ? high + 1 : high, low[3:0]}",
    allowed="",
    goals=frozenset({Goal.DELAY}),
    source="Bedrij: Carry-select adder, IRE Transactions on Electronic Computers, 1962",
    example=Example(
        before="""
module selected(input [7:0] a, input [7:0] b, output [7:0] y);
  assign y = a + b;
endmodule
""",
        after="""
module selected (
    input wire [7:0] a,
    input wire [7:0] b,
    output wire [7:0] y
);

    wire [4:0] sum = a[3:0] + b[3:0];
    wire [3:0] sum2 = a[7:4] + b[7:4];
    assign y = {sum[4] ? sum2 + 4'd1 : sum2, sum[3:0]};
endmodule
""",
    ),
    apply=proposing(_find),
)
