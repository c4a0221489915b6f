"""Options that several commands take, described once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class SimulatorChoice(StrEnum):
    """What `--simulator` accepts."""

    AUTO = "auto"
    ICARUS = "icarus"
    VERILATOR = "verilator"
    BOTH = "both"


Golden = Annotated[
    list[Path] | None,
    typer.Option(
        help="Judge by this RTL, run side by side; repeat it for further files, memory images too.",
        show_default=False,
    ),
]
SimulatorName = Annotated[
    SimulatorChoice,
    typer.Option(
        help="auto takes Icarus Verilog, which sees X and Z, and Verilator for what Icarus "
        "cannot compile or where it is missing; with both, a design passes only if they agree."
    ),
]
MinTestbenchTrust = Annotated[
    float | None,
    typer.Option(
        min=0.0,
        max=1.0,
        help="Measure the testbench; below this testbench trust (0 to 1) a pass is not verified.",
        show_default=False,
    ),
]
MeasureTestbench = Annotated[
    bool,
    typer.Option(
        "--measure-testbench",
        help="Close the testbench by mutants, coverage and proofs, and measure its trust.",
    ),
]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the stimulus.")]
Timeout = Annotated[
    float, typer.Option(min=1.0, max=86400.0, help="Seconds that one tool run may take.")
]
Json = Annotated[bool, typer.Option("--json", help="Print run.json to standard output.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Say only what went wrong.")]
Jobs = Annotated[
    int | None,
    typer.Option(
        "-j",
        "--jobs",
        min=1,
        help="Simulations that run at once; default: the processors of this machine",
        show_default=False,
    ),
]
