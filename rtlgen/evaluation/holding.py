"""A folder that one process at a time works on."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rtlgen.errors import UsageError

log = logging.getLogger(__name__)

_NO_LOCKS = {errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}
"""Some network file systems cannot lock a folder that is open for reading."""


def hold(folder: Path, *, named: Path | None = None, work: str = "works on a run") -> int:
    """Return a file descriptor that holds `folder` against other processes until it is closed.

    Args:
        folder: Must be there.
        named: What the error calls it.
        work: What the error says that one process at a time does.

    Raises:
        UsageError: Another process holds it.
    """
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _NO_LOCKS:
            log.warning("%s lies where folders cannot be locked; work on it once at a time", folder)
            return number
        os.close(number)
        if isinstance(error, BlockingIOError):
            raise UsageError(
                f"one process at a time {work}, another one has {named or folder}\n\n"
                "hint: wait for it, or choose another -o"
            ) from error
        raise
    return number


@contextmanager
def held(
    folder: Path, *, named: Path | None = None, work: str = "works on a run"
) -> Iterator[None]:
    """Hold `folder`, made if it is not there, against other processes; see `hold`.

    Raises:
        UsageError: Another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number = hold(folder, named=named, work=work)
    try:
        yield
    finally:
        os.close(number)
