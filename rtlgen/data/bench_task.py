"""Designs judged by a testbench that rtlgen writes: of golden RTL, or of a formal specification.

Where there is neither, answers of a model may be judged by their agreement.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rtlgen.data.bench_blind import Polled, ruled_blind
from rtlgen.data.ruled import Ruled, ruled, unjudged
from rtlgen.design.bench import NO_REFERENCE
from rtlgen.design.options import Options, State
from rtlgen.design.run import make_judgement
from rtlgen.errors import CannotJudge, RtlgenError
from rtlgen.spec.reader import read_spec
from sim.batch import judge_many
from sim.design import Design
from sim.errors import InvalidDesign, InvalidInterface
from sim.judge import available_simulators, simulator_named
from sim.process import Limits
from sim.verdict_cache import RunVerdicts, VerdictCache

log = logging.getLogger(__name__)


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
    poll: Polled | None = None
    """How the designs came about, where agreement may judge if nothing else can."""
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
            return [unjudged(why)] * len(self.designs)

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
        try:
            judgement = make_judgement(spec, options, Silent())
        except CannotJudge as error:
            if spec is None or self.poll is None or str(error) != NO_REFERENCE:
                raise
            return ruled_blind(spec, self.designs, self.poll, options)
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
            ruled(verdict, design, judgement.interface, judge=said, trust=trust)
            for verdict, design in zip(verdicts, self.designs, strict=True)
        ]


class Silent:
    """Progress that nobody looks at."""

    def stage(self, name: str, text: str, *, state: State = "ok") -> None:
        """Say nothing."""

    @contextmanager
    def working(self, text: str) -> Iterator[Callable[[str], None]]:
        """Show nothing."""
        yield lambda _: None
