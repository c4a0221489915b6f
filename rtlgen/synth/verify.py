"""Examples on the real tools: right by simulation, lint, parser and synthesis; slips found out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rtlgen.synth.bench_text import Subject
from rtlgen.synth.checked import Golden, faults_of
from rtlgen.synth.header import HeaderStyle, apart, module
from rtlgen.synth.mismatch_text import Stimulus
from rtlgen.synth.simulated import Seen, simulated
from rtlgen.synth.slips import Wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An example that says it is right, and slips that say they are wrong."""

    stimulus: Stimulus
    top: str
    style: HeaderStyle
    slips: tuple[Wrong, ...] = ()

    @property
    def golden(self) -> str:
        """The golden design as a whole module."""
        return module(self.stimulus.drawn, self.top, self.style)


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """A slip that the test finds out."""

    slip: Wrong
    share: float
    """Share of the test's checks that it meets, below 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What the tools say of an example."""

    fault: str = ""
    """What is wrong with the golden design; empty for a verified example."""
    killed: tuple[Killed, ...] = ()
    survived: tuple[Wrong, ...] = ()
    """Slips that do what the golden design does, as far as the test sees."""
    broken: tuple[Wrong, ...] = ()
    """Slips that cannot be simulated."""


def verified(claims: Sequence[Claim]) -> list[Verified]:
    """Return what the tools say of `claims`, in their order.

    Raises:
        EnvironmentFault: A tool is not installed or does not run.
    """
    subjects = [
        Subject(
            stimulus=claim.stimulus,
            top=claim.top,
            lanes=(claim.golden, *(slip.text for slip in claim.slips)),
        )
        for claim in claims
    ]
    seen = simulated(subjects)
    faults = faults_of([_golden(number, claim) for number, claim in enumerate(claims)])
    return [
        _verified(claim, one, fault) for claim, one, fault in zip(claims, seen, faults, strict=True)
    ]


def _golden(number: int, claim: Claim) -> Golden:
    name, drawn = f"Golden{number}", claim.stimulus.drawn
    latch = drawn.behavior.sequential and drawn.timing is None
    return Golden(name=name, text=apart(claim.golden, claim.top, name), latch=latch)


def _verified(claim: Claim, seen: Seen, fault: str) -> Verified:
    numbered = list(enumerate(claim.slips, 1))
    checks = claim.stimulus.compared
    return Verified(
        fault=seen.fault or fault,
        killed=tuple(
            Killed(slip=slip, share=1 - seen.bad[lane] / checks)
            for lane, slip in numbered
            if seen.bad.get(lane)
        ),
        survived=tuple(slip for lane, slip in numbered if seen.bad.get(lane) == 0),
        broken=tuple(slip for lane, slip in numbered if lane in seen.broken),
    )
