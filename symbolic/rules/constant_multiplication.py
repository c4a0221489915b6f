"""Multiplication by one constant as shifts, additions and subtractions."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.rule import Example, Goal, Rule, one_by_one
from symbolic.rules.shift_merging import by
from symbolic.rules.sums import signed_digits

_MOST_DIGITS = 8


def factors(node: Node) -> tuple[Node, int] | None:
    """Return the word and the constant of a multiplication by a constant above 1."""
    if node.op is not Op.MUL:
        return None
    for one, other in (node.operands, node.operands[::-1]):
        if other.value is not None and other.value > 1 and one.op is not Op.CONST:
            return one, other.value
    return None


def match(nodes: Nodes, node: Node) -> Node | None:
    """Return a multiplication by a constant as a sum of shifted operands."""
    found = factors(node)
    if found is None:
        return None
    word, constant = found
    digits = [digit for digit in signed_digits(constant) if digit[0] < node.width]
    if len(digits) > _MOST_DIGITS:
        return None
    added = [by(nodes, Op.SHL, word, place) for place, sign in reversed(digits) if sign > 0]
    taken = [by(nodes, Op.SHL, word, place) for place, sign in digits if sign < 0]
    total = added[0] if added else nodes.const(0, node.width)
    for term in added[1:]:
        total = nodes.make(Op.ADD, node.width, total, term)
    for term in taken:
        total = nodes.make(Op.SUB, node.width, total, term)
    return total


def _what(node: Node) -> str:
    found = factors(node)
    return f"multiplication by {found[1] if found else 0} becomes shifts and additions"


RULE = Rule(
    name="constant-multiplication",
    title="Multiplication by a constant as shifts and additions",
    matches="x * c",
    makes="a sum of shifted x, one for each digit that is not 0 of c in canonical signed digits",
    allowed=f"at most {_MOST_DIGITS} such digits",
    goals=frozenset({Goal.AREA, Goal.DELAY, Goal.POWER}),
    source="Reitwieser: Binary arithmetic, 1960; Bernstein: Multiplication by integer constants, "
    "1986",
    example=Example(
        before="""
module times(input [7:0] a, output [7:0] y);
  assign y = a * 8'd15;
endmodule
""",
        after="""
module times (
    input wire [7:0] a,
    output wire [7:0] y
);

    assign y = (a << 4) - a;
endmodule
""",
    ),
    apply=one_by_one(match, _what),
)
