"""Protocol ports: transactions driven besides bits, where the packages for it are installed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rtlgen.design.bench import Judgement
from rtlgen.design.candidate import Candidate
from rtlgen.design.options import Options, Progress
from rtlgen.design.record import write_files
from rtlgen.design.words import counted
from sim.judge import judge
from sim.verdict import Status
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

    Where transactions cannot be driven, the verdict stays as it is, with a note.

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
    if found.status is Status.FAIL:
        reason = f"over its protocol ports, {found.reason}"
        return replace(candidate, verdict=replace(found, reason=reason))
    note = f"transactions could not be judged: {found.reason}"
    return replace(candidate, verdict=replace(verdict, notes=(*verdict.notes, note)))


def write_protocols(work: Path, testbench: Testbench) -> None:
    """Write the transactions into `work` as a folder that runs by itself."""
    bench = protocol_bench(testbench)
    if bench is None:
        return
    write_files(work / PROTOCOLS, bench.files)
    for name, data in testbench.data.items():
        (work / PROTOCOLS / name).write_bytes(data)
