"""A comparison for the terminal: 80 columns, plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from rtlgen.design.visible import one_line, shortened
from rtlgen.design.words import count, counted
from rtlgen.evaluation.compare import Comparison, ProblemChange, SideRecord
from rtlgen.evaluation.summary import Rate

_WIDTH = 80
_NAME = 60
_TASK = 40
_MOST_CHANGES = 12
_MOST_NAMES = 5
_COUNTS = {
    "samples": "samples",
    "excluded problems": "excluded_problems",
    "refused": "refused",
    "timed out": "timed_out",
    "not judged": "not_judged",
    "missing samples": "missing_samples",
}


def text(found: Comparison) -> str:
    """Return `found` as a person reads it, without a newline at its end."""
    parts = [_rates(found), _changed(found), _counts(found), _left_out(found), _warnings(found)]
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part)))


def _rates(found: Comparison) -> Iterator[str]:
    yield f"{found.title}: {found.verdict} pass@{found.k}, {counted(found.problems, 'problem')}"
    for name, side in (("A", found.a), ("B", found.b)):
        yield f"{name:6}{_rate(side.rate)}"
        yield from _wrapped(f"{_short(side.source)} in {_short(side.place)}", indent=" " * 8)
    yield f"B - A {_rate(found.difference, signed=True)}   {_p_value(found)}"
    yield "95 % intervals: bootstrap over pairs of problems. p: two-sided sign-flip test."


def _rate(rate: Rate, *, signed: bool = False) -> str:
    sign, unit = ("+", "points") if signed else ("", "%")
    low, value, high = (100 * part + 0.0 for part in (rate.low, rate.value, rate.high))
    return f"{value:{sign}6.1f} {unit:6}  {low:{sign}.1f} to {high:{sign}.1f}"


def _p_value(found: Comparison) -> str:
    about = "" if found.p_exact else " (drawn)"
    return f"p < 0.0001{about}" if found.p_value < 1e-4 else f"p = {found.p_value:.4f}{about}"


def _changed(found: Comparison) -> Iterator[str]:
    yield from _changes("better in B", found.better)
    yield from _changes("worse in B", found.worse)
    yield f"unchanged    {count(found.unchanged)}"


def _changes(title: str, changes: Sequence[ProblemChange]) -> Iterator[str]:
    yield f"{title:13}{count(len(changes))}"
    for change in changes[:_MOST_CHANGES]:
        yield f"  {_short(change.task_id, _TASK):42}{change.a:.2f} to {change.b:.2f}"
    if len(changes) > _MOST_CHANGES:
        yield f"  and {len(changes) - _MOST_CHANGES} more"


def _counts(found: Comparison) -> Iterator[str]:
    yield f"{'':20}{'A':>10}{'B':>10}"
    for name, field in _COUNTS.items():
        a, b = (count(getattr(side, field)) for side in (found.a, found.b))
        yield f"{name:20}{a:>10}{b:>10}"


def _left_out(found: Comparison) -> Iterator[str]:
    for name, side in (("A", found.a), ("B", found.b)):
        yield from _without(name, side, found.k)


def _without(name: str, side: SideRecord, k: int) -> Iterator[str]:
    if side.without:
        yield from _wrapped(
            f"Left out, not in {name} or excluded there: {counted(len(side.without), 'problem')}: "
            f"{_names(side.without)}"
        )
    if side.short:
        yield from _wrapped(
            f"Left out, fewer than {k} judged samples in {name}: "
            f"{counted(len(side.short), 'problem')}: {_names(side.short)}"
        )


def _warnings(found: Comparison) -> Iterator[str]:
    for warning in found.warnings:
        yield from _wrapped(f"warning: {one_line(warning)}", rest="  ")


def _names(tasks: Sequence[str]) -> str:
    more = f", and {len(tasks) - _MOST_NAMES} more" if len(tasks) > _MOST_NAMES else ""
    return ", ".join(_short(task, _TASK) for task in tasks[:_MOST_NAMES]) + more


def _short(name: str, most: int = _NAME) -> str:
    return shortened(one_line(name[: 4 * most]), most)


def _wrapped(line: str, *, indent: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        line,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + rest,
        break_on_hyphens=False,
    )
