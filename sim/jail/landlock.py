"""Landlock: file access by path, enforced by the kernel for a process and its children.

A second wall behind the private file system, and the only one where user
namespaces are missing. Linux >= 5.13; later kernels add rights (see
`landlock(7)`), and each is handled from the version that knows it.
"""

# `pathlib` would double the cost of a start.
# ruff: noqa: PTH112

from __future__ import annotations

import ctypes
import os
import sys

from .syscalls import syscall
from .view import DEVICES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .job import Job

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1

_READ = 0b1101
"""EXECUTE, READ_FILE, READ_DIR."""
_BASIC = (1 << 13) - 1
_REFER = 1 << 13
_TRUNCATE = 1 << 14
_IOCTL_DEVICE = 1 << 15
_ONLY_DIRECTORIES = _BASIC & ~0b111 | _REFER
_TCP = 0b11
_SCOPES = 0b11
"""No abstract unix socket and no signal to a process outside."""


def restrict(job: Job, *, private_root: bool) -> None:
    """Allow this process and its children what `job` lists, and no more."""
    version = syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    files = _BASIC
    for added_in, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEVICE)):
        files |= right if version >= added_in else 0
    attributes = (ctypes.c_uint64 * 3)(
        files, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0
    )
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = syscall(_CREATE_RULESET, attributes, size, 0)
    shared = ["/tmp", "/dev/shm"] if private_root else [job.temporary]  # noqa: S108
    for path in ["/"] if private_root else ["/proc", *job.readable.values()]:
        _allow(ruleset, path, _READ & files)
    for path in [job.cwd, *shared]:
        _allow(ruleset, path, files)
    for name in DEVICES:
        _allow(ruleset, f"/dev/{name}", files)
    syscall(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):
        rights &= ~_ONLY_DIRECTORIES
    rule = rights.to_bytes(8, sys.byteorder) + descriptor.to_bytes(4, sys.byteorder)
    syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    os.close(descriptor)
