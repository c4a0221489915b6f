"""A run that is killed at random moments, taken up again, finds what an unbroken one finds."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rtlgen.errors import UsageError
from rtlgen.evaluation.benchmark import Extract
from rtlgen.evaluation.harness.protocol import Conditions
from rtlgen.evaluation.harness.scripted import ScriptedHarness
from rtlgen.evaluation.row import Row, row_of
from rtlgen.evaluation.run_record import read_run
from tests.evaluation.scripted_runs import design, evaluation, rows_of, run, write_samples

CATEGORIES = ["", "timeout", "runtime mismatch", "syntax", "X on output", "compiler warning"]
PROGRAM = """
import sys
from pathlib import Path
from rtlgen.evaluation.harness.scripted import ScriptedHarness
from tests.evaluation.scripted_runs import evaluation, run

samples, folder, log = map(Path, sys.argv[1:4])
harness = ScriptedHarness(log=log, delay=0.002)
run(evaluation(samples, harness=harness, cache=False), folder, resume=True)
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RTLGEN_CACHE", str(tmp_path / "cache"))


def many_samples(path: Path, number: int, *, seed: int = 1) -> Path:
    """Return a file of samples of four problems; a third of them equal to another one."""
    choose = random.Random(seed)
    texts = [
        design(choose.choice(CATEGORIES), comment=str(choose.randrange(10))).replace(
            "wire", f"wire w{choose.randrange(number)},"
        )
        for _ in range(number)
    ]
    return write_samples(path, ((f"task{n % 4:03}", text) for n, text in enumerate(texts)))


def killed_after(command: list[str], seconds: float) -> bool:
    """Run `command`, kill it after `seconds`, and return whether it had not ended."""
    child = subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE)
    try:
        _, errors = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
        child.communicate()
        return True
    assert child.returncode == 0, errors.decode()
    return False


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def whole_rows(folder: Path) -> list[Row]:
    path = folder / "samples.jsonl"
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    return [row_of(line, "") for line in lines if line.endswith(b"\n")]


def judged_twice(log: Path, kept: set[tuple[str, str]], start: int) -> set[tuple[str, str]]:
    lines = log.read_text().splitlines()[start:] if log.exists() else []
    return {(task, name) for task, name in (line.split() for line in lines)} & kept


def test_kills_at_random_moments_change_nothing(tmp_path: Path) -> None:
    samples = many_samples(tmp_path / "samples.gz", 1200)
    run(evaluation(samples, cache=False), tmp_path / "whole")
    folder, log = tmp_path / "broken", tmp_path / "log"
    command = [sys.executable, "-c", PROGRAM, *map(str, (samples, folder, log))]
    choose = random.Random()
    kills = 0
    again = True
    while again:
        rows = whole_rows(folder)
        kept = {(row.task_id, row.digest) for row in rows}
        start = len(log.read_text().splitlines()) if log.exists() else 0
        again = killed_after(command, choose.uniform(0.4, 1.4) if kills < 6 else 60)
        kills += again
        assert not judged_twice(log, kept, start), "what had its row was judged again"
        assert [row.line() for row in whole_rows(folder)[: len(rows)]] == [r.line() for r in rows]
    assert kills
    whole, broken = rows_of(tmp_path / "whole"), rows_of(folder)
    assert whole.keys() == broken.keys()
    assert (tmp_path / "whole/verdicts.csv").read_bytes() == (folder / "verdicts.csv").read_bytes()
    record = read_run(folder)
    assert record.finished
    assert record.counts is not None
    assert record.counts.rows == 1200
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize("torn", [b"{", b'{"task_id": "task000", "sample": 0, "off', b"\0\0\0"])
def test_a_torn_last_line_is_cut(tmp_path: Path, torn: bytes) -> None:
    samples = many_samples(tmp_path / "samples.gz", 40)
    run(evaluation(samples), tmp_path / "out")
    path = tmp_path / "out/samples.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:10]) + torn)
    run(evaluation(samples), tmp_path / "out", resume=True)
    assert len(rows_of(tmp_path / "out")) == 40
    assert path.read_bytes().startswith(b"".join(lines[:10]))


def test_a_finished_run_goes_on_without_judging(tmp_path: Path) -> None:
    samples = many_samples(tmp_path / "samples.gz", 40)
    log = tmp_path / "log"
    harness = ScriptedHarness(log=log)
    run(evaluation(samples, harness=harness, cache=False), tmp_path / "out")
    before = log.read_text(), (tmp_path / "out/samples.jsonl").read_bytes()
    outcome = run(evaluation(samples, harness=harness, cache=False), tmp_path / "out", resume=True)
    assert (log.read_text(), (tmp_path / "out/samples.jsonl").read_bytes()) == before
    assert outcome.record.resumed == 1


def test_nothing_to_resume_is_a_beginning(tmp_path: Path) -> None:
    samples = many_samples(tmp_path / "samples.gz", 8)
    outcome = run(evaluation(samples), tmp_path / "out", resume=True)
    assert outcome.record.resumed == 0
    assert len(rows_of(tmp_path / "out")) == 8


def test_a_run_goes_on_as_it_began(tmp_path: Path) -> None:
    samples = many_samples(tmp_path / "samples.gz", 8)
    run(evaluation(samples), tmp_path / "out")
    others = {
        r"limits and conditions: cpu_seconds=30.0 .* before, cpu_seconds=1.0": evaluation(
            samples, conditions=Conditions(cpu_seconds=1.0)
        ),
        r"the rule of extraction: official before, robust now": evaluation(
            samples, extract=Extract.ROBUST
        ),
        r"the simulator: Scripted 1.0 before, Scripted 2.0 now": evaluation(
            samples, harness=ScriptedHarness(version="2.0")
        ),
        r"the chosen problems: 4 \(task000, .*; the benchmark's files": evaluation(
            samples, problems=5
        ),
        r"the samples: kind=samples name=samples.gz": evaluation(
            many_samples(tmp_path / "others.gz", 8)
        ),
    }
    before = (tmp_path / "out/run.json").read_bytes()
    for message, other in others.items():
        with pytest.raises(
            UsageError, match=rf"a run goes on as it began, .* otherwise: {message}"
        ):
            run(other, tmp_path / "out", resume=True)
    assert (tmp_path / "out/run.json").read_bytes() == before


def test_without_resume_a_run_is_not_taken_up(tmp_path: Path) -> None:
    samples = many_samples(tmp_path / "samples.gz", 8)
    run(evaluation(samples), tmp_path / "out")
    with pytest.raises(UsageError, match=r"(?s)must be empty.*or go on with --resume"):
        run(evaluation(samples), tmp_path / "out")


def test_other_ks_and_exclusions_may_be_asked_for_later(tmp_path: Path) -> None:
    samples = many_samples(tmp_path / "samples.gz", 40)
    run(evaluation(samples), tmp_path / "out")
    outcome = run(evaluation(samples, excluded={"task001": "why"}), tmp_path / "out", resume=True)
    assert outcome.summary.counts.excluded_samples == 10


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((b'"sample":0', b'"sample":1'), "a sample has one row, there are two of sample 1 of"),
        ((b'"task_id":"task000"', b'"task_id":"taskX"'), "of no problem that was chosen: sample"),
        ((b'"category":"pass"', b'"category":"syntax"'), "contradicts itself: sample"),
    ],
)
def test_rows_that_cannot_be_are_named(
    tmp_path: Path, change: tuple[bytes, bytes], message: str
) -> None:
    texts = [design().replace("wire", f"wire w{n},") for n in range(3)]
    samples = write_samples(tmp_path / "samples.gz", (("task000", text) for text in texts))
    run(evaluation(samples), tmp_path / "out")
    path = tmp_path / "out/samples.jsonl"
    path.write_bytes(path.read_bytes().replace(*change, 1))
    with pytest.raises(UsageError, match=message):
        run(evaluation(samples), tmp_path / "out", resume=True)


def test_rows_of_a_folder_are_not_believed_by_other_runs(tmp_path: Path) -> None:
    """Who can write to the folder of a run must not decide what other runs find."""
    samples = write_samples(tmp_path / "samples.gz", [("task000", design("syntax"))])
    run(evaluation(samples, cache=False), tmp_path / "out")
    path = tmp_path / "out/samples.jsonl"
    forged = path.read_bytes().replace(b'"category":"syntax"', b'"category":"timeout"')
    path.write_bytes(forged)
    run(evaluation(samples, cache=False), tmp_path / "out", resume=True)
    run(evaluation(samples), tmp_path / "other")
    assert rows_of(tmp_path / "other")["task000", 0].category.value == "syntax"
