"""How probable it is that a design is right, where nothing proves it.

A logistic model of few signs, fitted to real completions and their official
verdicts. What it was fitted to, and how well its trust is calibrated on other
files, is printed by

    python bench/blind_pick.py --root SHARED --cache FOLDER --fit FILE ...
"""

from __future__ import annotations

import math
from dataclasses import dataclass

USUAL_AGREEMENT = 0.5
USUAL_NEARNESS = 0.7
"""What gives a design by itself about the share of right ones among those fitted to."""
WORTH = 2.0
"""Designs that the usual is worth; so one design by itself is neither praised nor blamed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What speaks for and against one design; every share is 0 to 1, what holds is 1."""

    agreement: float
    """Share of the other designs, and of the reference models in use, that behave just like it.

    Of the designs that could be observed: one that does not compile is no voice against another.
    Equal texts count each: measured, they speak for a design no less than different ones.
    """
    others: int
    """Designs and reference models of which `agreement` is a share."""
    nearness: float
    """Share of the other designs without a static flaw that show the same, mean over samples."""
    voters: int
    """Designs of which `nearness` is a share."""
    unknown: float
    """Share of the samples at which an output is X or Z."""
    contradicts: float
    """Its clock or reset is not what the specification states."""
    complaint: float
    """A compiler has something to say of it."""
    confirmed: float
    """It passes all that the specification says formally, and that is complete."""
    shown: float
    """It passes what the specification shows of some cases, and nothing is complete."""
    refuted: float
    """It fails something that the specification says formally, or shows."""

    def measured(self) -> dict[str, float]:
        """Return what is weighed, by name: shares of few designs lean towards the usual.

        Agreement counts by its square: the last to agree say more than the first.
        """
        return {
            "agreement": _leaning(self.agreement, self.others, USUAL_AGREEMENT) ** 2,
            "nearness": _leaning(self.nearness, self.voters, USUAL_NEARNESS),
            "unknown": self.unknown,
            "contradicts": self.contradicts,
            "complaint": self.complaint,
            "confirmed": self.confirmed,
            "shown": self.shown,
            "refuted": self.refuted,
        }


def _leaning(share: float, of: int, usual: float) -> float:
    return (share * of + usual * WORTH) / (of + WORTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What each sign adds to the logarithm of the odds."""

    constant: float
    agreement: float
    nearness: float
    unknown: float
    contradicts: float
    complaint: float
    confirmed: float
    shown: float
    refuted: float


FITTED = Weights(
    constant=-2.15,
    agreement=3.3,
    nearness=1.47,
    unknown=-2.02,
    contradicts=-1.78,
    complaint=-2.31,
    confirmed=1.08,
    shown=0.72,
    refuted=-3.15,
)


def trust(signs: Signs, weights: Weights = FITTED) -> float:
    """Return the probability that a design with these `signs` is right."""
    odds = weights.constant
    for name, value in signs.measured().items():
        odds += getattr(weights, name) * value
    return 1 / (1 + math.exp(-odds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that speaks for or against a design."""

    kind: str
    """`agreement`, `formal`, `example`, `property`, `reference model`, `static`, or `values`."""
    text: str
