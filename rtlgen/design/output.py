"""The place of a run's output, from its first moment to its last.

A run works in `OUT.unfinished/`, which no other process may use meanwhile. In
the end `OUT/` takes its place in one step, and an earlier run there goes only
then. What a killed process has left is put in order by the next one.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rtlgen.design.record import MANIFEST
from rtlgen.errors import UsageError

_LOCK = "rtlgen.lock"
_OUTPUT = "output"
_PREVIOUS = "previous"
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


def unfinished_folder(folder: Path) -> Path:
    """Return where the run with the output `folder` works until that stands."""
    place = folder.resolve()
    return place.with_name(f"{place.name}.unfinished")


def check_output_folder(folder: Path, *, manifest: str = MANIFEST) -> None:
    """Refuse a place for the output that holds something else, or cannot be replaced.

    `manifest` is the file by which earlier output of the same kind is known.

    Raises:
        UsageError: It is a file, a folder that no run of rtlgen wrote, a mount point,
            or the working folder.
    """
    if not folder.exists():
        return
    ours = (folder / manifest).is_file()
    if not folder.is_dir() or (any(folder.iterdir()) and not ours):
        raise UsageError(
            f"the output folder must be new, empty, or an earlier run's, not {folder}"
            "\n\nhint: choose another place with -o"
        )
    place = folder.resolve()
    if place.is_mount() or Path.cwd().is_relative_to(place):
        what = "a mount point" if place.is_mount() else "where you are"
        raise UsageError(
            f"the output folder must be one that can be replaced, not {folder}, which is {what}"
            "\n\nhint: name a folder in it, such as -o "
            f"{folder / 'out'}"
        )


@contextmanager
def claimed(
    folder: Path, *, keep: Callable[[Path], bool], manifest: str = MANIFEST
) -> Iterator[Path]:
    """Yield the folder to work in for the output `folder`, this process's alone until the end.

    It goes at the end, whatever happens, unless `keep` says that it holds
    something worth keeping; then it stays as it is.

    Raises:
        UsageError: Another process has it, something else stands there, or it cannot be made.
        OSError: The disk is full.
    """
    check_output_folder(folder, manifest=manifest)
    work = unfinished_folder(folder)
    with _locked(work, folder):
        try:
            _restore(work, folder.resolve())
            yield work
        finally:
            if not keep(work):
                _remove(work)


@contextmanager
def finished_output(work: Path, folder: Path, *, manifest: str = MANIFEST) -> Iterator[Path]:
    """Yield a folder in `work` to write into; it becomes `folder` in one step."""
    output = work / _OUTPUT
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir()
    try:
        yield output
        check_output_folder(
            folder, manifest=manifest
        )  # things may have changed since the run began
        _sync(output)
        _put_in_place(output, folder.resolve())
    finally:
        shutil.rmtree(output, ignore_errors=True)  # it is there only where something went wrong


@contextmanager
def _locked(work: Path, folder: Path) -> Iterator[None]:
    lock = _lock_of(work, folder)
    try:
        yield
    finally:
        os.close(lock)


def _lock_of(work: Path, folder: Path) -> int:
    """Make `work` and its lock, and take it."""
    while True:
        try:
            _make(work)
            with suppress(FileNotFoundError):  # another process has just removed it
                lock = os.open(work / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
                if _taken(lock, work, folder):
                    return lock
                os.close(lock)
        except OSError as error:
            if error.errno in _DISK_FULL:
                raise
            raise UsageError(
                f"the output folder must be one that can be made, not {folder}: {error.strerror}"
                "\n\nhint: choose another place with -o"
            ) from error


def _make(work: Path) -> None:
    work.mkdir(parents=True, exist_ok=True)
    if any(work.iterdir()) and not (work / _LOCK).is_file():
        raise UsageError(
            f"a run works in {work}/ until its output stands, and that holds something else"
            "\n\nhint: choose another place with -o"
        )


def _taken(lock: int, work: Path, folder: Path) -> bool:
    """Take the lock; False where it was removed before that."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise UsageError(
            f"one run at a time may write its output, and another one is at work on {folder}"
            "\n\nhint: wait for it to end, or choose another -o"
        ) from None
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(lock), (work / _LOCK).stat())
    return False


def _restore(work: Path, folder: Path) -> None:
    """Put in order what a process left that was killed between the two renames, or after them."""
    previous = work / _PREVIOUS
    if previous.exists() and not folder.exists():
        previous.rename(folder)
    shutil.rmtree(previous, ignore_errors=True)


def _put_in_place(output: Path, folder: Path) -> None:
    previous = output.with_name(_PREVIOUS)
    if folder.exists():
        folder.rename(previous)
    try:
        output.rename(folder)
    except BaseException:  # Ctrl-C as well
        if previous.exists() and not folder.exists():
            previous.rename(folder)
        raise
    _sync_one(folder.parent)
    shutil.rmtree(previous, ignore_errors=True)


def _remove(work: Path) -> None:
    """Remove `work`, its lock last, so that what is left by a kill is known for ours."""
    try:
        _remove_all_but_lock(work)
    except BaseException:  # an interrupt; a second one is not heard
        _remove_all_but_lock(work)
        raise
    finally:
        (work / _LOCK).unlink(missing_ok=True)
        with suppress(OSError):  # another process makes itself at home already
            work.rmdir()


def _remove_all_but_lock(work: Path) -> None:
    for path in work.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != _LOCK:
            path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """See that everything is on the disk: what is removed next may be the only other copy."""
    for path in (*folder.rglob("*"), folder):
        _sync_one(path)


def _sync_one(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
