"""VerilogEval v1, Human and Machine, in the layout of its release 1.0.

`VerilogEval_{Human,Machine}.jsonl` hold header, solution and test of each
problem, `VerilogDescription_{Human,Machine}.jsonl` what a model is told; the
latter lie beside the former or, as in the repository, in `../descriptions`.
The test holds the reference itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field, StrictStr

from rtlgen.evaluation import layout
from rtlgen.evaluation.benchmark import Combined, Extract
from rtlgen.evaluation.completion import robust, unusable, whole_characters
from rtlgen.evaluation.json_lines import TaskRow, read_rows
from rtlgen.evaluation.module_names import defined
from rtlgen.evaluation.problem import Problem
from rtlgen.llm.model import Message

if TYPE_CHECKING:
    from rtlgen.evaluation.harness.protocol import Harness

TOP = "top_module"
_PROBLEMS = {"Human": 156, "Machine": 143}


class _Evaluation(TaskRow):
    prompt: StrictStr = Field(min_length=1)
    canonical_solution: StrictStr = Field(min_length=1)
    test: StrictStr = Field(min_length=1)


class _Description(TaskRow):
    detail_description: StrictStr = Field(min_length=1)


class VerilogEvalV1:
    """The 156 problems of Human, or the 143 of Machine."""

    max_shots = 0

    def __init__(self, split: Literal["Human", "Machine"]) -> None:
        self.name = f"verilog-eval-v1-{split.lower()}"
        self.title = f"VerilogEval v1 {split}"
        self._split = split

    @cached_property
    def harness(self) -> Harness:
        from rtlgen.evaluation.harness.mismatch import MismatchHarness  # noqa: PLC0415

        return MismatchHarness("verilog-eval-v1")

    def read(self, root: Path) -> list[Problem]:
        folder = layout.locate(root, f"VerilogEval_{self._split}.jsonl")
        path = folder / f"VerilogEval_{self._split}.jsonl"
        rows = read_rows(path, _Evaluation)
        if len(rows) != _PROBLEMS[self._split]:
            layout.incomplete(
                f"{self.title} must have {_PROBLEMS[self._split]} problems, not {len(rows)}, {path}"
            )
        told = self._descriptions(folder, rows)
        return [_problem(path, number, row, told[task]) for task, (number, row) in rows.items()]

    def combine(self, problem: Problem, completion: str, extract: Extract) -> Combined:
        """Return the design in `completion`.

        Official: a completion that holds the words `module top_module` stands
        alone, any other is put after the header and a line break. That is the
        rule that reproduces published rates; the words are looked for as they
        are, so that `module top_module_tb` counts, and `module  top_module`
        with two blanks does not.
        """
        if nothing := unusable(completion):
            return nothing
        completion = whole_characters(completion)
        if extract is Extract.ROBUST:
            return robust(completion, top=problem.top, header=problem.header)
        if f"module {problem.top}" in completion:
            return Combined(verilog=completion, rule="whole module")
        return Combined(verilog=f"{problem.header}\n{completion}", rule="prompt + completion")

    def prompt(self, problem: Problem, *, shots: int = 0) -> Sequence[Message]:
        from rtlgen.evaluation import prompting  # noqa: PLC0415 - Jinja is slow to load

        prompting.check_shots(shots, most=self.max_shots, title=self.title)
        return prompting.verilog_eval_v1(problem)

    def _descriptions(self, folder: Path, tasks: Collection[str]) -> dict[str, str]:
        name = f"VerilogDescription_{self._split}.jsonl"
        places = (folder / name, folder.parent / "descriptions" / name)
        path = next((place for place in places if place.is_file()), places[0])
        rows = read_rows(path, _Description)
        if missing := [task for task in tasks if task not in rows]:
            layout.incomplete(
                f"every problem must have a description, {missing[0]!r} has none in {path}"
            )
        return {task: row.detail_description for task, (_, row) in rows.items()}


def _problem(path: Path, number: int, row: _Evaluation, description: str) -> Problem:
    place = f"{path}:{number}"
    if TOP not in defined(row.prompt):
        layout.incomplete(f"the prompt of {row.task_id!r} must be the header of {TOP}, {place}")
    return Problem(
        task_id=row.task_id,
        top=TOP,
        description=description,
        header=row.prompt,
        test=row.test,
        golden=row.prompt + row.canonical_solution,
        place=place,
    )
