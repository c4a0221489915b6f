"""A failure kept: the shortest stimulus that shows it, as a testbench of its own."""

from __future__ import annotations

from pathlib import Path

from rtlgen.design.bench import Judgement
from rtlgen.design.candidate import Candidate
from rtlgen.design.options import Options, Progress
from rtlgen.design.record import write_files
from testbench_gen.shrink import shrink

REGRESSION = "regression"
"""Folder of the testbench in a run's output."""


def save_regression(
    work: Path, judgement: Judgement, candidate: Candidate, options: Options, progress: Progress
) -> str:
    """Shrink what `candidate` failed under and write it into `work`; say in one line what it is.

    Returns:
        Empty where there is no mismatch to shrink, or it does not show under less.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    if not options.regression or candidate.design is None or candidate.verdict is None:
        return ""
    with progress.working("shrinking the failure"):
        found = shrink(
            judgement.testbench,
            candidate.design,
            candidate.verdict,
            simulators=options.simulators,
            limits=options.limits,
        )
    if found is None:
        return ""
    write_files(work / REGRESSION, found.testbench.files)
    progress.stage(REGRESSION, f"{found.summary()} ({REGRESSION}/ is a test of just that)")
    return found.summary()
