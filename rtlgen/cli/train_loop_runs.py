"""What `rtlgen train iterate` and `loop` do once their arguments are parsed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Literal

import typer

from rtlgen.cli.common import exit_code_of, stderr, unwind_when_interrupted
from rtlgen.cli.progress import ConsoleProgress
from rtlgen.cli.train_loop_check import check_steps
from rtlgen.errors import UsageError
from rtlgen.evaluation.holding import held
from rtlgen.train.loop import RECORD, begin, planned
from rtlgen.train.loop_config import IterateConfig, LoopConfig, check_trainings
from rtlgen.train.loop_report import markdown, report, write_report
from rtlgen.train.set_aside import set_aside
from rtlgen.train.step_child import run_in_child
from rtlgen.train.steps import Job, Step, read_record


def check(
    path: Path,
    config: IterateConfig | LoopConfig,
    folder: Path,
    sets: Sequence[str],
    *,
    redo: str | None = None,
) -> None:
    """Find what would end a job hours later, before it begins."""
    if redo is not None or not (folder / RECORD).exists():
        check_trainings(path, config, sets)
        check_steps(folder.absolute(), config)


def run(
    config: IterateConfig | LoopConfig,
    folder: Path,
    *,
    redo: str | None = None,
    in_process: bool,
    json: bool,
    quiet: bool,
) -> None:
    """Do what of the job in `folder` is not done, the step `redo` and those after it anew."""
    folder = folder.absolute()
    progress = ConsoleProgress(stderr(), quiet=quiet)
    unwind_when_interrupted()
    with held(folder):
        if redo is not None:
            place = set_aside(folder, redo)
            progress.stage(redo, f"what it and later steps made is in {place}", state="note")
        begin(folder, config, anew=redo is not None)
        plan = planned(folder, config)
        job = Job(
            folder=folder,
            run=_run_here if in_process else run_in_child,
            told=lambda step, state: _tell(progress, folder, step, state),
        )
        job.work(plan.steps)
        found = report(folder, plan)
        write_report(folder, found)
    if json:
        typer.echo(found.model_dump_json(indent=2))
    elif not quiet:
        typer.echo(markdown(found))
        typer.echo(f"note: {folder}/report.md", err=True)


def _tell(
    progress: ConsoleProgress,
    folder: Path,
    step: Step,
    state: Literal["begins", "goes on", "done", "known"],
) -> None:
    if state == "done" and (record := read_record(folder, step.name)) is not None:
        progress.stage(step.name, f"done in {record.seconds:.0f} s")
    elif state != "known":
        progress.stage(step.name, state, state="note")


def _run_here(argv: Sequence[str], log: Path) -> int:
    """Run a command in this process; see `rtlgen.train.steps.Runner`."""
    from rtlgen.cli import app

    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("a", encoding="utf-8", buffering=1) as file,
        redirect_stdout(file),
        redirect_stderr(file),
    ):
        code = exit_code_of(lambda **more: app(args=list(argv), **more))
    unwind_when_interrupted()
    return code


def base(model: str, folder: Path) -> None:
    """Write an untrained model, unless it is there."""
    from rtlgen.train.model import save_base

    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        save_base(model, folder)
    typer.echo(folder)


def gguf(model: Path, file: Path, *, like: str) -> None:
    """Write a model for llama.cpp."""
    from rtlgen.train.gguf_export import export_model
    from rtlgen.train.model import resolve

    original = Path(resolve(like))
    if original.suffix != ".gguf" or not original.is_file():
        raise UsageError(
            f"--like must be a .gguf file or smollm2, not {like!r}\n\n"
            "hint: name the file that training began from"
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    export_model(model, file, like=original)
    typer.echo(file)
