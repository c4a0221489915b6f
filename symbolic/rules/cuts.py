"""Bits as functions of few other bits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.slice_of_parts import bits_of

_BITWISE = frozenset({Op.NOT, Op.AND, Op.OR, Op.XOR, Op.MUX})
_MOST_CUTS = 16

Cut = tuple[Node, ...]
"""Bits, in the order of their numbers."""
Table = int
"""Bit i is the value where the leaves, the first the least significant, spell i."""


def bit_of(nodes: Nodes, node: Node, place: int, known: dict[tuple[Node, int], Node]) -> Node:
    """Return one bit of a node, bitwise operations on words taken apart."""
    waiting = [(node, place)]
    while waiting:
        one = waiting[-1]
        missing = [each for each in _parts(*one) if each not in known]
        if one in known or not missing:
            waiting.pop()
            known.setdefault(one, _made(nodes, *one, known))
        else:
            waiting += missing
    return known[node, place]


def _parts(node: Node, place: int) -> list[tuple[Node, int]]:
    """Return the bits that a bit is made of; none for a bit that is a leaf."""
    if node.op in _BITWISE:
        first = 1 if node.op is Op.MUX else 0
        condition = [(operand, 0) for operand in node.operands[:first]]
        return condition + [(operand, place) for operand in node.operands[first:]]
    if node.op is Op.EQ and node.operands[0].width == 1:
        return [(operand, 0) for operand in node.operands]
    if node.op is Op.SLICE:
        return [(node.operands[0], place + int(node.payload or 0))]
    if node.op is Op.CONCAT:
        for part in reversed(node.operands):
            if place < part.width:
                return [(part, place)]
            place -= part.width
    if node.op is Op.ZEXT and place < node.operands[0].width:
        return [(node.operands[0], place)]
    if node.op is Op.SEXT:
        return [(node.operands[0], min(place, node.operands[0].width - 1))]
    return []


def _made(nodes: Nodes, node: Node, place: int, known: dict[tuple[Node, int], Node]) -> Node:
    parts = [known[part] for part in _parts(node, place)]
    if not parts:
        return bits_of(nodes, node, place, 1)
    if node.op in _BITWISE or node.op is Op.EQ:
        return nodes.make(node.op, 1, *parts)
    return parts[0]


_GATES: dict[Op, Callable[..., int]] = {
    Op.NOT: lambda a: 1 - a,
    Op.AND: lambda a, b: a & b,
    Op.OR: lambda a, b: a | b,
    Op.XOR: lambda a, b: a ^ b,
    Op.EQ: lambda a, b: 1 - (a ^ b),
    Op.MUX: lambda c, a, b: a if c else b,
}


class Cuts:
    """Sets of at most `size` bits that decide a bit, with the function (cut enumeration).

    Mishchenko, Chatterjee, Brayton: DAG-aware AIG rewriting, DAC 2006.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._known: dict[Node, dict[Cut, Table]] = {}

    def of(self, node: Node) -> dict[Cut, Table]:
        """Return cuts and functions of a bit made by `bit_of`; the bit alone is the first."""
        waiting = [node]
        while waiting:
            top = waiting[-1]
            missing = [o for o in top.operands if _inner(top) and o not in self._known]
            if top in self._known or not missing:
                waiting.pop()
                if top not in self._known:
                    self._known[top] = self._enumerated(top)
            else:
                waiting += missing
        return self._known[node]

    def _enumerated(self, node: Node) -> dict[Cut, Table]:
        if node.value is not None:
            return {(): node.value}
        found: dict[Cut, Table] = {(node,): 0b10}
        if not _inner(node):
            return found
        for chosen in product(*(self._known[o].items() for o in node.operands)):
            leaves = _union(cut for cut, _ in chosen)
            if len(leaves) <= self._size and leaves not in found:
                found[leaves] = _table(node, leaves, list(chosen))
            if len(found) >= _MOST_CUTS:
                break
        return found


def _inner(node: Node) -> bool:
    return node.op in _GATES and node.width == 1 and all(o.width == 1 for o in node.operands)


def _union(cuts: Iterable[Cut]) -> Cut:
    return tuple(sorted({leaf for cut in cuts for leaf in cut}, key=lambda leaf: leaf.number))


def _table(node: Node, leaves: Cut, chosen: list[tuple[Cut, Table]]) -> Table:
    gate = _GATES[node.op]
    places = [[leaves.index(leaf) for leaf in cut] for cut, _ in chosen]
    table = 0
    for point in range(1 << len(leaves)):
        values = [
            part >> sum((point >> place & 1) << i for i, place in enumerate(where)) & 1
            for (_, part), where in zip(chosen, places, strict=True)
        ]
        table |= gate(*values) << point
    return table
