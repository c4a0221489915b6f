"""What a specification plainly says of every cycle, checked besides what a reference expects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rtlgen.design.bench import Judgement, under_name
from rtlgen.design.candidate import Candidate
from rtlgen.design.options import Options, Progress
from rtlgen.design.record import write_files
from rtlgen.design.words import counted
from rtlgen.spec.model import Spec
from sim.design import Design
from sim.judge import judge, simulate_first
from sim.property import Property
from sim.verdict import Status, Verdict
from testbench_gen.properties import PropertyBench, property_bench, watchable

PROPERTIES = "properties"
"""Folder of the property checks in a run's output."""


def with_properties(
    judgement: Judgement, spec: Spec | None, options: Options, progress: Progress
) -> Judgement:
    """Return `judgement` with the properties that `spec` states; not those its golden RTL breaks.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    found = () if spec is None else watchable(spec.properties, judgement.interface)
    if not found:
        return judgement
    broken: tuple[Property, ...] = ()
    if options.golden is not None:
        golden = under_name(options.golden, judgement.interface)
        broken = _broken(golden, judgement, found, options)
    notes = tuple(
        f"the golden RTL does not keep what the specification says in line {prop.line} "
        f"({prop.text}); it was judged by the golden RTL"
        for prop in broken
    )
    for note in notes:
        progress.stage("testbench", note, state="note")
    kept = tuple(prop for prop in found if prop not in broken)
    if kept:
        names = ", ".join(prop.name for prop in kept)
        progress.stage(PROPERTIES, f"the specification says: {names}")
    return replace(judgement, properties=kept, notes=(*judgement.notes, *notes))


def _broken(
    golden: Design, judgement: Judgement, properties: Sequence[Property], options: Options
) -> tuple[Property, ...]:
    """Return the properties that `golden` breaks, looking at each by itself if any is."""
    if _holds(golden, judgement, properties, options):
        return ()
    return tuple(p for p in properties if not _holds(golden, judgement, (p,), options))


def _holds(
    golden: Design, judgement: Judgement, properties: Sequence[Property], options: Options
) -> bool:
    bench = property_bench(judgement.testbench, properties)
    if bench is None:
        return True
    verdict = simulate_first(
        golden, bench.bench, simulators=options.simulators, limits=options.limits
    )
    return verdict.status is Status.PASS


def bench_of(judgement: Judgement) -> PropertyBench | None:
    """Return the checks of the properties in `judgement`; None where there are none."""
    if not judgement.properties:
        return None
    return property_bench(judgement.testbench, judgement.properties)


def property_checked(
    candidate: Candidate, judgement: Judgement, options: Options, progress: Progress
) -> Candidate:
    """Return `candidate`, which passes only if it keeps the properties too.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    design, verdict = candidate.design, candidate.verdict
    if design is None or verdict is None or verdict.status is not Status.PASS:
        return candidate
    bench = bench_of(judgement)
    if bench is None:
        return candidate
    with progress.working("watching properties"):
        found = judge(
            design,
            bench.bench,
            simulators=options.simulators,
            interface=judgement.interface,
            limits=options.limits,
        )
    if found.status is Status.PASS:
        progress.stage(PROPERTIES, f"all held: {counted(found.checked, 'check')}")
        return candidate
    return replace(candidate, verdict=_of_properties(found, bench))


def _of_properties(found: Verdict, bench: PropertyBench) -> Verdict:
    """Return what the property checks found, in the specification's words."""
    first = found.first_mismatch
    said = {prop.name: prop for prop in bench.properties}
    if first is None or first.port not in said:
        return replace(found, reason=f"the properties could not be checked: {found.reason}")
    prop = said[first.port]
    reason = f"line {prop.line} of the specification does not hold ({prop.text}); {found.reason}"
    return replace(found, reason=reason)


def write_properties(work: Path, judgement: Judgement) -> None:
    """Write the property checks into `work` as a folder that runs by itself."""
    bench = bench_of(judgement)
    if bench is not None:
        write_files(work / PROPERTIES, bench.files)
