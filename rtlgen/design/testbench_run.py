"""`rtlgen testbench`: one testbench, closed and measured, in a folder that runs on its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path

from rtlgen.design.bench import Judgement
from rtlgen.design.options import Options, Progress
from rtlgen.design.output import claimed, finished_output
from rtlgen.design.protocols import write_protocols
from rtlgen.design.record import write_files
from rtlgen.design.run_record import versions
from rtlgen.design.testbench_cache import TestbenchCache, testbench_key
from rtlgen.design.testbench_plan import PLAN, render_plan
from rtlgen.design.testbench_record import (
    TRUST,
    TestbenchFile,
    TrustSummary,
    file_of,
    summary_of,
    trust_of,
    write_trust,
)
from rtlgen.design.testbench_source import Subject
from rtlgen.design.unfinished import ANSWERS
from rtlgen.design.words import counted
from rtlgen.errors import CannotJudge
from sim.design import Design
from sim.errors import ToolNotFound
from sim.process import Limits
from sim.proof import Prover
from sim.verdict_cache import VerdictCache
from sim.verilator import Verilator
from testbench_gen import Testbench
from testbench_gen.closed import Closed
from testbench_gen.closing import Effort, Source, Standing, close_testbench
from testbench_gen.directed import Directed
from testbench_gen.instruments import Forgiving, Tools
from testbench_gen.registers import registers_of

_MUTANT_SECONDS = 20.0
"""Processor time of one simulation of mutants; 30 of usual size take about 5 s."""
_BRIEF_MUTANTS = 30
_BRIEF_SECONDS = 10.0
"""Processor time of the one simulation of a brief look; it usually takes 1 to 2 s."""
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
    directed: tuple[Directed, ...] = ()
    """The stimulus that proofs found."""
    folders: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Files of tests beside it, by folder."""
    answers: bytes | None = None
    """What a language model was asked and said, where the reference comes from one."""


def find_prover() -> tuple[Prover | None, str]:
    """Return the prover of this machine, or why there is none."""
    try:
        metadata.version("pyosys")
    except metadata.PackageNotFoundError:
        return None, "no prover: pyosys is not installed (pip install 'rtlgen[symbolic]')"
    from symbolic.prover import YosysProver  # noqa: PLC0415 - only where something is proved

    return Forgiving(prover=YosysProver()), ""


def make_testbench(
    subject: Subject,
    options: Options,
    effort: Effort,
    progress: Progress,
    *,
    cache: TestbenchCache | None = None,
) -> Made:
    """Close the testbench of `subject`, or take it from `cache`.

    Raises:
        CannotJudge: The reference does not pass its own testbench.
        InvalidInterface: The ports cannot be driven.
        EnvironmentFault: A tool is missing or does not run.
    """
    tools = tool_versions(options)
    key = testbench_key(subject.source, effort, options.limits, tools) if cache else None
    kept = cache.get(key) if cache and key else None
    if kept is not None:
        testbench = _under_name(subject, effort, kept.budget, kept.directed)
        record = kept.record.model_copy(update={"command": list(options.command)})
        return Made(
            testbench=testbench,
            record=record,
            sources=_sources(subject),
            directed=kept.directed,
        )
    closed, missing = _closed(subject, options, effort, progress)
    testbench = _under_name(subject, effort, closed.budget, closed.directed)
    notes = (*subject.notes, *testbench.notes, *((missing,) if missing else ()))
    record = file_of(
        replace(closed, testbench=testbench),
        summary_of(closed, trust_of(closed, agreement=subject.agreement)),
        reference=subject.reference,
        measured_on=subject.measured_on,
        notes=notes,
        limits=_limits(options, effort),
        versions=tools,
        command=options.command,
    )
    if cache and key:
        cache.put(key, record, budget=closed.budget, directed=closed.directed)
    return Made(
        testbench=testbench,
        record=record,
        sources=_sources(subject),
        directed=tuple(closed.directed),
    )


def measure_fixed(
    judgement: Judgement, design: Design, agreement: float, options: Options, progress: Progress
) -> TrustSummary:
    """Return what a testbench is worth whose expectations are what `design` does."""
    prover, _ = find_prover()
    limits = _mutant_limits(options.limits)
    tools = Tools(simulators=options.simulators, prover=prover, limits=limits)
    source = Standing(testbench=judgement.testbench, design=design)
    with progress.working("measuring the testbench"):
        closed = close_testbench(source, tools, options.effort)
    return summary_of(closed, trust_of(closed, agreement=agreement))


def measure_briefly(
    judgement: Judgement,
    design: Design,
    agreement: float | None,
    options: Options,
    progress: Progress,
) -> TrustSummary | None:
    """Return what one simulation of mutants of `design` says; it does what the testbench expects.

    None where there are none, or the simulation takes more than a few seconds.
    """
    limits = replace(options.limits, cpu_seconds=min(options.limits.cpu_seconds, _BRIEF_SECONDS))
    tools = Tools(simulators=options.simulators, limits=limits, cache=VerdictCache(), cover=False)
    effort = replace(options.effort, mutants=_BRIEF_MUTANTS, seconds=0, proving=0, turns=0)
    source = Standing(testbench=judgement.testbench, design=design)
    with progress.working("measuring the testbench"):
        closed = close_testbench(source, tools, effort)
    if closed.fault or closed.mutation.score is None:
        return None
    trust = trust_of(closed, agreement=1.0 if agreement is None else agreement)
    summary = summary_of(closed, trust)
    kills = summary.text.split(",")[0]
    return summary.model_copy(
        update={"text": f"{kills} at a glance; --measure-testbench adds coverage and proofs"}
    )


def _closed(
    subject: Subject, options: Options, effort: Effort, progress: Progress
) -> tuple[Closed, str]:
    """Return the closed testbench, and what was missing for more."""
    prover, missing = find_prover()
    tools = Tools(
        simulators=options.simulators,
        prover=prover,
        limits=_mutant_limits(options.limits),
        cache=VerdictCache(),
        specified=subject.specified,
    )
    with progress.working("closing the testbench"):
        closed = close_testbench(subject.source, tools, effort)
    if closed.fault:
        raise CannotJudge(
            f"a reference must pass its own testbench; {subject.reference} does not: "
            f"{closed.fault}{loops_said(closed.design)}{_LIMIT_HINT}"
        )
    return closed, missing


def loops_said(design: Design | None) -> str:
    """Say which wires of a reference may swing."""
    loops = () if design is None else registers_of(design).loops
    named = " and ".join(repr(wire) for wire in loops)
    each = "depends on itself" if len(loops) == 1 else "depend on themselves"
    return f"; {named} {each} without a register, and may swing" if loops else ""


def _mutant_limits(limits: Limits) -> Limits:
    """Return `limits` for many designs of which some never end: those cost the whole limit."""
    return replace(limits, cpu_seconds=min(limits.cpu_seconds, _MUTANT_SECONDS))


def _sources(subject: Subject) -> Mapping[str, str]:
    design = subject.source.design
    return {} if design is None else design.sources


def _under_name(
    subject: Subject, effort: Effort, budget: int | None, directed: Sequence[Directed]
) -> Testbench:
    """Return the testbench for designs of the wanted name."""
    source = subject.source
    if isinstance(source, Source):
        source = replace(source, interface=subject.interface)
    return source.write(seed=effort.seed, budget=budget, directed=directed)


def _limits(options: Options, effort: Effort) -> dict[str, float]:
    limits: dict[str, float] = {
        "seconds": effort.seconds,
        "proving": effort.proving,
        "turns": effort.turns,
        "mutants": effort.mutants,
        "timeout": options.limits.seconds,
    }
    return limits if effort.budget is None else limits | {"budget": effort.budget}


def tool_versions(options: Options) -> Mapping[str, str]:
    """Return the version of everything that a testbench and its trust may depend on."""
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
        write_protocols(output, made.testbench)
        for folder_beside, files in made.folders.items():
            write_files(output / folder_beside, files)
        for name, data in made.testbench.data.items():
            (output / name).write_bytes(data)
        if made.answers is not None:
            (output / ANSWERS).write_bytes(made.answers)
        write_files(output, {PLAN: render_plan(made.record, made.testbench, made.sources)})
        write_trust(output, made.record)


def say(made: Made, progress: Progress, *, demanded: float | None) -> None:
    """Say what the testbench is, and what it is worth."""
    record = made.record
    unit = "cycle" if made.testbench.plan.timing.clocks else "vector"
    progress.stage(
        "testbench",
        f"{counted(record.checks, 'check')} in {counted(record.cycles, unit)} by "
        f"{record.reference}, seed {record.seed}",
    )
    for note in record.notes:
        progress.stage("testbench", note, state="note")
    for prop in record.properties:
        if prop.reference != "broken":
            progress.stage("properties", f"{prop.name}: {_proved(prop.proof)}")
    for test in record.regressions:
        progress.stage("regression", f"{test.folder}/: {test.what}")
    enough = demanded is None or record.trust.value >= demanded
    progress.stage(
        "trust",
        f"testbench trust {record.trust.value:.2f}: {record.trust.text}"
        + ("" if enough else f"; {demanded:.2f} is demanded"),
        state="ok" if enough else "open",
    )
    for limit in record.ended:
        progress.stage("trust", f"ended by a limit: {limit}", state="note")


def _proved(outcome: str) -> str:
    return {
        "proved": "checked, and proved of the reference for all inputs",
        "refuted": "checked; a proof finds inputs that break it, simulation does not show that",
    }.get(outcome, "checked")
