"""A design for a problem as rtlgen judged it itself: what all rows are made from."""

from __future__ import annotations

from dataclasses import dataclass

from rtlgen.data.rows import Provenance, VerdictColumns
from rtlgen.evaluation.problem import Problem
from rtlgen.llm.model import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A problem, as data is made of it."""

    problem_set: str
    problem: str
    """Its name within the set."""
    family: str = ""
    """Where the set names one; else `rtlgen.data.families` finds it."""
    spec: str
    """The description, word for word."""
    header: str = ""
    """Module header, where it is given or can be written from the interface."""
    top: str
    prompt: tuple[Message, ...]
    """What a model is asked."""
    form: str = "bare"
    """Form of an answer that the prompt asks for: `bare`, `fenced` or `marked`."""
    golden: str = ""
    """A design that holds, where the set has one."""
    tests: str = ""
    """The test as text, where it is text."""
    judge: Problem | None = None
    """What a reward can judge by, where it is a test of `rtlgen.evaluation`."""
    licence: str = ""
    trust: float | None = None
    """Trust of its test, 0 to 1; None where each verdict has its own, or it was not measured."""
    doubt: str = ""
    """Why the trust is what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One answer and what was seen of it."""

    task: Task
    completion: str
    """The answer as it came."""
    verilog: str | None
    """The design in it; None where there is none."""
    verdict: VerdictColumns | None
    """None: not judged, so that nothing may be learned from it."""
    evidence: str = ""
    """Diagnostics or the first mismatch, as a repair prompt tells it; empty for a pass."""
    provenance: Provenance

    @property
    def passed(self) -> bool:
        """Whether it was judged and holds."""
        return self.verdict is not None and self.verdict.status == "pass"
