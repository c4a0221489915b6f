"""A state table in numbers, as the steps of state minimization share it.

States are numbers, sets of states bit masks. What a state gives and where it
goes are rows: a row holds on all inputs of its cube, rows of a state may
overlap (and then agree), and where none holds nothing is specified. Moore
outputs are a row for all inputs.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from symbolic.cubes import UNIVERSE, Cube, cube_from_text
from symbolic.state_table import StateTable

NOWHERE = -1

Actions = Mapping[str, Sequence[tuple[str, Hashable]]]
"""For states, by name, what else they do: on inputs that match a pattern, an action."""


class Row(NamedTuple):
    """On inputs in `cube`: the next state, `NOWHERE` if free, and the outputs that are 1 and 0."""

    cube: Cube
    target: int
    ones: int
    zeros: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A table all of whose states can be reached."""

    states: tuple[str, ...]
    rows: tuple[tuple[Row, ...], ...]
    starts: tuple[int, ...]
    """States at reset and at power-on; all states where neither is known."""
    width: int
    """Input bits."""
    specified: bool
    """Whether nothing is left open."""
    table: StateTable

    @property
    def everything(self) -> int:
        """The set of all states."""
        return (1 << len(self.states)) - 1


class BudgetReached(Exception):
    """A step of minimization was ended by its budget."""


@dataclass(slots=True, kw_only=True)
class Budget:
    """Time that steps share."""

    seconds: float
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.seconds

    @property
    def left(self) -> float:
        return self._end - time.monotonic()

    def check(self) -> None:
        """See that there is time left.

        Raises:
            BudgetReached: There is none.
        """
        if self.left <= 0:
            raise BudgetReached


def bits(mask: int) -> Iterator[int]:
    """Yield the numbers in a set, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def machine_of(table: StateTable, actions: Actions | None = None) -> Machine:
    """Return a table, all of whose states can be reached, in numbers.

    Where states have `actions`, they count as further outputs: only states that
    do equal things on equal inputs can be merged.
    """
    number = {state: i for i, state in enumerate(table.states)}
    extra = _action_rows(actions or {}, len(table.outputs))
    roots = [state for state in (table.reset_state, table.power_on_state) if state is not None]
    return Machine(
        states=table.states,
        rows=tuple((*_rows(table, state, number), *extra.get(state, ())) for state in table.states),
        starts=tuple(sorted({number[state] for state in roots or table.states})),
        width=len(table.inputs),
        specified=not actions and table.complete,
        table=table,
    )


def reachable(table: StateTable) -> tuple[str, ...]:
    """Return the states that follow reset or power-on, in the table's order; all if both are open.

    A next state that is free reaches nothing, since a designer may choose it.
    """
    found = [state for state in (table.reset_state, table.power_on_state) if state is not None]
    if not found:
        return table.states
    for state in found:
        targets = {t.target for _, t in table.leaving(state) if t.target is not None}
        found += sorted(targets - set(found))
    known = set(found)
    return tuple(state for state in table.states if state in known)


def _rows(table: StateTable, state: str, number: Mapping[str, int]) -> Iterator[Row]:
    if table.moore_outputs is not None:
        yield Row(UNIVERSE, NOWHERE, *output_masks(table.moore_outputs[state]))
    for cube, transition in table.leaving(state):
        target = NOWHERE if transition.target is None else number[transition.target]
        yield Row(cube, target, *output_masks(transition.outputs))


def output_masks(outputs: str) -> tuple[int, int]:
    """Return which outputs must be 1 and which 0; bit 0 is the first."""
    ones = sum(1 << i for i, value in enumerate(outputs) if value == "1")
    zeros = sum(1 << i for i, value in enumerate(outputs) if value == "0")
    return ones, zeros


def _action_rows(actions: Actions, offset: int) -> dict[str, list[Row]]:
    codes: dict[Hashable, int] = {}
    for entries in actions.values():
        for _, action in entries:
            codes.setdefault(action, len(codes))
    every = (1 << len(codes).bit_length()) - 1
    return {
        state: [
            Row(
                cube_from_text(inputs),
                NOWHERE,
                codes[action] << offset,
                (every & ~codes[action]) << offset,
            )
            for inputs, action in entries
        ]
        for state, entries in actions.items()
    }
