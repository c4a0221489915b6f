"""Runs of `rtlgen design`, and specifications with RTL, as sources."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rtlgen.data.bench_task import Silent
from rtlgen.data.rows import Kind, PreferenceRow, SftRow
from rtlgen.data.ruled import category_of, columns_of
from rtlgen.design.load import load_rtl
from rtlgen.design.options import Options
from rtlgen.design.run import judge_design
from rtlgen.errors import UsageError
from rtlgen.evaluation.judgement import Category
from rtlgen.spec import load_spec
from sim.design import Design
from sim.judge import available_simulators
from sim.verdict import Cause, Status, Verdict
from tests.rtlgen.data.small_sources import built, dropped, rows_of

FORMAL = """# Majority of three

Module name: `majority`

## Inputs
- `a`, `b`, `c`: one bit each

## Outputs
- `y`: one bit

| a | b | c | y |
|---|---|---|---|
| 0 | 0 | 0 | 0 |
| 0 | 0 | 1 | 0 |
| 0 | 1 | 0 | 0 |
| 0 | 1 | 1 | 1 |
| 1 | 0 | 0 | 0 |
| 1 | 0 | 1 | 1 |
| 1 | 1 | 0 | 1 |
| 1 | 1 | 1 | 1 |
"""
INFORMAL = """---
{golden}
---
# Twice the input

Module name: `twice`

## Inputs
- `a[3:0]`: a number

## Outputs
- `y[4:0]`: twice that number
"""
RIGHT = (
    "module majority(input a, b, c, output y);\n  assign y = a & b | a & c | b & c;\nendmodule\n"
)
WRONG = RIGHT.replace("| b & c", "| b | c")
TWICE = "module twice(input [3:0] a, output [4:0] y);\n  assign y = {a, 1'b0};\nendmodule\n"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RTLGEN_CACHE", str(tmp_path / "cache"))


def pair(folder: Path, name: str, spec: str, rtl: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.md").write_text(spec)
    (folder / f"{name}.v").write_text(rtl)
    return folder


def judged_run(folder: Path, rtl: str) -> Path:
    """Write what `rtlgen judge` writes of `rtl` for the formal specification."""
    (folder.parent / "majority.md").write_text(FORMAL)
    (folder.parent / "majority.v").write_text(rtl)
    spec = load_spec(folder.parent / "majority.md")
    design = load_rtl([folder.parent / "majority.v"], module="majority", what="RTL")
    judge_design(design, spec, Options(simulators=available_simulators()), folder, Silent())
    return folder


@pytest.mark.icarus
def test_rtl_is_judged_by_what_its_specification_says(tmp_path: Path) -> None:
    folder = pair(tmp_path / "specs", "majority", FORMAL, RIGHT)
    pair(folder, "other", FORMAL.replace("majority", "other"), WRONG.replace("majority", "other"))
    pair(folder, "open", INFORMAL.format(golden="author: somebody"), TWICE)
    declared = INFORMAL.format(golden="golden: true").replace("twice", "known")
    pair(folder, "known", declared, TWICE.replace("twice", "known"))
    made = built(tmp_path / "ds", folder, licence="MIT")
    assert made.record.verdicts == {"not judged": 1, "pass": 2, "runtime mismatch": 1}
    rows = [row for row in rows_of(tmp_path / "ds", Kind.SFT) if isinstance(row, SftRow)]
    assert {row.problem.partition("-")[0] for row in rows} == {"majority", "known"}
    assert all(row.provenance.licence == "MIT" for row in rows)
    (left,) = [one for one in dropped(tmp_path / "ds") if one["rule"] == "not judged"]
    assert left["source"] == "specs/open.v"
    assert "nothing to judge by" in left["reason"]


@pytest.mark.icarus
def test_runs_of_one_specification_are_paired(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    runs.mkdir()
    judged_run(runs / "good", RIGHT)
    judged_run(runs / "bad", WRONG)
    for name in ("majority.md", "majority.v"):
        (runs / name).unlink()
    record = json.loads((runs / "bad/run.json").read_text())
    record["outcome"] = "verified"
    record["candidates"][0]["verdict"] = None
    (runs / "bad/run.json").write_text(json.dumps(record))
    made = built(tmp_path / "ds", runs)
    assert made.record.verdicts == {"pass": 1, "runtime mismatch": 1}
    (row,) = rows_of(tmp_path / "ds", Kind.PREFERENCE)
    assert isinstance(row, PreferenceRow)
    assert row.chosen[0].content == RIGHT.strip()
    assert row.chosen_provenance.source == "design run"
    assert row.rejected_verdict.checks >= 8


@pytest.mark.icarus
def test_a_run_of_another_version_is_refused(tmp_path: Path) -> None:
    run = judged_run(tmp_path / "run", RIGHT)
    record = json.loads((run / "run.json").read_text())
    record["schema_version"] = 1
    (run / "run.json").write_text(json.dumps(record))
    with pytest.raises(UsageError, match=r"run\.json is no record of this version"):
        built(tmp_path / "ds", run)
    assert not (tmp_path / "ds").exists()


def test_a_failed_tool_is_no_verdict() -> None:
    design = Design(top="majority", sources={"majority.v": RIGHT})
    failed = Verdict(status=Status.ERROR, cause=Cause.BENCH, reason="it crashed", expected=8)
    assert category_of(failed) is Category.NOT_JUDGED
    assert columns_of(failed, design, judge="made", trust=None) is None
    late = Verdict(status=Status.TIMEOUT, cause=Cause.TIME, reason="too long", expected=8)
    found = columns_of(late, design, judge="made", trust=0.5)
    assert found is not None
    assert (found.status, found.category, found.share) == ("fail", "timeout", 0.0)
