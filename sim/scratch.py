"""A folder for the time of one step, which goes whatever happens.

An interrupt can strike between any two steps of Python, the clean-up included.
So each folder is on a list from its first moment, and what is still on it when
the process ends is removed then.
"""

from __future__ import annotations

import atexit
import logging
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import EnvironmentFault

log = logging.getLogger(__name__)

_ENDING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
_live: set[Path] = set()


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield the real path of a new folder that is removed afterwards, whatever a tool left in it.

    Raises:
        EnvironmentFault: It cannot be made.
    """
    try:
        folder = make_folder("rtlgen-")
    except OSError as error:
        raise EnvironmentFault(
            f"a tool needs a temporary folder; cannot make one: {error}\n\n"
            "hint: free some space, or set TMPDIR to a folder with more"
        ) from error
    try:
        yield folder
    finally:
        remove_folder(folder)


def make_folder(prefix: str, parent: Path | None = None) -> Path:
    """Make a folder in `parent`, or where temporary files go, and return its real path.

    It is removed at the end of the process unless `remove_folder` did that before.

    Raises:
        OSError: It cannot be made.
    """
    main = threading.current_thread() is threading.main_thread()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING) if main else set()
    try:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent)).resolve()
        _live.add(folder)
    finally:
        if main:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return folder


def remove_folder(folder: Path) -> None:
    """Remove what `make_folder` made; nothing happens where it has been moved away."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:  # a tool can nest folders deeper than `rmtree` goes
        log.warning("left behind, nested too deeply to be removed: %s", folder)
    _live.discard(folder)


@atexit.register
def _remove_the_rest() -> None:
    for folder in tuple(_live):
        remove_folder(folder)
