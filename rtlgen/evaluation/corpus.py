"""A corpus of `rtlgen dataset synth` as a benchmark.

A root holds `problems.jsonl`, a problem a line, and beside it sample files:
`golden.jsonl`, whose samples pass, and `slips.jsonl`, whose samples do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field, ValidationError

from rtlgen.errors import UsageError
from rtlgen.evaluation.benchmark import Combined, Extract
from rtlgen.evaluation.completion import robust, unusable, whole_characters
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.strict import Strict, first_fault
from rtlgen.llm.model import Message

if TYPE_CHECKING:
    from rtlgen.evaluation.harness.protocol import Harness

PROBLEMS, GOLDEN, SLIPS, RECORD = "problems.jsonl", "golden.jsonl", "slips.jsonl", "corpus.json"
"""Names of a corpus's files."""
LINE_LIMIT = 4 << 20
"""Longest line of `PROBLEMS`, in bytes."""
_HINT = "\n\nhint: `rtlgen dataset synth` writes such a folder; give one of its parts as --root"


class CorpusProblem(Strict):
    """One problem of a corpus."""

    task_id: str = Field(min_length=1)
    family: str = Field(min_length=1)
    kind: str = ""
    """The heading that the family stands under, such as `counters`."""
    parameters: Mapping[str, int | str]
    """What was drawn and makes this another problem."""
    phrasing: str
    """The frame in which it is told."""
    top: str = Field(min_length=1)
    description: str = Field(min_length=1)
    header: str = Field(min_length=1)
    test: str = Field(min_length=1)
    """In the form of VerilogEval's tests."""
    reference: str = Field(min_length=1)
    """`RefModule`: the golden design, X where any value will do."""
    golden: str = Field(min_length=1)
    """The design as it is learned from."""
    seed: str
    """What it was drawn by."""
    samples: int = Field(ge=1)
    """Comparisons that a complete run of the test makes."""

    def problem(self, place: str = "") -> Problem:
        """Return it as what a harness judges by."""
        return Problem(
            task_id=self.task_id,
            top=self.top,
            description=self.description,
            header=self.header,
            test=self.test,
            reference=self.reference,
            golden=self.golden,
            place=place,
        )


class Corpus:
    """Problems that `rtlgen dataset synth` has drawn."""

    max_shots = 0
    name = "corpus"
    title = "Corpus"

    @cached_property
    def harness(self) -> Harness:
        from rtlgen.evaluation.harness.mismatch import MismatchHarness  # noqa: PLC0415

        return MismatchHarness("corpus")

    def read(self, root: Path) -> list[Problem]:
        found: dict[str, Problem] = {}
        for place, row in corpus_problems(root):
            if row.task_id in found:
                raise UsageError(f"a task must be there once, {row.task_id!r}, {place}{_HINT}")
            found[row.task_id] = row.problem(place)
        if not found:
            raise UsageError(f"a corpus must hold a problem, {root / PROBLEMS} holds none{_HINT}")
        return list(found.values())

    def combine(self, problem: Problem, completion: str, extract: Extract) -> Combined:
        """Return the design in `completion`.

        Official: what defines the module stands alone, anything else continues
        the header. An answer with a fence is taken apart as `Extract.ROBUST` does.
        """
        if nothing := unusable(completion):
            return nothing
        completion = whole_characters(completion)
        if extract is Extract.ROBUST or "```" in completion:
            return robust(completion, top=problem.top, header=problem.header)
        if re.search(rf"\bmodule\s{{1,9}}{re.escape(problem.top)}\b", completion):
            return Combined(verilog=completion, rule="whole module")
        return Combined(verilog=f"{problem.header}\n{completion}", rule="header + completion")

    def prompt(self, problem: Problem, *, shots: int = 0) -> Sequence[Message]:
        from rtlgen.evaluation import prompting  # noqa: PLC0415 - Jinja is slow to load
        from rtlgen.prompts.plain import plain  # noqa: PLC0415

        prompting.check_shots(shots, most=self.max_shots, title=self.title)
        return plain(problem.description, problem.header)


def corpus_problems(root: Path) -> Iterator[tuple[str, CorpusProblem]]:
    """Yield place and content of each problem in `root`, one at a time.

    Raises:
        UsageError: There is no corpus, or a line is no problem; names the line.
    """
    path = root / PROBLEMS
    if not path.is_file():
        raise UsageError(f"a corpus must hold {PROBLEMS}, {root} does not{_parts(root)}{_HINT}")
    try:
        with path.open("rb") as lines:
            number = 0
            while line := lines.readline(LINE_LIMIT + 1):
                number += 1
                yield f"{path}:{number}", _problem(line, f"{path}:{number}")
    except OSError as error:
        why = error.strerror or str(error)
        raise UsageError(f"cannot read a corpus: {why}, {path}{_HINT}") from error


def _parts(root: Path) -> str:
    """Return which folders below `root` are a corpus each."""
    if not root.is_dir():
        return ""
    found = sorted(path.parent.name for path in root.glob(f"*/{PROBLEMS}"))
    return f", but {' and '.join(found)} below it do" if found else ""


def _problem(line: bytes, place: str) -> CorpusProblem:
    if len(line) > LINE_LIMIT:
        raise UsageError(f"a problem must have at most {LINE_LIMIT} bytes, {place}{_HINT}")
    if not line.endswith(b"\n"):
        raise UsageError(f"a line must be whole, this one breaks off, {place}{_HINT}")
    try:
        return CorpusProblem.model_validate_json(line)
    except ValidationError as error:
        raise UsageError(f"{first_fault(error, whole='a problem')}, {place}{_HINT}") from error
