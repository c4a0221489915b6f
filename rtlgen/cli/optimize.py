"""`rtlgen optimize`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rtlgen.cli.model_options import (
    Adapter,
    BaseUrl,
    BudgetCost,
    BudgetTokens,
    Candidates,
    KeyVariable,
    MaxTokens,
    Price,
    Temperature,
)
from rtlgen.cli.options import Quiet


class GoalChoice(StrEnum):
    """What `--goal` accepts."""

    AREA = "area"
    DELAY = "delay"
    POWER = "power"


def optimize(
    source: Annotated[
        list[Path],
        typer.Argument(
            help="Verilog files, and memory images they read; the one that defines the top "
            "module is rewritten.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="File for the RTL; default: standard output",
            show_default=False,
        ),
    ] = None,
    goal: Annotated[GoalChoice, typer.Option(help="What there is to be less of.")] = (
        GoalChoice.AREA
    ),
    liberty: Annotated[
        Path | None,
        typer.Option(
            help="Cell library to measure with (.lib, .lib.gz); default: a generic one",
            show_default=False,
        ),
    ] = None,
    top: Annotated[
        str | None, typer.Option(help="Module to optimize; default: the only top")
    ] = None,
    slower: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=10.0,
            help="Share by which it may become slower, unless the goal is less delay.",
        ),
    ] = 0.05,
    text_price: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=100.0,
            help="What changed text costs: with 1, a design of which every line is new has to save "
            "6 %, one of twice the length 10 %; 0: nothing, 3: most of the text stays.",
        ),
    ] = 1.0,
    named_states: Annotated[
        bool,
        typer.Option(
            "--named-states",
            help="Never write a state machine as equations: what names states goes on naming them.",
        ),
    ] = False,
    seconds: Annotated[
        float,
        typer.Option(min=1.0, max=86400.0, help="After so many seconds no more is tried."),
    ] = 60.0,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Also write what was done as one self-contained HTML page.", show_default=False
        ),
    ] = None,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print what changes, not the whole RTL.")
    ] = False,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Also say which rules fit this design, and what they do."),
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print what was done as JSON to standard output.")
    ] = False,
    quiet: Quiet = False,
    model: Annotated[
        str | None,
        typer.Option(
            help="Also ask this language model for a rewrite, which is taken only if it is proved "
            "and better: openai:MODEL, hf:PATH_OR_ID, gguf:FILE, replay:FILE.jsonl or "
            "scripted:FILE.yaml",
            show_default=False,
            rich_help_panel="Language model (never asked unless it is named here)",
        ),
    ] = None,
    base_url: BaseUrl = None,
    key_variable: KeyVariable = None,
    adapter: Adapter = None,
    temperature: Temperature = None,
    max_tokens: MaxTokens = None,
    candidates: Candidates = None,
    budget_tokens: BudgetTokens = None,
    budget_cost: BudgetCost = None,
    price: Price = None,
) -> None:
    """Make RTL smaller (faster, or less busy) and prove that it still does the same.

    State machines are minimized and encoded anew, data paths rewritten by rules. Each step
    is measured after synthesis and proved; what cannot be proved is not used. Exit code 0:
    proved, or nothing helps; 3: the design is left as it is since it cannot be handled.
    """
    from rtlgen.cli import optimize_runs

    optimize_runs.optimize(
        optimize_runs.Request(
            source=source,
            output=output,
            goal=goal.value,
            liberty=liberty,
            top=top,
            slower=slower,
            text_price=text_price,
            named_states=named_states,
            seconds=seconds,
            report=report,
            diff=diff,
            explain=explain,
            json=json,
            quiet=quiet,
        ),
        chosen={
            "model.name": model,
            "model.base_url": base_url,
            "model.key_variable": key_variable,
            "model.adapter": adapter,
            "model.temperature": temperature,
            "model.max_tokens": max_tokens,
            "model.price": price and {"prompt": price[0], "completion": price[1]},
            "design.candidates": candidates,
            "budget.tokens": budget_tokens,
            "budget.cost": budget_cost,
        },
    )
