"""Judging designs without a golden reference: which of them is right, and how sure that is.

Nothing is read but the specification and the designs themselves. They are
observed under one stimulus and grouped by what they show; agreement, what the
specification says formally, its examples, written reference models, and flaws
that can be seen without a simulation make up one trust.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from rtlgen.design.blind_properties import property_verdicts, watched
from rtlgen.design.checks import Check, checks_of
from rtlgen.design.groups import Group, Support, group_by_behavior, supports
from rtlgen.design.signs import complaint, contradictions
from rtlgen.design.trust import Evidence, Signs, trust
from rtlgen.design.written import Written, try_written
from rtlgen.spec.model import Spec
from sim.batch import judge_many, observe_many
from sim.design import Design
from sim.gate import Admission, admit_many
from sim.process import Limits
from sim.simulate import Simulator
from sim.trace import Trace
from sim.verdict import Status, Verdict
from testbench_gen import Stimulation, write_stimulation

_CONSTANT = re.compile(
    r"(?:(?<![\w'])[0-9]{1,6})?'[sS]?([bodhBODH])([0-9a-fA-F][0-9a-fA-F_]{0,63})|\b([1-9][0-9]{1,9})\b"
)
_BASES = {"b": 2, "o": 8, "d": 10, "h": 16}
_MOST_CONSTANTS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one design is worth."""

    number: int
    """Index among the designs given."""
    trust: float
    """Estimated probability that it is right; 0 if it could not be observed."""
    signs: Signs | None
    """None if it could not be observed."""
    group: int | None
    """Index of its group; None if it could not be observed."""
    evidence: tuple[Evidence, ...]
    """What speaks for and against it, in words."""
    verdicts: tuple[Verdict, ...] = ()
    """Those of the checks, or the one that says why it could not be observed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindJudgement:
    """What can be said of designs without a reference."""

    standings: tuple[Standing, ...]
    """One for each design, in the order given."""
    groups: tuple[Group, ...]
    """The largest first."""
    references: tuple[Written, ...]
    """One for each reference model given."""
    checks: tuple[str, ...]
    """What the specification says formally, in words."""
    properties: tuple[str, ...]
    """What it plainly says of every cycle, as far as that was watched."""
    stimulation: Stimulation
    pick: int | None
    """Index of the design to choose; None if none could be observed."""

    @property
    def trust(self) -> float:
        """Trust in the pick, 0 to 1."""
        return 0.0 if self.pick is None else self.standings[self.pick].trust

    @property
    def ranking(self) -> tuple[int, ...]:
        """Designs that could be observed, the most trusted first."""
        seen = [standing for standing in self.standings if standing.signs is not None]
        return tuple(s.number for s in sorted(seen, key=lambda s: (-s.trust, s.number)))

    @property
    def expected(self) -> tuple[str, ...]:
        """What the pick shows at every sample, `-` for X and Z; empty without a pick."""
        if self.pick is None or (group := self.standings[self.pick].group) is None:
            return ()
        return tuple(row.translate(_OPEN) for row in self.groups[group].rows)


_OPEN = str.maketrans("xz", "--")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Observed:
    """One design, as far as it could be looked at."""

    admission: Admission
    outcome: Trace | Verdict
    contradictions: tuple[str, ...] = ()
    complaint: str = ""
    verdicts: tuple[Verdict, ...] = ()
    """Of the checks."""
    watched: Verdict | None = None
    """Of the stated properties, if there are any."""

    @property
    def rows(self) -> tuple[str, ...] | None:
        return self.outcome.rows if isinstance(self.outcome, Trace) else None

    @property
    def refuted(self) -> bool:
        return any(verdict.status is Status.FAIL for verdict in self.told)

    @property
    def told(self) -> tuple[Verdict, ...]:
        """All that was said of it without looking at the others."""
        return self.verdicts if self.watched is None else (*self.verdicts, self.watched)

    @property
    def sound(self) -> bool:
        """Whether it could be observed and has no flaw that is seen without simulation."""
        return self.rows is not None and not self.contradictions and not self.complaint


def judge_blind(  # noqa: PLR0913 - one argument a source of evidence
    spec: Spec,
    designs: Sequence[Design],
    *,
    references: Sequence[str] = (),
    independent: Collection[int] | None = None,
    simulators: Sequence[Simulator],
    limits: Limits = Limits(),
    seed: int = 1,
    workers: int = 1,
) -> BlindJudgement:
    """Judge `designs` by `spec` and by each other.

    Args:
        spec: What they shall do; its interface is the one they must have.
        designs: Untrusted designs, all meant for `spec`.
        references: Python sources of reference models, untrusted; see `reference_model`.
        independent: Indices of the designs that were made without knowledge of the others and of
            `references`; only they have a voice. A repair has none, as it agrees with what it was
            shown. None: all.
        simulators: Which to ask, in this order.
        limits: Of each simulation.
        seed: Of the stimulus.
        workers: Simulations at a time.

    Raises:
        InvalidInterface: The ports cannot be driven.
        EnvironmentFault: A tool is missing or does not run.
    """
    judging = _Judging(spec, tuple(simulators), limits, workers)
    checks = checks_of(spec, seed=seed)
    stimulation = write_stimulation(
        spec.interface,
        constants=constants_in(designs),
        seed=seed,
        strict_reset=not any(f.rule == "reset-kind" for f in spec.assumptions),
    )
    observed = judging.observe(designs, stimulation, checks)
    observed = judging.watch(designs, stimulation, observed)
    groups = group_by_behavior([one.rows for one in observed])
    free = frozenset(range(len(designs)) if independent is None else independent)
    voters = _voters(observed, free)
    written = try_written(
        references,
        stimulation=stimulation,
        checks=checks,
        groups=groups,
        voters=frozenset(number for number in voters if not observed[number].refuted),
    )
    weighing = _Weighing(observed, groups, _Voices(free, voters), written, checks)
    standings = tuple(weighing.standing(number) for number in range(len(designs)))
    best = [s for s in standings if s.signs is not None]
    return BlindJudgement(
        standings=standings,
        groups=groups,
        references=written,
        checks=tuple(check.description for check in checks),
        properties=tuple(prop.name for prop in watched(spec)),
        stimulation=stimulation,
        pick=min(best, key=lambda s: (-s.trust, s.number)).number if best else None,
    )


def constants_in(designs: Sequence[Design]) -> tuple[int, ...]:
    """Return the numbers that most of `designs` mention, so that inputs take them."""
    count: Counter[int] = Counter()
    for design in designs:
        values = set()
        for text in design.sources.values():
            for match in _CONSTANT.finditer(text):
                values.add(_number(match))
        count.update(value for value in values if value is not None)
    common = sorted(count, key=lambda value: (-count[value], value))[:_MOST_CONSTANTS]
    return tuple(sorted(common))


def _number(match: re.Match[str]) -> int | None:
    if match[3]:
        return int(match[3])
    try:
        return int(match[2], _BASES[match[1].lower()])
    except ValueError:
        return None


def _voters(observed: Sequence[_Observed], free: frozenset[int]) -> frozenset[int]:
    """Return those of `free` without a known flaw, or all that were observed if there is none."""
    sound = frozenset(number for number in free if observed[number].sound)
    return sound or frozenset(number for number in free if observed[number].rows is not None)


@dataclass(frozen=True, slots=True)
class _Voices:
    """Whose agreement counts."""

    free: frozenset[int]
    """Designs that were made without knowledge of the others."""
    voters: frozenset[int]
    """Those of them without a known flaw."""


@dataclass(frozen=True, slots=True)
class _Judging:
    """How designs are looked at."""

    spec: Spec
    simulators: tuple[Simulator, ...]
    limits: Limits
    workers: int

    def observe(
        self, designs: Sequence[Design], stimulation: Stimulation, checks: Sequence[Check]
    ) -> list[_Observed]:
        interface = self.spec.interface
        admissions = admit_many(
            designs,
            reserved=stimulation.reserved,
            outer=stimulation.outer,
            interface=interface,
        )
        outcomes = observe_many(
            designs,
            stimulation,
            simulators=self.simulators,
            interface=interface,
            limits=self.limits,
            workers=self.workers,
        )
        seen = [n for n, outcome in enumerate(outcomes) if isinstance(outcome, Trace)]
        verdicts = self._checked([designs[n] for n in seen], checks)
        tried = dict(zip(seen, verdicts, strict=True))
        complaints = self._complaints([admissions[n] for n in seen])
        return [
            self._observed(admission, outcome, tried.get(number), complaints)
            for number, (admission, outcome) in enumerate(zip(admissions, outcomes, strict=True))
        ]

    def watch(
        self,
        designs: Sequence[Design],
        stimulation: Stimulation,
        observed: Sequence[_Observed],
    ) -> list[_Observed]:
        """Return `observed` with what the stated properties say of each."""
        seen = [number for number, one in enumerate(observed) if one.rows is not None]
        verdicts = property_verdicts(
            self.spec,
            [designs[number] for number in seen],
            stimulation,
            simulators=self.simulators,
            limits=self.limits,
        )
        of = dict(zip(seen, verdicts, strict=True))
        return [replace(one, watched=of.get(number)) for number, one in enumerate(observed)]

    def _observed(
        self,
        admission: Admission,
        outcome: Trace | Verdict,
        verdicts: tuple[Verdict, ...] | None,
        complaints: dict[str, str],
    ) -> _Observed:
        if verdicts is None or admission.interface is None:
            return _Observed(admission=admission, outcome=outcome)
        return _Observed(
            admission=admission,
            outcome=outcome,
            contradictions=tuple(contradictions(self.spec, admission.interface)),
            complaint=complaints.get(admission.digest, ""),
            verdicts=verdicts,
        )

    def _checked(
        self, designs: Sequence[Design], checks: Sequence[Check]
    ) -> list[tuple[Verdict, ...]]:
        columns = [
            judge_many(
                designs,
                check.testbench,
                simulators=self.simulators,
                interface=self.spec.interface,
                limits=self.limits,
                workers=self.workers,
            )
            for check in checks
        ]
        return [tuple(column[n] for column in columns) for n in range(len(designs))]

    def _complaints(self, admissions: Sequence[Admission]) -> dict[str, str]:
        """Return, by digest, what Icarus Verilog says of the designs, if it is there."""
        if not any(simulator.name == "icarus" for simulator in self.simulators):
            return {}
        unique = {one.digest: one.design for one in admissions if one.design is not None}
        return {digest: complaint(design) for digest, design in unique.items()}


class _Weighing:
    """All that is known, and what it says of one design."""

    def __init__(
        self,
        observed: Sequence[_Observed],
        groups: Sequence[Group],
        voices: _Voices,
        written: Sequence[Written],
        checks: Sequence[Check],
    ) -> None:
        self._observed = observed
        self._groups = groups
        self._free = voices.free
        self._voters = voices.voters
        self._used = [one for one in written if one.state == "used"]
        self._checks = checks
        self._supports = supports(groups, voices.voters)
        self._group_of = {m: index for index, group in enumerate(groups) for m in group.members}

    def standing(self, number: int) -> Standing:
        one = self._observed[number]
        group = self._group_of.get(number)
        if group is None or isinstance(one.outcome, Verdict):
            reason = one.outcome.reason if isinstance(one.outcome, Verdict) else ""
            told = Evidence(kind="static", text=f"it could not be observed: {reason}")
            verdicts = (one.outcome,) if isinstance(one.outcome, Verdict) else ()
            return Standing(
                number=number,
                trust=0.0,
                signs=None,
                group=None,
                evidence=(told,),
                verdicts=verdicts,
            )
        signs = self._signs(number, one, group)
        return Standing(
            number=number,
            trust=trust(signs),
            signs=signs,
            group=group,
            evidence=tuple(self._evidence(number, one, group, signs)),
            verdicts=one.told,
        )

    def _signs(self, number: int, one: _Observed, group: int) -> Signs:
        support: Support = self._supports[group]
        alike, others = self._company(group)
        if self._free & set(self._groups[group].members):
            # Else it consists of repairs, which may have been shown what the models expect.
            alike += sum(group in reference.groups for reference in self._used)
            others += len(self._used)
        own = number in self._voters
        if number not in self._free:
            own = bool(self._voters & set(self._groups[group].members))
        complete, partial = self._passed(one)
        return Signs(
            agreement=alike / others if others else 0.0,
            others=others,
            nearness=support.nearness(len(self._voters), own=own),
            voters=len(self._voters) - own,
            unknown=1 - support.known,
            contradicts=float(bool(one.contradictions)),
            complaint=float(bool(one.complaint)),
            confirmed=float(complete and not one.refuted),
            shown=float(partial and not complete and not one.refuted),
            refuted=float(one.refuted),
        )

    def _company(self, group: int) -> tuple[int, int]:
        """Return how many independent designs agree with one of `group`, and of how many others.

        A repair counts as the independent design that behaves like it, if there is one.
        """
        members = len(self._free & set(self._groups[group].members))
        own = min(members, 1)
        return members - own, len(self._free & self._group_of.keys()) - own

    def _passed(self, one: _Observed) -> tuple[bool, bool]:
        """Return whether it passes a complete check, and one that shows some cases."""
        passed = [
            check.complete
            for check, verdict in zip(self._checks, one.verdicts, strict=True)
            if verdict.status is Status.PASS
        ]
        return any(passed), not all(passed)

    def _evidence(
        self, number: int, one: _Observed, group: int, signs: Signs
    ) -> Iterator[Evidence]:
        for check, verdict in zip(self._checks, one.verdicts, strict=True):
            kind = "formal" if check.complete else "example"
            holds = "it does what" if verdict.status is Status.PASS else "it is tried by what"
            yield Evidence(
                kind=kind, text=f"{holds} the {check.description} says: {verdict.reason}"
            )
        if one.watched is not None:
            yield Evidence(kind="property", text=one.watched.reason)
        yield self._agreement(group, signs)
        for reference in self._used:
            agree = "agrees" if group in reference.groups else "does not agree"
            text = f"reference model {reference.number} {agree} with it; {reference.reason}"
            yield Evidence(kind="reference model", text=text)
        for text in one.contradictions:
            yield Evidence(kind="static", text=text)
        if one.complaint:
            yield Evidence(kind="static", text=f"the compiler complains: {one.complaint}")
        if signs.unknown:
            text = f"an output is X or Z at {100 * signs.unknown:.1f} % of the samples"
            yield Evidence(kind="values", text=text)

    def _agreement(self, group: int, signs: Signs) -> Evidence:
        alike, others = self._company(group)
        if others == 0:
            text = "there is no other design to compare it with"
        else:
            text = (
                f"{alike} of {others} other designs behave just like it; at a sample "
                f"{100 * signs.nearness:.0f} % of those without a flaw show the same on average"
            )
        return Evidence(kind="agreement", text=text)
