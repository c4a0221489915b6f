from __future__ import annotations

from pathlib import Path

import pytest
from json_rows import Rows


def test_rows_are_there_for_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "new" / "rows.jsonl"
    rows = Rows(path)
    rows.put({"key": "a", "value": 1})
    rows.put({"key": "a", "value": 2})
    again = Rows(path)
    assert "a" in again
    assert "b" not in again
    assert again["a"]["value"] == 2
    assert len(again) == 1


def test_a_torn_last_line_is_dropped_and_written_over(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"key": "a"}\n{"key": "b", "val')
    rows = Rows(path)
    assert "b" not in rows
    rows.put({"key": "c"})
    assert path.read_text() == '{"key": "a"}\n{"key": "c"}\n'


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"key": "a"}\nnonsense\n{"key": "b"}\n')
    with pytest.raises(ValueError, match=r"rows with a key, .*rows\.jsonl:2"):
        Rows(path)


def test_without_a_path_nothing_is_kept() -> None:
    rows = Rows(None)
    rows.put({"key": "a"})
    assert "a" in rows
