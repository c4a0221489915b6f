"""Tools of one thread are ended from another one.

A thread that waits for a tool cannot be interrupted, and would keep a folder
and a process busy long after somebody has lost interest in what they find.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

from sim.errors import EnvironmentFault

_current: ContextVar[Stop | None] = ContextVar("rtlgen_stop", default=None)


class Stopped(EnvironmentFault):
    """A tool was not run to its end because its caller's work was stopped."""


class Stop:
    """Ends the tools that run under it, and lets no other begin; for use by any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._launchers: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    @contextmanager
    def here(self) -> Iterator[None]:
        """Let all tools that this thread runs meanwhile be ended by `now`."""
        before = _current.set(self)
        try:
            yield
        finally:
            _current.reset(before)

    def now(self) -> None:
        """End what runs; each tool's launcher ends the tool's whole tree."""
        with self._lock:
            self._stopped = True
            launchers = tuple(self._launchers)
        for launcher in launchers:
            launcher.terminate()

    def add(self, launcher: subprocess.Popen[bytes]) -> None:
        """Watch `launcher`; one that comes too late is ended."""
        with self._lock:
            self._launchers.add(launcher)
            late = self._stopped
        if late:
            launcher.terminate()

    def discard(self, launcher: subprocess.Popen[bytes]) -> None:
        """Watch `launcher` no longer."""
        with self._lock:
            self._launchers.discard(launcher)

    def check(self) -> None:
        """See that nobody has stopped this.

        Raises:
            Stopped: Somebody has.
        """
        if self._stopped:
            raise Stopped("the work that a tool was for has been stopped")


def current() -> Stop:
    """Return what ends the tools of this thread; something new where there is nothing yet."""
    return _current.get() or Stop()


def check() -> None:
    """See that this thread may run tools.

    Raises:
        Stopped: Its work has been stopped.
    """
    if (stop := _current.get()) is not None:
        stop.check()


@contextmanager
def watched(launcher: subprocess.Popen[bytes]) -> Iterator[None]:
    """Let `launcher` be ended with the work of this thread, if that is stopped.

    Raises:
        Stopped: It was.
    """
    stop = _current.get()
    if stop is None:
        yield
        return
    stop.add(launcher)
    try:
        yield
    finally:
        stop.discard(launcher)
    stop.check()
