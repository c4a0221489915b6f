"""`rtlgen prove`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rtlgen.cli.options import Quiet


def prove(
    golden: Annotated[
        Path | None,
        typer.Argument(
            help="Verilog that is right by definition; its x bits are don't-cares.",
            show_default=False,
        ),
    ] = None,
    other: Annotated[
        Path | None,
        typer.Argument(help="Verilog that should do the same.", show_default=False),
    ] = None,
    both: Annotated[
        list[Path] | None,
        typer.Option(
            "--with",
            help="A further file, or a memory image, that both need; may be repeated.",
            show_default=False,
        ),
    ] = None,
    top: Annotated[
        str | None,
        typer.Option(help="Module to compare; default: the only top", show_default=False),
    ] = None,
    reset: Annotated[
        list[str] | None,
        typer.Option(
            help="A reset input, with `:low` if it is active low; it is asserted first. "
            "Default: those that the first file shows",
            show_default=False,
        ),
    ] = None,
    seconds: Annotated[
        float,
        typer.Option(min=0.1, max=86400.0, help="After so many seconds the answer is unknown."),
    ] = 60.0,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="Folder for the log and what a proof can be checked by again, or for the "
            "counterexample as waveform and cocotb test.",
            show_default=False,
        ),
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option(
            help="Check the proof in such a folder again, by a SAT solver of its own.",
            show_default=False,
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the answer as JSON to standard output.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Prove that two designs do the same, cycle by cycle, or find inputs that show otherwise.

    Registers need not correspond. Exit code 0: proved; 1: refuted, with a trace; 3: unknown.
    """
    from rtlgen.cli.prove_runs import Request, recheck, run

    if check is not None:
        recheck(check, golden=golden, seconds=seconds, json=json, quiet=quiet)
    run(
        Request(
            golden=golden,
            other=other,
            both=tuple(both or ()),
            top=top,
            resets=tuple(reset or ()),
            seconds=seconds,
            output=output,
            json=json,
            quiet=quiet,
        )
    )
