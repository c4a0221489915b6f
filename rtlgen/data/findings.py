"""What `rtlgen dataset check` finds, counted by rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

SHOWN = 5
"""Findings of a rule that are told in words."""


@dataclass(slots=True)
class Findings:
    """Findings, and what was declared or is only worth knowing."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    """What is no fault."""

    def add(self, rule: str, place: str, what: str) -> None:
        """Note that `rule` is broken at `place`."""
        self.counts[rule] += 1
        told = self.examples.setdefault(rule, [])
        if len(told) < SHOWN:
            told.append(f"{place}: {what}")

    @property
    def clean(self) -> bool:
        return not self.counts

    def plain(self) -> dict[str, Any]:
        """Return them as JSON holds them."""
        findings = [
            {"rule": rule, "number": number, "examples": self.examples[rule]}
            for rule, number in sorted(self.counts.items())
        ]
        return {"clean": self.clean, "findings": findings, "notes": self.notes}
