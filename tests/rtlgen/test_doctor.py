"""`rtlgen doctor` tries what it reports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rtlgen.doctor import Findings
from rtlgen.finding import Finding, State
from tests.rtlgen.test_cli import rtlgen

MISSING = Finding(
    name="icarus", state=State.MISSING, detail="`iverilog` not found", remedy="apt-get install it"
)


@pytest.mark.icarus
def test_what_works_is_said_with_version_and_path(tmp_path: Path) -> None:
    done = rtlgen("doctor", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    icarus = next(tool for tool in found["simulators"] if tool["name"] == "icarus")
    assert icarus["state"] == "works"
    assert icarus["version"][0].isdigit()
    assert "iverilog" in icarus["where"]
    assert found["isolation"]


def test_nothing_works_is_an_environment_error_with_remedies() -> None:
    findings = Findings(simulators=(MISSING,), tools=(), models=(), isolation=())
    assert not findings.can_judge
    text = findings.to_text()
    assert "missing icarus" in " ".join(text.split())
    assert "-> apt-get install it" in text
    assert text.endswith("designs cannot be judged on this machine yet.")


def test_broken_simulator_does_not_count() -> None:
    broken = Finding(name="verilator", state=State.BROKEN, detail="no compiler")
    assert not Findings(simulators=(broken,), tools=(), models=(), isolation=()).can_judge
