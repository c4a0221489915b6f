"""What `rtlgen train audit` does once its arguments are parsed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from rtlgen.cli.common import stderr, unwind_when_interrupted
from rtlgen.cli.progress import ConsoleProgress
from rtlgen.design.visible import visible
from rtlgen.errors import UsageError
from rtlgen.evaluation.catalog import benchmark
from rtlgen.evaluation.holding import held
from rtlgen.evaluation.local_pool import LocalPool
from rtlgen.evaluation.replacing import write_whole
from rtlgen.evaluation.run_record import RUN, read_run
from rtlgen.evaluation.selection import selected
from rtlgen.train.audit import AUDIT, Subject, audit, provable, text
from rtlgen.train.audit_answers import (
    audited,
    completions_in,
    completions_of,
    judge_samples,
    samples_of,
)
from rtlgen.train.audit_proofs import Proofs
from rtlgen.train.rewards import REWARDS, Reward, reward_named
from symbolic.prover import YosysProver
from testbench_gen.instruments import Forgiving

if TYPE_CHECKING:
    from rtlgen.evaluation.benchmark import Benchmark
    from rtlgen.evaluation.problem import Problem
    from rtlgen.train.audit_answers import Audited

_JUDGED = "judged"
"""Folder of the run that judges a file of samples."""
_PROVER = "Yosys and ABC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for."""

    source: Path
    benchmark: str | None
    root: Path
    folder: Path
    rewards: Sequence[str]
    problems: Sequence[str]
    seconds: float
    workers: int | None
    json: bool
    quiet: bool


def run(order: Order) -> None:
    """Run `rtlgen train audit`."""
    rewards = _rewards(order.rewards)
    is_run = (order.source / RUN).is_file()
    known = benchmark(_name(order, is_run=is_run))
    everything = known.read(order.root)
    chosen = selected(everything, order.problems)
    progress = ConsoleProgress(stderr(), quiet=order.quiet)
    unwind_when_interrupted()
    with held(order.folder):
        subject = (
            _of_run(order, known, chosen)
            if is_run
            else _of_file(order, known, everything, chosen, progress)
        )
        proofs = Proofs(order.folder, Forgiving(prover=YosysProver()), seconds=order.seconds)
        with progress.working("proving") as how_far, closing(LocalPool(order.workers)) as pool:
            proofs.prove(
                provable(subject), pool, lambda done, all_: how_far(f"proving: {done} of {all_}")
            )
        found = audit(subject, rewards, proofs, prover=_PROVER, seconds=order.seconds)
        write_whole(order.folder / AUDIT, found.model_dump_json(indent=1) + "\n")
    typer.echo(found.model_dump_json(indent=2) if order.json else visible(text(found)))


def _rewards(names: Sequence[str]) -> list[Reward]:
    wanted = [name.strip() for text in names for name in text.split(",") if name.strip()]
    return [reward_named(name) for name in wanted] or list(REWARDS.values())


def _name(order: Order, *, is_run: bool) -> str:
    if not is_run and order.benchmark is None:
        raise UsageError(
            f"samples must come with the benchmark that they are of, {order.source} is no run\n\n"
            "hint: add --benchmark NAME"
        )
    of_run = read_run(order.source).benchmark if is_run else None
    if order.benchmark and of_run and of_run != order.benchmark:
        raise UsageError(
            f"--benchmark must be that of the run, {of_run}, not {order.benchmark!r}\n\n"
            "hint: leave it out"
        )
    return order.benchmark or str(of_run)


def _of_run(order: Order, known: Benchmark, chosen: Sequence[Problem]) -> Subject:
    answers = tuple(audited(order.source, chosen, completions_in(order.source)))
    return _subject(order, known, chosen, answers)


def _of_file(
    order: Order,
    known: Benchmark,
    everything: Sequence[Problem],
    chosen: Sequence[Problem],
    progress: ConsoleProgress,
) -> Subject:
    samples, faults = samples_of(order.source, everything, chosen)
    for message in faults.messages:
        progress.stage("samples", message, state="note")
    folder = order.folder / _JUDGED
    with closing(LocalPool(order.workers)) as pool, progress.working("judging"):
        judge_samples(known, chosen, samples, path=order.source, folder=folder, executor=pool)
    answers = tuple(audited(folder, chosen, completions_of(samples)))
    return _subject(order, known, chosen, answers)


def _subject(
    order: Order, known: Benchmark, chosen: Sequence[Problem], answers: Sequence[Audited]
) -> Subject:
    problems: Mapping[str, Problem] = {problem.task_id: problem for problem in chosen}
    if not answers:
        raise UsageError(
            f"an audit needs an answer to a chosen problem, {order.source} has none\n\n"
            "hint: choose others with --problems"
        )
    return Subject(
        benchmark=known.name, source=order.source.name, problems=problems, answers=answers
    )
