"""State charts: named states, ordered conditions on inputs, and times to wait."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import cast

from rtlgen.synth.drawn import Clocked, Outputs, State, Values

Condition = tuple[tuple[str, int], ...]
"""Inputs with the values that all of them must have."""
Where = tuple[int, int]
"""A state's place in the chart, and for how many cycles the machine has been there before."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A transition under a condition."""

    when: Condition
    to: str

    def met(self, given: Values) -> bool:
        """Return whether the condition holds."""
        return all(given[name] == value for name, value in self.when)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A state: the first rule that is met decides; if none is, the time, and else it stays."""

    name: str
    outputs: tuple[int, ...]
    rules: tuple[Rule, ...] = ()
    wait: int = 0
    """After so many cycles here the machine goes to `then`; 0: it stays."""
    then: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A Moore machine of places; the first one is where reset leads to."""

    places: tuple[Place, ...]
    inputs: tuple[str, ...]
    outputs: tuple[tuple[str, int], ...]

    @property
    def timed(self) -> bool:
        """Whether any place needs a timer."""
        return any(place.wait > 1 for place in self.places)

    def index(self, name: str) -> int:
        """Return the number of a place."""
        return [place.name for place in self.places].index(name)

    def told(self, at: int) -> Outputs:
        """Return the outputs of a place."""
        values = self.places[at].outputs
        return {name: values[i] for i, (name, _) in enumerate(self.outputs)}

    def after(self, where: Where, given: Values) -> Where:
        """Return where the machine is one clock edge later."""
        at, been = where
        place = self.places[at]
        target = next((rule.to for rule in place.rules if rule.met(given)), "")
        if not target and place.wait and been == place.wait - 1:
            target = place.then
        if not target or target == place.name:
            return at, been + 1 if place.wait > 1 else 0
        return self.index(target), 0

    def behavior(self) -> Clocked[Where]:
        """Return the reference model."""
        return Clocked(
            reset=(0, 0),
            outputs=lambda where, _: self.told(where[0]),
            following=self.after,
            unknown=tuple(name for name, _ in self.outputs),
        )

    def kind(self, where: State) -> Hashable:
        """Return what matters of a state: the place, and whether its time is over."""
        at, been = cast("Where", where)
        wait = self.places[at].wait
        return at, bool(wait) and been == wait - 1

    def with_place(self, at: int, place: Place) -> Chart:
        """Return the chart with another place."""
        return replace(self, places=(*self.places[:at], place, *self.places[at + 1 :]))

    def key(self) -> str:
        """Return what makes this another chart, as a short text; names do not count."""
        order = [place.name for place in self.places]
        return "/".join(_place_key(place, order, self.inputs) for place in self.places)


def _place_key(place: Place, order: Sequence[str], inputs: Sequence[str]) -> str:
    rules = "".join(
        "".join(f"{inputs.index(name)}{value}" for name, value in rule.when)
        + f">{order.index(rule.to)};"
        for rule in place.rules
    )
    wait = f"{place.wait}>{order.index(place.then)}" if place.wait else ""
    return f"{place.outputs}{rules}{wait}".replace(" ", "")


def place(
    name: str, outputs: Sequence[int], *rules: tuple[Condition, str], wait: int = 0, then: str = ""
) -> Place:
    """Return a place, its rules given as conditions with targets."""
    return Place(
        name=name,
        outputs=tuple(outputs),
        rules=tuple(Rule(when, to) for when, to in rules),
        wait=wait,
        then=then,
    )


def on(*names: str, off: Sequence[str] = ()) -> Condition:
    """Return the condition that inputs `names` are 1 and inputs `off` are 0."""
    return (*((name, 1) for name in names), *((name, 0) for name in off))
