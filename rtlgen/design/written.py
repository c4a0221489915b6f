"""Reference models that a language model wrote: used, suspected, or dropped."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from rtlgen.design.checks import Check, objection
from rtlgen.design.groups import Group, agrees, is_unknown
from rtlgen.design.reference_model import predict
from sim.errors import InvalidInterface
from testbench_gen import Stimulation

State = Literal["used", "suspected", "dropped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of a reference model that somebody wrote."""

    number: int
    """Index among the references given."""
    state: State
    """`dropped`: it does not run, or contradicts the specification; `suspected`: most designs
    contradict it, and another should be asked for."""
    reason: str
    rows: tuple[str, ...] = ()
    """What it predicts; empty if dropped."""
    groups: tuple[int, ...] = ()
    """Indices of the groups that it agrees with."""


def try_written(
    sources: Sequence[str],
    *,
    stimulation: Stimulation,
    checks: Sequence[Check],
    groups: Sequence[Group],
    voters: Collection[int],
) -> tuple[Written, ...]:
    """Run the reference models `sources` and say of each what it is worth.

    Args:
        sources: Untrusted Python; see `rtlgen.design.reference_model`.
        stimulation: What the designs of `groups` were observed under.
        checks: What the specification says formally; tried first.
        groups: The designs by their behavior.
        voters: Numbers of the designs without a known flaw.

    Raises:
        EnvironmentFault: The child process cannot be run at all.
    """
    return tuple(
        _tried(number, source, stimulation, checks, groups, voters)
        for number, source in enumerate(sources)
    )


def _tried(
    number: int,
    source: str,
    stimulation: Stimulation,
    checks: Sequence[Check],
    groups: Sequence[Group],
    voters: Collection[int],
) -> Written:
    try:
        prediction = predict(source, stimulation)
    except InvalidInterface as error:
        return Written(number=number, state="dropped", reason=str(error).split("\n", 1)[0])
    if prediction.rows is None:
        return Written(number=number, state="dropped", reason=prediction.fault)
    if not any(row.strip("-") for row in prediction.rows):
        return Written(number=number, state="dropped", reason="it leaves every output open")
    for check in checks:
        if reason := objection(check, source, prediction.rows, stimulation):
            return Written(number=number, state="dropped", reason=reason)
    without_reset = not stimulation.interface.resets
    starts = [_start(group.rows) if without_reset else 0 for group in groups]
    return _weighed(number, prediction.rows, groups, starts, voters)


def _start(rows: Sequence[str]) -> int:
    """Return the first sample that is known; before it nobody can know a design's state.

    A design that takes more than half of the samples is compared from the beginning.
    """
    first = next((n for n, row in enumerate(rows) if not is_unknown(row)), len(rows))
    return first if 2 * first <= len(rows) else 0


def _weighed(
    number: int,
    rows: tuple[str, ...],
    groups: Sequence[Group],
    starts: Sequence[int],
    voters: Collection[int],
) -> Written:
    alike = tuple(
        i
        for i, (group, start) in enumerate(zip(groups, starts, strict=True))
        if agrees(rows[start:], group.rows[start:])
    )
    sizes = [sum(member in voters for member in group.members) for group in groups]
    support = sum(sizes[i] for i in alike)
    rival = max((size for i, size in enumerate(sizes) if i not in alike), default=0)
    suspected = rival >= 2 and 2 * rival > len(voters)
    told = f"{support} of {len(voters)} designs without a flaw agree with it"
    if suspected:
        told += f", and {rival} agree with each other on something else"
    return Written(
        number=number,
        state="suspected" if suspected else "used",
        reason=told,
        rows=rows,
        groups=alike,
    )
