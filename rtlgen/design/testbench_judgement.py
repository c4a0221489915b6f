"""Testbench trust in a run: measured where it is asked for, else what is known already."""

from __future__ import annotations

from dataclasses import replace

from rtlgen.design.bench import Judgement, under_name
from rtlgen.design.candidate import Candidate
from rtlgen.design.options import Options, Outcome, Progress
from rtlgen.design.testbench_cache import TestbenchCache
from rtlgen.design.testbench_run import make_testbench, measure_briefly, measure_fixed
from rtlgen.design.testbench_source import subject_of
from rtlgen.errors import CannotJudge
from rtlgen.spec.model import Spec
from sim.design import Design
from sim.verdict import Status


def measured_judgement(spec: Spec | None, options: Options, progress: Progress) -> Judgement:
    """Return a testbench that was closed, and what it is worth.

    Raises:
        CannotJudge: There is no reference, or it does not pass its own testbench.
    """
    subject = subject_of(spec, options)
    made = make_testbench(subject, options, options.effort, progress, cache=TestbenchCache())
    return Judgement(
        testbench=made.testbench,
        interface=subject.interface,
        reference=subject.reference,
        notes=tuple(made.record.notes),
        independent=subject.independent,
        trust=made.record.trust,
    )


def with_known_trust(judgement: Judgement) -> Judgement:
    """Return `judgement` with what an earlier run has measured of its testbench."""
    entry = TestbenchCache().known(judgement.testbench.bench.digest)
    return judgement if entry is None else replace(judgement, trust=entry.record.trust)


def measured_on(
    judgement: Judgement, design: Design, agreement: float, options: Options, progress: Progress
) -> Judgement:
    """Return `judgement`, whose testbench records what `design` does, with its trust.

    `agreement` is the probability that `design` is right.
    """
    summary = measure_fixed(judgement, design, agreement, options, progress)
    return replace(judgement, trust=summary)


def with_brief_trust(
    judgement: Judgement,
    candidate: Candidate,
    spec: Spec | None,
    options: Options,
    progress: Progress,
    *,
    agreement: float | None = None,
) -> Judgement:
    """Return `judgement` with what one simulation of mutants says of its testbench.

    That is done where a design passes, nothing more is known, and there is RTL to make mutants of.
    Coverage and proofs count as nothing, so that a longer look finds no less. `agreement` is how
    sure it is that `candidate` is right, where the testbench expects what that does; None where
    there is another reference.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    verdict = candidate.verdict
    passed = verdict is not None and verdict.status is Status.PASS
    if judgement.trust is not None or not options.brief_trust or not passed:
        return judgement
    given = candidate.design if agreement is not None else _reference(judgement, spec, options)
    if given is None:
        return judgement
    brief = measure_briefly(judgement, given, agreement, options, progress)
    if brief is None:
        return judgement
    judgement = replace(judgement, trust=brief)
    say_trust(judgement, options, progress)
    return judgement


def _reference(judgement: Judgement, spec: Spec | None, options: Options) -> Design | None:
    """Return RTL that does what the testbench expects, if there is any."""
    if options.golden is not None:
        return under_name(options.golden, judgement.interface)
    try:
        design = subject_of(spec, options).source.design
    except CannotJudge:
        return None
    return None if design is None else under_name(design, judgement.interface)


def say_trust(judgement: Judgement, options: Options, progress: Progress) -> None:
    """Say what the testbench is worth, where that is known."""
    if judgement.trust is not None:
        enough = judgement.trust.value >= (options.min_testbench_trust or 0.0)
        progress.stage(
            "testbench",
            f"testbench trust {judgement.trust.value:.2f}: {judgement.trust.text}",
            state="ok" if enough else "note",
        )


def as_demanded(
    outcome: Outcome, reason: str, judgement: Judgement | None, options: Options
) -> tuple[Outcome, str]:
    """Return `outcome` and `reason`, no pass where the testbench is trusted less than demanded."""
    wanted = options.min_testbench_trust
    if wanted is None or outcome not in ("verified", "trusted"):
        return outcome, reason
    trust = None if judgement is None else judgement.trust
    if trust is None:
        return "not judged", f"testbench trust is not known, {wanted:.2f} is demanded ({reason})"
    if trust.value >= wanted:
        return outcome, reason
    return (
        "not judged",
        f"testbench trust {trust.value:.2f} is below the {wanted:.2f} demanded ({reason})",
    )
