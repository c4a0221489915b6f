"""Comparisons with constants that look at few bits."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.matching import Match, by_op, inverse, is_ones, is_zero
from symbolic.rules.rule import Example, Goal, Rule, everywhere
from symbolic.rules.slice_of_parts import bits_of


def _equal(nodes: Nodes, node: Node) -> Node | None:
    left, right = node.operands
    if left.op is Op.CONST:
        left, right = right, left
    if left.width == 1 or right.op is not Op.CONST:
        return None
    if is_zero(right):
        return inverse(nodes, nodes.make(Op.REDUCE_OR, 1, left))
    if is_ones(right):
        return nodes.make(Op.REDUCE_AND, 1, left)
    return None


def _less(nodes: Nodes, node: Node) -> Node | None:
    left, right = node.operands
    if right.value:
        return _below(nodes, left, right.value)
    if left.value is not None and left.value + 1 < 1 << left.width:
        above = _below(nodes, right, left.value + 1)
        return None if above is None else inverse(nodes, above)
    return None


def _below(nodes: Nodes, word: Node, limit: int) -> Node | None:
    """Return `word < limit`, a power of two times 1, or times 2**n - 1 with n high bits."""
    low = (limit & -limit).bit_length() - 1
    upper = bits_of(nodes, word, low, word.width - low)
    if limit >> low == 1:
        return inverse(nodes, nodes.make(Op.REDUCE_OR, 1, upper))
    if limit >> low == (1 << upper.width) - 1:
        return inverse(nodes, nodes.make(Op.REDUCE_AND, 1, upper))
    if low:
        return nodes.make(Op.ULT, 1, upper, nodes.const(limit >> low, upper.width))
    return None


def _signed(nodes: Nodes, node: Node) -> Node | None:
    left, right = node.operands
    top = left.width - 1
    if is_zero(right):
        return nodes.slice(left, top, 1)
    if is_ones(left):
        return inverse(nodes, nodes.slice(right, top, 1))
    return None


_MATCHES: dict[Op, Match] = {Op.EQ: _equal, Op.ULT: _less, Op.SLT: _signed}

match = by_op(_MATCHES)

RULE = Rule(
    name="comparator-with-constant",
    title="Comparisons with constants",
    matches="x < 16, x < 240, x < 12, 15 < x, x == 0, x == 255; signed x < 0",
    makes="~|x[7:4], ~&x[7:4], x[7:2] < 3, |x[7:4], ~|x, &x; the sign of x",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.DELAY, Goal.POWER}),
    source="Warren: Hacker's Delight, 2nd ed., 2.12; Yosys: opt_expr",
    example=Example(
        before="""
module compared(input [7:0] a, output x, output y, output z);
  assign x = a < 8'd16;
  assign y = a == 8'd0;
  assign z = a > 8'd251;
endmodule
""",
        after="""
module compared (
    input wire [7:0] a,
    output wire x,
    output wire y,
    output wire z
);

    assign x = ~|a[7:4];
    assign y = ~|a;
    assign z = &a[7:2];
endmodule
""",
    ),
    apply=everywhere(match, "comparisons with constants look at fewer bits"),
    always=True,
)
