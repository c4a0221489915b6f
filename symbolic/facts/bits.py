"""Word-level expressions as gates, bit by bit.

What is too large, a product of wide words, a quotient, a word read from a
memory, becomes free variables: what is proved then holds all the more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import zip_longest

from symbolic.dataflow.nodes import Node, Op, reached
from symbolic.facts.gates import FALSE, TRUE, Gates

Bits = tuple[int, ...]
"""Literals, the least significant first."""

LIMIT = 60_000
"""Gates after which further operations become free variables."""
_WIDEST_PRODUCT = 12
_FREE = frozenset({Op.INPUT, Op.REG, Op.CONST})


class BitLogic:
    """The bits of nodes over one `Gates`; `fixed` are values of leaves, `0`, `1`, `x` as text.

    An `x`, of a constant or of `fixed`, is a free variable.
    """

    def __init__(
        self, gates: Gates | None = None, *, fixed: Mapping[Node, Bits] | None = None
    ) -> None:
        self.gates = Gates() if gates is None else gates
        self._bits: dict[Node, Bits] = dict(fixed or {})

    def of(self, node: Node) -> Bits:
        """Return a node's bits."""
        found = self._bits.get(node)
        if found is None:
            for below in self._missing(node):
                self._bits[below] = self._made(below)
            found = self._bits[node]
        return found

    def leaves(self) -> dict[Node, Bits]:
        """Return the bits of inputs, registers and constants."""
        return {node: bits for node, bits in self._bits.items() if node.op in _FREE}

    def bit(self, node: Node) -> int:
        """Return the bit of a 1-bit node."""
        (literal,) = self.of(node)
        return literal

    def equals(self, node: Node, value: int) -> int:
        """Return the condition that a node has a value."""
        return self.gates.all(
            literal if value >> i & 1 else -literal for i, literal in enumerate(self.of(node))
        )

    def is_text(self, node: Node, text: str) -> int:
        """Return the condition that a node matches bits `0`, `1`, `x` (any)."""
        pairs = zip(self.of(node), reversed(text), strict=True)
        return self.gates.all(b if t == "1" else -b for b, t in pairs if t != "x")

    def _missing(self, node: Node) -> Iterable[Node]:
        if all(operand in self._bits for operand in node.operands):
            return [node]
        return [below for below in reached([node]) if below not in self._bits]

    def _made(self, node: Node) -> Bits:
        make = _MAKERS.get(node.op)
        if make is None or len(self.gates) > LIMIT or _too_large(node):
            return self._free(node.width)
        return make(self, node, [self._bits[operand] for operand in node.operands])

    def _free(self, width: int) -> Bits:
        return tuple(self.gates.free() for _ in range(width))

    def _const(self, node: Node, _: list[Bits]) -> Bits:
        text = reversed(str(node.payload))
        return tuple({"0": FALSE, "1": TRUE}.get(c) or self.gates.free() for c in text)

    def _read(self, node: Node, of: list[Bits]) -> Bits:
        """Return a word of a memory: the same bits for the same address, however it is written."""
        key = (str(node.payload), node.width, of[0])
        found = self.gates.words.get(key)
        if found is None:
            found = self.gates.words[key] = self._free(node.width)
        return found

    def _not(self, _: Node, of: list[Bits]) -> Bits:
        return tuple(-bit for bit in of[0])

    def _and(self, _: Node, of: list[Bits]) -> Bits:
        return tuple(map(self.gates.both, *of))

    def _or(self, _: Node, of: list[Bits]) -> Bits:
        return tuple(map(self.gates.either, *of))

    def _xor(self, _: Node, of: list[Bits]) -> Bits:
        return tuple(map(self.gates.differ, *of))

    def _sum(self, a: Bits, b: Bits, carry: int) -> tuple[Bits, int]:
        """Return `a + b + carry` and the carry out."""
        total = []
        for x, y in zip(a, b, strict=True):
            half = self.gates.differ(x, y)
            total.append(self.gates.differ(half, carry))
            carry = self.gates.choose(half, carry, x)
        return tuple(total), carry

    def _add(self, _: Node, of: list[Bits]) -> Bits:
        return self._sum(of[0], of[1], FALSE)[0]

    def _sub(self, _: Node, of: list[Bits]) -> Bits:
        return self._sum(of[0], tuple(-b for b in of[1]), TRUE)[0]

    def _mul(self, node: Node, of: list[Bits]) -> Bits:
        total: Bits = (FALSE,) * node.width
        for i, bit in enumerate(of[1]):
            shifted = (FALSE,) * i + of[0][: node.width - i]
            total, _ = self._sum(total, tuple(self.gates.both(bit, s) for s in shifted), FALSE)
        return total

    def _shl(self, node: Node, of: list[Bits]) -> Bits:
        return tuple(reversed(self._shifted(tuple(reversed(of[0])), of[1], FALSE)))

    def _lshr(self, node: Node, of: list[Bits]) -> Bits:
        return self._shifted(of[0], of[1], FALSE)

    def _ashr(self, node: Node, of: list[Bits]) -> Bits:
        return self._shifted(of[0], of[1], of[0][-1])

    def _shifted(self, value: Bits, amount: Bits, fill: int) -> Bits:
        """Return `value` shifted towards its least significant bit."""
        for i, bit in enumerate(amount):
            step = min(1 << min(i, 32), len(value))
            moved = value[step:] + (fill,) * step
            value = tuple(self.gates.choose(bit, m, v) for m, v in zip(moved, value, strict=True))
        return value

    def _eq(self, _: Node, of: list[Bits]) -> Bits:
        return (-self.gates.any(map(self.gates.differ, *of)),)

    def _ult(self, _: Node, of: list[Bits]) -> Bits:
        return (-self._sum(of[0], tuple(-b for b in of[1]), TRUE)[1],)

    def _slt(self, _: Node, of: list[Bits]) -> Bits:
        a, b = ((*bits[:-1], -bits[-1]) for bits in of)
        return self._ult(_, [a, b])

    def _reduce_and(self, _: Node, of: list[Bits]) -> Bits:
        return (self.gates.all(of[0]),)

    def _reduce_or(self, _: Node, of: list[Bits]) -> Bits:
        return (self.gates.any(of[0]),)

    def _reduce_xor(self, _: Node, of: list[Bits]) -> Bits:
        parity = FALSE
        for bit in of[0]:
            parity = self.gates.differ(parity, bit)
        return (parity,)

    def _mux(self, _: Node, of: list[Bits]) -> Bits:
        (condition,), a, b = of
        return tuple(self.gates.choose(condition, x, y) for x, y in zip(a, b, strict=True))

    def _concat(self, _: Node, of: list[Bits]) -> Bits:
        return tuple(bit for bits in reversed(of) for bit in bits)

    def _slice(self, node: Node, of: list[Bits]) -> Bits:
        low = int(node.payload or 0)
        return of[0][low : low + node.width]

    def _zext(self, node: Node, of: list[Bits]) -> Bits:
        return of[0] + (FALSE,) * (node.width - len(of[0]))

    def _sext(self, node: Node, of: list[Bits]) -> Bits:
        return of[0] + (of[0][-1],) * (node.width - len(of[0]))


def _too_large(node: Node) -> bool:
    return node.op is Op.MUL and node.width > _WIDEST_PRODUCT


_MAKERS: dict[Op, Callable[[BitLogic, Node, list[Bits]], Bits]] = {
    Op.CONST: BitLogic._const,
    Op.READ: BitLogic._read,
    Op.NOT: BitLogic._not,
    Op.AND: BitLogic._and,
    Op.OR: BitLogic._or,
    Op.XOR: BitLogic._xor,
    Op.ADD: BitLogic._add,
    Op.SUB: BitLogic._sub,
    Op.MUL: BitLogic._mul,
    Op.SHL: BitLogic._shl,
    Op.LSHR: BitLogic._lshr,
    Op.ASHR: BitLogic._ashr,
    Op.EQ: BitLogic._eq,
    Op.ULT: BitLogic._ult,
    Op.SLT: BitLogic._slt,
    Op.REDUCE_AND: BitLogic._reduce_and,
    Op.REDUCE_OR: BitLogic._reduce_or,
    Op.REDUCE_XOR: BitLogic._reduce_xor,
    Op.MUX: BitLogic._mux,
    Op.CONCAT: BitLogic._concat,
    Op.SLICE: BitLogic._slice,
    Op.ZEXT: BitLogic._zext,
    Op.SEXT: BitLogic._sext,
}


def constant(bits: Bits) -> str | None:
    """Return the constant that literals are, the most significant bit first, if they are one."""
    if any(abs(bit) != TRUE for bit in bits):
        return None
    return "".join("1" if bit == TRUE else "0" for bit in reversed(bits))


def paired(a: Bits, b: Bits) -> Iterable[tuple[int, int]]:
    """Yield bits of two vectors, the shorter one extended with 0."""
    return zip_longest(a, b, fillvalue=FALSE)
