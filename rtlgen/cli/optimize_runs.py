"""What `optimize` does once its arguments are parsed."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import typer

from rtlgen.cli.common import stderr, unwind_when_interrupted
from rtlgen.cli.progress import ConsoleProgress
from rtlgen.design.load import load_rtl
from rtlgen.design.visible import visible
from rtlgen.errors import UsageError
from rtlgen.evaluation.replacing import write_whole
from rtlgen.optimize.record import OptimizationRecord, difference, record_of, to_json
from rtlgen.optimize.text import headline, rows
from symbolic.fsm_style import Style
from symbolic.optimize import optimize as optimized
from symbolic.optimize_stage import home_of
from symbolic.optimize_values import Optimization
from symbolic.ppa import Library, NotLiberty, read_library
from symbolic.rules.rule import Goal


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The options of `rtlgen optimize`."""

    source: Sequence[Path]
    output: Path | None
    goal: str
    liberty: Path | None
    top: str | None
    slower: float
    text_price: float
    named_states: bool
    seconds: float
    report: Path | None
    diff: bool
    explain: bool
    json: bool
    quiet: bool


def optimize(request: Request, *, chosen: Mapping[str, object]) -> NoReturn:
    """Run `rtlgen optimize`; `chosen` are options by their dotted names in `rtlgen.toml`."""
    start = time.monotonic()
    unwind_when_interrupted()
    progress = ConsoleProgress(stderr(), quiet=request.quiet)
    _check_outputs(request)
    library = _library(request.liberty)
    design = load_rtl(request.source, module=request.top, what="a design to be optimized")
    if request.top is not None and design.top != request.top:
        raise UsageError(f"--top must name a module of the design, not {request.top!r}")
    with progress.working(f"optimizing {design.top}"):
        found = optimized(
            design,
            goal=Goal(request.goal),
            library=library,
            seconds=request.seconds,
            slack=request.slower,
            text_price=request.text_price,
            named_states=request.named_states,
        )
    if chosen.get("model.name"):
        found = _with_model(found, request, chosen, progress, library)
    record = record_of(found, seconds=time.monotonic() - start, command=("rtlgen", *sys.argv[1:]))
    _tell(found, record, request, progress)
    _write(found, record, request)
    raise typer.Exit(record.exit_code)


def _library(path: Path | None) -> Library:
    try:
        return read_library(path)
    except NotLiberty as error:
        raise UsageError(str(error)) from error


def _with_model(
    found: Optimization,
    request: Request,
    chosen: Mapping[str, object],
    progress: ConsoleProgress,
    library: Library,
) -> Optimization:
    from rtlgen.cli.runs import question_of
    from rtlgen.llm.choose import choose_model
    from rtlgen.llm.config import read_settings
    from rtlgen.optimize.model_proposals import Proposing, with_proposals

    configured = read_settings(chosen)
    model = choose_model(configured.model.name, settings=configured)
    if model is None:
        raise UsageError(
            "--model must name a language model that can be asked for a rewrite, not builtin"
            "\n\nhint: leave it out; the rules and the state machines need no model"
        )
    with closing(model), progress.working("asking for a rewrite"):
        question = question_of(model, configured)
        proposing = Proposing(
            model=model,
            sampling=configured.sampling(),
            candidates=configured.design.chosen().get("candidates", 4),
            budget=question.budget,
            library=library,
            slack=request.slower,
            text_price=request.text_price,
            seconds=request.seconds,
        )
        return with_proposals(found, proposing)


def _check_outputs(request: Request) -> None:
    """Refuse places for output that would cost the user something.

    Raises:
        UsageError: One is an input, a folder, in no folder, or both are one.
    """
    wanted = [path for path in (request.output, request.report) if path is not None]
    inputs = [path.resolve() for path in (*request.source, request.liberty) if path]
    for path in wanted:
        if path.resolve() in inputs:
            raise UsageError(
                f"the output must be another file than the input, not {path}"
                "\n\nhint: the input is never touched; name another file with -o"
            )
        if path.is_dir() or not path.resolve().parent.is_dir():
            raise UsageError(f"the output must be a file in a folder that is there, not {path}")
    if len({path.resolve() for path in wanted}) < len(wanted):
        raise UsageError(f"RTL and report must be two files, not both {wanted[0]}")


def _tell(
    found: Optimization, record: OptimizationRecord, request: Request, progress: ConsoleProgress
) -> None:
    """Say what was done, for people."""
    for repair in record.repairs:
        progress.stage("repaired", repair, state="note")
    for step in record.steps:
        progress.stage("step", f"{step.what} ({step.proof.method})")
        if step.machine is not None and step.machine.style == Style.EQUATIONS.value:
            what = f"{step.machine.register_name} is written as equations"
            progress.stage("style", f"{what}; --named-states keeps its states' names", state="note")
    for left in found.left_alone:
        progress.stage("left alone", str(left), state="open" if left.whole else "note")
    if not request.quiet:
        _print_table(record)
    unhandled = record.exit_code != 0
    progress.stage("outcome", headline(record), state="open" if unhandled else "ok")
    if request.explain:
        from rtlgen.optimize.explain import explained

        typer.echo(visible(explained(found)), err=True)


def _print_table(record: OptimizationRecord) -> None:
    figures = rows(record)
    if not figures:
        return
    from rich.table import Table

    table = Table("", "before", "after", "change", box=None, header_style="bold")
    for row in figures:
        table.add_row(row.name, row.before, row.after, row.change)
    stderr().print(table)


def _write(found: Optimization, record: OptimizationRecord, request: Request) -> None:
    text = found.design.sources[home_of(found.design)]
    if request.output is not None:
        write_whole(request.output, text)
    if request.report is not None:
        from rtlgen.optimize.report import render_report

        write_whole(request.report, render_report(found, record))
    if request.json:
        typer.echo(to_json(record), nl=False)
    elif request.diff:
        typer.echo(difference(found.original, found.design), nl=False)
    elif request.output is None:
        typer.echo(text, nl=False)
