"""The system calls that Python 3.11 does not offer.

Every function raises `OSError` as those of `os` do. Numbers are those of
asm-generic from 424 on, which all machines share; below that they differ.
"""

from __future__ import annotations

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS = 0x0002_0000
CLONE_NEWUTS = 0x0400_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWNET = 0x4000_0000

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_REMOUNT = 0x20
MS_BIND = 0x1000
MS_NOATIME = 0x400
MS_NODIRATIME = 0x800
MS_REC = 0x4000
MS_PRIVATE = 0x4_0000
MNT_DETACH = 2

_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "ppc64le": 203, "s390x": 217}
_MOUNT_SETATTR = 442
_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION_3 = 0x2008_0522


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def syscall(number: int, *arguments: object) -> int:
    """Make system call `number`; integers are passed as longs."""
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(_libc.syscall(ctypes.c_long(number), *wide))


def unshare(flags: int) -> None:
    """Move this process into new namespaces."""
    _checked(_libc.unshare(ctypes.c_int(flags)))


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """Mount `source` at `target`, as the system call of that name."""
    texts = [os.fsencode(text) for text in (source, target, kind)]
    _checked(_libc.mount(*texts, ctypes.c_ulong(flags), data.encode() or None))


def bind(source: str, target: str, *, writable: bool) -> None:
    """Show `source`, with all that is mounted below it, at `target`."""
    mount(source, target, flags=MS_BIND | MS_REC)
    attributes = MS_NOSUID | MS_NODEV | (0 if writable else MS_RDONLY)
    request = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    path = os.fsencode(target)
    try:
        syscall(_MOUNT_SETATTR, _AT_FDCWD, path, _AT_RECURSIVE, request, ctypes.sizeof(request))
    except OSError:
        if not writable:  # before Linux 5.12: the mount itself, not those below it
            kept = os.statvfs(target).f_flag & (MS_NOEXEC | MS_NOATIME | MS_NODIRATIME)
            flags = MS_REMOUNT | MS_BIND | attributes | kept
            mount("none", target, flags=flags)


def unmount(target: str) -> None:
    """Detach what is mounted at `target`."""
    _checked(_libc.umount2(os.fsencode(target), ctypes.c_int(MNT_DETACH)))


def pivot_root(new: str, old: str) -> None:
    """Make `new` the root of this mount namespace and put the old root at `old`."""
    number = _PIVOT_ROOT.get(os.uname().machine, -1)
    syscall(number, os.fsencode(new), os.fsencode(old))


def _prctl(option: int, value: int = 0) -> None:
    zero = ctypes.c_ulong(0)
    _checked(_libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero))


def die_with_parent(signal: int) -> None:
    """Have `signal` sent to this process when the thread that started it ends."""
    _prctl(_PR_SET_PDEATHSIG, signal)


def become_subreaper() -> None:
    """Have orphaned descendants handed to this process instead of to init."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def forbid_inspection() -> None:
    """Keep other processes of the same user from tracing this one."""
    _prctl(_PR_SET_DUMPABLE, 0)


def forbid_new_privileges() -> None:
    """Make set-user-id bits and file capabilities ineffective, for good."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def drop_capabilities() -> None:
    """Give up every capability and the means to regain one."""
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    for capability in range(64):
        try:
            _prctl(_PR_CAPBSET_DROP, capability)
        except OSError:  # past the last one, or not allowed: then there is none to give up
            break
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _checked(_libc.capset(header, (ctypes.c_uint32 * 6)()))
