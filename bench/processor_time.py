"""Processor time of this process and of everything it has started."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds() -> float:
    """Return the seconds used so far, by children that still run too.

    Where there is no /proc, children count only once they have ended.
    """
    return sum(os.times()[:4]) + sum(_seconds(fields) for fields in _descendants(os.getpid()))


def _descendants(ancestor: int) -> Iterator[list[str]]:
    """Yield what /proc says of each live process below `ancestor`."""
    known = {int(fields[0]): fields for fields in _processes()}
    children: dict[int, list[int]] = {}
    for pid, fields in known.items():
        children.setdefault(int(fields[2]), []).append(pid)
    waiting = list(children.get(ancestor, ()))
    while waiting:
        pid = waiting.pop()
        yield known[pid]
        waiting += children.get(pid, ())


def _processes() -> Iterator[list[str]]:
    """Yield pid, state, parent and so on of every process, the name left out."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            head, _, tail = (folder / "stat").read_text(errors="replace").rpartition(")")
            yield [head.split(" ", 1)[0], *tail.split()]


def _seconds(fields: list[str]) -> float:
    """Return user and system time of a process and of its ended children."""
    return sum(map(int, fields[12:16])) / _TICKS
