"""Neighboring bits beside each other are a word."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op, chain
from symbolic.rules.rule import Example, Goal, Rule, everywhere


def match(nodes: Nodes, node: Node) -> Node | None:
    """Return a concatenation with what belongs together in one piece."""
    if node.op is not Op.CONCAT:
        return None
    parts: list[Node] = []
    for part in _pieces(nodes, node):
        joined = _joined(nodes, parts[-1], part) if parts else None
        if joined is None:
            parts.append(part)
        else:
            parts[-1] = joined
    made = _extended(nodes, parts)
    return None if made is node else made


def _pieces(nodes: Nodes, node: Node) -> list[Node]:
    """Return the parts, most significant first, extensions by 0 taken apart."""
    pieces: list[Node] = []
    for part in chain(node, Op.CONCAT):
        if part.op is Op.ZEXT:
            inner = part.operands[0]
            pieces += [nodes.const(0, part.width - inner.width), *chain(inner, Op.CONCAT)]
        else:
            pieces.append(part)
    return pieces


def _joined(nodes: Nodes, left: Node, right: Node) -> Node | None:
    if left.op is Op.CONST and right.op is Op.CONST:
        return nodes.bits(str(left.payload) + str(right.payload))
    if left.op is Op.SLICE and right.op is Op.SLICE and left.operands == right.operands:
        low = int(right.payload or 0)
        if int(left.payload or 0) == low + right.width:
            return nodes.slice(right.operands[0], low, left.width + right.width)
    return None


def _extended(nodes: Nodes, parts: list[Node]) -> Node:
    if len(parts) == 1:
        return parts[0]
    width = sum(part.width for part in parts)
    if parts[0].value == 0:
        return nodes.make(Op.ZEXT, width, nodes.concat(*parts[1:]))
    sign = parts[0]
    same = next((i for i, part in enumerate(parts) if part is not sign), len(parts))
    if sign.width == 1 and same < len(parts) and _is_sign(sign, parts[same]):
        rest = nodes.concat(*parts[same:])
        return nodes.make(Op.SEXT, width, rest)
    if sign.width == 1 and same == len(parts):
        return nodes.make(Op.SEXT, width, sign)
    return nodes.concat(*parts)


def _is_sign(bit: Node, word: Node) -> bool:
    if bit.op is not Op.SLICE:
        return False
    base, low = bit.operands[0], int(bit.payload or 0)
    if base is word:
        return low == word.width - 1
    return (
        word.op is Op.SLICE
        and word.operands[0] is base
        and low == int(word.payload or 0) + word.width - 1
    )


RULE = Rule(
    name="concat-of-neighbors",
    title="Neighboring bits are a word",
    matches="a concatenation of neighboring bits, of constants, of zeros or signs before a word",
    makes="a slice, a constant, an extension",
    allowed="",
    goals=frozenset({Goal.AREA}),
    source="Yosys: opt_expr; Brummayer, Biere: Lemmas on demand (Boolector), rewriting",
    example=Example(
        before="""
module neighbors(input [7:0] a, input [3:0] b, output [7:0] y);
  wire [3:0] empty = !a;
  assign y = {empty, b};
endmodule
""",
        after="""
module neighbors (
    input wire [7:0] a,
    input wire [3:0] b,
    output wire [7:0] y
);

    assign y = {~|a, b};
endmodule
""",
    ),
    apply=everywhere(match, "neighboring bits are taken as a word"),
    always=True,
)
