"""Many designs of one interface, judged or observed in few simulations.

They stand side by side in one elaboration and share one start of the simulator
and one stimulus. A batch decides only what a complete simulation decides;
where one does not come to its end it is tried again in halves, and in the end
each design by itself, as `sim.judge.judge` would.

A design whose processes race to write a variable is simulated alone, as the
company could settle the race. A race to read what another process writes at
the same moment is not looked for: it fails both ways, perhaps with other counts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sim.cocotb_bench import CocotbBench
from sim.cocotb_run import REPORT_BYTES, LaneReport, judge_report
from sim.design import Design
from sim.gate import Admission, admit_many
from sim.interface import Interface
from sim.judge import clashing_data, data_clash, other_module, refusal_verdict, simulate_first
from sim.process import Limits
from sim.settle import settle
from sim.side_by_side import (
    Broken,
    compiles,
    judge_together,
    record_alone,
    record_together,
)
from sim.simulate import Simulator
from sim.trace import Trace
from sim.verdict import Verdict
from sim.verdict_cache import Verdicts, verdict_key

MOST = 64
"""Designs in one simulation, at most."""
_ROWS_BYTES = 64 << 20
"""Rows that one simulation may record."""


class ManyBench(Protocol):
    """A testbench for one design, and the same for many; `testbench_gen.Testbench` is one."""

    @property
    def bench(self) -> CocotbBench:
        """The testbench for one design."""

    def side_by_side(self, modules: Sequence[str]) -> CocotbBench:
        """Return the testbench for the designs with these top modules, one lane each."""


class Observation(Protocol):
    """A stimulus whose effects are recorded; `testbench_gen.Stimulation` is one."""

    @property
    def samples(self) -> int:
        """Number of samples."""

    @property
    def row_width(self) -> int:
        """Bits of all outputs together."""

    @property
    def reserved(self) -> frozenset[str]:
        """Module names that no design may define."""

    @property
    def outer(self) -> frozenset[str]:
        """Names around the designs that do not begin with `rtlgen_`."""

    def side_by_side(self, modules: Sequence[str]) -> CocotbBench:
        """Return what records the designs with these top modules, one lane each."""


def judge_many(  # noqa: PLR0913 - all that decides a verdict
    designs: Sequence[Design],
    testbench: ManyBench,
    *,
    simulators: Sequence[Simulator],
    interface: Interface | None = None,
    limits: Limits = Limits(),
    cache: Verdicts | None = None,
    workers: int = 1,
    most: int = MOST,
) -> list[Verdict]:
    """Judge `designs` as `sim.judge.judge` judges each of them, in fewer simulations.

    Designs that say the same are judged once and share one verdict. `runs` of a
    verdict are those of the simulation it comes from, which may be that of many.

    Args:
        designs: What to judge.
        testbench: By what.
        simulators: Which to ask, in this order, until one takes a design.
        interface: The ports that a design must have.
        limits: Of each simulation, of one design or of many.
        cache: Where verdicts are looked up and kept.
        workers: Simulations at a time.
        most: Designs in one simulation, at most.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    _check(simulators, workers, most)
    bench = testbench.bench
    admissions = admit_many(
        designs, reserved=bench.reserved, outer=bench.outer, interface=interface
    )
    found = _undisputed(designs, admissions, bench, interface)
    together = testbench.side_by_side(["rtlgen_nothing"])
    shelf = _Shelf(
        cache=cache, bench=bench, together=together, simulators=simulators, limits=limits
    )
    settled = shelf.settled(admissions, found)
    judging = _Judging(testbench=testbench, limits=limits)
    verdicts = settle(admissions, settled, judging, simulators, workers=workers, most=most)
    shelf.keep(admissions, verdicts, known=settled)
    return verdicts


def observe_many(
    designs: Sequence[Design],
    stimulation: Observation,
    *,
    simulators: Sequence[Simulator],
    interface: Interface | None = None,
    limits: Limits = Limits(),
    workers: int = 1,
    most: int = MOST,
) -> list[Trace | Verdict]:
    """Return what each of `designs` does under `stimulation`, or why it cannot be told.

    A design that ends the simulation early, passes a limit, is refused by the
    gate, or cannot be compiled has a verdict instead of a trace.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    _check(simulators, workers, most)
    admissions = admit_many(
        designs, reserved=stimulation.reserved, outer=stimulation.outer, interface=interface
    )
    alone = stimulation.side_by_side(["rtlgen_nothing"])
    found = _undisputed(designs, admissions, alone, interface)
    rows = stimulation.samples * stimulation.row_width
    watching = _Watching(stimulation=stimulation, limits=limits)
    most = max(1, min(most, _ROWS_BYTES // rows))
    return settle(admissions, found, watching, simulators, workers=workers, most=most)


def _check(simulators: Sequence[Simulator], workers: int, most: int) -> None:
    if not simulators:
        raise ValueError("simulators must not be empty")
    for name, value in (("workers", workers), ("most", most)):
        if value < 1:
            raise ValueError(f"{name} must be at least 1, not {value}")


def _undisputed(
    designs: Sequence[Design],
    admissions: Sequence[Admission],
    bench: CocotbBench,
    interface: Interface | None,
) -> dict[int, Verdict]:
    """Return the verdicts on designs that need not be simulated."""
    found: dict[int, Verdict] = {}
    for index, (design, admission) in enumerate(zip(designs, admissions, strict=True)):
        if interface is not None and design.top != interface.module:
            found[index] = other_module(design, interface, bench)
        elif admission.design is None:
            found[index] = refusal_verdict(admission, bench)
        elif clash := clashing_data(design, bench):
            found[index] = data_clash(clash, bench)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shelf:
    """The cache, for one testbench under the same simulators and limits."""

    cache: Verdicts | None
    bench: CocotbBench
    together: CocotbBench
    """The testbench for many; any number of them, as its digest stands for its code."""
    simulators: Sequence[Simulator]
    limits: Limits

    def settled(
        self, admissions: Sequence[Admission], found: Mapping[int, Verdict]
    ) -> dict[int, Verdict]:
        """Return `found` and what is kept of the other designs."""
        if self.cache is None:
            return dict(found)
        asked = {a.digest for index, a in enumerate(admissions) if index not in found}
        kept = {digest: self.cache.get(self._key(digest)) for digest in asked}
        known = {index: kept.get(admission.digest) for index, admission in enumerate(admissions)}
        return {i: verdict for i, verdict in known.items() if verdict is not None} | dict(found)

    def keep(
        self,
        admissions: Sequence[Admission],
        verdicts: Sequence[Verdict],
        *,
        known: Mapping[int, Verdict],
    ) -> None:
        """Keep the `verdicts` that were not `known`."""
        if self.cache is None:
            return
        new = {
            a.digest: v
            for i, (a, v) in enumerate(zip(admissions, verdicts, strict=True))
            if i not in known
        }
        for digest, verdict in new.items():
            self.cache.put(self._key(digest), verdict)

    def _key(self, digest: str) -> str:
        return verdict_key(digest, self.bench, self.simulators, self.limits, together=self.together)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judging:
    testbench: ManyBench
    limits: Limits

    def together(
        self, admissions: Mapping[int, Admission], simulator: Simulator
    ) -> Mapping[int, Verdict] | Broken:
        lanes = _lanes(admissions)
        bench = self.testbench.side_by_side([lane.top for lane in lanes])
        done = judge_together(lanes, bench, simulator=simulator, limits=self.limits)
        if isinstance(done, Broken):
            return done
        facts, expected = simulator.facts(done.runs), bench.expected_checks
        return {
            index: judge_report(report, expected=expected, facts=facts)
            for index, report in zip(admissions, done.lanes, strict=True)
            if _short_enough(report)
        }

    def takes(self, admission: Admission, simulator: Simulator) -> bool:
        return compiles(
            _admitted(admission), self.testbench.bench, simulator=simulator, limits=self.limits
        )

    def alone(self, admission: Admission, simulators: Sequence[Simulator]) -> Verdict:
        return simulate_first(
            _admitted(admission), self.testbench.bench, simulators=simulators, limits=self.limits
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watching:
    stimulation: Observation
    limits: Limits

    def together(
        self, admissions: Mapping[int, Admission], simulator: Simulator
    ) -> Mapping[int, Trace | Verdict] | Broken:
        lanes = _lanes(admissions)
        done = record_together(
            lanes,
            self.stimulation.side_by_side([lane.top for lane in lanes]),
            row_width=self.stimulation.row_width,
            simulator=simulator,
            limits=self.limits,
        )
        if isinstance(done, Broken):
            return done
        name, state = simulator.facts(done.runs)["simulator"], simulator.two_state
        return {
            index: Trace(rows=rows, simulator=name, two_state=state, runs=done.runs)
            for index, rows in zip(admissions, done.lanes, strict=True)
        }

    def takes(self, admission: Admission, simulator: Simulator) -> bool:
        design = _admitted(admission)
        bench = self.stimulation.side_by_side([design.top])
        return compiles(design, bench, simulator=simulator, limits=self.limits)

    def alone(self, admission: Admission, simulators: Sequence[Simulator]) -> Trace | Verdict:
        design = _admitted(admission)
        return record_alone(
            design,
            self.stimulation.side_by_side([design.top]),
            row_width=self.stimulation.row_width,
            simulators=simulators,
            limits=self.limits,
        )


def _lanes(admissions: Mapping[int, Admission]) -> list[Design]:
    return [admission.lane for admission in admissions.values() if admission.lane is not None]


def _admitted(admission: Admission) -> Design:
    if admission.design is None:
        raise ValueError("only an admitted design can be simulated")
    return admission.design


def _short_enough(report: LaneReport) -> bool:
    """Whether the report could stand alone; where it could not, the design is simulated alone."""
    return len(json.dumps(report.model_dump())) < REPORT_BYTES - 1024
