"""`rtlgen train card`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rtlgen.cli.options import Quiet


def card(
    config: Annotated[
        Path,
        typer.Argument(
            metavar="CONFIG",
            help="YAML; see datasets/recipes/embedded_card.yaml.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", help="Folder for MODEL_CARD.md and card/.", show_default=False
        ),
    ],
    root: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="Folder that CONFIG's relative paths are relative to; default: CONFIG's own",
            show_default=False,
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the figures as JSON to standard output.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Write the card of a trained model from the records of its runs.

    What was not run stands there as not measured.
    """
    from rtlgen.train.card import CARD, gathered, write
    from rtlgen.train.card_config import read_card_config

    places = read_card_config(config, root)
    found = gathered(places)
    write(found, places, output)
    if json:
        typer.echo(found.table.model_dump_json(indent=2))
    if not quiet:
        for what in found.table.missing:
            typer.echo(f"note: not measured: {what}", err=True)
        typer.echo(f"note: {output / CARD}", err=True)
