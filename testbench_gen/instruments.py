"""What closes a testbench, with the real tools: simulators, Verilator's coverage, a prover."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from sim.design import Design
from sim.errors import ToolFailed
from sim.interface import Interface
from sim.judge import simulate_first
from sim.process import Limits
from sim.proof import Goal, Outcome, Proof, Prover
from sim.simulate import Simulator
from sim.verdict import Verdict
from sim.verdict_cache import Verdicts
from testbench_gen.closing import Covering
from testbench_gen.coverage import CoverageModel
from testbench_gen.coverage_result import Coverage
from testbench_gen.mutants import mutants_of
from testbench_gen.mutants.mutant import Mutant
from testbench_gen.mutation import MutationScore, mutation_score
from testbench_gen.plan import StimulusPlan
from testbench_gen.testbench import Testbench

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgiving:
    """A prover that leaves everything open where its tool does not run, and says so."""

    prover: Prover

    def equivalent(
        self, golden: Design, others: Sequence[Design], interface: Interface, *, seconds: float
    ) -> list[Proof]:
        try:
            return self.prover.equivalent(golden, others, interface, seconds=seconds)
        except ToolFailed as fault:
            return [_not_run(fault) for _ in others]

    def reach(
        self, design: Design, goals: Sequence[Goal], interface: Interface, *, seconds: float
    ) -> list[Proof]:
        try:
            return self.prover.reach(design, goals, interface, seconds=seconds)
        except ToolFailed as fault:
            return [_not_run(fault) for _ in goals]


def _not_run(fault: ToolFailed) -> Proof:
    log.warning("%s", fault)
    return Proof(outcome=Outcome.OPEN, reason=str(fault).split("\n", 1)[0])


class Unlooked:
    """Measures nothing, as nobody asked for coverage."""

    def run(self, stimulus: StimulusPlan) -> Coverage:
        return Coverage(reason="nobody asked for it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """Measures with `simulators` and Verilator, proves with `prover` where there is one."""

    simulators: Sequence[Simulator]
    prover: Prover | None = None
    limits: Limits = field(default_factory=Limits)
    cache: Verdicts | None = None
    workers: int = 1
    cover: bool = True
    """Whether coverage is measured."""
    specified: Design | None = None
    """What mutants are proved to differ from, where that leaves more open than their original."""

    def mutants(self, design: Design, *, limit: int, seed: int) -> Sequence[Mutant]:
        return mutants_of(design, limit=limit, seed=seed)

    def judge(self, design: Design, testbench: Testbench) -> Verdict:
        return simulate_first(
            design, testbench.bench, simulators=self.simulators, limits=self.limits
        )

    def score(
        self, design: Design, testbench: Testbench, mutants: Sequence[Mutant], *, proving: float
    ) -> MutationScore:
        return mutation_score(
            testbench,
            mutants,
            golden=design,
            simulators=self.simulators,
            limits=self.limits,
            cache=self.cache,
            prover=self.prover if proving else None,
            specified=self.specified,
            seconds=proving,
            workers=self.workers,
        )

    def covering(self, design: Design, interface: Interface) -> AbstractContextManager[Covering]:
        if not self.cover:
            return nullcontext(Unlooked())
        return CoverageModel(interface, design, limits=self.limits)

    def reach(
        self, design: Design, goals: Sequence[Goal], interface: Interface, *, seconds: float
    ) -> Sequence[Proof]:
        if self.prover is None:
            return ()
        return self.prover.reach(design, goals, interface, seconds=seconds)
