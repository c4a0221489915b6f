"""The record of a testbench, its plan for people, and what is kept between runs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from rtlgen.design.bench import Judgement
from rtlgen.design.options import Options
from rtlgen.design.testbench_cache import TestbenchCache, testbench_key
from rtlgen.design.testbench_judgement import as_demanded
from rtlgen.design.testbench_plan import render_plan
from rtlgen.design.testbench_record import (
    PhaseRecord,
    TestbenchFile,
    TrustSummary,
    file_of,
    summary_of,
    to_json,
    trust_of,
    write_trust,
)
from sim.design import Design
from sim.process import Limits
from sim.proof import InputTrace, Outcome, Proof
from testbench_gen.closed import Closed
from testbench_gen.closing import Effort, Source
from testbench_gen.coverage_result import Coverage, Kind, Point
from testbench_gen.directed import Directed
from testbench_gen.mutants.mutant import Mutant
from testbench_gen.mutation import Fate, MutantResult, MutationScore
from tests.golden import check_golden
from tests.testbench_gen.builders import Counter, counter_interface, counter_rtl

TEXT = counter_rtl()
DESIGN = Design(top="counter", sources={"counter.v": TEXT})
PUSH = Directed(
    name="reach counter.v:5, `q == 4`",
    reason="proved to reach what the rest does not",
    trace=InputTrace(cycles=({"en": 1}, {"en": 0})),
)


def mutant(text: str, operator: str = "constant") -> Mutant:
    changed = TEXT.replace("q == 4", text, 1)
    return Mutant(
        operator=operator,
        summary=f"`q == 4` becomes `{text}`",
        file="counter.v",
        line=2,
        original=DESIGN,
        design=Design(top="counter", sources={"counter.v": changed}),
    )


def results() -> tuple[MutantResult, ...]:
    refuted = Proof(outcome=Outcome.REFUTED, reason="differs at wrap, cycle 3")
    same = Proof(outcome=Outcome.PROVED, reason="by induction")
    return (
        MutantResult(mutant=mutant("q == 5"), fate=Fate.KILLED),
        MutantResult(mutant=mutant("q >= 4"), fate=Fate.EQUIVALENT, proof=same),
        MutantResult(mutant=mutant("q == 7", "off | by"), fate=Fate.SURVIVED, proof=refuted),
        MutantResult(mutant=mutant("q == 3"), fate=Fate.OPEN),
        MutantResult(mutant=mutant("q = 3"), fate=Fate.INVALID),
    )


def point(line: int, *, hits: int = 0, unreachable: bool = False) -> Point:
    return Point(
        kind=Kind.BRANCH,
        file="counter.v",
        line=line,
        what="else",
        hits=hits,
        conditions=(f"c{line}",),
        unreachable=unreachable,
    )


def source() -> Source:
    return Source(interface=counter_interface(), reference=Counter(), design=DESIGN)


def closed() -> Closed:
    return Closed(
        testbench=source().write(seed=3, budget=64, directed=(PUSH,)),
        design=DESIGN,
        mutation=MutationScore(results=results()),
        coverage=Coverage(points=(point(3, hits=2), point(4), point(5, unreachable=True))),
        proofs={
            "c4": Proof(outcome=Outcome.OPEN, reason="no answer within the time"),
            "c5": Proof(outcome=Outcome.PROVED, reason="never, by induction"),
        },
        budget=64,
        directed=(PUSH,),
        dropped=2,
        turns=1,
        ended=("turns (1)",),
        seconds={"mutants": 1.25},
    )


def recorded(found: Closed) -> TestbenchFile:
    return file_of(
        found,
        summary_of(found, trust_of(found)),
        reference="state table (lines 3-9)",
        measured_on="RTL compiled from the state table",
        notes=["`wrap` is expected 0 at every sample"],
        limits={"seconds": 30.0},
        versions={"icarus": "11.0"},
        command=["rtlgen", "testbench", "spec.md"],
    )


def fixed(record: TestbenchFile) -> TestbenchFile:
    phases = [PhaseRecord(name="random", pattern="constrained", cycles=60, reason="by role")]
    update = {
        "written": "2026-01-01T00:00:00+00:00",
        "rtlgen": "0",
        "phases": phases,
        "cycles": 60,
        "checks": 240,
    }
    return record.model_copy(update=update)


def test_trust_counts_what_is_missed_and_leaves_out_what_cannot_be() -> None:
    trust = trust_of(closed())
    assert (trust.killed, trust.missed) == (1, 2)
    assert trust.coverage == 0.5
    assert trust_of(closed(), agreement=0.5).value == pytest.approx(trust.value / 2)


def test_the_summary_reads_as_a_sentence() -> None:
    found = closed()
    assert summary_of(found, trust_of(found)).text == (
        "kills 1 of 3 mutants, 1 more proved equivalent, reaches 50.0 % of what can be reached"
    )
    blind = replace(found, coverage=Coverage(reason="no C++ compiler"))
    assert "coverage not measured (no C++ compiler)" in summary_of(blind, trust_of(blind)).text
    none = replace(found, mutation=MutationScore(results=(), fault="it does not parse"))
    text = summary_of(none, trust_of(none, agreement=0.4)).text
    assert text.startswith("no mutant could be judged (it does not parse)")
    assert text.endswith("agreement on the reference 0.40")


def test_nearly_all_does_not_read_as_all() -> None:
    points = (*(point(n + 1, hits=1) for n in range(4999)), point(5000))
    found = replace(closed(), coverage=Coverage(points=points))
    assert "reaches 99.9 % of" in summary_of(found, trust_of(found)).text


def test_the_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    record = recorded(closed())
    write_trust(tmp_path, record)
    text = (tmp_path / "trust.json").read_text()
    assert text == to_json(record)
    assert TestbenchFile.model_validate_json(text) == record
    assert [path.name for path in tmp_path.iterdir()] == ["trust.json"]
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        TestbenchFile.model_validate(json.loads(text) | {"more": 1})


def test_survivors_and_holes_are_told_one_by_one() -> None:
    record = recorded(closed())
    (survivor,) = record.mutation.survivors
    assert "+  assign wrap = en && q == 7;" in survivor.diff
    assert survivor.reason == "differs at wrap, cycle 3"
    assert record.mutation.open[0].reason == "no proof was tried"
    assert record.mutation.by_operator["constant"].equivalent == 1
    assert record.coverage is not None
    kind = record.coverage.kinds["branch"]
    assert (kind.covered, kind.points, kind.unreachable) == (1, 3, 1)
    assert [(h.line, h.unreachable, h.reason) for h in record.coverage.holes] == [
        (4, False, "no answer within the time"),
        (5, True, "never, by induction"),
    ]


def test_the_plan_reads_as_recorded() -> None:
    found = closed()
    text = render_plan(fixed(recorded(found)), found.testbench, DESIGN.sources)
    check_golden("report/testbench_plan.md", text)


def test_the_plan_says_what_was_not_measured() -> None:
    found = replace(
        closed(),
        mutation=MutationScore(results=(), fault="there is no RTL"),
        coverage=Coverage(reason="there is no RTL"),
    )
    text = render_plan(recorded(found), found.testbench, {})
    assert "None was judged: there is no RTL." in text
    assert "Not measured: there is no RTL. It counts as none." in text


def key(effort: Effort | None = None, **changed: object) -> str:
    given = replace(source(), **changed)  # type: ignore[arg-type]
    found = testbench_key(given, effort or Effort(), Limits(), {"icarus": "11.0"})
    assert found is not None
    return found


def test_a_key_covers_what_decides() -> None:
    other = Design(top="counter", sources={"counter.v": TEXT + "\n"})
    keys = [
        key(),
        key(Effort(seed=2)),
        key(Effort(mutants=31)),
        key(design=other),
        key(strict_reset=False),
        key(interface=counter_interface(asynchronous=True)),
        testbench_key(source(), Effort(), Limits(seconds=5), {"icarus": "11.0"}),
        testbench_key(source(), Effort(), Limits(), {"icarus": "12.0"}),
    ]
    assert len(set(keys)) == len(keys)
    assert key() == key()
    assert testbench_key(replace(source(), design=None), Effort(), Limits(), {}) is None


def test_what_is_kept_comes_back_under_both_names(tmp_path: Path) -> None:
    cache, record = TestbenchCache(tmp_path / "kept"), recorded(closed())
    cache.put(key(), record, budget=64, directed=(PUSH,))
    for found in (cache.get(key()), cache.known(record.digest)):
        assert found is not None
        assert found.record == record
        assert found.directed == (PUSH,)
        assert found.budget == 64
    assert cache.get(key(Effort(seed=9))) is None
    assert cache.known("0") is None


def test_what_time_has_cut_short_is_not_kept(tmp_path: Path) -> None:
    cache = TestbenchCache(tmp_path / "kept")
    found = replace(closed(), ended=("time (30 s)",))
    cache.put(key(), recorded(found), budget=None, directed=())
    assert cache.get(key()) is None


def test_a_damaged_or_renamed_entry_is_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = TestbenchCache(tmp_path / "kept")
    cache.put(key(), recorded(closed()), budget=None, directed=())
    path = tmp_path / "kept" / f"{key()}.json"
    path.rename(tmp_path / "kept" / f"{key(Effort(seed=2))}.json")
    assert cache.get(key(Effort(seed=2))) is None
    cache.put(key(), recorded(closed()), budget=None, directed=())
    path.write_text(path.read_text()[:-20])
    assert cache.get(key()) is None
    assert "a damaged testbench is ignored" in caplog.text


def judgement(value: float | None) -> Judgement:
    found = closed()
    summary = summary_of(found, trust_of(found))
    trust = None if value is None else summary.model_copy(update={"value": value})
    return Judgement(
        testbench=found.testbench,
        interface=counter_interface(),
        reference="golden RTL",
        trust=trust,
    )


def test_a_pass_is_none_where_the_testbench_is_trusted_less_than_demanded() -> None:
    options = Options(simulators=(), min_testbench_trust=0.9)
    assert as_demanded("verified", "all held", judgement(0.9), options)[0] == "verified"
    assert as_demanded("verified", "all held", judgement(0.85), options) == (
        "not judged",
        "testbench trust 0.85 is below the 0.90 demanded (all held)",
    )
    assert as_demanded("trusted", "all held", judgement(None), options) == (
        "not judged",
        "testbench trust is not known, 0.90 is demanded (all held)",
    )
    assert as_demanded("failed", "q is wrong", judgement(0.1), options)[0] == "failed"
    none = Options(simulators=())
    assert as_demanded("verified", "all held", judgement(None), none)[0] == "verified"


def test_a_summary_is_strict() -> None:
    found = summary_of(closed(), trust_of(closed()))
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        TrustSummary.model_validate(found.model_dump() | {"more": 1})
