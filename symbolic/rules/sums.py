"""Sums of words with coefficients, modulo a power of two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op, reached, uses
from symbolic.rules.folding import signed
from symbolic.rules.shift_merging import by

ADDING = frozenset({Op.ADD, Op.SUB})
_OPENED = frozenset({Op.ADD, Op.SUB, Op.MUL, Op.SHL, Op.NOT, Op.CONCAT})

Opens = Callable[[Node], bool]


@dataclass(slots=True, kw_only=True)
class Sum:
    """`constant` plus each node times its coefficient, modulo 2**`width`.

    Coefficients are not 0, and of the two that mean the same the one nearer to 0.
    """

    width: int
    terms: dict[Node, int] = field(default_factory=dict)
    constant: int = 0
    written: int = 0
    """What `cost` was as the sum was written."""

    def add(self, node: Node, coefficient: int) -> None:
        """Add a node times a number."""
        total = self.terms.pop(node, 0) + coefficient
        total = signed(total & ((1 << self.width) - 1), self.width)
        if total:
            self.terms[node] = total

    def shift(self, number: int) -> None:
        """Add a number."""
        total = self.constant + number
        self.constant = signed(total & ((1 << self.width) - 1), self.width)

    @property
    def cost(self) -> int:
        """How many words have to be added: shifted operands, and a constant."""
        digits = sum(len(signed_digits(c)) for c in self.terms.values())
        return digits + (self.constant != 0)


def signed_digits(number: int) -> tuple[tuple[int, int], ...]:
    """Return a number as a sum of fewest powers of two: (exponent, 1 or -1), smallest first.

    Canonical signed digits: Reitwieser, Binary arithmetic, 1960.
    """
    digits: list[tuple[int, int]] = []
    place = 0
    while number:
        if number & 1:
            digit = 2 - (number & 3)
            digits.append((place, digit))
            number -= digit
        number >>= 1
        place += 1
    return tuple(digits)


def linear(root: Node, opens: Opens) -> Sum:
    """Return a node as a sum; operations inside for which `opens` says no are terms."""
    found = Sum(width=root.width)
    waiting = [(root, 1)]
    while waiting:
        node, factor = waiting.pop()
        parts = _parts(node) if node is root or opens(node) else None
        if node.value is not None:
            found.shift(factor * node.value)
            found.written += node is root or node.value != 0
        elif parts is None:
            found.add(node, factor)
            factor = signed(factor & ((1 << root.width) - 1), root.width)
            found.written += len(signed_digits(factor))
        else:
            constant, terms = parts
            found.shift(factor * constant)
            waiting += [(operand, factor * scale) for operand, scale in terms]
    return found


def _parts(node: Node) -> tuple[int, list[tuple[Node, int]]] | None:
    """Return a constant and operands with factors that add up to the node."""
    if node.op is Op.ADD:
        return 0, [(operand, 1) for operand in reversed(node.operands)]
    if node.op is Op.SUB:
        return 0, [(node.operands[1], -1), (node.operands[0], 1)]
    if node.op is Op.NOT:
        return -1, [(node.operands[0], -1)]
    if node.op is Op.MUL:
        return _scaled(*node.operands)
    if node.op is Op.SHL and node.operands[1].value is not None:
        return 0, [(node.operands[0], 1 << min(node.operands[1].value, node.width))]
    return _concatenated(node) if node.op is Op.CONCAT else None


def _scaled(left: Node, right: Node) -> tuple[int, list[tuple[Node, int]]] | None:
    for one, other in ((left, right), (right, left)):
        if one.value is not None:
            return 0, [(other, one.value)]
    return None


def _concatenated(node: Node) -> tuple[int, list[tuple[Node, int]]] | None:
    """Take {a[5:0], 2'b0} as 4 * a."""
    if len(node.operands) != 2 or node.operands[1].value != 0:
        return None
    upper, zeros = node.operands
    if upper.op is Op.SLICE and upper.payload == 0 and upper.operands[0].width == node.width:
        return 0, [(upper.operands[0], 1 << zeros.width)]
    return None


def written(nodes: Nodes, found: Sum) -> Node:
    """Return a sum as a node: what is added first, then what is subtracted, a constant last."""
    positive = [(n, c) for n, c in _in_order(found) if c > 0]
    negative = [(n, -c) for n, c in _in_order(found) if c < 0]
    constant = found.constant
    inverted = -constant if 0 < -constant <= len(negative) else 0
    if inverted:
        constant = 0
    made = [scaled(nodes, node, factor) for node, factor in positive]
    taken = [scaled(nodes, node, factor) for node, factor in negative]
    made += [nodes.make(Op.NOT, found.width, node) for node in taken[:inverted]]
    return _joined(nodes, found.width, made, taken[inverted:], constant)


def _joined(nodes: Nodes, width: int, made: list[Node], taken: list[Node], constant: int) -> Node:
    if not made or (constant > 0 and not taken):
        made.append(nodes.const(constant, width))
        constant = 0
    total = made[0]
    for node in made[1:]:
        total = nodes.make(Op.ADD, width, total, node)
    for node in taken:
        total = nodes.make(Op.SUB, width, total, node)
    if constant:
        op = Op.ADD if constant > 0 else Op.SUB
        total = nodes.make(op, width, total, nodes.const(abs(constant), width))
    return total


def _in_order(found: Sum) -> list[tuple[Node, int]]:
    return sorted(found.terms.items(), key=lambda term: term[0].number)


def scaled(nodes: Nodes, node: Node, factor: int) -> Node:
    """Return a word times a positive number: a shift where that is enough."""
    if factor & (factor - 1) == 0:
        return by(nodes, Op.SHL, node, factor.bit_length() - 1)
    return nodes.make(Op.MUL, node.width, node, nodes.const(factor, node.width))


def sums(module: Dataflow) -> Iterator[Node]:
    """Yield additions and subtractions that are more than a part of one other of the same width."""
    counts = uses(module.roots())
    inside = {
        operand
        for node in counts
        if node.op in ADDING
        for operand in node.operands
        if operand.op in ADDING and counts[operand] == 1
    }
    yield from (node for node in counts if node.op in ADDING and node not in inside)


def single_uses(module: Dataflow) -> Opens:
    """Return what opens operations that nothing else uses."""
    counts = uses(module.roots())
    return lambda node: node.op in _OPENED and counts.get(node, 0) <= 1


def all_of_them(node: Node) -> bool:
    """Open every operation that can be part of a sum."""
    return node.op in _OPENED


def adders(roots: list[Node]) -> int:
    """Return how many bits of adders expressions hold."""
    return sum(node.width for node in reached(roots) if node.op in ADDING)
