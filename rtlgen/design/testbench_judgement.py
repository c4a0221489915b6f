"""Testbench trust in a run: measured where it is asked for, else what is known already."""

from __future__ import annotations

from dataclasses import replace

from rtlgen.design.bench import Judgement
from rtlgen.design.options import Options, Outcome, Progress
from rtlgen.design.testbench_cache import TestbenchCache
from rtlgen.design.testbench_run import make_testbench, measure_fixed
from rtlgen.design.testbench_source import subject_of
from rtlgen.spec.model import Spec
from sim.design import Design


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
