"""How the states of a changed machine stand for those of the one in the source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from symbolic.cubes import Cube, covers, intersects
from symbolic.state_table import StateTable, Transition


class NotWritable(ValueError):
    """A machine that cannot be written back into this source; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which state of the source stays for each state of the new machine.

    States go by their names in the old machine.
    """

    old: StateTable
    new: StateTable
    kept: Mapping[str, str]
    """For each state of the new machine one of the old."""
    image: Mapping[str, str]
    """For each state of the old machine that is reached, the one that it becomes part of."""
    same_transitions: bool
    """Whether the transitions that the source has for the kept states are the new ones."""
    same_outputs: bool
    """Whether the outputs that the source has for the kept states are the new ones."""

    @property
    def codes(self) -> dict[str, str]:
        """The new codes, by the old machine's names."""
        return {old: self.new.codes[new] for new, old in self.kept.items()}

    @property
    def width(self) -> int:
        return len(next(iter(self.new.codes.values())))

    @property
    def same_codes(self) -> bool:
        """Whether every state that stays has the code that it had."""
        return all(self.old.codes[state] == code for state, code in self.codes.items())

    @property
    def home(self) -> str:
        """The state that a reset leads to, or else the first."""
        home = self.new.reset_state or self.new.power_on_state or self.new.states[0]
        return self.kept[home]

    def merged_into(self, state: str) -> tuple[str, ...]:
        """Return the other old states that became part of the kept `state`."""
        return tuple(old for old, to in self.image.items() if to == state and old != state)

    @property
    def unreached(self) -> tuple[str, ...]:
        """The old states that no longer exist because nothing led there."""
        return tuple(state for state in self.old.states if state not in self.image)


def plan(old: StateTable, new: StateTable) -> Plan:
    """Relate `new` to the machine `old`, of which it must be an implementation.

    Raises:
        NotWritable: Inputs or outputs differ, codes are missing, or `new` has
            states that none of `old` can stand for.
    """
    if (old.inputs, old.outputs) != (new.inputs, new.outputs):
        raise NotWritable("the new machine must have the inputs and outputs of the old one")
    if not old.codes or not new.codes:
        raise NotWritable("both machines must have codes")
    pairs = _related(old, new)
    kept = _kept(old, new, pairs)
    image: dict[str, str] = {}
    for state, twin in pairs:
        # A state may become part of several; any that implements it serves.
        image.setdefault(state, kept[twin])
    for state in kept.values():
        image[state] = state
    ordered = {state: image[state] for state in old.states if state in image}
    return Plan(
        old=old,
        new=new,
        kept=kept,
        image=ordered,
        same_transitions=all(_same_targets(old, new, r, t, kept, ordered) for t, r in kept.items()),
        same_outputs=all(_same_outputs(old, new, r, t) for t, r in kept.items()),
    )


def _related(old: StateTable, new: StateTable) -> list[tuple[str, str]]:
    """Return the states that both machines can be in at the same time, nearest first."""
    found = list(dict.fromkeys(_starts(old, new)))
    seen = set(found)
    for state, twin in found:
        for target, other in _steps(old, new, state, twin):
            if (target, other) not in seen:
                seen.add((target, other))
                found.append((target, other))
    return found


def _starts(old: StateTable, new: StateTable) -> Iterator[tuple[str, str]]:
    for state, twin in (
        (old.reset_state, new.reset_state),
        (old.power_on_state, new.power_on_state),
    ):
        if state is not None and twin is not None:
            yield state, twin
    if old.reset_state is None and old.power_on_state is None:
        yield from ((state, state) for state in old.states if state in new.states)


def _steps(old: StateTable, new: StateTable, state: str, twin: str) -> Iterator[tuple[str, str]]:
    for cube, transition in old.leaving(state):
        for other_cube, other in new.leaving(twin):
            if transition.target and other.target and intersects(cube, other_cube):
                yield transition.target, other.target


def _kept(old: StateTable, new: StateTable, pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Choose an old state for each new one: one with the same behavior, of its name if possible."""
    kept: dict[str, str] = {}
    for twin in new.states:
        related = [state for state, other in pairs if other == twin]
        free = [state for state in related if state not in kept.values()]
        if not free:
            raise NotWritable(f"no state of the source can stand for state {twin!r}")
        kept[twin] = min(free, key=lambda s: _rank(old, new, s, twin))
    return kept


def _rank(old: StateTable, new: StateTable, state: str, twin: str) -> tuple[bool, bool, int]:
    fits = _same_outputs(old, new, state, twin)
    return not fits, state != twin, old.states.index(state)


def _same_outputs(old: StateTable, new: StateTable, state: str, twin: str) -> bool:
    """Whether `state` gives every output that `twin` gives."""
    if old.moore_outputs is not None and new.moore_outputs is not None:
        return _gives(old.moore_outputs[state], new.moore_outputs[twin])
    return all(
        covers([c for c, t in old.leaving(state) if _gives(_outputs(old, t), wanted)], cube)
        for cube, other in new.leaving(twin)
        if set(wanted := _outputs(new, other)) - {"-"}
    )


def _outputs(table: StateTable, transition: Transition) -> str:
    if table.moore_outputs is not None:
        return table.moore_outputs[transition.state]
    return transition.outputs


def _gives(given: str, wanted: str) -> bool:
    return all(w in ("-", g) for g, w in zip(given, wanted, strict=True))


def _same_targets(
    old: StateTable,
    new: StateTable,
    state: str,
    twin: str,
    kept: Mapping[str, str],
    image: Mapping[str, str],
) -> bool:
    """Whether `state` goes where `twin` goes, once every old state is the one it became."""

    def agreeing(target: str) -> list[Cube]:
        wanted = kept[target]
        return [c for c, t in old.leaving(state) if t.target and image.get(t.target) == wanted]

    return all(
        covers(agreeing(other.target), cube)
        for cube, other in new.leaving(twin)
        if other.target is not None
    )
