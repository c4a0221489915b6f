"""The tests of VerilogEval, versions 1 and 2, judged so that no design can forge a verdict.

- The gate has refused what reaches out of a design; its canonical text is simulated.
- The lines that decide carry a secret of the run (`mismatch_bench`).
- The number of samples must be that of a run without any design.
- Design and test are files of their own; neither can redefine or swallow the other.

The official verdict also needs the messages of a compilation of the text as the
sample gave it. Where that says the same as the canonical text, its messages are
those of the simulation; otherwise it is compiled once more, for the messages only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rtlgen.evaluation.harness.icarus_runs import (
    compiler,
    runtime,
    simulator,
)
from rtlgen.evaluation.harness.official import RULES, Rule
from rtlgen.evaluation.harness.protocol import Conditions, Group, Later, Preparation
from rtlgen.evaluation.judgement import Judgement
from rtlgen.evaluation.problem import Problem
from sim.pipelines import Pipeline

if TYPE_CHECKING:
    from rtlgen.evaluation.harness.mismatch_test import MismatchTest

_OPTIONS = ("-Wall", "-Winfloop", "-Wno-timescale", "-g2012", "-s")
"""The official options; the name of the root follows."""
_IMAGE = "bench.vvp"


REPAIRED, WIDTHS = "repaired", "widths"
"""Facts of a preparation: that the test is repaired; bits of its inputs and outputs."""


@dataclass(frozen=True, slots=True)
class Sources:
    """A problem's test as it is judged here: as published, or repaired."""

    test: str
    reference: str
    repaired: bool = False


class MismatchHarness:
    """Judges by the tests of VerilogEval; `name` is `verilog-eval-v1` or `verilog-eval-v2`."""

    def __init__(self, name: str) -> None:
        if name not in RULES:
            raise ValueError(f"a rule must be one of {', '.join(RULES)}, not {name!r}")
        self.name = name

    @property
    def rule(self) -> Rule:
        """The published rule."""
        return RULES[self.name]

    def simulator(self) -> str:
        return simulator()

    def prepare(self, problems: Sequence[Problem], conditions: Conditions) -> list[Preparation]:
        from rtlgen.evaluation.harness.mismatch_prepare import prepare  # noqa: PLC0415 - pyslang

        return prepare(self, problems, conditions)

    def judge(self, groups: Sequence[Group], conditions: Conditions) -> list[list[Judgement]]:
        from rtlgen.evaluation.harness.mismatch_court import Court  # noqa: PLC0415 - pyslang

        return Court(self.rule, groups, conditions).judgements()

    def judge_in_parts(
        self, groups: Sequence[Group], conditions: Conditions
    ) -> list[list[Judgement | Later]]:
        from rtlgen.evaluation.harness.mismatch_court import Court  # noqa: PLC0415 - pyslang

        return Court(self.rule, groups, conditions, in_parts=True).outcomes()


@lru_cache(maxsize=1024)
def sources_of(problem: Problem, *, repaired: bool) -> Sources:
    """Return the test and reference of `problem`, with the repairs where they are wanted."""
    if not repaired:
        return Sources(problem.test, problem.reference)
    from rtlgen.evaluation.harness.repairs import without_enum_casts  # noqa: PLC0415 - pyslang

    return Sources(
        without_enum_casts(problem.test), without_enum_casts(problem.reference), repaired=True
    )


@lru_cache(maxsize=1024)
def test_of(text: str, top: str) -> MismatchTest:
    """Return the parts of a test.

    Raises:
        UnknownForm: It is of another form.
    """
    from rtlgen.evaluation.harness.mismatch_test import take_apart  # noqa: PLC0415 - pyslang

    return take_apart(text, top=top)


def compiled(files: dict[str, str], order: Sequence[str], *, root: str, run: bool) -> Pipeline:
    """Return the compilation of `files` in this order, and the simulation if it is wanted."""
    compile_ = (compiler(), *_OPTIONS, root, "-o", _IMAGE, *order)
    simulate = (runtime(), "-n", _IMAGE)
    return Pipeline(files=files, steps=(compile_, simulate) if run else (compile_,))


def official_text(
    rule: Rule, sources: Sources, design: str, *, test: MismatchTest, run: bool = False
) -> Pipeline:
    """Return the official compilation of a sample's own text, and the run if it is wanted.

    Only what writes waveforms is left out of the test.
    """
    text = test.edited([(span, ";") for span in test.dumps])
    if not sources.reference:
        files = {"test.sv": f"{text}\n{design}\n"}
    else:
        others = {"test.sv": text, "ref.sv": sources.reference}
        own = {"design.sv": f"{design}\n"}
        files = {**own, **others} if rule.design_first else {**others, **own}
    return compiled(files, list(files), root=test.bench, run=run)
