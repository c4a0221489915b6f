"""Yosys jobs: each by itself, all in one start."""

from __future__ import annotations

import importlib.util
from dataclasses import replace

import pytest

from sim.errors import ToolNotFound
from symbolic.yosys import LIMITS, YosysJob, error_in, run_yosys

AND = "module top(input a, b, output y); assign y = a & b; endmodule"


def job(*commands: str, results: tuple[str, ...] = ()) -> YosysJob:
    return YosysJob(commands=commands, files={"a.v": AND}, results=results)


def test_a_job_brings_its_results_back() -> None:
    [run] = run_yosys([job("read_verilog a.v", "write_rtlil a.il", results=("a.il", "b.il"))])
    assert (run.exit_code, run.error) == (0, "")
    assert list(run.files) == ["a.il"]
    assert b"module \\top" in run.files["a.il"]
    assert "Executing Verilog-2005 frontend" in run.log


def test_what_ends_one_job_costs_the_others_nothing() -> None:
    runs = run_yosys(
        [
            job("read_verilog a.v", "no_such_command"),
            job("read_verilog missing.v"),
            job("read_verilog a.v", "write_rtlil a.il", results=("a.il",)),
        ]
    )
    assert [run.exit_code == 0 for run in runs] == [False, False, True]
    assert runs[0].error.startswith("No such command: no_such_command")
    assert "missing.v" in runs[1].error
    assert runs[2].files


def test_a_job_without_end_is_ended() -> None:
    endless = YosysJob(commands=("exec -- sleep 100",))
    runs = run_yosys([endless, job("read_verilog a.v")], job_seconds=1.0)
    assert [run.exit_code for run in runs] == [None, 0]
    assert runs[0].error == "Yosys did not end in time"


def test_jobs_that_are_not_reached_say_so() -> None:
    endless = YosysJob(commands=("exec -- sleep 100",))
    runs = run_yosys([endless, endless], limits=replace(LIMITS, seconds=2.0))
    assert [run.exit_code for run in runs] == [None, None]


def test_files_stay_inside() -> None:
    for name in ("../a.v", "/a.v", ""):
        with pytest.raises(ValueError, match="must stay inside its folder, not"):
            YosysJob(commands=(), files={name: ""})
        with pytest.raises(ValueError, match="must stay inside its folder, not"):
            YosysJob(commands=(), results=(name,))


def test_the_first_error_is_found() -> None:
    assert error_in("one\nERROR: two\nERROR: three") == "two"
    assert (
        error_in("Traceback (most recent call last):\n  File x\nValueError: y\n") == "ValueError: y"
    )
    assert error_in("all is well") == ""


def test_pyosys_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ToolNotFound, match=r"hint: pip install 'rtlgen\[symbolic\]'"):
        run_yosys([job("help")])
