"""Judged samples per second with one and two workers, and what a cluster would do.

    python bench/eval_scaling.py BENCHMARK --root PATH --samples FILE [--per-problem 2]
        [--problems fsm3 ...] [--ray]

The same samples go through `rtlgen.evaluation.run` with an empty cache, once for each
way. From the processor times of the designs, of what their jobs take beside, and of the
process that reads samples and writes rows, a run of 1,000,000 samples is then played
through: the real windows and the real plan, jobs handed out one after the other to
whoever is free first.
"""

from __future__ import annotations

import argparse
import heapq
import os
import random
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from rtlgen.evaluation.benchmark import Benchmark
from rtlgen.evaluation.catalog import benchmark
from rtlgen.evaluation.executor import Executor, Finished, Task, as_completed
from rtlgen.evaluation.harness.protocol import Preparation
from rtlgen.evaluation.harness.scripted import ScriptedHarness
from rtlgen.evaluation.intake import WINDOW
from rtlgen.evaluation.jobs import JudgeTask, Pending, plan_jobs
from rtlgen.evaluation.local_pool import LocalPool
from rtlgen.evaluation.row import Origin, read_rows
from rtlgen.evaluation.run import Evaluation, evaluate
from rtlgen.evaluation.run_record import SourceRecord
from rtlgen.evaluation.samples import Sample, SampleFaults, read_samples

MANY = 1_000_000
CLUSTERS = (1, 2, 10, 100, 1000)
EMPTY_TASKS = 400
TURNS = 10


class Watched:
    """An executor that notes how long its jobs take."""

    def __init__(self, behind: Executor) -> None:
        self._behind = behind
        self._designs: dict[int, int] = {}
        self.name = behind.name
        self.jobs: list[tuple[int, float]] = []
        """Designs and wall seconds of each job."""

    @property
    def workers(self) -> int:
        return self._behind.workers

    @property
    def room(self) -> int:
        return self._behind.room

    def submit(self, number: int, task: Task) -> None:
        if isinstance(task, JudgeTask):
            self._designs[number] = sum(len(group.designs) for group in task.groups)
        self._behind.submit(number, task)

    def finished(self) -> list[Finished]:
        found = self._behind.finished()
        self.jobs += [
            (self._designs[one.number], one.seconds) for one in found if one.number in self._designs
        ]
        return found

    def close(self) -> None:
        self._behind.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run."""

    name: str
    workers: int
    samples: int
    designs: int
    wall: float
    processor: float
    """Processor time of everything, children included; 0 where they are not ours."""
    jobs: Sequence[tuple[int, float]]
    seconds: Sequence[tuple[str, float]]
    """Task id and processor time of each design."""

    def line(self) -> str:
        """Return it as a line of the table."""
        return (
            f"{self.name:6} {self.workers:8} {self.samples:8} {self.designs:8} {len(self.jobs):6}"
            f" {self.wall:8.1f} {self.samples / self.wall:11.1f} {self.designs / self.wall:11.1f}"
            f" {self.processor:8.1f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("benchmark")
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--samples", type=Path, required=True)
    parser.add_argument("--per-problem", type=int, default=10, help="samples of each problem")
    parser.add_argument("--problems", nargs="*", default=[], help="only these tasks")
    parser.add_argument("--ray", action="store_true", help="measure Ray too")
    arguments = parser.parse_args()
    print("way     workers  samples  designs   jobs   wall s   samples/s   designs/s    CPU s")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RTLGEN_CACHE"] = f"{folder}/cache"
        measure(arguments, LocalPool(2), Path(folder), "first", shown=False)  # references
        runs = [measure(arguments, LocalPool(n), Path(folder), f"local{n}") for n in (1, 2)]
        empty = 0.0
        if arguments.ray:
            from rtlgen.evaluation.ray_pool import RayPool  # noqa: PLC0415 - loads Ray

            runs += [
                measure(arguments, RayPool(workers=n), Path(folder), f"ray{n}") for n in (1, 2)
            ]
            empty = empty_task()
        driver = driver_time(arguments, Path(folder))
    report(runs, empty, driver)


def measure(
    arguments: argparse.Namespace,
    executor: Executor,
    folder: Path,
    name: str,
    *,
    shown: bool = True,
) -> Measured:
    known = benchmark(arguments.benchmark)
    problems = tuple(known.read(arguments.root))
    samples = read_samples(arguments.samples, problems, SampleFaults())
    evaluation = Evaluation(
        benchmark=known,
        problems=problems,
        samples=first_of_each(
            samples,
            1 if name == "first" else arguments.per_problem,
            frozenset(arguments.problems),
        ),
        source=SourceRecord(kind="samples", name=arguments.samples.name, digest=""),
        cache=False,
    )
    watched = Watched(executor)
    before, start = processor(), time.monotonic()
    with closing(watched):
        workers = watched.workers
        outcome = evaluate(evaluation, folder=folder / name, executor=watched)
    wall = time.monotonic() - start
    rows = list(read_rows(folder / name))
    judged = [(row.task_id, row.seconds) for row in rows if row.origin is Origin.JUDGED]
    found = Measured(
        name=executor.name,
        workers=workers,
        samples=len(rows),
        designs=len(judged),
        wall=outcome.record.seconds,
        processor=processor() - before if executor.name == "local" else 0.0,
        jobs=watched.jobs,
        seconds=judged,
    )
    if shown:
        print(found.line(), f" (with results {wall:.1f} s)")
    return found


def first_of_each(
    samples: Iterator[Sample], number: int, tasks: frozenset[str]
) -> Iterator[Sample]:
    """Yield the first `number` samples of each of `tasks`, or of all problems if there are none."""
    chosen = (sample for sample in samples if not tasks or sample.task_id in tasks)
    return (sample for sample in chosen if sample.index < number)


def processor() -> float:
    """Return the processor time of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def driver_time(arguments: argparse.Namespace, folder: Path) -> float:
    """Return the processor time that one sample takes of the process that reads and writes.

    Its designs are judged by a harness that does nothing; results are not made.
    """
    known = benchmark(arguments.benchmark)
    problems = tuple(known.read(arguments.root))
    samples = list(read_samples(arguments.samples, problems, SampleFaults()))
    stream = (
        replace(
            sample,
            index=sample.index + turn * len(samples),
            completion=f"{sample.completion}\nmodule turn{turn}; endmodule\n",
            trouble="",
        )
        for turn in range(TURNS)
        for sample in samples
    )
    evaluation = Evaluation(
        benchmark=Rehearsal(known),
        problems=problems,
        samples=stream,
        source=SourceRecord(kind="samples", name="", digest=""),
    )
    told: list[float] = []
    with closing(LocalPool(1)) as executor:
        start = time.process_time()
        evaluate(
            evaluation,
            folder=folder / "driver",
            executor=executor,
            progress=lambda _: told.append(time.process_time()),
        )
    return (told[-1] - start) / (TURNS * len(samples))


class Rehearsal:
    """A benchmark whose designs are not simulated."""

    def __init__(self, behind: Benchmark) -> None:
        self.name, self.title = behind.name, behind.title
        self.max_shots = behind.max_shots
        self.harness = ScriptedHarness()
        self.read, self.combine, self.prompt = behind.read, behind.combine, behind.prompt


def nothing() -> None:
    """Do nothing, elsewhere."""


def empty_task() -> float:
    """Return the wall time that one task with nothing in it takes of a Ray run."""
    from rtlgen.evaluation.ray_pool import RayPool  # noqa: PLC0415 - loads Ray

    with closing(RayPool(workers=2)) as pool:
        list(as_completed(pool, ((n, nothing) for n in range(20))))
        start = time.monotonic()
        list(as_completed(pool, ((n, nothing) for n in range(EMPTY_TASKS))))
        return (time.monotonic() - start) / EMPTY_TASKS


def report(runs: Sequence[Measured], empty: float, driver: float) -> None:
    one = runs[0]
    known = sum(seconds for _, seconds in one.seconds)
    beside = max(0.0, one.processor - known - driver * one.samples) / one.designs
    print(f"\ndesigns of {one.samples} samples: {one.designs}, the others equal to one of them")
    print(f"processor time of a design in its simulation: {1000 * known / one.designs:.1f} ms")
    print(f"processor time of a job beside that, gate included: {1000 * beside:.1f} ms a design")
    print(f"processor time of reading and writing: {1000 * driver:.2f} ms a sample")
    if empty:
        print(f"wall time of an empty task through Ray: {1000 * empty:.1f} ms")
    hours = one.processor / one.samples * MANY / 3600
    print(f"1,000,000 verdicts: {hours:.1f} processor hours if as many are equal as here")
    print(f"the process that reads and writes, by itself: {1 / driver:.0f} samples/s at most")
    print("\n1,000,000 samples, played through")
    print("workers   hours  samples/s  busy %  jobs")
    for workers in CLUSTERS:
        wall, busy, jobs = played(one, workers, beside=beside, task=empty, sample=driver)
        share = 100 * busy / (workers * wall)
        print(f"{workers:7} {wall / 3600:7.2f} {MANY / wall:10.0f} {share:7.1f} {jobs:6}")


def played(
    run: Measured, workers: int, *, beside: float, task: float, sample: float
) -> tuple[float, float, int]:
    """Return wall seconds, busy seconds of all workers, and jobs of a run of `MANY` samples.

    Args:
        run: What designs take.
        workers: How many there are.
        beside: Seconds of a design beside its simulation.
        task: Seconds that the driver needs for a job.
        sample: Seconds that the driver needs for a sample.
    """
    free = [0.0] * workers
    driver = busy = end = 0.0
    jobs = 0
    for window in windows(run):
        driver += sample * WINDOW
        for job in planned(window, workers):
            driver += task
            seconds = sum(float(design.text) + beside for design in job)
            start = max(driver, heapq.heappop(free))
            heapq.heappush(free, start + seconds)
            busy += seconds
            end = max(end, start + seconds)
            jobs += 1
    return max(end, driver), busy, jobs


def windows(run: Measured) -> Iterator[list[tuple[str, float]]]:
    """Yield designs, drawn from the measured ones, as they come in windows of samples."""
    draw = random.Random(1)
    share = run.designs / run.samples
    left = int(MANY * share)
    size = max(1, int(WINDOW * share))
    stream = (draw.choice(run.seconds) for _ in range(left))
    while window := list(islice(stream, size)):
        yield window


def planned(window: Sequence[tuple[str, float]], workers: int) -> Iterator[list[Pending]]:
    """Yield the designs of each job; the text of a design is what it takes."""
    by_task: dict[str, list[Pending]] = {}
    for task, seconds in window:
        design = Pending(task_id=task, text=str(seconds), key=b"", keys=[])
        by_task.setdefault(task, []).append(design)
    batches = []
    for task, designs in by_task.items():
        mean = sum(float(design.text) for design in designs) / len(designs)
        batches.append((Preparation(problem=task, simulator="", seconds=mean), designs))
    for job in plan_jobs(batches, workers=workers):
        yield job.designs


if __name__ == "__main__":
    main()
