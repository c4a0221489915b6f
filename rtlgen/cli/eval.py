"""`rtlgen eval`: a command for each benchmark, `doctor` and `compare`."""

from __future__ import annotations

from copy import copy
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer
from typer.core import TyperGroup

from rtlgen.cli.eval_options import (
    Address,
    Exclude,
    Executor,
    ExecutorChoice,
    Extract,
    ExtractChoice,
    Json,
    K,
    Model,
    N,
    NoCache,
    NoWindows,
    Output,
    Problems,
    Resume,
    Root,
    Samples,
    Seed,
    Shots,
    StopEarly,
    System,
    Timeout,
    VerdictChoice,
    Workers,
)
from rtlgen.cli.model_options import (
    Adapter,
    BaseUrl,
    BudgetAttempts,
    BudgetCost,
    BudgetSeconds,
    BudgetTokens,
    Dtype,
    KeyVariable,
    MaxTokens,
    Price,
    Temperature,
    TopP,
)
from rtlgen.cli.options import Quiet

_ANY = "BENCHMARK"
"""Stands for the command of every benchmark."""

_Click: TypeAlias = Any
"""A context or a command: of `click`, or of the copy that newer versions of typer bring."""


class _Benchmarks(TyperGroup):
    """Finds the command of a benchmark by the benchmark's name."""

    def list_commands(self, ctx: _Click) -> list[str]:
        own = [name for name in super().list_commands(ctx) if name != _ANY]
        return [*_titles(), *own]

    def get_command(self, ctx: _Click, cmd_name: str) -> _Click:
        if cmd_name == _ANY:
            return None
        found: _Click = super().get_command(ctx, cmd_name)
        if found is None and cmd_name in (titles := _titles()):
            found = copy(super().get_command(ctx, _ANY))
            found.name, found.hidden = cmd_name, False
            found.short_help = titles[cmd_name]
            found.rich_help_panel = "Benchmarks"
        return found

    def resolve_command(self, ctx: _Click, args: list[str]) -> _Click:
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            _refuse(name, self.list_commands(ctx))
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=_Benchmarks,
    help="Judge a benchmark's samples: a model's, or those in a file.",
    epilog="Exit codes: 0 done, 2 usage, 3 something could not be judged, 4 environment, "
    "130 interrupted.",
    no_args_is_help=True,
)


def _titles() -> dict[str, str]:
    from rtlgen.evaluation.catalog import BENCHMARKS

    return {name: benchmark.title for name, benchmark in BENCHMARKS.items()}


def _refuse(name: str, known: list[str]) -> None:
    from difflib import get_close_matches

    from rtlgen.errors import UsageError

    near = get_close_matches(name[:100].lower(), known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else "`rtlgen eval --help` says what each is"
    raise UsageError(
        f"what is evaluated must be one of {', '.join(known)}, not {name[:100]!r}\n\nhint: {hint}"
    )


@app.command(_ANY, hidden=True)
def benchmark(
    context: typer.Context,
    root: Root,
    output: Output,
    model: Model = None,
    samples: Samples = None,
    system: System = False,
    problems: Problems = None,
    exclude: Exclude = None,
    n: N = None,
    shots: Shots = 0,
    seed: Seed = 1,
    extract: Extract = ExtractChoice.OFFICIAL,
    k: K = None,
    timeout: Timeout = 30.0,
    stop_early: StopEarly = True,
    no_windows: NoWindows = False,
    workers: Workers = None,
    executor: Executor = ExecutorChoice.LOCAL,
    address: Address = None,
    no_cache: NoCache = False,
    resume: Resume = False,
    json: Json = False,
    quiet: Quiet = False,
    base_url: BaseUrl = None,
    key_variable: KeyVariable = None,
    adapter: Adapter = None,
    dtype: Dtype = None,
    temperature: Temperature = None,
    top_p: TopP = None,
    max_tokens: MaxTokens = None,
    budget_tokens: BudgetTokens = None,
    budget_attempts: BudgetAttempts = None,
    budget_seconds: BudgetSeconds = None,
    budget_cost: BudgetCost = None,
    price: Price = None,
) -> None:
    """Judge samples of this benchmark by its own tests.

    Give --model or --samples. Writes samples.jsonl (a row a sample), summary.json,
    CSV and JUnit files and report.html.
    """
    from rtlgen.cli import eval_runs

    eval_runs.run(
        str(context.info_name),
        eval_runs.Order(
            root=root,
            folder=output,
            samples=samples,
            system=system,
            problems=problems or (),
            exclude=exclude or (),
            n=n,
            shots=shots,
            seed=seed,
            extract=extract.value,
            k=k,
            timeout=timeout,
            stop_early=stop_early,
            windows=not no_windows,
            workers=workers,
            executor=executor.value,
            address=address,
            cached=not no_cache,
            resume=resume,
            json=json,
            quiet=quiet,
        ),
        chosen={
            "model.name": model,
            "model.base_url": base_url,
            "model.key_variable": key_variable,
            "model.adapter": adapter,
            "model.dtype": dtype,
            "model.temperature": temperature,
            "model.top_p": top_p,
            "model.max_tokens": max_tokens,
            "model.price": price and {"prompt": price[0], "completion": price[1]},
            "budget.tokens": budget_tokens,
            "budget.attempts": budget_attempts,
            "budget.seconds": budget_seconds,
            "budget.cost": budget_cost,
        },
    )


@app.command("doctor")
def doctor(
    name: Annotated[
        str, typer.Argument(metavar="BENCHMARK", help="Whose tests to try.", show_default=False)
    ],
    root: Root,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", help="Write the findings to this file as JSON.", show_default=False
        ),
    ] = None,
    problems: Problems = None,
    timeout: Timeout = 30.0,
    workers: Workers = None,
    no_cache: NoCache = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find the problems that no design can pass, and those that any can.

    Tries every test with the benchmark's own design, with an empty module, constant
    outputs and mutants, under the simulator at hand.
    """
    from rtlgen.cli import eval_doctor

    eval_doctor.run(
        name,
        eval_doctor.Order(
            root=root,
            output=output,
            problems=problems or (),
            timeout=timeout,
            workers=workers,
            cached=not no_cache,
            json=json,
            quiet=quiet,
        ),
    )


@app.command("compare")
def compare(
    first: Annotated[
        Path, typer.Argument(metavar="A", help="Folder of a run.", show_default=False)
    ],
    second: Annotated[
        Path,
        typer.Argument(metavar="B", help="Folder of another run.", show_default=False),
    ],
    k: Annotated[int, typer.Option("-k", "--k", min=1, help="Compare pass@k.")] = 1,
    verdict: Annotated[
        VerdictChoice, typer.Option(help="Which verdict to compare.")
    ] = VerdictChoice.OFFICIAL,
    json: Json = False,
) -> None:
    """Compare two runs of a benchmark problem by problem: difference, interval, what changed."""
    from rtlgen.cli import eval_compare

    eval_compare.run(first, second, k=k, verdict=verdict.literal, json=json)
