"""Ctrl-C at any moment, and a disk that is full: a clear end, nothing half-written."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.rtlgen.test_cli import TABLE

COMMAND = [sys.executable, "-m", "rtlgen", "design", "spec.md", "-o", "out"]


def start(folder: Path) -> subprocess.Popen[str]:
    (folder / "tmp").mkdir()
    (folder / "spec.md").write_text(TABLE)
    return subprocess.Popen(
        COMMAND,
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(folder / "tmp")},
        start_new_session=True,
    )


def wait_until_ours(child: subprocess.Popen[str]) -> None:
    """Wait until Python has started and rtlgen has taken its handler of Ctrl-C away."""
    status = Path(f"/proc/{child.pid}/status")
    seen = False
    while child.poll() is None:
        caught = int(re.search(r"SigCgt:\s*(\w+)", status.read_text())[1], 16)  # type: ignore[index]
        ours = not caught >> (signal.SIGINT - 1) & 1
        if seen and ours:
            return
        seen = seen or not ours
        time.sleep(0.001)


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def processes_in(folder: Path) -> list[str]:
    """Command lines of live processes that work somewhere under `folder`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder) in str((entry / "cwd").readlink()):
                found.append((entry / "cmdline").read_text())
        except OSError:
            continue
    return found


@pytest.mark.icarus
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("delay", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.1])
def test_interruption_leaves_nothing(tmp_path: Path, delay: float, number: signal.Signals) -> None:
    child = start(tmp_path)
    wait_until_ours(child)
    time.sleep(delay)
    child.send_signal(number)
    stdout, stderr = child.communicate(timeout=30)
    assert "Traceback" not in stderr
    if child.returncode == 0:  # it was faster
        assert (tmp_path / "out/run.json").is_file()
        return
    assert child.returncode in (-number, 128 + number), stderr
    assert left_in(tmp_path) in (["spec.md", "tmp"], ["out", "spec.md", "tmp"])
    if (tmp_path / "out").exists():  # it had just been finished
        assert json.loads((tmp_path / "out/run.json").read_text())["outcome"] == "verified"
    assert left_in(tmp_path / "tmp") == []
    assert stdout == ""
    assert processes_in(tmp_path) == []


FULL = "mount -t tmpfs -o size={size} none small || exit 99\n{command}; ls -A small\n"


@pytest.mark.icarus
@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare (util-linux)")
@pytest.mark.parametrize("size", ["4k", "16k", "48k"])
def test_full_disk_is_said_and_nothing_is_half_written(tmp_path: Path, size: str) -> None:
    (tmp_path / "small").mkdir()
    (tmp_path / "spec.md").write_text(TABLE)
    script = FULL.format(
        size=size, command=f"{sys.executable} -m rtlgen design spec.md -o small/out"
    )
    done = subprocess.run(
        ["unshare", "-Urm", "sh", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode == 99 or "unshare failed" in done.stderr:
        pytest.skip("no user namespaces here")
    assert "error: cannot write: No space left on device" in done.stderr
    assert "hint: free some space" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
