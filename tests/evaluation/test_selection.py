"""Which problems are judged and which are left out, and which k are meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from rtlgen.errors import UsageError
from rtlgen.evaluation.doctor_record import DoctorRecord, GoldenRecord, ProblemRecord, write_doctor
from rtlgen.evaluation.harness.protocol import Conditions
from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.selection import chosen_ks, excluded, selected

NAMES = ("adder", "fsm1", "fsm2", "mux[0]")
PROBLEMS = [Problem(task_id=name, top="m", description="", test="", golden="") for name in NAMES]


def names(*patterns: str) -> list[str]:
    return [problem.task_id for problem in selected(PROBLEMS, patterns)]


def record() -> DoctorRecord:
    failed = GoldenRecord(
        official=False, functional=False, category=Category.MISMATCH, reason="3 of 9 samples"
    )
    return DoctorRecord.of(
        [ProblemRecord(task_id="fsm2", golden=failed)],
        benchmark="own",
        key="0",
        simulator="none",
        conditions=Conditions(),
        seconds=0,
    )


def nobody() -> DoctorRecord:
    raise AssertionError("the doctor was not asked for")


def test_patterns_select_in_the_benchmarks_order() -> None:
    assert names() == list(NAMES)
    assert names("fsm2,adder") == ["adder", "fsm2"]
    assert names("fsm*", "adder") == ["adder", "fsm1", "fsm2"]
    assert names("fsm[2]") == ["fsm2"]
    assert names("mux[0]") == ["mux[0]"]


def test_unknown_problems_are_named_with_the_nearest() -> None:
    with pytest.raises(
        UsageError, match=r"--problems must name problems .*'fsm3'\n\nhint: nearest: fsm"
    ):
        names("adder,fsm3")
    with pytest.raises(UsageError, match=r"--problems must name problems .* not ''"):
        names("")
    with pytest.raises(UsageError, match="hint: the first ones are adder, fsm1, fsm2"):
        names("zzzzzz")


def test_names_are_left_out() -> None:
    found = excluded(PROBLEMS, ["fsm*"], doctor=nobody)
    assert found == {"fsm1": "--exclude", "fsm2": "--exclude"}
    with pytest.raises(UsageError, match="--exclude must name problems"):
        excluded(PROBLEMS, ["fsm9"], doctor=nobody)


def test_the_doctor_says_what_is_left_out_and_why() -> None:
    found = excluded(PROBLEMS, ["adder", "doctor"], doctor=record)
    assert found == {
        "adder": "--exclude",
        "fsm2": "no design can pass: its own reference fails: 3 of 9 samples",
    }
    assert list(found) == ["adder", "fsm2"]


def test_only_selected_problems_are_left_out() -> None:
    assert excluded(PROBLEMS[:2], ["doctor"], doctor=record) == {}


def test_a_record_of_the_doctor_is_a_file(tmp_path: Path) -> None:
    write_doctor(record(), tmp_path / "found.json")
    found = excluded(PROBLEMS, [str(tmp_path / "found.json")], doctor=nobody)
    assert list(found) == ["fsm2"]
    (tmp_path / "found.json").write_text('{"schema_version": 2}')
    with pytest.raises(
        UsageError, match=r"found\.json must be what `rtlgen eval doctor -o` writes"
    ):
        excluded(PROBLEMS, [str(tmp_path / "found.json")], doctor=nobody)


def test_a_list_of_names_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("# slow ones\nadder\n\nfsm*  # both\n")
    found = excluded(PROBLEMS, [str(path)], doctor=nobody)
    assert list(found) == ["adder", "fsm1", "fsm2"]
    path.write_text("adder\nfsm9\n")
    with pytest.raises(UsageError, match=r"out\.txt:2 must name problems .* not 'fsm9'"):
        excluded(PROBLEMS, [str(path)], doctor=nobody)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="it is not UTF-8"):
        excluded(PROBLEMS, [str(path)], doctor=nobody)


def test_ks() -> None:
    assert chosen_ks(None) is None
    assert chosen_ks("10, 1,5,5") == (1, 5, 10)


@pytest.mark.parametrize("text", ["0", "", "-1", "1.5", "five", "1;5", "²", "9" * 5000])
def test_bad_ks(text: str) -> None:
    with pytest.raises(UsageError, match="--k must be whole numbers from 1 on"):
        chosen_ks(text)
