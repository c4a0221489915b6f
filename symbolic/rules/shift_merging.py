"""Shifts by constants, one after the other."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.matching import Match, by_op
from symbolic.rules.rule import Example, Goal, Rule, everywhere

_SHIFTS = frozenset({Op.SHL, Op.LSHR, Op.ASHR})


def by(nodes: Nodes, op: Op, data: Node, count: int) -> Node:
    """Return a word shifted by a constant."""
    if count == 0:
        return data
    if count >= data.width and op is not Op.ASHR:
        return nodes.const(0, data.width)
    count = min(count, data.width - 1)
    return nodes.make(op, data.width, data, nodes.const(count, max(1, count.bit_length())))


def _shift(nodes: Nodes, node: Node) -> Node | None:
    data, amount = node.operands
    count = amount.value
    if count is None:
        return _least_amount(nodes, node)
    if count >= node.width or amount.width != max(1, count.bit_length()):
        return by(nodes, node.op, data, count)
    if data.op is node.op and data.operands[1].value is not None:
        return by(nodes, node.op, data.operands[0], count + int(data.operands[1].value))
    return None


def _least_amount(nodes: Nodes, node: Node) -> Node | None:
    """Return a shift whose amount is not extended."""
    data, amount = node.operands
    if amount.op is not Op.ZEXT:
        return None
    return nodes.make(node.op, node.width, data, amount.operands[0])


_MATCHES: dict[Op, Match] = dict.fromkeys(_SHIFTS, _shift)

match = by_op(_MATCHES)

RULE = Rule(
    name="shift-merging",
    title="Shifts by constants are one",
    matches="a constant shift of a constant shift; a shift by as much as the word is wide or more; "
    "an extended amount",
    makes="one shift; 0",
    allowed="",
    goals=frozenset({Goal.AREA}),
    source="Warren: Hacker's Delight, 2nd ed., 2.1",
    example=Example(
        before="""
module shifts(input [7:0] a, output [7:0] y, output [7:0] z);
  wire [7:0] once = a << 2;
  assign y = once << 3;
  assign z = (a >> 5) >> 4;
endmodule
""",
        after="""
module shifts (
    input wire [7:0] a,
    output wire [7:0] y,
    output wire [7:0] z
);

    assign y = a << 5;
    assign z = 8'd0;
endmodule
""",
    ),
    apply=everywhere(match, "constant shifts are merged"),
    always=True,
)
