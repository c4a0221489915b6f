"""An evaluation, from samples to the folder that holds its numbers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rtlgen import __version__
from rtlgen.errors import UsageError
from rtlgen.evaluation.benchmark import Benchmark, Extract
from rtlgen.evaluation.executor import Executor
from rtlgen.evaluation.harness.protocol import Conditions, Preparation
from rtlgen.evaluation.intake import WINDOW, Done, Intake
from rtlgen.evaluation.judgement_cache import JudgementCache, RunJudgements
from rtlgen.evaluation.judging import Judging, Setting
from rtlgen.evaluation.judging_code import context, judging_code
from rtlgen.evaluation.preparation_cache import PreparationCache
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.replay import replay
from rtlgen.evaluation.row import Origin, Row
from rtlgen.evaluation.run_folder import RunFolder
from rtlgen.evaluation.run_record import (
    ConditionsRecord,
    CountsRecord,
    RunRecord,
    SourceRecord,
    write_run,
)
from rtlgen.evaluation.samples import Sample
from sim.design import digest

if TYPE_CHECKING:
    from rtlgen.evaluation.summary import Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What is evaluated, and how; `samples` are read once."""

    benchmark: Benchmark
    problems: tuple[Problem, ...]
    """Those that were chosen, in the official order."""
    samples: Iterable[Sample]
    source: SourceRecord
    extract: Extract = Extract.OFFICIAL
    conditions: Conditions = field(default_factory=Conditions)
    ks: tuple[int, ...] = (1, 5, 10)
    excluded: Mapping[str, str] = field(default_factory=dict)
    """Task id to why it does not count; its samples are judged all the same."""
    expected: int | None = None
    """Samples that every problem should have; None: as many as the one with most."""
    cache: bool = True
    """Whether judgements of earlier runs are used and those of this one kept."""
    departures: tuple[str, ...] = ()
    """In what this is not the published setting, as far as no row shows it."""
    window: int = WINDOW
    """Samples that are read before judging goes on; few where each takes its time to come."""
    tables: bool = True
    """Whether tables, JUnit's results and the report are made of the rows."""

    def __post_init__(self) -> None:
        if not self.problems:
            raise UsageError("an evaluation must have a problem, none was chosen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a run stands."""

    rows: int
    """Samples that have their row, those of earlier parts of the run included."""
    judged: int
    """Designs that were simulated."""
    equal: int
    cached: int
    not_judged: int
    seconds: float
    """Wall time since this part of the run began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A run that came to its end."""

    folder: Path
    record: RunRecord
    summary: Summary

    @property
    def complete(self) -> bool:
        """Whether every sample was judged, and none is missing."""
        counts = self.summary.counts
        judged = self.record.counts is not None and not self.record.counts.not_judged
        return judged and not counts.missing_samples


def _ignore(_: Progress) -> None:
    """Show nothing."""


def evaluate(
    evaluation: Evaluation,
    *,
    folder: Path,
    executor: Executor,
    resume: bool = False,
    progress: Callable[[Progress], None] = _ignore,
) -> Outcome:
    """Judge all samples and write the run's folder; close `executor` yourself.

    Killed at any moment, the same call with `resume` goes on where it stopped.

    Raises:
        UsageError: The folder is another run's, or has one and `resume` is false.
        ToolNotFound: The simulator is not installed.
        EnvironmentFault: The machine fails; what was judged is in the folder.
        OSError: The folder cannot be written; what was judged before is in it.
    """
    start = time.monotonic()
    # The simulator's own start is waited for while what is needed at the end is loaded.
    with ThreadPoolExecutor(1) as asked:
        simulator = asked.submit(evaluation.benchmark.harness.simulator)
        from rtlgen.evaluation.results import write_results  # noqa: PLC0415
    record = _record(evaluation, executor, simulator.result())
    with RunFolder(folder, resume=resume) as run:
        record = run.begin(record)
        counted = _Counted(run, progress, start)
        preparations = _judge(evaluation, executor, run, counted, simulator.result())
        finished = record.model_copy(
            update={
                "finished": _now(),
                "seconds": round(time.monotonic() - start, 3),
                "counts": counted.counts(),
            }
        )
        summary = write_results(
            folder,
            finished,
            preparations=preparations,
            expected=evaluation.expected,
            departures=evaluation.departures,
            tables=evaluation.tables,
        )
        write_run(folder, finished)
    return Outcome(folder=folder, record=finished, summary=summary)


def _judge(
    evaluation: Evaluation,
    executor: Executor,
    run: RunFolder,
    counted: _Counted,
    simulator: str,
) -> Mapping[str, Preparation]:
    """Write a row for each sample that has none, and return what is known of the tests."""
    harness, conditions = evaluation.benchmark.harness, evaluation.conditions
    common = context(harness.name, simulator, conditions)
    problems = {p.task_id: (p, _key(common, p)) for p in evaluation.problems}
    done = Done()
    behind = JudgementCache() if evaluation.cache else None
    with closing(RunJudgements(behind)) as known, closing(PreparationCache()) as kept:
        if run.before is not None:
            replay(counted.seen(run.rows()), problems=problems, done=done, known=known)
        intake = Intake(
            evaluation.samples,
            benchmark=evaluation.benchmark,
            extract=evaluation.extract,
            problems=problems,
            known=known,
            done=done,
            window=evaluation.window,
        )
        judging = Judging(
            setting=Setting(
                harness=harness, simulator=simulator, conditions=conditions, problems=problems
            ),
            executor=executor,
            intake=intake,
            known=known,
            kept=kept,
            hand_on=counted.write,
        )
        judging.run()
        return _all_preparations(problems, judging.preparations, kept)


def _key(common: bytes, problem: Problem) -> bytes:
    """Return a digest of the problem and of all else that its verdicts depend on."""
    return bytes.fromhex(digest(common, problem.digest.encode()))


def _all_preparations(
    problems: Mapping[str, tuple[Problem, bytes]],
    found: Mapping[bytes, Preparation],
    kept: PreparationCache,
) -> dict[str, Preparation]:
    """Return what this run or an earlier one found of the tests, by task."""
    known = {**kept.get({key for _, key in problems.values()} - found.keys()), **found}
    return {task: known[key] for task, (_, key) in problems.items() if key in known}


class _Counted:
    """Writes rows, counts them, and tells how many there are."""

    def __init__(self, run: RunFolder, progress: Callable[[Progress], None], start: float) -> None:
        self._run, self._progress, self._start = run, progress, start
        self._rows = 0
        self._not_judged = 0
        self._origins = dict.fromkeys(Origin, 0)

    def write(self, rows: list[Row]) -> None:
        """Add `rows` to the file."""
        self._run.append(rows)
        for row in rows:
            self._count(row)
        self._progress(self._now())

    def seen(self, rows: Iterable[Row]) -> Iterable[Row]:
        """Yield `rows`, which are in the file, and count them."""
        for row in rows:
            self._count(row)
            yield row

    def counts(self) -> CountsRecord:
        """Return all that was counted."""
        return CountsRecord(
            rows=self._rows,
            not_judged=self._not_judged,
            simulated=self._origins[Origin.JUDGED],
            equal=self._origins[Origin.EQUAL],
            cached=self._origins[Origin.CACHE],
        )

    def _count(self, row: Row) -> None:
        self._rows += 1
        self._not_judged += not row.judged
        self._origins[row.origin] += 1

    def _now(self) -> Progress:
        return Progress(
            rows=self._rows,
            judged=self._origins[Origin.JUDGED],
            equal=self._origins[Origin.EQUAL],
            cached=self._origins[Origin.CACHE],
            not_judged=self._not_judged,
            seconds=time.monotonic() - self._start,
        )


def _record(evaluation: Evaluation, executor: Executor, simulator: str) -> RunRecord:
    benchmark = evaluation.benchmark
    return RunRecord(
        rtlgen=__version__,
        benchmark=benchmark.name,
        title=benchmark.title,
        benchmark_digest=_benchmark_digest(evaluation.problems),
        problems=[problem.task_id for problem in evaluation.problems],
        excluded=dict(evaluation.excluded),
        harness=benchmark.harness.name,
        simulator=simulator,
        judging_code=judging_code(),
        conditions=ConditionsRecord(**asdict(evaluation.conditions)),
        extract=evaluation.extract,
        source=evaluation.source,
        ks=list(evaluation.ks),
        executor=executor.name,
        workers=executor.workers,
        started=_now(),
    )


def _benchmark_digest(problems: Iterable[Problem]) -> str:
    parts = [part.encode() for p in problems for part in (p.digest, p.header, p.description)]
    return digest(*parts)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
