"""`rtlgen dataset synth`: a corpus that is right by construction."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rtlgen.cli.options import Quiet


def synth(
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="DIR", help="Folder of the corpus.", show_default=False
        ),
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="Problems to train on.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same corpus.")] = 1,
    families: Annotated[
        str,
        typer.Option(
            metavar="NAME,...", help="Families or kinds to draw from.", show_default="all"
        ),
    ] = "",
    hold_out_families: Annotated[
        str,
        typer.Option(
            metavar="NAME,...",
            help="Families that are kept to measure by, with those near to them; or none.",
            show_default="some of each kind",
        ),
    ] = "",
    held_out_instances: Annotated[
        int,
        typer.Option(
            min=0,
            help="Problems of trained families with parameters, and half of them with words, "
            "that are never trained on.",
        ),
    ] = 200,
    held_out_family_instances: Annotated[
        int, typer.Option(min=0, help="Problems of held-out families.")
    ] = 200,
    sampling: Annotated[
        int,
        typer.Option(min=0, help="Further problems like those to train on, to ask a model about."),
    ] = 0,
    canonical: Annotated[
        bool, typer.Option("--canonical", help="Keep to the most usual style of code.")
    ] = False,
    against: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=ROOT",
            help="Leave out what resembles these problems too; the benchmarks' fingerprints come "
            "with rtlgen.",
            show_default=False,
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("-j", "--workers", min=1, help="Processes.", show_default="all processors"),
    ] = None,
    list_families: Annotated[
        bool, typer.Option("--list", help="List kinds and families, and stop.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print corpus.json.")] = False,
    quiet: Quiet = False,
) -> None:
    """Draw designs with specifications and tests, verify each, and write a corpus.

    DIR/train, DIR/held-out-instances and DIR/held-out-families are roots for
    `rtlgen eval corpus --root`. The same command goes on after a kill.
    """
    from rtlgen.cli import dataset_synth_runs

    if list_families:
        dataset_synth_runs.listed()
    if output is None:
        raise typer.BadParameter("-o DIR is needed")
    asked = dataset_synth_runs.Asked(
        count=count,
        seed=seed,
        families=_names(families),
        hold_out_families=_names(hold_out_families),
        held_out_instances=held_out_instances,
        held_out_family_instances=held_out_family_instances,
        sampling=sampling,
        canonical=canonical,
        against=tuple(against or ()),
    )
    dataset_synth_runs.run(output, asked, workers=workers, json=json, quiet=quiet)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
