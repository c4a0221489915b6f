"""Files that appear whole, or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from rtlgen.evaluation.replacing import replacing


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
