"""A failure kept: the shortest stimulus that shows it, as a testbench of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rtlgen.design.bench import Judgement
from rtlgen.design.candidate import Candidate
from rtlgen.design.options import Options, Progress
from rtlgen.design.properties import shortest_breach
from rtlgen.design.record import write_files
from rtlgen.design.words import counted
from sim.design import Design
from sim.property import Property
from sim.verdict import Verdict
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
        said, files = _shrunk(judgement, candidate.design, candidate.verdict, options)
    if files:
        write_files(work / REGRESSION, files)
        progress.stage(REGRESSION, f"{said} ({REGRESSION}/ is a test of just that)")
    return said


def _shrunk(
    judgement: Judgement, design: Design, verdict: Verdict, options: Options
) -> tuple[str, Mapping[str, str]]:
    """Return in one line what is enough for `design` to fail, and a test of just that."""
    first = verdict.first_mismatch
    port = "" if first is None else first.port
    broken = next((prop for prop in judgement.properties if prop.name == port), None)
    if broken is not None:
        found = shortest_breach(design, judgement, broken, options)
        return ("", {}) if found is None else (of_breach(broken, found[1]), found[0].files)
    if port not in {output.name for output in judgement.interface.outputs}:
        return "", {}
    shrunk = shrink(
        judgement.testbench,
        design,
        verdict,
        simulators=options.simulators,
        limits=options.limits,
    )
    return ("", {}) if shrunk is None else (shrunk.summary(), shrunk.testbench.files)


def of_breach(prop: Property, cycles: int) -> str:
    """Return in one line that so many cycles break `prop`."""
    return f"{counted(cycles, 'cycle')} from reset break what the specification says: {prop.name}"
