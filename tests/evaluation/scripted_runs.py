"""Runs of a benchmark that needs no tools, for the tests of scheduling, folders and resuming."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rtlgen.evaluation.benchmark import Combined, Extract
from rtlgen.evaluation.executor import Executor
from rtlgen.evaluation.harness.scripted import ScriptedHarness
from rtlgen.evaluation.local_pool import LocalPool
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.row import Row, read_rows
from rtlgen.evaluation.run import Evaluation, Outcome, evaluate
from rtlgen.evaluation.run_record import SourceRecord
from rtlgen.evaluation.samples import SampleFaults, read_samples
from rtlgen.llm.model import Message


def problem(number: int) -> Problem:
    return Problem(
        task_id=f"task{number:03}",
        top="top_module",
        description="do something",
        test=f"test {number}",
        golden="module top_module; endmodule",
    )


@dataclass(slots=True, kw_only=True)
class ScriptedBenchmark:
    """The completion is the design; one without `module` has none."""

    harness: Any = field(default_factory=ScriptedHarness)
    name: str = "scripted"
    title: str = "Scripted"
    max_shots: int = 0

    def read(self, root: Path) -> list[Problem]:
        return [problem(n) for n in range(len(list(root.iterdir())))]

    def combine(self, problem: Problem, completion: str, extract: Extract) -> Combined:
        if "module" not in completion:
            return Combined(verilog=None, rule="whole module", reason="no module")
        return Combined(verilog=completion, rule="whole module")

    def prompt(self, problem: Problem, *, shots: int = 0) -> Sequence[Message]:
        return ()


def design(words: str = "", *, comment: str = "") -> str:
    return f"module top_module; // {comment}\n wire scripted: {words};\nendmodule\n"


def write_samples(path: Path, samples: Iterable[tuple[str, str]]) -> Path:
    lines = (json.dumps({"task_id": task, "completion": text}) + "\n" for task, text in samples)
    with gzip.open(path, "wt") as file:
        file.writelines(lines)
    return path


def evaluation(
    samples: Path, *, problems: int | tuple[Problem, ...] = 4, harness: Any = None, **options: Any
) -> Evaluation:
    chosen = problems if isinstance(problems, tuple) else tuple(map(problem, range(problems)))
    return Evaluation(
        benchmark=ScriptedBenchmark(harness=harness or ScriptedHarness()),
        problems=chosen,
        samples=read_samples(samples, chosen, SampleFaults()),
        source=SourceRecord(kind="samples", name=samples.name, digest="0"),
        ks=(1,),
        **options,
    )


def run(
    what: Evaluation, folder: Path, *, executor: Executor | None = None, **options: Any
) -> Outcome:
    with closing(executor or LocalPool(2)) as pool:
        return evaluate(what, folder=folder, executor=pool, **options)


def rows_of(folder: Path) -> dict[tuple[str, int], Row]:
    rows = list(read_rows(folder))
    found = {(row.task_id, row.sample): row for row in rows}
    assert len(found) == len(rows), "a sample has two rows"
    return found
