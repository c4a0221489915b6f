"""The command line; each command is parse, one call, exit code.

Data goes to standard output, everything else to standard error. Exit codes:
0 verified or trusted enough, 1 failed, 2 usage, 3 could not judge or timeout, 4 environment,
130 interrupted.
"""

from __future__ import annotations

import sys

import typer

from rtlgen.cli import (
    dataset,
    design,
    doctor,
    eval,
    fsm,
    judge,
    lint,
    optimize,
    prove,
    replay,
    testbench,
    train,
)
from rtlgen.cli.common import exit_code_of

app = typer.Typer(
    name="rtlgen",
    help="Hardware specifications to verified Verilog.",
    epilog="Exit codes: 0 verified or trusted enough, 1 failed, 2 usage, "
    "3 could not judge or timeout, 4 environment, 130 interrupted.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("design")(design.design)
app.command("judge")(judge.judge)
app.command("testbench")(testbench.write)
app.command("optimize")(optimize.optimize)
app.command("fsm")(fsm.fsm)
app.command("prove")(prove.prove)
app.command("replay")(replay.replay)
app.command("lint")(lint.lint)
app.command("doctor")(doctor.doctor)
app.add_typer(eval.app, name="eval")
app.add_typer(dataset.app, name="dataset")
app.add_typer(train.app, name="train")


def _version(value: bool) -> None:
    if value:
        from rtlgen import __version__

        typer.echo(f"rtlgen {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """Hardware specifications to verified Verilog."""


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(exit_code_of(app))
