"""Comparisons of the same words share one comparator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op, reached
from symbolic.rules.matching import inverse, proposing
from symbolic.rules.rule import Example, Goal, Rule

_ORDERS = frozenset({Op.ULT, Op.SLT})


def _find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    nodes = reached(module.roots())
    known = {(node.op, *node.operands): node for node in nodes}
    image: dict[Node, Node] = {}
    for node in nodes:
        other = _opposite(module.nodes, known, node, image)
        if other is not None:
            image[node] = other
    if image:
        yield image, "comparisons of the same words share a comparator"
    borrows = {n: b for n in nodes if (b := _borrow(module.nodes, known, n)) is not None}
    if borrows:
        image = {}
        for less, (difference, longer) in borrows.items():
            image[less] = module.nodes.slice(longer, less.operands[0].width, 1)
            image[difference] = module.nodes.slice(longer, 0, difference.width)
        yield image, "comparisons are the borrow of a subtraction"


def _opposite(
    nodes: Nodes, known: Mapping[tuple[object, ...], Node], node: Node, image: Mapping[Node, Node]
) -> Node | None:
    """Return b < a as neither a < b nor a == b, where those are there."""
    if node.op not in _ORDERS:
        return None
    left, right = node.operands
    less = known.get((node.op, right, left))
    equal = known.get((Op.EQ, left, right)) or known.get((Op.EQ, right, left))
    if less is None or less in image or equal is None:
        return None
    return inverse(nodes, nodes.make(Op.OR, 1, less, equal))


def _borrow(
    nodes: Nodes, known: Mapping[tuple[object, ...], Node], node: Node
) -> tuple[Node, Node] | None:
    """Return a - b and the same with one bit more, for a < b beside a - b."""
    difference = known.get((Op.SUB, *node.operands)) if node.op is Op.ULT else None
    if difference is None:
        return None
    width = difference.width + 1
    longer = nodes.make(Op.SUB, width, *(nodes.resized(o, width) for o in node.operands))
    return difference, longer


RULE = Rule(
    name="comparator-sharing",
    title="Comparisons share a comparator or a subtractor",
    matches="a < b beside b < a and a == b; a < b beside a - b",
    makes="~((a < b) | (a == b)); the borrow of the subtraction",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Koren: Computer Arithmetic Algorithms, 2nd ed., 5; Yosys: alumacc",
    example=Example(
        before="""
module sharing(input [7:0] a, input [7:0] b, output x, output y, output z);
  assign x = a < b;
  assign y = a == b;
  assign z = b < a;
endmodule
""",
        after="""
module sharing (
    input wire [7:0] a,
    input wire [7:0] b,
    output wire x,
    output wire y,
    output wire z
);

    assign x = ~(y | z);
    assign y = a == b;
    assign z = b < a;
endmodule
""",
    ),
    apply=proposing(_find),
)
