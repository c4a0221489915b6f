"""A summary for the terminal: 80 columns, plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from rtlgen.design.visible import one_line, shortened
from rtlgen.design.words import count, counted, duration
from rtlgen.evaluation.summary import PassAtK, Rate, Summary

_WIDTH = 80
_NAME = 40
_SHOWN = 5
_OFFICIAL = 12


def text(summary: Summary) -> str:
    """Return `summary` as a person reads it, without a newline at its end."""
    parts = [
        _heading(summary),
        _rates(summary),
        _outcomes(summary),
        _left_out(summary),
        _departures(summary),
        _time(summary),
    ]
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part)))


def _heading(summary: Summary) -> Iterator[str]:
    run, counts = summary.run, summary.counts
    problems = counted(counts.problems, "problem")
    yield f"{_short(run.title)}: {problems}, {_samples(counts.samples)}"
    source = _short(run.source.name)
    yield from _wrapped(
        f"{_short(run.simulator)}, extraction {run.extract.value}, {run.source.kind} {source}"
    )


def _rates(summary: Summary) -> Iterator[str]:
    yield f"{'':9}{'official':>9}{'95 % interval':>18}{'functional':>15}{'95 % interval':>18}"
    pairs = zip(summary.official.pass_at_k, summary.functional.pass_at_k, strict=True)
    for official, functional in pairs:
        name = f"pass@{official.k}"
        yield f"{name:9}{_rate(official.rate):27}{_rate(functional.rate, 15):33}".rstrip()
    yield from _wrapped(
        f"Intervals: {summary.intervals.method}, {count(summary.intervals.resamples)} resamples."
    )
    pairs = zip(summary.official.pass_at_k, summary.functional.pass_at_k, strict=True)
    for official, functional in pairs:
        if official.short == functional.short:
            yield from _short_problems("", official)
        else:
            yield from _short_problems("official ", official)
            yield from _short_problems("functional ", functional)


def _rate(rate: Rate | None, width: int = 9) -> str:
    if rate is None:
        return f"{'-':>{width}}"
    interval = f"{100 * rate.low:.1f} to {100 * rate.high:.1f}"
    return f"{100 * rate.value:>{width - 2}.1f} %{interval:>18}"


def _short_problems(verdict: str, point: PassAtK) -> list[str]:
    if point.rate is None:
        return [f"No problem has {point.k} judged samples: there is no {verdict}pass@{point.k}."]
    if not point.short:
        return []
    return _wrapped(
        f"The {verdict}pass@{point.k} is that of {counted(point.problems, 'problem')}, without "
        f"{len(point.short)} that had fewer than {point.k} judged samples: {_names(point.short)}."
    )


def _outcomes(summary: Summary) -> Iterator[str]:
    whole = summary.counts.samples or 1
    yield f"{'outcome':22}{'samples':>9}{'share':>9}"
    for category, number in summary.categories.items():
        if number:
            yield f"{category.value:22}{count(number):>9}{100 * number / whole:>7.1f} %"
    official = summary.official_categories
    if 0 < len(official) <= _OFFICIAL:
        named = ", ".join(f"{_short(name)} {count(number)}" for name, number in official.items())
        yield from _wrapped(f"In the benchmark's own words: {named}")


def _left_out(summary: Summary) -> Iterator[str]:
    counts = summary.counts
    facts = [
        f"excluded problems {counts.excluded_problems}",
        f"refused {counts.refused}",
        f"timed out {counts.timed_out}",
        f"out of memory {counts.memory}",
        f"output limit {counts.output_limit}",
        f"no code {counts.no_code}",
        f"not judged {counts.not_judged}",
        f"missing samples {counts.missing_samples}",
        f"problems without a judged sample {len(summary.functional.unjudged)}",
    ]
    yield from _wrapped("; ".join(fact.replace(" ", "\N{NO-BREAK SPACE}") for fact in facts))
    if summary.excluded:
        yield from _wrapped(f"Excluded: {_names(list(summary.excluded))}")
    if summary.functional.unjudged:
        yield from _wrapped(f"Without a judged sample: {_names(summary.functional.unjudged)}")


def _departures(summary: Summary) -> Iterator[str]:
    if summary.departures:
        yield "Not as published:"
    for departure in summary.departures:
        yield from _wrapped(one_line(shortened(departure, 400)), first="- ", rest="  ")


def _time(summary: Summary) -> Iterator[str]:
    yield f"Processor time {duration(summary.seconds)}, {duration(summary.spent)} of it in this run"
    problems = {problem.task_id: problem for problem in summary.problems}
    slowest = [
        f"{_short(task)} {duration(problems[task].seconds)}" for task in summary.slowest[:_SHOWN]
    ]
    if slowest:
        yield from _wrapped(f"Slowest: {', '.join(slowest)}")


def _samples(number: int) -> str:
    return f"{count(number)} sample{'' if number == 1 else 's'}"


def _names(tasks: Sequence[str]) -> str:
    more = f", and {len(tasks) - _SHOWN} more" if len(tasks) > _SHOWN else ""
    return ", ".join(_short(task) for task in tasks[:_SHOWN]) + more


def _short(name: str) -> str:
    return shortened(one_line(name[: 4 * _NAME]), _NAME)


def _wrapped(line: str, *, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        line, _WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )
