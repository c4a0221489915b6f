"""A failure that a run has found is kept as a regression test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rtlgen.test_cli import rtlgen

COUNTER = """module count(input clk, input rst, input go, output reg [3:0] n);
  always @(posedge clk)
    if (rst) n <= 0;
    else if (go) n <= n + 1;
endmodule
"""
STUCK = COUNTER.replace("n + 1", "n == 2 ? n : n + 1")


def pytest_run(folder: Path, rtl: Path) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_runner.py"],
        cwd=folder,
        env={**os.environ, "RTL": str(rtl)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode


@pytest.mark.icarus
def test_judge_keeps_the_shortest_failure_as_a_test_that_runs_by_itself(tmp_path: Path) -> None:
    (tmp_path / "design.v").write_text(STUCK)
    (tmp_path / "ref.v").write_text(COUNTER)
    done = rtlgen("judge", "design.v", "--golden", "ref.v", "-o", "out", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "4 cycles of " in done.stderr
    assert "regression/ is a test of just that" in done.stderr
    record = json.loads((tmp_path / "out/run.json").read_text())
    assert record["regression"].endswith("are enough: n is 0010, not 0011")
    assert "`regression/` is a testbench of just that" in (tmp_path / "out/report.md").read_text()
    folder = tmp_path / "out/regression"
    assert pytest_run(folder, tmp_path / "design.v") == 1
    assert pytest_run(folder, tmp_path / "ref.v") == 0


@pytest.mark.icarus
def test_a_pass_leaves_no_regression_test(tmp_path: Path) -> None:
    (tmp_path / "design.v").write_text(COUNTER)
    (tmp_path / "ref.v").write_text(COUNTER)
    done = rtlgen("judge", "design.v", "--golden", "ref.v", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "out/regression").exists()
    assert json.loads((tmp_path / "out/run.json").read_text())["regression"] == ""
