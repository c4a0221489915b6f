"""`rtlgen design`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rtlgen.cli.options import (
    Golden,
    Jobs,
    Json,
    Quiet,
    Seed,
    SimulatorChoice,
    SimulatorName,
    Timeout,
)

_MODEL = "Language model (also RTLGEN_MODEL, RTLGEN_BASE_URL and rtlgen.toml)"
_SEARCH = "Candidates and repairs"
_BUDGET = "Budget of the whole run; what is spent is shown"


class StyleChoice(StrEnum):
    """What `--style` accepts."""

    DIRECT = "direct"
    REASONING = "reasoning"


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
    jobs: Jobs = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue an interrupted run; nothing is paid twice.")
    ] = False,
    html: Annotated[
        bool, typer.Option("--html", help="Also write report.html, one self-contained page.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
    model: Annotated[
        str | None,
        typer.Option(
            help="openai:MODEL, hf:PATH_OR_ID, replay:FILE.jsonl, scripted:FILE.yaml or builtin "
            "(compiles what a specification says formally); default: builtin",
            show_default=False,
            rich_help_panel=_MODEL,
        ),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(
            help="Address of an OpenAI-compatible server, such as http://localhost:8000/v1",
            show_default=False,
            rich_help_panel=_MODEL,
        ),
    ] = None,
    key_variable: Annotated[
        str | None,
        typer.Option(
            help="Environment variable with the server's key; default: OPENAI_API_KEY",
            show_default=False,
            rich_help_panel=_MODEL,
        ),
    ] = None,
    adapter: Annotated[
        str | None,
        typer.Option(
            help="Folder of a LoRA adapter, for hf:", show_default=False, rich_help_panel=_MODEL
        ),
    ] = None,
    temperature: Annotated[
        float | None,
        typer.Option(help="0 is greedy; default: 0.8", show_default=False, rich_help_panel=_MODEL),
    ] = None,
    top_p: Annotated[
        float | None,
        typer.Option(help="Default: 0.95", show_default=False, rich_help_panel=_MODEL),
    ] = None,
    max_tokens: Annotated[
        int | None,
        typer.Option(
            help="Most tokens of one answer; default: 4096",
            show_default=False,
            rich_help_panel=_MODEL,
        ),
    ] = None,
    candidates: Annotated[
        int | None,
        typer.Option(
            help="Answers asked for in a round; default: 4",
            show_default=False,
            rich_help_panel=_SEARCH,
        ),
    ] = None,
    rounds: Annotated[
        int | None,
        typer.Option(
            help="Rounds of repairs and fresh starts after the first; default: 3",
            show_default=False,
            rich_help_panel=_SEARCH,
        ),
    ] = None,
    references: Annotated[
        int | None,
        typer.Option(
            help="Reference models that the model writes where the specification says nothing "
            "formally and --golden is not given; default: 2",
            show_default=False,
            rich_help_panel=_SEARCH,
        ),
    ] = None,
    min_trust: Annotated[
        float | None,
        typer.Option(
            help="Without a reference: trust (0 to 1) from which a design is taken; default: 0.8",
            show_default=False,
            rich_help_panel=_SEARCH,
        ),
    ] = None,
    style: Annotated[
        StyleChoice | None,
        typer.Option(
            help="Ask for code, or for reasoning and then code; default: direct",
            show_default=False,
            rich_help_panel=_SEARCH,
        ),
    ] = None,
    examples: Annotated[
        int | None,
        typer.Option(
            help="In-context examples in the prompt, 0 to 4; default: 0",
            show_default=False,
            rich_help_panel=_SEARCH,
        ),
    ] = None,
    budget_tokens: Annotated[
        int | None,
        typer.Option(
            help="Tokens of prompts and answers.", show_default=False, rich_help_panel=_BUDGET
        ),
    ] = None,
    budget_attempts: Annotated[
        int | None,
        typer.Option(help="Requests.", show_default=False, rich_help_panel=_BUDGET),
    ] = None,
    budget_seconds: Annotated[
        float | None,
        typer.Option(help="Seconds of the whole run.", show_default=False, rich_help_panel=_BUDGET),
    ] = None,
    budget_cost: Annotated[
        float | None,
        typer.Option(
            help="US dollars; needs --price.", show_default=False, rich_help_panel=_BUDGET
        ),
    ] = None,
    price: Annotated[
        tuple[float, float] | None,
        typer.Option(
            help="US dollars per million tokens: of prompts, of answers.",
            show_default=False,
            rich_help_panel=_BUDGET,
        ),
    ] = None,
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
