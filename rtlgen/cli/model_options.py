"""What the commands that ask a language model take; `rtlgen.toml` has a place for each."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

_MODEL = "Language model (also RTLGEN_MODEL, RTLGEN_BASE_URL and rtlgen.toml)"
_SEARCH = "Candidates and repairs"
_BUDGET = "Budget of the whole run; what is spent is shown"


class StyleChoice(StrEnum):
    """What `--style` accepts."""

    DIRECT = "direct"
    REASONING = "reasoning"


Model = Annotated[
    str | None,
    typer.Option(
        help="openai:MODEL, hf:PATH_OR_ID, gguf:FILE, replay:FILE.jsonl, scripted:FILE.yaml, "
        "embedded (the small model that comes with rtlgen) or builtin (compiles what a "
        "specification says formally); default: builtin, where design asks embedded for the rest",
        show_default=False,
        rich_help_panel=_MODEL,
    ),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(
        help="Address of an OpenAI-compatible server, such as http://localhost:8000/v1",
        show_default=False,
        rich_help_panel=_MODEL,
    ),
]
KeyVariable = Annotated[
    str | None,
    typer.Option(
        help="Environment variable with the server's key; default: OPENAI_API_KEY",
        show_default=False,
        rich_help_panel=_MODEL,
    ),
]
Adapter = Annotated[
    str | None,
    typer.Option(
        help="LoRA adapter: a folder for hf:, a .gguf file for gguf:",
        show_default=False,
        rich_help_panel=_MODEL,
    ),
]
Dtype = Annotated[
    str | None,
    typer.Option(
        help="What hf: computes with: float32, bfloat16 or float16; default: the type of the "
        "weights. bfloat16 is faster where the processor has units for it.",
        show_default=False,
        rich_help_panel=_MODEL,
    ),
]
Temperature = Annotated[
    float | None,
    typer.Option(help="0 is greedy; default: 0.8", show_default=False, rich_help_panel=_MODEL),
]
TopP = Annotated[
    float | None,
    typer.Option(help="Default: 0.95", show_default=False, rich_help_panel=_MODEL),
]
MaxTokens = Annotated[
    int | None,
    typer.Option(
        help="Most tokens of one answer; default: 4096",
        show_default=False,
        rich_help_panel=_MODEL,
    ),
]
Candidates = Annotated[
    int | None,
    typer.Option(
        help="Answers asked for in a round; default: 4, of embedded 16",
        show_default=False,
        rich_help_panel=_SEARCH,
    ),
]
Rounds = Annotated[
    int | None,
    typer.Option(
        help="Rounds of repairs and fresh starts after the first; default: 3, of embedded 0",
        show_default=False,
        rich_help_panel=_SEARCH,
    ),
]
References = Annotated[
    int | None,
    typer.Option(
        help="Reference models that the model writes where the specification says nothing "
        "formally and --golden is not given; default: 2",
        show_default=False,
        rich_help_panel=_SEARCH,
    ),
]
MinTrust = Annotated[
    float | None,
    typer.Option(
        help="Without a reference: trust (0 to 1) from which a design is taken; default: 0.8",
        show_default=False,
        rich_help_panel=_SEARCH,
    ),
]
Style = Annotated[
    StyleChoice | None,
    typer.Option(
        help="Ask for code, or for reasoning and then code; default: direct",
        show_default=False,
        rich_help_panel=_SEARCH,
    ),
]
Examples = Annotated[
    int | None,
    typer.Option(
        help="In-context examples in the prompt, 0 to 4; default: 0",
        show_default=False,
        rich_help_panel=_SEARCH,
    ),
]
BudgetTokens = Annotated[
    int | None,
    typer.Option(
        help="Tokens of prompts and answers.", show_default=False, rich_help_panel=_BUDGET
    ),
]
BudgetAttempts = Annotated[
    int | None,
    typer.Option(help="Requests.", show_default=False, rich_help_panel=_BUDGET),
]
BudgetSeconds = Annotated[
    float | None,
    typer.Option(help="Seconds of the whole run.", show_default=False, rich_help_panel=_BUDGET),
]
BudgetCost = Annotated[
    float | None,
    typer.Option(help="US dollars; needs --price.", show_default=False, rich_help_panel=_BUDGET),
]
Price = Annotated[
    tuple[float, float] | None,
    typer.Option(
        help="US dollars per million tokens: of prompts, of answers.",
        show_default=False,
        rich_help_panel=_BUDGET,
    ),
]
