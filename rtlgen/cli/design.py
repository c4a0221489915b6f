"""`rtlgen design`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rtlgen.cli.options import Golden, Json, Quiet, Seed, SimulatorChoice, SimulatorName, Timeout


def design(
    spec: Annotated[Path, typer.Argument(help="Specification in Markdown.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="Folder for RTL, testbench, waveform and report; default: SPEC.rtlgen",
            show_default=False,
        ),
    ] = None,
    golden: Golden = None,
    simulator: SimulatorName = SimulatorChoice.AUTO,
    seed: Seed = 1,
    timeout: Timeout = 60.0,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Turn a specification into RTL that a cocotb testbench has checked.

    Writes rtl/, tb/ (runs on its own), waveform.vcd, report.md and run.json.
    """
    from rtlgen.cli import runs

    runs.design(
        spec,
        output or Path(f"{spec.stem}.rtlgen"),
        runs.Settings(
            golden=golden, simulator=simulator, seed=seed, timeout=timeout, json=json, quiet=quiet
        ),
    )
