"""What modules cost, measured once each, and which of them is better."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from sim.design import Design
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.write import module_text
from symbolic.ppa import Library, NotMeasured, Ppa
from symbolic.ppa import measure as measure_designs
from symbolic.rewrite_reverted import Key, key_of
from symbolic.rules.rule import Goal

Measure = Callable[[Sequence[Dataflow]], Sequence[Ppa | NotMeasured | None]]
"""Modules to what each costs."""
_Found: TypeAlias = Ppa | NotMeasured | None

SLOWER = 1.05
"""The greatest factor on the delay, unless less delay is the goal."""
_SAME = 1e-9
_Order = tuple[float, ...]


def measuring(library: Library | None = None) -> Measure:
    """Return what measures modules by synthesis of their Verilog text."""

    def measure(modules: Sequence[Dataflow]) -> Sequence[_Found]:
        return measure_designs(
            [_design(module) for module in modules], library=library, stock=False
        )

    return measure


def _design(module: Dataflow) -> Design:
    top = module.interface.module
    return Design(top=top, sources={"module.v": module_text(module)})


@dataclass(slots=True, kw_only=True)
class Costs:
    """Costs of modules that were measured, in the light of a goal."""

    measure_all: Measure
    goal: Goal
    base: Dataflow
    bound: float | None = None
    """The greatest delay, ps; by default `SLOWER` times that of `base`."""
    _known: dict[Key, _Found] = field(default_factory=dict)
    _each: float = 0.2
    """Seconds that one takes."""

    def measure(self, modules: Sequence[Dataflow]) -> None:
        """Measure those modules that are not known yet."""
        fresh: dict[Key, Dataflow] = {}
        for module in modules:
            if key_of(module) not in self._known:
                fresh.setdefault(key_of(module), module)
        if not fresh:
            return
        start = time.monotonic()
        found = self.measure_all(list(fresh.values()))
        self._each = (time.monotonic() - start) / len(fresh)
        self._known |= dict(zip(fresh, found, strict=True))

    def affordable(self, seconds: float) -> int:
        """Return how many modules can be measured in that time."""
        return math.floor(seconds / self._each) if self._each else 1 << 20

    def known(self, module: Dataflow) -> bool:
        """Whether a module was measured."""
        return isinstance(self._known.get(key_of(module)), Ppa)

    def of(self, module: Dataflow, otherwise: Ppa | None = None) -> Ppa:
        """Return the measured cost.

        Raises:
            LookupError: The module was not measured, and there is nothing else to return.
        """
        found = self._known.get(key_of(module))
        if isinstance(found, Ppa):
            return found
        if otherwise is None:
            raise LookupError(f"module {module.interface.module!r} was not measured")
        return otherwise

    def order(self, module: Dataflow) -> _Order:
        """Return what is smaller for better modules; greatest for those not measured."""
        found = self._known.get(key_of(module))
        if not isinstance(found, Ppa):
            return (math.inf,)
        slow = self._too_slow(found)
        if self.goal is Goal.DELAY:
            return slow, found.delay, found.area, found.cells or 0 or 0
        return slow, self._amount(found), found.delay, found.cells or 0 or 0

    def amount(self, module: Dataflow) -> float:
        """Return what is to be minimized, whatever the delay; of those not measured, infinity."""
        found = self._known.get(key_of(module))
        if not isinstance(found, Ppa):
            return math.inf
        return found.delay if self.goal is Goal.DELAY else self._amount(found)

    def _amount(self, found: Ppa) -> float:
        if self.goal is Goal.POWER and found.power is not None:
            return found.power
        return found.area

    def _too_slow(self, found: Ppa) -> float:
        """Return the delay if it is above the bound; otherwise 0."""
        bound = self.bound
        if bound is None:
            base = self._known.get(key_of(self.base))
            if self.goal is Goal.DELAY or not isinstance(base, Ppa):
                return 0.0
            bound = SLOWER * base.delay
        return found.delay if found.delay > bound + _SAME else 0.0

    def better(self, module: Dataflow, other: Dataflow) -> bool:
        """Whether a module was measured to be better than another."""
        return self.known(module) and self.order(module) < self.order(other)

    def as_good(self, module: Dataflow, other: Dataflow) -> bool:
        """Whether a module was measured, and not to be worse than another."""
        return self.known(module) and self.order(module) <= self.order(other)
