"""VerilogEval v2, spec-to-rtl and code-complete, in the layout of its repository.

`dataset_*/ProbNNN_name_{prompt.txt,ref.sv,test.sv}`, for code-complete with
`_ifc.txt`, the header that a completion continues; `problems.txt` lists the
problems in the official order. The test compares `TopModule` with the
reference, `RefModule`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rtlgen.evaluation import layout, official_extraction
from rtlgen.evaluation.benchmark import Combined, Extract
from rtlgen.evaluation.completion import robust, unusable, whole_characters
from rtlgen.evaluation.module_names import defined, renamed
from rtlgen.evaluation.problem import Problem
from rtlgen.llm.model import Message

if TYPE_CHECKING:
    from rtlgen.evaluation.harness.protocol import Harness

TOP = "TopModule"
REFERENCE = "RefModule"
_PROBLEMS = 156
_FILES = ("_prompt.txt", "_ref.sv", "_test.sv", "_ifc.txt")
_LIST = "problems.txt"
MAX_SHOTS = 4


class VerilogEvalV2:
    """The 156 problems, told as a specification or as a module to complete."""

    max_shots = MAX_SHOTS

    def __init__(self, task: str) -> None:
        self._complete = task == "code-complete"
        self._mark = layout.V2_COMPLETE if self._complete else layout.V2_SPEC
        self.name = f"verilog-eval-v2-{task}"
        self.title = f"VerilogEval v2 {task}"

    @cached_property
    def harness(self) -> Harness:
        from rtlgen.evaluation.harness.mismatch import MismatchHarness  # noqa: PLC0415

        return MismatchHarness("verilog-eval-v2")

    def read(self, root: Path) -> list[Problem]:
        folder = layout.locate(root, self._mark)
        tasks = _tasks(folder)
        if len(tasks) != _PROBLEMS:
            layout.incomplete(
                f"{self.title} must have {_PROBLEMS} problems, not {len(tasks)}, {folder}"
            )
        return [self._problem(folder, task) for task in tasks]

    def combine(self, problem: Problem, completion: str, extract: Extract) -> Combined:
        """Return the design in `completion`; for the official rules see `official_extraction`."""
        if nothing := unusable(completion):
            return nothing
        completion = whole_characters(completion)
        if extract is Extract.ROBUST:
            return robust(completion, top=problem.top, header=problem.header)
        if self._complete:
            return official_extraction.code_complete(completion, header=problem.header)
        return official_extraction.spec_to_rtl(completion)

    def prompt(self, problem: Problem, *, shots: int = 0) -> Sequence[Message]:
        from rtlgen.evaluation import prompting  # noqa: PLC0415 - Jinja is slow to load

        prompting.check_shots(shots, most=self.max_shots, title=self.title)
        if self._complete:
            return prompting.code_complete(problem, shots)
        return prompting.spec_to_rtl(problem, shots)

    def _problem(self, folder: Path, task: str) -> Problem:
        place = folder / f"{task}_ref.sv"
        reference = layout.read_text(place)
        if REFERENCE not in defined(reference):
            layout.incomplete(f"a reference must define {REFERENCE}, {place} does not")
        return Problem(
            task_id=task,
            top=TOP,
            description=layout.read_text(folder / f"{task}_prompt.txt"),
            header=layout.read_text(folder / f"{task}_ifc.txt") if self._complete else "",
            test=layout.read_text(folder / f"{task}_test.sv"),
            reference=reference,
            golden=renamed(reference, REFERENCE, to=TOP),
            place=str(folder / f"{task}_test.sv"),
        )


def _tasks(folder: Path) -> list[str]:
    """Return the problems that are listed, or those that are there if there is no list."""
    there = {
        path.name.removesuffix(suffix)
        for suffix in _FILES
        for path in folder.glob(f"Prob*{suffix}")
    }
    if not (folder / _LIST).is_file():
        return sorted(there)
    listed: list[str] = []
    for number, line in enumerate(layout.read_text(folder / _LIST).splitlines(), 1):
        task = line.strip()
        if task in listed:
            layout.incomplete(f"a problem must be listed once, {task}, {folder / _LIST}:{number}")
        if task and task not in there:
            layout.incomplete(
                f"a listed problem must be there, {task} is not, {folder / _LIST}:{number}"
            )
        listed += [task] if task else []
    if more := sorted(there - set(listed)):
        layout.incomplete(f"a problem must be listed, {more[0]} is not, {folder / _LIST}")
    return listed
