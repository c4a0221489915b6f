"""The launcher's two or three processes.

::

    launcher  enters a user and a PID namespace; waits
      warden  process 1 of that namespace: private file system and network,
              then starts the tool, watches its tree, reaps, kills, reports
        tool  limits, Landlock, seccomp; becomes the tool

Without a PID namespace the launcher is the warden, and finds stray descendants
because orphans are handed to it. The tool's tree ends when the tool ends, when
SIGTERM reaches the launcher, when a limit is passed, and when the caller dies.

The report is a line on a pipe that the tool does not inherit::

    refused FEATURE ERRNO           a layer of isolation could not be set up
    exec ERRNO                      the tool could not be started
    ended STATUS CPU PEAK LIMIT     wait status, seconds, bytes, limit or `-`
"""

# `pathlib` would double the cost of a start.
# ruff: noqa: PTH112

from __future__ import annotations

import errno
import os
import resource
import sys
import time

from . import landlock, seccomp, syscalls, view
from .job import Job
from .watch import Tree, Usage, folder_exceeds

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Callable
else:
    import _signal  # `signal` alone imports `enum`, which costs as much as all of this

_LINUX = sys.platform == "linux"
_WAITED_FOR = (_signal.SIGCHLD, _signal.SIGTERM)
_FIRST_LOOK, _LONGEST_PAUSE = 0.02, 0.1
_FOLDER_LOOK = 0.5
"""Seconds between looks at the work folder."""


class Refused(Exception):
    """The system does not let a layer of isolation be set up."""

    def __init__(self, feature: str, number: int) -> None:
        self.feature, self.number = feature, number
        super().__init__(feature, number)


def main() -> None:
    """Read a job from standard input, carry it out, report, and exit."""
    job = Job.decode(_read_all(0))
    os.set_inheritable(job.status, False)
    null = os.open("/dev/null", os.O_RDWR)
    os.dup2(null, 0)
    os.close(null)
    _signal.signal(_signal.SIGCHLD, _signal.SIG_DFL)  # ignored, it would hide every ending
    _signal.pthread_sigmask(_signal.SIG_BLOCK, _WAITED_FOR)
    if _LINUX:
        syscalls.die_with_parent(_signal.SIGTERM)
    if os.getppid() == job.parent:
        _reporting(job, _launch)
    os._exit(0)


def _read_all(descriptor: int) -> bytes:
    parts = []
    while part := os.read(descriptor, 1 << 16):
        parts.append(part)
    return b"".join(parts)


def _reporting(job: Job, step: Callable[[Job], None]) -> None:
    """Run `step` and report why it could not be done."""
    try:
        step(job)
    except Refused as refused:
        os.write(job.status, f"refused {refused.feature} {refused.number}\n".encode())


def _set_up(job: Job, feature: str, step: Callable[[], None]) -> None:
    """Do `step` when `feature` is asked for."""
    if feature in job.features:
        try:
            step()
        except OSError as error:
            raise Refused(feature, error.errno or errno.EINVAL) from error


def _launch(job: Job) -> None:
    _set_up(job, "user", _enter_user_namespace)
    _set_up(job, "pid", lambda: syscalls.unshare(syscalls.CLONE_NEWPID))
    if "pid" not in job.features:
        _set_up(job, "reaper", syscalls.become_subreaper)
        _ward(job)
        return
    lifeline, kept = os.pipe()
    warden = os.fork()
    if warden == 0:
        os.close(kept)
        _be_warden(job, lifeline)
    os.close(lifeline)
    _forward_termination(warden)


def _enter_user_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    syscalls.unshare(syscalls.CLONE_NEWUSER)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{uid} {uid} 1")
    _write("/proc/self/gid_map", f"{gid} {gid} 1")


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _forward_termination(warden: int) -> None:
    """Wait for `warden`, and have it end its tree when this process is told to."""
    while os.waitpid(warden, os.WNOHANG)[0] == 0:
        if _signal.sigwait(_WAITED_FOR) == _signal.SIGTERM:
            os.kill(warden, _signal.SIGTERM)


def _be_warden(job: Job, lifeline: int) -> None:
    syscalls.die_with_parent(_signal.SIGKILL)
    os.set_blocking(lifeline, False)
    try:
        os.read(lifeline, 1)  # at its end: the launcher died before it could be noticed
    except BlockingIOError:
        _reporting(job, _ward)
    os._exit(0)


def _ward(job: Job) -> None:
    """Set up what the tool shares with this process, start the tool, and see it end."""
    proc = os.open("/proc", os.O_RDONLY | os.O_CLOEXEC) if os.path.isdir("/proc/self") else -1
    os.chdir(job.cwd)
    if _LINUX:
        _write_if_allowed("/proc/self/oom_score_adj", "800")
    _set_up(job, "net", lambda: syscalls.unshare(syscalls.CLONE_NEWNET))
    _set_up(job, "ipc", lambda: syscalls.unshare(syscalls.CLONE_NEWIPC | syscalls.CLONE_NEWUTS))
    _set_up(job, "mount", lambda: _enter_view(job))
    if _LINUX:
        syscalls.drop_capabilities()
        syscalls.forbid_new_privileges()
        syscalls.forbid_inspection()
    tree = Tree(proc, private={"mount", "proc"} <= set(job.features))
    if "user" not in job.features:  # the limit counts all processes of the user, not of the jail
        job.limits["user_processes"] += tree.tasks_of(os.geteuid())
    tool = os.fork()
    if tool == 0:
        try:
            _reporting(job, _become_tool)
        finally:
            # Nothing of the launcher may run twice; of several lines the first counts.
            os.write(job.status, f"exec {errno.EINVAL}\n".encode())
            os._exit(1)
    Warden(job, tool, tree).see_it_end()


def _enter_view(job: Job) -> None:
    syscalls.unshare(syscalls.CLONE_NEWNS)
    view.enter(job, lambda: _set_up(job, "proc", view.mount_proc))


def _write_if_allowed(path: str, text: str) -> None:
    try:
        _write(path, text)
    except OSError:
        return


def _become_tool(job: Job) -> None:
    os.setsid()
    if _LINUX:
        syscalls.die_with_parent(_signal.SIGKILL)
    private_root = "mount" in job.features
    _set_up(job, "landlock", lambda: landlock.restrict(job, private_root=private_root))
    _set_up(job, "seccomp", seccomp.restrict)
    for number in (_signal.SIGPIPE, _signal.SIGXFSZ, _signal.SIGINT):
        _signal.signal(number, _signal.SIG_DFL)
    _signal.pthread_sigmask(_signal.SIG_SETMASK, ())
    _set_limits(job.limits)
    try:
        os.execve(job.argv[0], job.argv, job.environment)  # noqa: S606
    except OSError as error:
        os.write(job.status, f"exec {error.errno}\n".encode())


def _set_limits(limits: dict[str, int]) -> None:
    cpu = limits["cpu_seconds"]
    _lower(resource.RLIMIT_CPU, cpu, cpu + 1)
    _lower(resource.RLIMIT_FSIZE, limits["file_bytes"])
    _lower(resource.RLIMIT_AS, limits["memory_bytes"])
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NPROC, limits["user_processes"])


def _lower(limit: int, soft: int, hard: int | None = None) -> None:
    """Set a limit, never above what this process was given."""
    _, ceiling = resource.getrlimit(limit)
    asked = (soft, soft if hard is None else hard)
    if ceiling != resource.RLIM_INFINITY:
        asked = (min(asked[0], ceiling), min(asked[1], ceiling))
    try:
        resource.setrlimit(limit, asked)
    except (OSError, ValueError):  # macOS knows no limit on address space
        return


class Warden:
    """Watches one tool and what it started."""

    def __init__(self, job: Job, tool: int, tree: Tree) -> None:
        self._job = job
        self._tool = tool
        self._tree = tree
        self._status: int | None = None
        self._peak = 0
        self._next_folder_look = time.monotonic() + _FOLDER_LOOK

    def see_it_end(self) -> None:
        """Wait for the tool, end its tree, and report."""
        limit = self._watch()
        self._kill_tree()
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        scale = 1024 if _LINUX else 1
        peak = max(self._peak, used.ru_maxrss * scale)
        cpu = used.ru_utime + used.ru_stime
        line = f"ended {self._status or 0} {cpu:.6f} {peak} {limit or '-'}\n"
        os.write(self._job.status, line.encode())

    def _watch(self) -> str | None:
        """Return the limit that was passed, or None when the tool ended or is to end."""
        pause = _FIRST_LOOK
        while not self._reap():
            told = _next_signal(pause)
            if told == _signal.SIGTERM:
                return None
            if told is None:
                start = time.monotonic()
                limit = self._passed(self._tree.usage())
                if limit:
                    return limit
                pause = min(pause * 1.5, _LONGEST_PAUSE)
                # Where all processes of a large machine are looked through, less often.
                pause = max(pause, 10 * (time.monotonic() - start))
        return None

    def _reap(self) -> bool:
        """Collect every child that ended; whether the tool was among them."""
        while self._status is None:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is None:
                return False
            if ended.si_pid == self._tool:
                self._kill_group()  # while it is not reaped, its id cannot be another's
            self._collect(os.waitpid(ended.si_pid, 0))
        return True

    def _collect(self, ended: tuple[int, int]) -> None:
        pid, status = ended
        if pid == self._tool:
            self._status = status

    def _passed(self, usage: Usage) -> str | None:
        limits = self._job.limits
        self._peak = max(self._peak, usage.memory_bytes)
        waited_for = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = usage.cpu_seconds + waited_for.ru_utime + waited_for.ru_stime
        if usage.memory_bytes > limits["memory_bytes"]:
            return "memory"
        if cpu > limits["cpu_seconds"]:
            return "cpu"
        if usage.tasks > limits["processes"]:
            return "processes"
        if self._folder_is_full():
            return "file size"
        return None

    def _folder_is_full(self) -> bool:
        now = time.monotonic()
        if now < self._next_folder_look:
            return False
        full = folder_exceeds(self._job.cwd, self._job.limits["folder_bytes"])
        # A folder that takes long to look at is looked at less often.
        self._next_folder_look = time.monotonic() + max(_FOLDER_LOOK, 20 * (time.monotonic() - now))
        return full

    def _kill_tree(self) -> None:
        """Kill until nothing is left; what forks meanwhile is found in the next round."""
        while True:
            self._kill_once()
            try:
                self._collect(os.waitpid(-1, 0))
            except ChildProcessError:
                return

    def _kill_once(self) -> None:
        if "pid" in self._job.features:
            _kill(os.kill, -1)
            return
        if self._status is None:
            self._kill_group()
        for pid in self._tree.usage().pids:
            _kill(os.kill, pid)

    def _kill_group(self) -> None:
        _kill(os.killpg, self._tool)


def _kill(how: Callable[[int, int], None], target: int) -> None:
    try:
        how(target, _signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _next_signal(seconds: float) -> int | None:
    """Return the next signal of those waited for, or None when `seconds` have passed."""
    if _LINUX:
        told = _signal.sigtimedwait(_WAITED_FOR, seconds)
        return None if told is None else told.si_signo
    time.sleep(seconds)
    return _signal.SIGTERM if _signal.SIGTERM in _signal.sigpending() else None
