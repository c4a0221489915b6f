"""Counts of a run's rows by problem, in one pass and little memory."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rtlgen.design.visible import one_line, shortened
from rtlgen.errors import UsageError
from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.row import Origin, Row
from rtlgen.evaluation.statistics import Tally

_MOST_NAMED = 5
_NAME = 60


@dataclass(slots=True)
class VerdictCount:
    """How often a verdict was given, and how often it was true."""

    judged: int = 0
    passed: int = 0

    def add(self, verdict: bool | None) -> None:
        """Count one sample."""
        self.judged += verdict is not None
        self.passed += verdict is True

    @property
    def tally(self) -> Tally:
        """The counts as a value."""
        return Tally(judged=self.judged, passed=self.passed)


@dataclass(slots=True)
class ProblemTally:
    """What the rows of one problem say, in counts.

    Times are whole microseconds, so that the order of rows changes no sum.
    """

    samples: array[int] = field(default_factory=lambda: array("q"))
    """Their numbers, as they came."""
    official: VerdictCount = field(default_factory=VerdictCount)
    functional: VerdictCount = field(default_factory=VerdictCount)
    categories: Counter[Category] = field(default_factory=Counter)
    official_categories: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    microseconds: int = 0
    """Processor time of its different designs."""
    spent: int = 0
    """The part of it that this run took."""
    slowest: int = 0

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.samples)

    def add(self, row: Row) -> None:
        """Count one sample."""
        self.samples.append(row.sample)
        self.official.add(row.official)
        self.functional.add(row.functional)
        self.categories[row.category] += 1
        if row.official_category:
            self.official_categories[row.official_category] += 1
        if row.rule:
            self.rules[row.rule] += 1
        took = round(row.seconds * 1e6)
        self.slowest = max(self.slowest, took)
        self.microseconds += took if row.origin in (Origin.JUDGED, Origin.CACHE) else 0
        self.spent += took if row.origin is Origin.JUDGED else 0

    def repeated(self) -> list[int]:
        """Return the numbers of samples that have more than one row."""
        ordered = sorted(self.samples)
        return sorted({a for a, b in pairwise(ordered) if a == b})


def tally_rows(rows: Iterable[Row], problems: Sequence[str]) -> dict[str, ProblemTally]:
    """Return the counts of each of `problems`, in their order.

    Raises:
        UsageError: A row is of another problem, or a sample has two; names them.
    """
    tallies = {task: ProblemTally() for task in problems}
    unknown: Counter[str] = Counter()
    for row in rows:
        tally = tallies.get(row.task_id)
        if tally is not None:
            tally.add(row)
        elif len(unknown) < _MOST_NAMED or row.task_id in unknown:
            unknown[row.task_id] += 1
    _check_known(unknown)
    _check_single(tallies)
    return tallies


def _check_known(unknown: Counter[str]) -> None:
    if unknown:
        names = ", ".join(repr(_name(task)) for task in unknown)
        raise UsageError(
            f"a row must be of a problem of the run, not of {names}"
            "\n\nhint: the folder holds rows of another run; choose another -o"
        )


def _check_single(tallies: dict[str, ProblemTally]) -> None:
    repeated = {task: again for task, tally in tallies.items() if (again := tally.repeated())}
    if not repeated:
        return
    named = [
        f"{_name(task)} {', '.join(map(str, again[:_MOST_NAMED]))}"
        f"{', ...' if len(again) > _MOST_NAMED else ''}"
        for task, again in list(repeated.items())[:_MOST_NAMED]
    ]
    more = f" (and {len(repeated) - _MOST_NAMED} more)" if len(repeated) > _MOST_NAMED else ""
    raise UsageError(
        f"a sample must have one row, these have more: {'; '.join(named)}{more}"
        "\n\nhint: were two runs writing into this folder at once?"
    )


def _name(task: str) -> str:
    return shortened(one_line(task), _NAME)
