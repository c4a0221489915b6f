"""`rtlgen dataset build`: training data from runs, samples, corpora and specifications."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rtlgen.cli.eval_options import (
    Address,
    Executor,
    ExecutorChoice,
    Extract,
    ExtractChoice,
    NoCache,
    Workers,
)
from rtlgen.cli.options import Quiet

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


def build(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOURCE...",
            help="Run folders of `rtlgen eval` or `rtlgen design`, files of samples (.jsonl, "
            ".jsonl.gz), corpora of `rtlgen dataset synth`, folders of specifications with RTL "
            "(name.md, name.v), or folders of these.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder of the dataset.", show_default=False)
    ],
    root: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]PATH",
            help="Where benchmarks lie whose problems were answered; repeatable.",
            show_default=False,
        ),
    ] = None,
    benchmark: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Benchmark of the sample files; default: the one that has all of their tasks",
            show_default=False,
        ),
    ] = None,
    kinds: Annotated[
        str | None,
        typer.Option(
            help="Of preference, sft, repair, grpo and unpaired those to make, separated by "
            "commas; default: all",
            show_default=False,
        ),
    ] = None,
    prompt: Annotated[
        PromptOption,
        typer.Option(
            help="What rows ask: description and header (plain), as `rtlgen design` asks, or as "
            "`rtlgen eval` asks.",
            rich_help_panel=_ROWS,
        ),
    ] = PromptOption.PLAIN,
    answers: Annotated[
        AnswerOption,
        typer.Option(
            help="What rows answer: the design alone, or what the model wrote.",
            rich_help_panel=_ROWS,
        ),
    ] = AnswerOption.DESIGN,
    reasoning: Annotated[
        bool,
        typer.Option(
            "--reasoning",
            help="Keep what stands in <think> in SFT rows.",
            rich_help_panel=_ROWS,
        ),
    ] = False,
    pairs: Annotated[int, typer.Option("--pairs-per-problem", min=1, rich_help_panel=_ROWS)] = 8,
    uses: Annotated[
        int,
        typer.Option(
            "--uses-per-answer",
            min=1,
            help="Pairs that one answer may be in.",
            rich_help_panel=_ROWS,
        ),
    ] = 4,
    passes_only: Annotated[
        bool,
        typer.Option(
            "--passes-only",
            help="Choose no fail over a worse fail.",
            rich_help_panel=_ROWS,
        ),
    ] = False,
    max_length_ratio: Annotated[
        float | None,
        typer.Option(
            min=1.01,
            help="Most that one answer of a pair may be longer than the other, in tokens; "
            "default: any",
            show_default=False,
            rich_help_panel=_ROWS,
        ),
    ] = None,
    sft: Annotated[int, typer.Option("--sft-per-problem", min=1, rich_help_panel=_ROWS)] = 4,
    repairs: Annotated[
        int, typer.Option("--repairs-per-problem", min=1, rich_help_panel=_ROWS)
    ] = 4,
    unpaired: Annotated[
        int, typer.Option("--unpaired-per-problem", min=1, rich_help_panel=_ROWS)
    ] = 16,
    balance: Annotated[
        bool,
        typer.Option(
            "--balance-unpaired",
            help="As many unpaired rows that hold as that do not, problem by problem.",
            rich_help_panel=_ROWS,
        ),
    ] = False,
    min_margin: Annotated[
        float,
        typer.Option(
            min=0.001,
            max=1.0,
            help="Least difference of a pair's scores, 0 to 1.",
            rich_help_panel=_GATES,
        ),
    ] = 0.2,
    min_trust: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=1.0,
            help="Least trust of a testbench whose trust was measured.",
            rich_help_panel=_GATES,
        ),
    ] = 0.5,
    min_checks: Annotated[
        int,
        typer.Option(
            min=0, help="Least number of checks of a test's complete run.", rich_help_panel=_GATES
        ),
    ] = 1,
    min_mean: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=1.0,
            help="GRPO prompts whose answers score no more on average are hopeless.",
            rich_help_panel=_GATES,
        ),
    ] = 0.05,
    max_mean: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=1.0,
            help="GRPO prompts whose answers score no less are trivial.",
            rich_help_panel=_GATES,
        ),
    ] = 0.95,
    min_spread: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=1.0,
            help="GRPO prompts need a larger standard deviation of their answers' scores.",
            rich_help_panel=_GATES,
        ),
    ] = 0.1,
    near_duplicates: Annotated[
        float,
        typer.Option(
            min=0.5,
            max=1.0,
            help="Similarity from which on an SFT row repeats an earlier one.",
            rich_help_panel=_GATES,
        ),
    ] = 0.9,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Take problems of this benchmark, or of `all`, although models are evaluated "
            "on it: for data to study.",
            show_default=False,
            rich_help_panel=_GATES,
        ),
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=ROOT",
            help="Leave out what resembles problems of this set too; repeatable.",
            show_default=False,
            rich_help_panel=_GATES,
        ),
    ] = None,
    doctor: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="What `rtlgen eval doctor -o` wrote of a benchmark: how far its tests can be "
            "trusted; repeatable.",
            show_default=False,
            rich_help_panel=_GATES,
        ),
    ] = None,
    held_out: Annotated[
        bool,
        typer.Option(
            "--held-out",
            help="Take held-out parts of a corpus: for data to look at.",
            rich_help_panel=_GATES,
        ),
    ] = False,
    skip_bad_lines: Annotated[
        bool,
        typer.Option(
            "--skip-bad-lines",
            help="Leave out lines of sample files that are no samples.",
            rich_help_panel=_GATES,
        ),
    ] = False,
    validation: Annotated[
        float,
        typer.Option(
            min=0.0, max=0.99, help="Share of families for validation.", rich_help_panel=_ROWS
        ),
    ] = 0.05,
    test: Annotated[
        float,
        typer.Option(min=0.0, max=0.99, help="Share of families for test.", rich_help_panel=_ROWS),
    ] = 0.05,
    seed: Annotated[
        int, typer.Option(min=0, help="Seed of the splits.", rich_help_panel=_ROWS)
    ] = 0,
    model: Annotated[
        str,
        typer.Option(
            help="What wrote the answers in sample files; default: the file's name",
            show_default=False,
        ),
    ] = "",
    licence: Annotated[
        str,
        typer.Option(
            metavar="SPDX", help="Licence of answers in sample files.", show_default=False
        ),
    ] = "",
    title: Annotated[str, typer.Option(help="Of the card.", show_default=False)] = "",
    extract: Extract = ExtractChoice.OFFICIAL,
    timeout: Annotated[
        float,
        typer.Option(
            min=0.1,
            max=86400.0,
            help="Processor seconds of compiling one sample, and of simulating it.",
            rich_help_panel=_JUDGING,
        ),
    ] = 30.0,
    workers: Workers = None,
    executor: Executor = ExecutorChoice.LOCAL,
    address: Address = None,
    no_cache: NoCache = False,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Accepted for symmetry: the same command goes on by itself."),
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print the dataset's record as JSON.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Make a dataset of SOURCE...: every answer is judged anew, then cleaned, paired and written.

    The same command goes on where it was stopped, and does nothing where it was finished.
    """
    from rtlgen.cli import dataset_build_run

    dataset_build_run.run(
        dataset_build_run.Asked(
            sources=sources,
            output=output,
            roots=root or (),
            benchmark=benchmark or "",
            allow=allow or (),
            against=against or (),
            doctor=doctor or (),
            skip_bad=skip_bad_lines,
            held_out=held_out,
            workers=workers,
            executor=executor.value,
            address=address,
            cached=not no_cache,
            title=title,
            json=json,
            quiet=quiet,
        ),
        kinds=kinds,
        options={
            "prompt": prompt.value,
            "answers": answers.value,
            "reasoning": reasoning,
            "extract": extract.value,
            "seed": seed,
            "validation": validation,
            "test": test,
            "min_margin": min_margin,
            "min_trust": min_trust,
            "min_checks": min_checks,
            "pairs_per_problem": pairs,
            "uses_per_answer": uses,
            "max_length_ratio": max_length_ratio,
            "fail_pairs": not passes_only,
            "sft_per_problem": sft,
            "repairs_per_problem": repairs,
            "unpaired_per_problem": unpaired,
            "balance_unpaired": balance,
            "min_mean": min_mean,
            "max_mean": max_mean,
            "min_spread": min_spread,
            "near_duplicates": near_duplicates,
            "cpu_seconds": timeout,
            "licence": licence,
            "model": model,
        },
    )
