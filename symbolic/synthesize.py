"""From a function to an expression that a person would have written.

Candidates are constants and literals, sums of products and products of sums
with common literals factored out, XORs, and two-way choices; the one with
fewest literals is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from symbolic.cubes import Cube
from symbolic.expression import (
    Const,
    Expression,
    Gate,
    Mux,
    Not,
    Operator,
    bit,
    depth,
    gate,
    invert,
    literal_count,
    names,
)
from symbolic.minimize import EXACT_INPUTS, Function, bit_set, minimize
from symbolic.truth_table import TruthTable

_XOR_INPUTS = 8
"""Most inputs for which XORs and choices are looked for."""


def expression_for(table: TruthTable, output: str) -> Expression:
    """Return a short expression for one output of `table`, using its don't-cares."""
    return synthesize(table.function(output), [bit(name) for name in table.inputs])


def synthesize(f: Function, variables: Sequence[Expression]) -> Expression:
    """Return a short expression for `f` over `variables`, the highest bit first."""
    return candidates(f, variables)[0]


def candidates(f: Function, variables: Sequence[Expression]) -> list[Expression]:
    """Return expressions for `f`, the shortest first; where `f` is free they may differ."""
    found = list(two_level(f, variables))
    shortest = min(map(literal_count, found))
    if shortest > 2 and f.width <= _XOR_INPUTS:
        found += _structured(f, variables)
    return sorted(found, key=_cost)


def two_level(f: Function, variables: Sequence[Expression]) -> tuple[Expression, Expression]:
    """Return `f` as a factored sum of products and as a factored product of sums."""
    sums = _factored(minimize(f), f.width, variables)
    if f.width > EXACT_INPUTS and len(f.off) > 4 * len(f.on) + 16:
        return sums, sums
    return sums, _dual(_factored(minimize(f.inverse), f.width, variables))


def _cost(expression: Expression) -> tuple[int, int]:
    return literal_count(expression), depth(expression)


# -- factoring --------------------------------------------------------------


def _factored(cubes: Sequence[Cube], width: int, variables: Sequence[Expression]) -> Expression:
    """Write a sum of products, taking out the literal that most products share."""
    if not cubes:
        return Const(0)
    if len(cubes) == 1:
        return _product(cubes[0], width, variables)
    common, count = _most_common(cubes, width)
    if count < 2:
        return gate(Operator.OR, *(_product(cube, width, variables) for cube in cubes))
    inside = [
        Cube(cube.care & ~common.care, cube.value & ~common.care)
        for cube in cubes
        if _has(cube, common)
    ]
    factor = _literal(common, width, variables)
    joined = _and(factor, _factored(inside, width, variables))
    rest = [cube for cube in cubes if not _has(cube, common)]
    return gate(Operator.OR, joined, _factored(rest, width, variables)) if rest else joined


def _and(factor: Expression, other: Expression) -> Expression:
    return factor if other == Const(1) else gate(Operator.AND, factor, other)


def _has(cube: Cube, literal: Cube) -> bool:
    return bool(cube.care & literal.care) and cube.value & literal.care == literal.value


def _most_common(cubes: Sequence[Cube], width: int) -> tuple[Cube, int]:
    literals = [Cube(1 << i, value << i) for i in range(width - 1, -1, -1) for value in (1, 0)]
    counts = [sum(_has(cube, literal) for cube in cubes) for literal in literals]
    best = max(range(len(literals)), key=lambda k: (counts[k], -k))
    return literals[best], counts[best]


def _product(cube: Cube, width: int, variables: Sequence[Expression]) -> Expression:
    found = [
        _literal(Cube(1 << i, cube.value & 1 << i), width, variables)
        for i in range(width - 1, -1, -1)
        if cube.care >> i & 1
    ]
    return gate(Operator.AND, *found) if found else Const(1)


def _literal(literal: Cube, width: int, variables: Sequence[Expression]) -> Expression:
    variable = variables[width - literal.care.bit_length()]
    return variable if literal.value else invert(variable)


def _dual(expression: Expression) -> Expression:
    """Invert an AND/OR expression by De Morgan's laws."""
    if isinstance(expression, Gate) and expression.operator is not Operator.XOR:
        other = Operator.OR if expression.operator is Operator.AND else Operator.AND
        return gate(other, *(_dual(one) for one in expression.operands))
    return invert(expression)


# -- XORs and choices -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Dense:
    """A function as two sets of points, held as the bits of numbers."""

    width: int
    on: int
    off: int

    def cofactor(self, i: int, value: int) -> _Dense:
        """Fix bit `i`, which leaves the function."""
        on = _drop_bit(self.on, self.width, i, value)
        return _Dense(self.width - 1, on, _drop_bit(self.off, self.width, i, value))

    @property
    def inverse(self) -> _Dense:
        return _Dense(self.width, self.off, self.on)

    def meet(self, other: _Dense) -> _Dense | None:
        """Return the function that satisfies both, if there is one."""
        on, off = self.on | other.on, self.off | other.off
        return None if on & off else _Dense(self.width, on, off)

    def function(self) -> Function:
        full = (1 << self.width) - 1
        return Function(
            width=self.width,
            on=tuple(Cube(full, n) for n in range(full + 1) if self.on >> n & 1),
            off=tuple(Cube(full, n) for n in range(full + 1) if self.off >> n & 1),
        )


def _drop_bit(points: int, width: int, i: int, value: int) -> int:
    """Return the points with bit `i` equal to `value`, numbered without that bit."""
    block = 1 << i
    mask = (1 << block) - 1
    found = 0
    for k in range(1 << width - 1 - i):
        found |= (points >> (2 * k + value) * block & mask) << k * block
    return found


def _structured(f: Function, variables: Sequence[Expression]) -> list[Expression]:
    dense = _Dense(f.width, bit_set(f.on, f.width), bit_set(f.off, f.width))
    found = (
        _xor_with_one(dense, variables),
        _pair_xor(dense, variables),
        _choice(dense, variables),
    )
    return [expression for expression in found if expression is not None]


def _without(variables: Sequence[Expression], *bits: int) -> list[Expression]:
    """Drop the variables of some bits; the last variable belongs to bit 0."""
    last = len(variables) - 1
    return [variable for k, variable in enumerate(variables) if last - k not in bits]


def _xor_with_one(f: _Dense, variables: Sequence[Expression]) -> Expression | None:
    """Return `x ^ g` where flipping x always flips the function."""
    for i in range(f.width - 1, -1, -1):
        rest = f.cofactor(i, 0).meet(f.cofactor(i, 1).inverse)
        if rest is not None:
            inner = synthesize(rest.function(), _without(variables, i))
            return _xor(variables[f.width - 1 - i], inner)
    return None


def _xor(a: Expression, b: Expression) -> Expression:
    """Join by XOR with inversions drawn to the outside."""
    plain_a, plain_b = _positive(a), _positive(b)
    inverted = (plain_a is not a) != (plain_b is not b)
    if isinstance(plain_b, Const):
        return invert(plain_a) if inverted != bool(plain_b.value) else plain_a
    joined = gate(Operator.XOR, plain_a, plain_b)
    return invert(joined) if inverted else joined


def _positive(expression: Expression) -> Expression:
    return expression.operand if isinstance(expression, Not) else expression


def _pair_xor(f: _Dense, variables: Sequence[Expression]) -> Expression | None:
    """Return an expression over `x ^ y` where the function sees x and y only through it."""
    for high, low in combinations(range(f.width - 1, -1, -1), 2):
        same = f.cofactor(high, 0).cofactor(low, 0).meet(f.cofactor(high, 1).cofactor(low, 1))
        differ = f.cofactor(high, 0).cofactor(low, 1).meet(f.cofactor(high, 1).cofactor(low, 0))
        if same is None or differ is None:
            continue
        size = 1 << f.width - 2
        merged = _Dense(f.width - 1, same.on | differ.on << size, same.off | differ.off << size)
        pair = _xor(variables[f.width - 1 - high], variables[f.width - 1 - low])
        return synthesize(merged.function(), [pair, *_without(variables, high, low)])
    return None


def _choice(f: _Dense, variables: Sequence[Expression]) -> Expression | None:
    """Return `s ? a : b` where each side is a single literal."""
    for i in range(f.width - 1, -1, -1):
        rest = _without(variables, i)
        sides = [_single_literal(f.cofactor(i, value), rest) for value in (1, 0)]
        if all(side is not None for side in sides):
            then, otherwise = sides
            if then is not None and otherwise is not None and names(then) != names(otherwise):
                return Mux(variables[f.width - 1 - i], then, otherwise)
    return None


def _single_literal(f: _Dense, variables: Sequence[Expression]) -> Expression | None:
    """Return the literal that `f` is, if it is one."""
    for i in range(f.width - 1, -1, -1):
        for value in (1, 0):
            zero, one = f.cofactor(i, 1 - value), f.cofactor(i, value)
            if not zero.on and not one.off and f.on and f.off:
                variable = variables[f.width - 1 - i]
                return variable if value else invert(variable)
    return None
