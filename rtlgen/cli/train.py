"""`rtlgen train`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rtlgen.cli import train_card, train_iterate, train_pack
from rtlgen.cli.options import Quiet

app = typer.Typer(no_args_is_help=True, help="Train a model on what was judged.")

Configuration = Annotated[
    Path, typer.Argument(metavar="CONFIG", help="YAML; see datasets/recipes.", show_default=False)
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a value of CONFIG, such as trl.learning_rate=1e-4; may be repeated.",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        help="Folder of the run; default: `output` of CONFIG. The same command goes on with a "
        "run that was killed.",
        show_default=False,
    ),
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with a run; it is an error if there is none.")
]


@app.command("sft")
def sft(
    config: Configuration,
    sets: Sets = None,
    output: Output = None,
    resume: Resume = False,
    quiet: Quiet = False,
) -> None:
    """Supervised fine-tuning on answers that hold."""
    _run("sft", config, sets, output, resume=resume, quiet=quiet)


@app.command("dpo")
def dpo(
    config: Configuration,
    sets: Sets = None,
    output: Output = None,
    resume: Resume = False,
    quiet: Quiet = False,
) -> None:
    """Direct preference optimization on pairs of a better and a worse answer."""
    _run("dpo", config, sets, output, resume=resume, quiet=quiet)


@app.command("grpo")
def grpo(
    config: Configuration,
    sets: Sets = None,
    output: Output = None,
    resume: Resume = False,
    quiet: Quiet = False,
) -> None:
    """Group relative policy optimization on rewards of the model's own answers."""
    _run("grpo", config, sets, output, resume=resume, quiet=quiet)


def _run(
    method: str,
    config: Path,
    sets: list[str] | None,
    output: Path | None,
    *,
    resume: bool,
    quiet: bool,
) -> None:
    from rtlgen.cli.train_runs import run

    run(method, config, sets or (), output, resume=resume, quiet=quiet)


app.command("audit")(train_iterate.audit)
app.command("iterate")(train_iterate.iterate)
app.command("loop")(train_iterate.loop)
app.command("base")(train_iterate.base)
app.command("gguf")(train_iterate.gguf)
app.command("pack")(train_pack.pack)
app.command("card")(train_card.card)
