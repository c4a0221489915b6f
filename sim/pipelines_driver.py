"""The part of `sim.pipelines` inside the sandbox: runs one step after the other.

It imports nothing that is slow to import. Each step is a process of its own
with limits of its own; when it ends, or passes one, all that it has started is
killed. What a step was is told on standard output, which no step can reach: a
line of numbers, then what the step printed::

    PIPELINE STATUS SECONDS CPU PEAK TRUNCATED LIMIT OUT ERR

OUT and ERR are the numbers of characters that follow the line; LIMIT is `-`,
`time`, `output`, or the number of the error for which there was no step.
"""

# `pathlib` would double the cost of a start.
# ruff: noqa: PTH102, PTH103, PTH108, PTH120, PTH123

from __future__ import annotations

import marshal
import os
import resource
import select
import sys
import time

from sim.jail import syscalls
from sim.jail.watch import Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
else:
    import _signal  # `signal` alone imports `enum`, which costs as much as all of this

PLAN = "plan"
_FLOOD = 16
"""Times `output_bytes` that may be written before a step is stopped."""
_CHUNK = 1 << 16
_DEFAULTS = [_signal.SIGPIPE, _signal.SIGXFSZ, _signal.SIGXCPU, _signal.SIGINT]


class Plan:
    """What the parent asks of the driver."""

    def __init__(
        self,
        *,
        pipelines: list[tuple[dict[str, bytes], list[list[str]], int]],
        preload: dict[str, str],
        seconds: float,
        memory_bytes: int,
        file_bytes: int,
        output_bytes: int,
    ) -> None:
        self.pipelines = pipelines
        """Files, the argument lists of the steps, and the processor time of a step.

        The limits are those of a step.
        """
        self.preload = preload
        """By program, a library that is loaded before its own."""
        self.seconds = seconds
        self.memory_bytes = memory_bytes
        self.file_bytes = file_bytes
        self.output_bytes = output_bytes

    def encode(self) -> bytes:
        """Return bytes that `decode` reads under the same Python."""
        return marshal.dumps(vars(self))

    @classmethod
    def decode(cls, data: bytes) -> Plan:
        """Rebuild a plan from `encode`."""
        return cls(**marshal.loads(data))  # noqa: S302 - written by our own parent process


def main() -> None:
    """Run the pipelines of `PLAN` and tell of each step when it has ended."""
    if sys.platform == "linux":
        syscalls.become_subreaper()
        syscalls.forbid_inspection()
    with open(PLAN, "rb") as file:
        plan = Plan.decode(file.read())
    os.unlink(PLAN)
    wakes, woken = os.pipe()
    os.set_blocking(wakes, False)
    os.set_blocking(woken, False)
    _signal.signal(_signal.SIGCHLD, lambda *_: None)
    _signal.signal(_signal.SIGXCPU, _signal.SIG_IGN)  # while the limit of a step is its own
    _signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    root = os.getcwd()  # noqa: PTH109
    for number, (files, steps, cpu_seconds) in enumerate(plan.pipelines):
        ceilings = Ceilings(plan, cpu_seconds)
        folder = f"{root}/{os.urandom(8).hex()}"
        _write(files, folder)
        for argv in steps:
            step = Step(plan, argv, folder, wakes)
            step.see_it_end(ceilings)
            step.tell(number)
            if step.status != 0 or step.limit != "-":
                break


def _write(files: dict[str, bytes], folder: str) -> None:
    """Write `files` to a new `folder`, the name of which no earlier step can have foreseen."""
    os.mkdir(folder, 0o700)
    os.chdir(folder)
    for name, content in files.items():
        if "/" in name:
            os.makedirs(os.path.dirname(name), exist_ok=True)
        descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        _write_all(descriptor, content)
        os.close(descriptor)


def _write_all(descriptor: int, content: bytes) -> None:
    data = memoryview(content)
    while data:
        data = data[os.write(descriptor, data) :]


class Ceilings:
    """The limits that a step inherits from this process, which has them only while it starts."""

    def __init__(self, plan: Plan, cpu_seconds: int) -> None:
        self._wanted = [
            (limit, value, ceiling)
            for limit, value in (
                (resource.RLIMIT_CPU, cpu_seconds),
                (resource.RLIMIT_AS, plan.memory_bytes),
                (resource.RLIMIT_FSIZE, plan.file_bytes),
            )
            for _, ceiling in [resource.getrlimit(limit)]
            if ceiling == resource.RLIM_INFINITY or value < ceiling
        ]

    def lower(self) -> None:
        """Take the limits of a step."""
        for limit, value, ceiling in self._wanted:
            _set(limit, value, ceiling)

    def lift(self) -> None:
        """Take back what this process itself may use."""
        for limit, _, ceiling in self._wanted:
            _set(limit, ceiling, ceiling)

    def harden(self, pid: int) -> None:
        """Keep step `pid` from lifting its limits, where the system can."""
        if sys.platform == "linux":
            for limit, value, _ in self._wanted:
                try:
                    resource.prlimit(pid, limit, (value, value + (limit == resource.RLIMIT_CPU)))
                except (ProcessLookupError, PermissionError):
                    return


def _set(limit: int, soft: int, hard: int) -> None:
    try:
        resource.setrlimit(limit, (soft, hard))
    except (OSError, ValueError):  # macOS knows no limit on address space
        return


class Step:
    """One tool, from start to end."""

    def __init__(self, plan: Plan, argv: list[str], folder: str, wakes: int) -> None:
        self._plan = plan
        self._argv = argv
        self._folder = folder
        self._wakes = wakes
        self._kept = (bytearray(), bytearray())
        self._written = 0
        self._start = time.monotonic()
        self._cpu = 0.0
        self._peak = 0
        self._pid = 0
        self.status: int | None = None
        """Wait status; None while it runs."""
        self.limit = "-"

    def see_it_end(self, ceilings: Ceilings) -> None:
        """Start it, collect what it prints, and leave none of its processes behind."""
        pipes = os.pipe(), os.pipe()
        try:
            self._start_tool([write for _, write in pipes], ceilings)
        except OSError as error:
            self.status, self.limit = 0, str(error.errno)
        for _, write in pipes:
            os.close(write)
        streams = {read: kept for (read, _), kept in zip(pipes, self._kept, strict=True)}
        for descriptor in streams:
            os.set_blocking(descriptor, False)
        self._watch(streams)
        self._kill_all()
        for descriptor, kept in streams.items():
            while self._take(descriptor, kept):
                pass
            os.close(descriptor)

    def _start_tool(self, outputs: list[int], ceilings: Ceilings) -> None:
        duplicates = [(os.POSIX_SPAWN_DUP2, end, n) for n, end in enumerate(outputs, 1)]
        ceilings.lower()
        try:
            # Not `fork`: to copy this process takes longer than many a tool runs.
            self._pid = os.posix_spawn(
                self._argv[0],
                self._argv,
                {**os.environ, "HOME": self._folder, "TMPDIR": self._folder, **self._preload()},
                file_actions=duplicates,
                setpgroup=0,
                setsigmask=(),
                setsigdef=_DEFAULTS,
            )
        finally:
            ceilings.lift()
        ceilings.harden(self._pid)

    def _preload(self) -> dict[str, str]:
        library = self._plan.preload.get(self._argv[0], "")
        # One that is gone would make the loader complain in the step's own output.
        return {"LD_PRELOAD": library} if library and os.access(library, os.R_OK) else {}

    def _watch(self, streams: dict[int, bytearray]) -> None:
        deadline = self._start + self._plan.seconds
        poll = select.poll()
        for descriptor in (*streams, self._wakes):
            poll.register(descriptor, select.POLLIN)
        while self.status is None:
            left = deadline - time.monotonic()
            if left <= 0:
                self.limit = "time"
                return
            for descriptor, _ in poll.poll(left * 1000 + 1):
                if descriptor == self._wakes:
                    self._drain()
                    self._reap()
                elif not self._take(descriptor, streams[descriptor]):
                    poll.unregister(descriptor)
            if self._written > _FLOOD * self._plan.output_bytes:
                self.limit = "output"
                return

    def _drain(self) -> None:
        try:
            os.read(self._wakes, _CHUNK)
        except BlockingIOError:
            return

    def _take(self, descriptor: int, kept: bytearray) -> bool:
        """Read what is there; False at the end, or where there is nothing."""
        try:
            data = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            return False
        kept += data[: self._plan.output_bytes - len(kept)]
        self._written += len(data)
        return bool(data)

    def _reap(self, options: int = os.WNOHANG) -> bool:
        """Collect what has ended; whether any child is left."""
        try:
            while True:
                pid, status, used = os.wait4(-1, options)
                if pid == 0:
                    return True
                self._cpu += used.ru_utime + used.ru_stime
                self._peak = max(self._peak, used.ru_maxrss)
                if pid == self._pid:
                    self.status = status
                if options == 0:
                    return True
        except ChildProcessError:
            return False

    def _kill_all(self) -> None:
        """Kill until nothing is left; orphans have become children of this process."""
        if self.status is None:
            _kill(self._pid, group=True)
        while self._reap():
            tree = _tree()
            for pid in tree.usage().pids:
                _kill(pid)
            self._reap(0)

    def tell(self, number: int) -> None:
        """Write the report."""
        scale = 1024 if sys.platform == "linux" else 1
        out, err = (bytes(kept).decode(errors="replace") for kept in self._kept)
        truncated = int(self._written > sum(map(len, self._kept)))
        line = (
            f"{number} {self.status or 0} {time.monotonic() - self._start:.6f} {self._cpu:.6f} "
            f"{self._peak * scale} {truncated} {self.limit} {len(out)} {len(err)}\n"
        )
        _write_all(1, (line + out + err).encode())


def _tree() -> Tree:
    return Tree(os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), private=False)


def _kill(pid: int, *, group: bool = False) -> None:
    try:
        (os.killpg if group else os.kill)(pid, _signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
