"""All samples of a run become rows: windows are read, designs judged, rows handed on."""

from __future__ import annotations

import heapq
import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from rtlgen.evaluation.executor import Executor, Fault, Finished, Task
from rtlgen.evaluation.harness.protocol import (
    Conditions,
    Group,
    Harness,
    InParts,
    Later,
    Preparation,
)
from rtlgen.evaluation.intake import Intake, row_of_waiting
from rtlgen.evaluation.jobs import Job, JudgeTask, Pending, PrepareTask, plan_jobs, plan_later
from rtlgen.evaluation.judgement import Judgement, not_judged
from rtlgen.evaluation.judgement_cache import RunJudgements
from rtlgen.evaluation.preparation_cache import PreparationCache
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.row import Origin, Row
from sim.errors import EnvironmentFault

log = logging.getLogger(__name__)

MOST_WAITING = 8 * 4096
"""Samples that may wait for designs before more are read; more where there are many workers."""
WAITING_PER_WORKER = 256
_PREPARED_TOGETHER = 16
_DOUBT = 8
"""Failures without a success between them before the machine is doubted."""

HandOn = Callable[[list[Row]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What judges, and by which tests."""

    harness: Harness
    simulator: str
    """Its name and version, the same wherever samples are judged."""
    conditions: Conditions
    problems: Mapping[str, tuple[Problem, bytes]]
    """By task id, each with the digest that keys need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Preparing:
    """Problems whose references are run."""

    problems: tuple[Problem, ...]
    again: bool = False
    probe: bool = False
    """Whether it is only to see that the machine works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    """Designs of one window that wait for preparations."""

    designs: Mapping[str, list[Pending]]
    missing: set[str]


class Judging:
    """Judges what `intake` reads on `executor` and hands rows on as they come."""

    def __init__(
        self,
        *,
        setting: Setting,
        executor: Executor,
        intake: Intake,
        known: RunJudgements,
        kept: PreparationCache | None,
        hand_on: HandOn,
    ) -> None:
        """Judge under `setting`; `kept` has the preparations of earlier runs."""
        self.preparations: dict[bytes, Preparation] = {}
        """By the problem's key: problems that differ in their names share one."""
        self._setting = setting
        self._problems = setting.problems
        self._executor = executor
        self._intake, self._known, self._kept = intake, known, kept
        self._hand_on = hand_on
        self._numbers = count()
        self._running: dict[int, Job | _Preparing] = {}
        self._first: deque[Job | _Preparing] = deque()
        self._jobs: list[tuple[float, int, Job]] = []
        self._planned: list[_Planned] = []
        self._asked: set[bytes] = set()
        self._unprepared: dict[bytes, Fault] = {}
        self._unsure: list[tuple[Pending, Fault]] = []
        self._failures = 0
        self._works = False
        self._more = True
        self._waiting = 0

    def run(self) -> None:
        """Judge everything.

        Raises:
            EnvironmentFault: The machine is at fault; what was judged is handed on.
        """
        while True:
            self._hand_over()
            if self._running:
                for one in self._executor.finished():
                    self._take(one)
            elif self._unsure:
                self._first.append(self._probe())
            else:
                return

    def _hand_over(self) -> None:
        while self._executor.room > 0 and (work := self._next()) is not None:
            number = next(self._numbers)
            self._running[number] = work
            self._executor.submit(number, self._task(work))

    def _next(self) -> Job | _Preparing | None:
        """Return what is to be done next, the most urgent and longest first."""
        most = max(MOST_WAITING, WAITING_PER_WORKER * self._executor.workers)
        while self._more and self._waiting < most and self._at_hand() < self._executor.room:
            self._read()
        if self._first:
            return self._first.popleft()
        if not self._jobs:
            self._plan_what_is_ready()
        return heapq.heappop(self._jobs)[2] if self._jobs else None

    def _at_hand(self) -> int:
        return len(self._first) + len(self._jobs)

    def _task(self, work: Job | _Preparing) -> Task:
        harness, conditions = self._setting.harness, self._setting.conditions
        if isinstance(work, _Preparing):
            return PrepareTask(
                harness=harness,
                simulator=self._setting.simulator,
                problems=work.problems,
                conditions=conditions,
            )
        groups = tuple(
            Group(
                problem=self._problems[part.task_id][0],
                preparation=self.preparations[self._key(part.task_id)],
                designs=tuple(design.text for design in part.designs),
                left=part.left,
            )
            for part in work.parts
        )
        return JudgeTask(
            harness=harness,
            simulator=self._setting.simulator,
            groups=groups,
            conditions=conditions,
        )

    # Windows and preparations

    def _read(self) -> None:
        window = self._intake.next_window()
        if window is None:
            self._more = False
            return
        self._waiting += window.waiting
        if window.rows:
            self._hand_on(window.rows)
        by_task: dict[str, list[Pending]] = {}
        for design in window.designs:
            by_task.setdefault(design.task_id, []).append(design)
        self._prepare(by_task)
        missing = {task for task in by_task if not self._is_settled(task)}
        self._planned.append(_Planned(designs=by_task, missing=missing))
        self._plan_what_can_be()

    def _key(self, task: str) -> bytes:
        return self._problems[task][1]

    def _is_settled(self, task: str) -> bool:
        key = self._key(task)
        return key in self.preparations or key in self._unprepared

    def _prepare(self, tasks: Iterable[str]) -> None:
        """See that the references of `tasks` are run, or known from another run."""
        new = {self._key(task): task for task in tasks if not self._is_settled(task)}
        fresh = new.keys() - self._asked
        self.preparations.update(self._kept.get(fresh) if self._kept else {})
        keys = [key for key in new if key in fresh and key not in self.preparations]
        self._asked.update(keys)
        left = [self._problems[new[key]][0] for key in keys]
        size = max(1, min(_PREPARED_TOGETHER, len(left) // (4 * self._executor.workers)))
        self._first += [
            _Preparing(problems=tuple(left[start : start + size]))
            for start in range(0, len(left), size)
        ]

    def _prepared(self, work: _Preparing, found: Sequence[Preparation]) -> None:
        if work.probe:
            self._works = True
            return
        keys = [self._key(problem.task_id) for problem in work.problems]
        by_key = dict(zip(keys, found, strict=True))
        self.preparations.update(by_key)
        if self._kept is not None:
            self._kept.put(by_key)
        self._plan_what_can_be()

    def _plan_what_can_be(self) -> None:
        ready = []
        for planned in self._planned:
            settled = {task for task in planned.missing if self._is_settled(task)}
            planned.missing.difference_update(settled)
            if not planned.missing:
                ready.append(planned)
        self._planned = [planned for planned in self._planned if planned.missing]
        for planned in ready:
            self._plan(planned.designs)

    def _plan_what_is_ready(self) -> None:
        """Plan designs of windows that are not complete: no worker waits for a preparation."""
        waiting, self._planned = self._planned, []
        for planned in waiting:
            late = {
                task: found for task, found in planned.designs.items() if task in planned.missing
            }
            if late:
                self._planned.append(_Planned(designs=late, missing=planned.missing))
            self._plan({t: found for t, found in planned.designs.items() if t not in late})

    def _plan(self, by_task: Mapping[str, list[Pending]]) -> None:
        batches = []
        for task, designs in by_task.items():
            key = self._key(task)
            if key in self.preparations:
                batches.append((self.preparations[key], designs))
            else:
                self._unsure += [(design, self._unprepared[key]) for design in designs]
        in_parts = isinstance(self._setting.harness, InParts)
        self._put_up(plan_jobs(batches, workers=self._executor.workers, in_parts=in_parts))

    def _put_up(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            heapq.heappush(self._jobs, (-job.seconds, next(self._numbers), job))

    # Results

    def _take(self, one: Finished) -> None:
        work = self._running.pop(one.number)
        if one.fault is not None:
            self._failed(work, one.fault)
            return
        self._failures = 0
        if isinstance(work, _Preparing):
            self._prepared(work, one.result)
        else:
            self._works = True
            found = list(zip(work.designs, one.result, strict=True))
            self._judged([(d, result) for d, result in found if not isinstance(result, Later)])
            self._plan_later([(d, result) for d, result in found if isinstance(result, Later)])
        if self._works and self._unsure:
            self._give_up()

    def _judged(self, found: Sequence[tuple[Pending, Judgement]]) -> None:
        rows = [row for design, judgement in found for row in _rows(design, judgement)]
        self._hand_on(rows)
        self._waiting -= len(rows)
        also = {key: design.key for design, _ in found for key in design.keys if key != design.key}
        self._known.put({design.key: judgement for design, judgement in found}, also)
        for design, _ in found:
            self._intake.settle(design)

    def _plan_later(self, found: Sequence[tuple[Pending, Later]]) -> None:
        by_task: dict[str, list[tuple[Pending, Later]]] = {}
        for design, later in found:
            by_task.setdefault(design.task_id, []).append((design, later))
        for task, left in by_task.items():
            workers = self._executor.workers
            preparation = self.preparations[self._key(task)]
            self._put_up(plan_later(preparation, left, workers=workers))

    def _failed(self, work: Job | _Preparing, fault: Fault) -> None:
        log.info("a job failed on %s: %s", fault.machine or "a worker", fault.text)
        if isinstance(work, _Preparing) and work.probe:
            raise EnvironmentFault(fault.text)
        self._failures += not fault.bug
        if self._failures >= _DOUBT + 2 * self._executor.workers:
            self._failures = 0
            self._first.append(self._probe())
        if isinstance(work, _Preparing):
            self._prepare_again(work, fault)
        else:
            self._judge_again(work, fault)

    def _probe(self) -> _Preparing:
        """Return what any machine that works can do, whatever the designs are."""
        problem, _ = next(iter(self._problems.values()))
        return _Preparing(problems=(problem,), probe=True)

    def _prepare_again(self, work: _Preparing, fault: Fault) -> None:
        if len(work.problems) > 1:
            self._first += [_Preparing(problems=(problem,)) for problem in work.problems]
        elif not work.again:
            self._first.append(_Preparing(problems=work.problems, again=True))
        else:
            self._unprepared[self._key(work.problems[0].task_id)] = fault
            self._plan_what_can_be()

    def _judge_again(self, job: Job, fault: Fault) -> None:
        """Try in halves, so that one design costs the others nothing, and in the end alone."""
        if len(job.designs) > 1:
            self._first += job.halves()
            return
        (design,) = job.designs
        design.failures += 1
        if design.failures < 2:
            self._first.append(job)
        else:
            self._unsure.append((design, fault))

    def _give_up(self) -> None:
        """Say of designs that failed twice, on a machine that works, that nothing is known."""
        self._judged([(design, not_judged(_reason(fault))) for design, fault in self._unsure])
        self._unsure.clear()


def _rows(design: Pending, judgement: Judgement) -> list[Row]:
    """Return a row for each sample that waits for `design`, the first as the one it came from."""
    origins = [Origin.JUDGED] + [Origin.EQUAL] * (len(design.waiting) - 1)
    return [
        row_of_waiting(one, judgement, origin)
        for one, origin in zip(design.waiting, origins, strict=True)
    ]


def _reason(fault: Fault) -> str:
    first = fault.text.split("\n", 1)[0]
    return f"{first} (on {fault.machine})" if fault.machine else first
