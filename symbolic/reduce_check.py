"""Does a machine implement another one? A walk over pairs of states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from symbolic.cubes import Cube, complement, contains, cube_text, intersection
from symbolic.reduce_machine import output_masks
from symbolic.state_table import StateTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How an implementation breaks what a table specifies."""

    start: tuple[str, str]
    """The states of both from which it can be seen."""
    inputs: tuple[str, ...]
    """Clock by clock, as strings over `0`, `1`, `-`; the last one shows it."""
    reason: str


class _Entry:
    """A transition, Moore outputs joined in."""

    __slots__ = ("cube", "ones", "target", "zeros")

    def __init__(self, cube: Cube, target: str | None, outputs: str) -> None:
        self.cube, self.target = cube, target
        self.ones, self.zeros = output_masks(outputs)


def _entries(table: StateTable) -> dict[str, list[_Entry]]:
    found = {}
    for state in table.states:
        found[state] = [_Entry(cube, t.target, t.outputs) for cube, t in table.leaving(state)]
        if table.moore_outputs is not None:
            found[state].append(_Entry(Cube(0, 0), None, table.moore_outputs[state]))
    return found


def implements(original: StateTable, other: StateTable) -> bool:
    """Tell whether `other` may stand wherever `original` is asked for; see `difference`."""
    return difference(original, other) is None


def difference(original: StateTable, other: StateTable) -> Difference | None:
    """Return how `other` breaks what `original` specifies, None if it does not.

    Both start in their reset states; where `original` has a power-on state, also
    there. On all inputs on which its next state or an output is specified,
    `other` must specify the same; where it is not, `other` is free from there
    on. Without any start state each state of the one needs one of the other.

    Raises:
        ValueError: Inputs or outputs differ, or `other` has no start state where one is needed.
    """
    if original.inputs != other.inputs or original.outputs != other.outputs:
        raise ValueError("machines can only be compared if inputs and outputs are the same")
    walk = _Walk(original, other)
    starts = list(_starts(original, other))
    if not starts:
        return _somewhere(walk, original, other)
    for pair in starts:
        found = walk.run(pair)
        if found is not None:
            return found
    return None


def _starts(original: StateTable, other: StateTable) -> Iterator[tuple[str, str]]:
    for kind in ("reset", "power_on"):
        state, own = getattr(original, f"{kind}_state"), getattr(other, f"{kind}_state")
        if state is not None:
            if own is None:
                raise ValueError(f"the {kind} state of an implementation must be known")
            yield state, own


def _somewhere(walk: _Walk, original: StateTable, other: StateTable) -> Difference | None:
    """Give each state of either machine a partner from which nothing can be seen."""
    last: Difference | None = None
    mates = set()
    for state in original.states:
        for own in other.states:
            last = walk.run((state, own))
            if last is None:
                mates.add(own)
                break
        if last is not None:
            return last
    for own in (own for own in other.states if own not in mates):
        for state in original.states:
            last = walk.run((state, own))
            if last is None:
                break
        if last is not None:
            return last
    return None


@dataclass(slots=True)
class _Walk:
    original: StateTable
    other: StateTable
    _own: dict[str, list[_Entry]] = field(init=False)
    _others: dict[str, list[_Entry]] = field(init=False)
    _proved: set[tuple[str, str]] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self._own = _entries(self.original)
        self._others = _entries(self.other)

    def run(self, start: tuple[str, str]) -> Difference | None:
        """Walk all pairs that follow `start`, the nearest first."""
        came: dict[tuple[str, str], tuple[tuple[str, str], Cube] | None] = {start: None}
        waiting = [start]
        for pair in waiting:
            if pair in self._proved:
                continue
            broken = self._broken(pair)
            if broken is not None:
                cube, reason = broken
                return self._told(start, came, pair, cube, reason)
            for following, cube in self._following(pair):
                if following not in came:
                    came[following] = (pair, cube)
                    waiting.append(following)
        self._proved |= set(came)
        return None

    def _following(self, pair: tuple[str, str]) -> Iterator[tuple[tuple[str, str], Cube]]:
        for entry in self._own[pair[0]]:
            for mine in self._others[pair[1]]:
                common = intersection(entry.cube, mine.cube)
                if common is not None and entry.target is not None and mine.target is not None:
                    yield (entry.target, mine.target), common

    def _broken(self, pair: tuple[str, str]) -> tuple[Cube, str] | None:
        """Return inputs on which something specified is not met in one step, and what."""
        mine = self._others[pair[1]]
        for entry in self._own[pair[0]]:
            if entry.target is not None:
                free = _uncovered(entry.cube, [m.cube for m in mine if m.target is not None])
                if free is not None:
                    return free, "the next state is specified, but not implemented"
            for output, name in enumerate(self.original.outputs):
                for value, masks in ((1, "ones"), (0, "zeros")):
                    if getattr(entry, masks) >> output & 1:
                        right = [m.cube for m in mine if getattr(m, masks) >> output & 1]
                        free = _uncovered(entry.cube, right)
                        if free is not None:
                            return free, f"output {name} must be {value}"
        return None

    def _told(
        self,
        start: tuple[str, str],
        came: dict[tuple[str, str], tuple[tuple[str, str], Cube] | None],
        pair: tuple[str, str],
        cube: Cube,
        reason: str,
    ) -> Difference:
        cubes = [cube]
        at = came[pair]
        while at is not None:
            pair, cube = at
            cubes.insert(0, cube)
            at = came[pair]
        width = len(self.original.inputs)
        return Difference(
            start=start, inputs=tuple(cube_text(c, width) for c in cubes), reason=reason
        )


def _uncovered(cube: Cube, cubes: list[Cube]) -> Cube | None:
    """Return some of `cube` that lies in none of `cubes`."""
    if any(contains(other, cube) for other in cubes):
        return None
    inside = [
        Cube(common.care & ~cube.care, common.value & ~cube.care)
        for other in cubes
        if (common := intersection(other, cube)) is not None
    ]
    left = complement(inside)
    return Cube(cube.care | left[0].care, cube.value | left[0].value) if left else None
