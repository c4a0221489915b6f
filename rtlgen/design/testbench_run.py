"""`rtlgen testbench`: one testbench, closed and measured, in a folder that runs on its own."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

from rtlgen.design.options import Options, Progress
from rtlgen.design.output import claimed, finished_output
from rtlgen.design.record import write_files
from rtlgen.design.run_record import versions
from rtlgen.design.testbench_plan import PLAN, render_plan
from rtlgen.design.testbench_record import (
    TRUST,
    TestbenchFile,
    file_of,
    summary_of,
    trust_of,
    write_trust,
)
from rtlgen.design.testbench_source import Subject
from rtlgen.design.words import counted
from rtlgen.errors import CannotJudge
from sim.errors import ToolNotFound
from sim.proof import Prover
from sim.verdict_cache import VerdictCache
from sim.verilator import Verilator
from testbench_gen import Testbench
from testbench_gen.closed import Closed
from testbench_gen.closing import Effort, close_testbench
from testbench_gen.instruments import Tools

_LIMIT_HINT = (
    "\n\nhint: it may depend on uninitialized values, races or time; "
    "give it a reset, or another reference"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A testbench under the name of the designs to be tested, and what is known of it."""

    testbench: Testbench
    record: TestbenchFile
    sources: Mapping[str, str]
    """Of the RTL by which it was measured; its places refer to them."""


def find_prover() -> tuple[Prover | None, str]:
    """Return the prover of this machine, or why there is none."""
    try:
        metadata.version("pyosys")
    except metadata.PackageNotFoundError:
        return None, "no prover: pyosys is not installed (pip install 'rtlgen[symbolic]')"
    from symbolic.prover import YosysProver  # noqa: PLC0415 - only where something is proved

    return YosysProver(), ""


def make_testbench(subject: Subject, options: Options, effort: Effort, progress: Progress) -> Made:
    """Close the testbench of `subject`.

    Raises:
        CannotJudge: The reference does not pass its own testbench.
        InvalidInterface: The ports cannot be driven.
        EnvironmentFault: A tool is missing or does not run.
    """
    prover, missing = find_prover()
    tools = Tools(
        simulators=options.simulators,
        prover=prover,
        limits=options.limits,
        cache=VerdictCache(),
        workers=1,
    )
    with progress.working("closing the testbench"):
        closed = close_testbench(subject.source, tools, effort)
    if closed.fault:
        raise CannotJudge(
            f"a reference must pass its own testbench; {subject.reference} does not: "
            f"{closed.fault}{_LIMIT_HINT}"
        )
    testbench = _under_name(closed, subject, effort)
    summary = summary_of(closed, trust_of(closed, agreement=subject.agreement))
    notes = (*subject.notes, *testbench.notes, *((missing,) if missing else ()))
    record = file_of(
        replace(closed, testbench=testbench),
        summary,
        reference=subject.reference,
        measured_on=subject.measured_on,
        notes=notes,
        limits=_limits(options, effort),
        versions=_versions(options),
        command=options.command,
    )
    sources = {} if closed.design is None else closed.design.sources
    return Made(testbench=testbench, record=record, sources=sources)


def _under_name(closed: Closed, subject: Subject, effort: Effort) -> Testbench:
    """Return the testbench for designs of the wanted name."""
    source = subject.source
    if source.interface == subject.interface:
        return closed.testbench
    return replace(source, interface=subject.interface).write(
        seed=effort.seed, budget=closed.budget, directed=closed.directed
    )


def _limits(options: Options, effort: Effort) -> dict[str, float]:
    limits: dict[str, float] = {
        "seconds": effort.seconds,
        "proving": effort.proving,
        "turns": effort.turns,
        "mutants": effort.mutants,
        "timeout": options.limits.seconds,
    }
    return limits if effort.budget is None else limits | {"budget": effort.budget}


def _versions(options: Options) -> Mapping[str, str]:
    found = versions(options.simulators)
    with suppress(metadata.PackageNotFoundError):
        found["pyosys"] = metadata.version("pyosys")
    with suppress(ToolNotFound):
        found["verilator"] = Verilator().version()
    return found


def write_testbench_folder(made: Made, folder: Path) -> None:
    """Write the testbench, `plan.md` and `trust.json`; `folder` stands whole or not at all.

    Raises:
        UsageError: `folder` holds something that is not an earlier testbench, or cannot be made.
        OSError: The disk is full.
    """
    with (
        claimed(folder, keep=lambda _: False, manifest=TRUST) as work,
        finished_output(work, folder, manifest=TRUST) as output,
    ):
        write_files(output, made.testbench.files)
        for name, data in made.testbench.data.items():
            (output / name).write_bytes(data)
        write_files(output, {PLAN: render_plan(made.record, made.testbench, made.sources)})
        write_trust(output, made.record)


def say(made: Made, progress: Progress, *, demanded: float | None) -> None:
    """Say what the testbench is, and what it is worth."""
    record = made.record
    progress.stage(
        "testbench",
        f"{counted(record.checks, 'check')} in {counted(record.cycles, 'cycle')} by "
        f"{record.reference}, seed {record.seed}",
    )
    for note in record.notes:
        progress.stage("testbench", note, state="note")
    enough = demanded is None or record.trust.value >= demanded
    progress.stage(
        "trust",
        f"testbench trust {record.trust.value:.2f}: {record.trust.text}"
        + ("" if enough else f"; {demanded:.2f} is demanded"),
        state="ok" if enough else "open",
    )
    for limit in record.ended:
        progress.stage("trust", f"ended by a limit: {limit}", state="note")
