"""Two simulators that show different things of one design, and what a verdict is worth then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from sim.verdict import Cause, Status, Verdict


class Parting(Enum):
    """Why two simulators show different things."""

    UNKNOWN_VALUE = "X that only one simulator sees"
    RACE = "race"
    POWER_UP = "X-optimism"
    TOOL = "tool bug or a construct read in two ways"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Where two simulators part for the first time."""

    parting: Parting
    subject: str
    """`design` or `golden design`."""
    sample: int
    """0-based, of the stimulus as it was recorded."""
    phase: str
    time_ns: float
    port: str
    values: Mapping[str, str]
    """By simulator, binary, most significant bit first."""
    evidence: str

    @property
    def harmless(self) -> bool:
        """Whether all that both simulators know agrees."""
        return self.parting is Parting.UNKNOWN_VALUE

    def __str__(self) -> str:
        shown = ", ".join(f"{value} under {name}" for name, value in self.values.items())
        return (
            f"the simulators part over the {self.subject}: {self.port} is {shown} at "
            f"{self.time_ns:g} ns ({self.phase}): {self.parting.value}; {self.evidence}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What came of the same stimulus under two simulators."""

    samples: int
    disagreement: Disagreement | None = None
    missing: str = ""
    """Why nothing was compared, where that is so."""


def settled(verdict: Verdict, other: Verdict | None, comparison: Comparison) -> Verdict:
    """Return what `verdict`, under the first simulator, comes to with the second one heard.

    A pass stands only without a disagreement, or where it is harmless; a fail stands if `other`,
    under the second simulator, is one too. Everything else could not be judged.
    """
    parted = comparison.disagreement
    if parted is None:
        if not comparison.missing:
            return verdict
        note = f"only one simulator was heard: {comparison.missing}"
        return replace(verdict, notes=(*verdict.notes, note))
    noted = replace(verdict, notes=(*verdict.notes, str(parted)))
    both_fail = other is not None and verdict.status is other.status is Status.FAIL
    if parted.harmless or both_fail or verdict.status not in (Status.PASS, Status.FAIL):
        return noted
    return replace(
        noted,
        status=Status.UNKNOWN,
        cause=Cause.DISAGREEMENT,
        reason=str(parted),
        notes=verdict.notes,
    )
