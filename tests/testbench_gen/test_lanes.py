"""A lane counts and tells exactly what a scoreboard of its own would."""

from __future__ import annotations

import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench_gen.standalone.lanes import Lanes, Pace, Recorder, Secret, row_of, unknown_as_any
from testbench_gen.standalone.scoreboard import Scoreboard

OUTPUTS = (("q", 2), ("wrap", 1), ("bus", 3))
WIDTHS = {"en": 1, "x": 5}
WIDTH = 6


def split(row: str) -> dict[str, str]:
    return {"q": row[:2], "wrap": row[2:3], "bus": row[3:]}


def alone(wants: list[str], rows: list[str], *, count_open: bool) -> dict[str, Any]:
    board = Scoreboard(WIDTHS, count_open=count_open)
    for number, (want, row) in enumerate(zip(wants, rows, strict=True)):
        board.sample(split(want), split(row.lower()), phase="p", time_ns=float(number))
        board.drive({"x": number % 32, "en": number % 2})
    return {
        "checks": board.checks,
        "mismatches": board.mismatches,
        "first_mismatch": board.first_mismatch,
        "cared_bits": board.cared_bits,
    }


def together(wants: list[str], lanes: list[list[str]], *, count_open: bool) -> dict[str, Any]:
    board = Lanes(len(lanes), OUTPUTS, WIDTHS, count_open=count_open)
    for number, (want, *rows) in enumerate(zip(wants, *lanes, strict=True)):
        board.sample(want, "".join(rows), phase="p", time_ns=lambda number=number: float(number))
        board.drive({"x": number % 32, "en": number % 2})
    return board.facts()


@given(
    data=st.data(), samples=st.integers(1, 12), lanes=st.integers(1, 5), count_open=st.booleans()
)
def test_lanes_report_what_scoreboards_report(
    data: st.DataObject, samples: int, lanes: int, count_open: bool
) -> None:
    expected = st.text("01-", min_size=WIDTH, max_size=WIDTH)
    shown = st.text("01XZ", min_size=WIDTH, max_size=WIDTH)
    wants = data.draw(st.lists(expected, min_size=samples, max_size=samples))
    near = [st.sampled_from([w.replace("-", "X"), w.replace("-", "1")]) | shown for w in wants]
    rows = [[data.draw(one) for one in near] for _ in range(lanes)]
    found = together(wants, rows, count_open=count_open)["lanes"]
    assert found == [alone(wants, lane, count_open=count_open) for lane in rows]


def test_rows_are_outputs_in_the_order_of_the_ports() -> None:
    assert row_of({"q": "1-", "wrap": "0"}) == "1-0"


def test_unknown_bits_of_a_golden_design_may_have_any_value() -> None:
    assert (unknown_as_any("01XZ"), unknown_as_any("01")) == ("01--", "01")


def test_a_report_needs_somebody_who_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RTLGEN_REPORT", str(tmp_path / "report.json"))
    monkeypatch.delenv("RTLGEN_TOKEN", raising=False)
    Secret().report({"checks": 1})
    assert not list(tmp_path.iterdir())
    monkeypatch.setenv("RTLGEN_REPORT", str(tmp_path / "report.json"))
    monkeypatch.setenv("RTLGEN_TOKEN", "t")
    Secret().report({"checks": 1})
    written = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert written == {"token": "t", "checks": 1}


def test_without_a_limit_nothing_is_foreseen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RTLGEN_CPU_SECONDS", raising=False)
    assert Pace(64, 1000).step(16) is None


def test_a_recorder_tells_what_makes_its_file_whole(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path / "rows"))
    for row in ("01", "1X", "ZZ"):
        recorder.sample(row)
    facts, written = recorder.facts(), (tmp_path / "rows").read_bytes()
    assert zlib.decompress(written) == b"011XZZ"
    assert (facts["samples"], facts["rows_bytes"]) == (3, len(written))
    assert facts["rows_sha256"] == hashlib.sha256(written).hexdigest()


def test_a_recorder_whom_nobody_asks_writes_nothing() -> None:
    recorder = Recorder("")
    recorder.sample("01")
    assert recorder.facts()["samples"] == 1
