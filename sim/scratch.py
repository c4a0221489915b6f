"""A folder for the time of one step."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import EnvironmentFault

log = logging.getLogger(__name__)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield the real path of a new folder that is removed afterwards, whatever a tool left in it.

    Raises:
        EnvironmentFault: It cannot be made.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="rtlgen-")).resolve()
    except OSError as error:
        raise EnvironmentFault(
            f"a tool needs a temporary folder; cannot make one: {error}\n\n"
            "hint: free some space, or set TMPDIR to a folder with more"
        ) from error
    try:
        yield folder
    finally:
        _remove(folder)


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:  # a tool can nest folders deeper than `rmtree` goes
        log.warning("left behind, nested too deeply to be removed: %s", folder)
