"""What closing a testbench comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from sim.design import Design
from sim.proof import Proof
from testbench_gen.coverage_result import Coverage
from testbench_gen.directed import Directed
from testbench_gen.mutation import MutationScore
from testbench_gen.testbench import Testbench


def nothing_judged(reason: str = "") -> MutationScore:
    """Return the score where there are no mutants."""
    return MutationScore(results=(), fault=reason)


def nothing_measured(reason: str = "nobody looked") -> Coverage:
    """Return the coverage where none was measured."""
    return Coverage(reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A testbench, and all that was found on the way to it."""

    testbench: Testbench
    design: Design | None
    """The RTL by which it was measured."""
    fault: str = ""
    """Why that RTL does not pass its own testbench; then nothing else was measured."""
    mutation: MutationScore = field(default_factory=nothing_judged)
    coverage: Coverage = field(default_factory=nothing_measured)
    proofs: Mapping[str, Proof] = field(default_factory=dict)
    """About the conditions that holes need, by condition."""
    budget: int | None = None
    """That the testbench was written with."""
    directed: tuple[Directed, ...] = ()
    dropped: int = 0
    """Traces that were found and did not help."""
    turns: int = 0
    ended: tuple[str, ...] = ()
    """Limits that ended something; empty where nothing was left to gain."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """By part; parts may have gone on at the same time."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "proofs", MappingProxyType(dict(self.proofs)))
        object.__setattr__(self, "seconds", MappingProxyType(dict(self.seconds)))


def is_exhaustive(testbench: Testbench) -> bool:
    """Whether every input of a function without a state is driven."""
    plan = testbench.plan
    if plan.timing.clocks or plan.timing.one_by_one or plan.timing.in_order:
        return False
    every = 1 << sum(port.width for port in plan.inputs)
    return any(p.pattern == "exhaustive" and p.cycles >= every for p in plan.phases)


def all_unreachable(coverage: Coverage) -> Coverage:
    """Return `coverage` of a stimulus that leaves nothing out: the rest cannot be reached."""
    points = (p if p.covered else replace(p, unreachable=True) for p in coverage.points)
    return replace(coverage, points=tuple(points))
