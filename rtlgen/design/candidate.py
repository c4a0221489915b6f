"""A candidate: where it comes from, the design in it or why there is none, and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rtlgen.design.options import State
from rtlgen.llm.model import Answer
from sim.design import Design
from sim.disagreement import Disagreement
from sim.verdict import Cause, Status, Verdict

Origin = Literal["given", "compiled", "propose", "syntax repair", "functional repair"]

_REFUSED: dict[Cause, float] = {
    Cause.REFUSED: 0.05,
    Cause.SYNTAX: 0.1,
    Cause.ELABORATION: 0.15,
    Cause.INTERFACE: 0.2,
}
_STATES: dict[Status, State] = {Status.PASS: "ok", Status.FAIL: "tried"}
_RUNS = 0.3
"""What a design is worth that can be simulated, however wrong it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A design that was judged, or why there is none."""

    proposer: str
    design: Design | None
    number: int = 0
    parent: int | None = None
    """Number of the candidate that this one repairs."""
    origin: Origin = "compiled"
    request: str | None = None
    """Key of the request that the answer came for."""
    answer: Answer | None = None
    declined: str | None = None
    """Why the proposer has no design, or the answer holds none."""
    guess: bool = False
    notes: tuple[str, ...] = ()
    twin: int | None = None
    """Number of an earlier candidate that is the same design."""
    group: int | None = None
    verdict: Verdict | None = None
    disagreement: Disagreement | None = None
    """Where two simulators part over it, if both were asked."""

    @property
    def failure(self) -> str | None:
        """Why the model gave no answer, so that there was nothing to judge."""
        if self.answer is None or self.answer.failure is None:
            return None
        return ": ".join(filter(None, (self.answer.failure.value, self.answer.detail)))

    @property
    def passed(self) -> bool:
        return self.verdict is not None and self.verdict.status is Status.PASS

    @property
    def score(self) -> float:
        """How near it came: 1 for a pass, then by the share of checks that held."""
        verdict = self.verdict
        if verdict is None:
            return 0.0
        if verdict.status is Status.PASS:
            return 1.0
        if verdict.cause in _REFUSED:
            return _REFUSED[verdict.cause]
        if verdict.status is Status.FAIL and verdict.checked:
            held = 1 - verdict.mismatches / verdict.checked
            return round(_RUNS + (0.95 - _RUNS) * held, 4)
        return _RUNS - 0.05


def described(candidate: Candidate) -> tuple[str, State]:
    """Return in a few words what became of `candidate`, and how good that is."""
    if candidate.failure:
        return f"not judged: {candidate.failure}", "open"
    if candidate.declined:
        return f"no code: {candidate.declined.splitlines()[0]}", "tried"
    verdict = candidate.verdict
    if verdict is None:
        return "not judged", "open"
    state = _STATES.get(verdict.status, "open")
    if candidate.twin is not None:
        return f"the same design as {candidate.twin}", state
    return verdict.reason if state != "open" else f"{verdict.status.name}: {verdict.reason}", state
