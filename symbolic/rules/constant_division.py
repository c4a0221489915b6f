"""Division and remainder by a constant as a multiplication."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op, reached
from symbolic.rules.matching import proposing
from symbolic.rules.ranges import Ranges
from symbolic.rules.rule import Example, Goal, Rule
from symbolic.rules.slice_of_parts import bits_of

_DIVIDING = frozenset({Op.UDIV, Op.UMOD})


def _find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    ranges = Ranges()
    divisions = [node for node in reached(module.roots()) if _by_constant(node)]
    image = {node: _multiplied(module.nodes, node, ranges) for node in divisions}
    if len(image) > 1:
        yield image, "divisions by constants become multiplications"
    for node, other in image.items():
        divisor = node.operands[1].value
        name = "division" if node.op is Op.UDIV else "remainder"
        yield {node: other}, f"{name} by {divisor} becomes a multiplication"


def _by_constant(node: Node) -> bool:
    return node.op in _DIVIDING and bool(node.operands[1].value)


def _multiplied(nodes: Nodes, node: Node, ranges: Ranges) -> Node:
    word, divisor = node.operands
    constant = int(divisor.value or 1)
    quotient = quotient_of(nodes, word, constant, ranges.high(word))
    if node.op is Op.UDIV:
        return quotient
    whole = nodes.make(Op.MUL, node.width, quotient, nodes.const(constant, node.width))
    return nodes.make(Op.SUB, node.width, word, whole)


def quotient_of(nodes: Nodes, word: Node, divisor: int, greatest: int) -> Node:
    """Return a word, at most `greatest`, divided by a constant."""
    factor, shift = reciprocal(divisor, greatest)
    width = max(1, (greatest * factor).bit_length())
    if width <= shift:
        return nodes.const(0, word.width)
    product = nodes.make(Op.MUL, width, nodes.resized(word, width), nodes.const(factor, width))
    return nodes.resized(bits_of(nodes, product, shift, width - shift), word.width)


def reciprocal(divisor: int, greatest: int) -> tuple[int, int]:
    """Return m and s such that x // divisor == x * m >> s for 0 <= x <= greatest, s smallest.

    Granlund, Montgomery: Division by invariant integers using multiplication,
    PLDI 1994: with m = ceil(2**s / divisor) it is enough that
    (m * divisor - 2**s) * greatest < 2**s.
    """
    shift = 0
    while True:
        factor = -(-(1 << shift) // divisor)
        if (factor * divisor - (1 << shift)) * greatest < 1 << shift:
            return factor, shift
        shift += 1


RULE = Rule(
    name="constant-division",
    title="Division and remainder by constants",
    matches="x / c, x % c, unsigned",
    makes="x * m >> s; x - (x / c) * c",
    allowed="m and s are right up to the greatest value that x can have",
    goals=frozenset({Goal.AREA, Goal.DELAY, Goal.POWER}),
    source="Granlund, Montgomery: Division by invariant integers using multiplication, PLDI 1994",
    example=Example(
        before="""
module divided(input [7:0] a, output [7:0] y);
  assign y = a / 8'd10;
endmodule
""",
        after="""
module divided (
    input wire [7:0] a,
    output wire [7:0] y
);

    wire [15:0] product = a * 16'd205;
    assign y = product[15:11];
endmodule
""",
    ),
    apply=proposing(_find),
)
