"""The doctor: what it makes of tests that nothing passes, that anything passes, and good ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rtlgen.errors import UsageError
from rtlgen.evaluation import doctor
from rtlgen.evaluation.benchmark import Combined, Extract
from rtlgen.evaluation.doctor_record import (
    DoctorRecord,
    GoldenRecord,
    ProblemRecord,
    read_doctor,
    write_doctor,
)
from rtlgen.evaluation.harness.mismatch import MismatchHarness
from rtlgen.evaluation.harness.protocol import Conditions, Group, Harness, Preparation
from rtlgen.evaluation.judgement import Category, Judgement
from rtlgen.evaluation.local_pool import LocalPool
from rtlgen.evaluation.problem import Problem
from rtlgen.llm.model import Message
from sim.errors import EnvironmentFault
from tests.evaluation.exploits.problems import COUNTER, SELECTOR, Dialect, Subject, port
from tests.evaluation.exploits.problems import problem as problem_of

NEVER_KNOWN = Subject(
    name="own_never_known",
    ports=(port("clk"), port("d"), port("q", output=True)),
    body="  always @(posedge clk) q <= q ^ d;",
    wrong="  assign q = d;",
    stimulus="    repeat(40) @(posedge clk, negedge clk) d <= $random;\n",
)
"""Without a reset, so that the reference is X to the end, and matches anything."""
ZERO = Subject(
    name="own_zero",
    ports=(port("clk"), port("d"), port("q", output=True)),
    body="  assign q = 1'b0;",
    wrong="  assign q = d;",
    stimulus="    repeat(40) @(posedge clk, negedge clk) d <= $random;\n",
)
"""A constant is right here."""


@dataclass(frozen=True, kw_only=True)
class Own:
    """A benchmark of problems that are handed over."""

    harness: Harness
    name: str = "own"
    title: str = "Own"
    max_shots: int = 0

    def read(self, root: Path) -> list[Problem]:
        return []

    def combine(self, problem: Problem, completion: str, extract: Extract) -> Combined:
        return Combined(verilog=completion, rule="whole")

    def prompt(self, problem: Problem, *, shots: int = 0) -> Sequence[Message]:
        return [Message(role="user", content=problem.description)]


@dataclass(frozen=True, kw_only=True)
class Judges:
    """A harness that passes what a function says."""

    passes: Callable[[str], bool]
    name: str = "judges"
    fails: Category = Category.MISMATCH
    broken: bool = False

    def simulator(self) -> str:
        return "None 1.0"

    def prepare(self, problems: Sequence[Problem], conditions: Conditions) -> list[Preparation]:
        return [Preparation(problem=p.digest, simulator="None 1.0") for p in problems]

    def judge(self, groups: Sequence[Group], conditions: Conditions) -> list[list[Judgement]]:
        if self.broken:
            raise EnvironmentFault("the machine is broken\n\nhint: mend it")
        return [[self._judged(design) for design in group.designs] for group in groups]

    def _judged(self, design: str) -> Judgement:
        works = self.passes(design)
        return Judgement(
            official=works,
            functional=works,
            category=Category.PASS if works else self.fails,
            reason="" if works else "1 of 9 samples",
            samples=9,
            expected_samples=9,
        )


def examined(*problems: Problem, harness: Harness) -> DoctorRecord:
    with closing(LocalPool(2)) as executor:
        return doctor.examine(Own(harness=harness), problems, Conditions(), executor)


@pytest.fixture(scope="module")
def found() -> DoctorRecord:
    contradicted = problem_of(COUNTER, Dialect.V1)
    wrong = contradicted.golden.replace("count + 1'b1", "count + 2'd2")
    return examined(
        problem_of(SELECTOR, Dialect.V1),
        replace(contradicted, task_id="own_contradicted", golden=wrong),
        problem_of(NEVER_KNOWN, Dialect.V1),
        problem_of(ZERO, Dialect.V1),
        harness=MismatchHarness("verilog-eval-v1"),
    )


@pytest.mark.icarus
def test_lists(found: DoctorRecord) -> None:
    assert list(found.vacuous) == ["own_never_known"]
    assert set(found.vacuous["own_never_known"]) >= {"empty", "all 0", "all 1"}
    assert list(found.impossible) == ["own_contradicted"]
    assert "reference fails" in found.impossible["own_contradicted"]
    assert found.weak == {}
    assert found.not_judged == {}
    assert list(found.excluded) == ["own_contradicted", "own_never_known"]


@pytest.mark.icarus
def test_ceiling(found: DoctorRecord) -> None:
    assert found.ceiling.model_dump() == {"problems": 4, "official": 3, "functional": 3}
    assert found.simulator.startswith("Icarus Verilog ")


@pytest.mark.icarus
def test_a_good_test_fails_the_mutants(found: DoctorRecord) -> None:
    selector = found.problems[0]
    assert selector.tried >= 8
    assert all(survivor.differs is False for survivor in selector.survivors)


@pytest.mark.icarus
def test_a_right_constant_is_not_held_against_the_test(found: DoctorRecord) -> None:
    zero = found.problems[3]
    [survivor] = [s for s in zero.survivors if s.operator == "constant"]
    assert (survivor.name, survivor.differs) == ("all 0", False)


@pytest.mark.icarus
def test_an_output_that_nobody_looks_at_is_found() -> None:
    problem = problem_of(COUNTER, Dialect.V1)
    blind = Judges(
        passes=lambda design: (
            design == problem.golden
            or ("~doctored_full" in design and "~doctored_count" not in design)
        )
    )
    record = examined(problem, harness=blind)
    assert record.unchecked == {"own_counter": ("full",)}
    assert record.weak == {"own_counter": ("output full inverted",)}
    assert record.vacuous == {}


@pytest.mark.icarus
def test_mutants_that_do_not_compile_are_not_counted() -> None:
    record = examined(
        problem_of(SELECTOR, Dialect.V1),
        harness=Judges(passes=lambda _: False, fails=Category.SYNTAX),
    )
    assert record.problems[0].tried == 0


def golden(functional: bool | None) -> GoldenRecord:
    category = Category.MISMATCH if functional is False else Category.NOT_JUDGED
    return GoldenRecord(official=False, functional=functional, category=category, reason="seen so")


def test_a_repaired_test_makes_a_problem_possible() -> None:
    repaired = ProblemRecord(
        task_id="a", golden=golden(None), faults=("no casts",), repairs=("casts go",), samples=9
    )
    assert (repaired.possible, repaired.unknown, repaired.impossible) == (True, "", "no casts")


def test_a_golden_design_that_fails_a_repaired_test_makes_nothing_possible() -> None:
    failed = ProblemRecord(task_id="a", golden=golden(False), repairs=("casts go",), samples=9)
    beyond = golden(False).model_copy(update={"category": Category.ELABORATION})
    assert not failed.possible
    assert failed.model_copy(update={"golden": beyond}).possible


def test_a_test_that_does_not_run_at_all_is_impossible_and_not_unknown() -> None:
    broken = ProblemRecord(task_id="a", golden=golden(None), faults=("no such port",))
    assert (broken.possible, broken.unknown, broken.impossible) == (False, "", "no such port")


def test_a_problem_that_was_not_judged_is_neither() -> None:
    unknown = ProblemRecord(
        task_id="a",
        golden=GoldenRecord(
            official=None, functional=None, category=Category.NOT_JUDGED, reason="a crash"
        ),
    )
    assert (unknown.possible, unknown.unknown, unknown.impossible) == (False, "a crash", "")


@pytest.mark.icarus
def test_a_golden_design_that_cannot_be_read_is_noted() -> None:
    problem = replace(problem_of(SELECTOR, Dialect.V1), golden="module top_module(input a")
    record = examined(problem, harness=Judges(passes=lambda _: False))
    assert "cannot be read" in record.problems[0].notes[0]
    assert record.impossible == {"own_selector": "its own reference fails: 1 of 9 samples"}


def test_a_machine_that_judges_nothing_is_a_fault() -> None:
    problem = problem_of(SELECTOR, Dialect.V1)
    with pytest.raises(EnvironmentFault, match="the machine is broken"):
        examined(problem, harness=Judges(passes=lambda _: True, broken=True))


def test_the_key_covers_tests_and_limits() -> None:
    own = Own(harness=Judges(passes=lambda _: True))
    problem = problem_of(SELECTOR, Dialect.V1)
    key = doctor.doctor_key(own, [problem], Conditions())
    assert key == doctor.doctor_key(own, [problem], Conditions(windows=False, stop_early=True))
    assert key != doctor.doctor_key(own, [problem], Conditions(cpu_seconds=1))
    assert key != doctor.doctor_key(own, [replace(problem, test="other")], Conditions())
    assert key != doctor.doctor_key(own, [replace(problem, golden="other")], Conditions())


@pytest.mark.icarus
def test_an_equal_examination_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: DoctorRecord
) -> None:
    monkeypatch.setenv("RTLGEN_CACHE", str(tmp_path))
    own = Own(harness=Judges(passes=lambda _: True))
    problem = problem_of(SELECTOR, Dialect.V1)
    assert doctor.examined_before(own, [problem], Conditions()) is None
    key = doctor.doctor_key(own, [problem], Conditions())
    kept = found.model_copy(update={"key": key})
    doctor.keep(kept)
    assert doctor.examined_before(own, [problem], Conditions()) == kept
    (tmp_path / "doctor" / f"{key}.json").write_text("{}")
    assert doctor.examined_before(own, [problem], Conditions()) is None


@pytest.mark.icarus
def test_the_file_is_read_back(tmp_path: Path, found: DoctorRecord) -> None:
    path = tmp_path / "found.json"
    write_doctor(found, path)
    assert read_doctor(path) == found
    assert [entry.name for entry in tmp_path.iterdir()] == ["found.json"]
    text = json.loads(path.read_text())
    assert text["schema_version"] == 1
    path.write_text(json.dumps({**text, "ceiling": {"problems": "many"}}))
    with pytest.raises(UsageError, match=r"ceiling\.problems"):
        read_doctor(path)
    with pytest.raises(UsageError, match="cannot read"):
        read_doctor(tmp_path / "none.json")
