"""A testbench whose stimulus is closed by what it does not reach.

One turn: the reference's coverage is measured, and wrong designs (mutants of it) are judged, side
by side. What survives and what is not reached goes to a prover. A mutant that it proves equivalent
is no wrong design; one that it refutes, and a hole that it reaches, bring inputs, which are driven
from then on; a hole that nothing can reach is none. Inputs are kept only where they help: they fail
the mutant, or reach the hole, that they were found for. Turns go on until nothing is left to gain,
or a limit ends them. What no proof settles is tried with a longer stimulus, once.

The loop asks `Instruments` for everything that takes a tool; `testbench_gen.instruments` has the
real ones. Equal seeds give equal testbenches but for what limits on time decide; `Closed.ended`
says which did.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from sim.design import Design
from sim.interface import Interface
from sim.proof import Goal, Outcome, Proof
from sim.stopping import Stop
from sim.verdict import Status, Verdict
from testbench_gen import leads
from testbench_gen.closed import (
    Closed,
    all_unreachable,
    is_exhaustive,
    nothing_judged,
    nothing_measured,
)
from testbench_gen.coverage_result import Coverage
from testbench_gen.directed import Directed
from testbench_gen.golden import Golden
from testbench_gen.mutants.mutant import Mutant
from testbench_gen.mutation import Fate, MutantResult, MutationScore
from testbench_gen.plan import StimulusPlan
from testbench_gen.ports import default_budget
from testbench_gen.reference import ReferenceModel
from testbench_gen.registers import registers_of
from testbench_gen.testbench import Testbench, write_testbench

_T = TypeVar("_T")
_S = TypeVar("_S")
MOST_DIRECTED = 32
"""Traces that a testbench takes; more would hide what it does."""
_MOST_GOALS = 64


class Covering(Protocol):
    """Measures one design, as often as one likes."""

    def run(self, stimulus: StimulusPlan) -> Coverage:
        """Return what `stimulus` reaches, or the reason why nobody could look."""


class Instruments(Protocol):
    """What measures and proves."""

    def mutants(self, design: Design, *, limit: int, seed: int) -> Sequence[Mutant]:
        """Return wrong designs, `limit` at most."""

    def judge(self, design: Design, testbench: Testbench) -> Verdict:
        """Judge the reference by itself."""

    def score(
        self, design: Design, testbench: Testbench, mutants: Sequence[Mutant], *, proving: float
    ) -> MutationScore:
        """Judge `mutants` and `design`; those that pass are proved or refuted in `proving` s."""

    def covering(self, design: Design, interface: Interface) -> AbstractContextManager[Covering]:
        """Return what measures `design`, once it is entered."""

    def reach(
        self, design: Design, goals: Sequence[Goal], interface: Interface, *, seconds: float
    ) -> Sequence[Proof]:
        """As `sim.proof.Prover`; empty where there is no prover."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How far the loop goes."""

    seed: int = 1
    budget: int | None = None
    """Clock cycles, or vectors, before anything is directed; None: by default, and twice that
    where it helps."""
    mutants: int = 30
    turns: int = 2
    """Times that inputs found by proof are added."""
    seconds: float = 30.0
    """After which nothing new begins; what has begun comes to its end."""
    proving: float = 3.0
    """Seconds for the proofs about mutants, and for those about holes, each time."""

    def __post_init__(self) -> None:
        for name in ("mutants", "turns", "seconds", "proving"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be at least 0, not {getattr(self, name)}")


class Writes(Protocol):
    """What a testbench is written from, and the RTL by which it is measured."""

    @property
    def interface(self) -> Interface:
        """Ports, clocks and resets; its module is the top of `design`."""

    @property
    def design(self) -> Design | None:
        """The RTL by which it is measured; None: there is none, and nothing is measured."""

    @property
    def fixed(self) -> bool:
        """Whether the stimulus is what it is."""

    def write(self, *, seed: int, budget: int | None, directed: Sequence[Directed]) -> Testbench:
        """Return the testbench with this stimulus."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A testbench that stands already, and is only measured."""

    testbench: Testbench
    design: Design | None
    """It does what the testbench expects."""
    fixed: bool = True

    @property
    def interface(self) -> Interface:
        return self.testbench.interface

    def write(self, *, seed: int, budget: int | None, directed: Sequence[Directed]) -> Testbench:
        return self.testbench


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A reference from which testbenches are written."""

    interface: Interface
    reference: ReferenceModel | Golden
    design: Design | None
    """Golden RTL, or RTL that does what the reference model says; its top is the interface's.

    None: there is no such RTL, and nothing is measured.
    """
    title: str = ""
    strict_reset: bool = True

    fixed: bool = False

    def write(self, *, seed: int, budget: int | None, directed: Sequence[Directed]) -> Testbench:
        """Return the testbench with this stimulus.

        Raises:
            InvalidInterface: The ports cannot be driven, or do not fit the reference.
            InvalidDesign: The golden design is no correct Verilog.
        """
        return write_testbench(
            self.interface,
            self.reference,
            seed=seed,
            budget=budget,
            title=self.title,
            strict_reset=self.strict_reset,
            directed=directed,
        )


def close_testbench(
    source: Writes,
    instruments: Instruments,
    effort: Effort = Effort(),
    *,
    mutants: Sequence[Mutant] | None = None,
) -> Closed:
    """Write a testbench, see what it misses, and mend that until nothing is gained.

    Args:
        source: What it is written from.
        instruments: What measures and proves.
        effort: How far to go.
        mutants: Of the source's design; None: as `instruments` make them.

    Raises:
        InvalidInterface: The ports cannot be driven, or do not fit the reference.
        InvalidDesign: The golden design is no correct Verilog.
        EnvironmentFault: A tool is missing or does not run.
    """
    if source.design is None:
        return _unmeasured(source, effort)
    return _Loop(
        source=source,
        design=source.design,
        instruments=instruments,
        effort=effort,
        mutants=mutants,
    ).run()


def _unmeasured(source: Writes, effort: Effort) -> Closed:
    reason = "there is no RTL that does what the reference says"
    return Closed(
        testbench=source.write(seed=effort.seed, budget=effort.budget, directed=()),
        design=None,
        mutation=nothing_judged(reason),
        coverage=nothing_measured(reason),
        budget=effort.budget,
    )


@dataclass(slots=True, kw_only=True)
class _Loop:
    source: Writes
    design: Design
    instruments: Instruments
    effort: Effort
    mutants: Sequence[Mutant] | None = None
    begun: float = field(default_factory=time.monotonic)
    budget: int | None = None
    directed: list[Directed] = field(default_factory=list)
    mutation: MutationScore = field(default_factory=nothing_judged)
    coverage: Coverage = field(default_factory=nothing_measured)
    covering: Covering | None = None
    proofs: dict[str, Proof] = field(default_factory=dict)
    never: list[Goal] = field(default_factory=list)
    """Goals that are proved never to be reached."""
    tried: set[str] = field(default_factory=set)
    """Names of the traces that have been driven."""
    dropped: int = 0
    turns: int = 0
    ended: dict[str, None] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def run(self) -> Closed:
        self.budget = self.effort.budget
        testbench = self._write(self.directed)
        with ExitStack() as stack:
            fault = self._look(testbench, stack)
            if not fault:
                testbench = self._grown(self._turned(testbench))
        return Closed(
            testbench=testbench,
            design=self.design,
            fault=fault,
            mutation=self.mutation,
            coverage=self.coverage,
            proofs=self.proofs,
            budget=self.budget,
            directed=tuple(self.directed),
            dropped=self.dropped,
            turns=self.turns,
            ended=tuple(self.ended),
            seconds={name: round(spent, 3) for name, spent in self.seconds.items()},
        )

    # The first look: mutants with their proofs, and coverage with its, at the same time.

    def _look(self, testbench: Testbench, stack: ExitStack) -> str:
        """Measure everything; return why the reference does not pass, empty if it does."""

        def coverage() -> None:
            source = self.source
            with self._timed("building the coverage model"):
                covering = self.instruments.covering(self.design, source.interface)
                self.covering = stack.enter_context(covering)
            self.coverage = self._measured(testbench)
            self._prove_holes()

        fault, _ = _both(lambda: self._score(testbench), coverage)
        return fault

    def _score(self, testbench: Testbench) -> str:
        # Where a loop swings no simulation ends: that costs the limit once, not for every mutant.
        if registers_of(self.design).loops and (fault := self._fault(testbench)):
            return fault
        made = self._mutants()
        with self._timed("mutants"):
            found = self.instruments.score(
                self.design, testbench, made, proving=self.effort.proving
            )
        self.mutation = found
        return "" if made and not found.fault else self._fault(testbench)

    def _mutants(self) -> Sequence[Mutant]:
        if self.mutants is not None or not self.effort.mutants:
            return self.mutants or ()
        limit, seed = self.effort.mutants, self.effort.seed
        with self._timed("making mutants"):
            return self.instruments.mutants(self.design, limit=limit, seed=seed)

    def _fault(self, testbench: Testbench) -> str:
        with self._timed("reference"):
            verdict = self.instruments.judge(self.design, testbench)
        return "" if verdict.status is Status.PASS else verdict.reason

    def _measured(self, testbench: Testbench) -> Coverage:
        if self.covering is None:
            return self.coverage
        with self._timed("coverage"):
            found = self.covering.run(testbench.plan).marked(self.never)
        return all_unreachable(found) if is_exhaustive(testbench) else found

    def _prove_holes(self) -> None:
        goals = [
            goal for goal in leads.goals_by_kind(self.coverage) if goal.condition not in self.proofs
        ]
        if len(goals) > _MOST_GOALS:
            self.ended[f"goals ({_MOST_GOALS})"] = None
            del goals[_MOST_GOALS:]
        if not goals:
            return
        source = self.source
        with self._timed("proofs about holes"):
            found = self.instruments.reach(
                self.design, goals, source.interface, seconds=self.effort.proving
            )
        for goal, proof in zip(goals, found, strict=False):
            self.proofs[goal.condition] = proof
            if proof.outcome is Outcome.PROVED:
                self.never.append(goal)
        self.coverage = self.coverage.marked(self.never)

    # Turns: drive what the proofs found, and look again.

    def _turned(self, testbench: Testbench) -> Testbench:
        while found := self._leads():
            if self.source.fixed:
                break
            if self.turns >= self.effort.turns:
                self.ended[f"turns ({self.effort.turns})"] = None
                break
            if self._late():
                break
            self.turns += 1
            self.tried |= {lead.name for lead in found}
            testbench = self._driven(testbench, found)
            self._prove_holes()
        return testbench

    def _late(self) -> bool:
        late = time.monotonic() - self.begun > self.effort.seconds
        if late:
            self.ended[f"time ({self.effort.seconds:g} s)"] = None
        return late

    def _leads(self) -> list[Directed]:
        """Return the traces that proofs found and that have not been driven yet."""
        found = [*leads.of_mutants(self.mutation), *leads.of_holes(self.coverage, self.proofs)]
        new = [lead for lead in found if lead.name not in self.tried]
        room = MOST_DIRECTED - len(self.directed)
        if len(new) > room:
            self.ended[f"traces ({MOST_DIRECTED})"] = None
        return new[:room]

    def _driven(self, testbench: Testbench, found: Sequence[Directed]) -> Testbench:
        """Return the testbench with the leads that help; `testbench` where none does."""
        kill = [lead for lead in found if not lead.name.startswith(leads.REACH)]
        reach = self._reaching(kill, [lead for lead in found if lead.name.startswith(leads.REACH)])
        before = self.mutation
        tried = self._write([*self.directed, *kill, *reach])
        if not self._judged_again(testbench, tried):
            self.dropped += len(found)
            return testbench
        killers = {leads.killer(result) for result in self.mutation.killed}
        useful = [lead for lead in (*kill, *reach) if lead.name in killers or lead in reach]
        self.dropped += len(found) - len(useful)
        if len(useful) < len(kill) + len(reach):
            self.mutation = before
            tried = self._write([*self.directed, *useful])
            if not useful or not self._judged_again(testbench, tried):
                return testbench
        self.directed += useful
        self.coverage = self._measured(tried)
        return tried

    def _reaching(self, others: Sequence[Directed], wanted: Sequence[Directed]) -> list[Directed]:
        """Return those of `wanted` that each reach something that is not reached without."""
        kept: list[Directed] = []
        if not wanted:
            return kept
        best = len(self._measured(self._write([*self.directed, *others])).holes)
        for lead in wanted:
            found = self._measured(self._write([*self.directed, *others, *kept, lead]))
            if found.measured and len(found.holes) < best:
                kept.append(lead)
                best = len(found.holes)
        return kept

    def _judged_again(self, old: Testbench, new: Testbench) -> bool:
        """Judge what `new` may judge otherwise than `old`; False if the reference fails `new`."""
        results = self.mutation.results
        wanted = [r for r in results if r.fate in (Fate.OPEN, Fate.SURVIVED)]
        if not _goes_on(old, new):
            wanted = [r for r in results if r.fate not in (Fate.INVALID, Fate.EQUIVALENT)]
        if not wanted:
            return not self._fault(new)
        with self._timed("mutants again"):
            found = self.instruments.score(
                self.design, new, [result.mutant for result in wanted], proving=0
            )
        if found.fault:
            return False
        self.mutation = self.mutation.updated(leads.with_proofs(found, wanted))
        return True

    # A longer stimulus, for what no proof has settled.

    def _grown(self, testbench: Testbench) -> Testbench:
        """Return a testbench of twice the length where that fails more mutants or reaches more."""
        missed = [r for r in self.mutation.results if leads.may_need_more(r)]
        if not (missed or self.coverage.holes) or is_exhaustive(testbench) or self._late():
            return testbench
        if self.effort.budget is not None or self.source.fixed:
            return testbench
        before = self.mutation
        self.budget = 2 * default_budget(self.source.interface, None)
        longer = self._write(self.directed)
        reached = self._measured(longer)
        more = len(reached.holes) < len(self.coverage.holes)
        if not more and not (missed and self._kills(longer, missed)):
            self.budget = None
            return testbench
        if self._judged_again(testbench, longer):
            killed = len(self.mutation.killed) - len(before.killed)
            if killed > 0 or (more and killed == 0):
                self.coverage = reached
                return longer
        self.mutation, self.budget = before, None
        return testbench

    def _kills(self, testbench: Testbench, results: Sequence[MutantResult]) -> bool:
        """Whether `testbench` fails any of these mutants; the others are not looked at."""
        mutants = [result.mutant for result in results]
        with self._timed("mutants again"):
            found = self.instruments.score(self.design, testbench, mutants, proving=0)
        return not found.fault and bool(found.killed)

    def _write(self, directed: Sequence[Directed]) -> Testbench:
        with self._timed("writing"):
            return self.source.write(seed=self.effort.seed, budget=self.budget, directed=directed)

    @contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        start = time.monotonic()
        try:
            yield
        finally:
            self.seconds[part] = self.seconds.get(part, 0.0) + time.monotonic() - start


def _goes_on(old: Testbench, new: Testbench) -> bool:
    """Whether `new` begins as `old` does, so that it fails what that fails."""
    return new.plan.phases[: len(old.plan.phases)] == old.plan.phases


def _nothing() -> None:
    """Do nothing, beside what the other thread does."""


def _both(one: Callable[[], _T], other: Callable[[], _S]) -> tuple[_T, _S]:
    """Return what both return, done at the same time; where one fails the other is stopped."""
    stop = Stop()

    def first() -> _T:
        with stop.here():
            return one()

    def second() -> _S:
        with stop.here():
            return other()

    with ThreadPoolExecutor(2) as pool:
        try:
            left, right = pool.submit(first), pool.submit(second)
            return left.result(), right.result()
        except BaseException:  # Ctrl-C as well
            stop.now()
            raise
