"""Multiplication of one word by several constants with shared shifts and additions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op, reached
from symbolic.rules.adder_graph import MOST_BITS, Step, adder_graph
from symbolic.rules.constant_multiplication import factors
from symbolic.rules.matching import proposing
from symbolic.rules.rule import Example, Goal, Rule
from symbolic.rules.shift_merging import by

_Products = dict[Node, int]


def _find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    groups: dict[Node, _Products] = {}
    for node in reached(module.roots()):
        found = factors(node)
        if found is not None and _signed(found[1], node.width).bit_length() <= MOST_BITS:
            groups.setdefault(found[0], {})[node] = found[1]
    images = {word: _products(module.nodes, word, products) for word, products in groups.items()}
    if len(images) > 1:
        everything = {node: other for image in images.values() for node, other in image.items()}
        yield everything, "constant multiplications share shifts and additions"
    for word, image in images.items():
        numbers = ", ".join(str(number) for number in sorted(groups[word].values()))
        yield image, f"multiplication by {numbers} shares shifts and additions"


def _signed(constant: int, width: int) -> int:
    """Return the number of least size that is the constant modulo 2**width."""
    return constant - (1 << width) if constant >> (width - 1) else constant


def _products(nodes: Nodes, word: Node, products: _Products) -> dict[Node, Node]:
    sizes = {node: abs(_signed(constant, node.width)) for node, constant in products.items()}
    odd = {size // (size & -size) for size in sizes.values()} - {1}
    made = _made(nodes, word, adder_graph(odd))
    return {
        node: _product(nodes, made, size, negative=_signed(products[node], node.width) < 0)
        for node, size in sizes.items()
    }


def _made(nodes: Nodes, word: Node, steps: tuple[Step, ...]) -> dict[int, Node]:
    made = {1: word}
    for step in steps:
        left = by(nodes, Op.SHL, made[step.left], step.left_shift)
        right = by(nodes, Op.SHL, made[step.right], step.right_shift)
        made[step.value] = nodes.make(Op.ADD if step.sign > 0 else Op.SUB, word.width, left, right)
    return made


def _product(nodes: Nodes, made: Mapping[int, Node], size: int, *, negative: bool) -> Node:
    low = size & -size
    product = by(nodes, Op.SHL, made[size // low], low.bit_length() - 1)
    if not negative:
        return product
    return nodes.make(Op.SUB, product.width, nodes.const(0, product.width), product)


RULE = Rule(
    name="multiple-constants",
    title="Multiplication by several constants",
    matches="x * c, x * d, ...",
    makes="a graph of shifts, additions and subtractions that makes all the products",
    allowed=f"constants of at most {MOST_BITS} bits",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Voronenko, Pueschel: Multiplierless multiple constant multiplication, ACM TALG 2007",
    example=Example(
        before="""
module products(input [11:0] a, output [11:0] x, output [11:0] y);
  assign x = a * 12'd5;
  assign y = a * 12'd45;
endmodule
""",
        after="""
module products (
    input wire [11:0] a,
    output wire [11:0] x,
    output wire [11:0] y
);

    assign x = a + (a << 2);
    assign y = x + (x << 3);
endmodule
""",
    ),
    apply=proposing(_find),
)
