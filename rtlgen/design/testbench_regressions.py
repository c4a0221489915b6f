"""Wrong designs that only a proof told from the reference: each kept as a test of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from rtlgen.design.bench import under_name
from rtlgen.design.options import Options, Progress
from rtlgen.design.testbench_run import Made
from rtlgen.design.testbench_source import Subject
from sim.judge import simulate_first
from testbench_gen.closing import Effort, Source
from testbench_gen.directed import Directed
from testbench_gen.mutants import Mutant, mutants_of
from testbench_gen.shrink import shrink

MOST = 3
"""Tests at most; one takes some seconds."""
_BUDGET = 16
"""Cycles that are driven besides a trace before it is shrunk."""
_SIMULATIONS = 40
_NUMBER = re.compile(r"mutant (\d+), ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """A test of just the cycles that tell one wrong design from the reference."""

    name: str
    """For a folder."""
    what: str
    cycles: int
    files: Mapping[str, str]


def regressions(
    made: Made, subject: Subject, options: Options, effort: Effort, progress: Progress
) -> list[Regression]:
    """Return tests of the mutants that no planned stimulus fails, shrunk; `MOST` at most.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    wrong = _told_by_proof(made, subject, effort)[:MOST]
    if not wrong:
        return []
    with progress.working("shrinking failures"):
        found = [_regression(lead, mutant, subject, options) for lead, mutant in wrong]
    return [one for one in found if one is not None]


def _told_by_proof(made: Made, subject: Subject, effort: Effort) -> list[tuple[Directed, Mutant]]:
    """Return traces that are driven for a mutant, and that mutant."""
    numbers = [(lead, _NUMBER.match(lead.name)) for lead in made.directed]
    wanted = [(lead, int(match[1]) - 1) for lead, match in numbers if match]
    design = subject.source.design
    if not wanted or design is None:
        return []
    mutants = mutants_of(design, limit=effort.mutants, seed=effort.seed)
    return [(lead, mutants[number]) for lead, number in wanted if number < len(mutants)]


def _regression(
    lead: Directed, mutant: Mutant, subject: Subject, options: Options
) -> Regression | None:
    if not isinstance(subject.source, Source):
        return None
    source = replace(subject.source, interface=subject.interface)
    testbench = source.write(seed=options.seed, budget=_BUDGET, directed=[lead])
    wrong = under_name(mutant.design, subject.interface)
    simulators, limits = options.simulators, options.limits
    verdict = simulate_first(wrong, testbench.bench, simulators=simulators, limits=limits)
    found = shrink(
        testbench,
        wrong,
        verdict,
        simulators=simulators,
        limits=limits,
        simulations=_SIMULATIONS,
    )
    if found is None:
        return None
    return Regression(
        name=re.sub(r"\W+", "_", f"{mutant.file}_{mutant.line}_{mutant.operator}"),
        what=f"a design in which {mutant.name} fails: {found.summary()}",
        cycles=len(found.cycles),
        files=found.testbench.files,
    )
