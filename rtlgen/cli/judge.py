"""`rtlgen judge`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rtlgen.cli.options import (
    Golden,
    Json,
    MeasureTestbench,
    MinTestbenchTrust,
    Quiet,
    Seed,
    SimulatorChoice,
    SimulatorName,
    Timeout,
)


def judge(
    rtl: Annotated[
        list[Path],
        typer.Argument(help="Verilog files, and memory images they read.", show_default=False),
    ],
    spec: Annotated[
        Path | None,
        typer.Option(help="Judge by this specification.", show_default=False),
    ] = None,
    golden: Golden = None,
    top: Annotated[
        str | None,
        typer.Option(
            help="Module to judge; default: the one the specification names, else the only top",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="Also write RTL, testbench, waveform and report to this folder.",
            show_default=False,
        ),
    ] = None,
    simulator: SimulatorName = SimulatorChoice.AUTO,
    measure_testbench: MeasureTestbench = False,
    min_testbench_trust: MinTestbenchTrust = None,
    seed: Seed = 1,
    timeout: Timeout = 60.0,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Judge RTL that anybody wrote, as `rtlgen design` judges its own.

    The same gate, testbench, exit codes and report.
    """
    from rtlgen.cli import runs

    runs.judge(
        rtl,
        spec,
        top,
        output,
        runs.Settings(
            golden=golden,
            simulator=simulator,
            seed=seed,
            timeout=timeout,
            json=json,
            quiet=quiet,
            measure_testbench=measure_testbench,
            min_testbench_trust=min_testbench_trust,
        ),
    )
