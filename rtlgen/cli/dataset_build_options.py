"""What `rtlgen dataset build` takes."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

_GATES = "Gates"
_ROWS = "Rows"
_JUDGING = "Judging"


class PromptOption(StrEnum):
    """What `--prompt` accepts."""

    PLAIN = "plain"
    PROPOSE = "propose"
    BENCHMARK = "benchmark"


class AnswerOption(StrEnum):
    """What `--answers` accepts."""

    DESIGN = "design"
    COMPLETION = "completion"


Sources = Annotated[
    list[Path],
    typer.Argument(
        metavar="SOURCE...",
        help="Run folders of `rtlgen eval` or `rtlgen design`, files of samples (.jsonl, "
        ".jsonl.gz), corpora of `rtlgen dataset synth`, folders of specifications with RTL "
        "(name.md, name.v), or folders of these.",
        show_default=False,
    ),
]
Output = Annotated[
    Path, typer.Option("-o", "--output", help="Folder of the dataset.", show_default=False)
]
Roots = Annotated[
    list[str] | None,
    typer.Option(
        metavar="[NAME=]PATH",
        help="Where benchmarks lie whose problems were answered; repeatable.",
        show_default=False,
    ),
]
BenchmarkName = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Benchmark of the sample files; default: the one that has all of their tasks",
        show_default=False,
    ),
]
Kinds = Annotated[
    str | None,
    typer.Option(
        help="Of preference, sft, repair, grpo and unpaired those to make, separated by "
        "commas; default: all",
        show_default=False,
    ),
]
Prompt = Annotated[
    PromptOption,
    typer.Option(
        help="What rows ask: description and header (plain), as `rtlgen design` asks, or as "
        "`rtlgen eval` asks.",
        rich_help_panel=_ROWS,
    ),
]
Answers = Annotated[
    AnswerOption,
    typer.Option(
        help="What rows answer: the design alone, or what the model wrote.",
        rich_help_panel=_ROWS,
    ),
]
Reasoning = Annotated[
    bool,
    typer.Option(
        "--reasoning",
        help="Keep what stands in <think> in SFT rows.",
        rich_help_panel=_ROWS,
    ),
]
Pairs = Annotated[int, typer.Option("--pairs-per-problem", min=1, rich_help_panel=_ROWS)]
Uses = Annotated[
    int,
    typer.Option(
        "--uses-per-answer",
        min=1,
        help="Pairs that one answer may be in.",
        rich_help_panel=_ROWS,
    ),
]
PassesOnly = Annotated[
    bool,
    typer.Option(
        "--passes-only",
        help="Choose no fail over a worse fail.",
        rich_help_panel=_ROWS,
    ),
]
MaxLengthRatio = Annotated[
    float | None,
    typer.Option(
        min=1.01,
        help="Most that one answer of a pair may be longer than the other, in tokens; default: any",
        show_default=False,
        rich_help_panel=_ROWS,
    ),
]
Sft = Annotated[int, typer.Option("--sft-per-problem", min=1, rich_help_panel=_ROWS)]
Repairs = Annotated[int, typer.Option("--repairs-per-problem", min=1, rich_help_panel=_ROWS)]
Unpaired = Annotated[int, typer.Option("--unpaired-per-problem", min=1, rich_help_panel=_ROWS)]
Balance = Annotated[
    bool,
    typer.Option(
        "--balance-unpaired",
        help="As many unpaired rows that hold as that do not, problem by problem.",
        rich_help_panel=_ROWS,
    ),
]
MinMargin = Annotated[
    float,
    typer.Option(
        min=0.001,
        max=1.0,
        help="Least difference of a pair's scores, 0 to 1.",
        rich_help_panel=_GATES,
    ),
]
MinTrust = Annotated[
    float,
    typer.Option(
        min=0.0,
        max=1.0,
        help="Least trust of a testbench whose trust was measured.",
        rich_help_panel=_GATES,
    ),
]
MinChecks = Annotated[
    int,
    typer.Option(
        min=0, help="Least number of checks of a test's complete run.", rich_help_panel=_GATES
    ),
]
MinMean = Annotated[
    float,
    typer.Option(
        min=0.0,
        max=1.0,
        help="GRPO prompts whose answers score no more on average are hopeless.",
        rich_help_panel=_GATES,
    ),
]
MaxMean = Annotated[
    float,
    typer.Option(
        min=0.0,
        max=1.0,
        help="GRPO prompts whose answers score no less are trivial.",
        rich_help_panel=_GATES,
    ),
]
MinSpread = Annotated[
    float,
    typer.Option(
        min=0.0,
        max=1.0,
        help="GRPO prompts need a larger standard deviation of their answers' scores.",
        rich_help_panel=_GATES,
    ),
]
NearDuplicates = Annotated[
    float,
    typer.Option(
        min=0.5,
        max=1.0,
        help="Similarity from which on an SFT row repeats an earlier one.",
        rich_help_panel=_GATES,
    ),
]
Allow = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Take problems of this benchmark, or of `all`, although models are evaluated "
        "on it: for data to study.",
        show_default=False,
        rich_help_panel=_GATES,
    ),
]
Against = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=ROOT",
        help="Leave out what resembles problems of this set too; repeatable.",
        show_default=False,
        rich_help_panel=_GATES,
    ),
]
Doctor = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE",
        help="What `rtlgen eval doctor -o` wrote of a benchmark: how far its tests can be "
        "trusted; repeatable.",
        show_default=False,
        rich_help_panel=_GATES,
    ),
]
HeldOut = Annotated[
    bool,
    typer.Option(
        "--held-out",
        help="Take held-out parts of a corpus: for data to look at.",
        rich_help_panel=_GATES,
    ),
]
SkipBadLines = Annotated[
    bool,
    typer.Option(
        "--skip-bad-lines",
        help="Leave out lines of sample files that are no samples.",
        rich_help_panel=_GATES,
    ),
]
Validation = Annotated[
    float,
    typer.Option(
        min=0.0, max=0.99, help="Share of families for validation.", rich_help_panel=_ROWS
    ),
]
Test = Annotated[
    float,
    typer.Option(min=0.0, max=0.99, help="Share of families for test.", rich_help_panel=_ROWS),
]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the splits.", rich_help_panel=_ROWS)]
ModelName = Annotated[
    str,
    typer.Option(
        help="What wrote the answers in sample files; default: the file's name",
        show_default=False,
    ),
]
Licence = Annotated[
    str,
    typer.Option(metavar="SPDX", help="Licence of answers in sample files.", show_default=False),
]
Title = Annotated[str, typer.Option(help="Of the card.", show_default=False)]
Timeout = Annotated[
    float,
    typer.Option(
        min=0.1,
        max=86400.0,
        help="Processor seconds of compiling one sample, and of simulating it.",
        rich_help_panel=_JUDGING,
    ),
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Accepted for symmetry: the same command goes on by itself."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the dataset's record as JSON.")]
