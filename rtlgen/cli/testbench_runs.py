"""What `testbench` does once its arguments are parsed."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import typer

from rtlgen.cli.common import NOT_JUDGED, OK
from rtlgen.cli.options import SimulatorChoice
from rtlgen.cli.progress import ConsoleProgress
from rtlgen.cli.runs import (
    asking_of,
    console_progress,
    question_of,
    read_spec,
    simulators_for,
)
from rtlgen.design.bench import NO_REFERENCE, load_golden
from rtlgen.design.options import Options
from rtlgen.design.output import check_output_folder
from rtlgen.design.testbench_agreed import agreed_testbench
from rtlgen.design.testbench_beside import with_tests_beside
from rtlgen.design.testbench_cache import TestbenchCache
from rtlgen.design.testbench_record import TRUST, to_json
from rtlgen.design.testbench_run import Made, make_testbench, say, write_testbench_folder
from rtlgen.design.testbench_source import subject_of
from rtlgen.errors import CannotJudge, UsageError
from rtlgen.llm.choose import choose_model
from rtlgen.llm.config import read_settings
from rtlgen.spec import Spec
from sim.design import VERILOG_SUFFIXES
from sim.process import Limits
from testbench_gen.closing import Effort


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The options of `rtlgen testbench`."""

    source: Sequence[Path]
    output: Path | None
    golden: Sequence[Path]
    top: str | None
    min_trust: float | None
    seed: int
    budget: int | None
    seconds: float
    proving: float
    mutants: int
    simulator: SimulatorChoice
    timeout: float
    json: bool
    quiet: bool

    @property
    def spec(self) -> Path | None:
        """The specification, if there is one.

        Raises:
            UsageError: It stands beside other files, or golden RTL is given twice.
        """
        verilog = [path for path in self.source if path.suffix in VERILOG_SUFFIXES]
        if verilog and self.golden:
            raise UsageError(
                f"the reference must be given once, not as {verilog[0]} and as --golden"
                "\n\nhint: list all its files, or give a specification and --golden"
            )
        if verilog:
            _refuse_specification(self.source)
            return None
        if len(self.source) > 1:
            raise UsageError(
                "a testbench is written from one specification or from RTL, not from "
                + " and ".join(map(str, self.source))
                + "\n\nhint: files of RTL end in .v or .sv; golden RTL goes to --golden"
            )
        return self.source[0]

    @property
    def effort(self) -> Effort:
        return Effort(
            seed=self.seed,
            budget=self.budget,
            mutants=self.mutants,
            seconds=self.seconds,
            proving=self.proving,
        )


def _refuse_specification(paths: Sequence[Path]) -> None:
    for path in paths:
        if path.suffix.lower() in (".md", ".markdown"):
            raise UsageError(
                f"a specification stands alone, not beside RTL: {path}"
                "\n\nhint: give the specification, and the RTL as --golden"
            )


def write(request: Request, *, chosen: Mapping[str, object]) -> NoReturn:
    """Run `rtlgen testbench`; `chosen` are options by their dotted names in `rtlgen.toml`."""
    progress = console_progress(quiet=request.quiet)
    folder = request.output or Path(f"{request.source[0].stem}.testbench")
    check_output_folder(folder, manifest=TRUST)
    path = request.spec
    spec = None if path is None else read_spec(path, progress)
    options = _options(request, spec)
    made = _made(spec, options, request, chosen, progress)
    write_testbench_folder(made, folder)
    say(made, progress, demanded=request.min_trust)
    _finish(made, folder, request, progress)


def _made(
    spec: Spec | None,
    options: Options,
    request: Request,
    chosen: Mapping[str, object],
    progress: ConsoleProgress,
) -> Made:
    """Return the testbench; a language model is asked only where nothing else can be judged by."""
    try:
        subject = subject_of(spec, options)
    except CannotJudge as error:
        if spec is None or str(error) != NO_REFERENCE:
            raise
        return _agreed(spec, options, request, chosen, progress, error)
    made = make_testbench(subject, options, request.effort, progress, cache=TestbenchCache())
    return with_tests_beside(made, spec, subject, options, request.effort, progress)


def _agreed(
    spec: Spec,
    options: Options,
    request: Request,
    chosen: Mapping[str, object],
    progress: ConsoleProgress,
    error: CannotJudge,
) -> Made:
    configured = read_settings(chosen)
    model = choose_model(configured.model.name, settings=configured)
    if model is None:
        raise CannotJudge(f"{error}, or a language model with --model") from error
    with closing(model):
        asking = asking_of(model, configured)
        question = question_of(model, configured)
        return agreed_testbench(
            spec, question, replace(options, asking=asking), request.effort, progress
        )


def _options(request: Request, spec: Spec | None) -> Options:
    module = request.top or (spec.interface.module if spec else None)
    files = request.golden or (request.source if spec is None else ())
    return Options(
        simulators=simulators_for(request.simulator),
        golden=load_golden(files, module=module) if files else None,
        top=request.top if spec is not None else None,
        seed=request.seed,
        limits=Limits(seconds=request.timeout, cpu_seconds=request.timeout),
        command=("rtlgen", *sys.argv[1:]),
    )


def _finish(made: Made, folder: Path, request: Request, progress: ConsoleProgress) -> NoReturn:
    progress.stage("output", f"{folder}/ (plan.md tells what is checked, and what is not)")
    if request.json:
        typer.echo(to_json(made.record), nl=False)
    enough = request.min_trust is None or made.record.trust.value >= request.min_trust
    raise typer.Exit(OK if enough else NOT_JUDGED)
