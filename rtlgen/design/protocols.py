"""Protocol ports: transactions driven besides bits, where the packages for it are installed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rtlgen.design.bench import Judgement, under_name
from rtlgen.design.candidate import Candidate
from rtlgen.design.options import Options, Progress
from rtlgen.design.record import write_files
from rtlgen.design.words import counted
from sim.judge import judge, simulate_first
from sim.verdict import Status, Verdict
from testbench_gen import Testbench
from testbench_gen.protocol_bench import protocol_bench, protocol_notes

PROTOCOLS = "protocols"
"""Folder of the transactions in a run's output."""


def with_protocols(judgement: Judgement, progress: Progress) -> Judgement:
    """Return `judgement` with a note for every protocol port, and on what is not driven."""
    notes = protocol_notes(judgement.interface)
    bench = protocol_bench(judgement.testbench) if notes else None
    if notes and bench is None:
        notes = tuple(f"{note.split(':')[0]}: recognized, its bits are driven" for note in notes)
    if bench is not None and bench.missing:
        notes += (
            f"transactions are written but not driven here: {', '.join(bench.missing)} not "
            "installed (pip install 'rtlgen[protocols]')",
        )
    for note in notes:
        progress.stage(PROTOCOLS, note, state="note")
    return replace(judgement, notes=(*judgement.notes, *notes)) if notes else judgement


def protocol_checked(
    candidate: Candidate, judgement: Judgement, options: Options, progress: Progress
) -> Candidate:
    """Return `candidate`, which passes only if it answers transactions as the golden design does.

    Where not even the golden design answers them, the verdict stays as it is, with a note.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    design, verdict = candidate.design, candidate.verdict
    if design is None or verdict is None or verdict.status is not Status.PASS:
        return candidate
    bench = protocol_bench(judgement.testbench)
    if bench is None or bench.missing:
        return candidate
    with progress.working("driving transactions"):
        found = judge(
            design,
            bench.bench,
            simulators=options.simulators,
            interface=judgement.interface,
            limits=options.limits,
        )
    if found.status is Status.PASS:
        progress.stage(PROTOCOLS, f"all answers agree: {counted(found.checked, 'check')}")
        return candidate
    golden = options.golden
    if found.status is not Status.FAIL and golden is not None:
        by_golden = simulate_first(
            under_name(golden, judgement.interface),
            bench.bench,
            simulators=options.simulators,
            limits=options.limits,
        )
        driven = by_golden.status is Status.PASS
    else:
        driven = True
    return replace(candidate, verdict=decided(verdict, found, driven=driven))


def decided(passed: Verdict, found: Verdict, *, driven: bool) -> Verdict:
    """Return the verdict on a design that has passed so far, where transactions do not pass.

    Args:
        passed: What was said of it without transactions.
        found: What they have shown; no pass.
        driven: Whether the golden design answers them all. Where it does not, they say nothing.
    """
    if found.status is Status.FAIL:
        return replace(found, reason=f"over its protocol ports, {found.reason}")
    said = f"transactions could not be judged: {found.reason}"
    if driven:
        return replace(found, reason=said)
    return replace(passed, notes=(*passed.notes, said))


def write_protocols(work: Path, testbench: Testbench) -> None:
    """Write the transactions into `work` as a folder that runs by itself."""
    bench = protocol_bench(testbench)
    if bench is None:
        return
    write_files(work / PROTOCOLS, bench.files)
    for name, data in testbench.data.items():
        (work / PROTOCOLS / name).write_bytes(data)
