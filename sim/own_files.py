"""Files between runs that are believed only if nobody else can have written them."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def read_own(path: Path, *, most: int) -> bytes | None:
    """Return what is in `path`; None unless it is a plain file of at most `most` bytes.

    It and its folder must belong to this user, and nobody else may be able to write to them.
    """
    if not is_own_folder(path.parent):
        return None
    with suppress(OSError):
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(number, "rb") as file:
            found = os.fstat(number)
            if stat.S_ISREG(found.st_mode) and _is_own(found) and found.st_size <= most:
                return file.read(most)
    return None


def write_own(path: Path, content: bytes) -> None:
    """Write `path` by a rename; its folder is made where it is missing, for this user alone.

    Raises:
        OSError: It cannot be written, or others can write to its folder.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not is_own_folder(path.parent):
        raise PermissionError(f"others can write to {path.parent}")
    number, name = tempfile.mkstemp(prefix=".", dir=path.parent)
    partial = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def is_own_folder(folder: Path) -> bool:
    """Whether `folder` is one to which only this user can write."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and _is_own(found)


def _is_own(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid() and not found.st_mode & _OTHERS
