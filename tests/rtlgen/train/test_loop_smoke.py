"""The whole loop with everything real, tiny: a corpus, a model, training, verdicts; killed once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rtlgen.llm.records import AnswerRecord, read_records
from rtlgen.train.loop_report import LoopReport
from rtlgen.train.steps import records

ROOT = Path(__file__).parents[3]
RECIPE = ROOT / "datasets" / "recipes" / "loop-smoke.yaml"
SECONDS = 900.0
"""On a machine with much else to do; two idle cores take two minutes."""


def started(folder: Path) -> subprocess.Popen[bytes]:
    words = ["train", "loop", str(RECIPE), "-o", str(folder), "--in-process", "-q"]
    return subprocess.Popen(
        [sys.executable, "-m", "rtlgen", *words],
        cwd=ROOT,
        # On a busy machine threads wait for one another longer than the sums take.
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def killed_while(folder: Path, sign: Path) -> None:
    """Kill a loop with all its children when `sign` appears."""
    with started(folder) as loop:
        deadline = time.monotonic() + SECONDS
        while not sign.exists() and loop.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        seen = sign.exists() and loop.poll() is None
        os.killpg(loop.pid, signal.SIGKILL)
        assert seen, loop.stderr.read().decode() if loop.stderr else ""


@pytest.mark.icarus
def test_the_loop_closes_although_it_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "loop"
    killed_while(folder, folder / "rounds" / "1" / "samples" / "answers.jsonl")
    assert not (folder / "report.json").exists()
    with started(folder) as loop:
        _, said = loop.communicate(timeout=SECONDS)
    assert loop.returncode == 0, said.decode()
    found = LoopReport.model_validate_json((folder / "report.json").read_bytes())
    stages = ["base", "sft", "round-1", "round-2"]
    assert [(one.set, one.stage) for one in found.results] == [
        (name, stage) for name in ("held-out-instances", "held-out-families") for stage in stages
    ]
    assert all(point.rate is not None for one in found.results for point in one.points)
    assert [one.checked for one in found.datasets] == [True] * 3
    assert all(sum(one.rows.values()) > 0 for one in found.datasets)
    assert all(set(one.against) for one in found.datasets)
    taken_up = [one.step for one in records(folder) if one.resumed]
    assert taken_up == ["rounds/1/sample"]
    _check_answers(folder / "rounds" / "1" / "samples" / "answers.jsonl")
    assert (folder / "report.md").read_text().count("## ") >= 5
    assert list((folder / "plots").glob("pass-at-*.svg"))


def _check_answers(path: Path) -> None:
    """No answer was asked for twice."""
    with path.open("rb") as stream:
        keys = [one.key for one, _ in read_records(stream, path) if isinstance(one, AnswerRecord)]
    assert len(keys) == len(set(keys)) > 0
