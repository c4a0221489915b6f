"""Answers that a testbench of rtlgen judges: each problem's verdicts are kept as they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from rtlgen.data.bench_task import BenchTask
from rtlgen.data.judging import Ground
from rtlgen.data.rows import VerdictColumns
from rtlgen.data.ruled import Ruled
from rtlgen.data.sources_design import BenchProblem, Given
from rtlgen.data.store import Answer, Seen
from rtlgen.design.feedback import no_code
from rtlgen.evaluation.executor import Finished, as_completed
from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.replacing import write_whole
from sim.design import digest
from sim.errors import EnvironmentFault

_RULED: TypeAdapter[list[Ruled]] = TypeAdapter(list[Ruled])


def judge_benches(problems: Sequence[BenchProblem], ground: Ground) -> None:
    """Judge the answers of `problems`; what is kept in the work folder is not judged again.

    Raises:
        EnvironmentFault: A tool is missing or does not run; what was judged is kept.
        OSError: Nothing more can be kept.
    """
    folder = ground.work / "benches"
    folder.mkdir(parents=True, exist_ok=True)
    for done in as_completed(ground.executor, _left(problems, folder)):
        _keep(done, problems[done.number], folder)
    for problem in problems:
        _store(problem, _read(_path(folder, problem)) or [], ground)


def _left(problems: Sequence[BenchProblem], folder: Path) -> Iterator[tuple[int, BenchTask]]:
    for number, problem in enumerate(problems):
        work = problem.work
        if work is not None and work.designs and _read(_path(folder, problem)) is None:
            yield number, work


def _keep(done: Finished, problem: BenchProblem, folder: Path) -> None:
    if done.fault is not None:
        raise EnvironmentFault(f"{problem.origin.name}: {done.fault.text}")
    path = _path(folder, problem)
    write_whole(path, _RULED.dump_json(done.result).decode())


def _path(folder: Path, problem: BenchProblem) -> Path:
    return folder / f"{problem.key}.json"


def _read(path: Path) -> list[Ruled] | None:
    try:
        return _RULED.validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _store(problem: BenchProblem, ruled: Iterable[Ruled], ground: Ground) -> None:
    store = ground.store
    origin = store.add_origin(problem.origin)
    task = store.add_task(problem.task)
    first = store.next_number(task)
    of_designs = iter(ruled)
    answers, seen = [], []
    for number, given in enumerate(problem.given, first):
        answers.append(_answer(given, task=task, number=number, origin=origin))
        found = next(of_designs, None) if given.design is not None else _without(given)
        seen.append(_seen(found, task=task, number=number))
    store.add_answers(answers)
    store.add_verdicts(seen)


def _answer(given: Given, *, task: int, number: int, origin: int) -> Answer:
    text = None if given.design is None else "\n".join(given.design.sources.values())
    return Answer(
        task=task,
        number=number,
        origin=origin,
        sample=given.sample,
        completion=given.completion,
        verilog=text,
    )


def _without(given: Given) -> Ruled | None:
    """Return what there is to say of an answer without a design."""
    if not given.failed:
        return None
    verdict = VerdictColumns(
        status="fail",
        category=Category.EXTRACTION.value,
        share=0.0,
        checks=0,
        reason=given.failed,
        judge="rtlgen, by its text",
        digest=digest(b""),
    )
    return Ruled(category=Category.EXTRACTION, verdict=verdict, evidence=no_code(given.failed))


def _seen(found: Ruled | None, *, task: int, number: int) -> Seen:
    if found is None:
        return Seen(task=task, number=number, category=Category.NOT_JUDGED.value, verdict=None)
    return Seen(
        task=task,
        number=number,
        category=found.category.value,
        verdict=found.verdict,
        evidence=found.evidence,
    )
