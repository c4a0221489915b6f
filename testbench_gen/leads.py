"""From proofs to inputs: what is driven to fail a mutant, or to reach a hole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sim.proof import Goal, InputTrace, Outcome, Proof
from testbench_gen.coverage_result import Coverage, Kind
from testbench_gen.directed import Directed
from testbench_gen.mutation import Fate, MutantResult, MutationScore

LONGEST_TRACE = 2048
REACH = "reach "
"""How the names of traces begin that reach holes."""
_FIRST = (Kind.STATE, Kind.TRANSITION, Kind.BRANCH, Kind.LINE, Kind.TOGGLE)
"""Which holes a prover is asked about first."""


def goals_by_kind(coverage: Coverage) -> list[Goal]:
    """Return the goals of `coverage`, those that say most first."""
    kinds: dict[str, int] = {}
    for point in coverage.holes:
        for condition in point.conditions:
            place = _FIRST.index(point.kind)
            kinds[condition] = min(place, kinds.get(condition, place))
    return sorted(coverage.goals(), key=lambda goal: kinds[goal.condition])


def of_mutants(score: MutationScore) -> Iterator[Directed]:
    """Yield what shows that a survivor differs."""
    for number, result in enumerate(score.results):
        trace = _trace_in(result.proof) if result.fate is Fate.SURVIVED else None
        if trace is not None:
            mutant = result.mutant
            yield Directed(
                name=f"mutant {number + 1}, {mutant.file}:{mutant.line}",
                reason=f"proved to show the difference where {mutant.summary}",
                trace=trace,
            )


def of_holes(coverage: Coverage, proofs: Mapping[str, Proof]) -> Iterator[Directed]:
    """Yield what reaches a hole of `coverage`; `proofs` are by condition."""
    for goal in coverage.goals():
        trace = _trace_in(proofs.get(goal.condition))
        if trace is not None:
            yield Directed(
                name=f"{REACH}{goal.place}, `{goal.condition}`",
                reason=f"proved to reach what the rest does not: {goal.name}",
                trace=trace,
            )


def _trace_in(proof: Proof | None) -> InputTrace | None:
    """Return the trace that `proof` found, if it can be driven."""
    if proof is None or proof.outcome is not Outcome.REFUTED or proof.trace is None:
        return None
    return proof.trace if 0 < len(proof.trace.cycles) <= LONGEST_TRACE else None


def may_need_more(result: MutantResult) -> bool:
    """Whether more of the same stimulus might fail a mutant: it differs, or proofs took too long.

    What a prover cannot read is mostly a mutant that differs in simulation races only.
    """
    if result.fate is Fate.SURVIVED:
        return True
    if result.fate is not Fate.OPEN:
        return False
    return result.proof is None or result.proof.cycles > 0 or "time" in result.proof.reason


def killer(result: MutantResult) -> str:
    """Return the phase in which a mutant was noticed."""
    return "" if result.mismatch is None else result.mismatch.phase


def with_proofs(found: MutationScore, before: Sequence[MutantResult]) -> MutationScore:
    """Return `found`, where what still passes keeps the proof that it had `before`."""
    known = {result.mutant.design.digest: result for result in before}
    results = (
        known.get(result.mutant.design.digest, result) if result.fate is Fate.OPEN else result
        for result in found.results
    )
    return replace(found, results=tuple(results))
