"""Figures of rewriting cases: a line a case, geometric means, shares."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Rows = Sequence[Mapping[str, Mapping[str, Any]]]
"""For each case its rows `versions` and `ours`."""
_SAME = 1e-6
FIGURES: Mapping[str, str] = {
    "cells": "cells",
    "wires": "wires",
    "cells, no FSM pass": "cells_nofsm",
    "wires, no FSM pass": "wires_nofsm",
    "area": "area",
    "delay": "delay",
    "area, FSM pass": "area_fsm",
    "delay, FSM pass": "delay_fsm",
}
"""Name to field. `synth` has its FSM pass, the mapped flow has it not."""
HEAD = ("case", "proof", "raw", "expert", "ours", "ours/raw", "expert/raw")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One case."""

    case: str
    raw: Mapping[str, Any] | None
    expert: Mapping[str, Any] | None
    """The smallest by area of those proved equivalent to raw."""
    expert_note: str
    """What is wrong with the others."""
    ours: Mapping[str, Any] | None
    proof: str
    steps: tuple[str, ...]
    left_alone: tuple[str, ...]
    seconds: float


def compared(row: Mapping[str, Mapping[str, Any]]) -> Compared:
    """Return what there is to compare in a case."""
    found = row["versions"]["versions"]
    experts = {role: one for role, one in found.items() if role.startswith("expert")}
    good = [one["ppa"] for one in experts.values() if one["proof"] == "proved" and one["ppa"]]
    bad = [f"{role} {one['proof']}" for role, one in experts.items() if one["proof"] != "proved"]
    ours = row["ours"]
    return Compared(
        case=row["versions"]["case"],
        raw=found["raw"]["ppa"],
        expert=min(good, key=lambda ppa: ppa["area"], default=None),
        expert_note=", ".join(bad),
        ours=ours["ppa"],
        proof=ours["proof"].partition(":")[0],
        steps=tuple(step["name"] for step in ours["steps"]),
        left_alone=tuple(ours["left_alone"]),
        seconds=ours.get("seconds", 0.0),
    )


def mean(
    cases: Sequence[Compared], figure: str, new: str, old: str = "raw"
) -> tuple[float | None, int]:
    """Return the geometric mean of new / old, and of how many cases it is."""
    key = FIGURES[figure]
    ratios = []
    for case in cases:
        top, bottom = getattr(case, new), getattr(case, old)
        if top is not None and bottom is not None and top[key] and bottom[key]:
            ratios.append(math.log(top[key] / bottom[key]))
    return (math.exp(sum(ratios) / len(ratios)) if ratios else None), len(ratios)


def at_or_below(cases: Sequence[Compared], figure: str = "area") -> tuple[int, int]:
    """Return on how many cases ours is at or below the expert's, and of how many."""
    key = FIGURES[figure]
    both = [(c.ours, c.expert) for c in cases if c.ours is not None and c.expert is not None]
    good = [ours for ours, expert in both if _at_most(ours[key], expert[key])]
    return len(good), len(both)


def _at_most(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and one <= other * (1 + _SAME)


def slower(cases: Sequence[Compared], *, most: float = 0.05) -> list[str]:
    """Return the cases where ours is slower than raw by more than `most`."""
    return [
        c.case
        for c in cases
        if c.ours and c.raw and c.ours["delay"] > c.raw["delay"] * (1 + most) * (1 + _SAME)
    ]


def summary(rows: Rows) -> dict[str, Any]:
    """Return the figures over all cases."""
    cases = [compared(row) for row in rows]
    good, both = at_or_below(cases)
    return {
        "cases": len(cases),
        "measured": sum(c.ours is not None for c in cases),
        "proved": sum(c.proof == "proved" for c in cases),
        "unchanged": sum(c.proof == "unchanged" for c in cases),
        "means": {
            figure: {
                "ours/raw": mean(cases, figure, "ours"),
                "expert/raw": mean(cases, figure, "expert"),
                "ours/expert": mean(cases, figure, "ours", "expert"),
            }
            for figure in FIGURES
        },
        "at or below the expert": {
            figure: at_or_below(cases, figure) for figure in ("area", "cells")
        },
        "share": good / both if both else None,
        "slower than raw": slower(cases),
        "seconds": sum(c.seconds for c in cases),
    }


def table(rows: Rows) -> Iterator[tuple[str, ...]]:
    """Yield the cells of a line for each case; each has cells, wires, area and delay."""
    for case in map(compared, rows):
        marks = f" ({case.expert_note})" if case.expert_note else ""
        yield (
            case.case,
            case.proof,
            _figures(case.raw),
            _figures(case.expert) + marks,
            _figures(case.ours),
            _ratios(case.ours, case.raw),
            _ratios(case.expert, case.raw),
        )


def _figures(ppa: Mapping[str, Any] | None) -> str:
    if ppa is None:
        return "-"
    cells = _both(ppa["cells"], ppa["cells_nofsm"])
    area = _both(f"{ppa['area']:.1f}", f"{ppa['area_fsm']:.1f}" if ppa["area_fsm"] else None)
    return f"{cells} {ppa['wires']} {area} {ppa['delay']:.0f}"


def _both(one: object, other: object) -> str:
    return f"{one}" if other is None or one == other else f"{one}|{other}"


def _ratios(new: Mapping[str, Any] | None, old: Mapping[str, Any] | None) -> str:
    if new is None or old is None:
        return "-"
    return " ".join(_ratio(new[key], old[key]) for key in ("cells", "wires", "area", "delay"))


def _ratio(new: float | None, old: float | None) -> str:
    return f"{new / old:.2f}" if old and new is not None else "-"


def lines(rows: Rows) -> Iterator[str]:
    """Yield the table and the sums for a terminal."""
    cells = [HEAD, *table(rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    for line in cells:
        texts = zip(line, widths, strict=True)
        yield "  ".join(text.ljust(width) for text, width in texts).rstrip()
    yield "figures: cells[|without FSM pass] wires area[|with FSM pass] delay/ps"
    yield ""
    yield from sums(summary(rows))


def markdown(rows: Rows) -> Iterator[str]:
    """Yield table and sums as Markdown."""
    yield "| " + " | ".join(HEAD) + " |"
    yield "|" + " --- |" * len(HEAD)
    for line in table(rows):
        yield "| " + " | ".join(text.replace("|", "/") for text in line) + " |"
    yield ""
    yield from (f"- {line}" for line in sums(summary(rows)))


def sums(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the figures over all cases in words."""
    yield (
        f"{found['cases']} cases, {found['measured']} measured, {found['proved']} changed and "
        f"proved, {found['unchanged']} unchanged, {found['seconds']:.0f} s"
    )
    for figure, means in found["means"].items():
        told = ", ".join(f"{name} {_mean(*one)}" for name, one in means.items())
        yield f"{figure}: {told}"
    for figure, (good, both) in found["at or below the expert"].items():
        yield f"{figure} at or below the expert's: {good} of {both}"
    yield f"slower than raw by more than 5 %: {', '.join(found['slower than raw']) or 'none'}"


def _mean(value: float | None, count: int) -> str:
    return "-" if value is None else f"{value:.3f} ({count})"
