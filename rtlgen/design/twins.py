"""Candidates that are the same design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rtlgen.design.candidate import Candidate


def with_twins(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return `candidates`; one that shares its verdict with an earlier one says so.

    Designs that are the same but for comments and layout are judged once, and
    share one verdict (`sim.batch.judge_many`).
    """
    first: dict[int, int] = {}
    found = []
    for candidate in candidates:
        if candidate.verdict is None:
            found.append(candidate)
            continue
        earlier = first.setdefault(id(candidate.verdict), candidate.number)
        found.append(candidate if earlier == candidate.number else replace(candidate, twin=earlier))
    return found
