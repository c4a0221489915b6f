"""`rtlgen dataset`: help, what it loads, and what it says where a library is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rtlgen.data.extra import require
from sim.errors import ToolNotFound
from tests.golden import check_golden

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
HEAVY = {"datasets", "datasketch", "jinja2", "matplotlib", "numpy", "pyarrow", "pydantic", "torch"}


@pytest.mark.parametrize("command", ["check", "inspect"])
def test_help(command: str, tmp_path: Path) -> None:
    """Re-record with RTLGEN_RECORD=1."""
    done = subprocess.run(
        [sys.executable, "-m", "rtlgen", "dataset", command, "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRONMENT,
    )
    assert (done.returncode, done.stderr) == (0, "")
    check_golden(f"help/dataset_{command}.txt", done.stdout)


def test_the_commands_load_nothing_heavy(tmp_path: Path) -> None:
    code = "import sys, rtlgen.cli.dataset; print(*{m.split('.')[0] for m in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert not HEAVY & set(done.stdout.split())


def test_a_library_that_is_missing() -> None:
    with pytest.raises(
        ToolNotFound, match=r"need no-such-thing\n\nhint: pip install 'rtlgen\[data"
    ):
        require("no-such-thing")
    require()
