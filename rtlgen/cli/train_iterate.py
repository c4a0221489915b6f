"""`rtlgen train iterate`, `loop`, `audit`, `base` and `gguf`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rtlgen.cli.eval_options import Problems, Root, Workers
from rtlgen.cli.options import Quiet

Configuration = Annotated[
    Path, typer.Argument(metavar="CONFIG", help="YAML; see datasets/recipes.", show_default=False)
]
Output = Annotated[
    Path,
    typer.Option(
        "-o",
        "--output",
        help="Folder of everything. The same command goes on with what was killed.",
        show_default=False,
    ),
]
Model = Annotated[
    str, typer.Argument(metavar="MODEL", help="As `model:` of a training.", show_default=False)
]
Redo = Annotated[
    str | None,
    typer.Option(
        metavar="STEP",
        help="Do this step, such as rounds/1/build, and all after it anew, by CONFIG as it is now. "
        "What they made goes to set-aside/ in the folder.",
        show_default=False,
    ),
]
InProcess = Annotated[
    bool,
    typer.Option(
        "--in-process",
        help="Run all steps in this process: less waiting where they are small, more memory.",
    ),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a value of CONFIG, such as corpus.count=2000; may be repeated.",
        show_default=False,
    ),
]
Benchmarks = Annotated[
    list[str] | None,
    typer.Option(
        "--benchmark",
        metavar="NAME=ROOT",
        help="Evaluate on this benchmark too; may be repeated.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the results as JSON to standard output.")]


def iterate(
    config: Configuration,
    output: Output,
    sets: Sets = None,
    redo: Redo = None,
    in_process: InProcess = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Sample, judge, build, train, evaluate, and again, until held-out problems gain no more."""
    from rtlgen.cli import train_loop_runs
    from rtlgen.train.loop_config import IterateConfig, read_loop_config

    found = read_loop_config(config, IterateConfig, sets or ())
    train_loop_runs.check(config, found, output, sets or (), redo=redo)
    train_loop_runs.run(found, output, redo=redo, in_process=in_process, json=json, quiet=quiet)


def loop(
    config: Configuration,
    output: Output,
    sets: Sets = None,
    benchmark: Benchmarks = None,
    redo: Redo = None,
    in_process: InProcess = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make a corpus, train on it, then sample, judge, tune and evaluate, round after round."""
    from rtlgen.cli import train_loop_runs
    from rtlgen.train.loop_config import LoopConfig, read_loop_config, with_benchmarks

    found = with_benchmarks(read_loop_config(config, LoopConfig, sets or ()), benchmark or ())
    train_loop_runs.check(config, found, output, sets or (), redo=redo)
    train_loop_runs.run(found, output, redo=redo, in_process=in_process, json=json, quiet=quiet)


def audit(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="RUN|SAMPLES",
            help="Folder of a run of `rtlgen eval`, or a file of samples, which is judged first.",
            show_default=False,
        ),
    ],
    root: Root,
    output: Output,
    benchmark: Annotated[
        str | None,
        typer.Option(help="Whose samples they are; a run says it.", show_default=False),
    ] = None,
    rewards: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME,...",
            help="Of verireason, share, pass, compile and format; default: all",
            show_default=False,
        ),
    ] = None,
    problems: Problems = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="For one proof.")] = 10.0,
    workers: Workers = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """How often each reward says pass of designs that equivalence checking disproves."""
    from rtlgen.cli import train_audit_runs

    train_audit_runs.run(
        train_audit_runs.Order(
            source=source,
            benchmark=benchmark,
            root=root,
            folder=output,
            rewards=rewards or (),
            problems=problems or (),
            seconds=seconds,
            workers=workers,
            json=json,
            quiet=quiet,
        )
    )


def base(
    model: Model,
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", help="Folder that the model is written to.", show_default=False
        ),
    ],
) -> None:
    """Write an untrained model as a folder that `--model hf:` evaluates with the plain prompt."""
    from rtlgen.cli import train_loop_runs

    train_loop_runs.base(model, output)


def gguf(
    model: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder of a model.", show_default=False)
    ],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", help="File that is written: .gguf", show_default=False),
    ],
    like: Annotated[
        str, typer.Option(help="A .gguf file of the same model, for its tokenizer, or smollm2.")
    ] = "smollm2",
) -> None:
    """Write a trained model for llama.cpp, to be used as `--model gguf:FILE`."""
    from rtlgen.cli import train_loop_runs

    train_loop_runs.gguf(model, output, like=like)
