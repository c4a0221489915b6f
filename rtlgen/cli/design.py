"""`rtlgen design`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rtlgen.cli.model_options import (
    Adapter,
    BaseUrl,
    BudgetAttempts,
    BudgetCost,
    BudgetSeconds,
    BudgetTokens,
    Candidates,
    Examples,
    KeyVariable,
    MaxTokens,
    MinTrust,
    Model,
    Price,
    References,
    Rounds,
    Style,
    Temperature,
    TopP,
)
from rtlgen.cli.options import (
    Golden,
    Jobs,
    Json,
    MeasureTestbench,
    MinTestbenchTrust,
    Quiet,
    Seed,
    SimulatorChoice,
    SimulatorName,
    Timeout,
)


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
    measure_testbench: MeasureTestbench = False,
    min_testbench_trust: MinTestbenchTrust = None,
    seed: Seed = 1,
    timeout: Timeout = 60.0,
    jobs: Jobs = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue an interrupted run; nothing is paid twice.")
    ] = False,
    optimize: Annotated[
        bool,
        typer.Option(
            "--optimize/--no-optimize",
            help="Optimize verified RTL where pyosys is installed, proved and judged again; what "
            "was verified is kept in rtl/unoptimized/.",
        ),
    ] = True,
    html: Annotated[
        bool, typer.Option("--html", help="Also write report.html, one self-contained page.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
    model: Model = None,
    base_url: BaseUrl = None,
    key_variable: KeyVariable = None,
    adapter: Adapter = None,
    temperature: Temperature = None,
    top_p: TopP = None,
    max_tokens: MaxTokens = None,
    candidates: Candidates = None,
    rounds: Rounds = None,
    references: References = None,
    min_trust: MinTrust = None,
    style: Style = None,
    examples: Examples = None,
    budget_tokens: BudgetTokens = None,
    budget_attempts: BudgetAttempts = None,
    budget_seconds: BudgetSeconds = None,
    budget_cost: BudgetCost = None,
    price: Price = None,
) -> None:
    """Turn a specification into RTL that a cocotb testbench has checked.

    Writes rtl/, tb/ (runs on its own), waveform.vcd, report.md and run.json.
    """
    from rtlgen.cli import runs

    runs.design(
        spec,
        output or Path(f"{spec.stem}.rtlgen"),
        runs.Settings(
            golden=golden,
            simulator=simulator,
            seed=seed,
            timeout=timeout,
            jobs=jobs,
            json=json,
            quiet=quiet,
            html=html,
            optimize=optimize,
            measure_testbench=measure_testbench,
            min_testbench_trust=min_testbench_trust,
        ),
        resume=resume,
        chosen={
            "model.name": model,
            "model.base_url": base_url,
            "model.key_variable": key_variable,
            "model.adapter": adapter,
            "model.temperature": temperature,
            "model.top_p": top_p,
            "model.max_tokens": max_tokens,
            "model.price": price and {"prompt": price[0], "completion": price[1]},
            "design.candidates": candidates,
            "design.rounds": rounds,
            "design.references": references,
            "design.min_trust": min_trust,
            "design.style": style and style.value,
            "design.examples": examples,
            "budget.tokens": budget_tokens,
            "budget.attempts": budget_attempts,
            "budget.seconds": budget_seconds,
            "budget.cost": budget_cost,
        },
    )
