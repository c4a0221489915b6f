"""`rtlgen dataset`: a command for each thing that is done with training data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rtlgen.cli import dataset_build, dataset_synth
from rtlgen.cli.options import Quiet

app = typer.Typer(
    help="Training data from verdicts: make it, look at it, gate it.", no_args_is_help=True
)

app.command("build")(dataset_build.build)
app.command("synth")(dataset_synth.synth)

Json = Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")]


@app.command("check")
def check(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder of a dataset.", show_default=False)
    ],
    against: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=ROOT",
            help="Look for the problems of NAME too: a benchmark's name and its root, or any name "
            "and a corpus, a .jsonl file with a text field, or a folder of specs and RTL.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check a dataset: rows, splits, duplicates, contamination, labels, provenance, counts.

    Exit code 0: clean; 1: something was found; 2: it cannot be read.
    """
    from rtlgen.data.extra import require

    require()
    from rtlgen.cli import dataset_runs

    dataset_runs.check(folder, against=against or (), json=json, quiet=quiet)


@app.command("inspect")
def inspect(
    source: Annotated[
        str,
        typer.Argument(
            metavar="DIR|ROW",
            help="Folder of a dataset, one of its files, or a row: FILE:LINE or DIR#ID.",
            show_default=False,
        ),
    ],
    examples: Annotated[
        int, typer.Option("-n", "--examples", min=0, help="Rows that are shown of each kind.")
    ] = 1,
    json: Json = False,
) -> None:
    """Show what a dataset holds: counts, and rows with chosen and rejected side by side."""
    from rtlgen.data.extra import require

    require("pyarrow", "datasketch", "rapidfuzz")
    from rtlgen.cli import dataset_runs

    dataset_runs.inspect(source, examples=examples, json=json)
