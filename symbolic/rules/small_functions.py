"""Functions of few bits as few gates.

A function that treats two inputs alike becomes one of their gate and the rest
(simple disjoint decomposition: Bertacco, Damiani: The disjunctive decomposition of
logic functions, ICCAD 1997); otherwise it is split by one input (Shannon), in the
way that needs fewest gates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, reduce
from itertools import combinations

from symbolic.cubes import Cube, minterm
from symbolic.minimize import Function, minimize

MOST_INPUTS = 6

Table = int
"""Bit i is the value where the inputs, the first the least significant, spell i."""


@dataclass(frozen=True, slots=True)
class Gate:
    """`and`, `or`, `xor`, `not` or `mux` of formulas."""

    name: str
    operands: tuple[Formula, ...]

    @property
    def cost(self) -> int:
        """Gates of two inputs, an exclusive or and a mux counted as three, inverters not."""
        own = {"and": 1, "or": 1, "xor": 3, "not": 0, "mux": 3}[self.name]
        return own + sum(cost_of(operand) for operand in self.operands)


Formula = Gate | int | bool
"""A gate, the number of an input, or a constant."""


def cost_of(formula: Formula) -> int:
    """Return the cost of a formula's gates; inputs and constants cost nothing."""
    return formula.cost if isinstance(formula, Gate) else 0


def formula_of(table: Table, inputs: int) -> Formula:
    """Return a formula of few gates for a function of at most `MOST_INPUTS` inputs."""
    return _smallest(table, tuple(range(inputs)))


def sum_of_products(table: Table, inputs: int) -> Formula:
    """Return a minimum sum of products."""
    if table in (0, _full(inputs)):
        return table != 0
    cubes = minimize(Function(width=inputs, on=_points(table, inputs), off=_points(~table, inputs)))
    return _tree("or", [_product(cube, inputs) for cube in cubes])


def product_of_sums(table: Table, inputs: int) -> Formula:
    """Return a minimum product of sums."""
    return _dual(sum_of_products(table ^ _full(inputs), inputs))


def _full(inputs: int) -> Table:
    return (1 << (1 << inputs)) - 1


def _points(table: Table, inputs: int) -> tuple[Cube, ...]:
    return tuple(minterm(point, inputs) for point in range(1 << inputs) if table >> point & 1)


def _product(cube: Cube, inputs: int) -> Formula:
    literals: list[Formula] = [
        place if cube.value >> place & 1 else Gate("not", (place,))
        for place in range(inputs)
        if cube.care >> place & 1
    ]
    return _tree("and", literals)


def _tree(name: str, operands: list[Formula]) -> Formula:
    return reduce(lambda left, right: Gate(name, (left, right)), operands)


def _dual(formula: Formula) -> Formula:
    """Return the inverse of a sum of products, inverters at the inputs."""
    if isinstance(formula, bool):
        return not formula
    if not isinstance(formula, Gate) or formula.name == "not":
        return _not(formula)
    name = "and" if formula.name == "or" else "or"
    return Gate(name, tuple(_dual(operand) for operand in formula.operands))


@cache
def _smallest(table: Table, names: tuple[Formula, ...]) -> Formula:
    """Return a formula of a function whose inputs stand for formulas."""
    count = len(names)
    full = (1 << (1 << count)) - 1
    if table in (0, full):
        return table != 0
    for place in range(count):
        zero, one = _cofactors(table, count, place)
        if zero == one:
            return _smallest(zero, _without(names, place))
    if count == 1:
        return names[0] if table == 0b10 else Gate("not", (names[0],))
    return _joined(table, names) or _split(table, names)


def _without(names: tuple[Formula, ...], place: int) -> tuple[Formula, ...]:
    return names[:place] + names[place + 1 :]


@cache
def _cofactors(table: Table, count: int, place: int) -> tuple[Table, Table]:
    """Return the function for 0 and for 1 at an input."""
    halves = [0, 0]
    for point in range(1 << count):
        low = point & ((1 << place) - 1)
        rest = low | (point >> (place + 1) << place)
        halves[point >> place & 1] |= (table >> point & 1) << rest
    return halves[0], halves[1]


def _joined(table: Table, names: tuple[Formula, ...]) -> Formula | None:
    """Return a formula in which two inputs go through one gate of their own."""
    count = len(names)
    for first, second in combinations(range(count), 2):
        low, high = _cofactors(table, count, second)
        quarters = (*_cofactors(low, count - 1, first), *_cofactors(high, count - 1, first))
        if len(set(quarters)) != 2:
            continue
        chosen = sum((quarter == quarters[3]) << i for i, quarter in enumerate(quarters))
        gate = _pair(chosen, names[first], names[second])
        other = next(quarter for quarter in quarters if quarter != quarters[3])
        rest = _without(_without(names, second), first)
        return _smallest(_with_top(other, quarters[3], count - 2), (*rest, gate))
    return None


def _with_top(zero: Table, one: Table, count: int) -> Table:
    return zero | one << (1 << count)


def _not(formula: Formula) -> Formula:
    if isinstance(formula, Gate) and formula.name == "not":
        return formula.operands[0]
    return Gate("not", (formula,))


_PAIRS: dict[int, Callable[[Formula, Formula], Formula]] = {
    0b1000: lambda a, b: Gate("and", (a, b)),
    0b1110: lambda a, b: Gate("or", (a, b)),
    0b1001: lambda a, b: _not(Gate("xor", (a, b))),
    0b1101: lambda a, b: Gate("or", (_not(a), b)),
    0b1011: lambda a, b: Gate("or", (a, _not(b))),
    0b1111: lambda _, __: True,
}


def _pair(table: Table, left: Formula, right: Formula) -> Formula:
    """Return the gate of two inputs; it is 1 where both are."""
    return _PAIRS[table](left, right)


def _split(table: Table, names: tuple[Formula, ...]) -> Formula:
    found = [_at(table, names, place) for place in range(len(names))]
    return min(found, key=cost_of)


def _at(table: Table, names: tuple[Formula, ...], place: int) -> Formula:
    """Return the function split by one input."""
    count = len(names)
    name, rest = names[place], _without(names, place)
    zero, one = _cofactors(table, count, place)
    full = (1 << (1 << (count - 1))) - 1
    below, above = _smallest(zero, rest), _smallest(one, rest)
    if zero == one ^ full:
        return Gate("xor", (name, below))
    if zero == 0:
        return Gate("and", (name, above))
    if one == 0:
        return Gate("and", (_not(name), below))
    if zero == full:
        return Gate("or", (_not(name), above))
    if one == full:
        return Gate("or", (name, below))
    if zero & one == zero:
        return Gate("or", (below, Gate("and", (name, above))))
    if zero & one == one:
        return Gate("or", (above, Gate("and", (_not(name), below))))
    return Gate("mux", (name, above, below))
