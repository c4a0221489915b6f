"""Operations on neighboring bits as one operation on words."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.rule import Example, Goal, Rule, everywhere

_BITWISE = frozenset({Op.AND, Op.OR, Op.XOR, Op.NOT, Op.MUX})


def match(nodes: Nodes, node: Node) -> Node | None:
    """Return a concatenation with neighbors that come of one operation taken as a word."""
    if node.op is not Op.CONCAT:
        return None
    parts: list[Node] = []
    for part in node.operands:
        merged = _merged(nodes, parts[-1], part) if parts else None
        if merged is None:
            parts.append(part)
        else:
            parts[-1] = merged
    return None if len(parts) == len(node.operands) else nodes.concat(*parts)


def _merged(nodes: Nodes, left: Node, right: Node) -> Node | None:
    if left.op is not right.op or left.op not in _BITWISE:
        return None
    if left.op is Op.MUX:
        return _choices(nodes, left, right)
    if left.op is Op.NOT:
        joined = _beside(nodes, left.operands[0], right.operands[0])
        return None if joined is None else nodes.make(Op.NOT, joined.width, joined)
    for order in (right.operands, right.operands[::-1]):
        words = [_beside(nodes, a, b) for a, b in zip(left.operands, order, strict=True)]
        if words[0] is not None and words[1] is not None:
            return nodes.make(left.op, words[0].width, words[0], words[1])
    return None


def _choices(nodes: Nodes, left: Node, right: Node) -> Node | None:
    if left.operands[0] is not right.operands[0]:
        return None
    true = _beside(nodes, left.operands[1], right.operands[1])
    false = _beside(nodes, left.operands[2], right.operands[2])
    if true is None or false is None:
        return None
    return nodes.mux(left.operands[0], true, false)


def _beside(nodes: Nodes, left: Node, right: Node) -> Node | None:
    """Return two words as one, where that is no more than a name for it."""
    if left.op is Op.CONST and right.op is Op.CONST:
        return nodes.bits(str(left.payload) + str(right.payload))
    if left.op is Op.SLICE and right.op is Op.SLICE and left.operands == right.operands:
        low = int(right.payload or 0)
        if int(left.payload or 0) == low + right.width:
            return nodes.slice(right.operands[0], low, left.width + right.width)
    if left is right:
        bits = left.width
        if bits == 1:
            return nodes.make(Op.SEXT, 2, left)
    if left.op is Op.SEXT and left.operands[0] is right and right.width == 1:
        return nodes.make(Op.SEXT, left.width + 1, right)
    return None


RULE = Rule(
    name="word-merging",
    title="Bit by bit becomes a word",
    matches="{a[1] & b[1], a[0] & b[0]}, {s ? a[1] : b[1], s ? a[0] : b[0]}, {s & a[1], s & a[0]}",
    makes="a[1:0] & b[1:0], s ? a[1:0] : b[1:0], {2{s}} & a[1:0]",
    allowed="",
    goals=frozenset({Goal.AREA}),
    source="Subramanyan et al.: Reverse engineering digital circuits using structural and "
    "functional analyses, TETC 2014 (word propagation)",
    example=Example(
        before="""
module merged(input [2:0] a, input [2:0] b, output [2:0] y);
  assign y[2] = a[2] & b[2];
  assign y[1] = b[1] & a[1];
  assign y[0] = a[0] & b[0];
endmodule
""",
        after="""
module merged (
    input wire [2:0] a,
    input wire [2:0] b,
    output wire [2:0] y
);

    assign y = a & b;
endmodule
""",
    ),
    apply=everywhere(match, "operations bit by bit are operations on words"),
    always=True,
)
