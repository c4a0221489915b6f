"""Answers of one model to one specification, judged by what they have in common.

===========================================  =============================================
what is seen of a design                     label and trust in it
===========================================  =============================================
it cannot be compiled or driven              fail, as with any testbench
it fails what the specification says         fail; 1 less the probability that it is right
it does the same as the chosen design        pass; the probability that it is right
it does otherwise than the chosen design     fail; the probability that the chosen is right
===========================================  =============================================

The last two hold only where the agreement meets the quorum of `rtlgen.design.quorum`, under which
`rtlgen design` itself calls a design verified; else nothing is known of these designs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rtlgen.data.ruled import Ruled, ruled, unjudged
from rtlgen.design.agreement import Agreement, agreement
from rtlgen.design.blind import BlindJudgement, Standing, judge_blind
from rtlgen.design.options import Options
from rtlgen.spec.model import Spec
from sim.batch import judge_many
from sim.design import Design
from sim.verdict import Status, Verdict
from testbench_gen import Traced, write_testbench

_BY_SPEC = "what the specification says"


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """How the designs of a run came about. Plain values, for any machine."""

    answers: int
    """Answers that were asked for independently of each other, with or without a design."""
    independent: tuple[int, ...]
    """Indices of the designs in them."""
    temperature: float
    narrow: bool = False
    """Whether the model only writes modules: its answers are wrong alike too often."""
    references: tuple[str, ...] = ()
    """Python sources of reference models that a model wrote; untrusted."""


def ruled_blind(
    spec: Spec, designs: Sequence[Design], polled: Polled, options: Options
) -> list[Ruled]:
    """Return what agreement and the specification say of `designs`.

    Raises:
        InvalidInterface: The ports cannot be driven.
        EnvironmentFault: A tool is missing or does not run.
    """
    found = judge_blind(
        spec,
        designs,
        references=polled.references,
        independent=polled.independent,
        simulators=options.simulators,
        limits=options.limits,
        seed=options.seed,
    )
    return list(_Rulings(spec, designs, polled, options, found).all())


@dataclass(frozen=True, slots=True)
class _Rulings:
    spec: Spec
    designs: Sequence[Design]
    polled: Polled
    options: Options
    found: BlindJudgement

    def all(self) -> Iterator[Ruled]:
        agreed = self._agreement()
        verdicts = () if agreed.against else self._verdicts()
        for number, standing in enumerate(self.found.standings):
            failed = [one for one in standing.verdicts if one.status is not Status.PASS]
            if standing.signs is None or any(one.status is Status.FAIL for one in failed):
                yield self._refuted(standing, failed)
            elif agreed.against:
                yield unjudged(f"agreement is no verdict: {agreed.against[0]}")
            else:
                yield self._agreed(standing, verdicts[number], agreed)

    def _refuted(self, standing: Standing, failed: Sequence[Verdict]) -> Ruled:
        if not failed:
            return unjudged("it could not be observed")
        worst = next((one for one in failed if one.status is Status.FAIL), failed[0])
        trust = None if standing.signs is None else round(1 - standing.trust, 4)
        return self._ruled(standing, worst, _BY_SPEC, trust)

    def _agreed(self, standing: Standing, verdict: Verdict, agreed: Agreement) -> Ruled:
        """Rule by the chosen design: what it leaves open tells nothing of another one."""
        alike = standing.group == self._chosen.group
        if (verdict.status is Status.PASS) is not alike:
            return unjudged("it differs from the chosen design only where that is unknown")
        trust = standing.trust if alike else self._chosen.trust
        judge = f"agreement of {agreed.alike} of {agreed.answers} answers"
        return self._ruled(standing, verdict, judge, round(trust, 4))

    def _ruled(
        self, standing: Standing, verdict: Verdict, judge: str, trust: float | None
    ) -> Ruled:
        design = self.designs[standing.number]
        return ruled(verdict, design, self.spec.interface, judge=judge, trust=trust)

    @property
    def _chosen(self) -> Standing:
        return self.found.standings[self.found.pick or 0]

    def _agreement(self) -> Agreement:
        return agreement(
            self.found,
            self.designs,
            self.spec.interface,
            self.options,
            answers=self.polled.answers,
            independent=self.polled.independent,
            temperature=self.polled.temperature,
            narrow=self.polled.narrow,
        )

    def _verdicts(self) -> list[Verdict]:
        traced = Traced(stimulation=self.found.stimulation, rows=self.found.expected)
        return judge_many(
            self.designs,
            write_testbench(self.spec.interface, traced),
            simulators=self.options.simulators,
            interface=self.spec.interface,
            limits=self.options.limits,
        )
