"""What a tree of processes uses at this moment, read from /proc."""

# `pathlib` would double the cost of a start.
# ruff: noqa: PTH208

from __future__ import annotations

import os

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_ENTRIES = 50_000
_DEPTH = 200


class Usage:
    """The processes of a tree and the sum of what they use."""

    def __init__(self) -> None:
        self.pids: list[int] = []
        self.tasks = 0
        """Processes and threads."""
        self.cpu_seconds = 0.0
        """Of living processes and the children they waited for."""
        self.memory_bytes = 0
        """Resident; pages that two processes share count twice."""

    def add(self, pid: int, fields: list[bytes]) -> None:
        """Count process `pid` with the `fields` of its stat file, from its state on."""
        self.pids.append(pid)
        self.tasks += int(fields[17])
        self.cpu_seconds += sum(map(int, fields[11:15])) / _TICK
        self.memory_bytes += int(fields[21]) * _PAGE


class Tree:
    """All descendants of this process.

    `proc` is a descriptor of the /proc that was mounted when this process
    started, or -1 where there is none; with `private`, /proc itself shows this
    process as number 1 and the tree as all others, which saves a search.
    """

    def __init__(self, proc: int, *, private: bool) -> None:
        self._private = private
        self._proc = proc
        if private:
            os.close(proc)
            self._proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        # The number that this /proc knows us by, from whatever namespace it is.
        self._root = int(os.readlink("self", dir_fd=self._proc)) if self._proc >= 0 else 0

    def usage(self) -> Usage:
        """Return what the tree uses now."""
        usage = Usage()
        stats = self._stats()
        members = self._members(stats)
        for pid, fields in stats.items():
            if pid in members:
                usage.add(pid, fields)
        return usage

    def tasks_of(self, uid: int) -> int:
        """Return the number of processes and threads that user `uid` has, in this /proc."""
        total = 0
        for pid, fields in self._stats().items():
            try:
                owner = os.stat(str(pid), dir_fd=self._proc).st_uid
            except OSError:
                continue
            total += int(fields[17]) if owner == uid else 0
        return total

    def _stats(self) -> dict[int, list[bytes]]:
        stats = {}
        for name in os.listdir(self._proc) if self._proc >= 0 else ():
            if name.isdigit():
                data = self._read(f"{name}/stat")
                if data:
                    stats[int(name)] = data[data.rindex(b")") + 1 :].split()
        return stats

    def _read(self, path: str) -> bytes:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._proc)
        except OSError:  # ended meanwhile
            return b""
        try:
            return os.read(descriptor, 4096)
        except OSError:
            return b""
        finally:
            os.close(descriptor)

    def _members(self, stats: dict[int, list[bytes]]) -> set[int]:
        if self._private:
            return stats.keys() - {self._root}
        children: dict[int, list[int]] = {}
        for pid, fields in stats.items():
            children.setdefault(int(fields[1]), []).append(pid)
        members: set[int] = set()
        unseen = [self._root]
        while unseen:
            found = children.get(unseen.pop(), [])
            members.update(found)
            unseen += found
        return members


def folder_exceeds(folder: str, limit: int) -> bool:
    """Whether the files below `folder` take more than `limit` bytes of disk.

    More files than anyone makes honestly, or deeper folders, count as too much:
    they are what cannot be measured or removed.
    """
    total = entries = 0
    pending = [(folder, 0)]
    while pending:
        path, depth = pending.pop()
        for entry in _entries(path):
            entries += 1
            if entry.is_dir(follow_symlinks=False):
                pending.append((entry.path, depth + 1))
            total += _size(entry)
        if total > limit or entries > _ENTRIES or depth > _DEPTH:
            return True
    return False


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError:  # removed meanwhile, or not for us to read
        return []


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_blocks * 512
    except OSError:
        return 0
