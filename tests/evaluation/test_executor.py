"""Work in threads: as it is completed, and no more than there is room for."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from rtlgen.evaluation import executor
from rtlgen.evaluation.executor import Task, as_completed, attempt
from rtlgen.evaluation.local_pool import LocalPool
from sim.errors import ToolNotFound


def test_all_tasks_come_back_with_their_number() -> None:
    with closing(LocalPool(3)) as pool:
        tasks = [(n, lambda n=n: n * n) for n in range(50)]
        assert {one.number: one.result for one in as_completed(pool, tasks)} == {
            n: n * n for n in range(50)
        }


def test_tasks_are_asked_for_only_when_there_is_room() -> None:
    asked = 0

    def tasks() -> Iterator[tuple[int, Task]]:
        nonlocal asked
        for number in range(20):
            asked += 1
            yield number, lambda: None

    with closing(LocalPool(2)) as pool:
        for done, _ in enumerate(as_completed(pool, tasks())):
            assert asked - done <= 4


def test_both_workers_work() -> None:
    meeting = threading.Barrier(2, timeout=10)
    with closing(LocalPool(2)) as pool:
        found = list(as_completed(pool, [(n, meeting.wait) for n in range(2)]))
    assert all(one.fault is None for one in found)


def test_a_fault_is_a_value() -> None:
    def missing() -> None:
        raise ToolNotFound("no simulator\n\nhint: install one")

    def bug() -> None:
        raise KeyError("x")

    def disk() -> None:
        raise OSError(28, "No space left on device")

    faults = [attempt(task)[1] for task in (missing, bug, disk)]
    assert [(fault.text, fault.bug) for fault in faults if fault] == [
        ("no simulator\n\nhint: install one", False),
        ("the job failed: KeyError: 'x'", True),
        ("[Errno 28] No space left on device", False),
    ]


def test_nothing_is_judged_where_temporary_files_have_no_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = attempt(lambda: "verdict")
    monkeypatch.setattr(executor, "ROOM", 1 << 80)
    result, fault = attempt(lambda: "verdict")
    assert before == ("verdict", None)
    assert result is None
    assert fault is not None
    assert "MiB for temporary files" in fault.text
    assert "set TMPDIR to a folder with more" in fault.text
    assert not fault.bug


def test_waiting_for_nothing_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="nothing was handed over"):
        LocalPool(1).finished()


def test_workers_must_be_there() -> None:
    with pytest.raises(ValueError, match="workers must be at least 1, not 0"):
        LocalPool(0)
    assert LocalPool().workers >= 1


def test_a_process_ends_while_a_thread_works() -> None:
    program = """
import time
from rtlgen.evaluation.local_pool import LocalPool
pool = LocalPool(1)
pool.submit(0, lambda: time.sleep(60))
pool.close()
"""
    start = time.monotonic()
    subprocess.run([sys.executable, "-c", program], check=True, timeout=55)
    assert time.monotonic() - start < 50
