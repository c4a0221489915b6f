"""Bits of what is put together out of parts."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.matching import Match, by_op
from symbolic.rules.rule import Example, Goal, Rule, everywhere


def bits_of(nodes: Nodes, node: Node, low: int, width: int) -> Node:
    """Return `width` bits of a node from `low` on, taken from the part that they come from."""
    while not (low == 0 and width == node.width):
        source = _SOURCES.get(node.op)
        found = None if source is None else source(nodes, node, low, width)
        if found is None:
            return nodes.slice(node, low, width)
        node, low = found
    return node


_From = tuple[Node, int] | None


def _of_slice(_: Nodes, node: Node, low: int, __: int) -> _From:
    return node.operands[0], low + int(node.payload or 0)


def _of_concat(nodes: Nodes, node: Node, low: int, width: int) -> _From:
    parts: list[Node] = []
    start = 0
    for part in reversed(node.operands):
        first, last = max(low - start, 0), min(low + width - start, part.width)
        if first < last:
            parts.append(bits_of(nodes, part, first, last - first))
        start += part.width
    return nodes.concat(*reversed(parts)), 0


def _of_extension(nodes: Nodes, node: Node, low: int, width: int) -> _From:
    inner = node.operands[0]
    signed = node.op is Op.SEXT
    if low + width <= inner.width:
        return inner, low
    if low < inner.width:
        part = bits_of(nodes, inner, low, inner.width - low)
        return nodes.resized(part, width, signed=signed), 0
    if not signed:
        return nodes.const(0, width), 0
    return nodes.resized(nodes.slice(inner, inner.width - 1, 1), width, signed=True), 0


def _of_shift(nodes: Nodes, node: Node, low: int, width: int) -> _From:
    count = node.operands[1].value
    if count is None:
        return None
    if low >= count:
        return node.operands[0], low - count
    return (nodes.const(0, width), 0) if low + width <= count else None


def _of_constant(nodes: Nodes, node: Node, low: int, width: int) -> _From:
    text = str(node.payload)
    end = node.width - low
    return nodes.bits(text[end - width : end]), 0


_SOURCES = {
    Op.SLICE: _of_slice,
    Op.CONCAT: _of_concat,
    Op.ZEXT: _of_extension,
    Op.SEXT: _of_extension,
    Op.SHL: _of_shift,
    Op.CONST: _of_constant,
}


def _slice(nodes: Nodes, node: Node) -> Node:
    return bits_of(nodes, node.operands[0], int(node.payload or 0), node.width)


def _extension(nodes: Nodes, node: Node) -> Node | None:
    inner = node.operands[0]
    if inner.op is Op.ZEXT:
        return nodes.make(Op.ZEXT, node.width, inner.operands[0])
    if inner.op is node.op:
        return nodes.like(node, inner.operands) if node.op is Op.SEXT else None
    return None


_MATCHES: dict[Op, Match] = {Op.SLICE: _slice, Op.ZEXT: _extension, Op.SEXT: _extension}

match = by_op(_MATCHES)

RULE = Rule(
    name="slice-of-parts",
    title="Bits of concatenations, slices, extensions and shifts",
    matches="a slice of a slice, concatenation, extension or constant shift; extended extensions",
    makes="the bits of the part itself",
    allowed="",
    goals=frozenset({Goal.AREA}),
    source="Yosys: opt_clean, opt_expr; Brummayer, Biere: Lemmas on demand (Boolector), rewriting",
    example=Example(
        before="""
module parts(input [7:0] a, output [3:0] y);
  wire [7:0] shifted = a << 2;
  assign y = shifted[7:4];
endmodule
""",
        after="""
module parts (
    input wire [7:0] a,
    output wire [3:0] y
);

    assign y = a[5:2];
endmodule
""",
    ),
    apply=everywhere(match, "bits are taken from where they come from"),
    always=True,
)
