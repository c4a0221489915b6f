"""The table of state minimization, and the machines of the scaling table."""

from __future__ import annotations

from pathlib import Path

import pytest
from fsm_minimize import known_sizes, measured, show
from fsm_scaling import Row, sizes, verilog
from fsm_scaling import measured as scaled

TWICE = ".i 1\n.o 1\n.r a\n- a b 0\n- b c 1\n- c d 0\n- d a 1\n1 e a 1\n.e\n"


def test_a_row_says_what_was_reached(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "twice.kiss2"
    path.write_text(TWICE)
    (tmp_path / "minimal.csv").write_text("machine,states,minimal_states\ntwice,5,2\n")
    row = measured(path, known_sizes(tmp_path / "minimal.csv")["twice"], 5.0, 2)
    assert (row.states, row.reachable, row.ours, row.bound, row.proved) == (5, 4, 2, 2, True)
    assert row.good
    show(row)
    assert capsys.readouterr().out.split()[:6] == ["twice", "1/1", "5", "4", "2", "2"]


def test_another_size_than_the_known_one_is_marked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "twice.kiss2"
    path.write_text(TWICE)
    row = measured(path, 3, 5.0, 1)
    assert not row.good
    show(row)
    assert "3 !" in capsys.readouterr().out
    assert known_sizes(tmp_path / "missing.csv") == {}


def test_made_up_machines_go_all_the_way() -> None:
    row = scaled(8, 2, 30.0)
    assert isinstance(row, Row)
    assert (row.outcome, row.least <= 4) == ("proved", True)
    assert list(row.seconds) == ["read", "extract", "minimize", "encode", "write", "prove"]
    assert verilog(8, 2) == verilog(8, 2)
    assert list(sizes([8, 16], [1])) == [(8, 4), (16, 4), (32, 1)]
