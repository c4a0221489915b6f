"""Shrinks the stimulus under which a design fails to the shortest that still fails.

What counts as the same failure: the same output shows a wrong 0 or 1 (or, where it was X or Z
alone that was wrong, anything wrong). Delta debugging over clock cycles: nothing after the failure,
then only the cycles before it and the reset, then without any cycle that is not needed, then with
inputs at 0 or unchanged. Many shortened stimuli are tried in one simulation, each with a copy of
the design and of its golden design or reference model.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sim.design import Design
from sim.gate import admit
from sim.judge import simulate_first
from sim.process import Limits
from sim.simulate import Simulator
from sim.verdict import Mismatch, Status, Verdict
from testbench_gen.regression import Played, regression_testbench
from testbench_gen.standalone.patterns import Cycle, Phase
from testbench_gen.standalone.shortened import HOLD, LATE, PULSES, RESETS, ZERO, Failure
from testbench_gen.standalone.timeline import timeline
from testbench_gen.testbench import Testbench
from testbench_gen.trials import Broken, Reduction, Trials

_Item = TypeVar("_Item")
_SUMMANDS = (1.0, 0.75, 0.5, 0.25)
"""Shares of what can be left out one by one that are tried together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrunk:
    """The shortest stimulus found that still fails, and a testbench that plays just that."""

    cycles: tuple[Cycle, ...]
    from_cycles: int
    """Cycles (vectors, without a clock) up to the mismatch that was first seen."""
    testbench: Testbench
    """Drives these cycles and expects what the reference showed; standalone like any other."""
    mismatch: Mismatch
    """The first one under `testbench`."""
    minimal: bool
    """Whether no single cycle can be left out; otherwise the budget ended first, or the reference
    says what to expect under one stimulus only."""
    simulations: int

    def summary(self) -> str:
        """Return what was found, in one line."""
        unit = "cycle" if self.testbench.plan.timing.clocks else "vector"
        count = len(self.cycles)
        least = "" if self.minimal else " (maybe not the shortest)"
        return (
            f"{count} {unit}{'s' * (count != 1)} of {self.from_cycles} are enough{least}: "
            f"{self.mismatch.port} is {self.mismatch.got}, not {self.mismatch.expected}"
        )


def shrink(
    testbench: Testbench,
    design: Design,
    verdict: Verdict,
    *,
    simulators: Sequence[Simulator],
    limits: Limits = Limits(),
    seconds: float = 20.0,
    simulations: int = 60,
) -> Shrunk | None:
    """Shrink the stimulus of `testbench` under which `design` got `verdict`.

    The result depends on nothing but the arguments unless `seconds` end the search.

    Args:
        testbench: What gave the verdict.
        design: What failed; it goes through the gate again.
        verdict: A FAIL with its first mismatch.
        simulators: As given to `sim.judge.judge`.
        limits: Of each simulation.
        seconds: From which on no further simulation is begun.
        simulations: How many there are at most.

    Returns:
        None where there is no mismatch to shrink, or it does not show again.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    first = verdict.first_mismatch
    if verdict.status is not Status.FAIL or first is None:
        return None
    bench = testbench.bench
    admitted = admit(design, reserved=bench.reserved, outer=bench.outer).design
    if admitted is None:
        return None
    cycles = _until(testbench, first)
    trials = Trials(
        testbench=testbench,
        design=admitted,
        cycles=cycles,
        failure=_failure(testbench, first),
        simulators=simulators,
        limits=limits,
        end=time.monotonic() + seconds,
        most=simulations,
    )
    found = _cut_only(testbench, cycles) if trials.fixed else _search(trials)
    if found is None:
        return None
    return _confirmed(trials, found)


def _until(testbench: Testbench, first: Mismatch) -> tuple[Cycle, ...]:
    """Return the cycles that had begun at the first mismatch."""
    begun: list[Cycle] = []
    plan = testbench.plan

    def noted() -> Iterator[tuple[Phase, Cycle]]:
        for phase, cycle in plan.unfold():
            begun.append(cycle)
            yield phase, cycle

    now = 0
    inputs = [port.name for port in plan.inputs]
    for step in timeline(noted(), inputs, plan.timing, None):
        now += step.wait
        if step.sample and now >= first.time_ns:
            break
    return tuple(begun)


def _failure(testbench: Testbench, first: Mismatch) -> Failure:
    start = 0
    for port in testbench.interface.outputs:
        if port.name == first.port:
            break
        start += port.width
    wrong = [g for e, g in zip(first.expected, first.got, strict=False) if e in "01" and e != g]
    return Failure(start, start + len(first.expected), not any(g in "01" for g in wrong))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    reduction: Reduction
    rows: tuple[str, ...]
    minimal: bool


def _cut_only(testbench: Testbench, cycles: Sequence[Cycle]) -> _Found:
    """Return the stimulus up to the mismatch; what to expect is known under no other."""
    rows = testbench.files["expected.py"].split('"""')[-2].split()
    return _Found(reduction=Reduction(), rows=tuple(rows), minimal=False)


def _search(trials: Trials) -> _Found | None:
    current = _after_reset(trials)
    if current is None:
        return None
    search = _Search(trials=trials, current=current)
    minimal = search.run()
    rows = trials.rows(search.current)
    return None if rows is None else _Found(reduction=search.current, rows=rows, minimal=minimal)


def _after_reset(trials: Trials) -> Reduction | None:
    """Return the shortest end of the stimulus, with the first reset before it, that fails."""
    total = len(trials.cycles)
    head = next((i for i, cycle in enumerate(trials.cycles) if not cycle.resets), total)
    tails = [1 << power for power in range(max(0, total - head).bit_length())]
    tries = [Reduction(gone=frozenset(range(head, total - tail))) for tail in tails]
    tries = [*dict.fromkeys(each for each in tries if each.gone), Reduction()]
    for part in _parts(tries, trials.abreast(total // 4)):
        for tried, begun in zip(part, trials.failing(part), strict=True):
            if begun is not None:
                return trials.ended(tried, begun)
    return None


@dataclass(slots=True, kw_only=True)
class _Search:
    """The search for what can be left out; `current` always fails."""

    trials: Trials
    current: Reduction

    def run(self) -> bool:
        """Leave out what can be left out; whether nothing ended that early."""
        if self.trials.in_order:
            return False
        try:
            self._fewer_cycles()
            if self._quieter():
                self._fewer_cycles()
        except Broken:
            return False
        return True

    def _fewer_cycles(self) -> None:
        """Leave out parts of the stimulus, ever smaller ones, down to single cycles."""
        size = len(self.trials.cycles)
        while True:
            kept = self.current.kept(len(self.trials.cycles))
            # As many parts as one simulation takes: a short stimulus goes cycle by cycle at once.
            size = max(1, min(size, -(-len(kept) // self.trials.abreast(len(kept)))))
            parts = [part for part in _parts(kept, size) if len(part) < len(kept)]
            if self._leave_out(Reduction(gone=frozenset(part)) for part in parts):
                continue
            if size == 1:
                return
            size //= 2

    def _quieter(self) -> bool:
        """Take away what happens in the cycles that are left; whether anything."""
        changed = False
        for kinds in ((LATE, PULSES, RESETS, ZERO), (HOLD,)):
            whole = [Reduction(taken=frozenset(group)) for group in self._events(kinds)]
            changed |= self._leave_out(whole)
            single = [one for group in self._events(kinds) if len(group) > 1 for one in group]
            changed |= self._leave_out([Reduction(taken=frozenset({one})) for one in single])
        return changed

    def _events(self, kinds: Iterable[str]) -> Iterator[list[tuple[int, str, str]]]:
        """Yield what could be taken from the cycles that are left, by kind and input."""
        names = [port.name for port in self.trials.testbench.plan.inputs]
        for what in kinds:
            if what in (ZERO, HOLD):
                groups = [[(i, what, name) for i in self._moving(what, name)] for name in names]
            else:
                groups = [[(i, what, "") for i in self._having(what)]]
            yield from (group for group in groups if group)

    def _having(self, what: str) -> list[int]:
        attribute = {LATE: "late", PULSES: "pulsed", RESETS: "resets"}[what]
        kept = self.current.kept(len(self.trials.cycles))
        return [i for i in kept if getattr(self.trials.cycles[i], attribute)]

    def _moving(self, what: str, name: str) -> list[int]:
        """Return the cycles in which input `name` is not 0, or not what it was before."""
        kept = self.current.kept(len(self.trials.cycles))
        now = self.trials.played(self.current)
        before = [dict.fromkeys(now[0].values, 0), *(c.values for c in now)] if now else []
        return [
            index
            for index, cycle, last in zip(kept, now, before, strict=False)
            if cycle.values[name] and (what == ZERO or cycle.values[name] != last[name])
        ]

    def _leave_out(self, more: Iterable[Reduction]) -> bool:
        """Leave out as many of `more` as can be together; whether any."""
        good: list[tuple[Reduction, int]] = []
        for part in _parts(list(more), self._abreast()):
            sums = [self.current + each for each in part]
            begun = self.trials.failing(sums)
            good += [(e, when) for e, when in zip(part, begun, strict=True) if when is not None]
        if not good:
            return False
        first, when = good[0]
        self.current = self._largest([each for each, _ in good]) or self.trials.ended(
            self.current + first, when
        )
        return True

    def _largest(self, good: Sequence[Reduction]) -> Reduction | None:
        """Return what is left by the most of `good` together that still fails; None for one."""
        counts = sorted({int(len(good) * share) for share in _SUMMANDS} - {0, 1}, reverse=True)
        sums = [sum(good[:count], self.current) for count in counts]
        for part in _parts(sums, self._abreast()):
            for tried, when in zip(part, self.trials.failing(part), strict=True):
                if when is not None:
                    return self.trials.ended(tried, when)
        return None

    def _abreast(self) -> int:
        return self.trials.abreast(len(self.current.kept(len(self.trials.cycles))))


def _parts(items: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _confirmed(trials: Trials, found: _Found) -> Shrunk | None:
    """Return the end of the search, if the written testbench fails the design too."""
    cycles = tuple(trials.played(found.reduction))
    played = Played(cycles=cycles, of=len(trials.cycles), rows=found.rows)
    written = regression_testbench(trials.testbench, played)
    if written is None:
        return None
    verdict = simulate_first(
        trials.design, written.bench, simulators=trials.simulators, limits=trials.limits
    )
    if verdict.status is not Status.FAIL or verdict.first_mismatch is None:
        return None
    return Shrunk(
        cycles=cycles,
        from_cycles=len(trials.cycles),
        testbench=written,
        mismatch=verdict.first_mismatch,
        minimal=found.minimal,
        simulations=trials.run,
    )
