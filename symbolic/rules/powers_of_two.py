"""Multiplication, division and remainder by powers of two are wires."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.matching import Match, by_op
from symbolic.rules.rule import Example, Goal, Rule, everywhere
from symbolic.rules.shift_merging import by
from symbolic.rules.slice_of_parts import bits_of


def _exponent(node: Node) -> int | None:
    value = node.value
    return value.bit_length() - 1 if value and value & (value - 1) == 0 else None


def _product(nodes: Nodes, node: Node) -> Node | None:
    for one, other in (node.operands, node.operands[::-1]):
        count = _exponent(other)
        if count is not None:
            return by(nodes, Op.SHL, one, count)
    return None


def _quotient(nodes: Nodes, node: Node) -> Node | None:
    count = _exponent(node.operands[1])
    return None if count is None else by(nodes, Op.LSHR, node.operands[0], count)


def _remainder(nodes: Nodes, node: Node) -> Node | None:
    count = _exponent(node.operands[1])
    if count is None:
        return None
    if count == 0:
        return nodes.const(0, node.width)
    return nodes.resized(bits_of(nodes, node.operands[0], 0, count), node.width)


def _signed_quotient(nodes: Nodes, node: Node) -> Node | None:
    """Return the quotient rounded towards zero: what is negative is rounded up first."""
    word, divisor = node.operands
    count = _exponent(divisor)
    if not count or count >= node.width - 1:
        return None
    raised = nodes.make(Op.ADD, node.width, word, _rounding(nodes, word, count))
    return by(nodes, Op.ASHR, raised, count)


def _rounding(nodes: Nodes, word: Node, count: int) -> Node:
    sign = nodes.slice(word, word.width - 1, 1)
    return nodes.resized(nodes.resized(sign, count, signed=True), word.width)


def _signed_remainder(nodes: Nodes, node: Node) -> Node | None:
    word, divisor = node.operands
    count = _exponent(divisor)
    if not count or count >= node.width - 1:
        return None
    rounding = _rounding(nodes, word, count)
    raised = nodes.make(Op.ADD, node.width, word, rounding)
    low = nodes.resized(nodes.slice(raised, 0, count), node.width)
    return nodes.make(Op.SUB, node.width, low, rounding)


_MATCHES: dict[Op, Match] = {
    Op.MUL: _product,
    Op.UDIV: _quotient,
    Op.UMOD: _remainder,
    Op.SDIV: _signed_quotient,
    Op.SMOD: _signed_remainder,
}

match = by_op(_MATCHES)

RULE = Rule(
    name="powers-of-two",
    title="Multiplication, division and remainder by powers of two",
    matches="x * 8, x / 8, x % 8, signed ones too",
    makes="x << 3, x >> 3, x[2:0]; signed: an addition of 7 to what is negative, and a shift",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.DELAY, Goal.POWER}),
    source="Warren: Hacker's Delight, 2nd ed., 10.1, 10.2",
    example=Example(
        before="""
module powers(input [7:0] a, output [7:0] x, output [7:0] y, output [7:0] z);
  assign x = a * 8'd4;
  assign y = a / 8'd8;
  assign z = a % 8'd16;
endmodule
""",
        after="""
module powers (
    input wire [7:0] a,
    output wire [7:0] x,
    output wire [7:0] y,
    output wire [7:0] z
);

    assign x = a << 2;
    assign y = a >> 3;
    assign z = a[3:0];
endmodule
""",
    ),
    apply=everywhere(match, "powers of two shift"),
    always=True,
)
