"""Jobs in forks of one process that holds libyosys; it runs in a sandboxed child process.

libyosys ends its process on an error and can crash on hostile text, so every
job has a process of its own. Starting it by a fork spares the import.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

REQUEST = "request.json"
ANSWERS = "answers.jsonl"
LOG = "yosys.log"

_LONGEST_PAUSE = 0.02
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a fork ended."""

    status: int | None
    """Exit code, negative for a signal; None if its time was up."""
    seconds: float


def main() -> None:
    """Run the jobs of the request, each in the folder of its number."""
    request = json.loads(Path(REQUEST).read_text(encoding="utf-8"))
    libyosys()
    deadline = time.monotonic() + request["seconds"]
    with Path(ANSWERS).open("w", encoding="utf-8") as answers:
        for number, commands in enumerate(request["jobs"]):
            seconds = min(request["job_seconds"], deadline - time.monotonic())
            ended = forked(
                partial(run_script, commands),
                folder=Path(str(number)),
                seconds=seconds,
            )
            answers.write(json.dumps(asdict(ended)) + "\n")
            answers.flush()


def libyosys() -> Any:  # noqa: ANN401 - pyosys has no types
    """Return the library, loaded."""
    # Its thread pools would not survive a fork.
    os.environ.setdefault("YOSYS_MAX_THREADS", "1")
    from pyosys import libyosys as library  # noqa: PLC0415 - only where it is wanted

    return library


def run_script(commands: Sequence[str]) -> None:
    """Carry out Yosys commands on a new design, in this process."""
    library = libyosys()
    design = library.Design()
    for command in commands:
        library.run_pass(command, design)


def forked(work: Callable[[], None], *, folder: Path, seconds: float, cpu: bool = False) -> Ended:
    """Do `work` in a fork, in `folder`, with all that it prints in its `LOG`.

    It and what it starts are killed after `seconds`, of the processor too if `cpu`.
    """
    start = time.monotonic()
    if seconds <= 0:
        return Ended(status=None, seconds=0.0)
    child = os.fork()
    if child == 0:
        _child(work, folder, seconds if cpu else 0)
    status = _waited(child, start + seconds)
    return Ended(status=status, seconds=time.monotonic() - start)


def _child(work: Callable[[], None], folder: Path, cpu_seconds: float) -> None:
    code = 1
    try:
        _die_with_parent()
        os.setsid()
        os.chdir(folder)
        log = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(log, 1)
        os.dup2(log, 2)
        if cpu_seconds:
            whole = int(cpu_seconds) + 1
            resource.setrlimit(resource.RLIMIT_CPU, (whole, whole))
        work()
        code = 0
    except Exception:
        traceback.print_exc()
        raise
    finally:
        sys.stdout.flush()
        # Neither the caller's clean-up nor libyosys's: both belong to the parent.
        os._exit(code)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _waited(child: int, deadline: float) -> int | None:
    """Return the exit code of `child`; None if it had to be killed."""
    pause = 0.001
    while True:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            _kill_group(child)
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= deadline:
            _kill_group(child)
            os.waitpid(child, 0)
            return None
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def _kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
