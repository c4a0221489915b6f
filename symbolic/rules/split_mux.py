"""A mux whose branches agree in some bits is narrower."""

from __future__ import annotations

from itertools import pairwise

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.rule import Example, Goal, Rule, everywhere


def match(nodes: Nodes, node: Node) -> Node | None:
    """Return the parts of a mux beside each other where its branches have equal parts."""
    if node.op is not Op.MUX:
        return None
    condition, true, false = node.operands
    cuts = sorted({0, node.width} | _cuts(true) | _cuts(false) | _agreeing(true, false))
    ranges = [(low, high - low) for low, high in pairwise(cuts)]
    pairs = [(part(nodes, true, *r), part(nodes, false, *r)) for r in ranges]
    if all(a is not b for a, b in pairs):
        return None
    return nodes.concat(*(_chosen(nodes, condition, a, b) for a, b in reversed(pairs)))


def _chosen(nodes: Nodes, condition: Node, true: Node, false: Node) -> Node:
    return true if true is false else nodes.mux(condition, true, false)


def _cuts(node: Node) -> set[int]:
    """Return the bit positions at which an expression is put together."""
    if node.op is Op.CONCAT:
        low, found = 0, set()
        for operand in reversed(node.operands):
            found |= {low} | {low + cut for cut in _cuts(operand)}
            low += operand.width
        return found
    if node.op in (Op.ZEXT, Op.SEXT):
        return {node.operands[0].width} | _cuts(node.operands[0])
    return set()


def _agreeing(true: Node, false: Node) -> set[int]:
    """Return where two constants start or stop to be equal."""
    if true.op is not Op.CONST or false.op is not Op.CONST:
        return set()
    same = [a == b for a, b in zip(str(true.payload), str(false.payload), strict=True)]
    return {len(same) - i for i in range(1, len(same)) if same[i] != same[i - 1]}


def part(nodes: Nodes, node: Node, low: int, width: int) -> Node:
    """Return bits of a node, taken from what it is put together from."""
    if width == node.width:
        return node
    if node.op is Op.CONST:
        text = str(node.payload)
        return nodes.bits(text[node.width - low - width : node.width - low])
    if node.op is Op.SLICE:
        return part(nodes, node.operands[0], low + int(node.payload or 0), width)
    if node.op is Op.CONCAT:
        return _part_of_concat(nodes, node, low, width)
    if node.op in (Op.ZEXT, Op.SEXT):
        return _part_of_extension(nodes, node, low, width)
    return nodes.slice(node, low, width)


def _part_of_concat(nodes: Nodes, node: Node, low: int, width: int) -> Node:
    parts = []
    start = 0
    for operand in reversed(node.operands):
        first, last = max(low, start), min(low + width, start + operand.width)
        if first < last:
            parts.append(part(nodes, operand, first - start, last - first))
        start += operand.width
    return nodes.concat(*reversed(parts))


def _part_of_extension(nodes: Nodes, node: Node, low: int, width: int) -> Node:
    inner = node.operands[0]
    if low + width <= inner.width:
        return part(nodes, inner, low, width)
    if low >= inner.width and node.op is Op.ZEXT:
        return nodes.const(0, width)
    if low >= inner.width and width == 1:
        return part(nodes, inner, inner.width - 1, 1)
    return nodes.slice(node, low, width)


RULE = Rule(
    name="split-mux",
    title="Multiplexer only where its branches differ",
    matches="s ? {a, b} : {c, b}; s ? 4'b1010 : 4'b1001",
    makes="{s ? a : c, b}; {2'b10, s ? 2'b10 : 2'b01}",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Yosys, pass opt_reduce (bits of muxes)",
    example=Example(
        before="""
module exponent(input s, input [3:0] a, input [3:0] b, input [3:0] c, output [7:0] y);
  assign y = s ? {a, b} : {c, b};
endmodule
""",
        after="""
module exponent (
    input wire s,
    input wire [3:0] a,
    input wire [3:0] b,
    input wire [3:0] c,
    output wire [7:0] y
);

    assign y = {s ? a : c, b};
endmodule
""",
    ),
    apply=everywhere(match, "a mux covers only the bits that differ"),
)
