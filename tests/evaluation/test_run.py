"""Runs from samples to rows, with a harness that does what the designs say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rtlgen.errors import UsageError
from rtlgen.evaluation import intake
from rtlgen.evaluation.harness.protocol import Conditions
from rtlgen.evaluation.harness.scripted import ScriptedHarness, ScriptedInParts
from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.local_pool import LocalPool
from rtlgen.evaluation.row import Origin
from rtlgen.evaluation.run import Progress
from rtlgen.evaluation.run_folder import RunFolder
from rtlgen.evaluation.run_record import read_run
from sim.errors import EnvironmentFault, ToolNotFound
from tests.evaluation.scripted_runs import design, evaluation, problem, rows_of, run, write_samples


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RTLGEN_CACHE", str(tmp_path / "cache"))


def samples_of(path: Path, *designs: str) -> Path:
    return write_samples(path / "samples.jsonl.gz", (("task000", text) for text in designs))


def judged(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


def test_every_outcome_has_its_row(tmp_path: Path) -> None:
    words = [c.value for c in Category if c not in (Category.EXTRACTION, Category.NOT_JUDGED)]
    samples = samples_of(tmp_path, *map(design, words), "no code here")
    outcome = run(evaluation(samples), tmp_path / "out")
    rows = rows_of(tmp_path / "out")
    assert [rows["task000", n].category.value for n in range(len(words))] == words
    last = rows["task000", len(words)]
    assert (last.category, last.official, last.verilog) == (Category.EXTRACTION, False, None)
    assert outcome.record.counts is not None
    assert outcome.record.counts.rows == len(rows) == len(words) + 1
    assert not outcome.complete  # the other problems have no samples


def test_all_files_are_there_and_the_record_says_it_is_finished(tmp_path: Path) -> None:
    run(evaluation(samples_of(tmp_path, design())), tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {
        *("run.json", "samples.jsonl", "summary.json", "problems.csv", "samples.csv"),
        *("verdicts.csv", "junit.xml", "report.html"),
    }
    record = read_run(tmp_path / "out")
    assert record.finished is not None
    assert record.simulator == "Scripted 1.0"


def test_equal_designs_are_judged_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    same = [design(comment="a"), design(comment="b"), design(comment="a"), design() + "\n \n"]
    other = [design().replace("wire", "WIRE")]
    what = evaluation(samples_of(tmp_path, *same, *other), harness=ScriptedHarness(log=log))
    run(what, tmp_path / "out")
    assert len(judged(log)) == 2
    origins = sorted(row.origin.value for row in rows_of(tmp_path / "out").values())
    assert origins == ["equal design"] * 3 + ["judged"] * 2


def test_equal_designs_of_other_problems_are_not_equal(tmp_path: Path) -> None:
    log = tmp_path / "log"
    samples = write_samples(tmp_path / "s.gz", [("task000", design()), ("task001", design())])
    run(evaluation(samples, harness=ScriptedHarness(log=log)), tmp_path / "out")
    assert len(judged(log)) == 2


@pytest.mark.parametrize("cache", [True, False])
def test_equal_designs_far_apart_are_judged_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: bool
) -> None:
    monkeypatch.setattr(intake, "WINDOW", 3)
    log = tmp_path / "log"
    texts = [design(comment=str(n)).replace("wire", f"wire w{n % 5},") for n in range(40)]
    what = evaluation(
        samples_of(tmp_path, *texts), harness=ScriptedHarness(log=log, delay=0.002), cache=cache
    )
    outcome = run(what, tmp_path / "out")
    assert len(judged(log)) == 5
    counts = outcome.record.counts
    assert counts is not None
    assert (counts.simulated, counts.equal, counts.cached) == (5, 35, 0)


def test_what_an_earlier_run_found_is_not_judged_again(tmp_path: Path) -> None:
    log = tmp_path / "log"
    samples = samples_of(tmp_path, design(), design("timeout"), design(comment="x"))
    for folder in ("one", "two"):
        outcome = run(evaluation(samples, harness=ScriptedHarness(log=log)), tmp_path / folder)
    assert len(judged(log)) == 2
    assert outcome.record.counts is not None
    assert outcome.record.counts.cached == 2
    assert outcome.record.counts.equal == 1
    verdicts = [(tmp_path / name / "verdicts.csv").read_bytes() for name in ("one", "two")]
    assert verdicts[0] == verdicts[1]


@pytest.mark.parametrize(
    "change",
    [
        {"harness": {"version": "2"}},
        {"harness": {"name": "other"}},
        {"conditions": Conditions(cpu_seconds=1)},
        {"cache": False},
    ],
)
def test_what_decides_a_verdict_is_in_its_key(tmp_path: Path, change: dict[str, Any]) -> None:
    log = tmp_path / "log"
    samples = samples_of(tmp_path, design())
    run(evaluation(samples, harness=ScriptedHarness(log=log)), tmp_path / "one")
    harness = ScriptedHarness(log=log, **change.pop("harness", {}))
    run(evaluation(samples, harness=harness, **change), tmp_path / "two")
    assert len(judged(log)) == 2


def test_a_verdict_of_the_moment_is_not_kept(tmp_path: Path) -> None:
    log = tmp_path / "log"
    samples = samples_of(tmp_path, design("not judged"), design("not judged", comment="x"))
    for folder in ("one", "two"):
        outcome = run(evaluation(samples, harness=ScriptedHarness(log=log)), tmp_path / folder)
        assert not outcome.complete
    assert len(judged(log)) == 2


@pytest.mark.parametrize("words", ["fault", "crash"])
def test_one_design_that_breaks_its_job_costs_no_other(tmp_path: Path, words: str) -> None:
    good = [design().replace("wire", f"wire w{n},") for n in range(30)]
    samples = samples_of(tmp_path, *good[:20], design(words), *good[20:])
    run(evaluation(samples), tmp_path / "out")
    rows = rows_of(tmp_path / "out")
    bad = rows.pop(("task000", 20))
    assert (bad.official, bad.functional, bad.category) == (None, None, Category.NOT_JUDGED)
    assert "machine has failed" in bad.reason or "IndexError: a bug" in bad.reason
    assert all(row.official for row in rows.values())


def test_many_designs_that_break_their_jobs_are_not_the_machine(tmp_path: Path) -> None:
    bad = [design("fault").replace("wire", f"wire w{n},") for n in range(40)]
    run(evaluation(samples_of(tmp_path, *bad, design())), tmp_path / "out")
    rows = rows_of(tmp_path / "out")
    assert [row.judged for _, row in sorted(rows.items())] == [False] * 40 + [True]


def test_a_broken_machine_ends_the_run_without_a_verdict(tmp_path: Path) -> None:
    texts = [design().replace("wire", f"wire w{n},") for n in range(100)]
    what = evaluation(samples_of(tmp_path, *texts), harness=ScriptedHarness(broken=True))
    with pytest.raises(EnvironmentFault, match=r"this machine is broken\n\nhint: use another"):
        run(what, tmp_path / "out")
    assert not rows_of(tmp_path / "out")


def test_a_missing_simulator_is_said_before_anything_is_written(tmp_path: Path) -> None:
    what = evaluation(samples_of(tmp_path, design()), harness=ScriptedHarness(missing=True))
    with pytest.raises(ToolNotFound, match="`scripted` not found"):
        run(what, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_sample_without_a_completion_is_not_judged_and_says_where(tmp_path: Path) -> None:
    samples = tmp_path / "s.jsonl"
    samples.write_text('{"task_id": "task000"}\n{"task_id": "task000", "completion": ""}\n')
    with pytest.raises(UsageError, match="usable line"):
        samples.write_text('{"task_id": "task000"}\n')
        run(evaluation(samples), tmp_path / "none")
    samples.write_text('{"task_id": "task000"}\n{"task_id": "task000", "completion": ""}\n')
    run(evaluation(samples), tmp_path / "out")
    rows = rows_of(tmp_path / "out")
    assert rows["task000", 0].reason.startswith(f"{samples}:1: ")
    assert rows["task000", 0].official is None
    assert rows["task000", 1].official is False


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[Progress] = []
    texts = [design().replace("wire", f"wire w{n},") for n in range(10)]
    run(evaluation(samples_of(tmp_path, *texts, *texts)), tmp_path / "out", progress=told.append)
    assert (told[-1].rows, told[-1].judged, told[-1].equal) == (20, 10, 10)


def test_a_folder_with_something_in_it_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/precious").touch()
    samples = samples_of(tmp_path, design())
    with pytest.raises(UsageError, match=r"must be empty, .*out has 'precious'\n\nhint: choose"):
        run(evaluation(samples), tmp_path / "out")
    with pytest.raises(UsageError, match=r"--resume goes on with a run, .* no run.json but"):
        run(evaluation(samples), tmp_path / "out", resume=True)


def test_one_process_at_a_time_has_a_folder(tmp_path: Path) -> None:
    with (
        RunFolder(tmp_path / "out", resume=False),
        pytest.raises(UsageError, match="one process at a time works on a run, another one has"),
    ):
        run(evaluation(samples_of(tmp_path, design())), tmp_path / "out")


FULL = """
mount -t tmpfs -o size={size} none small || exit 99
{command}
"""
AGAIN = """
tail -c 1 small/out/samples.jsonl | od -An -c
mount -o remount,size=8m small && {command}
cp small/out/samples.jsonl .
"""
PROGRAM = """
import sys
from pathlib import Path
from rtlgen.cli.common import exit_code_of
from tests.evaluation.scripted_runs import evaluation, run

def app(**_):
    run(evaluation(Path("samples.jsonl.gz"), cache={cache}), Path({folder!r}), resume=True)

print("exit code", exit_code_of(app))
"""


def on_a_full_disk(
    folder: Path, script: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    (folder / "small").mkdir()
    done = subprocess.run(
        ["unshare", "-Urm", "sh", "-c", script],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode == 99 or "unshare failed" in done.stderr:
        pytest.skip("no user namespaces here")
    return done


UNSHARE = pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare (util-linux)")


@UNSHARE
def test_a_full_disk_leaves_whole_lines_and_the_run_goes_on_later(tmp_path: Path) -> None:
    samples_of(tmp_path, *(design().replace("wire", f"wire w{n},") for n in range(300)))
    (tmp_path / "program.py").write_text(PROGRAM.format(cache=False, folder="small/out"))
    command = f"{sys.executable} program.py"
    done = on_a_full_disk(tmp_path, (FULL + AGAIN).format(size="48k", command=command))
    assert "error: cannot write: No space left on device: small/out/samples.jsonl" in done.stderr
    assert "the same command with --resume goes on from there" in done.stderr
    assert done.stdout.split() == ["exit", "code", "4", "\\n", "exit", "code", "0"]
    assert len(rows_of(tmp_path)) == 300


@UNSHARE
@pytest.mark.parametrize(
    ("variable", "size", "code", "said"),
    [
        ("RTLGEN_CACHE", "24k", "0", "nothing more is looked up or kept in .*/small/evaluation/"),
        ("TMPDIR", "1m", "4", "judging needs 32 MiB for temporary files, .*small has .*hint: free"),
    ],
)
def test_no_room_for_the_cache_costs_only_time_and_for_judging_ends_the_run(
    variable: str, size: str, code: str, said: str, tmp_path: Path
) -> None:
    samples_of(tmp_path, design(), design("mismatch"))
    (tmp_path / "program.py").write_text(PROGRAM.format(cache=True, folder="out"))
    script = FULL.format(size=size, command=f"{sys.executable} program.py")
    done = on_a_full_disk(tmp_path, script, **{variable: str(tmp_path / "small")})
    assert re.search(said, done.stderr, re.DOTALL), done.stderr
    assert done.stdout.split() == ["exit", "code", code]
    assert len(rows_of(tmp_path / "out")) == (2 if code == "0" else 0)


def test_no_problem_is_an_error_of_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="none was chosen"):
        evaluation(samples_of(tmp_path, design()), problems=0)


def test_problems_are_values_of_their_own() -> None:
    assert problem(1).digest != problem(2).digest


def test_origins_are_stable_names() -> None:
    assert [o.value for o in Origin] == ["judged", "equal design", "cache", "none"]


@pytest.mark.parametrize("workers", [1, 3])
def test_designs_left_for_later_are_judged_once(tmp_path: Path, workers: int) -> None:
    log = tmp_path / "log"
    texts = [("task000", design("later").replace("wire", f"wire w{n}; wire")) for n in range(5)]
    texts += [("task001", design("pass")), ("task001", design("later"))]
    samples = write_samples(tmp_path / "s.jsonl.gz", texts)
    what = evaluation(samples, harness=ScriptedInParts(log=log))
    run(what, tmp_path / "out", executor=LocalPool(workers))
    found = rows_of(tmp_path / "out")
    assert [row.official for row in found.values()] == [True] * len(texts)
    assert len(judged(log)) == len(texts)
