"""Equations whose sides have something in common."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.matching import Match, by_op, inverse, is_zero
from symbolic.rules.rule import Example, Goal, Rule, everywhere
from symbolic.rules.sums import ADDING, all_of_them, linear, written

_SIDES = ADDING | {Op.NOT}


def _equal(nodes: Nodes, node: Node) -> Node | None:
    left, right = node.operands
    if left.op in _SIDES or right.op in _SIDES:
        return _solved(nodes, node)
    for one, other in ((left, right), (right, left)):
        if one.op is Op.XOR:
            found = _exclusive(nodes, one, other)
            if found is not None:
                return found
        if one.op in (Op.ZEXT, Op.CONCAT) and other.op is Op.CONST:
            return _by_parts(nodes, one, other)
    return None


def _solved(nodes: Nodes, node: Node) -> Node | None:
    """Return the equation with all constants at the right, a single word at the left."""
    left, right = node.operands
    difference = linear(left, all_of_them)
    for term, factor in linear(right, all_of_them).terms.items():
        difference.add(term, -factor)
    difference.shift(-linear(right, all_of_them).constant)
    terms = sorted(difference.terms.items(), key=lambda term: term[0].number)
    factors = [factor for _, factor in terms]
    width = left.width
    if not terms:
        return nodes.const(difference.constant == 0, 1)
    if factors in ([1], [-1]):
        number = -difference.constant * factors[0]
        return _unless_same(nodes, node, terms[0][0], nodes.const(number, width))
    if sorted(factors) == [-1, 1]:
        positive, negative = sorted(terms, key=lambda term: -term[1])
        difference.terms = {negative[0]: 1}
        difference.constant = -difference.constant
        return _unless_same(nodes, node, positive[0], written(nodes, difference))
    return None


def _unless_same(nodes: Nodes, node: Node, left: Node, right: Node) -> Node | None:
    if {left, right} == set(node.operands):
        return None
    adders = sum(side.op in ADDING for side in node.operands)
    if right.op in ADDING and adders <= 1:
        return None
    return nodes.make(Op.EQ, 1, left, right)


def _exclusive(nodes: Nodes, one: Node, other: Node) -> Node | None:
    """Return a ^ b == 0 as a == b, a ^ b == a as b == 0, a ^ 3 == 5 as a == 6."""
    left, right = one.operands
    if is_zero(other):
        return nodes.make(Op.EQ, 1, left, right)
    if other in one.operands:
        rest = right if other is left else left
        return nodes.make(Op.EQ, 1, rest, nodes.const(0, rest.width))
    if right.value is not None and other.value is not None:
        return nodes.make(Op.EQ, 1, left, nodes.const(right.value ^ other.value, left.width))
    return None


def _by_parts(nodes: Nodes, word: Node, constant: Node) -> Node | None:
    """Return {a, 2'b01} == 9 as a == 2: what is constant is decided now."""
    text = str(constant.payload)
    if "x" in text:
        return None
    parts = word.operands
    if word.op is Op.ZEXT:
        parts = (nodes.const(0, word.width - parts[0].width), *parts)
    if not any(part.op is Op.CONST for part in parts):
        return None
    kept: list[Node] = []
    wanted = ""
    for part in parts:
        piece, text = text[: part.width], text[part.width :]
        if part.value is None:
            kept.append(part)
            wanted += piece
        elif part.payload != piece:
            return nodes.const(0, 1)
    return nodes.make(Op.EQ, 1, nodes.concat(*kept), nodes.bits(wanted))


def _negated(nodes: Nodes, node: Node) -> Node | None:
    """Return |(a - b) and |(a ^ b) as a != b."""
    inner = node.operands[0]
    if inner.op in (Op.SUB, Op.XOR):
        return inverse(nodes, nodes.make(Op.EQ, 1, *inner.operands))
    if inner.op is Op.ZEXT:
        return nodes.make(Op.REDUCE_OR, 1, *inner.operands)
    return None


_MATCHES: dict[Op, Match] = {Op.EQ: _equal, Op.REDUCE_OR: _negated}

match = by_op(_MATCHES)

RULE = Rule(
    name="equation-solving",
    title="Equations without arithmetic",
    matches="a + 3 == 5, a + b == a + c, a - b == 0, a ^ b == 0, {a, 2'b01} == 9",
    makes="a == 2, b == c, a == b, a == b, a == 2",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.DELAY, Goal.POWER}),
    source="Ganesh, Dill: A decision procedure for bit-vectors and arrays, CAV 2007 (solver)",
    example=Example(
        before="""
module solved(input [7:0] a, input [7:0] b, output x, output y);
  assign x = (a + 8'd3) == 8'd5;
  assign y = (a - b) == 8'd0;
endmodule
""",
        after="""
module solved (
    input wire [7:0] a,
    input wire [7:0] b,
    output wire x,
    output wire y
);

    assign x = a == 8'd2;
    assign y = a == b;
endmodule
""",
    ),
    apply=everywhere(match, "equations are solved"),
    always=True,
)
