"""What became of many answers, in a line for people who got no design of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rtlgen.design.candidate import Candidate
from rtlgen.design.words import counted
from sim.verdict import Cause, Status

_CAUSES = {
    Cause.SYNTAX: "with errors of syntax",
    Cause.ELABORATION: "that cannot be elaborated",
    Cause.INTERFACE: "with other ports",
    Cause.REFUSED: "refused by the gate",
}


def tried(candidates: Sequence[Candidate]) -> str:
    """Return how many answers there were and why each kind does not hold."""
    kinds = Counter(map(_kind, candidates))
    parts = [f"{number} {kind}" for kind, number in kinds.most_common()]
    parts += _groups(candidates)
    return f"{counted(len(candidates), 'answer')}: {', '.join(parts)}"


def _kind(candidate: Candidate) -> str:
    verdict = candidate.verdict
    if candidate.failure:
        return f"that did not come ({candidate.failure})"
    if candidate.design is None:
        return "without a design"
    if verdict is not None and verdict.cause in _CAUSES:
        return _CAUSES[verdict.cause]
    if candidate.group is not None:
        return "that ran"
    if verdict is None:
        return "not judged"
    if verdict.status is Status.FAIL:
        return "that fail in simulation"
    return f"not judged ({verdict.status.value})" if verdict.status is not Status.PASS else "right"


def _groups(candidates: Sequence[Candidate]) -> Iterator[str]:
    sizes = Counter(c.group for c in candidates if c.group is not None)
    if sizes:
        largest = max(sizes.values())
        ways = counted(len(sizes), "way")
        yield f"these in {ways} to behave, {largest} alike at most"
