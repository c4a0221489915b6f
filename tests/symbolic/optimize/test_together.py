"""Things done at the same time: results in order, and an error ends the tools of all."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from sim.process import Limits, run_tool
from symbolic.optimize_clock import Clock
from symbolic.optimize_together import at_once, both


def test_results_come_in_order() -> None:
    assert at_once([lambda: 1, lambda: 2, lambda: 3]) == [1, 2, 3]
    assert both(lambda: 1, lambda: "two") == (1, "two")


def sleep(folder: Path) -> float:
    argv = [sys.executable, "-c", "import time; time.sleep(60)"]
    return run_tool(argv, cwd=folder, limits=Limits(seconds=60)).seconds


def fail() -> float:
    time.sleep(0.5)
    raise ValueError("no use")


def test_an_error_ends_the_tools_of_the_others_however_deep(tmp_path: Path) -> None:
    start = time.monotonic()
    with pytest.raises(ValueError, match="no use"):
        both(fail, lambda: at_once([lambda: sleep(tmp_path), lambda: 0.0]))
    assert time.monotonic() - start < 30


def test_the_clock_counts_the_processor_and_gives_more_where_it_is_shared() -> None:
    clock = Clock(5.0)
    time.sleep(0.3)
    assert clock.stretch >= 1
    assert 4.5 < clock.left < 60.0
    assert Clock(0.0).left == 0.0
