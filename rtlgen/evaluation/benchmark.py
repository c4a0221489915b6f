"""What a benchmark is: problems, a rule for completions, prompts, and a harness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from rtlgen.evaluation.harness.protocol import Harness
from rtlgen.evaluation.problem import Problem
from rtlgen.llm.model import Message


class Extract(StrEnum):
    """How a design is found in a completion."""

    OFFICIAL = "official"
    """By the benchmark's published rule."""
    ROBUST = "robust"
    """By `rtlgen.llm.extract`: fences, prose, other names and bodies alone are understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Combined:
    """The design that a completion stands for."""

    verilog: str | None
    """None where there is none."""
    rule: str
    """What was done, such as `whole module` or `prompt + completion`."""
    reason: str = ""
    """Why there is none."""


class Benchmark(Protocol):
    """Problems and their official verdict; `rtlgen.evaluation.catalog` lists the known ones."""

    @property
    def name(self) -> str:
        """As `rtlgen eval` takes it."""

    @property
    def title(self) -> str:
        """For reports, such as `VerilogEval v1 Human`."""

    @property
    def max_shots(self) -> int:
        """In-context examples that a prompt can hold."""

    @property
    def harness(self) -> Harness:
        """What judges; made when it is first asked for."""

    def read(self, root: Path) -> list[Problem]:
        """Return all problems of the official layout below `root`, in the official order.

        Raises:
            UsageError: `root` is another benchmark or incomplete; says what is missing where.
        """

    def combine(self, problem: Problem, completion: str, extract: Extract) -> Combined:
        """Return the design in `completion`; any text at all, in linear time."""

    def prompt(self, problem: Problem, *, shots: int = 0) -> Sequence[Message]:
        """Return what a model is asked, by the benchmark's conventions, in our own words.

        Raises:
            UsageError: A number of in-context examples that there is not.
        """
