"""What a specification plainly says of every cycle, checked besides what a reference expects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rtlgen.design.bench import Judgement, under_name
from rtlgen.design.candidate import Candidate
from rtlgen.design.options import Options, Progress
from rtlgen.design.record import write_files
from rtlgen.design.testbench_run import find_prover
from rtlgen.design.words import counted
from rtlgen.spec.model import Spec
from sim.design import Design
from sim.gate import admit
from sim.judge import judge, simulate_first
from sim.proof import InputTrace, Outcome
from sim.property import Property
from sim.verdict import Status, Verdict
from testbench_gen import Testbench, write_stimulation
from testbench_gen.directed import Directed
from testbench_gen.properties import (
    PropertyBench,
    property_bench,
    prove_properties,
    watchable,
)

PROPERTIES = "properties"
"""Folder of the property checks in a run's output."""
_SECONDS = 10.0
"""For the proofs of all properties of a design together."""


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
        broken = broken_by(golden, judgement.testbench, found, options)
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


def broken_by(
    design: Design, testbench: Testbench, properties: Sequence[Property], options: Options
) -> tuple[Property, ...]:
    """Return the properties that `design`, a reference, breaks while `testbench` drives it.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    if _holds(design, testbench, properties, options):
        return ()
    return tuple(p for p in properties if not _holds(design, testbench, (p,), options))


def _holds(
    golden: Design, testbench: Testbench, properties: Sequence[Property], options: Options
) -> bool:
    bench = property_bench(testbench, properties)
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
        return _proved(candidate, design, judgement, options, progress)
    return replace(candidate, verdict=_of_properties(found, bench))


def _proved(
    candidate: Candidate, design: Design, judgement: Judgement, options: Options, progress: Progress
) -> Candidate:
    """Return `candidate` with what a proof says, if there is a prover.

    A trace that breaks a property counts only where simulation shows it too. Golden RTL is right by
    definition, so that beside it a proof is told and decides nothing.
    """
    prover, _ = find_prover()
    admitted = admit(design, interface=judgement.interface).design
    if prover is None or admitted is None or candidate.verdict is None:
        return candidate
    with progress.working("proving properties"):
        proofs = prove_properties(
            admitted, judgement.interface, judgement.properties, prover, seconds=_SECONDS
        )
    if held := [prop.name for prop, proof in proofs if proof.outcome is Outcome.PROVED]:
        progress.stage(PROPERTIES, f"proved for all inputs: {', '.join(held)}")
    for prop, proof in proofs:
        if proof.trace is None or proof.outcome is not Outcome.REFUTED:
            continue
        bench = replay_of(proof.trace, prop, judgement.testbench)
        found = _replayed(design, judgement, bench, options)
        if found is None:
            continue
        if options.golden is None:
            return replace(candidate, verdict=found)
        notes = (*candidate.verdict.notes, f"a proof has found: {found.reason}")
        candidate = replace(candidate, verdict=replace(candidate.verdict, notes=notes))
    return candidate


def replay_of(trace: InputTrace, prop: Property, testbench: Testbench) -> PropertyBench | None:
    """Return what watches `prop` under a trace that breaks it; None if it cannot be watched."""
    told = Directed(name="proof", reason=f"a proof breaks {prop.name}", trace=trace)
    plan = write_stimulation(testbench.interface, budget=16, directed=[told]).plan
    return property_bench(replace(testbench, plan=plan), (prop,))


def _replayed(
    design: Design, judgement: Judgement, bench: PropertyBench | None, options: Options
) -> Verdict | None:
    """Return the verdict on `design` under `bench`, the replay of a proof; None if it holds."""
    if bench is None:
        return None
    found = judge(
        design,
        bench.bench,
        simulators=options.simulators,
        interface=judgement.interface,
        limits=options.limits,
    )
    return _of_properties(found, bench) if found.status is Status.FAIL else None


def shortest_breach(
    design: Design,
    judgement: Judgement,
    prop: Property,
    options: Options,
) -> tuple[PropertyBench, int] | None:
    """Return what shows in the fewest cycles that `design` breaks `prop`, and how many those are.

    None without a prover, where it finds nothing, or where simulation does not show it.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    prover, _ = find_prover()
    admitted = admit(design, interface=judgement.interface).design
    if prover is None or admitted is None:
        return None
    proofs = prove_properties(admitted, judgement.interface, (prop,), prover, seconds=_SECONDS)
    for _, proof in proofs:
        if proof.outcome is Outcome.REFUTED and proof.trace is not None:
            bench = replay_of(proof.trace, prop, judgement.testbench)
            if bench is not None and _replayed(design, judgement, bench, options) is not None:
                return bench, len(proof.trace.cycles)
    return None


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
