"""RTLLM's tests, judged so that no design can forge a verdict.

The published rule: design and test compile, the simulation ends, and the test
prints `Your Design Passed`. It is kept, with this around it:

- The gate has refused what reaches out of a design: it cannot end the run,
  read the test's files or its variables. Its canonical text is simulated.
- The line that decides carries a secret of the run, and so does the line that
  is printed where the test ends the run.
- The line must come as often as with the golden design, the test must end as
  with it and, where the test alone decides when, at the same time.
- Inputs of the golden design must be inputs: nothing drives what the test drives.

A functional verdict stricter than the test would be ours and not the benchmark's:
both verdicts are equal, and `rtlgen eval doctor` lists what the tests let pass.

A test that waits for the design without end is ended when it has taken 100 times
as much simulated time as the golden design needs; that is a timeout.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rtlgen.evaluation.harness.icarus_runs import compiler, runtime, simulator
from rtlgen.evaluation.harness.protocol import Conditions, Group, Preparation
from rtlgen.evaluation.judgement import Judgement
from rtlgen.evaluation.problem import Problem
from sim.pipelines import Pipeline

if TYPE_CHECKING:
    from rtlgen.evaluation.harness.pass_line_test import PassLineTest

DESIGN = "design.sv"
_TEST, _SCALE, _RESET, _IMAGE = "test.sv", "scale.sv", "reset.sv", "test.vvp"
_DEFAULT = "`resetall\n`timescale 1ns/1ns\n"
"""As the published command line sets it; also after the design, whose directives are its own."""
_MOST_TIMES = 100
_MARK = re.compile(r"\[?(?P<secret>rtlgen[0-9a-f]{24})(?: end (?P<end>\d+)\]|(?P<late> late\]))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What the lines of one run that carry its secret say."""

    passes: int = 0
    ends: tuple[int, ...] = ()
    """Simulation time at each end, in the test's units."""
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One problem's test as it is run here."""

    problem: Problem
    test: PassLineTest
    steps: bool = False
    """Whether values are handed over in steps."""
    most: int | None = None
    """Units of simulated time after which a run is ended."""

    def pipeline(self, design: str, secret: str) -> Pipeline:
        """Return the compilation and simulation of `design`, which is canonical text."""
        files: dict[str, str | bytes] = {
            _SCALE: _DEFAULT,
            DESIGN: design,
            _RESET: _DEFAULT,
            _TEST: self.test.woven(secret, most=self.most),
        }
        if self.steps:
            from rtlgen.evaluation.harness.pass_line_repairs import STEP, STEP_FILE  # noqa: PLC0415

            files[STEP_FILE] = STEP
        compile_ = (compiler(), "-g2012", "-s", self.test.root, "-o", _IMAGE, *files)
        return Pipeline(
            files={**dict(self.problem.data), **files},
            steps=(compile_, (runtime(), "-n", _IMAGE, "-none")),
        )


class PassLineHarness:
    """Judges by the tests of RTLLM."""

    name = "rtllm"

    def simulator(self) -> str:
        return simulator()

    def prepare(self, problems: Sequence[Problem], conditions: Conditions) -> list[Preparation]:
        from rtlgen.evaluation.harness.pass_line_prepare import prepare  # noqa: PLC0415 - pyslang

        return prepare(self.simulator(), problems, conditions)

    def judge(self, groups: Sequence[Group], conditions: Conditions) -> list[list[Judgement]]:
        from rtlgen.evaluation.harness.pass_line_court import Court  # noqa: PLC0415 - pyslang

        return Court(groups, conditions).judgements()


def bench_of(problem: Problem, preparation: Preparation) -> Bench:
    """Return the bench that `preparation` describes."""
    facts = preparation.facts
    ended = facts.get("end")
    return Bench(
        problem=problem,
        test=test_of(facts.get("test", problem.test), problem.golden, problem.top),
        steps="steps" in facts,
        most=None if ended is None else max(1, int(ended)) * _MOST_TIMES,
    )


@lru_cache(maxsize=256)
def test_of(text: str, golden: str, top: str) -> PassLineTest:
    """Return the parts of a test.

    Raises:
        UnknownForm: It is of another form.
    """
    from rtlgen.evaluation.harness.pass_line_test import take_apart  # noqa: PLC0415 - pyslang

    return take_apart(text, golden=golden, top=top)


def read_output(text: str, secret: str) -> Printed:
    """Return what the test with this `secret` printed, wherever in a line."""
    marks = [mark for mark in _MARK.finditer(text) if mark["secret"] == secret]
    return Printed(
        passes=sum(mark["end"] is None and mark["late"] is None for mark in marks),
        ends=tuple(int(mark["end"]) for mark in marks if mark["end"] is not None),
        late=any(mark["late"] for mark in marks),
    )
