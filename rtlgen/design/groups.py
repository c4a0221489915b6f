"""Designs that behave alike under the same stimulus, and how near the others come."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

Rows = Sequence[str]
"""What a design shows: all outputs at every sample, as in `sim.trace.Trace`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Designs that show the same at every sample."""

    members: tuple[int, ...]
    """Numbers of the designs, rising."""
    rows: tuple[str, ...]
    """What they show."""

    @property
    def unknown(self) -> float:
        """Share of the samples at which some output is X or Z, 0 to 1."""
        return sum(map(is_unknown, self.rows)) / len(self.rows) if self.rows else 0.0


@dataclass(frozen=True, slots=True)
class Support:
    """How much of what a group shows others show as well."""

    votes: float
    """Mean number of voters that show the same at a sample; none where it is X or Z."""
    known: float
    """Share of the samples that are neither X nor Z."""

    def nearness(self, voters: int, *, own: bool) -> float:
        """Return the share of the other `voters` that show the same, on average over the samples.

        `own`: whether the design is a voter itself; it does not vote for itself.
        """
        others = voters - own
        return max(0.0, self.votes - own * self.known) / others if others else 0.0


def group_by_behavior(traces: Sequence[Rows | None]) -> tuple[Group, ...]:
    """Return the groups of the designs with these `traces`, the largest first.

    A design without a trace is in no group. X and Z are values like others: a design that
    leaves open what another fixes behaves differently.
    """
    members: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, rows in enumerate(traces):
        if rows is not None:
            members[tuple(rows)].append(number)
    groups = [Group(members=tuple(found), rows=rows) for rows, found in members.items()]
    return tuple(sorted(groups, key=lambda group: (-len(group.members), group.members)))


def supports(groups: Sequence[Group], voters: Collection[int]) -> list[Support]:
    """Return the support of each of `groups` by the designs in `voters`.

    Raises:
        ValueError: The groups were not observed at the same samples.
    """
    if not groups:
        return []
    weights = [sum(member in voters for member in group.members) for group in groups]
    votes, known = [0] * len(groups), [0] * len(groups)
    for values in zip(*(group.rows for group in groups), strict=True):
        count: Counter[str] = Counter()
        for value, weight in zip(values, weights, strict=True):
            count[value] += weight
        for index, value in enumerate(values):
            if not is_unknown(value):
                votes[index] += count[value]
                known[index] += 1
    samples = max(1, len(groups[0].rows))
    return [Support(v / samples, k / samples) for v, k in zip(votes, known, strict=True)]


def is_unknown(row: str) -> bool:
    """Whether any bit of `row` is X or Z."""
    return "x" in row or "z" in row


def agrees(expected: Rows, shown: Rows) -> bool:
    """Whether `shown` is what is `expected`, `-` allowing any value."""
    return first_difference(expected, shown) is None


def first_difference(expected: Rows, shown: Rows) -> int | None:
    """Return the first sample at which `shown`, or what it leaves open, differs from `expected`."""
    for number, (want, got) in enumerate(zip(expected, shown, strict=True)):
        if want != got and any(
            w != g and "-" not in (w, g) for w, g in zip(want, got, strict=True)
        ):
            return number
    return None
