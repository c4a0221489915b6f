"""Candidates, verdicts, repairs: rounds of asking and judging until something holds.

Whatever the loop does next depends on answers and verdicts alone, so that a
run can be resumed or replayed from its recorded answers.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from rtlgen.design.bench import Judgement
from rtlgen.design.candidate import Candidate, Origin
from rtlgen.design.options import Asking, Progress, State
from rtlgen.design.prompter import Prompter
from rtlgen.design.record import TrustRecord
from rtlgen.design.search import Action, next_actions
from rtlgen.design.variables import note_of, with_variables
from rtlgen.design.words import counted
from rtlgen.llm.extract import extract
from rtlgen.llm.model import Answer, Failure, Message, Purpose, Request
from rtlgen.llm.session import Session
from sim.design import Design

_ORIGINS: dict[Purpose, Origin] = {
    Purpose.PROPOSE: "propose",
    Purpose.SYNTAX_REPAIR: "syntax repair",
    Purpose.FUNCTIONAL_REPAIR: "functional repair",
}
_NEVER = frozenset({Failure.BUDGET, Failure.EXHAUSTED})
"""Nothing was asked, so there is no candidate either."""


class Referee(Protocol):
    """Judges the candidates of a run."""

    def wanted(self, candidates: Sequence[Candidate]) -> Sequence[Request]:
        """Return what the judge itself wants to ask, beside the candidates."""

    def receive(self, requests: Sequence[Request], answers: Sequence[Answer]) -> None:
        """Take the answers to what was `wanted`."""

    def judge(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return all `candidates`, the new ones with a verdict."""

    def describe(self, candidate: Candidate) -> tuple[str, State]:
        """Return in a line what became of `candidate`, and how good that is."""

    def summary(self, candidates: Sequence[Candidate]) -> tuple[str, str]:
        """Return where the run stands: a name and a line; empty where all is said."""

    def settled(self, candidates: Sequence[Candidate]) -> bool:
        """Whether nothing more has to be asked for."""

    def can_repair(self, candidate: Candidate) -> bool:
        """Whether the verdict on `candidate` is one to learn from."""

    def rule(self, candidates: Sequence[Candidate]) -> Ruling:
        """Choose among all `candidates` of a run that has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the candidates of a run come to."""

    candidates: Sequence[Candidate]
    """All of them, with their last verdicts."""
    chosen: Candidate | None
    judgement: Judgement | None
    """The testbench that the chosen one has to pass."""
    trust: TrustRecord | None = None
    """None where there is a reference."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A request for a candidate, and what it repairs."""

    request: Request
    parent: Candidate | None


class Loop:
    """One run's rounds; `candidates` grows, each at the index that is its number."""

    def __init__(
        self,
        *,
        session: Session,
        referee: Referee,
        prompter: Prompter,
        asking: Asking,
        seed: int,
        progress: Progress,
    ) -> None:
        self.candidates: list[Candidate] = []
        self.ended = ""
        """Why the loop ended before a candidate held, in words."""
        self.failures: Counter[Failure] = Counter()
        """Requests that have no answer."""
        self._session = session
        self._referee = referee
        self._prompter = prompter
        self._asking = asking
        self._seed = seed
        self._progress = progress
        self._last_end = ""
        self._rounds = 0
        self._asked: Counter[str] = Counter()
        self._given_up: set[Purpose] = set()
        self._too_long: set[int | None] = set()
        """Candidates whose repair does not fit the context; None: a design from the start."""

    def run(self) -> None:
        """Ask and judge until a candidate holds, or rounds or budget are spent."""
        width = self._asking.candidates
        self._round([Action(parent=None)] * width)
        for turn in range(1, self._asking.rounds + 1):
            if self.ended or self._referee.settled(self.candidates):
                return
            self._round(next_actions(self.candidates, width=width, turn=turn, worth=self._worth))
        if not self.ended and not self._referee.settled(self.candidates):
            self.ended = f"no round is left after {self._rounds}"

    def _worth(self, candidate: Candidate) -> bool:
        if not self._prompter.instructable:
            return False
        given_up = self._prompter.repair_purpose(candidate) in self._given_up
        too_long = candidate.number in self._too_long
        return not (given_up or too_long) and self._referee.can_repair(candidate)

    def _round(self, actions: Sequence[Action]) -> None:
        wanted = [self._wanted(a) for a in actions if _number(a.parent) not in self._too_long]
        wanted = [entry for entry in wanted if entry.request.purpose not in self._given_up]
        extra = self._referee.wanted(self.candidates)
        extra = [request for request in extra if request.purpose not in self._given_up]
        requests = [*extra, *(entry.request for entry in wanted)]
        if not requests:
            self.ended = f"there is nothing left to ask: {self._last_end}"
            return
        self._rounds += 1
        self._progress.stage(f"round {self._rounds}", _asked_for(wanted, extra))
        answers = self._ask(requests)
        self._referee.receive(extra, answers[: len(extra)])
        before = len(self.candidates)
        self.candidates += self._taken(wanted, answers[len(extra) :])
        self._judge(before)
        self._note_end(requests, answers)
        self._note_too_long(wanted, answers[len(extra) :])

    def _ask(self, requests: Sequence[Request]) -> list[Answer]:
        number = counted(len(requests), "answer")
        with self._progress.working(f"asking for {number}") as say:
            came = itertools.count(1)

            def on_answer(_index: int, _answer: Answer) -> None:
                say(f"{next(came)} of {number} here; {self._session.meter.line()}")

            return self._session.ask(requests, on_answer)

    def _wanted(self, action: Action) -> _Wanted:
        parent = action.parent
        if parent is None:
            purpose, messages = Purpose.PROPOSE, self._prompter.propose()
        else:
            purpose, messages = self._prompter.repair_purpose(parent), self._prompter.repair(parent)
        return _Wanted(self._request(purpose, messages), parent)

    def _request(self, purpose: Purpose, messages: tuple[Message, ...]) -> Request:
        first = Request(
            messages=messages,
            sampling=self._asking.sampling,
            purpose=purpose,
            subject=self._prompter.subject,
        )
        sample = self._asked[first.prompt_digest]
        self._asked[first.prompt_digest] += 1
        return replace(first, sample=sample, seed=self._seed * 10_000 + sample)

    def _taken(self, wanted: Sequence[_Wanted], answers: Sequence[Answer]) -> Iterator[Candidate]:
        number = len(self.candidates)
        for entry, answer in zip(wanted, answers, strict=True):
            if answer.failure not in _NEVER:
                yield self._candidate(entry, answer, number)
                number += 1

    def _candidate(self, entry: _Wanted, answer: Answer, number: int) -> Candidate:
        candidate = Candidate(
            number=number,
            proposer=self._session.model.name,
            origin=_ORIGINS[entry.request.purpose],
            parent=None if entry.parent is None else entry.parent.number,
            request=entry.request.key,
            answer=answer,
            design=None,
        )
        if answer.text is None:
            return candidate
        interface = self._prompter.interface
        found = extract(answer.text, top=interface.module, header=self._prompter.header)
        notes = (*found.how, *_cut(answer, entry.request))
        if found.sources is None:
            return replace(candidate, declined="; ".join((found.why_not, *notes)), notes=notes)
        text, declared = with_variables(found.sources)
        notes = (*notes, *map(note_of, declared))
        design = Design(top=interface.module, sources={f"{interface.module}.v": text})
        return replace(candidate, design=design, notes=notes)

    def _judge(self, before: int) -> None:
        with self._progress.working("judging"):
            self.candidates = self._referee.judge(self.candidates)
        for candidate in self.candidates[before:]:
            line, state = self._referee.describe(candidate)
            stage, of = f"candidate {candidate.number}", _repair_of(candidate)
            self._progress.stage(stage, f"{of}{line}", state=state)
        name, line = self._referee.summary(self.candidates)
        if name:
            self._progress.stage(name, line, state="note")
        self._progress.stage("spent", self._session.meter.line())

    def _note_end(self, requests: Sequence[Request], answers: Sequence[Answer]) -> None:
        for request, answer in zip(requests, answers, strict=True):
            if answer.failure is None:
                continue
            self.failures[answer.failure] += 1
            if answer.failure is Failure.BUDGET:
                self.ended = answer.detail
            elif answer.failure is Failure.EXHAUSTED:
                self._given_up.add(request.purpose)
                self._last_end = answer.detail

    def _note_too_long(self, wanted: Sequence[_Wanted], answers: Sequence[Answer]) -> None:
        """Remember which prompts do not fit: they would not the next time either."""
        for entry, answer in zip(wanted, answers, strict=True):
            if answer.failure is Failure.CONTEXT:
                self._too_long.add(_number(entry.parent))
                self._last_end = "no prompt fits the model's context"


def _cut(answer: Answer, request: Request) -> tuple[str, ...]:
    if answer.finish != "length":
        return ()
    return (f"the answer was cut at its limit, {request.sampling.max_tokens} tokens",)


def _number(candidate: Candidate | None) -> int | None:
    return None if candidate is None else candidate.number


def _repair_of(candidate: Candidate) -> str:
    return "" if candidate.parent is None else f"{candidate.origin} of {candidate.parent}: "


def _asked_for(wanted: Sequence[_Wanted], extra: Sequence[Request]) -> str:
    repaired = [entry.parent.number for entry in wanted if entry.parent is not None]
    fresh = len(wanted) - len(repaired)
    of = ", ".join(map(str, sorted(set(repaired))))
    parts = (
        f"{counted(len(repaired), 'repair')} of {of}" if repaired else "",
        counted(fresh, "new design") if fresh else "",
        counted(len(extra), "reference model") if extra else "",
    )
    return "asking for " + "; ".join(filter(None, parts))
