"""A seccomp filter: no sockets, no tracing, no new namespaces.

It cuts the network where namespaces are missing, and keeps calls that no EDA
tool makes, but kernel exploits do, out of reach everywhere.
"""

from __future__ import annotations

import ctypes
import errno
import os

from .syscalls import syscall

_X86_64 = {
    "socket": 41, "clone": 56, "ptrace": 101, "keyctl": 250, "add_key": 248, "request_key": 249,
    "unshare": 272, "perf_event_open": 298, "open_by_handle_at": 304, "setns": 308,
    "process_vm_readv": 310, "process_vm_writev": 311, "seccomp": 317, "bpf": 321,
    "userfaultfd": 323,
}  # fmt: skip
_GENERIC = {
    "socket": 198, "clone": 220, "ptrace": 117, "keyctl": 219, "add_key": 217, "request_key": 218,
    "unshare": 97, "perf_event_open": 241, "open_by_handle_at": 265, "setns": 268,
    "process_vm_readv": 270, "process_vm_writev": 271, "seccomp": 277, "bpf": 280,
    "userfaultfd": 282,
}  # fmt: skip
_SHARED = {"io_uring_setup": 425, "clone3": 435, "pidfd_getfd": 438}
_MACHINES = {
    "x86_64": (0xC000_003E, _X86_64),
    "aarch64": (0xC000_00B7, _GENERIC),
    "riscv64": (0xC000_00F3, _GENERIC),
}
_NOT_FILTERED = ("clone", "clone3", "seccomp")

_LOAD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT = 0x15, 0x35, 0x45
_RETURN = 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_ALLOW = 0x7FFF_0000
_REFUSE = 0x0005_0000
_X32 = 0x4000_0000
_NEW_NAMESPACE = 0x7E02_0000
_SET_MODE_FILTER = 1


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("instructions", ctypes.c_char_p))


def restrict() -> None:
    """Install the filter for this process and its children.

    Raises:
        OSError: ENOSYS where this machine's call numbers are not known.
    """
    machine = os.uname().machine
    if machine not in _MACHINES:
        raise OSError(errno.ENOSYS, f"system call numbers of {machine} are not known")
    architecture, numbers = _MACHINES[machine]
    code = b"".join(_program(architecture, {**numbers, **_SHARED}))
    program = _Program(len(code) // 8, code)
    syscall(numbers["seccomp"], _SET_MODE_FILTER, 0, ctypes.byref(program))


def _program(architecture: int, numbers: dict[str, int]) -> list[bytes]:
    refused = [number for name, number in numbers.items() if name not in _NOT_FILTERED]
    code = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_IF_EQUAL, architecture, 1, 0),
        _instruction(_RETURN, _REFUSE | errno.ENOSYS),
        _instruction(_LOAD, _NUMBER),
        _instruction(_IF_AT_LEAST, _X32, 0, 1),
        _instruction(_RETURN, _REFUSE | errno.ENOSYS),
        # Its flags lie in memory, out of a filter's sight; C libraries then use clone.
        _instruction(_IF_EQUAL, numbers["clone3"], 0, 1),
        _instruction(_RETURN, _REFUSE | errno.ENOSYS),
    ]
    for number in refused:
        code += [
            _instruction(_IF_EQUAL, number, 0, 1),
            _instruction(_RETURN, _REFUSE | errno.EPERM),
        ]
    return [
        *code,
        _instruction(_IF_EQUAL, numbers["clone"], 0, 3),
        _instruction(_LOAD, _FIRST_ARGUMENT),
        _instruction(_IF_ANY_BIT, _NEW_NAMESPACE, 0, 1),
        _instruction(_RETURN, _REFUSE | errno.EPERM),
        _instruction(_RETURN, _ALLOW),
    ]


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    head = (code | if_true << 16 | if_false << 24).to_bytes(4, "little")
    return head + value.to_bytes(4, "little")
