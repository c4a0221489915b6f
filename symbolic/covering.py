"""The covering problem: the cheapest columns that together cover every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

_WORK = 150_000
"""Columns looked at in all branches before the best cover found so far is taken."""

Cost = tuple[int, int]
"""Number of columns, then their summed weight."""


@dataclass(slots=True, kw_only=True)
class _Search:
    """A branch and bound over columns, which are bit sets of rows."""

    columns: Sequence[int]
    weights: Sequence[int]
    best: tuple[int, ...] = ()
    best_cost: Cost = (1 << 60, 0)
    work: int = field(default=0)

    def cost(self, chosen: Sequence[int]) -> Cost:
        return len(chosen), sum(self.weights[i] for i in chosen)

    def run(self, rows: int, live: list[int], chosen: tuple[int, ...]) -> None:
        self.work += len(live) + 1
        rows, live, chosen = self._reduce(rows, live, chosen)
        if not rows:
            if self.cost(chosen) < self.best_cost:
                self.best, self.best_cost = chosen, self.cost(chosen)
            return
        if self._bound(rows, live, chosen) >= self.best_cost or self.work > _WORK:
            return
        for column in self._branches(rows, live):
            self.run(rows & ~self.columns[column], live, (*chosen, column))
            live = [other for other in live if other != column]

    def _reduce(
        self, rows: int, live: list[int], chosen: tuple[int, ...]
    ) -> tuple[int, list[int], tuple[int, ...]]:
        """Take essential columns and drop dominated ones until nothing changes."""
        while rows:
            live = self._undominated(rows, live)
            essential = self._essential(rows, live)
            if not essential:
                break
            for column in essential:
                rows &= ~self.columns[column]
            chosen = (*chosen, *essential)
        return rows, live, chosen

    def _undominated(self, rows: int, live: list[int]) -> list[int]:
        """Drop columns that another, no dearer one covers; the cheaper and earlier stays."""
        order = sorted(
            (i for i in live if self.columns[i] & rows),
            key=lambda i: (-(self.columns[i] & rows).bit_count(), self.weights[i], i),
        )
        kept: list[int] = []
        for i in order:
            mine = self.columns[i] & rows
            if not any(
                not mine & ~self.columns[k] and self.weights[k] <= self.weights[i] for k in kept
            ):
                kept.append(i)
        return sorted(kept)

    def _essential(self, rows: int, live: list[int]) -> list[int]:
        once, twice = 0, 0
        for i in live:
            twice |= once & self.columns[i]
            once |= self.columns[i]
        single = once & ~twice & rows
        return [i for i in live if self.columns[i] & single]

    def _bound(self, rows: int, live: list[int], chosen: tuple[int, ...]) -> Cost:
        """Return a lower bound: rows no two of which share a column need one column each."""
        count, weight = self.cost(chosen)
        for row in self._rows_by_difficulty(rows, live):
            if rows & row:
                fitting = [i for i in live if self.columns[i] & row]
                count += 1
                weight += min(self.weights[i] for i in fitting)
                for i in fitting:
                    rows &= ~self.columns[i]
        return count, weight

    def _rows_by_difficulty(self, rows: int, live: list[int]) -> list[int]:
        found = []
        left = rows
        while left:
            row = left & -left
            left ^= row
            found.append((sum(1 for i in live if self.columns[i] & row), row))
        return [row for _, row in sorted(found)]

    def _branches(self, rows: int, live: list[int]) -> list[int]:
        """Return the columns of the hardest row, the best first."""
        row = self._rows_by_difficulty(rows, live)[0]
        return sorted(
            (i for i in live if self.columns[i] & row),
            key=lambda i: (-(self.columns[i] & rows).bit_count(), self.weights[i], i),
        )

    def greedy(self, rows: int) -> None:
        """Set a first, good cover."""
        chosen: list[int] = []
        live = list(range(len(self.columns)))
        while rows:
            column = max(
                live, key=lambda i: ((self.columns[i] & rows).bit_count(), -self.weights[i], -i)
            )
            chosen.append(column)
            rows &= ~self.columns[column]
        self.best, self.best_cost = tuple(chosen), self.cost(chosen)


def cheapest_cover(
    rows: int, columns: Sequence[int], weights: Sequence[int]
) -> tuple[tuple[int, ...], bool]:
    """Return the indices of the cheapest `columns` that cover the bits of `rows`.

    Fewest columns first, then least weight. The flag says whether that is
    proved; a problem too hard to search through gets the best cover found.

    Raises:
        ValueError: Some row is in no column.
    """
    together = 0
    for column in columns:
        together |= column
    if rows & ~together:
        raise ValueError("some row is covered by no column")
    search = _Search(columns=columns, weights=weights)
    search.greedy(rows)
    search.run(rows, list(range(len(columns))), ())
    return tuple(sorted(search.best)), search.work <= _WORK
