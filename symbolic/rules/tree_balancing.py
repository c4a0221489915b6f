"""Chains of an associative operation as balanced trees."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op, uses
from symbolic.rules.matching import proposing
from symbolic.rules.rule import Example, Goal, Rule

_ASSOCIATIVE = frozenset({Op.ADD, Op.MUL, Op.AND, Op.OR, Op.XOR})
_MOST = 512


def _find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    counts = uses(module.roots())
    levels = _levels(list(counts))
    image = {
        node: other
        for node in _tops(counts)
        if (other := _balanced(module.nodes, node, counts, levels)) is not node
    }
    if image:
        yield image, "chains of one operation become balanced trees"


def _levels(nodes: list[Node]) -> dict[Node, int]:
    levels: dict[Node, int] = {}
    for node in nodes:
        above = max((levels[operand] for operand in node.operands), default=0)
        levels[node] = above + (node.op not in (Op.SLICE, Op.CONCAT, Op.ZEXT, Op.SEXT, Op.CONST))
    return levels


def _tops(counts: Mapping[Node, int]) -> Iterator[Node]:
    inside = {
        operand
        for node in counts
        if node.op in _ASSOCIATIVE
        for operand in node.operands
        if operand.op is node.op and counts[operand] == 1
    }
    yield from (n for n in counts if n.op in _ASSOCIATIVE and n not in inside)


def _balanced(
    nodes: Nodes, top: Node, counts: Mapping[Node, int], levels: Mapping[Node, int]
) -> Node:
    leaves = _leaves(top, counts)
    if not 2 < len(leaves) <= _MOST:
        return top
    waiting = [(levels[leaf], order, leaf) for order, leaf in enumerate(leaves)]
    before = levels[top]
    heapq.heapify(waiting)
    order = len(leaves)
    while len(waiting) > 1:
        first, second = heapq.heappop(waiting), heapq.heappop(waiting)
        left, right = sorted((first, second), key=lambda item: item[1])
        made = nodes.make(top.op, top.width, left[2], right[2])
        heapq.heappush(waiting, (max(first[0], second[0]) + 1, order, made))
        order += 1
    return waiting[0][2] if waiting[0][0] < before else top


def _leaves(top: Node, counts: Mapping[Node, int]) -> list[Node]:
    leaves: list[Node] = []
    waiting = [top]
    while waiting:
        node = waiting.pop()
        if node is top or (node.op is top.op and counts[node] == 1):
            waiting += reversed(node.operands)
        else:
            leaves.append(node)
    return leaves


RULE = Rule(
    name="tree-balancing",
    title="Adder trees and trees of gates are balanced",
    matches="((a + b) + c) + d, and so for *, &, |, ^",
    makes="(a + b) + (c + d), what is late joined last",
    allowed="nothing else uses the sums in between",
    goals=frozenset({Goal.DELAY}),
    source="Huffman: A method for the construction of minimum-redundancy codes, 1952; "
    "Golumbic: Combinatorial merging, 1976",
    example=Example(
        before="""
module balanced(
  input [7:0] a, input [7:0] b, input [7:0] c, input [7:0] d, output [7:0] y
);
  assign y = a + b + c + d;
endmodule
""",
        after="""
module balanced (
    input wire [7:0] a,
    input wire [7:0] b,
    input wire [7:0] c,
    input wire [7:0] d,
    output wire [7:0] y
);

    assign y = a + b + (c + d);
endmodule
""",
    ),
    apply=proposing(_find),
)
