"""What the parent asks of the launcher."""

from __future__ import annotations

import marshal

FEATURES = ("user", "pid", "net", "ipc", "mount", "proc", "landlock", "seccomp", "reaper")
"""Layers of isolation in the order in which they are set up; each can be left out."""


class Job:
    """One tool to run, with every decision made: the launcher only carries them out."""

    def __init__(  # noqa: PLR0913 - a record; the standard ways to write one import too much
        self,
        *,
        parent: int,
        status: int = -1,
        features: list[str],
        argv: list[bytes],
        cwd: str,
        writable: dict[str, str],
        environment: dict[bytes, bytes],
        readable: dict[str, str],
        links: dict[str, str],
        temporary: str,
        temporary_bytes: int,
        limits: dict[str, int],
    ) -> None:
        self.parent = parent
        """Process id of the caller; the tool does not outlive it."""
        self.status = status
        """File descriptor on which the launcher reports."""
        self.features = features
        self.argv = argv
        self.cwd = cwd
        """The work folder, a path without symbolic links."""
        self.writable = writable
        """The work folder again, by each name that the tool may use for it."""
        self.environment = environment
        self.readable = readable
        """Absolute path, as the tool names it, to the real path of what it shows."""
        self.links = links
        """Symbolic links of the private root, such as /bin to usr/bin."""
        self.temporary = temporary
        """A folder for temporary files; empty where a private /tmp is mounted."""
        self.temporary_bytes = temporary_bytes
        self.limits = limits
        """cpu_seconds, memory_bytes, file_bytes, folder_bytes, processes, user_processes."""

    def encode(self) -> bytes:
        """Return bytes that `decode` reads under the same Python."""
        return marshal.dumps(vars(self))

    @classmethod
    def decode(cls, data: bytes) -> Job:
        """Rebuild a job from `encode`."""
        return cls(**marshal.loads(data))  # noqa: S302 - written by our own parent process
