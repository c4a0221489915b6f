"""An executor of threads; the work is done by the sandboxed children that they drive."""

from __future__ import annotations

import os
import time
from queue import Empty, SimpleQueue
from threading import Thread

from rtlgen.evaluation.executor import Finished, Task, attempt
from sim.stopping import Stop

_GRACE_SECONDS = 5.0
"""How long threads may take to clean up after their children."""


class LocalPool:
    """Does tasks in threads of this process.

    Closing it ends the children of what still runs; the threads never keep the
    process from ending.
    """

    name = "local"

    def __init__(self, workers: int | None = None) -> None:
        """Use `workers` threads, or one for each processor that this process may use."""
        if workers is not None and workers < 1:
            raise ValueError(f"workers must be at least 1, not {workers}")
        self._workers = workers or _processors()
        self._handed: SimpleQueue[tuple[int, Task] | None] = SimpleQueue()
        self._done: SimpleQueue[Finished] = SimpleQueue()
        self._running = 0
        self._threads: list[Thread] = []
        self._stop = Stop()

    @property
    def workers(self) -> int:
        return self._workers

    @property
    def room(self) -> int:
        return self._workers + 1 - self._running

    def submit(self, number: int, task: Task) -> None:
        if len(self._threads) < min(self._running + 1, self._workers):
            thread = Thread(target=self._work, name="rtlgen-judge", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._running += 1
        self._handed.put((number, task))

    def finished(self) -> list[Finished]:
        if not self._running:
            raise RuntimeError("nothing was handed over that could finish")
        found = [self._done.get()]
        while len(found) < self._running:
            try:
                found.append(self._done.get_nowait())
            except Empty:
                break
        self._running -= len(found)
        return found

    def close(self) -> None:
        while not self._handed.empty():
            self._handed.get()
        for _ in self._threads:
            self._handed.put(None)
        self._stop.now()
        deadline = time.monotonic() + _GRACE_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if not self._running:
            for thread in self._threads:
                thread.join()

    def _work(self) -> None:
        with self._stop.here():
            while (job := self._handed.get()) is not None:
                number, task = job
                start = time.monotonic()
                result, fault = attempt(task)
                seconds = time.monotonic() - start
                self._done.put(Finished(number=number, result=result, fault=fault, seconds=seconds))


def _processors() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
