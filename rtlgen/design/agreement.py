"""Whether agreement on the design that blind judging picked is enough to call it verified."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from rtlgen.design.blind import BlindJudgement
from rtlgen.design.exercised import idle_inputs, still_outputs
from rtlgen.design.options import Options
from rtlgen.design.quorum import NARROW, Poll
from sim.design import Design
from sim.interface import Interface
from sim.verdict import Status

_TELLING = (Status.PASS, Status.FAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What the answers of a run have in common."""

    answers: int
    """That were given independently of each other, with or without a design."""
    alike: int
    """Of these, those that behave just like the chosen design, itself included."""
    against: tuple[str, ...]
    """What keeps this from being a verdict, in words; empty: it is one."""


def agreement(  # noqa: PLR0913 - one argument a fact
    found: BlindJudgement,
    designs: Sequence[Design],
    interface: Interface,
    options: Options,
    *,
    answers: int,
    independent: Collection[int],
    temperature: float,
    narrow: bool = False,
) -> Agreement:
    """Return what speaks for the design that `found` picked, by `rtlgen.design.quorum`.

    Args:
        found: What was seen of `designs`.
        designs: All that were judged.
        interface: Of the specification.
        options: With which simulators, and within which limits, inputs are tried.
        answers: How many were asked for independently of each other.
        independent: Places in `designs` of those among them.
        temperature: At which they were drawn.
        narrow: Whether the model only writes modules.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    picked = None if found.pick is None else found.standings[found.pick]
    if found.pick is None or picked is None or picked.signs is None or picked.group is None:
        return Agreement(answers=answers, alike=0, against=("no design could be observed",))
    poll = Poll(
        answers=answers,
        alike=sum(member in independent for member in found.groups[picked.group].members),
        trust=picked.trust,
        temperature=temperature,
        signs=picked.signs,
        unchecked=[v.reason for v in picked.verdicts if v.status not in _TELLING],
        still=tuple(still_outputs(interface, found.expected)),
        narrow=narrow,
    )
    against = tuple(poll.against())
    if set(against) <= {NARROW}:  # only then is a simulation for each input worth it
        idle = idle_inputs(
            designs[found.pick],
            found.stimulation,
            found.expected,
            simulators=options.simulators,
            limits=options.limits,
        )
        against = tuple(replace(poll, idle=idle).against())
    return Agreement(answers=poll.answers, alike=poll.alike, against=against)
