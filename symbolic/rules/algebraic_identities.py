"""Neutral, absorbing and equal operands."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.matching import Match, by_op, inverse, is_ones, is_zero, opposite
from symbolic.rules.rule import Example, Goal, Rule, everywhere


def _sum(nodes: Nodes, node: Node) -> Node | None:
    left, right = node.operands
    if is_zero(left):
        return right
    return left if is_zero(right) else None


def _difference(nodes: Nodes, node: Node) -> Node | None:
    left, right = node.operands
    if left is right:
        return nodes.const(0, node.width)
    return left if is_zero(right) else None


def _product(nodes: Nodes, node: Node) -> Node | None:
    left, right = node.operands
    for one, other in ((left, right), (right, left)):
        if is_zero(one):
            return one
        if one.value == 1:
            return other
    if node.width == 1:
        return nodes.make(Op.AND, 1, left, right)
    return None


def _conjunction(nodes: Nodes, node: Node) -> Node | None:
    left, right = node.operands
    if left is right or is_ones(right) or is_zero(left):
        return left
    if is_ones(left) or is_zero(right):
        return right
    return nodes.const(0, node.width) if opposite(left, right) else None


def _disjunction(nodes: Nodes, node: Node) -> Node | None:
    left, right = node.operands
    if left is right or is_zero(right) or is_ones(left):
        return left
    if is_zero(left) or is_ones(right):
        return right
    return nodes.const(-1, node.width) if opposite(left, right) else None


def _exclusive(nodes: Nodes, node: Node) -> Node | None:
    left, right = node.operands
    if left is right:
        return nodes.const(0, node.width)
    if opposite(left, right):
        return nodes.const(-1, node.width)
    for one, other in ((left, right), (right, left)):
        if is_zero(one):
            return other
        if is_ones(one):
            return inverse(nodes, other)
    return None


def _negation(nodes: Nodes, node: Node) -> Node | None:
    inner = node.operands[0]
    return inner.operands[0] if inner.op is Op.NOT else None


def _equality(nodes: Nodes, node: Node) -> Node | None:
    left, right = node.operands
    if left is right:
        return nodes.const(1, 1)
    if opposite(left, right):
        return nodes.const(0, 1)
    if left.width > 1:
        return None
    for one, other in ((left, right), (right, left)):
        if one.value is not None:
            return other if one.value else inverse(nodes, other)
    return None


def _order(nodes: Nodes, node: Node) -> Node | None:
    left, right = node.operands
    if left is right or (node.op is Op.ULT and (is_zero(right) or is_ones(left))):
        return nodes.const(0, 1)
    return None


def _quotient(nodes: Nodes, node: Node) -> Node | None:
    left, right = node.operands
    return left if right.value == 1 and (node.width > 1 or node.op is Op.UDIV) else None


def _remainder(nodes: Nodes, node: Node) -> Node | None:
    return nodes.const(0, node.width) if node.operands[1].value == 1 else None


def _shift(nodes: Nodes, node: Node) -> Node | None:
    left, amount = node.operands
    return left if is_zero(amount) or is_zero(left) else None


def _reduction(nodes: Nodes, node: Node) -> Node | None:
    return node.operands[0] if node.operands[0].width == 1 else None


_MATCHES: dict[Op, Match] = {
    Op.ADD: _sum,
    Op.SUB: _difference,
    Op.MUL: _product,
    Op.AND: _conjunction,
    Op.OR: _disjunction,
    Op.XOR: _exclusive,
    Op.NOT: _negation,
    Op.EQ: _equality,
    Op.ULT: _order,
    Op.SLT: _order,
    Op.UDIV: _quotient,
    Op.SDIV: _quotient,
    Op.UMOD: _remainder,
    Op.SMOD: _remainder,
    Op.SHL: _shift,
    Op.LSHR: _shift,
    Op.ASHR: _shift,
    Op.REDUCE_AND: _reduction,
    Op.REDUCE_OR: _reduction,
    Op.REDUCE_XOR: _reduction,
}

match = by_op(_MATCHES)

RULE = Rule(
    name="algebraic-identities",
    title="Neutral, absorbing and equal operands",
    matches="x + 0, x - x, x * 1, x * 0, x & x, x & ~x, x | 0, x ^ x, ~~x, x == x, x < 0, x / 1",
    makes="the operand or the constant that it is",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.DELAY, Goal.POWER}),
    source="Aho, Lam, Sethi, Ullman: Compilers, 2nd ed., 8.5.4",
    example=Example(
        before="""
module identities(input [7:0] a, input [7:0] b, output [7:0] y, output [7:0] z);
  assign y = (a + 8'd0) * 8'd1;
  assign z = (a ^ a) | (b & ~8'd0);
endmodule
""",
        after="""
module identities (
    input wire [7:0] a,
    input wire [7:0] b,
    output wire [7:0] y,
    output wire [7:0] z
);

    assign y = a;
    assign z = b;
endmodule
""",
    ),
    apply=everywhere(match, "operands that change nothing are gone"),
    always=True,
)
