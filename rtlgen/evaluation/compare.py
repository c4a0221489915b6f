"""Two runs of one benchmark, paired by problem."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal

from rtlgen.design.visible import one_line, shortened
from rtlgen.errors import UsageError
from rtlgen.evaluation.resampling import bootstrap_mean, sign_flip_p_value
from rtlgen.evaluation.row import ROWS, read_rows
from rtlgen.evaluation.run_record import RunRecord, read_run
from rtlgen.evaluation.statistics import Tally, exact_pass_at_k
from rtlgen.evaluation.strict import Strict
from rtlgen.evaluation.summary import SUMMARY, Rate, Summary, read_summary, summarize

SCHEMA: Final = 1

_SHOWN = 60

Verdict = Literal["official", "functional"]


class SideRecord(Strict):
    """One of the two runs."""

    place: str
    source: str
    """Name of its samples or model."""
    simulator: str
    rate: Rate
    """Of the problems that are compared."""
    samples: int
    excluded_problems: int
    refused: int
    timed_out: int
    not_judged: int
    missing_samples: int
    without: tuple[str, ...]
    """Problems that the other side has and this one does not, or excludes."""
    short: tuple[str, ...]
    """Problems of both sides with too few judged samples on this one."""


class ProblemChange(Strict):
    """pass@k of a problem on both sides."""

    task_id: str
    a: float
    b: float


class Comparison(Strict):
    """What B does better or worse than A."""

    schema_number: Literal[1] = SCHEMA
    benchmark: str
    title: str
    verdict: Verdict
    k: int
    a: SideRecord
    b: SideRecord
    problems: int
    """Problems that both sides have, with `k` judged samples or more: those that are compared."""
    difference: Rate
    """B less A, with the paired bootstrap interval."""
    p_value: float
    """By the two-sided sign-flip test over problems."""
    p_exact: bool
    """Whether all assignments of signs were counted."""
    better: tuple[ProblemChange, ...]
    """Problems that B solves more often, by how much."""
    worse: tuple[ProblemChange, ...]
    unchanged: int
    warnings: tuple[str, ...]
    """Why the difference may not be one of the samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    place: Path
    summary: Summary

    @property
    def run(self) -> RunRecord:
        return self.summary.run

    def tallies(self, verdict: Verdict) -> dict[str, Tally]:
        problems = self.summary.problems
        return {p.task_id: p.official if verdict == "official" else p.functional for p in problems}


def compare(a: Path, b: Path, *, k: int = 1, verdict: Verdict = "official") -> Comparison:
    """Return how the runs in the folders `a` and `b` differ in pass@k.

    Only problems that count on both sides and have `k` judged samples there
    are compared. An unfinished run is read as far as it is, with a warning.

    Raises:
        UsageError: A folder holds no run or a damaged one, the benchmarks differ, `k` is not
            positive, or no problem can be compared.
    """
    if k < 1:
        raise UsageError(f"k must be 1 or more, not {k}")
    sides = _read(a), _read(b)
    _check_benchmarks(*sides)
    tallies = sides[0].tallies(verdict), sides[1].tallies(verdict)
    both = [task for task in tallies[0] if task in tallies[1]]
    few = tuple(tuple(t for t in both if side[t].judged < k) for side in tallies)
    compared = [task for task in both if task not in {*few[0], *few[1]}]
    if not compared:
        raise UsageError(_nothing(both, k))
    values = _values(tallies[0], compared, k), _values(tallies[1], compared, k)
    differences = {task: values[1][task] - values[0][task] for task in compared}
    test = sign_flip_p_value(list(differences.values()))
    changes = _changes(*values)
    return Comparison(
        benchmark=sides[0].run.benchmark,
        title=sides[0].run.title,
        verdict=verdict,
        k=k,
        a=_record(sides[0], values[0], without=_missing(*tallies[::-1]), short=few[0]),
        b=_record(sides[1], values[1], without=_missing(*tallies), short=few[1]),
        problems=len(compared),
        difference=_rate(differences),
        p_value=test.value,
        p_exact=test.exact,
        better=tuple(change for change in changes if change.b > change.a),
        worse=tuple(change for change in changes if change.b < change.a),
        unchanged=len(compared) - len(changes),
        warnings=tuple(_warnings(*sides)),
    )


def _read(place: Path) -> _Side:
    """Return the run at `place`, from its summary where that is of all its rows."""
    if place.is_file():
        return _Side(place=place, summary=read_summary(place))
    run = read_run(place)
    summary = _current_summary(place, run)
    if summary is not None:
        return _Side(place=place, summary=summary)
    return _Side(place=place, summary=summarize(read_rows(place), run=run))


def _current_summary(place: Path, run: RunRecord) -> Summary | None:
    file, rows = place / SUMMARY, place / ROWS
    if not run.finished or not file.is_file():
        return None
    if rows.is_file() and rows.stat().st_mtime_ns > file.stat().st_mtime_ns:
        return None
    try:
        summary = read_summary(file)
    except UsageError:
        if rows.is_file():
            return None
        raise
    same = (summary.run.started, summary.run.resumed) == (run.started, run.resumed)
    return summary if same or not rows.is_file() else None


def _check_benchmarks(a: _Side, b: _Side) -> None:
    if a.run.benchmark != b.run.benchmark:
        raise UsageError(
            f"runs of one benchmark can be compared, not {a.run.benchmark} ({a.place}) "
            f"with {b.run.benchmark} ({b.place})"
            "\n\nhint: give two folders of the same benchmark"
        )


def _nothing(both: list[str], k: int) -> str:
    if not both:
        return (
            "a comparison needs a problem that counts in both runs, and there is none"
            "\n\nhint: see `problems` and `excluded` in their run.json"
        )
    return (
        f"pass@{k} needs {k} judged samples, and no problem has as many in both runs"
        "\n\nhint: give a smaller --k"
    )


def _values(tallies: Mapping[str, Tally], tasks: list[str], k: int) -> dict[str, Fraction]:
    return {t: exact_pass_at_k(tallies[t].judged, tallies[t].passed, k) for t in tasks}


def _rate(values: Mapping[str, Fraction]) -> Rate:
    found = bootstrap_mean(list(values.values()))
    low, value, high = (round(part, 6) for part in (found.low, found.value, found.high))
    return Rate(low=low, value=value, high=high)


def _missing(other: Mapping[str, Tally], own: Mapping[str, Tally]) -> tuple[str, ...]:
    return tuple(task for task in other if task not in own)


def _changes(a: Mapping[str, Fraction], b: Mapping[str, Fraction]) -> list[ProblemChange]:
    """Return the problems that changed, those that changed most first."""
    changed = sorted((-abs(b[task] - a[task]), task) for task in a if a[task] != b[task])
    return [ProblemChange(task_id=t, a=float(a[t]), b=float(b[t])) for _, t in changed]


def _record(
    side: _Side, values: Mapping[str, Fraction], *, without: tuple[str, ...], short: tuple[str, ...]
) -> SideRecord:
    counts = side.summary.counts
    return SideRecord(
        place=str(side.place),
        source=side.run.source.name,
        simulator=side.run.simulator,
        rate=_rate(values),
        samples=counts.samples,
        excluded_problems=counts.excluded_problems,
        refused=counts.refused,
        timed_out=counts.timed_out,
        not_judged=counts.not_judged,
        missing_samples=counts.missing_samples,
        without=without,
        short=short,
    )


_COMPARED: Mapping[str, Callable[[Summary], object]] = {
    "the simulators": lambda summary: summary.run.simulator,
    "the benchmark's files or the chosen problems": lambda summary: summary.run.benchmark_digest[
        :12
    ],
    "the rules of extraction": lambda summary: summary.run.extract.value,
    "the harnesses": lambda summary: summary.run.harness,
    "the versions of the code that judges": lambda summary: summary.run.judging_code[:12],
    "the limits of processor time (s)": lambda summary: summary.run.conditions.cpu_seconds,
    "the limits of memory (bytes)": lambda summary: summary.run.conditions.memory_bytes,
    "the samples of a problem": lambda summary: max(
        (problem.samples for problem in summary.problems), default=0
    ),
    "the excluded problems": lambda summary: ", ".join(sorted(summary.excluded)) or "none",
}
"""What should be alike; stopping early and keeping windows change no verdict."""


def _warnings(a: _Side, b: _Side) -> Iterator[str]:
    for what, of in _COMPARED.items():
        values = of(a.summary), of(b.summary)
        if values[0] != values[1]:
            shown = [shortened(one_line(str(value)), _SHOWN) for value in values]
            yield f"{what} differ: {shown[0]} in A, {shown[1]} in B"
    for name, side in (("A", a), ("B", b)):
        if not side.run.finished:
            yield f"run {name} is not finished: {side.place}"
