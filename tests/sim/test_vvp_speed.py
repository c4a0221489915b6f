"""The library that is loaded before vvp's own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim import tools, vvp_speed
from sim.pipelines import Pipeline, PipelineLimits, StepRun, run_pipelines

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="it is for Linux")
SOURCE = """
module tb;
  reg [99:0] wide = 0;
  wire [99:0] twice = wide << 1;
  real r = 0.5;
  string s = "x";
  int k, sum = 0;
  reg [7:0] bytes [-3:12];
  reg signed [4:0] at = -16;
  reg [69:0] far = 0;
  logic [31:0] full = -1;
  longint big = -5;
  integer unknown;
  function int step(input int a); step = a * 3 + 1; endfunction
  initial begin
    for (k = 0; k < 50; k = k + 1) begin
      #1 wide[k] <= k[0];
      sum = step(sum) ^ k;
      r = r * 1.5;
      s = {s, "y"};
    end
    #1 $display("%b %b %0d %f %s", wide, twice, sum, r, s);
    for (k = -3; k <= 12; k = k + 1) bytes[k] = 7 * k;
    repeat (32) begin
      at = at + 1;
      far = {at, far[69:5]};
      wide[at +: 3] <= #(at[1:0]) k;
      $display("%h %b %h %h", bytes[at], wide[at], bytes[far], wide[far -: 9]);
    end
    wide[unknown] = 1;
    wide[3 + 0 * unknown] <= 1;
    full[4] = 1'bx;
    $display("%h %b %h %b", bytes[unknown], wide[full], bytes[big], 8'hff >> unknown);
    $display("%0d %0d %h %h", full >>> 3, -7 / 2, 5 ** at, {40{1'b1}} << far[5:0]);
    #10 $display("%b", wide);
  end
endmodule
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("RTLGEN_CACHE", str(tmp_path / "cache"))
    vvp_speed.provide.cache_clear()
    yield
    vvp_speed.provide.cache_clear()


def simulated(library: Path | None) -> StepRun:
    compiler, runtime = str(tools.icarus().path), str(tools.vvp())
    steps = ((compiler, "-g2012", "-o", "x", "t.sv"), (runtime, "-n", "x"))
    [runs] = run_pipelines(
        [Pipeline(files={"t.sv": SOURCE}, steps=steps)],
        limits=PipelineLimits(),
        preload={runtime: library} if library else {},
    )
    assert len(runs) == 2, runs
    return runs[1]


@LINUX
@pytest.mark.icarus
def test_vvp_says_the_same_with_it() -> None:
    library = vvp_speed.provide()
    assert library is not None
    assert library.is_file()
    with_it, without = simulated(library), simulated(None)
    assert (with_it.stdout, with_it.stderr, with_it.exit_code) == (without.stdout, "", 0)
    assert without.stdout.strip()


@LINUX
@pytest.mark.icarus
def test_it_is_built_once() -> None:
    library = vvp_speed.provide()
    assert library is not None
    before = library.stat()
    vvp_speed.provide.cache_clear()
    assert vvp_speed.provide() == library
    assert library.stat() == before


@pytest.mark.icarus
def test_vvp_runs_without_one_that_is_gone(tmp_path: Path) -> None:
    run = simulated(tmp_path / "gone.so")
    assert (run.exit_code, run.stderr) == (0, "")


def test_it_can_be_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RTLGEN_VVP_SPEED", "off")
    assert vvp_speed.provide() is None


@pytest.mark.icarus
def test_without_a_compiler_that_works_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "c++"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("CXX", str(broken))
    tools.cxx.cache_clear()
    try:
        assert vvp_speed.provide() is None
    finally:
        tools.cxx.cache_clear()
    assert list((tmp_path / "cache").iterdir()) == []
