"""`rtlgen fsm`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rtlgen.cli.options import Quiet

_FORMAT = "What is printed (default: a list of the machines)"


class EncodingChoice(StrEnum):
    """What `--encode` accepts."""

    BINARY = "binary"
    GRAY = "gray"
    ONE_HOT = "one-hot"
    JOHNSON = "johnson"
    BEST = "best"


def fsm(
    source: Annotated[
        list[Path],
        typer.Argument(
            help="A state machine in KISS2 (.kiss2, .kiss), or Verilog files with machines in "
            "their top module.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="File for what is printed; default: standard output",
            show_default=False,
        ),
    ] = None,
    kiss: Annotated[
        bool, typer.Option("--kiss", help="The machine in KISS2.", rich_help_panel=_FORMAT)
    ] = False,
    dot: Annotated[
        bool,
        typer.Option("--dot", help="Its diagram in DOT, for graphviz.", rich_help_panel=_FORMAT),
    ] = False,
    svg: Annotated[
        bool, typer.Option("--svg", help="Its diagram as SVG.", rich_help_panel=_FORMAT)
    ] = False,
    verilog: Annotated[
        bool,
        typer.Option(
            "--verilog",
            help="RTL: the input's text with the machine changed and proved equal, or for KISS2 "
            "a module.",
            rich_help_panel=_FORMAT,
        ),
    ] = False,
    json: Annotated[
        bool,
        typer.Option("--json", help="All machines, as JSON.", rich_help_panel=_FORMAT),
    ] = False,
    minimize: Annotated[
        bool, typer.Option("--minimize", help="To as few states as possible.")
    ] = False,
    encode: Annotated[
        EncodingChoice | None,
        typer.Option(
            help="Codes for the states; best measures many and takes those with least area.",
            show_default=False,
        ),
    ] = None,
    top: Annotated[
        str | None,
        typer.Option(
            "--top",
            "--module",
            help="Module to look at; default: the only top. For KISS2, the name of the module.",
            show_default=False,
        ),
    ] = None,
    register: Annotated[
        str | None,
        typer.Option(help="The state register of the machine, if there are several."),
    ] = None,
    safe: Annotated[
        bool,
        typer.Option("--safe", help="In RTL, let codes of no state lead to the reset state."),
    ] = False,
    smallest: Annotated[
        bool,
        typer.Option(
            "--smallest",
            help="In RTL, take the way to write the machine that has least area, equations too; "
            "default: the smallest change of the text.",
        ),
    ] = False,
    seconds: Annotated[
        float,
        typer.Option(min=1.0, max=86400.0, help="For minimization, and for the search of codes."),
    ] = 20.0,
    quiet: Quiet = False,
) -> None:
    """Find the state machines in RTL, or read one; minimize it, code it, draw it, write it.

    Exit code 1 if there is no machine, 3 if RTL could not be proved equal to the input
    (nothing is written then).
    """
    from rtlgen.cli.fsm_runs import Request, run

    formats = {"kiss": kiss, "dot": dot, "svg": svg, "verilog": verilog, "json": json}
    run(
        Request(
            source=tuple(source),
            output=output,
            formats=tuple(name for name, chosen in formats.items() if chosen),
            minimize=minimize,
            encode=encode.value if encode is not None else None,
            top=top,
            register=register,
            safe=safe,
            smallest=smallest,
            seconds=seconds,
            quiet=quiet,
        )
    )
