"""What shows that a test is none: senseless designs, judged beside the answers.

A benchmark's own test is believed by nobody's word: each problem that was answered is given
designs without any sense in them (empty, constant, all outputs inverted), and its own design,
as samples before all others. They share the answers' simulation, cache and resuming.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rtlgen.data.problem_sets import ProblemSet
from rtlgen.evaluation.corpus import RECORD
from rtlgen.evaluation.doctor import differ, senseless_designs
from rtlgen.evaluation.executor import Executor, as_completed
from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.mutants import Mutant
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.replacing import write_whole
from rtlgen.evaluation.row import Row
from rtlgen.evaluation.samples import Sample
from sim.design import digest
from sim.errors import EnvironmentFault

_GOLDEN = "golden"
_BEYOND = frozenset({Category.SYNTAX, Category.ELABORATION, Category.NOT_JUDGED})
"""What says of a golden design that the simulator cannot read it, and nothing of the test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """Designs that a test passed; calling it says which of them a testbench of ours fails."""

    problem: Problem
    mutants: tuple[Mutant, ...]

    def __call__(self) -> list[bool | None]:
        return differ(self.problem, self.mutants)

    @property
    def key(self) -> str:
        """Hex digest of what the answer depends on."""
        texts = (self.problem.digest, *(mutant.verilog for mutant in self.mutants))
        return digest(*(text.encode() for text in texts))


class Probes:
    """Designs by which the tests of some problems are tried, and what came of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self._problems = {problem.task_id: problem for problem in problems}
        different = {problem.digest: problem for problem in problems}
        found = senseless_designs(list(different.values()))
        designs = dict(zip(different, found, strict=True))
        self._designs = {
            problem.task_id: (*some, _golden(problem)) if (some := designs[problem.digest]) else ()
            for problem in problems
        }
        self._passed: dict[str, list[Mutant]] = {}
        self._broken: dict[str, str] = {}

    def number(self, task_id: str) -> int:
        """Return how many samples of a problem are probes; they are its first ones."""
        return len(self.designs(task_id))

    def designs(self, task_id: str) -> tuple[Mutant, ...]:
        """Return the probes of a problem, its own design last."""
        return self._designs.get(task_id, ())

    def samples(self) -> Iterator[Sample]:
        """Yield the probes."""
        for task_id, designs in self._designs.items():
            for index, design in enumerate(designs):
                yield Sample(
                    task_id=task_id,
                    index=index,
                    completion=design.verilog,
                    place=f"{design.name} of {task_id}",
                )

    def take(self, row: Row) -> bool:
        """Note what is said of a probe; False: the row is of an answer."""
        if row.sample >= self.number(row.task_id):
            return False
        design = self._designs[row.task_id][row.sample]
        if design.operator != _GOLDEN:
            if row.functional:
                self._passed.setdefault(row.task_id, []).append(design)
        elif row.functional is False and row.category not in _BEYOND:
            self._broken[row.task_id] = row.reason or row.category.value
        return True

    def doubts(self, executor: Executor, work: Path) -> Iterator[tuple[str, str]]:
        """Yield the problems whose test is worth nothing, and why.

        A senseless design that does the same as the golden one is what the problem asks for.

        Raises:
            EnvironmentFault: The machine fails; what was settled is kept in `work`.
        """
        for task_id, reason in self._broken.items():
            yield task_id, f"its own design fails: {reason}"
        tasks = [
            Settle(problem=self._problems[task_id], mutants=tuple(designs))
            for task_id, designs in self._passed.items()
            if task_id not in self._broken
        ]
        for task, found in _settled(tasks, executor, work / "probes.json"):
            pairs = zip(task.mutants, found, strict=True)
            wrong = [mutant.name for mutant, differs in pairs if differs is not False]
            if wrong:
                yield task.problem.task_id, f"a senseless design passes: {', '.join(wrong)}"


def probes_of(one: ProblemSet, problems: Sequence[Problem], answered: Collection[str]) -> Probes:
    """Return the probes of the problems of a set that are `answered`.

    Of a corpus of `rtlgen dataset synth` there are none: it keeps only tests that catch slips.
    """
    drawn = one.all_problems and (one.root / RECORD).is_file()
    return Probes([] if drawn else [p for p in problems if p.task_id in answered])


def _golden(problem: Problem) -> Mutant:
    return Mutant(name="the golden design", operator=_GOLDEN, verilog=problem.golden)


def _settled(
    tasks: Sequence[Settle], executor: Executor, path: Path
) -> Iterator[tuple[Settle, list[bool | None]]]:
    known = _read(path)
    left = [(number, task) for number, task in enumerate(tasks) if task.key not in known]
    for done in as_completed(executor, left):
        if done.fault is not None:
            raise EnvironmentFault(f"{tasks[done.number].problem.task_id}: {done.fault.text}")
        known[tasks[done.number].key] = done.result
        write_whole(path, json.dumps(known) + "\n")
    for task in tasks:
        yield task, known[task.key]


def _read(path: Path) -> dict[str, list[bool | None]]:
    try:
        found = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
