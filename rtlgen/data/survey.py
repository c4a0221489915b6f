"""What a dataset holds, counted from its rows; memory grows with its problems, not its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rtlgen.data.dropped import DROPPED, Dropped
from rtlgen.data.readers import files_of, read_rows
from rtlgen.data.rows import (
    Kind,
    PreferenceRow,
    Provenance,
    RepairRow,
    Row,
    SftRow,
    Split,
    UnpairedRow,
    VerdictColumns,
)
from rtlgen.errors import UsageError
from rtlgen.evaluation.strict import first_fault

BIN_TOKENS = 10
"""Tokens of a bar in a histogram of lengths."""
MARGIN_BINS = 20


@dataclass(slots=True)
class Numbers:
    """A distribution of whole numbers."""

    counts: Counter[int] = field(default_factory=Counter)

    def add(self, value: int) -> None:
        self.counts[value] += 1

    @property
    def number(self) -> int:
        return self.counts.total()

    @property
    def mean(self) -> float:
        total = sum(value * count for value, count in self.counts.items())
        return total / self.number if self.number else 0.0

    @property
    def median(self) -> int:
        """Return the lower median; 0 of nothing."""
        left = (self.number + 1) // 2
        for value, count in sorted(self.counts.items()):
            left -= count
            if left <= 0:
                return value
        return 0

    def binned(self, width: int) -> dict[int, int]:
        """Return counts by the lower end of their bin."""
        found: Counter[int] = Counter()
        for value, count in self.counts.items():
            found[value // width * width] += count
        return dict(sorted(found.items()))


@dataclass(slots=True)
class Survey:
    """Counts of a dataset."""

    rows: dict[Kind, Counter[Split]] = field(default_factory=dict)
    families: Counter[str] = field(default_factory=Counter)
    family_splits: dict[str, Split] = field(default_factory=dict)
    """The first split that a family was seen in."""
    problems: set[tuple[str, str]] = field(default_factory=set)
    problem_sets: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    judges: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    trusted: int = 0
    """Verdicts whose testbench's trust was measured."""
    verdicts: int = 0
    chosen: Numbers = field(default_factory=Numbers)
    rejected: Numbers = field(default_factory=Numbers)
    longer: int = 0
    """Pairs whose chosen answer is the longer one."""
    equal: int = 0
    margins: Numbers = field(default_factory=Numbers)
    """In `MARGIN_BINS` steps of the range from 0 to 1."""
    distances: Numbers = field(default_factory=Numbers)
    dropped: dict[str, Counter[str]] = field(default_factory=dict)
    """By rule, and by what something resembles."""

    def add(self, kind: Kind, split: Split, row: Row) -> None:
        """Count a row."""
        self.rows.setdefault(kind, Counter())[split] += 1
        self.families[row.family] += 1
        self.family_splits.setdefault(row.family, split)
        self.problems.add((row.problem_set, row.problem))
        self.problem_sets[row.problem_set] += 1
        for provenance in provenances(row):
            self.models[provenance.model] += 1
            self.sources[provenance.source] += 1
            self.licences[provenance.licence] += 1
        for verdict in verdicts(row):
            self.categories[verdict.category] += 1
            self.judges[verdict.judge] += 1
            self.verdicts += 1
            self.trusted += verdict.trust is not None
        if isinstance(row, PreferenceRow):
            self._add_pair(row)

    def _add_pair(self, row: PreferenceRow) -> None:
        self.chosen.add(row.chosen_tokens)
        self.rejected.add(row.rejected_tokens)
        self.longer += row.chosen_tokens > row.rejected_tokens
        self.equal += row.chosen_tokens == row.rejected_tokens
        self.margins.add(_step(row.margin))
        self.distances.add(_step(row.distance))

    def drop(self, left_out: Iterable[Dropped]) -> None:
        """Count what was left out."""
        for one in left_out:
            what = " / ".join(filter(None, (one.against, one.matched))) if one.against else ""
            self.dropped.setdefault(one.rule, Counter())[what] += 1

    @property
    def pairs(self) -> int:
        return self.chosen.number

    def plain(self) -> dict[str, Any]:
        """Return the counts as JSON holds them."""
        return {
            "rows": {kind: dict(splits) for kind, splits in self.rows.items()},
            "problems": len(self.problems),
            "families": len(self.families),
            "problem_sets": _sorted(self.problem_sets),
            "models": _sorted(self.models),
            "sources": _sorted(self.sources),
            "licences": _sorted(self.licences),
            "judges": _sorted(self.judges),
            "categories": _sorted(self.categories),
            "pairs": {
                "number": self.pairs,
                "chosen_tokens_mean": round(self.chosen.mean, 2),
                "chosen_tokens_median": self.chosen.median,
                "rejected_tokens_mean": round(self.rejected.mean, 2),
                "rejected_tokens_median": self.rejected.median,
                "chosen_longer": self.longer,
                "equally_long": self.equal,
            },
            "dropped": {rule: _sorted(what) for rule, what in sorted(self.dropped.items())},
        }


def survey(folder: Path, seen: Callable[[Row], None] | None = None) -> Survey:
    """Return the counts of the dataset in `folder`; `seen` is told each row.

    Raises:
        UsageError: A row cannot be read; names file and line.
    """
    found = Survey()
    for kind, split, path in files_of(folder):
        for placed in read_rows(path, kind):
            found.add(kind, split, placed.row)
            if seen is not None:
                seen(placed.row)
    found.drop(read_dropped(folder))
    return found


def read_dropped(folder: Path) -> Iterator[Dropped]:
    """Yield what was left out of the dataset in `folder`.

    Raises:
        UsageError: A line cannot be read; names file and line.
    """
    path = folder / DROPPED
    if path.is_file():
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                yield _dropped(line, f"{path}:{number}")


def _dropped(line: bytes, place: str) -> Dropped:
    try:
        return Dropped.model_validate_json(line)
    except ValidationError as error:
        raise UsageError(f"{place}: {first_fault(error, whole='the line')}") from error


def verdicts(row: Row) -> tuple[VerdictColumns, ...]:
    """Return the verdicts in a row, the better answer's first."""
    if isinstance(row, PreferenceRow):
        return row.chosen_verdict, row.rejected_verdict
    if isinstance(row, RepairRow):
        return row.right_verdict, row.wrong_verdict
    return (row.verdict,) if isinstance(row, SftRow | UnpairedRow) else ()


def provenances(row: Row) -> tuple[Provenance, ...]:
    """Return where the answers in a row come from, in the order of `verdicts`."""
    if isinstance(row, PreferenceRow):
        return row.chosen_provenance, row.rejected_provenance
    if isinstance(row, RepairRow):
        return row.right_provenance, row.wrong_provenance
    return (row.provenance,) if isinstance(row, SftRow | UnpairedRow) else ()


def answers(row: Row) -> tuple[str, ...]:
    """Return the answers in a row, the better one first."""
    if isinstance(row, PreferenceRow):
        return row.chosen[-1].content, row.rejected[-1].content
    if isinstance(row, SftRow | RepairRow | UnpairedRow):
        return (row.completion[-1].content,)
    return ()


def _step(value: float) -> int:
    return min(int(value * MARGIN_BINS), MARGIN_BINS - 1)


def _sorted(counter: Mapping[str, int]) -> dict[str, int]:
    items: Iterable[tuple[str, int]] = counter.items()
    return dict(sorted(items, key=lambda item: (-item[1], item[0])))
