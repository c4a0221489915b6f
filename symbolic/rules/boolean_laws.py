"""Absorption, complements and De Morgan's laws on words."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.matching import Match, by_op, inverse, opposite
from symbolic.rules.rule import Example, Goal, Rule, everywhere

_DUAL = {Op.AND: Op.OR, Op.OR: Op.AND}


def _lattice(nodes: Nodes, node: Node) -> Node | None:
    left, right = node.operands
    for one, other in ((left, right), (right, left)):
        found = _absorbed(nodes, node.op, one, other)
        if found is not None:
            return found
    return _de_morgan(nodes, node)


def _absorbed(nodes: Nodes, op: Op, one: Node, other: Node) -> Node | None:
    """Return what `one` joined with `other`, an operation of its own, comes to."""
    if other.op is op and one in other.operands:
        return other
    if other.op is _DUAL[op]:
        if one in other.operands:
            return one
        rest = _without_opposite(one, other)
        if rest is not None:
            return nodes.make(op, one.width, one, rest)
        return _factored(nodes, op, one, other)
    return None


def _without_opposite(one: Node, other: Node) -> Node | None:
    left, right = other.operands
    if opposite(one, left):
        return right
    return left if opposite(one, right) else None


def _factored(nodes: Nodes, op: Op, one: Node, other: Node) -> Node | None:
    """Return (a & b) | (a & c) as a & (b | c), and a if c is the opposite of b."""
    if one.op is not other.op:
        return None
    for common, first in (one.operands, one.operands[::-1]):
        if common in other.operands:
            second = other.operands[1 - other.operands.index(common)]
            if opposite(first, second):
                return common
            inner = nodes.make(op, one.width, first, second)
            return nodes.make(one.op, one.width, common, inner)
    return None


def _de_morgan(nodes: Nodes, node: Node) -> Node | None:
    if all(operand.op is Op.NOT for operand in node.operands):
        inner = nodes.make(_DUAL[node.op], node.width, *(o.operands[0] for o in node.operands))
        return inverse(nodes, inner)
    return None


def _exclusive(nodes: Nodes, node: Node) -> Node | None:
    left, right = node.operands
    if Op.NOT not in (left.op, right.op):
        return None
    plain = [o.operands[0] if o.op is Op.NOT else o for o in node.operands]
    both = nodes.make(Op.XOR, node.width, *plain)
    return both if left.op is right.op else inverse(nodes, both)


_MATCHES: dict[Op, Match] = {Op.AND: _lattice, Op.OR: _lattice, Op.XOR: _exclusive}

match = by_op(_MATCHES)

RULE = Rule(
    name="boolean-laws",
    title="Absorption, common factors and De Morgan's laws",
    matches="a & (a | b), a | (~a & b), (a & b) | (a & c), ~a & ~b, ~a ^ b on words of any width",
    makes="a, a | b, a & (b | c), ~(a | b), ~(a ^ b)",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.DELAY}),
    source="Huntington: Sets of independent postulates for the algebra of logic, 1904",
    example=Example(
        before="""
module laws(input [7:0] a, input [7:0] b, input [7:0] c, output [7:0] y, output [7:0] z);
  assign y = a | (~a & b);
  assign z = (a & b) | (a & c);
endmodule
""",
        after="""
module laws (
    input wire [7:0] a,
    input wire [7:0] b,
    input wire [7:0] c,
    output wire [7:0] y,
    output wire [7:0] z
);

    assign y = a | b;
    assign z = a & (b | c);
endmodule
""",
    ),
    apply=everywhere(match, "words are joined by fewer operations"),
    always=True,
)
