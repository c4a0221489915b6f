"""What `rtlgen eval` takes."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

_SAMPLES = "Samples"
_JUDGING = "Judging"


class ExtractChoice(StrEnum):
    """What `--extract` accepts."""

    OFFICIAL = "official"
    ROBUST = "robust"


class ExecutorChoice(StrEnum):
    """What `--executor` accepts."""

    LOCAL = "local"
    RAY = "ray"


class VerdictChoice(StrEnum):
    """What `--verdict` accepts."""

    OFFICIAL = "official"
    FUNCTIONAL = "functional"

    @property
    def literal(self) -> Literal["official", "functional"]:
        return "official" if self is VerdictChoice.OFFICIAL else "functional"


Model = Annotated[
    str | None,
    typer.Option(
        help="Ask this one: openai:MODEL, hf:PATH_OR_ID, gguf:FILE, replay:FILE.jsonl, "
        "scripted:FILE.yaml or builtin (compiles what a description says formally)",
        show_default=False,
        rich_help_panel=_SAMPLES,
    ),
]
Root = Annotated[
    Path,
    typer.Option(help="Folder with the benchmark's files, as published.", show_default=False),
]
Output = Annotated[
    Path,
    typer.Option("-o", "--output", help="Folder for the results.", show_default=False),
]
Problems = Annotated[
    list[str] | None,
    typer.Option(
        help="Only these: names or patterns such as 'fsm*', separated by commas; repeatable.",
        show_default=False,
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        help="Leave these out: names, patterns, or a file of them; `doctor`, or a file that "
        "`rtlgen eval doctor -o` wrote: problems that no design can pass, or any.",
        show_default=False,
    ),
]
Samples = Annotated[
    Path | None,
    typer.Option(
        help="Judge the completions in this file, .jsonl or .jsonl.gz, instead of asking a model.",
        show_default=False,
        rich_help_panel=_SAMPLES,
    ),
]
System = Annotated[
    bool,
    typer.Option(
        "--system",
        help="One answer to each problem, as `rtlgen design` makes it: compiled where the "
        "description settles it, else the best of -n answers of --model, judged blindly; or of "
        "those in the folder of an earlier run, given as --samples. --budget-seconds is a "
        "problem's.",
        rich_help_panel=_SAMPLES,
    ),
]
N = Annotated[
    int | None,
    typer.Option(
        "-n",
        "--n",
        min=1,
        max=10000,
        help="Samples of each problem to ask a model for; default: 10, with --system 16",
        show_default=False,
        rich_help_panel=_SAMPLES,
    ),
]
Shots = Annotated[
    int,
    typer.Option(
        min=0,
        max=4,
        help="In-context examples in the prompt, where the benchmark has any.",
        rich_help_panel=_SAMPLES,
    ),
]
Seed = Annotated[
    int, typer.Option(min=0, help="Seed of the model's draws.", rich_help_panel=_SAMPLES)
]
Extract = Annotated[
    ExtractChoice,
    typer.Option(
        help="How a design is found in a completion: by the benchmark's published rule, or "
        "understanding fences and prose.",
        rich_help_panel=_SAMPLES,
    ),
]
K = Annotated[
    str | None,
    typer.Option(
        "-k",
        "--k",
        help="pass@k for these, separated by commas; default: 1, 5 and 10, as far as there are "
        "samples",
        show_default=False,
    ),
]
Timeout = Annotated[
    float,
    typer.Option(
        min=0.1,
        max=86400.0,
        help="Processor seconds of compiling one sample, and of simulating it.",
        rich_help_panel=_JUDGING,
    ),
]
StopEarly = Annotated[
    bool,
    typer.Option(
        "--stop-early/--full-counts",
        help="End a simulation at its first mismatch, or go on and count them all: the same "
        "verdicts.",
        rich_help_panel=_JUDGING,
    ),
]
NoWindows = Annotated[
    bool,
    typer.Option(
        "--no-windows",
        help="Keep no waveform of the first mismatch.",
        rich_help_panel=_JUDGING,
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        "-j",
        "--workers",
        min=1,
        max=4096,
        help="Samples judged at a time; default: the processors",
        show_default=False,
        rich_help_panel=_JUDGING,
    ),
]
Executor = Annotated[
    ExecutorChoice,
    typer.Option(
        help="Where samples are judged: on this machine, or on a Ray cluster.",
        rich_help_panel=_JUDGING,
    ),
]
Address = Annotated[
    str | None,
    typer.Option(
        help="Of the Ray cluster: HOST:PORT, or auto for the one of this machine; default: one "
        "that is started here",
        show_default=False,
        rich_help_panel=_JUDGING,
    ),
]
NoCache = Annotated[
    bool,
    typer.Option(
        "--no-cache",
        help="Neither use verdicts of earlier runs nor keep those of this one.",
        rich_help_panel=_JUDGING,
    ),
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Continue an interrupted run; nothing is paid or judged twice."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the results as JSON to standard output.")]
