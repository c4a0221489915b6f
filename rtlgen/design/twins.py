"""Candidates that are the same design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rtlgen.design.candidate import Candidate


def with_twins(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return `candidates`; one that is the same design as an earlier one says so.

    Designs that are the same but for comments and layout are judged once, and
    share one verdict (`sim.batch.judge_many`); those that no tool could read
    are the same where their text is.
    """
    first: dict[object, int] = {}
    found = []
    for candidate in candidates:
        if candidate.design is None or candidate.verdict is None:
            found.append(candidate)
            continue
        keys = (id(candidate.verdict), candidate.design.digest)
        earlier = min(first.setdefault(key, candidate.number) for key in keys)
        found.append(candidate if earlier == candidate.number else replace(candidate, twin=earlier))
    return found
