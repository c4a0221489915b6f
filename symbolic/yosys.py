"""Yosys, in child processes.

libyosys ends its process on an error, so it is never loaded here. One child
process holds it and forks for every job: a job that fails, crashes or hangs
costs the others nothing but time.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

from sim.errors import ToolFailed, ToolNotFound
from sim.process import Limits, ToolRun, run_tool
from sim.scratch import scratch_folder
from symbolic.yosys_worker import ANSWERS, LOG, REQUEST

_START = """
import sys, types
for name, path in zip(("sim", "symbolic"), sys.argv[2:]):
    package = sys.modules[name] = types.ModuleType(name)
    package.__path__ = [path]
from importlib import import_module
import_module(sys.argv[1]).main()
"""
"""Finds the packages without a look at the folder around them, which Landlock does not allow."""
_FLOORS = tuple(Path(__file__).resolve().parent.parent / name for name in ("sim", "symbolic"))
_MAX_MESSAGE = 300

LIMITS = Limits(
    seconds=60.0,
    cpu_seconds=120.0,
    memory_bytes=4 << 30,
    file_bytes=256 << 20,
    folder_bytes=2 << 30,
    output_bytes=1 << 16,
    processes=32,
)
"""For all jobs of a call together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YosysJob:
    """A script and the files that it reads and writes, all in one folder."""

    commands: tuple[str, ...]
    """Yosys commands, in order; the first that fails ends the job."""
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    """By relative path: what is there before."""
    results: tuple[str, ...] = ()
    """Relative paths of files to bring back."""

    def __post_init__(self) -> None:
        for name in (*self.files, *self.results):
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or not path.name or "\0" in name:
                raise ValueError(f"a job's file must stay inside its folder, not {name!r}")
        object.__setattr__(self, "files", MappingProxyType(dict(self.files)))


@dataclass(frozen=True, slots=True, kw_only=True)
class YosysRun:
    """The facts of one finished job."""

    exit_code: int | None
    """0 if every command was carried out; negative for a signal; None if a limit ended it."""
    log: str
    """All that Yosys printed."""
    files: Mapping[str, bytes]
    """Those of `YosysJob.results` that are there."""
    seconds: float

    @property
    def error(self) -> str:
        """What Yosys says of its failure, in one line; empty if there is none."""
        return "" if self.exit_code == 0 else error_in(self.log) or self._end()

    def _end(self) -> str:
        if self.exit_code is None:
            return "Yosys did not end in time"
        return f"Yosys ended with exit code {self.exit_code}"


def error_in(log: str) -> str:
    """Return the first error that Yosys, or a worker, reports in `log`; empty if there is none."""
    lines = log.splitlines()
    for number, line in enumerate(lines):
        _, found, message = line.partition("ERROR: ")
        if found:
            return message.strip()[:_MAX_MESSAGE]
        if line.startswith("Traceback "):
            raised = (later for later in lines[number + 1 :] if later[:1].strip())
            return next(raised, "").strip()[:_MAX_MESSAGE]
    return ""


def run_yosys(
    jobs: Sequence[YosysJob], *, limits: Limits = LIMITS, job_seconds: float = 30.0
) -> list[YosysRun]:
    """Run `jobs` one after the other, in one start of Yosys, and return how each ended, in order.

    `limits` are those of all together; each may take `job_seconds`, and those not
    reached in time have the exit code None and an empty log.

    Raises:
        ToolNotFound: pyosys is not installed.
        ToolFailed: It is, but cannot be loaded.
        EnvironmentFault: No child process can be run at all.
    """
    require_pyosys()
    with scratch_folder() as folder:
        for number, job in enumerate(jobs):
            _lay_out(folder / str(number), job)
        request = {
            "jobs": [list(job.commands) for job in jobs],
            "seconds": limits.seconds,
            "job_seconds": job_seconds,
        }
        run_forking("symbolic.yosys_worker", request, folder=folder, limits=limits)
        ends = answers_in(folder / ANSWERS)
        missing = [{"status": None, "seconds": 0.0}] * (len(jobs) - len(ends))
        return [
            _finished(folder / str(number), job, end)
            for number, (job, end) in enumerate(zip(jobs, [*ends, *missing], strict=True))
        ]


def require_pyosys() -> None:
    """See that pyosys is installed.

    Raises:
        ToolNotFound: It is not.
    """
    if importlib.util.find_spec("pyosys") is None:
        raise ToolNotFound(
            "`pyosys` not found beside this Python\n\nhint: pip install 'rtlgen[symbolic]'"
        )


def run_forking(module: str, request: object, *, folder: Path, limits: Limits) -> ToolRun:
    """Run `main` of a worker module that holds libyosys, on `request`, in `folder`.

    Raises:
        ToolFailed: It ended before its first answer, and not by a limit.
        EnvironmentFault: The child process cannot be run at all.
    """
    (folder / REQUEST).write_text(json.dumps(request), encoding="utf-8")
    run = run_tool(
        [sys.executable, "-I", "-c", _START, module, *map(str, _FLOORS)],
        cwd=folder,
        limits=limits,
        readable=_FLOORS,
    )
    started = (folder / ANSWERS).is_file()
    if run.limit is None and run.exit_code != 0 and not started:
        raise ToolFailed(
            f"pyosys does not run: exit code {run.exit_code}: {run.output[-500:].strip()}"
        )
    return run


def answers_in(path: Path) -> list[dict[str, Any]]:
    """Return the answers of a worker, as far as they go."""
    if path.is_symlink() or not path.is_file():
        return []
    with path.open(encoding="utf-8") as lines:
        # A line without its end was not finished.
        return [json.loads(line) for line in lines if line.endswith("\n")]


def lay_out(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write `files` below `folder`."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def log_in(folder: Path) -> str:
    """Return the log of the job in `folder`; empty if there is none."""
    content = _content(folder / LOG)
    return "" if content is None else content.decode(errors="replace")


def _lay_out(folder: Path, job: YosysJob) -> None:
    folder.mkdir()
    lay_out(folder, job.files)


def _finished(folder: Path, job: YosysJob, end: Mapping[str, Any]) -> YosysRun:
    found = {name: _content(folder / name) for name in job.results}
    run = YosysRun(
        exit_code=end["status"],
        log=log_in(folder),
        files=MappingProxyType({n: c for n, c in found.items() if c is not None}),
        seconds=end["seconds"],
    )
    shutil.rmtree(folder, ignore_errors=True)
    return run


def _content(path: Path) -> bytes | None:
    """Return what is in a plain file; a job may have made a link or a pipe of it."""
    if path.is_symlink() or not path.is_file():
        return None
    return path.read_bytes()
