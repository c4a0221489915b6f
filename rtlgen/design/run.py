"""One run: a testbench first, then a candidate, then the verdict, then the record."""

from __future__ import annotations

import platform
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Literal, Protocol

from rtlgen import __version__
from rtlgen.design.bench import NO_REFERENCE, Judgement, golden_judgement, spec_judgement
from rtlgen.design.proposal import Decline, Proposal, Proposer
from rtlgen.design.record import (
    CandidateRecord,
    RunRecord,
    TestbenchRecord,
    output_folder,
    spec_record,
    verdict_record,
    write_files,
    write_manifest,
)
from rtlgen.design.report import render_report
from rtlgen.errors import CannotJudge
from rtlgen.spec.model import Severity, Spec
from sim.design import Design, digest
from sim.judge import judge
from sim.process import Limits, isolation
from sim.simulate import Simulator
from sim.verdict import Cause, Status, Verdict

Outcome = Literal["verified", "failed", "not judged"]
EXIT_CODES: dict[Outcome, int] = {"verified": 0, "failed": 1, "not judged": 3}
WAVEFORM = "waveform.vcd"


class Progress(Protocol):
    """Where a run says what it does; the CLI prints it."""

    def stage(self, name: str, text: str, *, state: Literal["ok", "bad", "note"] = "ok") -> None:
        """Say that a stage has ended."""

    def working(self, text: str) -> AbstractContextManager[object]:
        """Show that something takes a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a run is told."""

    simulators: Sequence[Simulator]
    """Those to use, in order; the next is asked when one cannot compile legal RTL."""
    golden: Design | None = None
    top: str | None = None
    """Name of the module to judge where it is not the specification's."""
    seed: int = 1
    limits: Limits = field(default_factory=Limits)
    command: tuple[str, ...] = ()
    """The command line, for the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A design that was judged, or why a proposer had none."""

    proposer: str
    design: Design | None
    declined: str | None = None
    guess: bool = False
    notes: tuple[str, ...] = ()
    verdict: Verdict | None = None


def design_from_spec(
    spec: Spec, proposer: Proposer, options: Options, folder: Path, progress: Progress
) -> RunRecord:
    """Propose RTL for `spec`, judge it, and write the output `folder`.

    Raises:
        CannotJudge: There is no reference; nothing is written.
        EnvironmentFault: A tool is missing or does not run.
    """
    start = time.monotonic()
    try:
        judgement = _judgement(spec, options, progress)
    except CannotJudge as error:
        answer = proposer.propose(spec)
        if isinstance(answer, Decline) and str(error) == NO_REFERENCE:
            raise CannotJudge(f"{NO_REFERENCE}\n\n{proposer.name}: {answer.reason}") from error
        raise
    with progress.working("proposing RTL"):
        answer = proposer.propose(spec)
    with output_folder(folder) as work:
        candidate = _judged(_candidate(answer, proposer.name), judgement, options, work, progress)
        record = _record(spec, judgement, candidate, options, start)
        _write(work, record, judgement, candidate)
    return record


def judge_design(
    design: Design, spec: Spec | None, options: Options, folder: Path | None, progress: Progress
) -> RunRecord:
    """Judge `design` by `spec` or by golden RTL; write `folder` if one is named.

    Raises:
        CannotJudge: There is no reference; nothing is written.
        EnvironmentFault: A tool is missing or does not run.
    """
    start = time.monotonic()
    judgement = _judgement(spec, options, progress)
    candidate = Candidate(proposer="given", design=design)
    if folder is None:
        judged = _judged(candidate, judgement, options, None, progress)
        return _record(spec, judgement, judged, options, start)
    with output_folder(folder) as work:
        judged = _judged(candidate, judgement, options, work, progress)
        record = _record(spec, judgement, judged, options, start)
        _write(work, record, judgement, judged)
    return record


def _judgement(spec: Spec | None, options: Options, progress: Progress) -> Judgement:
    with progress.working("writing the testbench"):
        if options.golden is not None:
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
    progress.stage(
        "testbench", f"{bench.expected_checks} checks by {made.reference}, seed {bench.seed}"
    )
    for note in made.notes:
        progress.stage("testbench", note, state="note")
    return made


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
    if candidate.design is None:
        reason, *more = (candidate.declined or "").split("\n\n")
        progress.stage("proposer", f"{candidate.proposer}: {reason}", state="bad")
        for text in more:
            progress.stage("proposer", text, state="note")
        return candidate
    for note in candidate.notes:
        progress.stage("proposer", f"{candidate.proposer}: {note}")
    with progress.working("simulating"):
        verdict = judge(
            candidate.design,
            judgement.testbench.bench,
            simulators=options.simulators,
            interface=judgement.interface,
            limits=options.limits,
            waveform=None if work is None else work / WAVEFORM,
        )
    _say_verdict(verdict, progress)
    if verdict.cause is Cause.INTERFACE and candidate.design.top != judgement.interface.module:
        progress.stage(
            "verdict", f"--top {candidate.design.top} judges it under its own name", state="note"
        )
    return Candidate(
        proposer=candidate.proposer,
        design=candidate.design,
        guess=candidate.guess,
        notes=candidate.notes,
        verdict=verdict,
    )


def _say_verdict(verdict: Verdict, progress: Progress) -> None:
    under = f" under {verdict.simulator}" if verdict.simulator else ""
    passed = verdict.status is Status.PASS
    progress.stage(
        "verdict",
        f"{verdict.status.name}{under}: {verdict.reason}",
        state="ok" if passed else "bad",
    )
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


def _record(
    spec: Spec | None, judgement: Judgement, candidate: Candidate, options: Options, start: float
) -> RunRecord:
    outcome, reason = outcome_of(candidate)
    seconds = time.monotonic() - start
    return RunRecord(
        rtlgen=__version__,
        command=list(options.command),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(seconds, 3),
        outcome=outcome,
        exit_code=EXIT_CODES[outcome],
        reason=reason,
        spec=None if spec is None else spec_record(spec, digest=digest(spec.text.encode())),
        testbench=_testbench_record(judgement, options),
        candidates=[_candidate_record(candidate)],
        versions=_versions(options.simulators),
        isolation=list(isolation().lines()),
    )


def _testbench_record(judgement: Judgement, options: Options) -> TestbenchRecord:
    bench = judgement.testbench
    return TestbenchRecord(
        reference=judgement.reference,
        independent=options.golden is not None,
        seed=bench.seed,
        expected_checks=bench.expected_checks,
        digest=bench.bench.digest,
        notes=list(judgement.notes),
        phases=[f"{part.name}: {part.reason} ({part.cycles} cycles)" for part in bench.plan.phases],
    )


def _candidate_record(candidate: Candidate) -> CandidateRecord:
    design = candidate.design
    return CandidateRecord(
        proposer=candidate.proposer,
        digest=None if design is None else design.digest,
        sources={} if design is None else dict(design.sources),
        declined=candidate.declined,
        guess=candidate.guess,
        notes=list(candidate.notes),
        verdict=None if candidate.verdict is None else verdict_record(candidate.verdict),
    )


def _versions(simulators: Sequence[Simulator]) -> dict[str, str]:
    packages = {name: metadata.version(name) for name in ("cocotb", "pyslang", "jinja2")}
    return {
        "python": platform.python_version(),
        **packages,
        **{simulator.name: simulator.version() for simulator in simulators},
    }


def _write(work: Path, record: RunRecord, judgement: Judgement, candidate: Candidate) -> None:
    """Write everything into `work`, the manifest last."""
    if candidate.design is not None:
        write_files(work / "rtl", candidate.design.sources)
        for name, data in candidate.design.data.items():
            (work / "rtl" / name).write_bytes(data)
    write_files(work / "tb", judgement.testbench.files)
    for name, data in judgement.testbench.data.items():
        (work / "tb" / name).write_bytes(data)
    waveform = (work / WAVEFORM).is_file()
    write_files(work, {"report.md": render_report(record, waveform=waveform)})
    write_manifest(work, record)


def blocking(spec: Spec) -> list[str]:
    """Return what in `spec` contradicts itself, so that nothing can be built from it."""
    return [
        f"{spec.path}:{finding.place.line}: {finding.message}"
        for finding in spec.findings
        if finding.severity is Severity.ERROR
    ]
