from __future__ import annotations

from pathlib import Path

import pytest

from sim.own_files import read_own, write_own


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "deep" / "x.json"
    write_own(path, b"one")
    write_own(path, b"two")
    assert read_own(path, most=3) == b"two"
    assert [p.name for p in path.parent.iterdir()] == ["x.json"]
    assert path.parent.stat().st_mode & 0o077 == 0


def test_what_is_missing_or_too_long_is_none(tmp_path: Path) -> None:
    assert read_own(tmp_path / "none" / "x", most=10) is None
    write_own(tmp_path / "own" / "x", b"12345")
    assert read_own(tmp_path / "own" / "x", most=4) is None
    assert read_own(tmp_path / "own", most=4) is None


def test_what_others_can_write_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "own" / "x"
    write_own(path, b"1")
    path.chmod(0o666)
    assert read_own(path, most=10) is None
    path.chmod(0o600)
    path.parent.chmod(0o777)
    assert read_own(path, most=10) is None
    with pytest.raises(PermissionError, match="others can write to"):
        write_own(path, b"2")
    assert path.read_bytes() == b"1"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    write_own(tmp_path / "own" / "x", b"1")
    (tmp_path / "own" / "link").symlink_to(tmp_path / "own" / "x")
    assert read_own(tmp_path / "own" / "link", most=10) is None
