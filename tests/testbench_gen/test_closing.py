"""The closing loop on scripted instruments, and once with the real ones."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace

import pytest

from sim.design import Design
from sim.interface import Interface
from sim.judge import available_simulators
from sim.process import Limits
from sim.proof import Goal, InputTrace, Outcome, Proof
from sim.verdict import Cause, Mismatch, Status, Verdict
from testbench_gen import Golden, Testbench
from testbench_gen.closed import Closed, is_exhaustive
from testbench_gen.closing import Effort, Source, close_testbench
from testbench_gen.coverage_result import Coverage, Kind, Point
from testbench_gen.instruments import Tools
from testbench_gen.mutants.mutant import Mutant
from testbench_gen.mutation import Fate, MutantResult, MutationScore
from testbench_gen.plan import StimulusPlan
from tests.testbench_gen.builders import (
    Counter,
    counter_interface,
    counter_rtl,
    parity,
    parity_interface,
)

DESIGN = Design(top="counter", sources={"counter.v": counter_rtl()})
PASS = Verdict(status=Status.PASS, reason="all held", checked=1, expected=1)
OPEN = Proof(outcome=Outcome.OPEN, reason="too hard")
PROVED = Proof(outcome=Outcome.PROVED, reason="by induction")
EFFORT = Effort(budget=64)


def trace(*levels: int) -> InputTrace:
    return InputTrace(cycles=tuple({"en": level} for level in levels))


def shown(*levels: int) -> Proof:
    return Proof(outcome=Outcome.REFUTED, reason="they differ", trace=trace(*levels))


def mutant(number: int) -> Mutant:
    text = DESIGN.sources["counter.v"] + f"// {number}\n"
    return Mutant(
        operator="constant",
        summary=f"change {number}",
        file="counter.v",
        line=number + 1,
        original=DESIGN,
        design=Design(top="counter", sources={"counter.v": text}),
    )


def driven(plan: StimulusPlan) -> list[tuple[str, tuple[int, ...]]]:
    """Return the traces in `plan`, each with its name, without its reset."""
    found = []
    for phase in plan.phases:
        if phase.pattern == "replay":
            held = zip(phase.vectors[1:], phase.repeats[1:], strict=True)
            levels = [vector.get("en", 0) for vector, times in held for _ in range(times)]
            found.append((phase.name, tuple(levels)))
    return found


@dataclass
class Scripted:
    """Knows which mutants and holes there are, what proofs say, and which traces do what."""

    dies_of: Sequence[tuple[int, ...] | str] = ()
    """For each mutant: the trace that fails it, or its fate whatever is driven."""
    proofs: Sequence[Proof] = ()
    """About the mutants."""
    needs: dict[str, tuple[int, ...] | None] = field(default_factory=dict)
    """For each hole, by condition: the trace that reaches it."""
    reached: dict[str, Proof] = field(default_factory=dict)
    """Proofs about holes; OPEN where there is none."""
    verdict: Verdict = PASS
    growing: Sequence[int] = ()
    """Mutants that die of a longer stimulus."""
    broken_by: str = "nothing"
    """A trace, by the start of its name, on which the reference itself fails."""
    asked: list[str] = field(default_factory=list)

    def mutants(self, design: Design, *, limit: int, seed: int) -> Sequence[Mutant]:
        assert design == DESIGN
        return [mutant(number) for number in range(min(limit, len(self.dies_of)))]

    def judge(self, design: Design, testbench: Testbench) -> Verdict:
        return self.verdict

    def score(
        self, design: Design, testbench: Testbench, mutants: Sequence[Mutant], *, proving: float
    ) -> MutationScore:
        self.asked.append(f"score {len(mutants)}")
        names = [name for name, _ in driven(testbench.plan)]
        if any(name.startswith(self.broken_by) for name in names):
            results = tuple(MutantResult(mutant=m, fate=Fate.NOT_JUDGED) for m in mutants)
            return MutationScore(results=results, fault="it fails")
        return MutationScore(
            results=tuple(self._result(m, testbench, proving=bool(proving)) for m in mutants)
        )

    def _result(self, one: Mutant, testbench: Testbench, *, proving: bool) -> MutantResult:
        number = one.line - 1
        dies = self.dies_of[number]
        if isinstance(dies, str):
            return MutantResult(mutant=one, fate=Fate(dies))
        by = [name for name, levels in driven(testbench.plan) if levels == dies]
        if number in self.growing and testbench.plan.cycles > 4200:
            by = ["random"]
        if by:
            return MutantResult(mutant=one, fate=Fate.KILLED, mismatch=mismatch(by[0]))
        proof = self.proofs[number] if proving and self.proofs else None
        fates = {Outcome.PROVED: Fate.EQUIVALENT, Outcome.REFUTED: Fate.SURVIVED}
        fate = fates.get(proof.outcome, Fate.OPEN) if proof else Fate.OPEN
        return MutantResult(mutant=one, fate=fate, proof=proof)

    def covering(self, design: Design, interface: Interface) -> AbstractContextManager[Scripted]:
        return nullcontext(self)

    def run(self, stimulus: StimulusPlan) -> Coverage:
        self.asked.append("cover")
        there = {levels for _, levels in driven(stimulus)}
        return Coverage(
            points=tuple(
                Point(
                    kind=Kind.BRANCH,
                    file="counter.v",
                    line=number + 1,
                    what="if",
                    hits=int(needed in there),
                    conditions=(condition,),
                )
                for number, (condition, needed) in enumerate(self.needs.items())
            )
        )

    def reach(
        self, design: Design, goals: Sequence[Goal], interface: Interface, *, seconds: float
    ) -> Sequence[Proof]:
        self.asked.append(f"reach {len(goals)}")
        return [self.reached.get(goal.condition, OPEN) for goal in goals]


def mismatch(phase: str) -> Mismatch:
    return Mismatch(check=0, phase=phase, time_ns=0.0, port="q", expected="0", got="1")


def source(design: Design | None = DESIGN) -> Source:
    return Source(interface=counter_interface(), reference=Counter(), design=design)


def closed(scripted: Scripted, effort: Effort = EFFORT) -> Closed:
    return close_testbench(source(), scripted, effort)


def names(found: Closed) -> list[str]:
    return [directed.name for directed in found.directed]


def test_what_kills_and_reaches_everything_is_left_as_it_is() -> None:
    scripted = Scripted(dies_of=["killed", "invalid"])
    found = closed(scripted)
    assert (found.fault, found.turns, found.directed, found.ended) == ("", 0, (), ())
    assert found.mutation.score == 1
    assert found.testbench == source().write(seed=1, budget=64, directed=())
    assert scripted.asked.count("score 2") == 1


def test_a_proof_of_a_difference_becomes_stimulus() -> None:
    found = closed(Scripted(dies_of=["killed", (1, 1)], proofs=[OPEN, shown(1, 1)]))
    assert names(found) == ["mutant 2, counter.v:2"]
    assert driven(found.testbench.plan) == [("mutant 2, counter.v:2", (1, 1))]
    assert found.mutation.score == 1
    assert "proved to show the difference where change 1" in found.directed[0].reason


def test_only_those_that_were_alive_are_judged_again() -> None:
    scripted = Scripted(dies_of=["killed", "killed", (1,)], proofs=[OPEN, OPEN, shown(1)])
    closed(scripted)
    assert [a for a in scripted.asked if a.startswith("score")] == ["score 3", "score 1"]


def test_one_trace_stands_for_several_mutants() -> None:
    scripted = Scripted(dies_of=[(1,), (1,), (0, 1)], proofs=[shown(1), shown(1), shown(0, 1)])
    found = closed(scripted)
    assert names(found) == ["mutant 1, counter.v:1", "mutant 3, counter.v:3"]
    assert found.dropped == 1
    assert len(found.mutation.killed) == 3


def test_a_trace_that_shows_nothing_is_dropped() -> None:
    found = closed(Scripted(dies_of=[(1, 1, 1)], proofs=[shown(0)]))
    assert found.directed == ()
    assert found.dropped == 1
    assert len(found.mutation.survivors) == 1
    assert found.testbench.plan == source().write(seed=1, budget=64, directed=()).plan


def test_a_trace_on_which_the_reference_fails_is_dropped() -> None:
    scripted = Scripted(dies_of=[(1,)], proofs=[shown(1)], broken_by="mutant")
    found = closed(scripted)
    assert (found.directed, found.dropped) == ((), 1)
    assert [result.fate for result in found.mutation.results] == [Fate.SURVIVED]


def test_equivalent_mutants_are_not_counted() -> None:
    found = closed(Scripted(dies_of=["killed", (1,)], proofs=[OPEN, PROVED]))
    assert found.mutation.score == 1
    assert len(found.mutation.equivalent) == 1


def test_holes_are_reached_or_proved_unreachable_or_open() -> None:
    scripted = Scripted(
        dies_of=["killed"],
        needs={"a": (1, 0), "b": None, "c": None},
        reached={"a": shown(1, 0), "b": PROVED},
    )
    found = closed(scripted)
    assert names(found) == ["reach counter.v:1, `a`"]
    covered = {point.conditions[0]: point.covered for point in found.coverage.points}
    assert covered == {"a": True, "b": False, "c": False}
    assert [point.conditions for point in found.coverage.holes] == [("c",)]
    assert found.proofs["c"] is OPEN


def test_a_trace_that_reaches_nothing_new_is_not_driven() -> None:
    scripted = Scripted(
        dies_of=["killed"],
        needs={"a": (1,), "b": (1,)},
        reached={"a": shown(1), "b": shown(0, 1)},
    )
    found = closed(scripted)
    assert names(found) == ["reach counter.v:1, `a`"]
    assert found.coverage.holes == ()


def test_a_trace_for_a_mutant_may_reach_a_hole() -> None:
    scripted = Scripted(
        dies_of=[(1,)], proofs=[shown(1)], needs={"a": (1,)}, reached={"a": shown(1)}
    )
    found = closed(scripted)
    assert names(found) == ["mutant 1, counter.v:1"]
    assert found.coverage.holes == ()


def test_without_a_prover_what_passes_is_missed() -> None:
    found = closed(Scripted(dies_of=["killed", (1,)], needs={"a": (1,)}))
    assert (len(found.mutation.open), found.directed, found.turns) == (1, (), 0)
    assert [p.what for p in found.coverage.holes] == ["if"]


def test_a_longer_stimulus_is_kept_only_if_it_helps() -> None:
    helped = closed(Scripted(dies_of=[(1,), (0,)], growing=[1]), Effort())
    assert helped.budget == 8192
    assert helped.testbench.plan.cycles > 4200
    assert len(helped.mutation.killed) == 1
    useless = closed(Scripted(dies_of=[(1,)]), Effort())
    assert useless.budget is None
    assert useless.testbench.plan.cycles <= 4200
    assert closed(Scripted(dies_of=[(1,)], growing=[0])).mutation.score == 0


def test_a_reference_that_fails_is_said_and_nothing_else_is_tried() -> None:
    failed = Verdict(status=Status.FAIL, cause=Cause.MISMATCH, reason="q is wrong")
    scripted = Scripted(dies_of=[(1,)], proofs=[shown(1)], broken_by="", verdict=failed)
    scripted.broken_by = "mutant"
    found = closed(replace(scripted, dies_of=[]))
    assert found.fault == "q is wrong"
    assert found.directed == ()


def test_without_rtl_nothing_is_measured() -> None:
    found = close_testbench(source(None), Scripted(), EFFORT)
    assert found.mutation.fault == "there is no RTL that does what the reference says"
    assert not found.coverage.measured
    assert found.testbench.expected_checks > 0


def test_limits_that_end_something_are_named() -> None:
    proofs = [shown(1)]
    assert closed(Scripted(dies_of=[(1,)], proofs=proofs), replace(EFFORT, turns=0)).ended == (
        "turns (0)",
    )
    assert closed(Scripted(dies_of=[(1,)], proofs=proofs), replace(EFFORT, seconds=0)).ended == (
        "time (0 s)",
    )
    needs: dict[str, tuple[int, ...] | None] = {f"c{n}": None for n in range(80)}
    found = closed(Scripted(dies_of=["killed"], needs=needs))
    assert found.ended == ("goals (64)",)


def test_it_is_the_same_again() -> None:
    def once() -> Closed:
        found = closed(
            Scripted(
                dies_of=[(1,), (0, 1), "killed"],
                proofs=[shown(1), shown(0, 1), OPEN],
                needs={"a": (1, 0)},
                reached={"a": shown(1, 0)},
            )
        )
        return replace(found, seconds={}, mutation=found.mutation)

    assert once() == once()


@pytest.mark.parametrize("name", ["mutants", "turns", "seconds", "proving"])
def test_effort_is_not_negative(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be at least 0, not -1"):
        Effort(**{name: -1})  # type: ignore[arg-type]


def test_a_fault_of_either_side_ends_both() -> None:
    @dataclass
    class Breaking(Scripted):
        def run(self, stimulus: StimulusPlan) -> Coverage:
            raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError, match="the disk is full"):
        closed(Breaking(dies_of=["killed"]))


def test_every_input_of_a_function_is_known_to_be_driven() -> None:
    wide = write(parity_interface(19, 0), parity(19, 0))
    assert is_exhaustive(write(parity_interface(3, 0), parity(3, 0)))
    assert not is_exhaustive(wide)
    assert not is_exhaustive(write(counter_interface(), Counter()))


def write(interface: Interface, reference: object) -> Testbench:
    made = Source(interface=interface, reference=reference, design=None)  # type: ignore[arg-type]
    return made.write(seed=1, budget=None, directed=())


SECRET = """module lock(input clk, input rst, input [11:0] key, output reg open);
  always @(posedge clk)
    if (rst) open <= 0;
    else if (key == {4'd9, 8'd163}) open <= 1;
    else if (key == {4'd3, 8'd77}) open <= 0;
endmodule
"""


@pytest.mark.icarus
@pytest.mark.verilator
def test_with_the_real_tools() -> None:
    from sim.interface import infer_timing, read_interface

    design = Design(top="lock", sources={"lock.v": SECRET})
    interface = infer_timing(design, read_interface(design))
    tools = Tools(simulators=available_simulators(), limits=Limits(seconds=60))
    made = Source(interface=interface, reference=Golden(design=design), design=design)
    found = close_testbench(made, tools, Effort(budget=256, mutants=8))
    assert found.fault == ""
    assert len(found.mutation.results) == 8
    assert len(found.mutation.killed) >= 4
    assert found.coverage.measured, found.coverage.reason
    assert {kind.value for kind in found.coverage.shares} >= {"line", "branch", "toggle"}
    assert found.coverage.holes
