"""Where an optimization stands, and what it works with."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from sim.design import Design
from sim.errors import InvalidDesign
from sim.interface import Interface
from sim.modules import module_names
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.read import Unreadable, read_dataflow
from symbolic.dataflow.source_map import SourceMap, source_map
from symbolic.extract import ExtractedMachine, NotExtracted, machines
from symbolic.extract_names import Constant, constants_of
from symbolic.optimize_clock import Clock
from symbolic.optimize_score import Bar, Cost, cost
from symbolic.optimize_together import at_once
from symbolic.optimize_values import LeftAlone, MachineChange
from symbolic.ppa import Library, NotMeasured, Ppa, measure
from symbolic.rules.rule import Goal, Rule

_TOGETHER = 3
"""Designs that are worth a process of their own to measure."""
_MANY = 3000
"""Cells from which one mapping has to do for the search: several would take most of the time,
and the luck of one is small."""
Found = ExtractedMachine | NotExtracted
Key = tuple[str, str]
"""Name of a rule or method, and what it did: by which a step is known that was not proved."""


class Priced(Protocol):
    """A text, and what it comes to."""

    @property
    def design(self) -> Design: ...

    @property
    def measured(self) -> Ppa: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A change that is not proved yet."""

    name: str
    what: str
    before: Design
    after: Design
    measured: Ppa
    rule: Rule | None = None
    machine: MachineChange | None = None
    along: tuple[Key, ...] = ()
    """What was done along with it."""

    @property
    def design(self) -> Design:
        return self.after

    @property
    def key(self) -> Key:
        return self.name, self.what

    @property
    def keys(self) -> tuple[Key, ...]:
        """What may not be done again if this is not proved."""
        return (self.key, *self.along)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A text, what it computes, and what it comes to."""

    design: Design
    module: Dataflow
    measured: Ppa


class Meter:
    """Measures designs, each text once, all in the same way.

    `brief` says whether one mapping has to do; None leaves it to the size of the first design.
    """

    def __init__(self, library: Library, goal: Goal, *, brief: bool | None = None) -> None:
        self.library = library
        self._power = goal is Goal.POWER
        self._known: dict[str, Ppa | NotMeasured] = {}
        self._brief = brief

    def measured(self, designs: Sequence[Design], *, seconds: float) -> list[Ppa | NotMeasured]:
        """Return what each design comes to after mapping, or why that cannot be said."""
        if self._brief is None and designs:
            first = designs[0]
            [found] = self._measure([first], seconds=seconds, thorough=False)
            self._brief = isinstance(found, NotMeasured) or sum(found.by_cell.values()) >= _MANY
            if self._brief:
                self._known[first.digest] = found
        new = {d.digest: d for d in designs if d.digest not in self._known}
        if new:
            thorough = not self._brief
            measured = self._measure(list(new.values()), seconds=seconds, thorough=thorough)
            self._known.update(zip(new, measured, strict=True))
        return [self._known[design.digest] for design in designs]

    def counted(self, designs: Sequence[Design], *, seconds: float) -> list[Ppa | NotMeasured]:
        """Return the same with everything that can be counted, what a stock synthesis makes too."""
        return self._measure(designs, seconds=seconds, thorough=True, counted=True)

    def _measure(
        self, designs: Sequence[Design], *, seconds: float, thorough: bool, counted: bool = False
    ) -> list[Ppa | NotMeasured]:
        def some(few: Sequence[Design]) -> list[Ppa | NotMeasured]:
            return measure(
                few,
                library=self.library,
                seconds=max(1.0, seconds),
                stock=counted,
                power=self._power,
                thorough=thorough,
            )

        each = 1 if counted or self._brief else _TOGETHER
        parts = max(1, min(os.cpu_count() or 1, len(designs) // each))
        found = at_once([partial(some, designs[n::parts]) for n in range(parts)])
        return [found[n % parts][n // parts] for n in range(len(designs))]


@dataclass(slots=True, kw_only=True)
class Context:
    """What all parts of one optimization share."""

    original: Design
    interface: Interface
    goal: Goal
    meter: Meter
    clock: Clock
    named_states: bool = False
    """Whether text that names states goes on naming them."""
    bar: Bar | None = None
    """None until the original is measured."""
    banned: set[Key] = field(default_factory=set)
    _sources: dict[str, SourceMap] = field(default_factory=dict)
    _machines: dict[str, list[Found]] = field(default_factory=dict)
    left_alone: list[LeftAlone] = field(default_factory=list)

    @property
    def left(self) -> float:
        """Seconds that are left, on the wall, at least none."""
        return self.clock.left

    @property
    def most_delay(self) -> float | None:
        """The greatest delay allowed, in ps; None where it is what there is to be less of."""
        return None if self.bar is None or self.goal is Goal.DELAY else self.bar.delay

    def leave(self, left: LeftAlone) -> None:
        """Note what stays as it is, once."""
        if left not in self.left_alone:
            self.left_alone.append(left)

    def price(self, priced: Priced) -> Cost:
        """Return what a text costs by the goal, with a fee for what it is longer."""
        if self.bar is None:
            return cost(priced.measured, self.goal)
        return self.bar.price(priced.measured, priced.design)

    def better(self, one: Priced, other: Priced) -> bool:
        """Whether `one` is better by the goal than `other`, and no slower than allowed."""
        allowed = self.bar is not None and self.bar.admits(one.measured)
        return allowed and self.price(one) < self.price(other)

    def read(self, design: Design) -> Dataflow | Unreadable:
        """Return what `design` computes, or why that cannot be said."""
        [found] = read_dataflow([design], [self.interface])
        if isinstance(found, Dataflow):
            return found
        # Where all states are listed, a latch never holds: that is for `extract` to say.
        [open_] = read_dataflow([design], [self.interface], latches=True)
        if isinstance(open_, Dataflow) and any(
            isinstance(one, ExtractedMachine) for one in machines(open_)
        ):
            return open_
        return found

    def source(self, design: Design) -> SourceMap:
        """Return where everything stands in `design`, looked for once.

        Raises:
            InvalidDesign: The parser does not take it.
        """
        if design.digest not in self._sources:
            self._sources[design.digest] = source_map(design)
        return self._sources[design.digest]

    def machines(self, stage: Stage) -> list[Found]:
        """Return the machines of `stage`, with names as its source has them."""
        key = stage.design.digest
        if key not in self._machines:
            constants: Sequence[Constant] = ()
            with suppress(InvalidDesign):
                constants = constants_of(stage.design, self.source(stage.design))
            self._machines[key] = machines(stage.module, constants=constants)
        return self._machines[key]


def home_of(design: Design) -> str:
    """Return the name of the source that defines the top module."""
    for name, text in design.sources.items():
        if design.top in module_names(Design(top=design.top, sources={name: text})):
            return name
    return next(iter(design.sources))
