"""One run without a language model: a testbench, a candidate, its verdict, the record."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from rtlgen.design.basis import basis_of
from rtlgen.design.bench import NO_REFERENCE, Judgement, golden_judgement, spec_judgement
from rtlgen.design.candidate import Candidate
from rtlgen.design.optimizing import with_optimization
from rtlgen.design.options import Options, Outcome, Progress, State
from rtlgen.design.properties import property_checked, with_properties
from rtlgen.design.proposal import Decline, Proposal, Proposer
from rtlgen.design.protocols import protocol_checked, with_protocols
from rtlgen.design.record import RunRecord
from rtlgen.design.regression import save_regression
from rtlgen.design.run_folder import WAVEFORM, write_run
from rtlgen.design.run_record import run_record
from rtlgen.design.testbench_judgement import (
    as_demanded,
    measured_judgement,
    say_trust,
    with_brief_trust,
    with_known_trust,
)
from rtlgen.design.two_simulators import heard_by_both
from rtlgen.design.unfinished import output_folder
from rtlgen.design.words import counted
from rtlgen.errors import CannotJudge
from rtlgen.spec.model import Severity, Spec
from sim.design import Design
from sim.judge import judge
from sim.verdict import Cause, Status, Verdict

_STATES: dict[Status, State] = {Status.PASS: "ok", Status.FAIL: "bad"}


def design_from_spec(
    spec: Spec, proposer: Proposer, options: Options, folder: Path, progress: Progress
) -> RunRecord:
    """Propose RTL for `spec`, judge it, and write the output `folder`.

    Raises:
        CannotJudge: There is no reference; nothing is written.
        EnvironmentFault: A tool is missing or does not run.
    """
    start = time.monotonic()
    judgement = _judgement_for(spec, proposer, options, progress)
    with output_folder(folder) as work:
        candidate, record = _compiled(spec, proposer, judgement, options, work, progress, start)
        write_run(work, record, options, spec, judgement, candidate)
    _say_if_short(record, candidate, progress)
    return record


def compiled_run(
    spec: Spec, proposer: Proposer, options: Options, work: Path, progress: Progress
) -> tuple[RunRecord, Judgement, Candidate]:
    """Do what `design_from_spec` does, and write nothing but what judging leaves in `work`.

    Raises:
        CannotJudge: There is no reference.
        EnvironmentFault: A tool is missing or does not run.
    """
    start = time.monotonic()
    judgement = _judgement_for(spec, proposer, options, progress)
    candidate, record = _compiled(spec, proposer, judgement, options, work, progress, start)
    return record, judgement, candidate


def _judgement_for(
    spec: Spec, proposer: Proposer, options: Options, progress: Progress
) -> Judgement:
    try:
        return make_judgement(spec, options, progress)
    except CannotJudge as error:
        answer = proposer.propose(spec)
        if isinstance(answer, Decline) and str(error) == NO_REFERENCE:
            raise CannotJudge(f"{NO_REFERENCE}\n\n{proposer.name}: {answer.reason}") from error
        raise


def _compiled(
    spec: Spec,
    proposer: Proposer,
    judgement: Judgement,
    options: Options,
    work: Path,
    progress: Progress,
    start: float,
) -> tuple[Candidate, RunRecord]:
    with progress.working("proposing RTL"):
        answer = proposer.propose(spec)
    candidate = _judged(_candidate(answer, proposer.name), judgement, options, work, progress)
    judgement = with_brief_trust(judgement, candidate, spec, options, progress)
    regression = save_regression(work, judgement, candidate, options, progress)
    record = _record(spec, judgement, candidate, options, start, regression)
    return candidate, with_optimization(record, candidate, judgement, options, progress)


def judge_design(
    design: Design, spec: Spec | None, options: Options, folder: Path | None, progress: Progress
) -> RunRecord:
    """Judge `design` by `spec` or by golden RTL; write `folder` if one is named.

    Raises:
        CannotJudge: There is no reference; nothing is written.
        EnvironmentFault: A tool is missing or does not run.
    """
    start = time.monotonic()
    judgement = make_judgement(spec, options, progress)
    candidate = Candidate(proposer="given", origin="given", design=design)
    if folder is None:
        judged = _judged(candidate, judgement, options, None, progress)
        judgement = with_brief_trust(judgement, judged, spec, options, progress)
        record = _record(spec, judgement, judged, options, start)
        _say_if_short(record, judged, progress)
        return record
    with output_folder(folder) as work:
        judged = _judged(candidate, judgement, options, work, progress)
        judgement = with_brief_trust(judgement, judged, spec, options, progress)
        regression = save_regression(work, judgement, judged, options, progress)
        record = _record(spec, judgement, judged, options, start, regression)
        write_run(work, record, options, spec, judgement, judged)
    _say_if_short(record, judged, progress)
    return record


def make_judgement(spec: Spec | None, options: Options, progress: Progress) -> Judgement:
    """Return the testbench to judge by: golden RTL's, or that of the formal fragments of `spec`.

    Raises:
        CannotJudge: There is no reference.
    """
    with progress.working("writing the testbench"):
        if options.measure_testbench:
            made = measured_judgement(spec, options, progress)
        elif options.golden is not None:
            made = golden_judgement(
                options.golden,
                spec,
                top=options.top,
                seed=options.seed,
                simulators=options.simulators,
                limits=options.limits,
            )
        elif spec is not None:
            made = spec_judgement(spec, seed=options.seed, top=options.top)
        else:
            raise CannotJudge(NO_REFERENCE)
    bench = made.testbench
    checks = counted(bench.expected_checks, "check")
    progress.stage("testbench", f"{checks} by {made.reference}, seed {bench.seed}")
    for note in made.notes:
        progress.stage("testbench", note, state="note")
    if made.trust is None:
        made = with_known_trust(made)
    say_trust(made, options, progress)
    return with_protocols(with_properties(made, spec, options, progress), progress)


def _candidate(answer: Proposal | Decline, proposer: str) -> Candidate:
    if isinstance(answer, Decline):
        return Candidate(proposer=proposer, design=None, declined=answer.reason)
    return Candidate(
        proposer=proposer, design=answer.design, guess=answer.guess, notes=answer.notes
    )


def _judged(
    candidate: Candidate,
    judgement: Judgement,
    options: Options,
    work: Path | None,
    progress: Progress,
) -> Candidate:
    design = candidate.design
    if design is None:
        reason, *more = (candidate.declined or "").split("\n\n")
        progress.stage("proposer", f"{candidate.proposer}: {reason}", state="bad")
        for text in more:
            progress.stage("proposer", text, state="note")
        return candidate
    for note in candidate.notes:
        progress.stage("proposer", f"{candidate.proposer}: {note}")
    with progress.working("simulating"):
        verdict = judge(
            design,
            judgement.testbench.bench,
            simulators=options.simulators,
            interface=judgement.interface,
            limits=options.limits,
            waveform=None if work is None else work / WAVEFORM,
        )
    candidate = property_checked(replace(candidate, verdict=verdict), judgement, options, progress)
    candidate = protocol_checked(candidate, judgement, options, progress)
    candidate = heard_by_both(candidate, judgement, options, progress)
    verdict = verdict if candidate.verdict is None else candidate.verdict
    say_verdict(verdict, progress)
    if verdict.cause is Cause.INTERFACE and design.top != judgement.interface.module:
        progress.stage("verdict", f"--top {design.top} judges it under its own name", state="note")
    return candidate


def say_verdict(verdict: Verdict, progress: Progress) -> None:
    """Say what `verdict` is."""
    under = f" under {verdict.simulator}" if verdict.simulator else ""
    state = _STATES.get(verdict.status, "open")
    progress.stage("verdict", f"{verdict.status.name}{under}: {verdict.reason}", state=state)
    for note in verdict.notes:
        progress.stage("verdict", note, state="note")


def outcome_of(candidate: Candidate) -> tuple[Outcome, str]:
    """Return what `candidate` comes to, and why."""
    verdict = candidate.verdict
    if verdict is None:
        return "failed", candidate.declined or "no design was proposed"
    if verdict.status is Status.PASS:
        return "verified", verdict.reason
    return ("failed" if verdict.status is Status.FAIL else "not judged"), verdict.reason


def _say_if_short(record: RunRecord, candidate: Candidate, progress: Progress) -> None:
    """Say why a pass is none."""
    if candidate.passed and record.outcome != "verified":
        progress.stage("outcome", f"{record.outcome}: {record.reason}", state="open")


def _record(
    spec: Spec | None,
    judgement: Judgement,
    candidate: Candidate,
    options: Options,
    start: float,
    regression: str = "",
) -> RunRecord:
    outcome, reason = as_demanded(*outcome_of(candidate), judgement, options)
    record = run_record(
        spec=spec,
        judgement=judgement,
        options=options,
        candidates=[candidate],
        chosen=candidate if candidate.design is not None else None,
        outcome=outcome,
        reason=reason,
        seconds=time.monotonic() - start,
        regression=regression,
    )
    return record.model_copy(update=basis_of(record, judgement))


def blocking(spec: Spec) -> list[str]:
    """Return what in `spec` contradicts itself, so that nothing can be built from it."""
    return [
        f"{spec.path}:{finding.place.line}: {finding.message}"
        for finding in spec.findings
        if finding.severity is Severity.ERROR
    ]
