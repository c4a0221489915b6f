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
from rtlgen.data.probes import probes_of
from rtlgen.data.problem_sets import Part, ProblemSet
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
    origins = [ground.store.add_origin(source.origin) for source in one.sources]
    for number, part in enumerate(one.parts()):
        folder = ground.work / (f"{one.name}.{number}" if number else one.name)
        _Part(one, part, origins, ground).judge(folder)


class _Part:
    """Problems of a set that are judged together."""

    def __init__(self, one: ProblemSet, part: Part, origins: Sequence[int], ground: Ground) -> None:
        self._set, self._part, self._ground = one, part, ground
        self._problems = {problem.task_id: problem for problem in part.problems}
        self._sources = [
            (source, origin)
            for source, origin in zip(one.sources, origins, strict=True)
            if not source.tasks.isdisjoint(self._problems)
        ]
        answered = frozenset[str]().union(*(source.tasks for source, _ in self._sources))
        self._probes = probes_of(one, part.problems, answered)
        self._numbers: dict[str, int] = {}
        self._next = Counter({task: self._probes.number(task) for task in self._problems})

    def judge(self, folder: Path) -> None:
        """Put problems, answers and verdicts into the store; rows of judging go to `folder`."""
        if self._set.all_problems:
            for problem in self._part.problems:
                self._number(problem)
        if not self._sources:
            return
        outcome = evaluate(
            self._evaluation(),
            folder=folder,
            executor=self._ground.executor,
            resume=True,
            progress=lambda now: self._ground.progress(self._set.name, now),
        )
        judge = f"{outcome.record.harness}, {outcome.record.simulator}"
        for _ in in_batches(self._ground.store.add_verdicts, self._seen(folder, judge)):
            """Each batch is in the store."""
        for task_id, why in self._probes.doubts(self._ground.executor, self._ground.work):
            if (self._set.benchmark.name, task_id) not in self._ground.trust:
                self._ground.store.doubt(self._number(self._problems[task_id]), why)

    def _evaluation(self) -> Evaluation:
        return Evaluation(
            benchmark=Designs(inner=self._set.benchmark),
            problems=self._part.problems,
            samples=self._samples(),
            source=SourceRecord(
                kind="samples", name=self._set.name, digest=_sources_digest(self._set)
            ),
            conditions=Conditions(cpu_seconds=self._ground.options.cpu_seconds),
            ks=(1,),
            cache=self._ground.cache,
            tables=False,
        )

    def _number(self, problem: Problem) -> int:
        """Return the number of a problem in the store, which it is added to as it comes up."""
        if problem.task_id not in self._numbers:
            family = self._part.families.get(problem.task_id, "")
            task = task_of(self._set, problem, family, self._ground.options)
            self._numbers[problem.task_id] = self._ground.store.add_task(task)
        return self._numbers[problem.task_id]

    def _samples(self) -> Iterator[Sample]:
        def keep(held: list[tuple[Answer, Sample]]) -> None:
            self._ground.store.add_answers(answer for answer, _ in held)

        yield from self._probes.samples()
        for source, origin in self._sources:
            for answer, sample in in_batches(keep, self._numbered(source, origin)):
                text = "" if answer.verilog is None else answer.verilog
                yield replace(sample, index=answer.number, completion=text)

    def _numbered(self, source: SampleSource, origin: int) -> Iterator[tuple[Answer, Sample]]:
        for sample in source.samples(self._part.problems):
            problem = self._problems[sample.task_id]
            answer = Answer(
                task=self._number(problem),
                number=self._next[sample.task_id],
                origin=origin,
                sample=sample.index,
                completion=sample.completion or "",
                verilog=_design(self._set, source, problem, sample.completion or ""),
            )
            self._next[sample.task_id] += 1
            yield answer, sample

    def _seen(self, folder: Path, judge: str) -> Iterator[Seen]:
        for row in read_rows(folder):
            if self._probes.take(row):
                continue
            problem = self._problems[row.task_id]
            trust = self._ground.trust.get((self._set.benchmark.name, row.task_id))
            yield seen_of(row, self._number(problem), problem, judge=judge, trust=trust)


def task_of(one: ProblemSet, problem: Problem, family: str, options: BuildOptions) -> Task:
    """Return a problem as data is made of it; `family` is empty where its set names none."""
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


def _design(one: ProblemSet, source: SampleSource, problem: Problem, completion: str) -> str | None:
    if source.extract is None:
        return completion if completion.strip() else None
    return one.benchmark.combine(problem, completion, source.extract).verilog


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
