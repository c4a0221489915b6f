"""When rounds of training end: a gain must be larger than chance makes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from rtlgen.evaluation.strict import Strict
from rtlgen.evaluation.summary import Rate


class RoundGain(Strict):
    """What a round brought on the problems that decide."""

    round: int
    """From 1; round 0 is the model that the rounds began with."""
    against: int
    """The best round before it."""
    difference: Rate
    """pass@k of this round less that of `against`, paired by problem, with its interval."""

    @property
    def gained(self) -> bool:
        """Whether all of the interval lies above 0."""
        return self.difference.low > 0


class Decision(Strict):
    """Whether there is another round, and why."""

    go_on: bool
    best: int
    """The last round that gained; 0 where none has."""
    reason: Literal["", "no gain", "all rounds done"] = ""


def decide(gains: Sequence[RoundGain], *, rounds: int, patience: int) -> Decision:
    """Return whether to go on after the rounds in `gains`, which are those from 1 on, in order.

    The rounds end after `rounds` of them, or where the last `patience` of them have not
    gained: where the paired bootstrap interval of the difference to the best round
    before does not lie above 0.
    """
    best = max((gain.round for gain in gains if gain.gained), default=0)
    if len(gains) >= rounds:
        return Decision(go_on=False, best=best, reason="all rounds done")
    if len(gains) - best >= patience:
        return Decision(go_on=False, best=best, reason="no gain")
    return Decision(go_on=True, best=best)
