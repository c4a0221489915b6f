"""What a specification plainly says of every cycle is checked besides its reference."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rtlgen.cli import app
from tests.rtlgen.test_cli import rtlgen

SPEC = """# Light

Module `light` with

- input clk
- input rst (synchronous, active high)
- input go
- output [1:0] lamp

On every clock edge with go high the lamps change places.

lamp is always one-hot. After reset, lamp is 2'b01.
"""
LIGHT = """module light(input clk, input rst, input go, output reg [1:0] lamp);
  always @(posedge clk)
    if (rst) lamp <= 2'b01;
    else if (go) lamp <= ~lamp;
endmodule
"""


def spec(folder: Path) -> Path:
    path = folder / "light.md"
    path.write_text(SPEC)
    return path


def test_lint_shows_what_was_read_as_a_property(tmp_path: Path) -> None:
    found = CliRunner().invoke(app, ["lint", str(spec(tmp_path))])
    assert "light.md:12: property: one-hot: lamp" in found.stdout
    assert "property: value after reset 1: lamp" in found.stdout
    record = json.loads(CliRunner().invoke(app, ["lint", "--json", str(spec(tmp_path))]).stdout)
    assert [p["kind"] for p in record["properties"]] == ["one-hot", "value after reset"]
    assert record["properties"][1]["text"] == "After reset, lamp is 2'b01."


@pytest.mark.icarus
def test_a_golden_design_that_breaks_a_property_is_told_and_still_judges(tmp_path: Path) -> None:
    golden = LIGHT.replace("~lamp", "lamp + 1")
    (tmp_path / "ref.v").write_text(golden)
    (tmp_path / "light.v").write_text(golden)
    given = ("judge", "light.v", "--spec", spec(tmp_path), "--golden", "ref.v", "-o", "out")
    done = rtlgen(*given, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "the golden RTL does not keep what the specification says in line 12" in done.stderr
    assert "the specification says: value after reset 1: lamp" in done.stderr
    assert (tmp_path / "out/properties/test_properties.py").is_file()


@pytest.mark.icarus
def test_a_design_that_keeps_them_is_verified(tmp_path: Path) -> None:
    (tmp_path / "ref.v").write_text(LIGHT)
    (tmp_path / "light.v").write_text(LIGHT)
    given = ("judge", "light.v", "--spec", spec(tmp_path), "--golden", "ref.v")
    done = rtlgen(*given, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "all held: " in done.stderr


DEEP = """module light(input clk, input rst, input go, output reg [1:0] lamp);
  reg [19:0] last;
  always @(posedge clk)
    if (rst) begin lamp <= 2'b01; last <= 0; end
    else begin
      last <= {last[18:0], go};
      lamp <= last == 20'hb3c95 ? 2'b11 : go ? ~lamp : lamp;
    end
endmodule
"""


@pytest.mark.icarus
def test_a_proof_finds_what_no_stimulus_did_and_golden_rtl_stays_right(tmp_path: Path) -> None:
    (tmp_path / "ref.v").write_text(DEEP)
    (tmp_path / "light.v").write_text(DEEP)
    given = ("judge", "light.v", "--spec", spec(tmp_path), "--golden", "ref.v")
    done = rtlgen(*given, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "proved for all inputs: value after reset 1: lamp" in done.stderr
    assert "a proof has found: line 12 of the specification does not hold" in done.stderr
