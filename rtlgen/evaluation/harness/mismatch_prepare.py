"""Once for each problem of VerilogEval: does its test run here, and how long is it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rtlgen.evaluation.harness.icarus_messages import first_error, placed
from rtlgen.evaluation.harness.icarus_runs import new_secret, run_all
from rtlgen.evaluation.harness.mismatch import (
    REPAIRED,
    WIDTHS,
    MismatchHarness,
    Sources,
    compiled,
    official_text,
    sources_of,
    test_of,
)
from rtlgen.evaluation.harness.mismatch_bench import TEST, Rendering, counting
from rtlgen.evaluation.harness.mismatch_output import read_output
from rtlgen.evaluation.harness.mismatch_test import MismatchTest, depends_on_design
from rtlgen.evaluation.harness.protocol import Conditions, Preparation
from rtlgen.evaluation.harness.repairs import ENUM_CAST, without_enum_casts
from rtlgen.evaluation.harness.source_text import UnknownForm
from rtlgen.evaluation.problem import Problem
from sim.errors import ToolFailed
from sim.pipelines import Pipeline, StepRun

_SAMPLES = 500
"""Samples of the reference's trial, which tells what a sample costs."""
_LONG = 2000
"""Samples from which a trial is worth its own start."""
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
    found |= _with_estimates(trials, found, conditions)
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
        own = [] if trial.fault else [next(runs) for _ in range(2)]
        found[trial.secret] = _preparation(trial, own)
    return found


def _pipelines(harness: MismatchHarness, trial: _Trial) -> list[Pipeline]:
    """Return the official compilation of the golden design, and the count."""
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
    ]


def _with_estimates(
    trials: Sequence[_Trial], found: Mapping[str, Preparation], conditions: Conditions
) -> dict[str, Preparation]:
    """Return the preparations of long tests with what a run with the reference takes."""
    long = [trial for trial in trials if found[trial.secret].samples > _LONG]
    rendering = Rendering(secret=new_secret(), stop_early=False, windows=False)
    pipelines = []
    for trial in long:
        test = test_of(trial.sources.test, trial.problem.top)
        text = counting(test, rendering, most=_SAMPLES)
        pipelines.append(_bench(text, trial.sources, root=test.bench))
    runs = run_all(pipelines, conditions.cpu_seconds, conditions)
    estimated = {}
    for trial, run in zip(long, runs, strict=True):
        known = found[trial.secret]
        sample = max(0.0, run[-1].cpu_seconds - _START_SECONDS) / _SAMPLES if len(run) > 1 else 0.0
        estimated[trial.secret] = replace(known, seconds=known.seconds + sample * known.samples)
    return estimated


def _bench(text: str, sources: Sources, *, root: str) -> Pipeline:
    files = {TEST: text}
    if sources.reference:
        files["ref.sv"] = sources.reference
    return compiled(files, list(files), root=root, run=True)


def check_tools(
    sources: Sources, test: MismatchTest, preparation: Preparation, conditions: Conditions
) -> None:
    """Run what has run before once more.

    Raises:
        ToolFailed: It does not do what it did: the tool is at fault, and no design.
    """
    rendering = Rendering(secret=new_secret(), stop_early=False, windows=False)
    bench = _bench(counting(test, rendering), sources, root=test.bench)
    [runs] = run_all([bench], conditions.cpu_seconds, conditions)
    output = read_output(runs[-1].stdout, secret=rendering.secret, lanes=0)
    if output.samples != preparation.samples:
        raise _tool_failed("the simulator must run a test that it has run before", runs[-1])


def _tool_failed(rule: str, run: StepRun) -> ToolFailed:
    said = first_error(run.stderr + run.stdout)[:300]
    return ToolFailed(
        f"{rule}; it ended with {run.limit or run.exit_code}: {said or 'not a word'}\n\n"
        "hint: `rtlgen doctor` tries the tools; a full disk can be the cause"
    )


def _check_ran(run: StepRun) -> None:
    """Raise if `run` failed without a word on any source."""
    silent = run.exit_code != 0 and not placed(run.stderr + run.stdout)
    if silent and run.limit != "cpu":
        raise _tool_failed("the simulator must compile and run a test without any design", run)


def _preparation(trial: _Trial, runs: Sequence[tuple[StepRun, ...]]) -> Preparation:
    nothing = Preparation(problem="", simulator="")
    if trial.fault:
        return replace(nothing, faults=(trial.fault,))
    compilation, count = runs
    for run in (*compilation, *count):
        _check_ran(run)
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
        seconds=count[1].cpu_seconds,
        faults=tuple(faults),
        repairs=(ENUM_CAST,) if trial.repaired else (),
        facts={
            WIDTHS: " ".join(map(str, output.widths)),
            **({REPAIRED: "yes"} if trial.repaired else {}),
        },
    )
