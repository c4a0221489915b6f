"""Verdicts from reports: what counts, and what cannot be forged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.cocotb_bench import CocotbBench
from sim.cocotb_run import REPORT_BYTES, design_files, hdl_order, judge_run, layout, read_report
from sim.design import Design
from sim.process import ToolRun
from sim.verdict import Cause, Status, Verdict

BENCH = CocotbBench(
    test_module="test_y",
    python_files={"test_y.py": ""},
    toplevel="y",
    expected_checks=16,
    hdl_files={"wrapper.sv": "module rtlgen_tb; endmodule"},
)
TOKEN = "secret"
MISS = {
    "check": 3,
    "phase": "corners",
    "time_ns": 40.0,
    "port": "y",
    "expected": "0101",
    "got": "0111",
    "inputs": {"a": "0xa"},
    "history": [],
}


def report(**changes: Any) -> str:
    good = {"token": TOKEN, "checks": 16, "mismatches": 0, "first_mismatch": None}
    return json.dumps(good | changes)


def run(exit_code: int | None = 0, output: str = "", limit: str | None = None) -> ToolRun:
    return ToolRun(
        argv=("vvp",),
        exit_code=exit_code,
        output=output,
        truncated=False,
        seconds=0.1,
        limit=limit,
    )


def judge(text: str | None, tool_run: ToolRun | None = None) -> Verdict:
    return judge_run(tool_run or run(), BENCH, report=text, token=TOKEN, facts={})


def test_complete_report_without_mismatch_passes() -> None:
    verdict = judge(report())
    assert (verdict.status, verdict.reason) == (Status.PASS, "all 16 checks held")


@pytest.mark.parametrize(
    ("text", "status", "cause"),
    [
        (None, Status.UNKNOWN, Cause.INCOMPLETE),
        (report(checks=15), Status.UNKNOWN, Cause.INCOMPLETE),
        (report(checks=17), Status.UNKNOWN, Cause.INCOMPLETE),
        (report(cared_bits=0), Status.UNKNOWN, Cause.INCOMPLETE),
        (report(token="other"), Status.ERROR, Cause.BENCH),
        (report(checks=-1), Status.ERROR, Cause.BENCH),
        (report(checks="16"), Status.ERROR, Cause.BENCH),
        ("", Status.ERROR, Cause.BENCH),
        ("PASS", Status.ERROR, Cause.BENCH),
        ("[" * 5000, Status.ERROR, Cause.BENCH),
        (report(mismatches=2, first_mismatch=MISS), Status.FAIL, Cause.MISMATCH),
        (report(mismatches=1), Status.FAIL, Cause.MISMATCH),
        (report(first_mismatch=MISS), Status.FAIL, Cause.MISMATCH),
        (
            report(mismatches=1, first_mismatch=MISS | {"got": "01x1"}),
            Status.FAIL,
            Cause.UNKNOWN_VALUE,
        ),
    ],
)
def test_anything_else_does_not_pass(text: str | None, status: Status, cause: Cause) -> None:
    verdict = judge(text)
    assert (verdict.status, verdict.cause) == (status, cause)


@pytest.mark.parametrize(
    ("limit", "cause"),
    [("time", Cause.TIME), ("cpu", Cause.TIME), ("memory", Cause.MEMORY), ("output", Cause.OUTPUT)],
)
def test_limit_outweighs_a_good_report(limit: str, cause: Cause) -> None:
    verdict = judge(report(), run(None, limit=limit))
    assert (verdict.status, verdict.cause) == (Status.TIMEOUT, cause)


def test_crash_outweighs_a_good_report() -> None:
    verdict = judge(report(), run(-11))
    assert (verdict.status, verdict.reason) == (Status.ERROR, "the simulator was ended by SIGSEGV")


def test_what_is_printed_does_not_count() -> None:
    verdict = judge(None, run(output=report() + "\nAll tests passed\n"))
    assert verdict.status is Status.UNKNOWN


def test_bench_that_stops_with_an_error_is_not_the_design_s_failure() -> None:
    output = "INFO cocotb ..\n   AttributeError: inverter contains no object named a\n"
    verdict = judge(None, run(1, output))
    assert (verdict.status, verdict.cause) == (Status.ERROR, Cause.BENCH)
    assert "contains no object named a" in verdict.reason


def test_mismatch_says_what_was_seen() -> None:
    verdict = judge(report(mismatches=2, first_mismatch=MISS))
    assert verdict.reason == "2 of 16 checks did not hold; first: y is 0111, not 0101 (corners)"


def test_report_must_be_a_plain_small_file(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.write_text(report())
    (tmp_path / "link").symlink_to(real)
    (tmp_path / "large").write_bytes(b" " * (REPORT_BYTES + 1))
    (tmp_path / "binary").write_bytes(b"\xff")
    assert read_report(real) == report()
    for name in ("link", "large", "binary", "missing", "."):
        assert read_report(tmp_path / name) is None


def test_design_cannot_take_the_bench_s_place() -> None:
    design = Design(
        top="y", sources={"wrapper.sv": "mine", "../x.v"[3:]: "too", "we ird.v": "also"}
    )
    files = layout(design, BENCH)
    assert files["bench/wrapper.sv"] == BENCH.hdl_files["wrapper.sv"]
    assert files["design/wrapper.sv"] == "mine"
    assert design_files(design)[2] == "design/source2.sv"
    assert hdl_order(design, BENCH)[0] == "bench/wrapper.sv"
