"""Work that is done elsewhere: by threads that drive children, or on a cluster."""

from __future__ import annotations

import logging
import shutil
import socket
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from sim.errors import EnvironmentFault

log = logging.getLogger(__name__)

ROOM = 32 << 20
"""Bytes that must be free where temporary files go."""


class Task(Protocol):
    """Something to do, as a value that can be sent to another machine."""

    def __call__(self) -> Any:  # noqa: ANN401 - each task has its own result
        """Do it.

        Raises:
            EnvironmentFault: The machine is at fault, and nothing was learned.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a task has no result."""

    text: str
    """The message; what to do follows a `hint:`."""
    machine: str
    """Where it happened, or empty."""
    bug: bool = False
    """Whether an error of our own came up, which says nothing of the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A task that came to its end."""

    number: int
    result: Any
    fault: Fault | None = None
    """Set where there is no result."""
    seconds: float = 0.0
    """Wall time, where the task ran."""


class Executor(Protocol):
    """Does tasks, several at a time; use it from one thread only."""

    @property
    def name(self) -> str:
        """`local` or `ray`."""

    @property
    def workers(self) -> int:
        """Tasks that run at the same time; on a cluster it may change."""

    @property
    def room(self) -> int:
        """Tasks that can be handed over now, so that no worker waits for its next one."""

    def submit(self, number: int, task: Task) -> None:
        """Hand over `task`; `number` names it in `finished`."""

    def finished(self) -> list[Finished]:
        """Wait until something is finished, and return that."""

    def close(self) -> None:
        """End: give up what has not begun, and do not wait for what has."""


def attempt(task: Task) -> tuple[Any, Fault | None]:
    """Do `task`; that the machine is at fault is a value, so that it can travel.

    So is anything else that goes wrong in it: one job, however hostile its
    designs, must not end the run of the others.
    """
    machine = socket.gethostname()
    try:
        return _with_room(task), None
    except (EnvironmentFault, OSError, MemoryError) as error:
        return None, Fault(text=str(error) or type(error).__name__, machine=machine)
    except Exception as error:
        log.warning("a job failed", exc_info=True)
        text = f"the job failed: {type(error).__name__}: {error}"
        return None, Fault(text=text, machine=machine, bug=True)


def _with_room(task: Task) -> Any:  # noqa: ANN401 - as of the task
    """Do `task`; a simulator whose files were cut short says that a good design is wrong."""
    _check_room()
    result = task()
    _check_room()
    return result


def _check_room() -> None:
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    if free < ROOM:
        raise EnvironmentFault(
            f"judging needs {ROOM >> 20} MiB for temporary files, {folder} has {free >> 10} KiB "
            "free\n\nhint: free some space, or set TMPDIR to a folder with more"
        )


def as_completed(executor: Executor, tasks: Iterable[tuple[int, Task]]) -> Iterator[Finished]:
    """Do `tasks`, which are asked for only as workers become free, and yield each as it ends."""
    left = iter(tasks)
    running = 0
    more = True
    while more or running:
        while more and executor.room > 0:
            following = next(left, None)
            if following is None:
                more = False
            else:
                executor.submit(*following)
                running += 1
        if running:
            for one in executor.finished():
                running -= 1
                yield one
