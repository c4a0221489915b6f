"""Selection by a few bits as the smallest decision tree over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import LEAVES, Node, Nodes, Op, reached
from symbolic.facts.bits import BitLogic
from symbolic.facts.patterns import Patterns
from symbolic.facts.shared import facts_of
from symbolic.rules.matching import proposing
from symbolic.rules.mux_trees import mux_roots
from symbolic.rules.rule import Example, Goal, Rule

_BITS = 7
_TRIED = 5
"""Bits up to which all orders are tried; of more, the best next one is taken each time."""

_Table = tuple[Node, ...]
"""What is selected for each value of the bits, the first bit the least significant."""


def find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    """Yield trees of muxes in the form that needs fewest of them, if that is no more than now."""
    logic = facts_of(module).logic
    image: dict[Node, Node] = {}
    for root in mux_roots(module):
        muxes, bits = control(module.nodes, root)
        if len(muxes) > 1:
            made = smallest(module.nodes, bits, _table(root, muxes, bits, logic))
            if made is not root and len(_new_muxes(made, muxes)) <= len(muxes):
                image[root] = made
    if image:
        yield image, f"{len(image)} selections become trees over single bits"
    for root, made in image.items() if len(image) > 1 else ():
        yield {root: made}, f"a selection of {root.width} bits becomes a tree over single bits"


def control(nodes: Nodes, root: Node) -> tuple[list[Node], list[Node]]:
    """Return the muxes around the root of a tree that few bits decide, and these bits."""
    muxes: dict[Node, None] = {}
    bits: dict[Node, None] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop(0)
        if node.op is Op.MUX and node not in muxes:
            more = dict.fromkeys((*bits, *_bits(nodes, node.operands[:1])))
            if len(more) <= _BITS:
                muxes[node], bits = None, more
                waiting += node.operands[1:]
    return list(muxes), list(bits)


def _bits(nodes: Nodes, conditions: Sequence[Node]) -> list[Node]:
    """Return the single bits that conditions depend on."""
    found: dict[Node, None] = {}
    for node in reached(conditions):
        whole = node.op in LEAVES or node.op is Op.READ
        if node.op is Op.SLICE and node.operands[0].op in LEAVES:
            _add(nodes, found, node.operands[0], int(node.payload or 0), node.width)
        elif whole and node.op is not Op.CONST and _looked_at(node, conditions):
            _add(nodes, found, node, 0, node.width)
    return list(found)


def _looked_at(node: Node, conditions: Sequence[Node]) -> bool:
    """Whether anything but a slice looks at a leaf."""
    return node in conditions or any(
        node in other.operands and other.op is not Op.SLICE for other in reached(conditions)
    )


def _add(nodes: Nodes, found: dict[Node, None], node: Node, low: int, width: int) -> None:
    for i in range(low, low + width):
        found[nodes.slice(node, i, 1)] = None


def _table(root: Node, muxes: Sequence[Node], bits: Sequence[Node], logic: BitLogic) -> _Table:
    patterns = Patterns(logic, bits)
    known = {mux: patterns.of(logic.bit(mux.operands[0])) for mux in muxes}
    table = []
    for point in range(1 << len(bits)):
        node = root
        while node in known:
            node = node.operands[1 if known[node] >> point & 1 else 2]
        table.append(node)
    return tuple(table)


def smallest(nodes: Nodes, bits: Sequence[Node], table: _Table) -> Node:
    """Return the tree of muxes over single bits with the order that needs fewest."""
    if len(bits) <= _TRIED:
        orders = list(permutations(range(len(bits))))
    else:
        orders = [_greedy(len(bits), table)]
    best = min(orders, key=lambda order: len(_levels(table, order)))
    return _built(nodes, bits, table, best)


def _greedy(count: int, table: _Table) -> tuple[int, ...]:
    """Return an order in which each bit leaves as few different tables as possible."""
    order: list[int] = []
    while len(order) < count:
        others = [i for i in range(count) if i not in order]
        order.append(min(others, key=lambda i: (len(_split(table, [*order, i])), i)))
    return tuple(order)


def _split(table: _Table, order: Sequence[int]) -> set[_Table]:
    tables = {table}
    for place in range(len(order)):
        shift = _shift(order, place)
        tables = {half for one in tables for half in _halves(one, shift)}
    return tables


def _levels(table: _Table, order: Sequence[int]) -> set[_Table]:
    """Return the different tables that need a mux."""
    return {
        one
        for place in range(len(order))
        for one in _split(table, order[:place])
        if len(set(_halves(one, _shift(order, place)))) > 1
    }


def _shift(order: Sequence[int], place: int) -> int:
    """Return where a bit stands among those that are not decided before it."""
    return order[place] - sum(other < order[place] for other in order[:place])


def _halves(table: _Table, bit: int) -> tuple[_Table, _Table]:
    """Return the table where a bit is 1, and where it is 0."""
    ones = tuple(node for point, node in enumerate(table) if point >> bit & 1)
    zeros = tuple(node for point, node in enumerate(table) if not point >> bit & 1)
    return ones, zeros


def _built(nodes: Nodes, bits: Sequence[Node], table: _Table, order: Sequence[int]) -> Node:
    if len(table) == 1:
        return table[0]
    first, *rest = order
    ones, zeros = _halves(table, first)
    lower = [i - (i > first) for i in rest]
    others = [bit for i, bit in enumerate(bits) if i != first]
    true = _built(nodes, others, ones, lower)
    false = true if ones == zeros else _built(nodes, others, zeros, lower)
    return true if true is false else nodes.mux(bits[first], true, false)


def _new_muxes(made: Node, before: Sequence[Node]) -> list[Node]:
    """Return the muxes around the root of a tree, down to what `before` selects from."""
    selected = {data for mux in before for data in mux.operands[1:]} - set(before)
    found: dict[Node, None] = {}
    waiting = [made]
    while waiting:
        node = waiting.pop()
        if node.op is Op.MUX and node not in selected:
            found[node] = None
            waiting += node.operands[1:]
    return list(found)


RULE = Rule(
    name="decision-trees",
    title="Selection as the smallest decision tree",
    matches="a tree or chain of muxes, as of a case statement, whose conditions depend on at most"
    f" {_BITS} bits, however they are written",
    makes="a tree of muxes, each decided by one of the bits, in the order that needs fewest",
    allowed="no more muxes result than there were",
    goals=frozenset({Goal.AREA, Goal.DELAY}),
    source="Bryant: Graph-based algorithms for Boolean function manipulation, IEEE TC 35(8), 1986;"
    " Moret: Decision trees and diagrams, ACM Computing Surveys 14(4), 1982",
    example=Example(
        before="""
module unit(input [1:0] op, input [7:0] a, input [7:0] b, output [7:0] y);
  assign y = &op ? a | b : (op == 2'd0) ? a + b : op[1] ? a & b : a - b;
endmodule
""",
        after="""
module unit (
    input wire [1:0] op,
    input wire [7:0] a,
    input wire [7:0] b,
    output wire [7:0] y
);

    assign y = op[0] ? (op[1] ? a | b : a - b) :
               op[1] ? a & b :
               a + b;
endmodule
""",
    ),
    apply=proposing(find),
)
