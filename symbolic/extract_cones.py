"""Functions of nodes where some of them have known values.

With the state known, most of a machine's logic is known too: of a `case` with a
thousand branches one is left. So nodes are looked at from the roots down, and
what a known condition does not choose is never looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symbolic.bdd import Bdd, Cones, Word
from symbolic.bit_blast import blasted
from symbolic.dataflow.nodes import LEAVES, Node, Op

Value = int | Word
"""A number, or a function for each bit, the lowest first."""


class PartialCones:
    """Functions over the variables of `cones`; words once computed for good are kept."""

    def __init__(self, cones: Cones, ends: frozenset[Node], free: frozenset[Node]) -> None:
        """Keep words of nodes in `free`: they depend on nothing that is ever given."""
        self._cones, self._ends, self._free = cones, ends, free
        self._kept: dict[Node, Value] = {}
        self._comparisons: dict[Node, tuple[Node, int] | None] = {}

    def bits(self, roots: Sequence[Node], given: Mapping[Node, int]) -> list[Bdd]:
        """Return the functions of `roots`, the most significant bit of each first.

        `given` has the values of nodes that are known.
        """
        known: dict[Node, Value] = dict(given)
        found: list[Bdd] = []
        for root in roots:
            self._evaluate(root, known)
            found += reversed(self._word(self._value(root, known), root.width))
        return found

    def _value(self, node: Node, known: Mapping[Node, Value]) -> Value:
        return known[node] if node in known else self._kept[node]

    def _evaluate(self, root: Node, known: dict[Node, Value]) -> None:
        waiting = [root]
        while waiting:
            node = waiting[-1]
            if node in known or node in self._kept:
                waiting.pop()
                continue
            chosen = self._chosen(node, known)
            operands = (chosen,) if chosen is not node else self._operands(node, known)
            missing = [o for o in operands if o not in known and o not in self._kept]
            if missing:
                waiting += missing
                continue
            value = self._value(chosen, known) if chosen is not node else self._made(node, known)
            (self._kept if node in self._free else known)[node] = value
            waiting.pop()

    def _chosen(self, node: Node, known: Mapping[Node, Value]) -> Node:
        """Return the node that known conditions choose; `node` itself if it is no such choice."""
        while node.op is Op.MUX and node not in self._ends:
            condition = self._decided(node.operands[0], known)
            if condition is None:
                break
            node = node.operands[1 if condition else 2]
        return node

    def _decided(self, condition: Node, known: Mapping[Node, Value]) -> int | None:
        found = known.get(condition, self._kept.get(condition))
        if found is not None:
            return found if isinstance(found, int) else None
        if condition not in self._comparisons:
            self._comparisons[condition] = _comparison(condition)
        comparison = self._comparisons[condition]
        if comparison is None or condition in self._ends:
            return None
        value = known.get(comparison[0])
        return int(value == comparison[1]) if isinstance(value, int) else None

    def _operands(self, node: Node, known: Mapping[Node, Value]) -> tuple[Node, ...]:
        """Return what has to be known next to know `node`."""
        if self._is_end(node):
            return ()
        if node.op is Op.MUX:
            condition = node.operands[0]
            if condition not in known and condition not in self._kept:
                return (condition,)
        return node.operands

    def _is_end(self, node: Node) -> bool:
        return node.op in LEAVES or node.op is Op.READ or node in self._ends

    def _made(self, node: Node, known: Mapping[Node, Value]) -> Value:
        if self._is_end(node):
            return self._cones.bits(node) if node.value is None else node.value
        values = [self._value(operand, known) for operand in node.operands]
        if node.op is Op.EQ and isinstance(values[0], int) and isinstance(values[1], int):
            return int(values[0] == values[1])
        words = [self._word(v, o.width) for v, o in zip(values, node.operands, strict=True)]
        return self._folded(blasted(self._cones, node, words))

    def _word(self, value: Value, width: int) -> Word:
        if not isinstance(value, int):
            return value
        cones = self._cones
        return tuple(cones.one if value >> bit & 1 else cones.zero for bit in range(width))

    def _folded(self, word: Word) -> Value:
        one, zero = self._cones.one, self._cones.zero
        number = 0
        for place, bit in enumerate(word):
            if bit == one:
                number |= 1 << place
            elif bit != zero:
                return word
        return number


def _comparison(node: Node) -> tuple[Node, int] | None:
    """Return what is compared with which number, of a comparison with a constant."""
    if node.op is not Op.EQ:
        return None
    left, right = node.operands
    if left.value is not None:
        left, right = right, left
    if right.value is None:
        return None
    while left.op is Op.ZEXT:
        left = left.operands[0]
    return left, right.value
