"""From designs to jobs: what is judged together, and in which order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rtlgen.evaluation.harness.protocol import (
    DEAR_SECONDS,
    Conditions,
    Group,
    Harness,
    InParts,
    Later,
    Preparation,
)
from rtlgen.evaluation.judgement import Judgement
from rtlgen.evaluation.problem import Problem
from sim.errors import EnvironmentFault

MOST_DESIGNS = 128
"""Designs in one job, at most."""
JOBS_PER_WORKER = 4
"""Jobs that each worker should have at least, so that all are busy to the end."""
LEAST_SECONDS = 0.5
"""Estimated processor time below which a job is not split: a start of the tools costs too."""
DESIGN_SECONDS = 0.02
"""Processor time of a design beside its simulation: gate and compiler."""


SHARE = 0.5
"""What a design costs beside others, of what the reference with its stimulus costs."""


@dataclass(slots=True, kw_only=True)
class Waiting:
    """A sample whose design is not judged yet."""

    task_id: str
    sample: int
    verilog: str
    digest: str
    rule: str


@dataclass(slots=True, kw_only=True, eq=False)
class Pending:
    """A design that is to be judged, and the samples that wait for it."""

    task_id: str
    text: str
    key: bytes
    keys: list[bytes]
    """All keys that its judgement has, `key` the first."""
    waiting: list[Waiting] = field(default_factory=list)
    failures: int = 0
    """Times that it was tried alone and the machine failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Designs of one problem."""

    task_id: str
    designs: tuple[Pending, ...]
    seconds: float
    """Estimated processor time of all of them."""
    left: tuple[Later, ...] = ()
    """What stood for the judgement of each, where they were left for later."""

    def halves(self) -> tuple[Part, Part]:
        """Return it in two; it has two designs or more."""
        middle = len(self.designs) // 2
        return self._slice(0, middle), self._slice(middle, len(self.designs))

    def _slice(self, start: int, end: int) -> Part:
        return Part(
            task_id=self.task_id,
            designs=self.designs[start:end],
            seconds=self.seconds / len(self.designs) * (end - start),
            left=self.left[start:end],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one worker judges at a time."""

    parts: tuple[Part, ...]

    @property
    def seconds(self) -> float:
        """Estimated processor time."""
        return sum(part.seconds for part in self.parts)

    @property
    def designs(self) -> list[Pending]:
        """All designs, in order."""
        return [design for part in self.parts for design in part.designs]

    def halves(self) -> tuple[Job, Job]:
        """Return it in two; it has two designs or more."""
        if len(self.parts) == 1:
            first, second = self.parts[0].halves()
            return Job(parts=(first,)), Job(parts=(second,))
        middle = len(self.parts) // 2
        return Job(parts=self.parts[:middle]), Job(parts=self.parts[middle:])


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeTask:
    """A job, as it is sent to a worker; returns the judgements in order.

    Of a harness that can, dear designs are left for later.
    """

    harness: Harness
    simulator: str
    """Under which all of the run is judged, wherever that is."""
    groups: tuple[Group, ...]
    conditions: Conditions

    def __call__(self) -> list[Judgement | Later]:
        _check_simulator(self.harness, self.simulator)
        found: Sequence[Sequence[Judgement | Later]]
        if isinstance(self.harness, InParts):
            found = self.harness.judge_in_parts(self.groups, self.conditions)
        else:
            found = self.harness.judge(self.groups, self.conditions)
        if [len(group) for group in found] != [len(group.designs) for group in self.groups]:
            raise ValueError(f"harness {self.harness.name!r} must judge each design once")
        return [judgement for group in found for judgement in group]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareTask:
    """Problems whose references are run; returns the preparations in order."""

    harness: Harness
    simulator: str
    problems: tuple[Problem, ...]
    conditions: Conditions

    def __call__(self) -> list[Preparation]:
        _check_simulator(self.harness, self.simulator)
        found = self.harness.prepare(self.problems, self.conditions)
        if len(found) != len(self.problems):
            raise ValueError(f"harness {self.harness.name!r} must prepare each problem once")
        return found


def _check_simulator(harness: Harness, wanted: str) -> None:
    """See that this machine judges as the others: verdicts are kept under one simulator's name.

    Raises:
        EnvironmentFault: It has another simulator, or another version of it.
    """
    if (found := harness.simulator()) != wanted:
        raise EnvironmentFault(
            f"all machines of a run must have {wanted}, one has {found}\n\n"
            "hint: install the same version on every node"
        )


def plan_jobs(
    batches: Sequence[tuple[Preparation, Sequence[Pending]]],
    *,
    workers: int,
    in_parts: bool = False,
) -> list[Job]:
    """Return `batches`, each of one problem, as jobs; the longest first.

    Designs of one problem stay together where they can: each part of them pays for a
    run of the reference and of the stimulus. Those of cheap problems share a job. If the
    harness judges `in_parts`, it finds by itself how dear ones are best split.
    """
    total = sum(_cost(preparation, len(designs)) for preparation, designs in batches)
    most = max(LEAST_SECONDS, total / (2 * workers))
    parts = [
        part
        for preparation, designs in batches
        for part in _parts(
            designs,
            preparation,
            math.inf if in_parts and preparation.seconds >= DEAR_SECONDS else most,
        )
    ]
    parts.sort(key=lambda part: part.seconds, reverse=True)
    jobs = _bundled(parts, max(LEAST_SECONDS, total / (JOBS_PER_WORKER * workers)))
    jobs.sort(key=lambda job: job.seconds, reverse=True)
    return jobs


def plan_later(
    preparation: Preparation, left: Sequence[tuple[Pending, Later]], *, workers: int
) -> list[Job]:
    """Return jobs for designs of one problem that were `left`.

    Each job runs the reference once: there are more of them than workers only where
    that is a small part.
    """
    reference = preparation.seconds
    alike: dict[str, list[tuple[Pending, Later]]] = {}
    for design, later in left:
        alike.setdefault(later.alike, []).append((design, later))
    costs = {key: max(0.0, one[0][1].seconds - reference) for key, one in alike.items()}
    number = min(len(alike), _worthwhile(sum(costs.values()), reference, workers))
    shares: list[list[tuple[Pending, Later]]] = [[] for _ in range(number)]
    loads = [0.0] * number
    for key in sorted(alike, key=lambda key: -costs[key]):
        least = loads.index(min(loads))
        shares[least] += alike[key]
        loads[least] += costs[key]
    return [
        Job(parts=(_later_part(share, reference + load),))
        for share, load in zip(shares, loads, strict=True)
    ]


def _worthwhile(seconds: float, reference: float, workers: int) -> int:
    """Return the number of jobs for designs that take `seconds` in all beside the reference."""
    each = max(reference, LEAST_SECONDS)
    useful = min(workers, int(seconds / each))
    balanced = min(JOBS_PER_WORKER * workers, int(seconds / max(8 * reference, LEAST_SECONDS)))
    return max(1, useful, balanced)


def _later_part(left: Sequence[tuple[Pending, Later]], seconds: float) -> Part:
    return Part(
        task_id=left[0][0].task_id,
        designs=tuple(design for design, _ in left),
        seconds=seconds,
        left=tuple(later for _, later in left),
    )


def _cost(preparation: Preparation, designs: int) -> float:
    """Return the estimated processor time of one part with so many designs."""
    return DESIGN_SECONDS * designs + preparation.seconds * (1 + SHARE * designs)


def _parts(designs: Sequence[Pending], preparation: Preparation, most: float) -> list[Part]:
    """Return the designs of one problem in equal parts of about `most` seconds."""
    if not designs:
        return []
    number = max(
        -(-len(designs) // MOST_DESIGNS),
        min(len(designs), math.ceil(_cost(preparation, len(designs)) / most)),
    )
    bounds = [len(designs) * n // number for n in range(number + 1)]
    return [
        Part(
            task_id=designs[0].task_id,
            designs=tuple(designs[start:end]),
            seconds=_cost(preparation, end - start),
        )
        for start, end in pairwise(bounds)
    ]


def _bundled(parts: Sequence[Part], most: float) -> list[Job]:
    """Return `parts`, the dear ones first, as jobs of about `most` seconds."""
    jobs: list[Job] = []
    held: list[Part] = []
    seconds, designs = 0.0, 0
    for part in parts:
        full = seconds + part.seconds > most or designs + len(part.designs) > MOST_DESIGNS
        if held and full:
            jobs.append(Job(parts=tuple(held)))
            held, seconds, designs = [], 0.0, 0
        held.append(part)
        seconds += part.seconds
        designs += len(part.designs)
    if held:
        jobs.append(Job(parts=tuple(held)))
    return jobs
