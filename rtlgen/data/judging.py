"""Answers of all sources, judged by rtlgen itself, and put into the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rtlgen.data.asking import form_of, prompt_for
from rtlgen.data.evidence import evidence_of
from rtlgen.data.judged import Task
from rtlgen.data.options import BuildOptions
from rtlgen.data.problem_sets import ProblemSet
from rtlgen.data.rows import VerdictColumns
from rtlgen.data.score import share_met
from rtlgen.data.sources import SampleSource
from rtlgen.data.store import Answer, Seen, Store, in_batches
from rtlgen.errors import RtlgenError
from rtlgen.evaluation.benchmark import Benchmark, Combined, Extract
from rtlgen.evaluation.executor import Executor
from rtlgen.evaluation.generate import header_of
from rtlgen.evaluation.harness.protocol import Conditions, Harness
from rtlgen.evaluation.problem import Problem, description_of
from rtlgen.evaluation.row import Row, read_rows
from rtlgen.evaluation.run import Evaluation, Progress, evaluate
from rtlgen.evaluation.run_record import SourceRecord
from rtlgen.evaluation.samples import Sample
from rtlgen.llm.model import Message
from sim.design import digest
from sim.errors import SimError

_NO_CODE = "there is no design in the answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Designs:
    """A benchmark whose samples are designs already, found by each source's own rule."""

    inner: Benchmark

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def title(self) -> str:
        return self.inner.title

    @property
    def max_shots(self) -> int:
        return 0

    @property
    def harness(self) -> Harness:
        return self.inner.harness

    def read(self, root: Path) -> list[Problem]:
        return self.inner.read(root)

    def combine(self, problem: Problem, completion: str, extract: Extract) -> Combined:
        if not completion:
            return Combined(verilog=None, rule="none", reason=_NO_CODE)
        return Combined(verilog=completion, rule="design of the source")

    def prompt(self, problem: Problem, *, shots: int = 0) -> Sequence[Message]:
        return self.inner.prompt(problem, shots=shots)


@dataclass(slots=True, kw_only=True)
class Ground:
    """What judging needs beside the sources."""

    store: Store
    options: BuildOptions
    executor: Executor
    work: Path
    """Folder of what is judged, kept until the dataset is whole."""
    cache: bool = True
    trust: Mapping[tuple[str, str], float] = field(default_factory=dict)
    """Trust of a test, 0 to 1, by benchmark and task, where it was measured."""
    progress: Callable[[str, Progress], None] = lambda _name, _now: None


def judge_set(one: ProblemSet, ground: Ground) -> None:
    """Judge all answers of a problem set; what was judged before is not judged again.

    Raises:
        UsageError: A source has changed since judging began.
        EnvironmentFault: The machine fails; what was judged is kept.
        OSError: Nothing more can be written; what was judged is kept.
    """
    tasks = _Tasks(one, ground)
    if one.all_problems:
        for problem in one.problems:
            tasks.number(problem)
    evaluation = Evaluation(
        benchmark=Designs(inner=one.benchmark),
        problems=one.problems,
        samples=_samples(one, ground, tasks),
        source=SourceRecord(kind="samples", name=one.name, digest=_sources_digest(one)),
        conditions=Conditions(cpu_seconds=ground.options.cpu_seconds),
        ks=(1,),
        cache=ground.cache,
    )
    folder = ground.work / one.name
    outcome = evaluate(
        evaluation,
        folder=folder,
        executor=ground.executor,
        resume=True,
        progress=lambda now: ground.progress(one.name, now),
    )
    judge = f"{outcome.record.harness}, {outcome.record.simulator}"
    _keep_verdicts(one, folder, ground, tasks, judge)


class _Tasks:
    """The problems of a set in the store, added as they come up."""

    def __init__(self, one: ProblemSet, ground: Ground) -> None:
        self._set, self._ground = one, ground
        self._numbers: dict[str, int] = {}
        self.problems = {problem.task_id: problem for problem in one.problems}
        self.next: Counter[str] = Counter()

    def number(self, problem: Problem) -> int:
        if problem.task_id not in self._numbers:
            task = task_of(self._set, problem, self._ground.options)
            self._numbers[problem.task_id] = self._ground.store.add_task(task)
        return self._numbers[problem.task_id]


def task_of(one: ProblemSet, problem: Problem, options: BuildOptions) -> Task:
    """Return a problem as data is made of it."""
    family = one.families.get(problem.task_id, "")
    return Task(
        problem_set=one.name,
        problem=problem.task_id,
        family=f"{one.benchmark.name}/{family}" if family else "",
        spec=description_of(problem),
        header=header_of(problem),
        top=problem.top,
        prompt=_prompt(one, problem, options),
        form=form_of(options.prompt, one.benchmark, problem),
        golden=problem.golden,
        tests=problem.test,
        judge=replace(problem, place=""),
    )


def _prompt(one: ProblemSet, problem: Problem, options: BuildOptions) -> tuple[Message, ...]:
    """Return the prompt; empty where none can be written, so that no row is made of it."""
    try:
        return prompt_for(options.prompt, one.benchmark, problem)
    except (RtlgenError, SimError):
        return ()


def _sources_digest(one: ProblemSet) -> str:
    parts = [f"{s.origin.name} {s.origin.digest} {s.extract}".encode() for s in one.sources]
    return digest(*parts)


def _samples(one: ProblemSet, ground: Ground, tasks: _Tasks) -> Iterator[Sample]:
    for source in one.sources:
        origin = ground.store.add_origin(source.origin)
        found = _numbered(one, source, origin, tasks)
        for answer, sample in in_batches(
            lambda held: ground.store.add_answers(answer for answer, _ in held), found
        ):
            yield replace(
                sample,
                index=answer.number,
                completion="" if answer.verilog is None else answer.verilog,
            )


def _numbered(
    one: ProblemSet, source: SampleSource, origin: int, tasks: _Tasks
) -> Iterator[tuple[Answer, Sample]]:
    for sample in source.samples(one.problems):
        problem = tasks.problems[sample.task_id]
        answer = Answer(
            task=tasks.number(problem),
            number=tasks.next[sample.task_id],
            origin=origin,
            sample=sample.index,
            completion=sample.completion or "",
            verilog=_design(one, source, problem, sample.completion or ""),
        )
        tasks.next[sample.task_id] += 1
        yield answer, sample


def _design(one: ProblemSet, source: SampleSource, problem: Problem, completion: str) -> str | None:
    if source.extract is None:
        return completion if completion.strip() else None
    return one.benchmark.combine(problem, completion, source.extract).verilog


def _keep_verdicts(
    one: ProblemSet, folder: Path, ground: Ground, tasks: _Tasks, judge: str
) -> None:
    def seen() -> Iterator[Seen]:
        for row in read_rows(folder):
            problem = tasks.problems[row.task_id]
            trust = ground.trust.get((one.benchmark.name, row.task_id))
            yield seen_of(row, tasks.number(problem), problem, judge=judge, trust=trust)

    for _ in in_batches(ground.store.add_verdicts, seen()):
        """Each batch is in the store."""


def seen_of(row: Row, task: int, problem: Problem, *, judge: str, trust: float | None) -> Seen:
    """Return what a row of an evaluation says of its design."""
    judgement = row.judgement()
    verdict = None
    if row.functional is not None:
        verdict = VerdictColumns(
            status="pass" if row.functional else "fail",
            category=row.category.value,
            share=share_met(judgement),
            checks=row.expected_samples,
            reason=row.reason,
            judge=judge,
            trust=trust,
            digest=row.digest,
        )
    return Seen(
        task=task,
        number=row.sample,
        category=row.category.value,
        verdict=verdict,
        evidence=evidence_of(judgement, top=problem.top, verilog=row.verilog),
    )
