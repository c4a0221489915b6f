"""Judging the candidates of a run where there is no reference: by agreement and other signs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from rtlgen.design.agreement import agreement
from rtlgen.design.bench import Judgement
from rtlgen.design.blind import BlindJudgement, judge_blind
from rtlgen.design.candidate import Candidate, described
from rtlgen.design.loop import Ruling
from rtlgen.design.options import Asking, Options, Progress, State
from rtlgen.design.prompter import Prompter
from rtlgen.design.record import (
    EvidenceRecord,
    GroupRecord,
    QuorumRecord,
    ReferenceRecord,
    SettledRecord,
    TrustRecord,
)
from rtlgen.design.search import best_of
from rtlgen.design.settled import settled_by_examples
from rtlgen.design.twins import with_twins
from rtlgen.design.words import counted
from rtlgen.design.written import Written
from rtlgen.llm.extract import extract_python
from rtlgen.llm.model import Answer, Purpose, Request
from rtlgen.spec.model import Spec
from sim.batch import judge_many
from sim.design import Design
from sim.verdict import Status, Verdict
from testbench_gen import Testbench, Traced, write_testbench

_REPLACEMENTS = 2
"""Reference models asked for in place of those that were suspected or dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """A reference model that was asked for, and what came."""

    request: Request
    source: str
    fault: str = ""


class ByAgreement:
    """Judges by what candidates have in common; enough trust settles the matter."""

    def __init__(
        self, spec: Spec, options: Options, prompter: Prompter, progress: Progress
    ) -> None:
        self._spec = spec
        self._options = options
        self._asking = options.asking or Asking()
        self._prompter = prompter
        self._progress = progress
        self._asked = 0
        """Reference models asked for; each is another sample, also where one did not come."""
        self._models: list[_Model] = []
        self._found: BlindJudgement | None = None
        self._judged: list[int] = []
        """Numbers of the candidates that `_found` is about."""

    def wanted(self, candidates: Sequence[Candidate]) -> Sequence[Request]:
        """Return requests for reference models, later for others in place of bad ones.

        A model that only writes modules is not asked for any.
        """
        if not self._prompter.instructable:
            return []
        sound = sum(not model.fault for model in self._models) - self._bad()
        missing = self._asking.references - sound
        left = self._asking.references + _REPLACEMENTS - self._asked
        return [
            Request(
                messages=self._prompter.reference(),
                sampling=self._asking.sampling,
                purpose=Purpose.REFERENCE,
                subject=self._prompter.subject,
                sample=sample,
                seed=self._options.seed * 10_000 + sample,
            )
            for sample in range(self._asked, self._asked + max(0, min(missing, left)))
        ]

    def receive(self, requests: Sequence[Request], answers: Sequence[Answer]) -> None:
        """Take reference models; an answer without one is remembered with the reason."""
        self._asked += len(requests)
        for request, answer in zip(requests, answers, strict=True):
            if answer.text is None:
                continue
            found = extract_python(answer.text)
            model = _Model(request=request, source=found.sources or "", fault=found.why_not)
            self._models.append(model)

    def judge(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        self._judged = [c.number for c in candidates if c.design is not None]
        designs = [c.design for c in candidates if c.design is not None]
        if not designs:
            return list(candidates)
        self._found = found = judge_blind(
            self._spec,
            designs,
            references=[model.source for model in self._sound()],
            independent=[
                place
                for place, number in enumerate(self._judged)
                if candidates[number].parent is None
            ],
            simulators=self._options.simulators,
            limits=self._options.limits,
            seed=self._options.seed,
            workers=self._options.workers,
        )
        return with_twins(self._with_verdicts(candidates, designs, found))

    def describe(self, candidate: Candidate) -> tuple[str, State]:
        """Say which group it is in, and what speaks against it but agreement."""
        found = self._found
        if found is None or candidate.group is None:
            return described(candidate)
        standing = found.standings[self._judged.index(candidate.number)]
        size = len(found.groups[candidate.group].members)
        line = f"group {candidate.group} ({counted(size, 'design')}), trust {standing.trust:.2f}"
        if candidate.twin is not None:
            line += f"; the same design as {candidate.twin}"
        failed = [verdict for verdict in standing.verdicts if verdict.status is not Status.PASS]
        return (f"{line}; {failed[0].reason}", "tried") if failed else (line, "note")

    def summary(self, candidates: Sequence[Candidate]) -> tuple[str, str]:
        """Say how many behave alike, what the reference models are worth, and the trust."""
        found = self._found
        if found is None:
            return "", ""
        sizes = [len(group.members) for group in found.groups]
        designs = f"{' + '.join(map(str, sizes))} design{'' if sizes == [1] else 's'}"
        states = Counter(written.state for written in found.references)
        states["dropped"] += sum(bool(model.fault) for model in self._models)
        used = ", ".join(f"{number} {state}" for state, number in states.items() if number)
        return "agreement", (
            f"{counted(len(sizes), 'way')} to behave ({designs if sizes else 'none ran'}); "
            f"reference models: {used or 'none'}; trust in the best {found.trust:.2f}, "
            f"{self._asking.min_trust:.2f} is demanded"
        )

    def settled(self, candidates: Sequence[Candidate]) -> bool:
        found = self._found
        return found is not None and found.trust >= self._asking.min_trust

    def can_repair(self, candidate: Candidate) -> bool:
        """Whether it does not run, or something but agreement speaks against it."""
        verdict = candidate.verdict
        if verdict is None:
            return False
        return verdict.first_mismatch is None or self._guide() is not None

    def rule(self, candidates: Sequence[Candidate]) -> Ruling:
        found = self._found
        if found is None or found.pick is None:  # none ran; the nearest tells most
            best, trust = best_of(candidates), self._trust()
            return Ruling(candidates=candidates, chosen=best, judgement=None, trust=trust)
        if not any(row.strip("-") for row in found.expected):
            return Ruling(candidates=candidates, chosen=None, judgement=None, trust=self._trust())
        judgement = self._judgement(found, found.pick)
        designs = [c.design for c in candidates if c.design is not None]
        quorum = self._quorum(candidates, designs, found)
        verdicts = dict(zip(self._judged, self._verdicts(designs, judgement), strict=True))
        judged = with_twins(
            [replace(c, verdict=verdicts.get(c.number, c.verdict)) for c in candidates]
        )
        shown = self._settled(candidates, designs, found) if quorum.against else None
        return Ruling(
            candidates=judged,
            chosen=judged[self._judged[found.pick]],
            judgement=judgement,
            trust=self._trust().model_copy(update={"quorum": quorum, "settled": shown}),
        )

    def _settled(
        self, candidates: Sequence[Candidate], designs: Sequence[Design], found: BlindJudgement
    ) -> SettledRecord | None:
        """Say whether the specification's own examples are enough for a verdict."""
        with self._progress.working("measuring the specification's examples"):
            return settled_by_examples(
                found,
                designs,
                self._spec,
                self._options,
                independent=self._places(_free(candidates)),
                asking=self._asking,
            )

    def _places(self, numbers: Collection[int]) -> set[int]:
        """Return where among the judged designs the candidates with these numbers are."""
        return {place for place, number in enumerate(self._judged) if number in numbers}

    def _quorum(
        self, candidates: Sequence[Candidate], designs: Sequence[Design], found: BlindJudgement
    ) -> QuorumRecord:
        """Say whether agreement on the chosen design is enough for a verdict."""
        free = _free(candidates)
        narrow = not self._prompter.instructable
        agreed = agreement(
            found,
            designs,
            self._spec.interface,
            self._options,
            answers=len(free),
            independent=self._places(free),
            temperature=self._asking.sampling.temperature,
            narrow=narrow,
        )
        return QuorumRecord(
            answers=agreed.answers,
            alike=agreed.alike,
            against=list(agreed.against),
            narrow=narrow,
        )

    def _sound(self) -> list[_Model]:
        return [model for model in self._models if not model.fault]

    def _bad(self) -> int:
        written = () if self._found is None else self._found.references
        return sum(reference.state != "used" for reference in written)

    def _guide(self) -> Written | None:
        """Return the reference model to repair by: the one that most groups agree with."""
        used = [w for w in (self._found.references if self._found else ()) if w.state == "used"]
        return max(used, key=lambda w: (len(w.groups), -w.number), default=None)

    def _with_verdicts(
        self, candidates: Sequence[Candidate], designs: Sequence[Design], found: BlindJudgement
    ) -> list[Candidate]:
        """Give every design the verdict that it can learn most from."""
        places = {number: index for index, number in enumerate(self._judged)}
        guided = self._guided(designs, found)
        return [
            replace(
                candidate,
                group=found.standings[places[candidate.number]].group,
                verdict=_telling(found, places[candidate.number], guided),
            )
            if candidate.number in places
            else candidate
            for candidate in candidates
        ]

    def _guided(self, designs: Sequence[Design], found: BlindJudgement) -> Sequence[Verdict]:
        guide = self._guide()
        rows = found.expected if guide is None else guide.rows
        if not any(row.strip("-") for row in rows):
            return ()
        testbench = write_testbench(
            self._spec.interface, Traced(stimulation=found.stimulation, rows=rows)
        )
        return self._simulated(designs, testbench)

    def _judgement(self, found: BlindJudgement, pick: int) -> Judgement:
        number = self._judged[pick]
        alike = len(found.groups[found.standings[pick].group or 0].members) - 1
        testbench = write_testbench(
            self._spec.interface,
            Traced(stimulation=found.stimulation, rows=found.expected),
            title=self._spec.title or self._spec.interface.module,
        )
        others = f"{alike} other candidate{'s do' if alike != 1 else ' does'} the same"
        return Judgement(
            testbench=testbench,
            interface=self._spec.interface,
            reference=f"what candidate {number} does ({others})",
            notes=(
                "no reference: the testbench records what the chosen design does; a pass says "
                "that a design does the same, not that it is right",
                *testbench.notes,
            ),
        )

    def _verdicts(self, designs: Sequence[Design], judgement: Judgement) -> list[Verdict]:
        return self._simulated(designs, judgement.testbench)

    def _simulated(self, designs: Sequence[Design], testbench: Testbench) -> list[Verdict]:
        return judge_many(
            designs,
            testbench,
            simulators=self._options.simulators,
            interface=self._spec.interface,
            limits=self._options.limits,
            workers=self._options.workers,
        )

    def _trust(self) -> TrustRecord:
        found = self._found
        standing = None if found is None or found.pick is None else found.standings[found.pick]
        return TrustRecord(
            value=round(standing.trust, 4) if standing else 0.0,
            demanded=self._asking.min_trust,
            evidence=[
                EvidenceRecord(kind=e.kind, text=e.text)
                for e in (standing.evidence if standing else ())
            ],
            groups=self._groups(found) if found else [],
            references=self._references(found),
        )

    def _groups(self, found: BlindJudgement) -> list[GroupRecord]:
        return [
            GroupRecord(
                number=number,
                members=[self._judged[member] for member in group.members],
                trust=round(max(found.standings[m].trust for m in group.members), 4),
            )
            for number, group in enumerate(found.groups)
        ]

    def _references(self, found: BlindJudgement | None) -> list[ReferenceRecord]:
        results = iter(() if found is None else found.references)
        records = []
        for number, model in enumerate(self._models):
            result = None if model.fault else next(results, None)
            records.append(
                ReferenceRecord(
                    number=number,
                    request=model.request.key,
                    source=model.source,
                    state="dropped" if result is None else result.state,
                    reason=model.fault or (result.reason if result else "it was not tried"),
                )
            )
        return records


def _free(candidates: Sequence[Candidate]) -> set[int]:
    """Return the numbers of the answers that were given without knowledge of others."""
    return {c.number for c in candidates if c.parent is None and c.failure is None}


def _telling(found: BlindJudgement, place: int, guided: Sequence[Verdict]) -> Verdict | None:
    """Return why a design was not observed, or what it fails, or how it compares."""
    own = found.standings[place].verdicts
    failed = [verdict for verdict in own if verdict.status is not Status.PASS]
    if failed:
        return failed[0]
    if guided:
        return guided[place]
    return own[0] if own else None
