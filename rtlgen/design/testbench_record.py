"""`trust.json`: what is known of a testbench; and its summary for the record of a run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from rtlgen import __version__
from sim.proof import Outcome
from testbench_gen.closed import Closed, is_exhaustive
from testbench_gen.coverage_result import Point
from testbench_gen.mutation import MutantResult, MutationScore
from testbench_gen.trust import WEIGHT, Reached, TestbenchTrust

TRUST = "trust.json"
SCHEMA: Final = 1
FORMULA = f"mutation * (1 - {WEIGHT} * (1 - coverage)) * agreement"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MutantRecord(_Record):
    """A mutant that passes."""

    operator: str
    summary: str
    file: str
    line: int
    reason: str
    """What the prover said, or that nobody asked one."""
    diff: str = ""


class OperatorRecord(_Record):
    """Mutants of one operator by what became of them."""

    killed: int
    equivalent: int
    survived: int
    open: int
    invalid: int
    not_judged: int


class MutationRecord(_Record):
    """What became of the mutants."""

    score: float | None
    """Killed / (killed + survived + open)."""
    killed: int
    invalid: int
    """They do not compile, or the gate refuses them; not counted."""
    not_judged: int
    fault: str
    """Why none could be judged."""
    by_operator: dict[str, OperatorRecord]
    survivors: list[MutantRecord]
    """Proved to differ from the reference."""
    open: list[MutantRecord]
    """Neither proved to differ nor to be equivalent; counted as survivors."""
    equivalent: list[MutantRecord]
    """Proved equivalent; not counted."""


class KindRecord(_Record):
    """One kind of coverage."""

    covered: int
    points: int
    unreachable: int
    """Of `points`, those that nothing can reach."""


class HoleRecord(_Record):
    """Something in the reference that the stimulus does not reach."""

    kind: str
    file: str
    line: int
    what: str
    unreachable: bool
    reason: str


class CoverageRecord(_Record):
    """What of the reference the stimulus reaches."""

    notes: list[str]
    """What was not looked at."""
    share: float
    """Weighted mean of the kinds, of what can be reached."""
    kinds: dict[str, KindRecord]
    holes: list[HoleRecord]


class DirectedRecord(_Record):
    """Inputs that a proof found."""

    name: str
    reason: str
    cycles: int


class PhaseRecord(_Record):
    """A part of the stimulus."""

    name: str
    pattern: str
    cycles: int
    reason: str


class PropertyRecord(_Record):
    """What a specification plainly says of every cycle, checked by the tests in `properties/`."""

    name: str
    text: str
    line: int
    """Of the specification."""
    reference: Literal["kept", "broken", "not tried"]
    """What the reference's RTL does under the testbench; what it breaks is not checked."""
    proof: str
    """Of that RTL under all inputs: proved, refuted, open; or that nobody asked."""


class RegressionRecord(_Record):
    """A test of just the cycles under which something has failed."""

    folder: str
    what: str
    cycles: int


class TrustSummary(_Record):
    """Testbench trust in short, for the record of a verdict."""

    value: float
    """0 to 1."""
    text: str
    """What it rests on, in a line."""
    killed: int
    missed: int
    """Mutants that pass and are not proved equivalent."""
    equivalent: int
    coverage: float | None
    """None: not measured."""
    exhaustive: bool
    """Whether every input of a function without a state is driven."""
    agreement: float | None
    """1 with a reference that is right by definition; None: unknown."""
    ended: list[str]
    """Limits that ended something."""


class TestbenchFile(_Record):
    """Everything about one testbench: `trust.json`."""

    __test__ = False  # not a pytest class

    schema_version: Literal[1] = SCHEMA
    rtlgen: str
    command: list[str]
    written: str
    """UTC, ISO 8601."""
    module: str
    reference: str
    """What the design is compared with, in words."""
    measured_on: str
    """The RTL that mutants and coverage are of, in words."""
    trust: TrustSummary
    formula: str = FORMULA
    """`testbench_gen.trust` says what it is made of, and why."""
    seed: int
    cycles: int
    checks: int
    digest: str
    """Of the testbench."""
    phases: list[PhaseRecord]
    mutation: MutationRecord
    coverage: CoverageRecord | None
    unmeasured: str = ""
    """Why there is no coverage."""
    directed: list[DirectedRecord]
    dropped: int
    """Inputs found by proof that did not help, and are not driven."""
    turns: int
    properties: list[PropertyRecord] = []
    regressions: list[RegressionRecord] = []
    notes: list[str]
    """What limits the testbench, and what it does not check."""
    limits: dict[str, float]
    """Those that it was made under."""
    ended: list[str]
    """Those that ended something."""
    seconds: dict[str, float]
    """By part; parts may have gone on at the same time."""
    versions: dict[str, str]


def trust_of(closed: Closed, *, agreement: float | None = 1.0) -> TestbenchTrust:
    """Return what `closed` comes to."""
    score = closed.mutation
    return TestbenchTrust(
        killed=len(score.killed),
        missed=len(score.survivors) + len(score.open),
        reached=_reached(closed),
        exhaustive=is_exhaustive(closed.testbench),
        agreement=agreement,
    )


def _reached(closed: Closed) -> dict[str, Reached]:
    """Return coverage by kind, without what nothing can reach."""
    return {
        kind.value: Reached(covered=share.covered, points=share.total)
        for kind, share in closed.coverage.shares.items()
    }


def summary_of(closed: Closed, trust: TestbenchTrust) -> TrustSummary:
    """Return what `closed` comes to, in short."""
    return TrustSummary(
        value=round(trust.value, 4),
        text=_in_words(closed, trust),
        killed=trust.killed,
        missed=trust.missed,
        equivalent=len(closed.mutation.equivalent),
        coverage=None if trust.coverage is None else round(trust.coverage, 4),
        exhaustive=trust.exhaustive,
        agreement=trust.agreement,
        ended=list(closed.ended),
    )


def _in_words(closed: Closed, trust: TestbenchTrust) -> str:
    score = closed.mutation
    parts = [f"kills {trust.killed} of {trust.mutants} mutants"]
    if not trust.mutants:
        parts = [f"no mutant could be judged{f' ({score.fault})' if score.fault else ''}"]
    if score.equivalent:
        parts.append(f"{len(score.equivalent)} more proved equivalent")
    if trust.exhaustive:
        parts.append("every input is driven")
    if trust.coverage is None:
        parts.append(
            f"coverage not measured ({closed.coverage.reason or 'there is nothing to reach'})"
        )
    else:
        parts.append(f"reaches {_percent(trust.coverage)} of what can be reached")
    if trust.agreement is None:
        parts.append("no second voice on the reference")
    elif trust.agreement < 1:
        parts.append(f"agreement on the reference {trust.agreement:.2f}")
    return ", ".join(parts)


def _percent(share: float) -> str:
    """Return `share` so that only all of it reads as 100 %."""
    return "100 %" if share >= 1 else f"{min(share * 100, 99.9):.1f} %"


def file_of(  # noqa: PLR0913 - one argument a part of the record
    closed: Closed,
    summary: TrustSummary,
    *,
    reference: str,
    measured_on: str,
    notes: Sequence[str],
    limits: Mapping[str, float],
    versions: Mapping[str, str],
    command: Sequence[str] = (),
) -> TestbenchFile:
    """Return everything about the testbench in `closed`."""
    bench = closed.testbench
    return TestbenchFile(
        rtlgen=__version__,
        command=list(command),
        written=datetime.now(UTC).isoformat(timespec="seconds"),
        module=bench.interface.module,
        reference=reference,
        measured_on=measured_on,
        trust=summary,
        seed=bench.seed,
        cycles=bench.plan.cycles,
        checks=bench.expected_checks,
        digest=bench.bench.digest,
        phases=[
            PhaseRecord(name=p.name, pattern=p.pattern, cycles=p.cycles, reason=p.reason)
            for p in bench.plan.phases
        ],
        mutation=mutation_record(closed.mutation),
        coverage=_coverage_record(closed),
        unmeasured=closed.coverage.reason,
        directed=[
            DirectedRecord(name=d.name, reason=d.reason, cycles=len(d.trace.cycles))
            for d in closed.directed
        ],
        dropped=closed.dropped,
        turns=closed.turns,
        notes=list(notes),
        limits=dict(limits),
        ended=list(closed.ended),
        seconds=dict(closed.seconds),
        versions=dict(versions),
    )


def mutation_record(score: MutationScore) -> MutationRecord:
    """Return what became of the mutants."""
    return MutationRecord(
        score=None if score.score is None else round(score.score, 4),
        killed=len(score.killed),
        invalid=len(score.invalid),
        not_judged=len(score.not_judged),
        fault=score.fault,
        by_operator={
            name: OperatorRecord(
                killed=tally.killed,
                equivalent=tally.equivalent,
                survived=tally.survived,
                open=tally.open,
                invalid=tally.invalid,
                not_judged=tally.not_judged,
            )
            for name, tally in score.by_operator.items()
        },
        survivors=[_mutant_record(result) for result in score.survivors],
        open=[_mutant_record(result) for result in score.open],
        equivalent=[_mutant_record(result) for result in score.equivalent],
    )


def _mutant_record(result: MutantResult) -> MutantRecord:
    mutant = result.mutant
    return MutantRecord(
        operator=mutant.operator,
        summary=mutant.summary,
        file=mutant.file,
        line=mutant.line,
        reason=result.proof.reason if result.proof else "no proof was tried",
        diff=mutant.diff(),
    )


def _coverage_record(closed: Closed) -> CoverageRecord | None:
    coverage = closed.coverage
    if not coverage.measured:
        return None
    share = trust_of(closed).coverage
    return CoverageRecord(
        share=round(1.0 if share is None else share, 4),
        kinds={
            kind.value: KindRecord(
                covered=part.covered,
                points=part.total + part.unreachable,
                unreachable=part.unreachable,
            )
            for kind, part in coverage.shares.items()
        },
        holes=[
            HoleRecord(
                kind=point.kind.value,
                file=point.file,
                line=point.line,
                what=point.what,
                unreachable=point.unreachable,
                reason=_why(closed, point),
            )
            for point in coverage.points
            if not point.covered
        ],
        notes=list(coverage.notes),
    )


def _why(closed: Closed, point: Point) -> str:
    if point.unreachable and is_exhaustive(closed.testbench):
        return "every input is driven"
    proofs = [closed.proofs[c] for c in point.conditions if c in closed.proofs]
    for outcome in (Outcome.PROVED, Outcome.OPEN):
        for proof in proofs:
            if proof.outcome is outcome:
                return proof.reason
    return "a proof found inputs; driven, they did not reach it" if proofs else "no proof was tried"


def write_trust(folder: Path, record: TestbenchFile) -> None:
    """Write `trust.json` by a rename, so that it is whole whenever it is there."""
    partial = folder / f".{TRUST}.partial"
    partial.write_text(to_json(record), encoding="utf-8")
    partial.rename(folder / TRUST)


def to_json(record: TestbenchFile) -> str:
    """Return `record` as indented JSON."""
    return json.dumps(record.model_dump(), indent=2, ensure_ascii=False) + "\n"
