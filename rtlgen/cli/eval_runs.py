"""What `rtlgen eval BENCHMARK` does once its arguments are parsed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from rtlgen.cli.common import NOT_JUDGED, OK, stderr, unwind_when_interrupted
from rtlgen.design.visible import visible
from rtlgen.design.words import counted
from rtlgen.errors import UsageError
from rtlgen.evaluation.benchmark import Benchmark, Extract
from rtlgen.evaluation.catalog import benchmark, owner_below
from rtlgen.evaluation.harness.protocol import Conditions
from rtlgen.evaluation.intake import WINDOW
from rtlgen.evaluation.local_pool import LocalPool
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.row import ROWS, read_rows
from rtlgen.evaluation.run import Evaluation, Outcome, Progress, evaluate
from rtlgen.evaluation.run_folder import RunFolder
from rtlgen.evaluation.run_record import SourceRecord
from rtlgen.evaluation.samples import Sample, SampleFaults, read_samples
from rtlgen.evaluation.selection import DOCTOR, chosen_ks, excluded, selected
from rtlgen.evaluation.source import counted_samples, file_source
from rtlgen.evaluation.summary_text import text

if TYPE_CHECKING:
    from rtlgen.evaluation.doctor_record import DoctorRecord
    from rtlgen.evaluation.executor import Executor
    from rtlgen.evaluation.generate import FromModel
    from rtlgen.llm.budget import Budget
    from rtlgen.llm.config import Settings

_KS = (1, 5, 10)
_N = 10
_WINDOW_OF_A_MODEL = 64
"""Judging goes on beside a model that still answers."""
_ONLY_WITH_MODEL = {"-n": "n", "--shots": "shots"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for, the model's options aside."""

    root: Path
    folder: Path
    samples: Path | None
    problems: Sequence[str]
    exclude: Sequence[str]
    n: int | None
    shots: int
    seed: int
    extract: str
    k: str | None
    timeout: float
    stop_early: bool
    windows: bool
    workers: int | None
    executor: str
    address: str | None
    cached: bool
    resume: bool
    json: bool
    quiet: bool
    system: bool = False

    @property
    def conditions(self) -> Conditions:
        """Under what is judged."""
        return Conditions(
            cpu_seconds=self.timeout, stop_early=self.stop_early, windows=self.windows
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Supply:
    """Samples, and what is known of them before they are read."""

    samples: Iterable[Sample]
    source: SourceRecord
    most: int
    """Samples of the problem that has most."""
    total: int
    departures: tuple[str, ...] = ()
    notes: Callable[[], list[str]] = list
    """What there is to say of them when all are read."""
    faults: SampleFaults | None = None


def run(name: str, order: Order, *, chosen: Mapping[str, object]) -> NoReturn:
    """Run `rtlgen eval BENCHMARK`; `chosen` are options by their dotted names in `rtlgen.toml`."""
    ks = chosen_ks(order.k)
    origin = _origin(order, chosen, ks) if not order.system else None
    known = benchmark(name)
    _check_folder(order.folder)
    everything = known.read(order.root)
    problems = selected(everything, order.problems)
    if order.address is not None and order.executor != "ray":
        raise UsageError("--address must come with `--executor ray`: a local run has none")
    with ExitStack() as stack:
        left_out = _left_out(known, everything, problems, order)
        if isinstance(origin, Path):
            supply = _from_file(origin, everything, problems, order)
        else:
            wanted = [problem for problem in problems if problem.task_id not in left_out]
            if origin is None:
                supply = _from_system(known, wanted, order, chosen, stack)
            else:
                supply = _from_model(known, wanted, order, origin, stack)
        evaluation = Evaluation(
            benchmark=known,
            problems=tuple(problems),
            samples=supply.samples,
            source=supply.source,
            extract=Extract(order.extract),
            conditions=order.conditions,
            ks=_checked_ks(ks, supply.most),
            excluded=left_out,
            expected=None if isinstance(origin, Path) else supply.most,
            cache=order.cached,
            departures=supply.departures,
            window=WINDOW if isinstance(origin, Path) else _WINDOW_OF_A_MODEL,
        )
        outcome = _evaluated(evaluation, supply, order, stack)
    _finish(outcome, supply, order)


def _check_folder(folder: Path) -> None:
    """See that results can be written before any work is done for them.

    Raises:
        UsageError: They cannot.
    """
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return
    why = "cannot be written" if there.is_dir() else "is a file"
    raise UsageError(
        f"-o must be a folder that can be written, {folder} is not: {there} {why}\n\n"
        "hint: choose another -o"
    )


def _origin(
    order: Order, chosen: Mapping[str, object], ks: tuple[int, ...] | None
) -> Path | Settings:
    """Return the file of samples, or how a model is asked for them.

    Raises:
        UsageError: Both or neither were given, or an option that is for the other one.
    """
    given = {name: value for name, value in chosen.items() if value is not None}
    if order.samples is not None:
        _check_no_model(order, given)
        return order.samples
    from rtlgen.llm.config import read_settings

    settings = read_settings(given)
    if settings.model.name is None:
        raise UsageError(
            "samples must come from a model or a file, neither was given\n\n"
            "hint: `--model openai:MODEL` asks one, `--samples FILE.jsonl` judges what is there"
        )
    _checked_ks(ks, order.n or _N)
    return settings


def _check_no_model(order: Order, given: Mapping[str, object]) -> None:
    if "model.name" in given:
        raise UsageError(
            "samples must come from a model or a file, both --model and --samples were given\n\n"
            "hint: leave one of them out"
        )
    options = [option for option, name in _ONLY_WITH_MODEL.items() if getattr(order, name)]
    if given:
        from rtlgen.llm.config import option_of

        options += [option_of(name) for name in given]
    if options:
        raise UsageError(
            f"{options[0]} must come with --model: samples in a file are judged as they are\n\n"
            f"hint: leave {options[0]} out, or --samples"
        )


def _checked_ks(ks: tuple[int, ...] | None, most: int) -> tuple[int, ...]:
    """Return `ks`, or by default those for which there are samples.

    Raises:
        UsageError: No problem has so many samples.
    """
    if ks is None:
        return tuple(k for k in _KS if k <= most) or (1,)
    if ks[-1] > most:
        raise UsageError(
            f"pass@k needs k samples of a problem or more: --k has {ks[-1]}, and a problem has "
            f"{most} at most\n\nhint: give a smaller --k, or more samples"
        )
    return ks


def _left_out(
    known: Benchmark, everything: Sequence[Problem], problems: Sequence[Problem], order: Order
) -> dict[str, str]:
    def doctor() -> DoctorRecord:
        from rtlgen.cli.eval_doctor import diagnosis
        from rtlgen.evaluation.doctor import examined_before

        with RunFolder(order.folder, resume=order.resume):
            """An occupied folder is said now, not when the doctor has come to its end."""
        if order.cached and (before := examined_before(known, everything, order.conditions)):
            return before
        return diagnosis(
            known,
            problems,
            order.conditions,
            workers=order.workers,
            cached=order.cached,
            quiet=order.quiet,
        )

    found = excluded(problems, order.exclude, doctor=doctor)
    if len(found) == len(problems):
        raise UsageError("an evaluation must have a problem, --exclude leaves none")
    if found and not order.quiet and DOCTOR in order.exclude:
        _say("note", f"{counted(len(found), 'problem')} left out: {', '.join(found)}")
    return found


def _from_file(
    path: Path, everything: Sequence[Problem], problems: Sequence[Problem], order: Order
) -> _Supply:
    wanted = {problem.task_id for problem in problems}
    owner = owner_below(order.root)
    numbers = counted_samples(path, everything, owner=owner)
    total = sum(numbers[task] for task in wanted)
    if not total:
        raise UsageError(
            f"a sample must be of a chosen problem, and none in {path} is\n\n"
            "hint: choose others with --problems"
        )
    faults = SampleFaults()
    found = read_samples(path, everything, faults, owner=owner)
    return _Supply(
        samples=(sample for sample in found if sample.task_id in wanted),
        source=file_source(path),
        most=max(numbers[task] for task in wanted),
        total=total,
        faults=faults,
    )


def _from_model(
    known: Benchmark,
    problems: Sequence[Problem],
    order: Order,
    settings: Settings,
    stack: ExitStack,
) -> _Supply:
    from rtlgen.evaluation.generate import (
        Drawing,
        FromModel,
        compiled,
        compiled_source,
        drop_unanswered,
    )
    from rtlgen.llm.choose import choose_model

    drawing = Drawing(
        n=order.n or _N, shots=order.shots, seed=order.seed, sampling=settings.sampling()
    )
    if order.resume and order.folder.is_dir():
        drop_unanswered(order.folder)
    model = choose_model(settings.model.name, settings=settings)
    total = drawing.n * len(problems)
    if model is None:
        source = compiled_source(problems, drawing.n)
        samples = compiled(problems, drawing.n)
        return _Supply(samples=samples, source=source, most=drawing.n, total=total)
    asked = FromModel(
        known,
        problems,
        stack.enter_context(closing(model)),
        budget=_budget(settings),
        drawing=drawing,
        folder=order.folder,
    )
    return _Supply(
        samples=asked,
        source=asked.source,
        most=drawing.n,
        total=total,
        departures=("prompts follow the benchmark's conventions in rtlgen's own words",),
        notes=lambda: _spent(asked),
    )


def _from_system(
    known: Benchmark,
    problems: Sequence[Problem],
    order: Order,
    chosen: Mapping[str, object],
    stack: ExitStack,
) -> _Supply:
    from rtlgen.cli.eval_system import means
    from rtlgen.evaluation.generate import drop_unanswered
    from rtlgen.evaluation.system import FromSystem

    if order.shots:
        raise UsageError("--shots must come without --system: `rtlgen design` has --examples")
    with_ = means(
        known.name,
        chosen,
        run=order.samples,
        candidates=order.n,
        seed=order.seed,
        workers=order.workers,
    )
    stack.enter_context(closing(with_.model))
    if order.resume and order.folder.is_dir():
        drop_unanswered(order.folder)
    made = FromSystem(problems, with_, order.folder)
    return _Supply(
        samples=made,
        source=made.source,
        most=1,
        total=len(problems),
        departures=("one answer to each problem, chosen by rtlgen without the test",),
    )


def _budget(settings: Settings) -> Budget:
    from rtlgen.llm.budget import Budget, Price

    price = settings.model.price
    paid = None if price is None else Price(prompt=price.prompt, completion=price.completion)
    return Budget(**settings.budget.chosen(), price=paid)


def _spent(asked: FromModel) -> list[str]:
    return [f"the model took {asked.spent}"] if asked.spent else []


def _evaluated(evaluation: Evaluation, supply: _Supply, order: Order, stack: ExitStack) -> Outcome:
    unwind_when_interrupted()
    executor = stack.enter_context(closing(_executor(order)))
    with _shown(supply.total, quiet=order.quiet) as progress:
        return evaluate(
            evaluation,
            folder=order.folder,
            executor=executor,
            resume=order.resume,
            progress=progress,
        )


def _executor(order: Order) -> Executor:
    if order.executor == "local":
        return LocalPool(order.workers)
    from rtlgen.evaluation.ray_pool import RayPool

    return RayPool(order.address, workers=order.workers)


@contextmanager
def _shown(total: int, *, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """Yield what shows how far a run has come, on one line, where there is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    with stderr().status("judging ...") as status:
        yield lambda now: status.update(_line(now, total))


def _line(now: Progress, total: int) -> str:
    told = [f"{now.rows} of {total} samples", f"{counted(now.judged, 'design')} simulated"]
    told += [f"{now.cached} known"] if now.cached else []
    told += [f"{now.not_judged} not judged"] if now.not_judged else []
    return f"judging: {', '.join(told)}"


def _finish(outcome: Outcome, supply: _Supply, order: Order) -> NoReturn:
    faults = supply.faults or SampleFaults()
    for message in faults.messages:
        _say("warning", message)
    if faults.more:
        _say("warning", f"{faults.more} more lines of samples cannot be used")
    if outcome.summary.counts.not_judged > faults.count:
        _say("warning", _not_judged(outcome))
    if order.json:
        typer.echo(outcome.summary.model_dump_json(indent=2))
    elif not order.quiet:
        typer.echo(visible(text(outcome.summary)))
    if not order.quiet:
        for note in supply.notes():
            _say("note", note)
        _say("note", f"{order.folder}/report.html shows every sample")
    raise typer.Exit(OK if outcome.complete and not faults else NOT_JUDGED)


def _not_judged(outcome: Outcome) -> str:
    rows = read_rows(outcome.folder / ROWS)
    first = next(row for row in rows if not row.judged)
    number = counted(outcome.summary.counts.not_judged, "sample")
    return f"{number} not judged; first, {first.task_id} {first.sample}: {first.reason}"


def _say(kind: str, message: str) -> None:
    typer.echo(f"{kind}: {visible(message)}", err=True)
