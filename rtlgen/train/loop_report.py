"""What a loop came to: pass@k of every stage on every set, and what each step brought."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Literal

from rtlgen import __version__
from rtlgen.data.dataset_record import DATASET, read_record
from rtlgen.errors import UsageError
from rtlgen.evaluation.compare import compare
from rtlgen.evaluation.replacing import write_whole
from rtlgen.evaluation.strict import Strict
from rtlgen.evaluation.summary import SUMMARY, Rate, read_summary
from rtlgen.train.loop import Planned
from rtlgen.train.loop_steps import evaluation_of
from rtlgen.train.rounds import RoundRecord, read_round
from rtlgen.train.steps import read_record as read_step
from rtlgen.train.steps import records

REPORT = "report.json"


class Point(Strict):
    """pass@k of a stage on a set."""

    k: int
    rate: Rate | None
    """None where no problem has `k` judged samples."""
    problems: int


class SetResult(Strict):
    """A stage on a set of problems."""

    stage: str
    set: str
    title: str
    points: tuple[Point, ...]
    samples: int
    not_judged: int
    syntax: float
    """Share of the samples that do not compile, or hold no design."""

    def rate(self, k: int) -> Rate | None:
        """Return pass@k, if it was measured."""
        return next((point.rate for point in self.points if point.k == k), None)


class Difference(Strict):
    """What a stage brought over an earlier one, paired by problem."""

    set: str
    before: str
    after: str
    k: int
    difference: Rate
    p_value: float
    """By the two-sided sign-flip test over problems."""
    problems: int


class DatasetResult(Strict):
    """Rows that a stage was trained on."""

    folder: str
    rows: dict[str, int]
    """By kind and split."""
    dropped: dict[str, int]
    """What was left out, by rule; those of contamination among them."""
    against: tuple[str, ...]
    """Problem sets that the rows were compared with."""
    checked: bool
    """Whether `dataset check` let it through."""


class StepTime(Strict):
    """How long a step took."""

    step: str
    seconds: float
    cpu_seconds: float
    resumed: int


class LoopReport(Strict):
    """`report.json`."""

    version: Literal[1] = 1
    rtlgen: str
    results: tuple[SetResult, ...]
    differences: tuple[Difference, ...]
    rounds: tuple[RoundRecord, ...]
    datasets: tuple[DatasetResult, ...]
    steps: tuple[StepTime, ...]
    seconds: float
    """All steps together."""


def report(folder: Path, planned: Planned) -> LoopReport:
    """Return what the job in `folder` came to, as far as it is.

    Raises:
        UsageError: A result is damaged.
    """
    stages = planned.stages()
    sets = [one.name for one in planned.sets]
    times = tuple(
        StepTime(
            step=one.step,
            seconds=one.seconds,
            cpu_seconds=one.cpu_seconds,
            resumed=one.resumed,
        )
        for one in records(folder)
    )
    return LoopReport(
        rtlgen=__version__,
        results=tuple(_results(folder, stages, sets)),
        differences=tuple(_differences(folder, stages, sets)),
        rounds=tuple(_rounds(folder, stages)),
        datasets=tuple(_dataset(folder, place) for place in planned.datasets()),
        steps=times,
        seconds=round(sum(one.seconds for one in times), 3),
    )


def _results(folder: Path, stages: Sequence[str], sets: Sequence[str]) -> Iterator[SetResult]:
    for name in sets:
        for stage in stages:
            run = folder / evaluation_of(stage, name)
            if (run / SUMMARY).is_file():
                yield _result(run, stage, name)


def _result(run: Path, stage: str, name: str) -> SetResult:
    summary = read_summary(run)
    broken = ("syntax", "elaboration", "interface", "no code")
    bad = sum(number for category, number in summary.categories.items() if category in broken)
    judged = summary.counts.samples - summary.counts.not_judged
    return SetResult(
        stage=stage,
        set=name,
        title=summary.run.title,
        points=tuple(
            Point(k=one.k, rate=one.rate, problems=one.problems)
            for one in summary.official.pass_at_k
        ),
        samples=summary.counts.samples,
        not_judged=summary.counts.not_judged,
        syntax=round(bad / judged, 6) if judged else 0.0,
    )


def _differences(folder: Path, stages: Sequence[str], sets: Sequence[str]) -> Iterator[Difference]:
    for name in sets:
        for before, after in pairwise(stages):
            runs = [folder / evaluation_of(stage, name) for stage in (before, after)]
            if all((run / SUMMARY).is_file() for run in runs):
                yield from _compared(*runs, before=before, after=after, name=name)


def _compared(
    first: Path, second: Path, *, before: str, after: str, name: str
) -> Iterator[Difference]:
    for k in [one.k for one in read_summary(second).official.pass_at_k if one.rate]:
        try:
            found = compare(first, second, k=k)
        except UsageError:
            continue  # no problem has k judged samples on both sides
        yield Difference(
            set=name,
            before=before,
            after=after,
            k=k,
            difference=found.difference,
            p_value=found.p_value,
            problems=found.problems,
        )


def _rounds(folder: Path, stages: Sequence[str]) -> Iterator[RoundRecord]:
    for stage in stages:
        kind, _, number = stage.partition("-")
        if kind == "round":
            yield read_round(folder / "rounds" / number)


def _dataset(folder: Path, place: Path) -> DatasetResult:
    if not (folder / place / DATASET).is_file():
        return DatasetResult(folder=str(place), rows={}, dropped={}, against=(), checked=False)
    record = read_record(folder / place)
    step = read_step(folder, (place.parent / "check").as_posix())
    return DatasetResult(
        folder=str(place),
        rows={
            f"{kind}/{split}": number
            for kind, splits in record.counts.items()
            for split, number in splits.items()
        },
        dropped=dict(record.dropped),
        against=tuple(record.against),
        checked=step is not None and step.status == "done",
    )


def write_report(folder: Path, found: LoopReport) -> None:
    """Write `report.json`, `report.md` and the plots.

    Raises:
        ToolNotFound: matplotlib is not installed.
        OSError: A file cannot be written.
    """
    from rtlgen.train.loop_plots import draw  # noqa: PLC0415 - slow to load

    write_whole(folder / REPORT, found.model_dump_json(indent=1) + "\n")
    plots = draw(folder / "plots", found)
    write_whole(folder / "report.md", markdown(found, plots))


def markdown(found: LoopReport, plots: Sequence[str] = ()) -> str:
    """Return the report as a person reads it."""
    parts = [
        ["# From a corpus to a tuned model", "", _INTRODUCTION],
        *_tables(found),
        _gains(found),
        _data(found),
        _times(found),
        [f"![{name}](plots/{name})" for name in plots],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


_INTRODUCTION = (
    "pass@k in percent by the official verdict, with 95 % intervals: percentile bootstrap over "
    "problems. Differences are paired by problem."
)


def _tables(found: LoopReport) -> Iterator[list[str]]:
    for name in dict.fromkeys(one.set for one in found.results):
        rows = [one for one in found.results if one.set == name]
        ks = sorted({point.k for one in rows for point in one.points})
        titles = [f"pass@{k}" for k in ks]
        yield [
            f"## {name}",
            "",
            f"{rows[0].title}, {max(p.problems for one in rows for p in one.points)} problems.",
            "",
            *_table(
                ["stage", *titles, "samples", "do not compile", "not judged"],
                [
                    [
                        one.stage,
                        *(_shown(one.rate(k)) for k in ks),
                        str(one.samples),
                        f"{100 * one.syntax:.1f} %",
                        str(one.not_judged),
                    ]
                    for one in rows
                ],
            ),
        ]


def _gains(found: LoopReport) -> list[str]:
    if not found.differences:
        return []
    rows = [
        [
            one.set,
            f"{one.before} to {one.after}",
            f"pass@{one.k}",
            _shown(one.difference, signed=True),
            "beyond chance" if one.difference.low > 0 or one.difference.high < 0 else "",
            f"{one.p_value:.4f}",
        ]
        for one in found.differences
    ]
    titles = ["set", "step", "", "difference in points", "", "p (sign flip)"]
    return ["## What each step brought", "", *_table(titles, rows)]


def _data(found: LoopReport) -> list[str]:
    rows = [
        [
            one.folder,
            ", ".join(f"{number} {kind}" for kind, number in one.rows.items()) or "none yet",
            ", ".join(f"{number} {rule}" for rule, number in one.dropped.items()) or "nothing",
            ", ".join(one.against) or "none",
            "passed" if one.checked else "not passed",
        ]
        for one in found.datasets
    ]
    titles = ["rows", "kind/split", "left out", "compared with", "`dataset check`"]
    return ["## Training data", "", *_table(titles, rows)] if rows else []


def _times(found: LoopReport) -> list[str]:
    rows = [
        [one.step, f"{one.seconds:.0f}", f"{one.cpu_seconds:.0f}", str(one.resumed)]
        for one in found.steps
    ]
    spent = sum(one.cpu_seconds for one in found.steps)
    total = f"{found.seconds / 3600:.2f} hours in all, {spent / 3600:.2f} of one processor."
    titles = ["step", "seconds", "processor seconds", "taken up again"]
    return ["## Time", "", total, "", *_table(titles, rows)]


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(titles)} |",
        f"|{'---|' * len(titles)}",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def _shown(rate: Rate | None, *, signed: bool = False) -> str:
    if rate is None:
        return "-"
    sign = "+" if signed else ""
    low, value, high = (100 * part + 0.0 for part in (rate.low, rate.value, rate.high))
    return f"{value:{sign}.1f} ({low:{sign}.1f} to {high:{sign}.1f})"
