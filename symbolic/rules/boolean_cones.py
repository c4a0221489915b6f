"""Small cones of logic as the fewest gates that do the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from symbolic.bit_blast import Word, blasted
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op, uses
from symbolic.rules.matching import inverse, name_of, proposing
from symbolic.rules.rule import Example, Goal, Rule
from symbolic.rules.small_functions import (
    MOST_INPUTS,
    Formula,
    Gate,
    cost_of,
    formula_of,
    product_of_sums,
    sum_of_products,
)

_WIDEST = 4
_MOST_NODES = 48
_THROUGH = frozenset({Op.NOT, Op.AND, Op.OR, Op.XOR, Op.MUX, Op.EQ, Op.ULT, Op.SLT, Op.SLICE})
_ALSO = frozenset({Op.REDUCE_AND, Op.REDUCE_OR, Op.REDUCE_XOR, Op.CONCAT, Op.ZEXT, Op.SEXT})
_FEWEST = "fewer gates"
_FORMS: dict[str, Callable[[int, int], Formula]] = {
    _FEWEST: formula_of,
    "a sum of products": sum_of_products,
    "a product of sums": product_of_sums,
}
_COST = {Op.AND: 1, Op.OR: 1, Op.XOR: 3, Op.MUX: 3}


@dataclass(frozen=True, slots=True)
class _Tables:
    """The algebra of truth tables of so many inputs."""

    inputs: int

    @property
    def zero(self) -> int:
        return 0

    @property
    def one(self) -> int:
        return (1 << (1 << self.inputs)) - 1

    def input(self, place: int) -> int:
        """Return the table of an input."""
        return sum(1 << point for point in range(1 << self.inputs) if point >> place & 1)

    def invert(self, a: int, /) -> int:
        return a ^ self.one

    def both(self, a: int, b: int, /) -> int:
        return a & b

    def either(self, a: int, b: int, /) -> int:
        return a | b

    def differ(self, a: int, b: int, /) -> int:
        return a ^ b

    def choose(self, condition: int, true: int, false: int, /) -> int:
        return (condition & true) | (self.invert(condition) & false)


def _find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    forms: dict[str, dict[Node, Node]] = {name: {} for name in _FORMS}
    for node, counts in _tops(module):
        for name, other in _others(module.nodes, node, counts):
            forms[name][node] = other
    for name, image in forms.items():
        if len(image) > 1:
            yield image, f"{len(image)} small functions become {name}"
    for name, image in forms.items():
        for node, other in image.items():
            yield {node: other}, f"{name_of(module, node)} becomes {name}"


def _tops(module: Dataflow) -> Iterator[tuple[Node, Mapping[Node, int]]]:
    """Yield bits of logic that are more than a part of other bits of logic."""
    counts = uses(module.roots())
    inside = {
        operand
        for node in counts
        if node.width == 1 and node.op in _THROUGH
        for operand in node.operands
        if operand.width == 1 and counts[operand] == 1
    }
    for node in counts:
        if node.width == 1 and node.op in _COST and node not in inside:
            yield node, counts


def _others(nodes: Nodes, top: Node, counts: Mapping[Node, int]) -> Iterator[tuple[str, Node]]:
    """Yield other forms of a bit: one of fewer gates, and in two levels, where they differ."""
    cone = _cone(top)
    if cone is None:
        return
    inner, leaves = cone
    bits = [(leaf, place) for leaf in leaves for place in range(leaf.width)]
    if not bits or len(bits) > MOST_INPUTS:
        return
    table = _table(inner, leaves, top)
    names = [nodes.slice(leaf, place, 1) for leaf, place in bits]
    seen = {top}
    for name, form in _FORMS.items():
        formula = form(table, len(bits))
        if name == _FEWEST and cost_of(formula) >= _cost(inner, top, counts):
            continue
        other = _written(nodes, formula, names)
        if other not in seen:
            seen.add(other)
            yield name, other


def _cone(top: Node) -> tuple[list[Node], list[Node]] | None:
    """Return what lies between a bit and few leaves, operands first, and the leaves."""
    inner: dict[Node, None] = {}
    leaves: dict[Node, None] = {}
    waiting = [top]
    while waiting:
        node = waiting.pop()
        if node in inner or node in leaves:
            continue
        if node.op is Op.CONST and node.value is None:
            return None
        if node.op in _THROUGH | _ALSO | {Op.CONST} and _small(node):
            inner[node] = None
            waiting += node.operands
        else:
            leaves[node] = None
        if len(inner) > _MOST_NODES or sum(leaf.width for leaf in leaves) > MOST_INPUTS:
            return None
    order = sorted(inner, key=lambda node: node.number)
    return order, sorted(leaves, key=lambda node: node.number)


def _small(node: Node) -> bool:
    """Whether a node can be looked through: bits of leaves are leaves themselves."""
    if node.op is Op.SLICE and node.operands[0].width > _WIDEST:
        return False
    return all(operand.width <= _WIDEST for operand in node.operands)


def _table(inner: Sequence[Node], leaves: Sequence[Node], top: Node) -> int:
    tables = _Tables(sum(leaf.width for leaf in leaves))
    known: dict[Node, Word[int]] = {}
    place = 0
    for leaf in leaves:
        known[leaf] = tuple(tables.input(place + i) for i in range(leaf.width))
        place += leaf.width
    for node in inner:
        if node.op is Op.CONST:
            known[node] = tuple(tables.one if c == "1" else 0 for c in reversed(str(node.payload)))
        else:
            known[node] = blasted(tables, node, [known[operand] for operand in node.operands])
    return known[top][0]


def _cost(inner: Sequence[Node], top: Node, counts: Mapping[Node, int]) -> int:
    """Return the gates that go with `top`: those that nothing outside uses."""
    going = {top}
    for node in reversed(inner):
        users = sum(node in other.operands for other in going)
        if node is not top and users and counts.get(node, 0) <= users:
            going.add(node)
    return sum(_gates(node) for node in going)


def _gates(node: Node) -> int:
    if node.op in (Op.EQ, Op.ULT, Op.SLT):
        constant = any(operand.op is Op.CONST for operand in node.operands)
        width = node.operands[0].width
        return width - 1 if constant else 4 * width - 1
    if node.op in (Op.REDUCE_AND, Op.REDUCE_OR):
        return node.operands[0].width - 1
    return _COST.get(node.op, 0) * node.width


def _written(nodes: Nodes, formula: Formula, names: Sequence[Node]) -> Node:
    if isinstance(formula, bool):
        return nodes.const(formula, 1)
    if not isinstance(formula, Gate):
        return names[formula]
    parts = [_written(nodes, operand, names) for operand in formula.operands]
    if formula.name == "not":
        return inverse(nodes, parts[0])
    return nodes.make(Op(formula.name), 1, *parts)


RULE = Rule(
    name="boolean-cones",
    title="Small functions in fewest gates",
    matches="a bit that depends on at most six others through gates and comparisons",
    makes="a formula of fewer gates; a minimum sum of products or product of sums",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.DELAY, Goal.POWER}),
    source="Bertacco, Damiani: The disjunctive decomposition of logic functions, ICCAD 1997; "
    "Mishchenko, Chatterjee, Brayton: DAG-aware AIG rewriting, DAC 2006",
    example=Example(
        before="""
module cones(input a, input b, input c, output y);
  assign y = (a & b & c) | (a & ~b & c) | (~a & b & c);
endmodule
""",
        after="""
module cones (
    input wire a,
    input wire b,
    input wire c,
    output wire y
);

    assign y = c & (a | b);
endmodule
""",
    ),
    apply=proposing(_find),
)
