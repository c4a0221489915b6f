"""`rtlgen replay`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rtlgen.cli.options import Quiet

if TYPE_CHECKING:
    from rtlgen.design.differences import Difference
    from rtlgen.design.rerun import Rerun


def replay(
    run: Annotated[
        Path,
        typer.Argument(
            help="Folder that `rtlgen design` or `rtlgen judge -o` wrote.", show_default=False
        ),
    ],
    json: Annotated[
        bool, typer.Option("--json", help="Print what differs as JSON to standard output.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Make a recorded run again, without a model, and say what differs.

    Answers are read from the folder; testbench, judging and every decision are
    made anew, with the tools that are installed now. Exit code 0 if every
    verdict came out the same, else 1.
    """
    from rtlgen.cli.common import FAILED, OK, print_json
    from rtlgen.cli.runs import spinner
    from rtlgen.design.rerun import rerun

    found = rerun(run, spinner(quiet=quiet))
    if json:
        print_json(found.to_json())
    elif found.differences or not quiet:
        _print(found)
    raise typer.Exit(FAILED if found.differences else OK)


def _print(found: Rerun) -> None:
    for difference in found.versions:
        typer.echo(f"version  {_line(difference)}")
    for difference in found.differences:
        typer.echo(f"differs  {_line(difference)}")
    verdicts = f"{found.verdicts} verdict{'s' * (found.verdicts != 1)}"
    same = "everything as recorded" if not found.differences else "not as recorded"
    typer.echo(f"{verdicts} made again: {same}")


def _line(difference: Difference) -> str:
    from rtlgen.design.visible import visible

    return visible(f"{difference.what}: {difference.now}, was {difference.recorded}")
