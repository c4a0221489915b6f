"""Figures of single runs: pass@k with intervals, on all problems or on some."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Literal

from rtlgen.errors import UsageError
from rtlgen.evaluation.compare import compare
from rtlgen.evaluation.resampling import bootstrap_mean
from rtlgen.evaluation.row import read_rows
from rtlgen.evaluation.run_record import read_run
from rtlgen.evaluation.statistics import Tally, exact_pass_at_k
from rtlgen.evaluation.summary import ProblemSummary, Rate, Summary, read_summary
from rtlgen.evaluation.system_record import read_answers
from rtlgen.train.card_record import Gain, Measured, Part, Point, SystemResult

Drawn = Literal["greedy", "sampled"]


def read_finished(folder: Path) -> Summary | None:
    """Return the summary of a run; None where there is no run.

    Raises:
        UsageError: The run is not finished, or damaged.
    """
    if not folder.is_dir():
        return None
    if not read_run(folder).finished:
        raise UsageError(
            f"a card must be made of runs that are finished, {folder} is not\n\n"
            "hint: the command that began it goes on with --resume; or move the folder away"
        )
    return read_summary(folder)


def measured(folder: Path, drawn: Drawn, ks: Sequence[int]) -> Measured | None:
    """Return the figures of a run; None where there is none.

    Raises:
        UsageError: It is not finished or damaged, or was not drawn as `drawn` says.
    """
    summary = read_finished(folder)
    if summary is None:
        return None
    _check_drawn(summary, folder, drawn)
    most = max((problem.samples for problem in summary.problems), default=0)
    wanted = [k for k in ks if k <= most] if drawn == "sampled" else [1]
    run, counts = summary.run, summary.counts
    return Measured(
        benchmark=run.benchmark,
        benchmark_digest=run.benchmark_digest,
        simulator=run.simulator,
        model=Path(run.source.name).name,
        details=run.source.details,
        problems=counts.problems,
        samples=counts.samples,
        most=most,
        missing=counts.missing_samples,
        not_judged=counts.not_judged,
        excluded=tuple(summary.excluded),
        official=points(summary.problems, wanted),
        functional=points(summary.problems, wanted, functional=True),
        categories={c.value: number for c, number in summary.categories.items() if number},
    )


def _check_drawn(summary: Summary, folder: Path, drawn: Drawn) -> None:
    """See that a run has what its place says."""
    temperature = summary.run.source.details.get("temperature")
    most = max((problem.samples for problem in summary.problems), default=0)
    if drawn == "greedy" and (most > 1 or temperature not in {0, None}):
        raise UsageError(
            f"greedy answers must be one a problem at temperature 0, {folder} has {most} at "
            f"{temperature}\n\nhint: `rtlgen eval ... -n 1 --temperature 0`"
        )
    if drawn == "sampled" and temperature == 0:
        raise UsageError(
            f"samples must be drawn above temperature 0, {folder} has {most} at 0\n\n"
            f"hint: greedy answers belong into {folder.name}-greedy"
        )


def points(
    problems: Sequence[ProblemSummary], ks: Sequence[int], *, functional: bool = False
) -> tuple[Point, ...]:
    """Return pass@k of the problems for each `k`, under one verdict.

    The unbiased estimate of each problem (`exact_pass_at_k`), and the mean's percentile
    bootstrap interval over problems (`bootstrap_mean`); both need `k` judged samples.
    """
    tallies = [problem.functional if functional else problem.official for problem in problems]
    return tuple(_point(tallies, k) for k in ks)


def _point(tallies: Sequence[Tally], k: int) -> Point:
    enough = [tally for tally in tallies if tally.judged >= k]
    if not enough:
        return Point(k=k, rate=None, problems=0)
    found = bootstrap_mean([exact_pass_at_k(one.judged, one.passed, k) for one in enough])
    low, value, high = (round(part, 6) for part in (found.low, found.value, found.high))
    return Point(k=k, rate=Rate(low=low, value=value, high=high), problems=len(enough))


def parts(
    greedy: Path, sampled: Path, known: Collection[str], ks: Sequence[int]
) -> tuple[Part, ...]:
    """Return the figures of problems whose family the corpus has, and of the others.

    Raises:
        UsageError: A run is not finished, or damaged.
    """
    runs = read_finished(greedy), read_finished(sampled)
    if runs == (None, None):
        return ()
    return tuple(_part(*runs, known, ks, inside=inside) for inside in (True, False))


def _part(
    greedy: Summary | None,
    sampled: Summary | None,
    known: Collection[str],
    ks: Sequence[int],
    *,
    inside: bool,
) -> Part:
    def of(summary: Summary | None) -> list[ProblemSummary]:
        problems = () if summary is None else summary.problems
        return [one for one in problems if (one.task_id in known) is inside]

    first, many = of(greedy), of(sampled)
    most = max((problem.samples for problem in many), default=0)
    return Part(
        known=inside,
        problems=len(first or many),
        greedy=points(first, [1])[0] if first else None,
        sampled=points(many, [k for k in ks if k <= most]),
    )


def gains(
    first: Path,
    second: Path,
    *,
    name: str,
    stages: tuple[str, str],
    drawn: Drawn,
    ks: Sequence[int],
) -> Iterator[Gain]:
    """Yield what the run `second` brought over `first`, for each `k` that both have.

    Raises:
        UsageError: A run is damaged, or they are of different benchmarks.
    """
    runs = read_finished(first), read_finished(second)
    if runs[0] is None or runs[1] is None:
        return
    most = min(_most_judged(run) for run in runs if run is not None)
    for k in ks if drawn == "sampled" else (1,):
        if k <= most:
            found = compare(first, second, k=k)
            yield Gain(
                set=name,
                before=stages[0],
                after=stages[1],
                drawn=drawn,
                k=k,
                difference=found.difference,
                p_value=found.p_value,
                problems=found.problems,
            )


def _most_judged(summary: Summary) -> int:
    return max((problem.official.judged for problem in summary.problems), default=0)


def system_result(folder: Path, name: str) -> SystemResult | None:
    """Return what the whole system answers; None where it was not run.

    Raises:
        UsageError: The run is not finished or damaged, or is none of `rtlgen eval --system`.
    """
    summary = read_finished(folder)
    if summary is None:
        return None
    answers = list(read_answers(folder))
    if not answers:
        raise UsageError(
            f"the system's answers must come from `rtlgen eval --system`, {folder} holds others"
        )
    found = measured(folder, "sampled", (1,))
    if found is None:
        return None
    passed = {row.task_id for row in read_rows(folder) if row.official}
    by: dict[str, tuple[int, int]] = {}
    outcomes: dict[str, tuple[int, int]] = {}
    for answer in answers:
        right = answer.task_id in passed
        said = " by ".join(filter(None, (answer.outcome, answer.basis)))
        for counted, key in ((by, answer.by), (outcomes, said)):
            number, good = counted.get(key, (0, 0))
            counted[key] = number + 1, good + right
    return SystemResult(
        set=name,
        measured=found,
        by=by,
        outcomes=outcomes,
        candidates=max(answer.candidates for answer in answers),
        seconds=round(sum(answer.seconds for answer in answers), 1),
    )
