"""Markers that say what a test needs, the benchmark data, and no skips in CI."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim import tools
from sim.errors import ToolNotFound

_ROOT = Path(__file__).parent.parent
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _shared_folder() -> Path | None:
    folder = Path(os.environ.get("RTLGEN_SHARED", _ROOT.parent / "shared"))
    return folder if (folder / "benchmarks").is_dir() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of benchmark problems and real completions."""
    folder = _shared_folder()
    if folder is None:
        pytest.skip("no benchmark data in RTLGEN_SHARED or ../shared")
    return folder


@pytest.fixture(autouse=True)
def _handlers_of_signals() -> Iterator[None]:
    """Commands that are run in this process say what ends them; later tests must not inherit it."""
    before = {number: signal.getsignal(number) for number in _ENDING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def _missing_tool(item: pytest.Item) -> str | None:
    needs = {"icarus": (tools.icarus,), "verilator": (tools.verilator, tools.cxx, tools.make)}
    for marker, locators in needs.items():
        if item.get_closest_marker(marker) is None:
            continue
        try:
            for locate in locators:
                locate()
        except ToolNotFound as error:
            return str(error).split("\n", 1)[0]
    if item.get_closest_marker("shared") is not None and _shared_folder() is None:
        return "no benchmark data in RTLGEN_SHARED or ../shared"
    if item.get_closest_marker("readme") is not None and shutil.which("git") is None:
        return "needs git"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if reason := _missing_tool(item):
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI every tool is installed and the data is there, so a skip is a hole in the net."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if (
        os.environ.get("CI")
        and reporter
        and reporter.stats.get("skipped")
        and not session.exitstatus
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
