"""How many mutants of its reference a testbench notices.

A mutant that a testbench passes is a survivor. Where a proof shows that it does
what the reference does it is not counted; where a proof shows that it does not,
its trace tells how the testbench could have noticed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import Enum
from functools import cached_property
from typing import Any

from sim.batch import MOST, ManyBench, judge_many
from sim.cocotb_bench import CocotbBench
from sim.design import Design
from sim.process import Limits
from sim.proof import Outcome, Proof, Prover
from sim.simulate import Simulator
from sim.verdict import Cause, Mismatch, Status, Verdict
from sim.verdict_cache import Verdicts
from testbench_gen.mutants.mutant import Mutant
from testbench_gen.registers import registers_of
from testbench_gen.testbench import Testbench

LIMITS = Limits(seconds=60.0, cpu_seconds=20.0)
"""Of one simulation; a mutant that passes them counts as killed if its reference does not."""
PROOF_SECONDS = 20.0
"""For the proofs of all survivors together."""
_TIMES = 5.0
"""What a mutant of a reference with combinational loops may take, in times of the reference."""

_NOTICED = frozenset({Cause.MISMATCH, Cause.UNKNOWN_VALUE})


class Fate(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    """The testbench failed it, or it ran into a limit that the reference keeps."""
    EQUIVALENT = "equivalent"
    """It passed, and a proof shows that it does what the reference does. Not counted."""
    SURVIVED = "survived"
    """It passed, and a proof shows that it should not have."""
    OPEN = "open"
    """It passed, and nothing was proved. Counts as if it had survived."""
    INVALID = "invalid"
    """It does not compile, or the gate refuses it. Not counted."""
    NOT_JUDGED = "not judged"
    """Testbench or tool failed. Not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantResult:
    """One mutant and what became of it."""

    mutant: Mutant
    fate: Fate
    reason: str = ""
    """Of the verdict or the proof."""
    mismatch: Mismatch | None = None
    """The first one, where it was killed by one."""
    proof: Proof | None = None
    """Where it passed and a prover was asked; of a survivor it holds the trace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Mutants of one operator by their fate."""

    killed: int = 0
    equivalent: int = 0
    survived: int = 0
    open: int = 0
    invalid: int = 0
    not_judged: int = 0


@dataclass(frozen=True, kw_only=True)
class MutationScore:
    """What became of every mutant, in the order in which they were given."""

    results: tuple[MutantResult, ...]
    fault: str = ""
    """Why none could be judged, such as a reference that the testbench does not pass."""
    seconds: float = 0.0

    @property
    def score(self) -> float | None:
        """Killed / (killed + survived + open), in [0, 1]; None when there is none to count."""
        counted = len(self.killed) + len(self.survivors) + len(self.open)
        return len(self.killed) / counted if counted else None

    @cached_property
    def killed(self) -> tuple[MutantResult, ...]:
        """Mutants that were noticed."""
        return self._of(Fate.KILLED)

    @cached_property
    def equivalent(self) -> tuple[MutantResult, ...]:
        """Mutants proved to do what the reference does."""
        return self._of(Fate.EQUIVALENT)

    @cached_property
    def survivors(self) -> tuple[MutantResult, ...]:
        """Mutants that passed and are proved to differ; each has a `proof`."""
        return self._of(Fate.SURVIVED)

    @cached_property
    def open(self) -> tuple[MutantResult, ...]:
        """Mutants that passed, of which nothing is proved."""
        return self._of(Fate.OPEN)

    @cached_property
    def invalid(self) -> tuple[MutantResult, ...]:
        """Mutants that are no designs."""
        return self._of(Fate.INVALID)

    @cached_property
    def not_judged(self) -> tuple[MutantResult, ...]:
        """Mutants of which nothing was learned."""
        return self._of(Fate.NOT_JUDGED)

    def _of(self, fate: Fate) -> tuple[MutantResult, ...]:
        return tuple(result for result in self.results if result.fate is fate)

    @property
    def by_operator(self) -> Mapping[str, Tally]:
        """Count fates for each operator that has mutants, in the order of their names."""
        names = sorted({result.mutant.operator for result in self.results})
        return {name: self._tally(name) for name in names}

    def _tally(self, operator: str) -> Tally:
        fates = [r.fate for r in self.results if r.mutant.operator == operator]
        return Tally(**{fate.name.lower(): fates.count(fate) for fate in Fate})

    def as_record(self) -> dict[str, Any]:
        """Return the score as JSON: counts, counts by operator, and what passed with its diff."""
        counts = Counter(result.fate for result in self.results)
        return {
            "score": self.score,
            **{fate.name.lower(): counts[fate] for fate in Fate},
            "fault": self.fault,
            "seconds": round(self.seconds, 3),
            "operators": {name: asdict(tally) for name, tally in self.by_operator.items()},
            "survivors": [_as_record(result) for result in (*self.survivors, *self.open)],
        }

    def updated(self, newer: MutationScore) -> MutationScore:
        """Return this score with the results that `newer` has of the same mutants in their place.

        Mutants that only `newer` has come last; seconds add up.
        """
        found = {_key(result.mutant): result for result in self.results}
        found |= {_key(result.mutant): result for result in newer.results}
        return MutationScore(
            results=tuple(found.values()),
            fault=newer.fault,
            seconds=self.seconds + newer.seconds,
        )


def _as_record(result: MutantResult) -> dict[str, Any]:
    return {
        "mutant": result.mutant.name,
        "operator": result.mutant.operator,
        "fate": result.fate.value,
        "reason": result.reason,
        "diff": result.mutant.diff(),
    }


def _key(mutant: Mutant) -> str:
    return mutant.design.digest


def mutation_score(  # noqa: PLR0913 - all that decides a verdict
    testbench: Testbench,
    mutants: Sequence[Mutant],
    *,
    simulators: Sequence[Simulator],
    limits: Limits = LIMITS,
    cache: Verdicts | None = None,
    prover: Prover | None = None,
    golden: Design | None = None,
    specified: Design | None = None,
    seconds: float = PROOF_SECONDS,
    workers: int = 1,
) -> MutationScore:
    """Judge `mutants` by `testbench`, side by side, and try to settle by proof those that pass.

    The reference is judged among them: where it does not pass, no mutant is judged.

    Args:
        testbench: What is measured.
        mutants: Of one design.
        simulators: As for `sim.batch.judge_many`.
        limits: Of each simulation.
        cache: Where verdicts are looked up and kept.
        prover: Settles survivors; without one they stay open.
        golden: The reference; None: what `mutants` are changes of.
        specified: What survivors are compared with by proof, if it leaves more open; its x bits
            are don't-cares. None: the reference.
        seconds: For all proofs together.
        workers: Simulations at a time.

    Raises:
        ValueError: `golden` is not given and `mutants` are changes of different designs.
        EnvironmentFault: A tool is missing or does not run.
    """
    if not mutants:
        return MutationScore(results=())
    start = time.monotonic()
    reference = _reference(mutants) if golden is None else golden
    judging = _Judging(
        testbench=testbench, simulators=simulators, limits=limits, cache=cache, workers=workers
    )
    by_reference, *verdicts = judging.of(reference, [m.design for m in mutants])
    if by_reference.status is not Status.PASS:
        return _unjudged(mutants, by_reference, time.monotonic() - start)
    commands = len(by_reference.runs)
    results = [_judged(m, v, commands) for m, v in zip(mutants, verdicts, strict=True)]
    if prover is not None:
        results = _settled(results, prover, specified or reference, testbench, seconds)
    return MutationScore(results=tuple(results), seconds=time.monotonic() - start)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Brief:
    """A testbench that ends early where most of many designs have a mismatch."""

    testbench: Testbench

    @property
    def bench(self) -> CocotbBench:
        return self.testbench.bench

    def side_by_side(self, modules: Sequence[str]) -> CocotbBench:
        return replace(self.testbench.lanes, brief=True).bench(modules)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judging:
    """What all verdicts rest on."""

    testbench: Testbench
    simulators: Sequence[Simulator]
    limits: Limits
    cache: Verdicts | None
    workers: int

    def of(self, reference: Design, designs: Sequence[Design]) -> list[Verdict]:
        """Return the verdicts on `reference` and on `designs`."""
        if registers_of(reference).loops:
            return self._one_by_one(reference, designs)
        return self._together([reference, *designs])

    def _one_by_one(self, reference: Design, designs: Sequence[Design]) -> list[Verdict]:
        """Judge each by itself, as what swings without end ends the simulation of all.

        It has a multiple of the processor time that the reference takes.
        """
        [alone] = self._many([reference], self.testbench)
        used = max((run.cpu_seconds for run in alone.runs), default=0.0)
        most = min(self.limits.cpu_seconds, max(1.0, _TIMES * used))
        quick = replace(self, limits=replace(self.limits, cpu_seconds=most))
        return [alone, *quick._many(designs, self.testbench, most=1)]

    def _together(self, designs: Sequence[Design]) -> list[Verdict]:
        """Judge `designs` briefly, and again in full what that leaves undecided."""
        found = self._many(designs, _Brief(testbench=self.testbench))
        again = [i for i, v in enumerate(found) if v.status is Status.UNKNOWN]
        full = self._many([designs[i] for i in again], self.testbench)
        settled = dict(zip(again, full, strict=True))
        return [settled.get(index, verdict) for index, verdict in enumerate(found)]

    def _many(
        self, designs: Sequence[Design], testbench: ManyBench, *, most: int = MOST
    ) -> list[Verdict]:
        if not designs:
            return []
        return judge_many(
            designs,
            testbench,
            simulators=self.simulators,
            interface=self.testbench.interface,
            limits=self.limits,
            cache=self.cache,
            workers=self.workers,
            most=most,
        )


def _reference(mutants: Sequence[Mutant]) -> Design:
    originals = {mutant.original.digest: mutant.original for mutant in mutants}
    if len(originals) > 1:
        raise ValueError(
            f"mutants must be changes of one design, not of {len(originals)}; else give `golden`"
        )
    return next(iter(originals.values()))


def _unjudged(mutants: Sequence[Mutant], verdict: Verdict, seconds: float) -> MutationScore:
    fault = f"the testbench does not pass its own reference: {verdict.reason}"
    results = (MutantResult(mutant=m, fate=Fate.NOT_JUDGED, reason=fault) for m in mutants)
    return MutationScore(results=tuple(results), fault=fault, seconds=seconds)


def _judged(mutant: Mutant, verdict: Verdict, commands: int) -> MutantResult:
    return MutantResult(
        mutant=mutant,
        fate=fate_of(verdict, commands),
        reason=verdict.reason,
        mismatch=verdict.first_mismatch,
    )


def fate_of(verdict: Verdict, commands: int) -> Fate:
    """Return the fate of a mutant; `commands` are those of a complete run, the simulation last."""
    if verdict.status is Status.PASS:
        return Fate.OPEN
    if verdict.status is Status.TIMEOUT:
        # What a compiler makes of a design says nothing of the testbench.
        return Fate.KILLED if len(verdict.runs) >= commands else Fate.NOT_JUDGED
    if verdict.status is Status.FAIL:
        return Fate.KILLED if verdict.cause in _NOTICED else Fate.INVALID
    return Fate.NOT_JUDGED


def _settled(
    results: Sequence[MutantResult],
    prover: Prover,
    reference: Design,
    testbench: Testbench,
    seconds: float,
) -> list[MutantResult]:
    passed = [result.mutant.design for result in results if result.fate is Fate.OPEN]
    if not passed:
        return list(results)
    proofs = iter(prover.equivalent(reference, passed, testbench.interface, seconds=seconds))
    return [_proved(r, next(proofs)) if r.fate is Fate.OPEN else r for r in results]


def _proved(result: MutantResult, proof: Proof) -> MutantResult:
    fates = {
        Outcome.PROVED: Fate.EQUIVALENT,
        Outcome.REFUTED: Fate.SURVIVED,
        Outcome.OPEN: Fate.OPEN,
    }
    reason = proof.reason or result.reason
    return replace(result, fate=fates[proof.outcome], reason=reason, proof=proof)
