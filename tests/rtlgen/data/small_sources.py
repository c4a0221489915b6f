"""Sources for tests: a small corpus with real tests, and a benchmark that needs no tools."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from rtlgen.data.build import Built, Order, build
from rtlgen.data.options import BuildOptions
from rtlgen.data.readers import read_rows
from rtlgen.data.rows import Kind, Row, Split
from rtlgen.evaluation.catalog import benchmark
from rtlgen.evaluation.corpus import CorpusProblem
from rtlgen.evaluation.executor import Executor
from rtlgen.evaluation.local_pool import LocalPool
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.run import Evaluation, evaluate
from rtlgen.evaluation.samples import read_samples
from rtlgen.evaluation.source import file_source
from tests.evaluation.exploits.problems import SUBJECTS, Dialect, header, problem, right, wrong
from tests.evaluation.scripted_runs import ScriptedBenchmark

V2 = Dialect.V2
WORDS = {
    "own_selector": "Give the input that the selector names, as the header lists them.",
    "own_counter": "Count the clock's rising edges while the enable is high; begin at the reset.",
    "own_shifter": "Move the bits one place at each rising edge and take the new one at the end.",
}
BROKEN = "module TopModule (input a, output y);\n  assign y = a +;\nendmodule\n"


def corpus(folder: Path, *, part: str = "train", answers: bool = True) -> Path:
    """Write a corpus of three problems with right designs and slips."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [_problem(name).model_dump_json() for name in sorted(SUBJECTS)]
    (folder / "problems.jsonl").write_text("\n".join(lines) + "\n")
    (folder / "corpus.json").write_text(json.dumps({"seed": 7, "part": part}))
    if answers:
        write_samples(folder / "golden.jsonl", ((n, right(SUBJECTS[n], V2)) for n in SUBJECTS))
        write_samples(folder / "slips.jsonl", ((n, wrong(SUBJECTS[n], V2)) for n in SUBJECTS))
    return folder


def _problem(name: str) -> CorpusProblem:
    subject = SUBJECTS[name]
    made = problem(subject, V2)
    return CorpusProblem(
        task_id=name,
        family=f"family of {name}",
        parameters={"width": 4},
        phrasing="plain",
        top=made.top,
        description=WORDS[name],
        header=header(subject, V2),
        test=made.test,
        reference=made.reference,
        golden=made.golden,
        seed="7",
        samples=10,
    )


def write_samples(path: Path, samples: Iterable[tuple[str, str]]) -> Path:
    lines = (json.dumps({"task_id": task, "completion": text}) + "\n" for task, text in samples)
    path.write_text("".join(lines))
    return path


def answers(path: Path) -> Path:
    """Write a dozen answers to the corpus: right, wrong, broken, equal and empty ones."""
    samples = []
    for name, subject in SUBJECTS.items():
        good = right(subject, V2)
        samples += [
            (name, good),
            (name, f"// the same once more\n{good}"),
            (name, good.replace("endmodule", "  wire unused_wire;\nendmodule")),
            (name, wrong(subject, V2)),
            (name, good.replace("endmodule", "  assign = 1;\nendmodule")),
            (name, ""),
        ]
    return write_samples(path, samples)


def built(folder: Path, *sources: Path, executor: Executor | None = None, **more: Any) -> Built:
    """Build a dataset of `sources`; options of rows may stand among the order's own."""
    fields = BuildOptions.model_fields
    options = {name: value for name, value in more.items() if name in fields}
    own = {name: value for name, value in more.items() if name not in fields}
    order = Order(sources=sources, folder=folder, options=BuildOptions(**options), **own)
    with closing(executor or LocalPool(2)) as pool:
        return build(order, lambda: pool)


def rows_of(folder: Path, kind: Kind) -> list[Row]:
    """Return the rows of one kind, of all splits."""
    files = [folder / kind / f"{split}.jsonl" for split in Split]
    return [found.row for path in files if path.is_file() for found in read_rows(path, kind)]


def files(folder: Path) -> dict[str, bytes]:
    """Return all files in a folder, by their names in it."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def dropped(folder: Path) -> Sequence[dict[str, Any]]:
    path = folder / "dropped.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def evaluated(root: Path, samples: Path, folder: Path) -> Path:
    """Run an evaluation of `samples` and return its folder."""
    known = benchmark("corpus")
    problems = tuple(known.read(root))
    evaluation = Evaluation(
        benchmark=known,
        problems=problems,
        samples=read_samples(samples, problems),
        source=file_source(samples),
        ks=(1,),
    )
    with closing(LocalPool(2)) as pool:
        return evaluate(evaluation, folder=folder, executor=pool).folder


class ScriptedSet(ScriptedBenchmark):
    """Problems that a prompt can be written for and a program judges as the designs say."""

    def read(self, root: Path) -> list[Problem]:
        return [
            replace(
                one,
                description=f"Give what number {n} says.",
                header="module top_module ();",
            )
            for n, one in enumerate(super().read(root))
        ]
