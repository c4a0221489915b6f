"""The logic of an encoded machine as sums of products, all its don't-cares used.

Don't-cares are next states and outputs that the table leaves open, and codes
that no state has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from symbolic.bdd import Bdd, Cones
from symbolic.cubes import Cube, literals
from symbolic.expression import Const, Expression, Operator, bit, gate, invert
from symbolic.state_table import StateTable


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineLogic:
    """Next-state bits, in the order of a code's characters, and outputs."""

    next_state: tuple[Expression, ...]
    outputs: Mapping[str, Expression]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """A function as a sum of products over named bits, or as its inverse."""

    names: tuple[str, ...]
    cubes: tuple[Cube, ...]
    """Bit `len(names) - 1 - i` belongs to `names[i]`."""
    inverted: bool

    @property
    def cost(self) -> tuple[int, int]:
        return sum(map(literals, self.cubes)), len(self.cubes)

    @property
    def expression(self) -> Expression:
        terms = [gate(Operator.AND, *parts) for parts in map(self._literals, self.cubes)]
        whole = gate(Operator.OR, *terms) if terms else Const(0)
        return invert(whole) if self.inverted else whole

    def _literals(self, cube: Cube) -> list[Expression]:
        top = len(self.names) - 1
        found = [
            bit(name) if cube.value >> top - i & 1 else invert(bit(name))
            for i, name in enumerate(self.names)
            if cube.care >> top - i & 1
        ]
        return found or [Const(1)]


def machine_logic(table: StateTable, state: Sequence[str]) -> MachineLogic:
    """Return equations of a machine that has codes; `state` names the bits of its register.

    Raises:
        ValueError: The machine has no codes, or `state` has another width.
        NodeBudgetReached: The functions are too large.
    """
    found = [cover.expression for cover in covers(table, state)]
    return MachineLogic(
        next_state=tuple(found[: len(state)]),
        outputs=dict(zip(table.outputs, found[len(state) :], strict=True)),
    )


def covers(table: StateTable, state: Sequence[str]) -> list[Cover]:
    """Return few products for each next-state bit and then each output; see `machine_logic`."""
    width = len(table.codes[table.states[0]]) if table.codes else 0
    if width != len(state) or not width:
        raise ValueError(f"the codes must be {len(state)} bits wide like the state, not {width}")
    orders = [(*state, *table.inputs), (*table.inputs, *state)]
    tried = [list(_in_order(table, state, order)) for order in orders]
    return [min(choices, key=lambda cover: cover.cost) for choices in zip(*tried, strict=True)]


def _in_order(table: StateTable, state: Sequence[str], names: tuple[str, ...]) -> Iterator[Cover]:
    cones = Cones()
    cones.manager.configure(reordering=False)
    for name in names:
        cones.variable(name)
    for off, on in _specified(cones, table, state):
        plain = cones.irredundant(on, ~off, names)
        inverse = cones.irredundant(off, ~on, names)
        both = (
            Cover(names=names, cubes=tuple(plain), inverted=False),
            Cover(names=names, cubes=tuple(inverse), inverted=True),
        )
        yield min(both, key=lambda cover: cover.cost)


def _specified(cones: Cones, table: StateTable, state: Sequence[str]) -> list[tuple[Bdd, Bdd]]:
    """Return for each next-state bit and output where it must be 0 and where 1."""
    width = len(state)
    found = [[cones.zero, cones.zero] for _ in range(width + len(table.outputs))]

    def specify(values: str, where: Bdd, start: int) -> None:
        for place, value in enumerate(values, start):
            if value != "-":
                found[place][int(value)] = cones.either(found[place][int(value)], where)

    for name in table.states:
        here = _product(cones, state, table.codes[name])
        if table.moore_outputs is not None:
            specify(table.moore_outputs[name], here, width)
        for _, transition in table.leaving(name):
            where = cones.both(here, _product(cones, table.inputs, transition.inputs))
            if transition.target is not None:
                specify(table.codes[transition.target], where, 0)
            specify(transition.outputs, where, width)
    return [(off, on) for off, on in found]


def _product(cones: Cones, names: Sequence[str], values: str) -> Bdd:
    fixed = {n: value == "1" for n, value in zip(names, values, strict=True) if value != "-"}
    found: Bdd = cones.manager.cube(fixed)
    return found
