"""An optimization in words and figures, for terminal and report alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rtlgen.design.words import counted
from rtlgen.optimize.record import OptimizationRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure before and after."""

    name: str
    before: str
    after: str
    change: str
    better: bool
    """Whether it became less."""
    worse: bool


FIGURES: Mapping[str, tuple[str, str]] = {
    "area": ("area", ""),
    "delay": ("delay", " ps"),
    "power": ("power (toggles)", ""),
    "flip_flops": ("flip-flops", ""),
    "levels": ("logic levels", ""),
    "cells": ("cells, stock synth", ""),
    "wires": ("wires, stock synth", ""),
    "cells_nofsm": ("cells, no FSM pass", ""),
    "wires_nofsm": ("wires, no FSM pass", ""),
}
"""By field of `symbolic.ppa.Ppa`: name and unit."""


def rows(record: OptimizationRecord) -> list[Row]:
    """Return the figures that were measured before and after."""
    before, after = record.before or {}, record.after or {}
    return [
        _row(name, unit, before[key], after[key], record.change.get(key))
        for key, (name, unit) in FIGURES.items()
        if before.get(key) is not None and after.get(key) is not None
    ]


def _row(name: str, unit: str, before: float, after: float, change: float | None) -> Row:
    return Row(
        name=name,
        before=f"{before:g}{unit}",
        after=f"{after:g}{unit}",
        change="" if change is None else percent(change),
        better=after < before,
        worse=after > before,
    )


def percent(change: float) -> str:
    """Return a share as a signed percentage; a minus sign as typographers want it."""
    if abs(change) < 0.0005:
        return "±0 %"
    return f"{change * 100:+.1f} %".replace("-", "\N{MINUS SIGN}")


def headline(record: OptimizationRecord) -> str:
    """Return in one line what the optimization came to."""
    match record.ending:
        case "not handled":
            why = next((left.reason for left in record.left_alone), "")
            return f"module {record.module} is left as it is: it cannot be handled ({why})"
        case "unchanged":
            return f"nothing helps: module {record.module} is left as it is"
        case "optimized":
            steps = counted(len(record.steps), "step")
            gain = record.change.get(record.goal)
            shown = "" if gain is None else f"{record.goal} {percent(gain)}, "
            return f"module {record.module}: {shown}{steps}, proved ({record.proof.method})"
