"""A private file system: a few folders to read, one to write, and nothing else."""

# `pathlib` would double the cost of a start.
# ruff: noqa: PTH102, PTH103, PTH112, PTH120, PTH211

from __future__ import annotations

import os

from .syscalls import (
    MS_BIND,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    MS_REMOUNT,
    bind,
    mount,
    pivot_root,
    unmount,
)

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` costs more than the rest of this package to import
    from collections.abc import Callable

    from .job import Job

DEVICES = ("null", "zero", "full", "random", "urandom")
_DEVICE_LINKS = {
    "fd": "/proc/self/fd",
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2",
}
_BASE = "/tmp"  # noqa: S108 - only a place to mount on; nothing in it is used
_OLD = "/old"
_NEW = "/new"


def enter(job: Job, mount_proc: Callable[[], None]) -> None:
    """Replace this mount namespace's root by one that shows only what `job` lists.

    `mount_proc` may put a /proc of this PID namespace in its place.
    Every source is reached through the old root, which is put aside first:
    whatever is mounted on /tmp, a work folder below the real /tmp is found.
    """
    mount("none", "/", flags=MS_REC | MS_PRIVATE)
    _tmpfs(_BASE, "64k")
    for folder in (_OLD, _NEW):
        os.mkdir(_BASE + folder)
    pivot_root(_BASE, _BASE + _OLD)
    os.chdir("/")
    _tmpfs(_NEW, "1m")
    _fill(job, mount_proc)
    os.chdir(_NEW)
    pivot_root(".", ".")
    unmount(".")
    os.chdir(job.cwd)


def mount_proc() -> None:
    """Mount a /proc that shows this PID namespace, and no other process of the machine.

    Read-only: for most of /proc/sys the kernel asks for user 0, not for a capability.
    """
    flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC
    mount("proc", _NEW + "/proc", "proc", flags)


def _fill(job: Job, mount_proc: Callable[[], None]) -> None:
    for folder in ("/tmp", "/proc", "/dev"):  # noqa: S108 - of the new root
        os.mkdir(_NEW + folder)
    _tmpfs(_NEW + "/tmp", str(job.temporary_bytes))  # noqa: S108
    mount_proc()
    _devices()
    for link, target in job.links.items():
        os.makedirs(os.path.dirname(_NEW + link), exist_ok=True)
        os.symlink(target, _NEW + link)
    for path, source in sorted({**job.readable, **job.writable}.items()):
        _show(source, path, writable=path in job.writable)
    flags = MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV
    mount("none", _NEW, "tmpfs", flags, "mode=755")


def _tmpfs(path: str, size: str) -> None:
    mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, f"size={size},mode=755")


def _devices() -> None:
    for name in DEVICES:
        target = f"{_NEW}/dev/{name}"
        _touch(target)
        # Not by `bind`: read-only or nodev would make the device useless.
        mount(f"{_OLD}/dev/{name}", target, flags=MS_BIND)
    for name, destination in _DEVICE_LINKS.items():
        os.symlink(destination, f"{_NEW}/dev/{name}")
    os.mkdir(_NEW + "/dev/shm")  # noqa: S108
    _tmpfs(_NEW + "/dev/shm", "64m")  # noqa: S108


def _show(source: str, path: str, *, writable: bool) -> None:
    """Bind `source` of the old root, a path without symbolic links, to `path` of the new one."""
    if os.path.isdir(_OLD + source):
        os.makedirs(_NEW + path, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(_NEW + path), exist_ok=True)
        _touch(_NEW + path)
    bind(_OLD + source, _NEW + path, writable=writable)


def _touch(path: str) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_RDONLY, 0o644))
