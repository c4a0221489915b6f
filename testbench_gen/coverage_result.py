"""How much of a design a stimulus exercises, by source line, and what it leaves out.

Lines, branches and toggled bits are counted by Verilator, states and their
transitions by watchers beside the design (`testbench_gen.coverage`).
What was not measured counts as not measured, never as covered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import Any

from sim.proof import Goal


class Kind(Enum):
    """What a point is about."""

    LINE = "line"
    """A source line with a statement was executed."""
    BRANCH = "branch"
    """A side of an `if`, a `case` item, or of `?:` was taken."""
    TOGGLE = "toggle"
    """A bit rose, or fell."""
    STATE = "state"
    """A state register had one of its named values at a clock edge."""
    TRANSITION = "transition"
    """It had one and then another at two clock edges in a row, without a reset between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Something that a stimulus may or may not reach."""

    kind: Kind
    file: str
    line: int
    """Counted from 1, in the source as it was given."""
    column: int = 0
    """In bytes, counted from 1; 0 for a whole line."""
    what: str
    """`if`, `else`, `count[3]:0->1`, `state: IDLE -> RUN`, ..."""
    hits: int
    module: str = ""
    conditions: tuple[str, ...] = ()
    """Verilog over signals of the top module: each has to hold once, else it is never reached."""
    unreachable: bool = False
    """Proved; it does not count."""

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}"

    @property
    def name(self) -> str:
        """Place, kind and what."""
        return f"{self.place}: {self.kind.value} {self.what}"

    @property
    def key(self) -> tuple[str, str, int, int, str]:
        """What tells it from all other points of a design, whatever was measured."""
        return self.kind.value, self.file, self.line, self.column, self.what

    @property
    def covered(self) -> bool:
        """Whether it was reached."""
        return self.hits > 0

    @property
    def goal(self) -> Goal | None:
        """What a prover should try to reach, so that this is; None if that cannot be said."""
        if not self.conditions:
            return None
        return Goal(name=self.name, condition=self.conditions[0], place=self.place)

    def as_record(self) -> dict[str, Any]:
        """Return it for JSON."""
        record: dict[str, Any] = {
            "kind": self.kind.value,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "what": self.what,
            "hits": self.hits,
        }
        return record | ({"unreachable": True} if self.unreachable else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many points were reached, of those that may be."""

    covered: int
    total: int
    unreachable: int = 0
    """Points that a proof has excluded from the total."""

    @property
    def value(self) -> float | None:
        """Between 0 and 1; None where there is nothing to reach."""
        return self.covered / self.total if self.total else None

    def __str__(self) -> str:
        without = f" ({self.unreachable} unreachable)" if self.unreachable else ""
        return f"{self.covered}/{self.total}{without}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was reached of a design under some stimulus."""

    points: tuple[Point, ...] = ()
    """By file, line and column."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """The text that places refer to."""
    reason: str = ""
    """Why nothing was measured; empty where something was."""
    notes: tuple[str, ...] = ()
    """What was not looked at."""
    cpu_seconds: float = 0.0
    """Processor time of the tools, of building the model too."""

    def __post_init__(self) -> None:
        if self.reason and self.points:
            raise ValueError("coverage is either measured or has a reason why not")
        ordered = sorted(self.points, key=lambda p: (p.file, p.line, p.column, p.kind.value))
        object.__setattr__(self, "points", tuple(ordered))
        object.__setattr__(self, "sources", MappingProxyType(dict(self.sources)))

    @property
    def measured(self) -> bool:
        """Whether the counts say anything."""
        return not self.reason

    @property
    def shares(self) -> dict[Kind, Share]:
        """Return, for every kind that the design has points of, how many were reached."""
        return {
            kind: _share([p for p in self.points if p.kind is kind])
            for kind in Kind
            if any(p.kind is kind for p in self.points)
        }

    @property
    def share(self) -> float | None:
        """Mean of the shares by kind, so that many bits do not hide few states.

        None where nothing was measured, or there is nothing to reach.
        """
        values = [s.value for s in self.shares.values() if s.value is not None]
        return sum(values) / len(values) if values else None

    @property
    def holes(self) -> tuple[Point, ...]:
        """What was not reached, though no proof excludes it."""
        return tuple(p for p in self.points if not p.covered and not p.unreachable)

    def goals(self) -> list[Goal]:
        """Return what a prover should try to reach, one goal for each different condition.

        A goal that is reached may cover the points that `facts` names; one that cannot be
        excludes them (`marked`).
        """
        wanted: dict[str, list[Point]] = {}
        for point in self.holes:
            for condition in point.conditions:
                wanted.setdefault(condition, []).append(point)
        return [
            Goal(
                name=points[0].name,
                condition=condition,
                place=points[0].place,
                facts={"points": "; ".join(point.name for point in points[:8])},
            )
            for condition, points in wanted.items()
        ]

    def marked(self, unreachable: Iterable[Goal]) -> Coverage:
        """Return it without the points that need one of these goals, proved never to be reached."""
        never = {goal.condition for goal in unreachable}
        points = (
            replace(p, unreachable=True)
            if not p.covered and never.intersection(p.conditions)
            else p
            for p in self.points
        )
        return replace(self, points=tuple(points))

    def merged(self, other: Coverage) -> Coverage:
        """Return what was reached by one stimulus or the other, of the same design."""
        if not (self.measured and other.measured):
            return self if self.measured else other
        theirs = {point.key: point for point in other.points}
        points = []
        for point in self.points:
            twin = theirs.pop(point.key, None)
            points.append(_joined(point, twin) if twin else point)
        return replace(
            self,
            points=(*points, *theirs.values()),
            notes=tuple(dict.fromkeys((*self.notes, *other.notes))),
            cpu_seconds=self.cpu_seconds + other.cpu_seconds,
        )

    def as_record(self) -> dict[str, Any]:
        """Return it for JSON, without the sources and the points that were reached."""
        shares = {
            kind.value: {
                "covered": share.covered,
                "total": share.total,
                "unreachable": share.unreachable,
            }
            for kind, share in self.shares.items()
        }
        return {
            "measured": self.measured,
            "reason": self.reason,
            "share": self.share,
            "shares": shares,
            "holes": [point.as_record() for point in self.holes],
            "unreachable": [point.as_record() for point in self.points if point.unreachable],
            "notes": list(self.notes),
            "cpu_seconds": round(self.cpu_seconds, 3),
        }

    def listing(self) -> str:
        """Return the holes for people, each with its source line; empty where there is none."""
        blocks = []
        for (file, line), points in _by_line(self.holes).items():
            text = _line_of(self.sources.get(file, ""), line)
            missed = "\n".join(f"    {kind} not reached: {what}" for kind, what in _whats(points))
            blocks.append(f"{file}:{line}: {text}\n{missed}")
        return "\n".join(blocks)

    def __str__(self) -> str:
        if not self.measured:
            return f"coverage was not measured: {self.reason}"
        return ", ".join(f"{kind.value} {share}" for kind, share in self.shares.items())


def _share(points: Sequence[Point]) -> Share:
    counted = [point for point in points if not point.unreachable]
    covered = sum(point.covered for point in counted)
    return Share(covered=covered, total=len(counted), unreachable=len(points) - len(counted))


def _joined(point: Point, twin: Point) -> Point:
    hits = point.hits + twin.hits
    return replace(
        point, hits=hits, unreachable=(point.unreachable or twin.unreachable) and not hits
    )


def _by_line(points: Iterable[Point]) -> dict[tuple[str, int], list[Point]]:
    found: dict[tuple[str, int], list[Point]] = {}
    for point in points:
        found.setdefault((point.file, point.line), []).append(point)
    return found


def _line_of(text: str, line: int) -> str:
    lines = text.splitlines()
    return lines[line - 1].strip()[:160] if 0 < line <= len(lines) else ""


def _whats(points: Sequence[Point]) -> list[tuple[str, str]]:
    """Return, by kind, what was missed, many bits in short."""
    found: dict[str, list[str]] = {}
    for point in points:
        found.setdefault(point.kind.value, []).append(point.what)
    return [(kind, _in_short(whats)) for kind, whats in found.items()]


def _in_short(whats: Sequence[str], most: int = 8) -> str:
    rest = len(whats) - most
    return ", ".join(whats[:most]) + (f" and {rest} more" if rest > 0 else "")
