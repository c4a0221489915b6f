"""The last stage of a run: what was verified is optimized, proved, and judged once more."""

from __future__ import annotations

import importlib.util

from rtlgen.design.bench import Judgement
from rtlgen.design.candidate import Candidate
from rtlgen.design.options import Options, Progress
from rtlgen.design.record import (
    OptimizationRecord,
    OptimizationStepRecord,
    RunRecord,
    verdict_record,
)
from rtlgen.design.words import counted
from sim.design import Design
from sim.errors import EnvironmentFault, InvalidDesign
from sim.judge import judge
from sim.verdict import Status, Verdict
from symbolic.optimize_values import Optimization
from symbolic.ppa import Ppa

SECONDS = 10.0
"""For the optimization of a run, unless it is told otherwise."""


def can_optimize() -> bool:
    """Whether what optimizing needs is installed."""
    return importlib.util.find_spec("pyosys") is not None


def with_optimization(
    record: RunRecord,
    chosen: Candidate | None,
    judgement: Judgement | None,
    options: Options,
    progress: Progress,
) -> RunRecord:
    """Return `record` with what became of its RTL when it was optimized, if that is wanted.

    Only what was verified, or is trusted, is optimized, and only what passes the same
    testbench again is used.
    """
    design = None if chosen is None else chosen.design
    if options.optimize is None or design is None or judgement is None:
        return record
    if record.outcome not in ("verified", "trusted"):
        return record
    with progress.working("optimizing"):
        found = _optimized(design, judgement, options.optimize)
        verdict = None
        if isinstance(found, Optimization) and found.changed:
            verdict = _judged(found.design, judgement, options)
    made = _record(found, verdict)
    progress.stage("optimize", made.reason, state="ok" if made.applied else "note")
    return record.model_copy(update={"optimization": made})


def _optimized(design: Design, judgement: Judgement, seconds: float) -> Optimization | str:
    """Return what came of it, or why nothing could."""
    from symbolic.optimize import optimize  # noqa: PLC0415 - only where it is wanted

    try:
        return optimize(design, seconds=seconds)
    except (InvalidDesign, EnvironmentFault) as error:
        return f"not optimized: {str(error).partition(chr(10))[0]}"


def _judged(design: Design, judgement: Judgement, options: Options) -> Verdict:
    return judge(
        design,
        judgement.testbench.bench,
        simulators=options.simulators,
        interface=judgement.interface,
        limits=options.limits,
    )


def _record(found: Optimization | str, verdict: Verdict | None) -> OptimizationRecord:
    if isinstance(found, str):
        return OptimizationRecord(applied=False, reason=found)
    applied = verdict is not None and verdict.status is Status.PASS
    return OptimizationRecord(
        applied=applied,
        reason=_reason(found, verdict, applied=applied),
        library=found.library,
        before=_figures(found.before),
        after=_figures(found.after),
        steps=[
            OptimizationStepRecord(name=s.name, what=s.what, proof=s.proof.reason)
            for s in found.steps
        ],
        left_alone=[str(left) for left in found.left_alone],
        verdict=None if verdict is None else verdict_record(verdict),
        sources=dict(found.design.sources) if applied else {},
    )


def _reason(found: Optimization, verdict: Verdict | None, *, applied: bool) -> str:
    if verdict is None:
        left = next((str(left) for left in found.left_alone if left.whole), "")
        return f"the RTL stays as it is: {left or 'nothing makes it smaller'}"
    if not applied:
        return f"not used, since the testbench does not pass it: {verdict.reason}"
    before, after = found.before, found.after
    gain = ""
    if before is not None and after is not None and before.area:
        gain = f"area {after.area / before.area - 1:+.0%} by "
    steps = counted(len(found.steps), "step")
    return f"{gain}{steps}, proved ({found.proof.reason}), and the testbench passes it too"


def _figures(ppa: Ppa | None) -> dict[str, float]:
    if ppa is None:
        return {}
    return {
        "area": round(ppa.area, 3),
        "delay": round(ppa.delay, 3),
        "flip_flops": ppa.flip_flops,
    }
