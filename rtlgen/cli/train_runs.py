"""What `rtlgen train` does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from rtlgen.cli.common import stderr, unwind_when_interrupted
from rtlgen.cli.progress import ConsoleProgress
from rtlgen.errors import UsageError
from rtlgen.train.config import Method, Placed, read_config
from rtlgen.train.run import train


def run(
    method: str,
    config: Path,
    sets: Sequence[str],
    output: Path | None,
    *,
    resume: bool,
    quiet: bool,
) -> None:
    """Train, and print the folder of the model."""
    placed = read_config(config, sets)
    folder = output or _folder(placed, config)
    progress = ConsoleProgress(stderr(), quiet=quiet)
    unwind_when_interrupted()
    outcome = train(
        Method(method),
        placed,
        folder,
        say=lambda text: progress.stage(method, text, state="note" if "note:" in text else "ok"),
        resume=resume,
    )
    if outcome.main:
        typer.echo(outcome.model)


def _folder(placed: Placed, config: Path) -> Path:
    if placed.config.output is None:
        raise UsageError(
            f"a run needs a folder, {config} names none\n\nhint: give -o DIR, or `output: DIR`"
        )
    return placed.path(placed.config.output)
