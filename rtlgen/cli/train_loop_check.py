"""What can be known of a loop before it begins: that its later steps will be understood."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path
from typing import Any

import typer

from rtlgen.errors import UsageError
from rtlgen.evaluation.catalog import benchmark
from rtlgen.evaluation.selection import selected
from rtlgen.train.loop import planned
from rtlgen.train.loop_config import IterateConfig, LoopConfig, ProblemSet
from rtlgen.train.steps import Command, Step

_Refusal: type[Any] = typer.BadParameter.__bases__[0]
"""click's `UsageError`, which typer does not export."""


def check_steps(folder: Path, config: IterateConfig | LoopConfig) -> None:
    """See that the commands of the first round are ones, and that the problems are there.

    A loop goes on as it began: what ends it hours later for the configuration's sake would
    cost all that was done before.

    Raises:
        UsageError: One is none, or problems cannot be read.
    """
    plan = planned(folder, config)
    asked = [config.prompts] if isinstance(config, IterateConfig) else []
    for one in (*asked, *plan.sets):
        if Path(one.root).is_absolute():
            _check_problems(one)
    for step in takewhile(lambda step: not step.name.endswith("/decide"), plan.steps):
        if isinstance(step.does, Command):
            _check_command(step, step.does.argv(folder, begun=False))


def _check_problems(one: ProblemSet) -> None:
    try:
        selected(benchmark(one.benchmark).read(Path(one.root)), one.problems)
    except UsageError as error:
        rule, _, hint = str(error).partition("\n\n")
        raise UsageError(f"{rule}, problem set {one.name!r}\n\n{hint}".strip()) from error


def _check_command(step: Step, words: list[str]) -> None:
    from rtlgen.cli import app

    command: Any = typer.main.get_command(app)
    try:
        while hasattr(command, "resolve_command"):
            context = command.make_context("rtlgen", [], resilient_parsing=True)
            _, command, words = command.resolve_command(context, words)
        command.make_context(step.name, list(words))
    except _Refusal as error:
        raise UsageError(
            f"options of a step must be those of its command, {step.name}: "
            f"{error.format_message()}\n\nhint: mend `options` in the configuration"
        ) from error
