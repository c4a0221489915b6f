"""What is better than what, by a goal."""

from __future__ import annotations

from dataclasses import dataclass

from symbolic.ppa import Ppa
from symbolic.rules.rule import Goal

Cost = tuple[float, ...]
SLACK = 0.05
"""Share by which a design may become slower where less delay is not the goal."""
_EQUAL = 1e-6
"""Relative difference of figures that are taken for the same."""


def cost(ppa: Ppa, goal: Goal) -> Cost:
    """Return figures to compare, the most important first; smaller is better."""
    match goal:
        case Goal.DELAY:
            found: Cost = (ppa.delay, ppa.area)
        case Goal.POWER:
            found = (ppa.area if ppa.power is None else ppa.power, ppa.area, ppa.delay)
        case Goal.AREA:
            found = (ppa.area, ppa.delay)
    return tuple(float(f"{figure:.6g}") for figure in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What a design must keep to, to be taken."""

    goal: Goal
    before: Ppa
    slack: float = SLACK

    @property
    def delay(self) -> float:
        """The most delay, in ps."""
        return self.before.delay * (1 + self.slack) * (1 + _EQUAL)

    def admits(self, ppa: Ppa) -> bool:
        """Whether `ppa` is no slower than allowed."""
        return ppa.delay <= self.delay

    def better(self, ppa: Ppa, than: Ppa) -> bool:
        """Whether `ppa` is admitted and costs less than `than`."""
        return self.admits(ppa) and cost(ppa, self.goal) < cost(than, self.goal)
