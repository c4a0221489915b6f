"""Once for each problem of VerilogEval: does its test run here, and how long is it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rtlgen.evaluation.harness.icarus_messages import first_error
from rtlgen.evaluation.harness.mismatch import (
    MismatchHarness,
    Sources,
    compiled,
    new_secret,
    official_text,
    run_all,
    sources_of,
    test_of,
)
from rtlgen.evaluation.harness.mismatch_bench import TEST, Rendering, counting
from rtlgen.evaluation.harness.mismatch_output import read_output
from rtlgen.evaluation.harness.mismatch_test import UnknownForm, depends_on_design
from rtlgen.evaluation.harness.protocol import Conditions, Preparation
from rtlgen.evaluation.harness.repairs import ENUM_CAST, without_enum_casts
from rtlgen.evaluation.problem import Problem
from sim.pipelines import Pipeline, StepRun

_SAMPLES = 500
"""Samples of the reference's trial, which tells what a sample costs."""
_START_SECONDS = 0.01


@dataclass(slots=True)
class _Trial:
    """One problem on its way to a preparation."""

    problem: Problem
    repaired: bool = False
    secret: str = field(default_factory=new_secret)
    fault: str = ""
    published: str = ""
    """What the compiler says of the test as published; empty where all is well."""

    @property
    def sources(self) -> Sources:
        return sources_of(self.problem, repaired=self.repaired)


def prepare(
    harness: MismatchHarness, problems: Sequence[Problem], conditions: Conditions
) -> list[Preparation]:
    """Return what a run of each problem's test shows; see `Harness.prepare`."""
    simulator = harness.simulator()
    trials = [_Trial(problem) for problem in problems]
    found = _round(harness, trials, conditions)
    again = [trial for trial in trials if trial.published and _repairable(trial.problem)]
    for trial in again:
        trial.repaired = True
    found |= _round(harness, again, conditions)
    return [
        replace(found[trial.secret], simulator=simulator, problem=trial.problem.digest)
        for trial in trials
    ]


def _repairable(problem: Problem) -> bool:
    whole = sources_of(problem, repaired=True)
    return (whole.test, whole.reference) != (problem.test, problem.reference)


def _round(
    harness: MismatchHarness, trials: Sequence[_Trial], conditions: Conditions
) -> dict[str, Preparation]:
    """Return the preparations by the trials' secrets."""
    pipelines: list[Pipeline] = []
    for trial in trials:
        pipelines += _pipelines(harness, trial)
    runs = iter(run_all(pipelines, conditions.cpu_seconds, conditions))
    found = {}
    for trial in trials:
        own = [] if trial.fault else [next(runs) for _ in range(3)]
        found[trial.secret] = _preparation(trial, own)
    return found


def _pipelines(harness: MismatchHarness, trial: _Trial) -> list[Pipeline]:
    """Return the official compilation of the golden design, the count, and the trial."""
    problem, sources = trial.problem, trial.sources
    try:
        test = test_of(sources.test, problem.top)
    except UnknownForm as why:
        trial.fault = f"the test is not of the form that is known: {why}"
        return []
    if depends_on_design(test):
        trial.fault = "the stimulus depends on the design's outputs; such a test is not supported"
        return []
    golden = without_enum_casts(problem.golden) if trial.repaired else problem.golden
    rendering = Rendering(secret=trial.secret, stop_early=False, windows=False)
    return [
        official_text(harness.rule, sources, golden, test=test),
        _bench(counting(test, rendering), sources, root=test.bench),
        _bench(counting(test, rendering, most=_SAMPLES), sources, root=test.bench),
    ]


def _bench(text: str, sources: Sources, *, root: str) -> Pipeline:
    files = {TEST: text}
    if sources.reference:
        files["ref.sv"] = sources.reference
    return compiled(files, list(files), root=root, run=True)


def _preparation(trial: _Trial, runs: Sequence[tuple[StepRun, ...]]) -> Preparation:
    nothing = Preparation(problem="", simulator="")
    if trial.fault:
        return replace(nothing, faults=(trial.fault,))
    compilation, count, trial_run = runs
    messages = compilation[0].stderr + compilation[0].stdout
    if not trial.repaired:
        trial.published = messages if compilation[0].exit_code != 0 else ""
    faults = [f"with its own reference, the test does not compile: {first_error(trial.published)}"]
    faults = faults if trial.published else []
    if not faults and messages.strip():
        faults = [f"with its own reference, the compiler warns: {first_error(messages)}"]
    if compilation[0].exit_code != 0 or len(count) < 2:
        return replace(nothing, faults=tuple(faults or ["the test does not compile"]))
    output = read_output(count[1].stdout, secret=trial.secret, lanes=0)
    if count[1].exit_code != 0 or not output.samples or output.broken:
        return replace(nothing, faults=(*faults, "the test does not come to its end by itself"))
    return replace(
        nothing,
        samples=output.samples,
        seconds=_estimate(output.samples, count[1], trial_run),
        faults=tuple(faults),
        repairs=(ENUM_CAST,) if trial.repaired else (),
        facts={"repaired": "yes"} if trial.repaired else {},
    )


def _estimate(samples: int, count: StepRun, trial: Sequence[StepRun]) -> float:
    """Return about how many seconds a whole run with the reference takes."""
    shown = max(0.0, trial[-1].cpu_seconds - _START_SECONDS) if len(trial) > 1 else 0.0
    return count.cpu_seconds + shown * max(1.0, samples / _SAMPLES)
