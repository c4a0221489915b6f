"""The numbers of a run: `summary.json`.

Built in one pass over the rows, of which it keeps a few numbers a problem and
the number of each sample.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from pydantic import ValidationError

from rtlgen.errors import UsageError
from rtlgen.evaluation.harness.protocol import Preparation
from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.replacing import write_whole
from rtlgen.evaluation.resampling import CONFIDENCE, RESAMPLES, SEED, bootstrap_mean
from rtlgen.evaluation.row import Row
from rtlgen.evaluation.run_record import RunRecord
from rtlgen.evaluation.statistics import Tally, exact_pass_at_k
from rtlgen.evaluation.strict import Strict, first_fault
from rtlgen.evaluation.tally import ProblemTally, tally_rows

SUMMARY: Final = "summary.json"
"""Name of the file in a run's folder."""
SCHEMA: Final = 1

_SLOWEST = 10
_CURVE = (1, 2, 3, 5)
"""Where the curve of pass@k has points, times each power of ten."""
_COLLECTED: Mapping[str, Category] = {
    "refused": Category.REFUSED,
    "timed_out": Category.TIMEOUT,
    "memory": Category.MEMORY,
    "output_limit": Category.OUTPUT,
    "no_code": Category.EXTRACTION,
    "not_judged": Category.NOT_JUDGED,
}


class Rate(Strict):
    """A mean over problems with its interval, each from 0 to 1."""

    value: float
    low: float
    high: float


class PassAtK(Strict):
    """pass@k under one verdict."""

    k: int
    rate: Rate | None
    """None where no problem has `k` judged samples."""
    problems: int
    """Problems that it is the mean of."""
    short: tuple[str, ...] = ()
    """Problems that are left out because fewer than `k` of their samples were judged."""


class VerdictSummary(Strict):
    """All samples under one verdict, official or functional."""

    judged: int
    """Samples that have the verdict."""
    passed: int
    pass_at_k: tuple[PassAtK, ...]
    """In the order of `k`: those that were asked for."""
    curve: tuple[PassAtK, ...]
    """In the order of `k`: those and some between them, up to the number of samples.

    Where problems have unequal numbers of judged samples, points with another `short` are
    means over other problems: no line leads from one to the other.
    """
    unjudged: tuple[str, ...]
    """Problems without any judged sample; no rate counts them."""


class IntervalSettings(Strict):
    """How the intervals were made; see `resampling.bootstrap_mean`."""

    method: Literal["percentile bootstrap over problems"] = "percentile bootstrap over problems"
    confidence: float = CONFIDENCE
    resamples: int = RESAMPLES
    seed: int = SEED


class Counts(Strict):
    """How many there are of what; always shown, zeros included."""

    problems: int
    """Problems that count: chosen and not excluded."""
    samples: int
    """Rows of these problems."""
    excluded_problems: int
    excluded_samples: int
    """Rows of excluded problems; they are in no other number."""
    missing_samples: int
    refused: int
    timed_out: int
    memory: int
    output_limit: int
    no_code: int
    not_judged: int


class ProblemSummary(Strict):
    """One problem."""

    task_id: str
    samples: int
    missing: int
    """Samples that other problems have and this one does not."""
    official: Tally
    functional: Tally
    categories: dict[Category, int]
    """Only those that occur."""
    seconds: float
    """Processor time of its different designs, whenever they were judged."""
    spent: float
    """The part of it that this run took."""
    slowest: float
    """Processor time of its slowest sample."""
    rate: float | None
    """Judged samples per second of processor time; None where that is 0."""
    faults: tuple[str, ...] = ()
    """Why its test, as published, cannot judge here."""
    repairs: tuple[str, ...] = ()
    """What was changed in its test for the functional verdict."""


class Summary(Strict):
    """All of `summary.json`."""

    schema_number: Literal[1] = SCHEMA
    run: RunRecord
    intervals: IntervalSettings
    official: VerdictSummary
    functional: VerdictSummary
    counts: Counts
    categories: dict[Category, int]
    """All of them, in the order of `Category`."""
    official_categories: dict[str, int]
    """The benchmark's own names; the most frequent first."""
    rules: dict[str, int]
    """How completions became designs; the most frequent first."""
    seconds: float
    """Processor time of all different designs, whenever they were judged."""
    spent: float
    """The part of it that this run took."""
    slowest: tuple[str, ...]
    """Problems by `seconds`, the slowest first."""
    excluded: dict[str, str]
    """Problems that count nowhere, and why."""
    departures: tuple[str, ...]
    """In what this is not the published setting, each in words."""
    problems: tuple[ProblemSummary, ...]
    """Those that count, in the benchmark's order."""

    def write(self, path: Path) -> None:
        """Write it to `path` by a rename.

        Raises:
            OSError: It cannot be written; what was there is still whole.
        """
        write_whole(path, self.model_dump_json(indent=1) + "\n")


def read_summary(path: Path) -> Summary:
    """Return the summary at `path`, a run's folder or its `summary.json`.

    Raises:
        UsageError: There is none, or it is damaged.
    """
    file = path / SUMMARY if path.is_dir() else path
    try:
        return Summary.model_validate_json(file.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot read the summary of a run: {file}: {error.strerror}") from error
    except ValidationError as error:
        raise UsageError(
            f"{file}: {first_fault(error)}"
            f"\n\nhint: give a run's folder or its {SUMMARY}; a damaged one is made again from "
            "the rows with --resume"
        ) from error


def summarize(
    rows: Iterable[Row],
    *,
    run: RunRecord,
    preparations: Mapping[str, Preparation] | None = None,
    expected: int | None = None,
    departures: Sequence[str] = (),
) -> Summary:
    """Return the numbers of `rows`, in whatever order they come.

    A rate counts problems of `run` that are not excluded and have enough
    judged samples; of a problem, the judged samples.

    Args:
        rows: Read once, none kept.
        run: What was run; its problems in the benchmark's order.
        preparations: What is known of the tests, by task id.
        expected: Samples that every problem should have; None: as many as the one with most.
        departures: In what the run is not the published setting, as far as no row shows it.

    Raises:
        UsageError: A row is of no problem of the run, or a sample has two; names them.
    """
    tallies = tally_rows(rows, _all_problems(run))
    counted = {task: tally for task, tally in tallies.items() if task not in run.excluded}
    whole = max((tally.rows for tally in counted.values()), default=0)
    expected = whole if expected is None else expected
    known = preparations or {}
    problems = tuple(
        _problem(task, tally, known.get(task), expected) for task, tally in counted.items()
    )
    categories = _total(problem.categories for problem in problems)
    outside = sum(tallies[task].rows for task in run.excluded)
    counts = _counts(problems, categories, excluded=(len(run.excluded), outside))
    return Summary(
        run=run,
        intervals=IntervalSettings(),
        official=_verdict(problems, lambda problem: problem.official, run.ks),
        functional=_verdict(problems, lambda problem: problem.functional, run.ks),
        counts=counts,
        categories={category: categories[category] for category in Category},
        official_categories=_ranked(tally.official_categories for tally in counted.values()),
        rules=_ranked(tally.rules for tally in counted.values()),
        seconds=round(sum(problem.seconds for problem in problems), 6),
        spent=round(sum(problem.spent for problem in problems), 6),
        slowest=_slowest(problems),
        excluded=dict(run.excluded),
        departures=(*departures, *_departures(run, counts, problems)),
        problems=problems,
    )


def _all_problems(run: RunRecord) -> list[str]:
    return list(dict.fromkeys([*run.problems, *run.excluded]))


def _problem(
    task: str, tally: ProblemTally, preparation: Preparation | None, expected: int
) -> ProblemSummary:
    seconds = tally.microseconds / 1e6
    judged = tally.functional.judged
    return ProblemSummary(
        task_id=task,
        samples=tally.rows,
        missing=max(0, expected - tally.rows),
        official=tally.official.tally,
        functional=tally.functional.tally,
        categories={c: tally.categories[c] for c in Category if tally.categories[c]},
        seconds=seconds,
        spent=tally.spent / 1e6,
        slowest=tally.slowest / 1e6,
        rate=round(judged / seconds, 3) if judged and seconds else None,
        faults=() if preparation is None else preparation.faults,
        repairs=() if preparation is None else preparation.repairs,
    )


def _counts(
    problems: Sequence[ProblemSummary],
    categories: Mapping[Category, int],
    *,
    excluded: tuple[int, int],
) -> Counts:
    return Counts(
        problems=len(problems),
        samples=sum(problem.samples for problem in problems),
        excluded_problems=excluded[0],
        excluded_samples=excluded[1],
        missing_samples=sum(problem.missing for problem in problems),
        **{name: categories[category] for name, category in _COLLECTED.items()},
    )


def _verdict(
    problems: Sequence[ProblemSummary], of: Callable[[ProblemSummary], Tally], ks: Sequence[int]
) -> VerdictSummary:
    tallies = {problem.task_id: of(problem) for problem in problems}
    judged = {task: tally for task, tally in tallies.items() if tally.judged}
    numbers = {tally.judged for tally in judged.values()}
    shared = {min(numbers)} if numbers else set()  # so far, all problems have a part in the curve
    on_curve = {*curve_ks(max(numbers, default=0)), *shared}
    points = {k: _pass_at_k(judged, k) for k in sorted({*ks, *on_curve})}
    return VerdictSummary(
        judged=sum(tally.judged for tally in judged.values()),
        passed=sum(tally.passed for tally in judged.values()),
        pass_at_k=tuple(points[k] for k in sorted(set(ks))),
        curve=tuple(point for point in points.values() if point.rate),
        unjudged=tuple(task for task in tallies if task not in judged),
    )


def curve_ks(most: int) -> list[int]:
    """Return the k at which a curve up to `most` samples has its points."""
    powers = [10**digits for digits in range(len(str(most)))]
    return sorted({*(k for p in powers for step in _CURVE if (k := step * p) < most), most} - {0})


def _pass_at_k(judged: Mapping[str, Tally], k: int) -> PassAtK:
    enough = [tally for tally in judged.values() if tally.judged >= k]
    rate = None
    if enough:
        found = bootstrap_mean([exact_pass_at_k(t.judged, t.passed, k) for t in enough])
        low, value, high = (round(part, 6) for part in (found.low, found.value, found.high))
        rate = Rate(value=value, low=low, high=high)
    short = tuple(task for task, tally in judged.items() if tally.judged < k)
    return PassAtK(k=k, rate=rate, problems=len(enough), short=short)


def _total(counts: Iterable[Mapping[Category, int]]) -> Counter[Category]:
    total: Counter[Category] = Counter()
    for count in counts:
        total.update(count)
    return total


def _ranked(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def _slowest(problems: Sequence[ProblemSummary]) -> tuple[str, ...]:
    ranked = sorted(problems, key=lambda problem: (-problem.seconds, problem.task_id))
    return tuple(problem.task_id for problem in ranked[:_SLOWEST] if problem.seconds)


def _departures(
    run: RunRecord, counts: Counts, problems: Sequence[ProblemSummary]
) -> Iterable[str]:
    """Yield what the numbers themselves show."""
    if run.extract != "official":
        yield f"designs are extracted by the {run.extract} rule, not by the published one"
    if counts.excluded_problems:
        yield f"{_counted(counts.excluded_problems, 'problem')} excluded"
    if counts.missing_samples:
        yield f"{_counted(counts.missing_samples, 'sample')} missing"
    if counts.not_judged:
        yield f"{_counted(counts.not_judged, 'sample')} not judged, and in no rate"
    repaired = sum(bool(problem.repairs) for problem in problems)
    if repaired:
        yield f"{_counted(repaired, 'test')} repaired for the functional verdict"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun} is" if number == 1 else f"{number} {noun}s are"
