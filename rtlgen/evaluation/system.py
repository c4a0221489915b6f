"""One answer to each problem by all of rtlgen: compiler of fragments, model, blind judging.

What makes the answer sees a `Question`, which has no place for a test or a
reference. A benchmark's test judges the answer afterwards, as any sample's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from rtlgen import __version__
from rtlgen.design.default import answer_of
from rtlgen.design.model_run import ModelRun
from rtlgen.design.model_run import Question as Asked
from rtlgen.design.options import Asking, Options, State
from rtlgen.design.run import blocking
from rtlgen.design.run_folder import WAVEFORM
from rtlgen.errors import CannotJudge, SpecError
from rtlgen.evaluation.problem import Problem, description_of
from rtlgen.evaluation.run_record import SourceRecord
from rtlgen.evaluation.samples import Sample
from rtlgen.evaluation.system_record import (
    SystemAnswer,
    append_answer,
    cut_torn_line,
    read_answers,
)
from rtlgen.llm.budget import Budget
from rtlgen.llm.identity import digests_of
from rtlgen.llm.model import LanguageModel, Sampling
from rtlgen.llm.style import style_of
from rtlgen.spec.fragments import read_fragments
from rtlgen.spec.model import Spec
from rtlgen.spec.reader import read_spec
from sim.design import digest
from sim.process import Limits
from sim.simulate import Simulator

CANDIDATES = 16
"""Answers of the model that are chosen from, where nothing else is said."""
WORK = "system"
"""Folder of what the model answered, a folder a problem, in the run's folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """All that is known of a problem before it is answered."""

    subject: str
    """Its name, for records."""
    top: str
    description: str
    header: str = ""


def question_of(problem: Problem) -> Question:
    """Return what may be known of `problem`: neither its test nor a reference."""
    return Question(
        subject=problem.task_id,
        top=problem.top,
        description=description_of(problem),
        header=problem.header,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What answers are made with."""

    model: LanguageModel
    simulators: Sequence[Simulator]
    candidates: int = CANDIDATES
    sampling: Sampling = field(default_factory=Sampling)
    seed: int = 1
    budget: Budget = field(default_factory=Budget)
    """Of each problem by itself."""
    limits: Limits = field(default_factory=lambda: Limits(seconds=20, cpu_seconds=20))
    """Of one simulation."""
    workers: int = 1

    @property
    def options(self) -> Options:
        """What a run is told; a model that only proposes is asked for nothing else."""
        asking = Asking(candidates=self.candidates, rounds=0, sampling=self.sampling)
        if style_of(self.model) == "plain":
            asking = replace(asking, references=0)
        return Options(
            simulators=self.simulators,
            seed=self.seed,
            limits=self.limits,
            workers=self.workers,
            asking=asking,
        )


class Unanswered(Exception):
    """The model gave no answer; it can be asked again."""


class FromSystem:
    """The answers to `problems`, made as they are iterated over, once.

    An answer is in `system.jsonl` of the run's folder before anything is done
    with it, and what is there is not made again.
    """

    def __init__(self, problems: Sequence[Problem], means: Means, folder: Path) -> None:
        self._questions = tuple(map(question_of, problems))
        self._means, self._folder = means, folder
        self.source = _source(self._questions, means)

    def __iter__(self) -> Iterator[Sample]:
        cut_torn_line(self._folder)
        known = {answer.task_id: answer for answer in read_answers(self._folder)}
        for question in self._questions:
            try:
                found = known.get(question.subject) or self._made(question)
            except Unanswered as trouble:
                yield _without_answer(question, str(trouble))
            else:
                yield _sample(found)

    def _made(self, question: Question) -> SystemAnswer:
        work = self._folder / WORK / quote(question.subject, safe="")
        work.mkdir(parents=True, exist_ok=True)
        found = answered(question, self._means, work)
        append_answer(self._folder, found)
        return found


def answered(question: Question, means: Means, work: Path) -> SystemAnswer:
    """Return the answer to `question`; what the model says is kept in the folder `work`.

    As `rtlgen design`: what the specification's fragments settle is compiled and judged by
    them; else the model's answers are judged, by fragments or blindly, and the best is taken,
    whether or not it would be called verified.

    Raises:
        Unanswered: The model gave no answer, which says nothing of the problem.
        ModelFault: The model cannot be asked at all.
        EnvironmentFault: A tool is missing or does not run.
    """
    start = time.monotonic()
    try:
        found = _answered(question, means, work)
    except (SpecError, CannotJudge) as error:
        found = _nothing(question, str(error).split("\n", 1)[0])
    return found.model_copy(update={"seconds": round(time.monotonic() - start, 3)})


def _answered(question: Question, means: Means, work: Path) -> SystemAnswer:
    spec = spec_of(question)
    if errors := blocking(spec):
        raise SpecError(f"the specification contradicts itself: {errors[0]}")
    asked = Asked(
        model=means.model,
        chosen_by="--model",
        budget=means.budget,
        subject=question.subject,
        header=question.header.strip() or None,
    )
    # A prompt has the header once, after the description.
    told = replace(spec, text=question.description)
    run = answer_of(told, asked, means.options, work, _Silent())
    (work / WAVEFORM).unlink(missing_ok=True)
    return _answer(question, run)


def spec_of(question: Question) -> Spec:
    """Return the description, read as a specification of the module that is asked for.

    Raises:
        SpecError: It names no ports that can be read, or contradicts itself.
    """
    spec = read_spec(f"{question.description}\n\n{question.header}".strip())
    spec = replace(spec, interface=replace(spec.interface, module=question.top))
    if not spec.fragments:
        fragments, findings = read_fragments(spec.text, spec.interface)
        spec = replace(spec, fragments=fragments, findings=(*spec.findings, *findings))
    return spec


def _answer(question: Question, run: ModelRun) -> SystemAnswer:
    record, chosen = run.record, run.chosen
    asked = record.model is not None
    if asked and not any(candidate.failure is None for candidate in record.candidates):
        raise Unanswered(record.reason)
    candidates = len(record.candidates) if asked else 0
    if chosen is None or chosen.design is None:
        found = _nothing(question, record.reason)
        return found.model_copy(update={"candidates": candidates})
    return SystemAnswer(
        task_id=question.subject,
        by="model" if asked else "built-in",
        outcome=record.outcome,
        basis=record.basis,
        trust=None if record.trust is None else record.trust.value,
        candidates=candidates,
        verilog="\n".join(chosen.design.sources.values()),
        reason=record.reason,
        seconds=0.0,
    )


def _nothing(question: Question, reason: str) -> SystemAnswer:
    return SystemAnswer(
        task_id=question.subject,
        by="nobody",
        outcome="not judged",
        verilog=None,
        reason=reason,
        seconds=0.0,
    )


def _sample(answer: SystemAnswer) -> Sample:
    """Return the answer as a sample; no answer is an empty one, which fails."""
    return Sample(
        task_id=answer.task_id,
        index=0,
        completion=answer.verilog or "",
        place=f"the system's answer to {answer.task_id}",
    )


def _without_answer(question: Question, why: str) -> Sample:
    place = f"the system's answer to {question.subject}"
    return Sample(
        task_id=question.subject, index=0, completion=None, trouble=why or "no answer", place=place
    )


def _source(questions: Sequence[Question], means: Means) -> SourceRecord:
    sampling = means.sampling
    details: dict[str, str | int | float | bool | None] = {
        "system": "built-in, model, blind judging",
        "n": 1,
        "candidates": means.candidates,
        "seed": means.seed,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
        "budget_seconds": means.budget.seconds,
        **digests_of(means.model),
    }
    facts = (__version__, means.model.name, repr(sorted(details.items(), key=str)))
    texts = (text for one in questions for text in (one.subject, one.description, one.header))
    return SourceRecord(
        kind="model",
        name=f"system of {means.model.name}",
        digest=digest(*(part.encode(errors="replace") for part in (*facts, *texts))),
        details=details,
    )


class _Silent:
    """Progress that nobody looks at."""

    def stage(self, name: str, text: str, *, state: State = "ok") -> None:
        """Say nothing."""

    @contextmanager
    def working(self, text: str) -> Iterator[Callable[[str], None]]:
        """Show nothing."""
        yield lambda _: None
