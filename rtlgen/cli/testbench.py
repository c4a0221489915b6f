"""`rtlgen testbench`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rtlgen.cli.model_options import (
    BaseUrl,
    BudgetCost,
    BudgetTokens,
    Candidates,
    KeyVariable,
    Model,
    Price,
    References,
    Temperature,
)
from rtlgen.cli.options import (
    Golden,
    Quiet,
    Seed,
    SimulatorChoice,
    SimulatorName,
    Timeout,
)

_EFFORT = "How far the stimulus is closed"


def write(
    source: Annotated[
        list[Path],
        typer.Argument(
            help="A specification in Markdown, or reference RTL: Verilog files, and memory "
            "images they read.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="Folder for the testbench, plan.md and trust.json; default: NAME.testbench",
            show_default=False,
        ),
    ] = None,
    golden: Golden = None,
    top: Annotated[
        str | None,
        typer.Option(
            help="Module to test; default: the one the specification names, else the only top",
            show_default=False,
        ),
    ] = None,
    min_trust: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            max=1.0,
            help="Testbench trust (0 to 1) below which the exit code is 3.",
            show_default=False,
        ),
    ] = None,
    seed: Seed = 1,
    budget: Annotated[
        int | None,
        typer.Option(
            min=16,
            max=1_000_000,
            help="Clock cycles to drive (vectors, without a clock), besides what proofs find; "
            "default: 4096, less for very wide ports, twice as many where that helps",
            show_default=False,
            rich_help_panel=_EFFORT,
        ),
    ] = None,
    seconds: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=86400.0,
            help="After so many seconds no more is tried to make it better.",
            rich_help_panel=_EFFORT,
        ),
    ] = 30.0,
    proving: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=86400.0,
            help="Seconds for the proofs about mutants, and about holes, each time.",
            rich_help_panel=_EFFORT,
        ),
    ] = 3.0,
    mutants: Annotated[
        int,
        typer.Option(
            min=0,
            max=5000,
            help="Wrong designs to try it on, at most.",
            rich_help_panel=_EFFORT,
        ),
    ] = 30,
    simulator: SimulatorName = SimulatorChoice.AUTO,
    timeout: Timeout = 60.0,
    json: Annotated[
        bool, typer.Option("--json", help="Print trust.json to standard output.")
    ] = False,
    quiet: Quiet = False,
    model: Model = None,
    base_url: BaseUrl = None,
    key_variable: KeyVariable = None,
    temperature: Temperature = None,
    candidates: Candidates = None,
    references: References = None,
    budget_tokens: BudgetTokens = None,
    budget_cost: BudgetCost = None,
    price: Price = None,
) -> None:
    """Write a cocotb testbench, and measure how surely it fails a wrong design.

    The folder runs on its own (make, or pytest). plan.md tells what is driven and
    checked and why, trust.json everything that was measured: mutants, coverage, proofs.
    """
    from rtlgen.cli import testbench_runs

    testbench_runs.write(
        testbench_runs.Request(
            source=source,
            output=output,
            golden=golden or [],
            top=top,
            min_trust=min_trust,
            seed=seed,
            budget=budget,
            seconds=seconds,
            proving=proving,
            mutants=mutants,
            simulator=simulator,
            timeout=timeout,
            json=json,
            quiet=quiet,
        ),
        chosen={
            "model.name": model,
            "model.base_url": base_url,
            "model.key_variable": key_variable,
            "model.temperature": temperature,
            "model.price": price and {"prompt": price[0], "completion": price[1]},
            "design.candidates": candidates,
            "design.references": references,
            "budget.tokens": budget_tokens,
            "budget.cost": budget_cost,
        },
    )
