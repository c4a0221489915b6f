"""Between which values a node lies."""

from __future__ import annotations

from collections.abc import Callable

from symbolic.dataflow.nodes import Node, Op, reached

Range = tuple[int, int]
"""The smallest and the greatest value, unsigned."""


class Ranges:
    """Unsigned intervals of nodes, from constants, extensions and operations (interval analysis).

    What is x (a division by 0, say) is taken to lie in them too.
    """

    def __init__(self) -> None:
        self._known: dict[Node, Range] = {}
        self._tables: set[Node] = set()

    def of(self, node: Node) -> Range:
        """Return the interval of a node."""
        found = self._known.get(node)
        if found is None:
            for inner in _unknown(node, self._known):
                self._known[inner] = _range(inner, [self._known[o] for o in inner.operands])
            found = self._known[node]
        return found

    def is_table(self, node: Node) -> bool:
        """Whether a node chooses among constants; muxes inside have been asked for before."""
        found = node.op is Op.MUX and all(
            value.op is Op.CONST or value in self._tables for value in node.operands[1:]
        )
        if found:
            self._tables.add(node)
        return found

    def high(self, node: Node) -> int:
        """Return the greatest value."""
        return self.of(node)[1]

    def low(self, node: Node) -> int:
        """Return the smallest value."""
        return self.of(node)[0]

    def bits(self, node: Node) -> int:
        """Return how many low bits can be other than 0, at least 1."""
        return max(1, self.high(node).bit_length())


def _unknown(node: Node, known: dict[Node, Range]) -> list[Node]:
    if all(operand in known for operand in node.operands):
        return [node]
    return [inner for inner in reached([node]) if inner not in known]


def _range(node: Node, of: list[Range]) -> Range:
    full = (0, (1 << node.width) - 1)
    rule = _RULES.get(node.op)
    found = None if rule is None else rule(node, of)
    return found if found is not None and found[1] <= full[1] else full


def _constant(node: Node, _: list[Range]) -> Range:
    text = str(node.payload)
    return int(text.replace("x", "0"), 2), int(text.replace("x", "1"), 2)


def _not(node: Node, of: list[Range]) -> Range:
    top = (1 << node.width) - 1
    return top - of[0][1], top - of[0][0]


def _filled(of: list[Range]) -> int:
    return (1 << max(of[0][1], of[1][1]).bit_length()) - 1


def _difference(_: Node, of: list[Range]) -> Range | None:
    (low, high), (least, most) = of
    return (low - most, high - least) if low >= most else None


def _quotient(_: Node, of: list[Range]) -> Range:
    (low, high), (least, most) = of
    return low // max(most, 1), high // max(least, 1)


def _remainder(_: Node, of: list[Range]) -> Range:
    return 0, min(of[0][1], max(of[1][1] - 1, 0))


def _shifted_left(_: Node, of: list[Range]) -> Range | None:
    (low, high), (least, most) = of
    return (low << least, high << most) if most <= 4096 else None


def _shifted_right(_: Node, of: list[Range]) -> Range:
    (low, high), (least, most) = of
    return low >> min(most, 1 << 20), high >> min(least, 1 << 20)


def _concat(node: Node, of: list[Range]) -> Range:
    low = high = 0
    for part, (least, most) in zip(node.operands, of, strict=True):
        low, high = (low << part.width) | least, (high << part.width) | most
    return low, high


def _slice(node: Node, of: list[Range]) -> Range | None:
    low = int(node.payload or 0)
    return None if of[0][1] >> (low + node.width) else (of[0][0] >> low, of[0][1] >> low)


def _sign_extended(node: Node, of: list[Range]) -> Range | None:
    return None if of[0][1] >> (node.operands[0].width - 1) else of[0]


_RULES: dict[Op, Callable[[Node, list[Range]], Range | None]] = {
    Op.CONST: _constant,
    Op.NOT: _not,
    Op.AND: lambda _, of: (0, min(of[0][1], of[1][1])),
    Op.OR: lambda _, of: (max(of[0][0], of[1][0]), _filled(of)),
    Op.XOR: lambda _, of: (0, _filled(of)),
    Op.ADD: lambda _, of: (of[0][0] + of[1][0], of[0][1] + of[1][1]),
    Op.SUB: _difference,
    Op.MUL: lambda _, of: (of[0][0] * of[1][0], of[0][1] * of[1][1]),
    Op.UDIV: _quotient,
    Op.UMOD: _remainder,
    Op.SHL: _shifted_left,
    Op.LSHR: _shifted_right,
    Op.MUX: lambda _, of: (min(of[1][0], of[2][0]), max(of[1][1], of[2][1])),
    Op.CONCAT: _concat,
    Op.SLICE: _slice,
    Op.ZEXT: lambda _, of: of[0],
    Op.SEXT: _sign_extended,
}
