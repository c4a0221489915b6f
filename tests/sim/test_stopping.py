"""A tool of one thread is ended from another one, with its tree and its folder."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from sim.process import Limits, run_tool
from sim.scratch import scratch_folder
from sim.stopping import Stop, Stopped


def run(command: str, cwd: Path) -> None:
    run_tool(["sh", "-c", command], cwd=cwd, limits=Limits(seconds=60))


def test_what_runs_is_ended_and_its_folder_goes() -> None:
    stop = Stop()
    begun = threading.Event()
    found: list[object] = []

    def work() -> None:
        with stop.here():
            try:
                with scratch_folder() as folder:
                    found.append(folder)
                    begun.set()
                    run("sleep 60 & sleep 60", folder)
            except Stopped as error:
                found.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    time.sleep(0.3)
    start = time.monotonic()
    stop.now()
    thread.join(50)
    assert time.monotonic() - start < 40
    folder, message = found
    assert message == "the work that a tool was for has been stopped"
    assert isinstance(folder, Path)
    assert not folder.exists()


def test_nothing_begins_after_the_end(tmp_path: Path) -> None:
    stop = Stop()
    stop.now()
    with stop.here(), pytest.raises(Stopped, match="has been stopped"):
        run("touch begun", tmp_path)
    assert not (tmp_path / "begun").exists()


def test_others_are_not_ended(tmp_path: Path) -> None:
    stop = Stop()
    with stop.here():
        run("touch one", tmp_path)
    stop.now()
    run("touch two", tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]
