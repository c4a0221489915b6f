"""Word operations in terms of operations on bits, for BDDs, and-inverter graphs or clauses alike.

Words are tuples of bits, the lowest first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from symbolic.dataflow.nodes import Node, Op

Bit = TypeVar("Bit")


class Algebra(Protocol[Bit]):
    """What bits are and how they are joined."""

    @property
    def zero(self) -> Bit: ...
    @property
    def one(self) -> Bit: ...
    def invert(self, a: Bit, /) -> Bit: ...
    def both(self, a: Bit, b: Bit, /) -> Bit: ...
    def either(self, a: Bit, b: Bit, /) -> Bit: ...
    def differ(self, a: Bit, b: Bit, /) -> Bit: ...
    def choose(self, condition: Bit, true: Bit, false: Bit, /) -> Bit: ...


Word = tuple[Bit, ...]


def blasted(algebra: Algebra[Bit], node: Node, operands: Sequence[Word[Bit]]) -> Word[Bit]:
    """Return the bits of `node` from those of its operands.

    Where a divisor is 0, the quotient is all ones and the remainder the dividend, as good
    a choice of the x that the operation gives there as any.

    Raises:
        KeyError: The node is a leaf or reads a memory: what that means is the caller's.
    """
    found: Word[Bit] = _OPERATIONS[node.op](algebra, node, operands)
    return found


def _bitwise(
    join: Callable[[Algebra[Bit]], Callable[[Bit, Bit], Bit]],
) -> Callable[[Algebra[Bit], Node, Sequence[Word[Bit]]], Word[Bit]]:
    def work(algebra: Algebra[Bit], _: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
        operator = join(algebra)
        return tuple(operator(a, b) for a, b in zip(of[0], of[1], strict=True))

    return work


def _reducing(
    join: Callable[[Algebra[Bit]], Callable[[Bit, Bit], Bit]],
) -> Callable[[Algebra[Bit], Node, Sequence[Word[Bit]]], Word[Bit]]:
    def work(algebra: Algebra[Bit], _: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
        return (_reduced(join(algebra), of[0]),)

    return work


def _reduced(operator: Callable[[Bit, Bit], Bit], word: Sequence[Bit]) -> Bit:
    found = word[0]
    for bit in word[1:]:
        found = operator(found, bit)
    return found


def _not(algebra: Algebra[Bit], _: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
    return _inverted(algebra, of[0])


def _inverted(algebra: Algebra[Bit], word: Sequence[Bit]) -> Word[Bit]:
    return tuple(map(algebra.invert, word))


def added(
    algebra: Algebra[Bit], a: Sequence[Bit], b: Sequence[Bit], carry: Bit
) -> tuple[Word[Bit], Bit]:
    """Return the sum of two equally wide words and a carry, and the carry out."""
    total = []
    for left, right in zip(a, b, strict=True):
        half = algebra.differ(left, right)
        total.append(algebra.differ(half, carry))
        carry = algebra.choose(half, carry, left)
    return tuple(total), carry


def subtracted(algebra: Algebra[Bit], a: Sequence[Bit], b: Sequence[Bit]) -> tuple[Word[Bit], Bit]:
    """Return the difference of two equally wide words, and whether `a` is less than `b`."""
    difference, carry = added(algebra, a, _inverted(algebra, b), algebra.one)
    return difference, algebra.invert(carry)


def _add(algebra: Algebra[Bit], _: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
    return added(algebra, of[0], of[1], algebra.zero)[0]


def _sub(algebra: Algebra[Bit], _: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
    return subtracted(algebra, of[0], of[1])[0]


def _mul(algebra: Algebra[Bit], node: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
    total: Word[Bit] = (algebra.zero,) * node.width
    for place, digit in enumerate(of[1]):
        row = tuple(algebra.both(digit, bit) for bit in of[0][: node.width - place])
        total = total[:place] + added(algebra, total[place:], row, algebra.zero)[0]
    return total


def _divided(
    algebra: Algebra[Bit], a: Sequence[Bit], b: Sequence[Bit]
) -> tuple[Word[Bit], Word[Bit]]:
    """Return quotient and remainder by restoring division."""
    divisor = (*b, algebra.zero)
    rest: Word[Bit] = (algebra.zero,) * len(b)
    quotient: list[Bit] = []
    for bit in reversed(a):
        shifted = (bit, *rest)
        smaller, less = subtracted(algebra, shifted, divisor)
        quotient.insert(0, algebra.invert(less))
        rest = _chosen(algebra, less, shifted, smaller)[: len(b)]
    return tuple(quotient), rest


def _chosen(
    algebra: Algebra[Bit], condition: Bit, true: Sequence[Bit], false: Sequence[Bit]
) -> Word[Bit]:
    return tuple(algebra.choose(condition, a, b) for a, b in zip(true, false, strict=True))


def _negated_if(algebra: Algebra[Bit], condition: Bit, word: Sequence[Bit]) -> Word[Bit]:
    flipped = tuple(algebra.differ(bit, condition) for bit in word)
    return added(algebra, flipped, (algebra.zero,) * len(word), condition)[0]


def _udiv(algebra: Algebra[Bit], _: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
    return _divided(algebra, of[0], of[1])[0]


def _umod(algebra: Algebra[Bit], _: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
    return _divided(algebra, of[0], of[1])[1]


def _sdiv(algebra: Algebra[Bit], _: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
    left, right = (_negated_if(algebra, word[-1], word) for word in of)
    sign = algebra.differ(of[0][-1], of[1][-1])
    return _negated_if(algebra, sign, _divided(algebra, left, right)[0])


def _smod(algebra: Algebra[Bit], _: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
    left, right = (_negated_if(algebra, word[-1], word) for word in of)
    return _negated_if(algebra, of[0][-1], _divided(algebra, left, right)[1])


def _shifted(algebra: Algebra[Bit], of: Sequence[Word[Bit]], fill: Bit, *, left: bool) -> Word[Bit]:
    word, amount = of
    for place, digit in enumerate(amount):
        by = min(1 << place, len(word))
        filled = (fill,) * by
        moved = filled + word[: len(word) - by] if left else word[by:] + filled
        word = _chosen(algebra, digit, moved, word)
    return word


def _shl(algebra: Algebra[Bit], _: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
    return _shifted(algebra, of, algebra.zero, left=True)


def _lshr(algebra: Algebra[Bit], _: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
    return _shifted(algebra, of, algebra.zero, left=False)


def _ashr(algebra: Algebra[Bit], _: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
    return _shifted(algebra, of, of[0][-1], left=False)


def _eq(algebra: Algebra[Bit], _: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
    same = [algebra.invert(algebra.differ(a, b)) for a, b in zip(of[0], of[1], strict=True)]
    return (_reduced(algebra.both, same),)


def _less(algebra: Algebra[Bit], a: Sequence[Bit], b: Sequence[Bit]) -> Bit:
    less = algebra.zero
    for left, right in zip(a, b, strict=True):
        less = algebra.choose(algebra.differ(left, right), right, less)
    return less


def _ult(algebra: Algebra[Bit], _: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
    return (_less(algebra, of[0], of[1]),)


def _slt(algebra: Algebra[Bit], _: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
    # Signs swapped: the order of two's complement is that of unsigned words with inverted signs.
    left, right = of
    return (_less(algebra, (*left[:-1], right[-1]), (*right[:-1], left[-1])),)


def _mux(algebra: Algebra[Bit], _: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
    return _chosen(algebra, of[0][0], of[1], of[2])


def _concat(_: Algebra[Bit], __: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
    return tuple(bit for word in reversed(of) for bit in word)


def _slice(_: Algebra[Bit], node: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
    low = int(node.payload or 0)
    return of[0][low : low + node.width]


def _zext(algebra: Algebra[Bit], node: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
    return of[0] + (algebra.zero,) * (node.width - len(of[0]))


def _sext(_: Algebra[Bit], node: Node, of: Sequence[Word[Bit]]) -> Word[Bit]:
    return of[0] + (of[0][-1],) * (node.width - len(of[0]))


_OPERATIONS: dict[Op, Callable[..., Any]] = {
    Op.NOT: _not,
    Op.AND: _bitwise(lambda algebra: algebra.both),
    Op.OR: _bitwise(lambda algebra: algebra.either),
    Op.XOR: _bitwise(lambda algebra: algebra.differ),
    Op.ADD: _add,
    Op.SUB: _sub,
    Op.MUL: _mul,
    Op.UDIV: _udiv,
    Op.UMOD: _umod,
    Op.SDIV: _sdiv,
    Op.SMOD: _smod,
    Op.SHL: _shl,
    Op.LSHR: _lshr,
    Op.ASHR: _ashr,
    Op.EQ: _eq,
    Op.ULT: _ult,
    Op.SLT: _slt,
    Op.REDUCE_AND: _reducing(lambda algebra: algebra.both),
    Op.REDUCE_OR: _reducing(lambda algebra: algebra.either),
    Op.REDUCE_XOR: _reducing(lambda algebra: algebra.differ),
    Op.MUX: _mux,
    Op.CONCAT: _concat,
    Op.SLICE: _slice,
    Op.ZEXT: _zext,
    Op.SEXT: _sext,
}
