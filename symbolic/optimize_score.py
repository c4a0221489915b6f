"""What is better than what, by a goal."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from sim.design import Design
from sim.text import without_comments
from symbolic.ppa import Ppa
from symbolic.rules.rule import Goal

Cost = tuple[float, ...]
SLACK = 0.05
"""Share by which a design may become slower where less delay is not the goal."""
_FEE = 0.1
"""Share of the cost that a text of twice the length has to save."""
_MOST_FEE = 0.2
_NEWS_FEE = 0.06
"""Share of the cost that a text has to save of which no line is known."""
_WORD = re.compile(r"[A-Za-z0-9_$'.]+|[^\sA-Za-z0-9_$'.]")
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


def length_of(design: Design) -> int:
    """Return how much there is to read: words and signs, comments apart."""
    return sum(len(_WORD.findall(without_comments(text))) for text in design.sources.values())


def length_fee(old: Design, new: Design) -> float:
    """Return the share of the cost that `new` has to save for being longer than `old`."""
    growth = length_of(new) / max(1, length_of(old)) - 1
    return min(_MOST_FEE, max(0.0, _FEE * growth))


def churn_of(old: Design, new: Design) -> float:
    """Return what somebody who knows `old` has to read anew, and misses: 0 is nothing, 1 all.

    Lines that are only gone are nothing to read, but comments are missed. Where there is less
    to read than before, new lines are less of a burden, in that proportion.
    """
    before, after = _lines(old), _lines(new)
    gone = before - after
    missed = sum(count for line, count in gone.items() if "//" in line or "*/" in line)
    shorter = min(1.0, length_of(new) / max(1, length_of(old)))
    burden = shorter * sum((after - before).values())
    return (burden + missed) / max(1, sum(before.values()))


def _lines(design: Design) -> Counter[str]:
    lines = (line.strip() for text in design.sources.values() for line in text.splitlines())
    return Counter(line for line in lines if line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What a design must keep to, to be taken."""

    goal: Goal
    original: Design
    before: Ppa
    slack: float = SLACK
    text_price: float = 1.0
    """Factor on what new or longer text costs."""

    @property
    def delay(self) -> float:
        """The most delay, in ps."""
        return self.before.delay * (1 + self.slack) * (1 + _EQUAL)

    def admits(self, ppa: Ppa) -> bool:
        """Whether `ppa` is no slower than allowed."""
        return ppa.delay <= self.delay

    def price(self, ppa: Ppa, design: Design) -> Cost:
        """Return what `design` costs, more where there is more to read than in the original.

        Text that is longer, or that those who know the original do not know, has to pay for
        itself: it is to be read and kept by people.
        """
        first, *others = cost(ppa, self.goal)
        news = min(1.0, churn_of(self.original, design)) * _NEWS_FEE
        fee = self.text_price * (length_fee(self.original, design) + news)
        growth = length_of(design) / max(1, length_of(self.original)) - 1
        return (first * (1 + fee), *others, growth)
