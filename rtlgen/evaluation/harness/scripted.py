"""A harness that does what the designs say, for tests and rehearsals of runs.

A design holds ``scripted: WORDS`` in a comment or anywhere; `WORDS` is a
category of `judgement.Category`, or ``fault`` for a machine that fails, or
``crash`` for an error in the harness itself. Without it a design passes if it
names the problem's top module.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rtlgen.evaluation.harness.protocol import Conditions, Group, Later, Preparation
from rtlgen.evaluation.judgement import Category, Judgement, not_judged
from rtlgen.evaluation.problem import Problem
from sim.design import digest
from sim.errors import EnvironmentFault, ToolNotFound

SAMPLES = 10
"""Samples of every test."""
_SCRIPT = re.compile(r"scripted: ([A-Za-z ]+)")
_PASSES = (Category.PASS, Category.WARNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedHarness:
    """Fulfils `Harness` without any tool."""

    name: str = "scripted"
    version: str = "1.0"
    delay: float = 0.0
    """Wall time of one design, in seconds."""
    costs: tuple[tuple[str, float], ...] = ()
    """Task id and `Preparation.seconds` of the problems that are not cheap."""
    log: Path | None = None
    """Where each judged design is noted: a line with task id and digest."""
    missing: bool = False
    """Whether the simulator is not installed."""
    broken: bool = False
    """Whether nothing can be judged."""
    broken_where: str = ""
    """A variable of the environment; where it is set, nothing can be judged."""
    kill: Path | None = None
    """A file; who finds it first removes it and kills its own process."""

    def simulator(self) -> str:
        if self.missing:
            raise ToolNotFound("`scripted` not found\n\nhint: install it")
        return f"Scripted {self.version}"

    def prepare(self, problems: Sequence[Problem], conditions: Conditions) -> list[Preparation]:
        self._check_machine()
        costs = dict(self.costs)
        return [
            Preparation(
                problem=problem.digest,
                simulator=self.simulator(),
                samples=SAMPLES,
                seconds=costs.get(problem.task_id, 0.01),
            )
            for problem in problems
        ]

    def judge(self, groups: Sequence[Group], conditions: Conditions) -> list[list[Judgement]]:
        self._check_machine()
        self._maybe_die()
        return [[self._judged(group, design) for design in group.designs] for group in groups]

    def _check_machine(self) -> None:
        if self.broken or (self.broken_where and os.environ.get(self.broken_where)):
            raise EnvironmentFault("this machine is broken\n\nhint: use another")

    def _maybe_die(self) -> None:
        if self.kill is None:
            return
        try:
            self.kill.unlink()
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    def _judged(self, group: Group, design: str) -> Judgement:
        time.sleep(self.delay)
        found = _SCRIPT.search(design)
        words = found[1].strip() if found else ""
        if words == "fault":
            raise EnvironmentFault("the machine has failed\n\nhint: repair it")
        if words == "crash":
            raise IndexError(f"a bug that {group.problem.task_id} shows")
        if self.log is not None:
            with self.log.open("a", encoding="utf-8") as file:
                file.write(f"{group.problem.task_id} {digest(design.encode())}\n")
        named = group.problem.top in design
        return _judgement(_category(words, Category.PASS if named else Category.ELABORATION))


class ScriptedInParts(ScriptedHarness):
    """Leaves designs that say ``later`` for jobs of their own."""

    def judge_in_parts(
        self, groups: Sequence[Group], conditions: Conditions
    ) -> list[list[Judgement | Later]]:
        return [
            [
                Later(seconds=1.0, alike=digest(design.encode()))
                if not group.left and "scripted: later" in design
                else self.judge([replace(group, designs=(design,), left=())], conditions)[0][0]
                for design in group.designs
            ]
            for group in groups
        ]


def _category(words: str, otherwise: Category) -> Category:
    try:
        return Category(words)
    except ValueError:
        return otherwise


def _judgement(category: Category) -> Judgement:
    if category is Category.NOT_JUDGED:
        return not_judged("the script says so")
    works = category in _PASSES
    return Judgement(
        official=category is Category.PASS,
        functional=works,
        category=category,
        official_category="passed" if category is Category.PASS else "failed",
        reason="" if works else f"scripted: {category.value}",
        mismatches=0 if works else 1,
        samples=SAMPLES if works else 1,
        expected_samples=SAMPLES,
        seconds=0.001,
    )
