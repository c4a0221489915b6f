"""Designs judged by a testbench that rtlgen writes: of golden RTL, or of a formal specification."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rtlgen.data.rows import VerdictColumns
from rtlgen.design.feedback import feedback
from rtlgen.design.options import Options, State
from rtlgen.design.run import make_judgement
from rtlgen.errors import CannotJudge, RtlgenError
from rtlgen.evaluation.judgement import Category
from rtlgen.spec.reader import read_spec
from sim.batch import judge_many
from sim.design import Design
from sim.errors import InvalidDesign, InvalidInterface
from sim.interface import Interface
from sim.judge import available_simulators, simulator_named
from sim.process import Limits
from sim.verdict import Cause, Status, Verdict
from sim.verdict_cache import RunVerdicts, VerdictCache

log = logging.getLogger(__name__)

_CATEGORIES = {
    Cause.NONE: Category.PASS,
    Cause.REFUSED: Category.REFUSED,
    Cause.SYNTAX: Category.SYNTAX,
    Cause.ELABORATION: Category.ELABORATION,
    Cause.INTERFACE: Category.INTERFACE,
    Cause.MISMATCH: Category.MISMATCH,
    Cause.UNKNOWN_VALUE: Category.UNKNOWN_VALUE,
    Cause.INCOMPLETE: Category.INCOMPLETE,
    Cause.TIME: Category.TIMEOUT,
    Cause.MEMORY: Category.MEMORY,
    Cause.OUTPUT: Category.OUTPUT,
    Cause.DISAGREEMENT: Category.NOT_JUDGED,
    Cause.BENCH: Category.NOT_JUDGED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What was seen of one design."""

    category: Category
    verdict: VerdictColumns | None
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchTask:
    """Designs for one specification; calling it judges them. Plain values, for any machine."""

    spec: str
    """Empty where there is none."""
    golden: Design | None = None
    designs: tuple[Design, ...]
    top: str | None = None
    seed: int = 1
    simulators: tuple[str, ...] = ()
    """By name, in order; empty: those that are installed."""
    seconds: float = 30.0
    """Of each simulation, wall and processor time."""
    measure: bool = False
    """Whether the testbench is closed and its trust measured, as in the run it is of."""
    cache: bool = True
    """Whether verdicts of earlier runs are used, and those of this one kept."""

    def __call__(self) -> list[Ruled]:
        """Return what was seen of each design; all are "not judged" where nothing can judge.

        Raises:
            EnvironmentFault: A tool is missing or does not run.
        """
        try:
            return self._ruled()
        except (CannotJudge, RtlgenError, InvalidDesign, InvalidInterface) as error:
            why = str(error).split("\n", 1)[0]
            log.info("not judged: %s", why)
            return [Ruled(category=Category.NOT_JUDGED, verdict=None, evidence=why)] * len(
                self.designs
            )

    def _ruled(self) -> list[Ruled]:
        names = self.simulators
        simulators = [simulator_named(name) for name in names] or available_simulators()
        limits = Limits(seconds=self.seconds, cpu_seconds=self.seconds)
        options = Options(
            simulators=simulators,
            golden=self.golden,
            top=self.top,
            seed=self.seed,
            limits=limits,
            measure_testbench=self.measure,
        )
        spec = read_spec(self.spec) if self.spec else None
        judgement = make_judgement(spec, options, Silent())
        verdicts = judge_many(
            self.designs,
            judgement.testbench,
            simulators=simulators,
            interface=judgement.interface,
            limits=limits,
            cache=RunVerdicts(VerdictCache() if self.cache else None),
        )
        trust = None if judgement.trust is None else judgement.trust.value
        said = f"testbench by {judgement.reference}"
        return [
            Ruled(
                category=category_of(verdict),
                verdict=columns_of(verdict, design, judge=said, trust=trust),
                evidence=_evidence(verdict, design, judgement.interface),
            )
            for verdict, design in zip(verdicts, self.designs, strict=True)
        ]


def category_of(verdict: Verdict) -> Category:
    """Return what a verdict of `sim` is called among judgements of samples."""
    return Category.NOT_JUDGED if verdict.status is Status.ERROR else _CATEGORIES[verdict.cause]


def columns_of(
    verdict: Verdict, design: Design, *, judge: str, trust: float | None
) -> VerdictColumns | None:
    """Return a verdict of `sim` as rows have it; None where nothing was learned."""
    category = category_of(verdict)
    if category is Category.NOT_JUDGED:
        return None
    passed = verdict.status is Status.PASS
    met = max(0, min(verdict.checked, verdict.expected) - verdict.mismatches)
    return VerdictColumns(
        status="pass" if passed else "fail",
        category=category.value,
        share=1.0 if passed else round(met / verdict.expected, 6) if verdict.expected else 0.0,
        checks=verdict.expected,
        reason=verdict.reason,
        judge=f"{judge}, {verdict.simulator}" if verdict.simulator else judge,
        trust=trust,
        digest=design.digest,
    )


def _evidence(verdict: Verdict, design: Design, interface: Interface) -> str:
    if verdict.status is Status.PASS:
        return ""
    return feedback(verdict, design=design, interface=interface)


class Silent:
    """Progress that nobody looks at."""

    def stage(self, name: str, text: str, *, state: State = "ok") -> None:
        """Say nothing."""

    @contextmanager
    def working(self, text: str) -> Iterator[Callable[[str], None]]:
        """Show nothing."""
        yield lambda _: None
