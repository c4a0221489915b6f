"""Commands of rtlgen as child processes, whose output goes to a file while they run."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from sim.process import Limits, run_tool
from sim.scratch import scratch_folder

_START = """
import os, runpy, sys
log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
os.dup2(log, 1)
os.dup2(log, 2)
os.chdir(sys.argv[2])
sys.path[:0] = [part for part in sys.argv[3].split(os.pathsep) if part]
del sys.argv[:4]
sys.argv.insert(0, "rtlgen")
runpy.run_module("rtlgen", run_name="__main__")
"""
_LIMITS = Limits(
    seconds=90 * 86400.0,
    cpu_seconds=1000 * 86400.0,
    memory_bytes=1 << 46,
    file_bytes=1 << 44,
    folder_bytes=1 << 44,
    processes=1 << 16,
)
"""Our own program, on the user's own data: it may take what the machine has."""


def run_in_child(argv: Sequence[str], log: Path) -> int:
    """Run `rtlgen` with `argv` in a process of its own; see `rtlgen.train.steps.Runner`.

    Raises:
        EnvironmentFault: It cannot be started.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    # The limit on a work folder's size is looked after by reading all of it, twice a second.
    with scratch_folder() as nothing:
        run = run_tool(
            [
                sys.executable,
                "-c",
                _START,
                str(log.absolute()),
                str(Path.cwd()),
                os.pathsep.join(sys.path),
                *argv,
            ],
            cwd=nothing,
            limits=_LIMITS,
            environment=dict(os.environ),
            confine=False,
        )
    if run.exit_code is None:
        return 4
    return run.exit_code if run.exit_code >= 0 else 128 - run.exit_code
