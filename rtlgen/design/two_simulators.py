"""A verdict heard under a second simulator."""

from __future__ import annotations

from dataclasses import replace

from rtlgen.design.bench import Judgement, under_name
from rtlgen.design.candidate import Candidate
from rtlgen.design.options import Options, Progress
from sim.disagreement import Comparison, settled
from sim.judge import judge
from sim.simulate import Simulator
from sim.verdict import Status, Verdict
from testbench_gen.two_simulators import compare_simulators


def heard_by_both(
    candidate: Candidate, judgement: Judgement, options: Options, progress: Progress
) -> Candidate:
    """Return `candidate`, judged under the first simulator, with what the second one says to it.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    design, verdict = candidate.design, candidate.verdict
    if not options.both_simulators or design is None or verdict is None:
        return candidate
    if len(options.simulators) < 2:
        return candidate
    if verdict.status not in (Status.PASS, Status.FAIL) or not verdict.checked:
        return candidate
    first, second = options.simulators[:2]
    golden = options.golden
    with progress.working("comparing the simulators"):
        comparison = compare_simulators(
            judgement.testbench,
            design,
            simulators=(first, second),
            golden=None if golden is None else under_name(golden, judgement.interface),
            limits=options.limits,
        )
        other = _second(candidate, judgement, options, second, comparison)
    if comparison.disagreement is None and not comparison.missing:
        agreed = f"both agree at all {comparison.samples} samples"
        progress.stage("simulators", f"{first.name} and {second.name}: {agreed}")
    return replace(
        candidate,
        verdict=settled(verdict, other, comparison),
        disagreement=comparison.disagreement,
    )


def _second(
    candidate: Candidate,
    judgement: Judgement,
    options: Options,
    simulator: Simulator,
    comparison: Comparison,
) -> Verdict | None:
    """Return the verdict under the second simulator where a fail may rest on it."""
    parted = comparison.disagreement
    if parted is None or parted.harmless or candidate.design is None or candidate.verdict is None:
        return None
    if candidate.verdict.status is not Status.FAIL:
        return None
    return judge(
        candidate.design,
        judgement.testbench.bench,
        simulators=[simulator],
        interface=judgement.interface,
        limits=options.limits,
    )
