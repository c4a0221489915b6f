"""Files that appear whole, or not at all."""

from __future__ import annotations

import errno
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rtlgen.evaluation.replacing import replacing, write_whole


def test_a_full_disk_names_the_file_and_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    path.write_text("before")
    with pytest.raises(OSError, match="No space left") as caught, replacing(path) as file:
        file.write("half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.filename == str(path)
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [
        ("summary.json", "before")
    ]


def test_devices_and_pipes_stay_what_they_are(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(pipe.read_text)
        write_whole(pipe, "through\n")
        assert read.result(timeout=30) == "through\n"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link = tmp_path / "link.v"
    link.symlink_to(tmp_path / "there" / "target.v")
    for text in ("one\n", "two\n"):
        write_whole(link, text)
        assert link.is_symlink()
        assert (tmp_path / "there" / "target.v").read_text(encoding="utf-8") == text
