"""`--simulator both`: a pass needs two simulators that agree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.rtlgen.test_cli import rtlgen

pytestmark = [pytest.mark.icarus, pytest.mark.verilator]

GOLDEN = """module delay(input clk, input rst, input d, output reg q);
  always @(posedge clk) if (rst) q <= 0; else q <= d;
endmodule
"""
RACE = """module delay(input clk, input rst, input d, output reg q);
  reg a;
  always @(posedge clk) if (rst) a = 0; else a = d;
  always @(posedge clk) if (rst) q <= 0; else q <= a;
endmodule
"""


def test_a_race_that_happens_to_pass_is_not_verified(tmp_path: Path) -> None:
    (tmp_path / "ref.v").write_text(GOLDEN)
    (tmp_path / "design.v").write_text(RACE)
    arguments = ("judge", "design.v", "--golden", "ref.v", "--simulator", "both", "-o", "out")
    done = rtlgen(*arguments, cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    record = json.loads((tmp_path / "out/run.json").read_text())
    found = record["candidates"][0]
    assert found["disagreement"]["parting"] == "race"
    assert found["disagreement"]["port"] == "q"
    assert found["verdict"]["cause"] == "two simulators disagree"
    assert "the simulators part over the design: q is " in found["verdict"]["reason"]


def test_agreement_is_said_and_a_design_still_passes(tmp_path: Path) -> None:
    (tmp_path / "ref.v").write_text(GOLDEN)
    (tmp_path / "design.v").write_text(GOLDEN.replace("output reg q", "output reg  q"))
    done = rtlgen("judge", "design.v", "--golden", "ref.v", "--simulator", "both", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "icarus and verilator: both agree at all " in done.stderr
