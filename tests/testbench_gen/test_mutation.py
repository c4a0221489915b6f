"""What becomes of mutants: judged side by side, and settled by proof where they pass."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from sim.design import Design
from sim.icarus import Icarus
from sim.interface import Interface, read_interface
from sim.process import ToolRun
from sim.proof import Goal, InputTrace, Outcome, Proof
from sim.verdict import Cause, Status, Verdict
from testbench_gen import Golden, Testbench, write_testbench
from testbench_gen.mutants import Mutant, mutants_of
from testbench_gen.mutation import Fate, MutantResult, MutationScore, fate_of, mutation_score
from testbench_gen.side_by_side import MODULE
from testbench_gen.standalone.lanes import Lanes, saved
from tests.testbench_gen.builders import counter_interface, counter_rtl

RTL = counter_rtl()
DESIGN = Design(top="counter", sources={"counter.v": RTL})


def mutant(*change: str, operator: str = "constant") -> Mutant:
    assert change[0] in RTL
    text = RTL.replace(*change)
    line = RTL[: RTL.index(change[0])].count("\n") + 1
    return Mutant(
        operator=operator,
        summary=f"`{change[0]}` becomes `{change[1]}`",
        file="counter.v",
        line=line,
        original=DESIGN,
        design=Design(top="counter", sources={"counter.v": text}),
    )


KILLED = mutant("q == 4 ?", "q == 3 ?", operator="off by one")
SAME = mutant("q == 4 ?", "4 == q ?")
ALSO = mutant("3'd1", "1'd1")
BROKEN = mutant("endmodule", "assign y = ;\nendmodule")
REFUSED = mutant("endmodule", "initial $finish;\nendmodule")


@dataclass(kw_only=True)
class Scripted:
    """A prover that says what it was told to."""

    proofs: list[Proof]
    asked: list[tuple[Design, list[Design], float]] = field(default_factory=list)

    def equivalent(
        self, golden: Design, others: Sequence[Design], interface: Interface, *, seconds: float
    ) -> list[Proof]:
        assert interface.module == golden.top
        self.asked.append((golden, list(others), seconds))
        return self.proofs[: len(others)]

    def reach(
        self, design: Design, goals: Sequence[Goal], interface: Interface, *, seconds: float
    ) -> list[Proof]:
        raise NotImplementedError


PROVED = Proof(outcome=Outcome.PROVED, reason="by induction")
REFUTED = Proof(outcome=Outcome.REFUTED, trace=InputTrace(cycles=({"en": 1, "rst": 0},)), port="q")
UNSETTLED = Proof(outcome=Outcome.OPEN, reason="the time is up")


def counter_bench() -> Testbench:
    return write_testbench(counter_interface(), Golden(design=DESIGN), budget=200)


def scored(*mutants: Mutant, prover: Scripted | None = None, **rest: float) -> MutationScore:
    return mutation_score(counter_bench(), mutants, simulators=[Icarus()], prover=prover, **rest)


def fates(score: MutationScore) -> list[Fate]:
    return [result.fate for result in score.results]


@pytest.mark.icarus
def test_mutants_that_pass_are_open_without_a_prover() -> None:
    score = scored(KILLED, SAME, BROKEN, REFUSED)
    assert fates(score) == [Fate.KILLED, Fate.OPEN, Fate.INVALID, Fate.INVALID]
    assert score.score == 0.5
    [killed] = score.killed
    assert killed.mismatch is not None
    assert killed.mismatch.port in ("q", "wrap")
    assert "checks did not hold" in killed.reason
    assert score.fault == ""


@pytest.mark.icarus
def test_a_proof_settles_what_passes() -> None:
    prover = Scripted(proofs=[PROVED, REFUTED])
    score = scored(SAME, KILLED, ALSO, prover=prover, seconds=7.0)
    assert fates(score) == [Fate.EQUIVALENT, Fate.KILLED, Fate.SURVIVED]
    assert prover.asked == [(DESIGN, [SAME.design, ALSO.design], 7.0)]
    assert score.score == 0.5
    [survivor] = score.survivors
    assert survivor.proof is REFUTED
    assert "+    else if (en) q <= q == 4 ? 3'd0 : q + 1'd1;" in survivor.mutant.diff()
    assert score.equivalent[0].reason == "by induction"
    assert score.killed[0].proof is None


@pytest.mark.icarus
def test_what_stays_open_counts_as_if_it_had_survived() -> None:
    score = scored(SAME, KILLED, prover=Scripted(proofs=[UNSETTLED]))
    assert fates(score) == [Fate.OPEN, Fate.KILLED]
    assert score.open[0].reason == "the time is up"
    assert score.score == 0.5


@pytest.mark.icarus
def test_nobody_is_asked_where_nothing_passes() -> None:
    prover = Scripted(proofs=[])
    assert scored(KILLED, prover=prover).score == 1.0
    assert prover.asked == []


@pytest.mark.icarus
def test_nothing_is_judged_by_a_testbench_that_fails_its_reference() -> None:
    other = Design(top="counter", sources={"counter.v": RTL.replace("q == 4", "q == 2")})
    score = mutation_score(counter_bench(), [KILLED], simulators=[Icarus()], golden=other)
    assert fates(score) == [Fate.NOT_JUDGED]
    assert score.score is None
    assert score.fault.startswith("the testbench does not pass its own reference: ")


@pytest.mark.icarus
def test_mutants_of_our_operators_are_judged() -> None:
    found = mutants_of(DESIGN, limit=12)
    score = scored(*found)
    assert [result.mutant for result in score.results] == found
    assert len(score.killed) >= 9
    assert not score.not_judged
    assert set(score.by_operator) == {m.operator for m in found}


def test_without_mutants_there_is_no_score() -> None:
    assert scored() == MutationScore(results=())
    assert scored().score is None


def test_mutants_of_several_designs_need_a_golden_one() -> None:
    other = replace(KILLED, original=Design(top="counter", sources={"counter.v": RTL + "\n"}))
    with pytest.raises(ValueError, match="changes of one design, not of 2"):
        scored(SAME, other)


RUN = ToolRun(argv=("vvp",), exit_code=0, output="", truncated=False, seconds=1.0)


def verdict(status: Status, cause: Cause, runs: int = 2) -> Verdict:
    return Verdict(status=status, cause=cause, reason="so", runs=(RUN,) * runs)


@pytest.mark.parametrize(
    ("found", "fate"),
    [
        (verdict(Status.FAIL, Cause.MISMATCH), Fate.KILLED),
        (verdict(Status.FAIL, Cause.UNKNOWN_VALUE), Fate.KILLED),
        (verdict(Status.TIMEOUT, Cause.TIME), Fate.KILLED),
        (verdict(Status.TIMEOUT, Cause.TIME, runs=1), Fate.NOT_JUDGED),
        (verdict(Status.FAIL, Cause.SYNTAX), Fate.INVALID),
        (verdict(Status.FAIL, Cause.TIME, runs=0), Fate.INVALID),
        (verdict(Status.FAIL, Cause.REFUSED), Fate.INVALID),
        (verdict(Status.FAIL, Cause.INTERFACE), Fate.INVALID),
        (verdict(Status.UNKNOWN, Cause.INCOMPLETE), Fate.NOT_JUDGED),
        (verdict(Status.ERROR, Cause.BENCH), Fate.NOT_JUDGED),
        (Verdict(status=Status.PASS, reason="all", checked=3, expected=3), Fate.OPEN),
    ],
)
def test_only_what_the_testbench_noticed_is_killed(found: Verdict, fate: Fate) -> None:
    assert fate_of(found, commands=2) is fate


def result(mutant_: Mutant, fate: Fate) -> MutantResult:
    return MutantResult(mutant=mutant_, fate=fate)


def test_fates_are_counted_by_operator() -> None:
    score = MutationScore(
        results=(
            result(KILLED, Fate.KILLED),
            result(SAME, Fate.OPEN),
            result(ALSO, Fate.EQUIVALENT),
        )
    )
    tallies = score.by_operator
    assert list(tallies) == ["constant", "off by one"]
    assert (tallies["constant"].open, tallies["constant"].equivalent) == (1, 1)
    assert tallies["off by one"].killed == 1


def test_newer_results_take_the_place_of_older_ones() -> None:
    old = MutationScore(
        results=(result(KILLED, Fate.KILLED), result(SAME, Fate.OPEN)), fault="", seconds=1.0
    )
    new = MutationScore(
        results=(result(SAME, Fate.EQUIVALENT), result(ALSO, Fate.KILLED)), seconds=2.0
    )
    both = old.updated(new)
    assert fates(both) == [Fate.KILLED, Fate.EQUIVALENT, Fate.KILLED]
    assert both.seconds == 3.0


def test_a_record_is_plain_json() -> None:
    score = MutationScore(
        results=(result(KILLED, Fate.KILLED), replace(result(SAME, Fate.SURVIVED), proof=REFUTED)),
        seconds=1.5,
    )
    record = json.loads(json.dumps(score.as_record()))
    assert record["score"] == 0.5
    assert record["killed"] == 1
    assert record["survived"] == 1
    assert record["operators"]["off by one"]["killed"] == 1
    [survivor] = record["survivors"]
    assert survivor["fate"] == "survived"
    assert survivor["mutant"] == "counter.v:5: `q == 4 ?` becomes `4 == q ?`"
    assert survivor["diff"].startswith("--- counter.v")


def test_a_simulation_ends_early_where_most_of_it_would_be_for_nothing() -> None:
    assert saved(0.5, 100, 10_000, 0.9) == pytest.approx(45.0)
    assert saved(0.5, 10_000, 10_000, 0.9) == pytest.approx(0.45)
    assert saved(0.5, 100, 10_000, 0.0) == 0.0


def test_only_a_brief_testbench_may_end_early() -> None:
    lanes = counter_bench().lanes
    briefly, fully = (
        replace(lanes, brief=brief).bench(["a", "b"]).python_files[f"{MODULE}.py"]
        for brief in (True, False)
    )
    assert "PACE.wasted(found)" in briefly
    assert "PACE.wasted" not in fully
    assert counter_bench().side_by_side(["a", "b"]).python_files[f"{MODULE}.py"] == fully


def test_lanes_with_a_mismatch_are_decided() -> None:
    lanes = Lanes(2, [("y", 1)], {}, count_open=True)
    lanes.sample("1", "11", phase="all", time_ns=lambda: 0.0)
    assert lanes.decided == 0.0
    lanes.sample("1", "01", phase="all", time_ns=lambda: 1.0)
    assert lanes.decided == 0.5


@pytest.mark.icarus
def test_mutants_of_a_dear_design_are_judged_alike() -> None:
    """Wide and slow: most lanes are decided at once, and left out of the complete simulation."""
    body = "always @* for (i = 0; i < 256; i = i + 1) y[i] = a[255 - i] ^ a[i];"
    text = f"module wide(input [255:0] a, output reg [255:0] y);\ninteger i;\n{body}\nendmodule\n"
    design = Design(top="wide", sources={"wide.v": text})
    bench = write_testbench(read_interface(design), Golden(design=design), budget=600)
    found = mutants_of(design, limit=12)
    score = mutation_score(bench, found, simulators=[Icarus()])
    assert score.fault == ""
    assert len(score.killed) >= 10
    assert not score.not_judged
