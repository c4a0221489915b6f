from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from testbench_gen.standalone.scoreboard import HISTORY, Scoreboard, binary, unknown_as_any


@dataclass
class Signal:
    value: Any


def sampled(expected: str, got: str, **options: bool) -> Scoreboard:
    board = Scoreboard({"a": 8}, **options)
    board.drive({"a": 5})
    board.sample({"y": expected}, {"y": got}, phase="corners", time_ns=20.0)
    return board


@pytest.mark.parametrize(
    ("expected", "got", "checks", "mismatches", "bits"),
    [
        ("01", "01", 1, 0, 2),
        ("01", "11", 1, 1, 2),
        ("0-", "01", 1, 0, 1),
        ("0-", "0x", 1, 0, 1),
        ("--", "xx", 0, 0, 0),
        ("01", "0x", 1, 1, 2),
        ("01", "0z", 1, 1, 2),
        ("01", "001", 1, 1, 2),
    ],
)
def test_one_sample(expected: str, got: str, checks: int, mismatches: int, bits: int) -> None:
    board = sampled(expected, got)
    assert (board.checks, board.mismatches, board.cared_bits) == (checks, mismatches, bits)


def test_open_checks_count_beside_a_golden_design() -> None:
    board = sampled("--", "xx", count_open=True)
    assert (board.checks, board.mismatches, board.cared_bits) == (1, 0, 0)


def test_first_mismatch_is_kept_with_its_history() -> None:
    board = Scoreboard({"a": 12})
    for number in range(20):
        board.drive({"a": number})
        got = "1" if number in (12, 15) else "0"
        board.sample({"y": "0"}, {"y": got}, phase="random", time_ns=10.0 * number)
    assert board.mismatches == 2
    first = board.first_mismatch
    assert first is not None
    assert (first["check"], first["time_ns"], first["inputs"]) == (12, 120.0, {"a": "0x00c"})
    assert len(first["history"]) == HISTORY
    assert first["history"][-1] == {"a": "0x00b", "y": "0"}


def test_report_is_written_only_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sampled("0", "0").report()
    monkeypatch.setenv("RTLGEN_REPORT", str(tmp_path / "report.json"))
    monkeypatch.setenv("RTLGEN_TOKEN", "secret")
    sampled("0", "1").report()
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["token"] == "secret"
    assert (report["checks"], report["mismatches"], report["cared_bits"]) == (1, 1, 1)
    assert report["first_mismatch"]["expected"] == "0"


def test_the_token_leaves_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setenv("RTLGEN_TOKEN", "secret")
    Scoreboard({})
    assert "RTLGEN_TOKEN" not in os.environ


def test_verdict_names_port_phase_and_values() -> None:
    text = sampled("0", "1").verdict()
    for part in ("1 of 1 checks", "port      y", "expected  0", "got       1", "corners", "a=0x05"):
        assert part in text
    assert sampled("0", "0").verdict() == "all 1 checks held"


def test_binary_reads_what_cocotb_returns() -> None:
    assert binary(4, Signal("01XZ")) == "01xz"
    assert binary(4, Signal(-1)) == "1111"
    assert unknown_as_any("01xz") == "01--"
