"""Which bits of a node something depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from symbolic.dataflow.nodes import Node, Op, reached

Bits = tuple[int, int]
"""From the first bit up to, not with, the second."""


def demanded(roots: Iterable[Node]) -> dict[Node, Bits]:
    """Return for each node reached a span of bits outside of which no bit matters to `roots`."""
    roots = list(roots)
    found: dict[Node, Bits] = {root: (0, root.width) for root in roots}
    for node in reversed(reached(roots)):
        for operand, bits in _passed(node, found[node]):
            known = found.get(operand, bits)
            found[operand] = min(known[0], bits[0]), max(known[1], bits[1])
    return found


def _passed(node: Node, bits: Bits) -> Iterator[tuple[Node, Bits]]:
    rule = _RULES.get(node.op)
    if rule is None:
        yield from ((operand, (0, operand.width)) for operand in node.operands)
    else:
        yield from rule(node, bits)


_Passed = Iterator[tuple[Node, Bits]]


def _same(node: Node, bits: Bits) -> _Passed:
    yield from ((operand, bits) for operand in node.operands)


def _upto(node: Node, bits: Bits) -> _Passed:
    yield from ((operand, (0, bits[1])) for operand in node.operands)


def _mux(node: Node, bits: Bits) -> _Passed:
    condition, true, false = node.operands
    yield from ((condition, (0, 1)), (true, bits), (false, bits))


def _concat(node: Node, bits: Bits) -> _Passed:
    start = 0
    for part in reversed(node.operands):
        first, last = max(bits[0] - start, 0), min(bits[1] - start, part.width)
        if first < last:
            yield part, (first, last)
        else:
            yield part, (0, 1)
        start += part.width


def _slice(node: Node, bits: Bits) -> _Passed:
    low = int(node.payload or 0)
    yield node.operands[0], (bits[0] + low, bits[1] + low)


def _extension(node: Node, bits: Bits) -> _Passed:
    inner = node.operands[0]
    last = min(bits[1], inner.width)
    yield inner, (min(bits[0], last - 1), last)


def _shift(node: Node, bits: Bits) -> _Passed:
    data, amount = node.operands
    count = amount.value
    yield amount, (0, amount.width)
    if count is None:
        yield data, (0, bits[1])
    else:
        last = max(bits[1] - count, 1)
        yield data, (min(max(bits[0] - count, 0), last - 1), last)


_RULES: dict[Op, Callable[[Node, Bits], _Passed]] = {
    **dict.fromkeys((Op.AND, Op.OR, Op.XOR, Op.NOT), _same),
    **dict.fromkeys((Op.ADD, Op.SUB, Op.MUL), _upto),
    Op.MUX: _mux,
    Op.CONCAT: _concat,
    Op.SLICE: _slice,
    Op.ZEXT: _extension,
    Op.SEXT: _extension,
    Op.SHL: _shift,
}
