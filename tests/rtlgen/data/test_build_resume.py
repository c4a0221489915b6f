"""A build that is killed goes on: nothing is lost, nothing is judged twice, nothing half-written."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rtlgen.data.problem_sets import Roots
from rtlgen.data.rows import Kind
from rtlgen.evaluation.catalog import BENCHMARKS
from rtlgen.evaluation.row import ROWS, read_rows
from tests.rtlgen.data.small_sources import ScriptedSet, built, files, rows_of, write_samples

PROGRAM = """
import sys
from pathlib import Path
from rtlgen.evaluation import catalog
from rtlgen.evaluation.harness.scripted import ScriptedHarness
from rtlgen.data.problem_sets import Roots
from tests.evaluation.scripted_runs import ScriptedBenchmark
from tests.rtlgen.data.small_sources import ScriptedSet, built

samples, root, folder, log = map(Path, sys.argv[1:5])
harness = ScriptedHarness(log=log, delay=0.004)
catalog.BENCHMARKS["scripted"] = ScriptedSet(harness=harness)
built(folder, samples, roots=Roots(any=(root,)), benchmark="scripted", cache=False, allow=("all",),
      kinds=("preference", "unpaired"))
"""
WORDS = ["", "timeout", "runtime mismatch", "syntax", "X on output", "compiler warning"]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RTLGEN_CACHE", str(tmp_path / "cache"))


def many_samples(path: Path, number: int) -> Path:
    choose = random.Random(3)
    texts = [
        f"module top_module;\n wire w{choose.randrange(number)}, "
        f"scripted: {choose.choice(WORDS)};\nendmodule\n"
        for _ in range(number)
    ]
    return write_samples(path, ((f"task{n % 4:03}", text) for n, text in enumerate(texts)))


def rows_before(folder: Path) -> set[tuple[str, str]]:
    """Return task and digest of what has its row."""
    path = folder / ".work/scripted"
    return {(r.task_id, r.digest) for r in read_rows(path)} if (path / ROWS).exists() else set()


def judged(log: Path) -> list[tuple[str, ...]]:
    return [tuple(line.split()) for line in log.read_text().splitlines()] if log.exists() else []


def test_kills_at_random_moments_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = many_samples(tmp_path / "samples.jsonl", 600)
    root = tmp_path / "root"
    for number in range(4):
        (root / f"{number}").mkdir(parents=True)
    folder, log = tmp_path / "ds", tmp_path / "log"
    command = [sys.executable, "-c", PROGRAM, *map(str, (samples, root, folder, log))]
    for least in (1, 250):
        kept, start = rows_before(folder), len(judged(log))
        child = subprocess.Popen(command, start_new_session=True)
        while child.poll() is None and len(rows_before(folder)) < least:
            time.sleep(0.02)
        time.sleep(random.uniform(0, 0.2))
        child.send_signal(signal.SIGKILL)
        assert child.wait() != 0
        assert not kept & set(judged(log)[start:]), "what had its row was judged again"
        assert not [path for path in folder.glob("*") if not path.name.startswith(".")]
    kept, start = rows_before(folder), len(judged(log))
    assert kept
    _kill_while_rows_are_written(command, folder)
    subprocess.run(command, check=True, timeout=600)
    assert not kept & set(judged(log)[start:])
    monkeypatch.setitem(BENCHMARKS, "scripted", ScriptedSet())
    unbroken = tmp_path / "unbroken/ds"
    built(
        unbroken,
        samples,
        roots=Roots(any=(root,)),
        benchmark="scripted",
        allow=("all",),
        kinds=("preference", "unpaired"),
    )
    assert len(rows_of(unbroken, Kind.PREFERENCE)) > 10
    assert files(folder) == files(unbroken)


def _kill_while_rows_are_written(command: list[str], folder: Path) -> None:
    child = subprocess.Popen(command, start_new_session=True)
    while child.poll() is None and not list(folder.glob(".partial/*")):
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    if child.wait() != 0:
        assert not (folder / "dataset.json").exists()


FULL = """
mount -t tmpfs -o size=600k none small || exit 99
{command}
ls small/ds; ls -A small/ds/.work
mount -o remount,size=64m small && {command}
ls small/ds
"""
FULL_PROGRAM = """
import sys
from rtlgen.cli.common import exit_code_of

sys.argv[1:] = ["samples.jsonl", "root", "small/ds", "log"]
program = open("program.py").read()
code = compile(program, "program.py", "exec")
print("exit code", exit_code_of(lambda **_: exec(code, {})))
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare (util-linux)")
def test_a_full_disk_is_said_and_the_build_goes_on_later(tmp_path: Path) -> None:
    many_samples(tmp_path / "samples.jsonl", 900)
    (tmp_path / "root/0").mkdir(parents=True)
    for number in range(1, 4):
        (tmp_path / f"root/{number}").mkdir()
    (tmp_path / "small").mkdir()
    (tmp_path / "program.py").write_text(PROGRAM.replace("delay=0.004", "delay=0"))
    (tmp_path / "outer.py").write_text(FULL_PROGRAM)
    script = FULL.format(command=f"{sys.executable} outer.py")
    done = subprocess.run(
        ["unshare", "-Urm", "sh", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode == 99 or "unshare failed" in done.stderr:
        pytest.skip("no user namespaces here")
    assert "Traceback" not in done.stderr
    assert "error: cannot write: " in done.stderr
    assert "hint: free some space" in done.stderr
    first, second = done.stdout.split("exit code ")[1:]
    assert first.split()[0] == "4"
    assert "dataset.json" not in first
    assert second.split()[0] == "0"
    assert "dataset.json" in second
