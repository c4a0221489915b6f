"""What every harness takes and gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from rtlgen.evaluation.judgement import Judgement
from rtlgen.evaluation.problem import Problem

DEAR_SECONDS = 1.0
"""Processor time of a reference from which on a harness that judges in parts looks at
what each design costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Under what samples are judged; all of it goes into the cache's key."""

    cpu_seconds: float = 30.0
    """Processor time of one sample: compilation and simulation, each."""
    memory_bytes: int = 2 << 30
    stop_early: bool = False
    """End a simulation at the first mismatch: same verdicts, smaller counts."""
    windows: bool = True
    """Keep the samples up to the first mismatch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What was found by running a problem's own reference, once for all samples."""

    problem: str
    """Digest of the problem."""
    simulator: str
    """Name and version, such as `Icarus Verilog 11.0`."""
    samples: int = 0
    """Samples of a complete run; 0 where the test does not run."""
    seconds: float = 0.0
    """Processor time of the reference's run."""
    faults: tuple[str, ...] = ()
    """Why the test, as published, cannot judge here: each rule and what was seen."""
    repairs: tuple[str, ...] = ()
    """Source transforms without which the test does not compile here, each stated."""
    facts: dict[str, str] = field(default_factory=dict)
    """What else the harness needs to judge, for its own use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Samples of one problem that are judged together."""

    problem: Problem
    preparation: Preparation
    designs: tuple[str, ...]
    """Verilog texts as a sample gave them, after extraction; untrusted."""
    left: tuple[Later, ...] = ()
    """What stood for each design's judgement, where they were left for later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Stands for the judgement of a design that is left for a job of its own.

    It costs more than was known, as its first samples show.
    """

    seconds: float
    """Processor time that it is expected to take by itself."""
    alike: str
    """Designs of a problem with the same are judged as one, if they are in the same job."""
    known: object = None
    """What the harness has found of it so far, for its own use; it can be pickled."""


class Harness(Protocol):
    """Judges the samples of a benchmark's problems. Stateless, picklable, safe in threads."""

    @property
    def name(self) -> str:
        """What records and caches call it."""

    def simulator(self) -> str:
        """Return name and version of the simulator that judges.

        Raises:
            ToolNotFound: It is not installed.
        """

    def prepare(self, problems: Sequence[Problem], conditions: Conditions) -> list[Preparation]:
        """Run each problem's reference; a problem that does not run has `faults`.

        Raises:
            EnvironmentFault: The tools do not run at all.
        """

    def judge(self, groups: Sequence[Group], conditions: Conditions) -> list[list[Judgement]]:
        """Return a judgement of each design of each group, in their order.

        A bad design, however hostile, never raises and never changes what is
        said of another one.

        Raises:
            EnvironmentFault: The machine is at fault, and nothing was learned.
        """


@runtime_checkable
class InParts(Protocol):
    """A harness that can leave dear designs for later, so that many workers share them."""

    def judge_in_parts(
        self, groups: Sequence[Group], conditions: Conditions
    ) -> list[list[Judgement | Later]]:
        """Return what `Harness.judge` returns, or that a design is left for later.

        Those of a group with `left` are not left again.
        """
