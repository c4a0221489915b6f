"""State minimization: the fewest states that do all that a table specifies.

Unreachable states are dropped and states that specify the same are merged
(`reduce_equivalent`); where all is specified, that is the least machine. Where
not, the least closed cover of compatible states is searched for, upwards from a
clique of incompatible ones (`reduce_cover`), so the size found is proved to be
the least, or, where the budget ends first, lies above a bound that is proved.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from symbolic.cubes import CoverTooLarge
from symbolic.reduce_check import Difference, difference, implements
from symbolic.reduce_cover import Cover, CoverSearch, merged
from symbolic.reduce_equivalent import equivalent_states
from symbolic.reduce_incompatible import incompatible_states, large_clique
from symbolic.reduce_machine import (
    NOWHERE,
    Actions,
    Budget,
    BudgetReached,
    Machine,
    machine_of,
    reachable,
)
from symbolic.reduce_table import needed_only, table_of
from symbolic.state_table import StateTable

__all__ = ["Actions", "Difference", "Reduced", "difference", "implements", "minimize_states"]

log = logging.getLogger(__name__)

SECONDS = 20.0
_REFINING = 0.4
"""Part of the time for merging states that specify the same."""
_MERGING = 0.25
"""Part of the time for a first cover by merging."""
_ASCENDING = 0.6
"""Part of the time for the search upwards; the rest is for better covers found from above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduced:
    """A smaller machine, proved to implement the original."""

    table: StateTable
    """Its states have names of original ones. Where no states could be merged, it is the
    reachable part of the original, codes included; else it has no codes."""
    bound: int
    """No machine with fewer states implements the original."""
    method: str
    """What settled it, for people."""
    map: Mapping[str, tuple[str, ...]]
    """For each state of the original those that stand for it; none for one that is unreachable."""

    @property
    def optimal(self) -> bool:
        """Whether there is no smaller machine."""
        return len(self.table.states) == self.bound

    @property
    def members(self) -> dict[str, tuple[str, ...]]:
        """For each state the original ones that it stands for."""
        return {
            state: tuple(name for name, homes in self.map.items() if state in homes)
            for state in self.table.states
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A closed cover, and how good it is."""

    cover: Cover
    bound: int
    method: str


def minimize_states(
    table: StateTable, *, seconds: float = SECONDS, actions: Actions | None = None
) -> Reduced:
    """Return a machine with the fewest states that implements `table`.

    With `actions`, a machine inside a data path: states are merged only where
    these agree. An action is any value that can be compared, such as the tuple
    of next values, as nodes, of the registers that the machine controls; inputs of
    one state that match several patterns must not have different actions.
    """
    machine = machine_of(_reachable_part(table), actions)
    found = _searched(machine, Budget(seconds=seconds))
    smaller, homes = _table(machine, found.cover)
    broken = difference(table, smaller)
    if broken is not None:
        raise RuntimeError(f"state minimization is wrong: {broken}")
    nowhere: dict[str, tuple[str, ...]] = dict.fromkeys(table.states, ())
    return Reduced(
        table=smaller,
        bound=found.bound,
        method=found.method,
        map=MappingProxyType(nowhere | homes),
    )


def _table(machine: Machine, cover: Cover) -> tuple[StateTable, dict[str, tuple[str, ...]]]:
    if len(cover) < len(machine.states):
        try:
            return table_of(machine, needed_only(machine, cover))
        except CoverTooLarge as error:
            log.info("states are left as they are: %s", error)
    return machine.table, {state: (state,) for state in machine.states}


def _reachable_part(table: StateTable) -> StateTable:
    states = reachable(table)
    if len(states) == len(table.states):
        return table
    kept, moore = set(states), table.moore_outputs
    return replace(
        table,
        states=states,
        transitions=tuple(t for t in table.transitions if t.state in kept),
        moore_outputs=None if moore is None else {state: moore[state] for state in states},
        codes={state: code for state, code in table.codes.items() if state in kept},
    )


def _searched(machine: Machine, budget: Budget) -> _Found:
    try:
        first = equivalent_states(machine, Budget(seconds=_REFINING * budget.left))
    except BudgetReached:
        first = list(range(len(machine.states)))
    else:
        if machine.specified:
            classes = _classes(first)
            return _Found(cover=classes, bound=len(classes), method="partition refinement")
    found = _incomplete(_quotient(machine, first), budget)
    classes = _classes(first)
    return replace(found, cover=[_united(classes, chosen) for chosen in found.cover])


def _classes(first: Sequence[int]) -> Cover:
    found = dict.fromkeys(sorted(set(first)), 0)
    for state, one in enumerate(first):
        found[one] |= 1 << state
    return list(found.values())


def _united(classes: Sequence[int], chosen: int) -> int:
    return sum(states for i, states in enumerate(classes) if chosen >> i & 1)


def _quotient(machine: Machine, first: Sequence[int]) -> Machine:
    """Return the machine of the first states of each class."""
    kept = sorted(set(first))
    number = {state: i for i, state in enumerate(kept)}
    place = [number[state] for state in first] + [NOWHERE]
    return replace(
        machine,
        states=tuple(machine.states[state] for state in kept),
        rows=tuple(
            tuple(row._replace(target=place[row.target]) for row in machine.rows[state])
            for state in kept
        ),
        starts=tuple(sorted({place[start] for start in machine.starts})),
    )


def _incomplete(machine: Machine, budget: Budget) -> _Found:
    alone = [1 << state for state in range(len(machine.states))]
    try:
        incompatible = incompatible_states(machine, budget)
    except BudgetReached:
        return _Found(cover=alone, bound=1, method="merging of states that specify the same")
    clique = large_clique(incompatible)
    if len(clique) == len(alone):
        return _Found(cover=alone, bound=len(alone), method="no two states are compatible")
    best = merged(machine, incompatible, Budget(seconds=_MERGING * budget.left))
    search = CoverSearch(machine=machine, incompatible=incompatible, clique=clique)
    return _between(search, len(clique), best, budget)


def _between(search: CoverSearch, bound: int, best: Cover, budget: Budget) -> _Found:
    """Search upwards from `bound`, as long as that is below the size of `best`."""
    method = "merging down to as many states as exclude each other"
    upward = Budget(seconds=_ASCENDING * budget.left)
    try:
        while bound < len(best):
            method = "SAT over closed covers of compatible states"
            cover = search.cover(bound, upward)
            if cover is None:
                bound += 1
            else:
                best = cover
    except BudgetReached:
        return _from_above(search, bound, best, budget)
    return _Found(cover=best, bound=bound, method=method)


def _from_above(search: CoverSearch, bound: int, best: Cover, budget: Budget) -> _Found:
    """Make the best cover smaller, in the time that is left."""
    try:
        while len(best) > bound:
            smaller = search.cover(len(best) - 1, budget)
            if smaller is None:
                bound = len(best)
            else:
                best = smaller
    except BudgetReached:
        log.debug("stopped at %d states, at least %d", len(best), bound)
    return _Found(cover=best, bound=bound, method="SAT over closed covers, up to its budget")
