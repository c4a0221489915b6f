"""What to ask for next: best-first over the candidates, repairs and fresh starts side by side.

A candidate that came nearer than others is repaired before them; each repair
it has had makes it wait. A repair that made things worse is not built upon:
its parent stays where it was and is tried again (rollback). Half of what is
asked for in a round are fresh starts, so that one bad beginning cannot use up
the budget.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rtlgen.design.candidate import Candidate
from sim.verdict import Status

_TIRED = 0.12
"""What a repair that a candidate has had already takes off its rank."""
MOST_REPAIRS = 4
"""Repairs of one candidate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One answer to ask for."""

    parent: Candidate | None
    """The candidate to repair; None: a fresh start."""


def next_actions(
    candidates: Sequence[Candidate],
    *,
    width: int,
    turn: int,
    worth: Callable[[Candidate], bool] = lambda _: True,
) -> list[Action]:
    """Return `width` actions for round `turn`, counted from 1.

    Args:
        candidates: Everything so far, `number` being the index.
        width: How many answers to ask for.
        turn: Number of the round; with one answer a round, repairs and fresh starts take turns.
        worth: Whether a repair of a candidate can be asked for, and has something to go by.
    """
    ranked = [entry for entry in _ranked(candidates) if worth(entry[1])]
    share = _share(width, turn) if ranked else 0
    chosen: list[Action] = []
    given: Counter[int] = Counter()
    while len(chosen) < share and ranked:
        ranked.sort(
            key=lambda found: (-found[0] + _TIRED * given[found[1].number], found[1].number)
        )
        best = ranked[0][1]
        given[best.number] += 1
        chosen.append(Action(parent=best))
    return chosen + [Action(parent=None)] * (width - len(chosen))


def _share(width: int, turn: int) -> int:
    """Return how many of `width` are repairs: the larger half; a single one every other time."""
    return turn % 2 if width == 1 else (width + 1) // 2


def _ranked(candidates: Sequence[Candidate]) -> list[tuple[float, Candidate]]:
    had = Counter(c.parent for c in candidates if c.parent is not None)
    return [
        (candidate.score - _TIRED * had[candidate.number], candidate)
        for candidate in candidates
        if repairable(candidate, candidates) and had[candidate.number] < MOST_REPAIRS
    ]


def repairable(candidate: Candidate, candidates: Sequence[Candidate]) -> bool:
    """Whether a repair of `candidate` can be asked for and is worth it.

    An error is one too: most often no simulator compiles what is legal SystemVerilog.
    """
    verdict = candidate.verdict
    if verdict is None or candidate.design is None or candidate.twin is not None:
        return False
    if verdict.status is Status.PASS:
        return False
    return not _worse(candidate, candidates)


def _worse(candidate: Candidate, candidates: Sequence[Candidate]) -> bool:
    if candidate.parent is None:
        return False
    return candidate.score < candidates[candidate.parent].score


def best_of(candidates: Sequence[Candidate]) -> Candidate | None:
    """Return the candidate that came nearest, the first of equals; None if none has a design."""
    designs = [candidate for candidate in candidates if candidate.design is not None]
    return max(designs, key=lambda c: (c.score, -c.number), default=None)
