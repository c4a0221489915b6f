"""The square of a word in half the partial products."""

from __future__ import annotations

from functools import reduce

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.rule import Example, Goal, Rule, one_by_one

_WIDEST = 16


def match(nodes: Nodes, node: Node) -> Node | None:
    """Return a * a as a sum of one row for each bit of a: with 2ij = 4ij / 2, i * i = i."""
    if node.op is not Op.MUL or node.operands[0] is not node.operands[1]:
        return None
    base = node.operands[0]
    word = base.operands[0] if base.op is Op.ZEXT else base
    if word.width > _WIDEST or word.width < 2:
        return None
    rows = [_row(nodes, word, place, node.width) for place in range(word.width)]
    kept = [row for row in rows if row is not None]
    return reduce(lambda left, right: nodes.make(Op.ADD, node.width, left, right), kept)


def _row(nodes: Nodes, word: Node, place: int, width: int) -> Node | None:
    """Return the bit's square and twice its products with all higher bits, in their places."""
    room = width - 2 * place
    if room <= 0:
        return None
    bit = nodes.slice(word, place, 1)
    parts: list[Node] = [bit]
    above = min(word.width - place - 1, max(room - 2, 0))
    if room > 1:
        parts.insert(0, nodes.const(0, 1))
    if above:
        higher = nodes.slice(word, place + 1, above)
        gated = nodes.make(Op.AND, above, nodes.resized(bit, above, signed=True), higher)
        parts.insert(0, gated)
    if place:
        parts.append(nodes.const(0, 2 * place))
    return nodes.resized(nodes.concat(*parts), width)


RULE = Rule(
    name="squares",
    title="A square has half the partial products",
    matches="a * a",
    makes="a sum of rows {a[i] & a[n-1:i+1], 0, a[i]} << 2 * i",
    allowed=f"a has at most {_WIDEST} bits",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Ercegovac, Lang: Digital Arithmetic, 4.9 (squaring)",
    example=Example(
        before="""
module squared(input [3:0] a, output [7:0] y);
  wire [7:0] wide = {4'b0, a};
  assign y = wide * wide;
endmodule
""",
        after="""
module squared (
    input wire [3:0] a,
    output wire [7:0] y
);

    assign y = {a[3], 6'd0} +
               ({a[2] & a[3], 1'b0, a[2], 4'd0} + {1'b0, {2'd0, {a[3:1] & {3{a[0]}}, 1'b0,
        a[0]}} + {a[3:2] & {2{a[1]}}, 1'b0, a[1], 2'd0}});
endmodule
""",
    ),
    apply=one_by_one(match, lambda node: f"a square of {node.width} bits adds half the products"),
)
