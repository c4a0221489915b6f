"""Many designs of one interface, judged or observed in few simulations.

They stand side by side in one elaboration and share one start of the simulator
and one stimulus. A batch decides only what a complete simulation decides;
where one does not come to its end it is tried again in halves, and in the end
each design by itself, as `sim.judge.judge` would.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar

from sim.cocotb_bench import CocotbBench
from sim.cocotb_run import REPORT_BYTES, LaneReport, judge_report
from sim.design import Design
from sim.gate import Admission, admit_many
from sim.interface import Interface
from sim.judge import clashing_data, data_clash, other_module, refusal_verdict, simulate_first
from sim.process import Limits
from sim.side_by_side import Broken, judge_together, record_alone, record_together
from sim.simulate import Simulator
from sim.trace import Trace
from sim.verdict import Verdict
from sim.verdict_cache import VerdictCache, verdict_key

MOST = 64
"""Designs in one simulation, at most."""
_ROWS_BYTES = 64 << 20
"""Rows that one simulation may record."""
_Outcome = TypeVar("_Outcome")
_Made_co = TypeVar("_Made_co", covariant=True)
_Decided = Mapping[int, _Outcome]


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
    cache: VerdictCache | None = None,
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
    shelf = _Shelf(cache=cache, bench=bench, simulators=simulators, limits=limits)
    settled = shelf.settled(admissions, found)
    judging = _Judging(testbench=testbench, limits=limits)
    verdicts = _settle(admissions, settled, judging, simulators, workers=workers, most=most)
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
    return _settle(admissions, found, watching, simulators, workers=workers, most=most)


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

    cache: VerdictCache | None
    bench: CocotbBench
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
        return verdict_key(digest, self.bench, self.simulators, self.limits)


class _Work(Protocol[_Made_co]):
    """What is done to designs, together or alone."""

    def together(
        self, admissions: Mapping[int, Admission], simulator: Simulator
    ) -> Mapping[int, _Made_co] | Broken:
        """Simulate designs that have lanes; one that is missing in the answer is undecided."""

    def alone(self, admission: Admission, simulators: Sequence[Simulator]) -> _Made_co:
        """Simulate one design, with full limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judging:
    testbench: ManyBench
    limits: Limits

    def together(
        self, admissions: Mapping[int, Admission], simulator: Simulator
    ) -> _Decided[Verdict] | Broken:
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
    ) -> _Decided[Trace | Verdict] | Broken:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Designs to try together, and under which simulators."""

    members: tuple[int, ...]
    simulators: tuple[Simulator, ...]


@dataclass(slots=True, kw_only=True)
class _Settling(Generic[_Outcome]):
    """The designs that are still to be decided, and how."""

    admissions: Mapping[int, Admission]
    work: _Work[_Outcome]
    simulators: tuple[Simulator, ...]
    decided: dict[int, _Outcome] = field(default_factory=dict)

    def run(self, groups: Sequence[_Group], workers: int) -> dict[int, _Outcome]:
        """Try `groups`, and what is left of them, until every design is decided."""
        if workers == 1:
            queue = list(groups)
            while queue:
                queue += self._take(self._try(queue.pop(0)))
            return self.decided
        with ThreadPoolExecutor(workers) as pool:
            pending = {pool.submit(self._try, group) for group in groups}
            try:
                while pending:
                    done, pending = wait(pending, return_when=FIRST_COMPLETED)
                    pending |= {pool.submit(self._try, group) for group in self._taken(done)}
            finally:
                for future in pending:
                    future.cancel()
        return self.decided

    def _taken(
        self, done: set[Future[tuple[_Decided[_Outcome], list[_Group]]]]
    ) -> Iterator[_Group]:
        for future in done:
            yield from self._take(future.result())

    def _take(self, tried: tuple[_Decided[_Outcome], list[_Group]]) -> list[_Group]:
        decided, left = tried
        self.decided |= decided
        return left

    def _try(self, group: _Group) -> tuple[_Decided[_Outcome], list[_Group]]:
        """Return what is decided, and what is to be tried next."""
        if len(group.members) == 1:
            index = group.members[0]
            return {index: self.work.alone(self.admissions[index], self.simulators)}, []
        members = {index: self.admissions[index] for index in group.members}
        found = self.work.together(members, group.simulators[0])
        if isinstance(found, Broken):
            return {}, list(self._smaller(group, found))
        return found, [self._single(index) for index in group.members if index not in found]

    def _single(self, index: int) -> _Group:
        return _Group(members=(index,), simulators=self.simulators)

    def _smaller(self, group: _Group, broken: Broken) -> Iterator[_Group]:
        if broken.blamed:
            blamed = tuple(group.members[position] for position in sorted(broken.blamed))
            rest = tuple(index for index in group.members if index not in blamed)
            if rest:
                yield replace(group, members=rest)
            if group.simulators[1:]:
                yield _Group(members=blamed, simulators=group.simulators[1:])
            else:
                yield from map(self._single, blamed)
            return
        half = -(-len(group.members) // 2)
        for part in _parts(group.members, min(half, broken.fitting or half)):
            yield replace(group, members=part)


def _parts(members: Sequence[int], size: int) -> Iterator[tuple[int, ...]]:
    """Yield `members` in parts of about equal length, `size` at most."""
    count = -(-len(members) // size)
    for part in range(count):
        yield tuple(members[part::count])


def _settle(
    admissions: Sequence[Admission],
    found: Mapping[int, _Outcome],
    work: _Work[_Outcome],
    simulators: Sequence[Simulator],
    *,
    workers: int,
    most: int,
) -> list[_Outcome]:
    """Return the outcome for every design; those in `found` need no simulation."""
    first: dict[str, int] = {}
    for index, admission in enumerate(admissions):
        if index not in found:
            first.setdefault(admission.digest, index)
    unique = {index: admissions[index] for index in first.values()}
    settling = _Settling(admissions=unique, work=work, simulators=tuple(simulators))
    abreast = [index for index, admission in unique.items() if admission.lane is not None]
    size = max(1, min(most, -(-len(abreast) // workers)))
    groups = [
        _Group(members=part, simulators=settling.simulators) for part in _parts(abreast, size)
    ]
    groups += [settling._single(i) for i, one in unique.items() if one.lane is None]
    decided = settling.run(groups, workers)
    return [
        found[index] if index in found else decided[first[admission.digest]]
        for index, admission in enumerate(admissions)
    ]
