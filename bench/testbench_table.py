"""Numbers of measured testbenches: a line a problem, sums, and the worst with their reasons."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

AGREE = 0.8
"""Share of mutants on which both tests must agree for Eval2, as AutoBench defines it."""

_SAID = 4
"""Mutants that a complaint names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one testbench came to."""

    task: str
    source: str
    applicable: bool
    eval0: bool
    eval1: bool
    mutants: int
    """Judged by both tests."""
    agreeing: int
    settled: int
    """Agreeing, or decided for ours by a proof, or, where there is none, by two simulators."""
    distinct: int
    """Mutants that are not proved equivalent and that ours could judge."""
    killed: int
    official_distinct: int
    official_killed: int | None
    """None where the official test cannot judge."""
    equivalent: int
    open: int
    """Passed by a test, and neither proved nor refuted; they count as distinct."""
    wrongly_failed: int
    """Failed by ours although proved equivalent."""
    seconds: float
    cpu_seconds: float
    reason: str
    survivors: tuple[Mapping[str, Any], ...]
    disputed: tuple[Mapping[str, Any], ...]

    @property
    def eval2(self) -> bool | None:
        """Whether it agrees with the official test; None where there is nothing to agree on."""
        return _eval2(self, self.agreeing)

    @property
    def eval2_settled(self) -> bool | None:
        """The same, where what shows the official test wrong counts for ours."""
        return _eval2(self, self.settled)

    @property
    def official_misses(self) -> int:
        """Mutants that the official test passes, ours fails, and something shows to be wrong."""
        return sum(not m["ours"] and _ours_is_right(m) for m in self.disputed)

    @property
    def reaches_official(self) -> bool | None:
        """Whether it kills as large a share of the mutants as the official test."""
        if self.official_killed is None or not self.eval0:
            return None if self.official_killed is None else False
        return self.killed * self.official_distinct >= self.official_killed * self.distinct


def _eval2(score: Score, agreeing: int) -> bool | None:
    if score.official_killed is None or not score.applicable:
        return None
    if not score.eval1:
        return False
    return agreeing >= AGREE * score.mutants


def score(row: Mapping[str, Any]) -> Score:
    """Work out what a row of `measure` comes to."""
    mutants = row["mutants"]
    judged = [m for m in mutants if m["ours"] is not None and m["official"] is not None]
    distinct = [m for m in mutants if m["proof"] != "proved" and m["ours"] is not None]
    theirs = [m for m in mutants if m["proof"] != "proved" and m["official"] is not None]
    can_judge = not row["official_fault"]
    return Score(
        task=row["task"],
        source=row["source"],
        applicable=row["eval0"] is not None,
        eval0=bool(row["eval0"]),
        eval1=bool(row["eval1"]),
        mutants=len(judged),
        agreeing=sum(m["ours"] is m["official"] for m in judged),
        settled=sum(m["ours"] is m["official"] or _ours_is_right(m) for m in judged),
        distinct=len(distinct),
        killed=sum(not m["ours"] for m in distinct),
        official_distinct=len(theirs),
        official_killed=sum(not m["official"] for m in theirs) if can_judge else None,
        equivalent=sum(m["proof"] == "proved" for m in mutants),
        open=sum(m["proof"] == "open" for m in mutants),
        wrongly_failed=sum(m["proof"] == "proved" and m["ours"] is False for m in mutants),
        seconds=row.get("seconds", 0.0),
        cpu_seconds=row.get("cpu_seconds", 0.0),
        reason=row["reason"],
        survivors=tuple(m for m in distinct if m["ours"]),
        disputed=tuple(m for m in judged if m["ours"] is not m["official"]),
    )


def _ours_is_right(mutant: Mapping[str, Any]) -> bool:
    if mutant.get("shown"):
        return True
    return bool({"proved": True, "refuted": False}.get(mutant["proof"]) is mutant["ours"])


def sums(scores: Sequence[Score]) -> dict[str, Any]:
    """Return what holds over all problems; shares in percent, None where there is nothing."""
    tried = [one for one in scores if one.applicable]
    ran = [one for one in tried if one.eval0]
    compared = [one for one in ran if one.official_killed is not None]
    return {
        "problems": len(scores),
        "applicable": len(tried),
        "eval0": _share(one.eval0 for one in tried),
        "eval1": _share(one.eval1 for one in tried),
        "eval2": _share(one.eval2 for one in tried),
        "eval2_settled": _share(one.eval2_settled for one in tried),
        "official_misses": {one.task: missed for one in tried if (missed := one.official_misses)},
        "without_official": [one.task for one in tried if one.official_killed is None],
        "mutants": sum(one.distinct for one in ran),
        "killed": _ratio(sum(o.killed for o in ran), sum(o.distinct for o in ran)),
        "killed_where_compared": _ratio(
            sum(o.killed for o in compared), sum(o.distinct for o in compared)
        ),
        "official_killed": _ratio(
            sum(o.official_killed or 0 for o in compared),
            sum(o.official_distinct for o in compared),
        ),
        "reaches_official": _share(one.reaches_official for one in tried),
        "equivalent": sum(one.equivalent for one in ran),
        "open": sum(one.open for one in ran),
        "wrongly_failed": sum(one.wrongly_failed for one in ran),
        "seconds": _spread([one.seconds for one in ran]),
        "cpu_seconds": _spread([one.cpu_seconds for one in ran]),
    }


def _share(found: Iterable[bool | None]) -> float | None:
    known = [one for one in found if one is not None]
    return _ratio(sum(known), len(known))


def _ratio(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None


def _spread(values: Sequence[float]) -> dict[str, float] | None:
    if not values:
        return None
    rising = sorted(values)
    return {
        "median": round(statistics.median(rising), 2),
        "p90": round(rising[math.ceil(0.9 * len(rising)) - 1], 2),
        "most": round(rising[-1], 2),
    }


def worst(scores: Iterable[Score], most: int = 10) -> list[tuple[Score, str]]:
    """Return the worst testbenches with the reason, those that do not run first."""
    bad = [(one, why) for one in scores if one.applicable and (why := complaint(one))]
    return sorted(bad, key=lambda pair: _badness(pair[0]))[:most]


def _badness(one: Score) -> tuple[bool, bool, bool, bool, float, float]:
    killed = one.killed / one.distinct if one.distinct else 1.0
    reaches = one.reaches_official is not False
    return one.eval0, one.eval1, one.eval2 is not False, reaches, killed, -one.seconds


def complaint(one: Score) -> str:
    """Say what is wrong with a testbench; empty if nothing is."""
    if not one.eval1:
        return one.reason or "no reason was recorded"
    parts = []
    if one.wrongly_failed:
        parts.append(f"fails {one.wrongly_failed} proved equivalent")
    parts += [f"{_side(m)} {m['name']} ({_proof(m)})" for m in one.disputed]
    parts += [f"both pass {m['name']} ({_proof(m)})" for m in one.survivors if m["official"]]
    more = [f"and {len(parts) - _SAID} more"] if len(parts) > _SAID else []
    return "; ".join([*parts[:_SAID], *more])


def _proof(mutant: Mapping[str, Any]) -> str:
    known, why = mutant["proof"] or "not proved", mutant["proof_reason"]
    if mutant.get("shown"):
        return f"{known}; both simulators show it"
    return f"open: {why[:100]}" if known == "open" and why else known


def _side(mutant: Mapping[str, Any]) -> str:
    return "only the official test fails" if mutant["ours"] else "only ours fails"


HEAD = f"{'problem':28} E0 E1 E2   agree   ours  official  equiv open   wall s   CPU s  trust"


def line(row: Mapping[str, Any], one: Score) -> str:
    """Return the line of one problem."""
    if not one.applicable:
        return f"{_name(one):28} -  -  -  {one.reason}"
    theirs = (
        "-" if one.official_killed is None else f"{one.official_killed}/{one.official_distinct}"
    )
    trust = row.get("trust")
    return (
        f"{_name(one):28} {_mark(one.eval0)}  {_mark(one.eval1)}  {_mark(one.eval2)} "
        f"{f'{one.agreeing}/{one.mutants}':>8} {f'{one.killed}/{one.distinct}':>6} {theirs:>9} "
        f"{one.equivalent:6} {one.open:4} {one.seconds:8.1f} {one.cpu_seconds:7.1f} "
        f"{'-' if trust is None else f'{trust:.2f}':>6}"
    )


def _name(one: Score) -> str:
    return f"{one.task} {one.source}".strip()


def _mark(value: bool | None) -> str:
    return {True: "+", False: "x", None: "-"}[value]


def summary(found: Mapping[str, Any]) -> list[str]:
    """Return the sums as lines of text."""
    lines = [
        f"problems {found['problems']}, with a reference of this kind {found['applicable']}",
        f"Eval0 {_percent(found['eval0'])}, Eval1 {_percent(found['eval1'])}, "
        f"Eval2 {_percent(found['eval2'])}; where a proof, or without one two simulators, show the "
        f"official test wrong and ours right, that counts as agreement: "
        f"{_percent(found['eval2_settled'])}",
        f"the official test passes what is shown to be wrong: {_weak(found['official_misses'])}",
        f"mutation score {_percent(found['killed'])} of {found['mutants']} that are not proved "
        f"equivalent ({found['equivalent']} are; {found['open']} neither proved nor refuted count)",
        f"where the official test can judge: ours {_percent(found['killed_where_compared'])}, "
        f"official {_percent(found['official_killed'])}; "
        f"ours at least as high on {_percent(found['reaches_official'])} of the problems",
        f"failed by ours although proved equivalent: {found['wrongly_failed']}",
    ]
    for name, what in (("seconds", "wall"), ("cpu_seconds", "processor")):
        if (spread := found[name]) is not None:
            lines.append(
                f"{what} seconds a testbench: median {spread['median']}, 90 % within "
                f"{spread['p90']}, most {spread['most']}"
            )
    if found["without_official"]:
        lines.append(f"official test cannot judge: {', '.join(found['without_official'])}")
    return lines


def _weak(found: Mapping[str, int]) -> str:
    each = ", ".join(f"{task} {count}" for task, count in found.items())
    return f"{sum(found.values())} mutants" + (f" ({each})" if each else "")


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} %"
