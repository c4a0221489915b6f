"""Answers are judged, and rewards made of what was seen.

Many answers are judged together, pooled as `rtlgen eval` does it, equal designs once,
and by the same cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from rtlgen.data.problem_json import problem_of
from rtlgen.evaluation.benchmark import Benchmark, Extract
from rtlgen.evaluation.catalog import BENCHMARKS
from rtlgen.evaluation.executor import Executor
from rtlgen.evaluation.harness.protocol import Conditions
from rtlgen.evaluation.intake import Done, Intake
from rtlgen.evaluation.judgement_cache import JudgementCache, RunJudgements
from rtlgen.evaluation.judging import Judging, Setting
from rtlgen.evaluation.judging_code import context
from rtlgen.evaluation.local_pool import LocalPool
from rtlgen.evaluation.preparation_cache import PreparationCache
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.row import Row
from rtlgen.evaluation.samples import Sample
from rtlgen.train.reward_similarity import similarities
from rtlgen.train.rewards import COMPILED, Reward, Seen, reward_named
from sim.design import digest

CORPUS = "corpus"
"""The problem set whose rules hold for a set of no known name."""
CONDITIONS = Conditions(windows=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer that is to be judged."""

    problem_set: str
    problem: Problem
    completion: str
    """With what it was made to begin with."""


class Judge(AbstractContextManager["Judge"]):
    """Judges answers; a context manager that keeps threads and caches open."""

    def __init__(
        self,
        *,
        workers: int | None = None,
        cache: bool = True,
        extract: Extract = Extract.OFFICIAL,
        conditions: Conditions = CONDITIONS,
        executor: Executor | None = None,
    ) -> None:
        """Judge by `workers` threads or by `executor`, which is closed with this."""
        self._extract, self._conditions = extract, conditions
        with ExitStack() as stack:
            self._executor = executor or LocalPool(workers)
            stack.callback(self._executor.close)
            behind = JudgementCache() if cache else None
            self._known = stack.enter_context(closing(RunJudgements(behind)))
            self._kept = stack.enter_context(closing(PreparationCache())) if cache else None
            self._stack = stack.pop_all()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def seen(self, answers: Sequence[Answer], *, similarity: bool = False) -> list[Seen]:
        """Return what is seen of each answer, in order.

        With `similarity` that is measured for answers that compile and fail.

        Raises:
            EnvironmentFault: The machine is at fault, beyond single failures, each of which
                is a judgement of its own: not judged.
        """
        found: dict[int, Row] = {}
        for name, numbers in _batches(answers):
            rows = self._rows(_benchmark(name), [answers[number] for number in numbers])
            found.update(zip(numbers, rows, strict=True))
        seen = [_seen(answer, found[number]) for number, answer in enumerate(answers)]
        return _measured(answers, seen) if similarity else seen

    def _rows(self, benchmark: Benchmark, answers: Sequence[Answer]) -> list[Row]:
        harness = benchmark.harness
        simulator = harness.simulator()
        common = context(harness.name, simulator, self._conditions)
        problems = {
            one.problem.task_id: (one.problem, _key(common, one.problem)) for one in answers
        }
        rows: list[Row] = []
        samples = list(_samples(answers))
        judging = Judging(
            setting=Setting(
                harness=harness,
                simulator=simulator,
                conditions=self._conditions,
                problems=problems,
            ),
            executor=self._executor,
            intake=Intake(
                samples,
                benchmark=benchmark,
                extract=self._extract,
                problems=problems,
                known=self._known,
                done=Done(),
            ),
            known=self._known,
            kept=self._kept,
            hand_on=rows.extend,
        )
        judging.run()
        by_sample = {(row.task_id, row.sample): row for row in rows}
        return [by_sample[sample.task_id, sample.index] for sample in samples]


def _batches(answers: Sequence[Answer]) -> Iterator[tuple[str, list[int]]]:
    """Yield numbers of answers of one problem set each, in which no two problems share a name."""
    batches: dict[str, list[tuple[dict[str, str], list[int]]]] = {}
    for number, one in enumerate(answers):
        task, mark = one.problem.task_id, one.problem.digest
        known = batches.setdefault(one.problem_set, [])
        batch = next((b for b in known if b[0].get(task, mark) == mark), None)
        if batch is None:
            batch = ({}, [])
            known.append(batch)
        batch[0][task] = mark
        batch[1].append(number)
    for name, known in batches.items():
        for _, numbers in known:
            yield name, numbers


def _benchmark(name: str) -> Benchmark:
    return BENCHMARKS[name if name in BENCHMARKS else CORPUS]


def _key(common: bytes, problem: Problem) -> bytes:
    return bytes.fromhex(digest(common, problem.digest.encode()))


def _samples(answers: Sequence[Answer]) -> Iterator[Sample]:
    following: dict[str, int] = {}
    for one in answers:
        task = one.problem.task_id
        index = following[task] = following.get(task, -1) + 1
        yield Sample(
            task_id=task, index=index, completion=one.completion, place=f"answer {index} to {task}"
        )


def _seen(answer: Answer, row: Row) -> Seen:
    return Seen(completion=answer.completion, judgement=row.judgement(), verilog=row.verilog)


def _measured(answers: Sequence[Answer], seen: Sequence[Seen]) -> list[Seen]:
    """Return `seen` with the similarity of those that compile and fail."""
    asked = {
        number: (answers[number].problem.golden, one.verilog or "")
        for number, one in enumerate(seen)
        if one.judgement.functional is False and one.judgement.category in COMPILED
    }
    found = dict(zip(asked, similarities(list(asked.values())), strict=True))
    return [replace(one, similarity=found.get(number)) for number, one in enumerate(seen)]


class GrpoReward:
    """A reward as a function of a batch, which several of them have judged once."""

    def __init__(self, reward: Reward, batch: _Batch) -> None:
        self.__name__ = reward.name
        self._reward, self._batch = reward, batch

    def __call__(
        self, completions: Sequence[str], reward_data: Sequence[str], problem_set: Sequence[str]
    ) -> list[float | None]:
        """Return what each completion earns, in order; None where it was not judged.

        Raises:
            UsageError: A text of `reward_data` is no problem.
            EnvironmentFault: The machine is at fault.
        """
        seen = self._batch.seen(tuple(zip(completions, reward_data, problem_set, strict=True)))
        return [self._reward(one) for one in seen]


class _Batch:
    """The last batch of answers and what was seen of them."""

    def __init__(self, judge: Judge, *, similarity: bool) -> None:
        self._judge, self._similarity = judge, similarity
        self._asked: tuple[tuple[str, str, str], ...] | None = None
        self._seen: list[Seen] = []

    def seen(self, asked: tuple[tuple[str, str, str], ...]) -> list[Seen]:
        if asked != self._asked:
            problems = {text: problem_of(text) for text in {data for _, data, _ in asked}}
            answers = [
                Answer(problem_set=name, problem=problems[data], completion=completion)
                for completion, data, name in asked
            ]
            self._seen = self._judge.seen(answers, similarity=self._similarity)
            self._asked = asked
        return self._seen


def grpo_rewards(names: Sequence[str], judge: Judge) -> list[GrpoReward]:
    """Return the rewards called `names`, each a function of a batch; `judge` stays open.

    Raises:
        UsageError: There is no reward of a name.
    """
    rewards = [reward_named(name) for name in names]
    batch = _Batch(judge, similarity=any(reward.similarity for reward in rewards))
    return [GrpoReward(reward, batch) for reward in rewards]
