"""Reductions of words that are put together."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.matching import Match, by_op, inverse
from symbolic.rules.rule import Example, Goal, Rule, everywhere

_NEUTRAL = {Op.REDUCE_AND: "1", Op.REDUCE_OR: "0", Op.REDUCE_XOR: "0"}
_DUAL = {Op.REDUCE_AND: Op.REDUCE_OR, Op.REDUCE_OR: Op.REDUCE_AND}


def _reduction(nodes: Nodes, node: Node) -> Node | None:
    inner = node.operands[0]
    if inner.op is Op.CONCAT:
        return _of_parts(nodes, node, inner)
    if inner.op is Op.ZEXT and node.op is not Op.REDUCE_AND:
        return nodes.like(node, inner.operands)
    if inner.op is Op.ZEXT:
        return nodes.const(0, 1)
    if inner.op is Op.SEXT and node.op is not Op.REDUCE_XOR:
        return nodes.like(node, inner.operands)
    if inner.op is Op.NOT:
        return _of_inverse(nodes, node, inner.operands[0])
    return None


def _of_inverse(nodes: Nodes, node: Node, word: Node) -> Node:
    if node.op is Op.REDUCE_XOR:
        plain = nodes.make(Op.REDUCE_XOR, 1, word)
        return inverse(nodes, plain) if word.width % 2 else plain
    return inverse(nodes, nodes.make(_DUAL[node.op], 1, word))


def _of_parts(nodes: Nodes, node: Node, word: Node) -> Node | None:
    """Return the reduction without constant parts and without parts that come twice."""
    neutral = _NEUTRAL[node.op]
    kept: dict[Node, int] = {}
    flips = 0
    for part in word.operands:
        if part.op is not Op.CONST:
            kept[part] = kept.get(part, 0) + 1
        elif node.op is Op.REDUCE_XOR and part.value is not None:
            flips += part.value.bit_count()
        elif set(str(part.payload)) - {neutral}:
            return None if "x" in str(part.payload) else nodes.const(neutral == "0", 1)
    if node.op is Op.REDUCE_XOR:
        kept = {part: 1 for part, times in kept.items() if times % 2}
    if sum(part.width for part in kept) == word.width:
        return None
    rest = nodes.make(node.op, 1, nodes.concat(*kept)) if kept else nodes.const(neutral == "1", 1)
    return inverse(nodes, rest) if flips % 2 else rest


_MATCHES: dict[Op, Match] = dict.fromkeys(_NEUTRAL, _reduction)

match = by_op(_MATCHES)

RULE = Rule(
    name="reduction-of-parts",
    title="Reductions of concatenations, extensions and inverses",
    matches="|{a, 2'b00, a}, ^{a, a, b}, &(zero-extended a), |(~a)",
    makes="|a, ^b, 0, ~&a",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.DELAY}),
    source="Yosys: opt_reduce, opt_expr",
    example=Example(
        before="""
module reduced(input [3:0] a, input [3:0] b, output x, output y);
  assign x = |{a, 2'b00, a};
  assign y = ^{b, a, b};
endmodule
""",
        after="""
module reduced (
    input wire [3:0] a,
    input wire [3:0] b,
    output wire x,
    output wire y
);

    assign x = |a;
    assign y = ^a;
endmodule
""",
    ),
    apply=everywhere(match, "reductions look at each bit once"),
    always=True,
)
