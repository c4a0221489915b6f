"""Folders of the cache that hold what was built for this machine, and are whole or not there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.errors import ToolFailed
from sim.scratch import make_folder, remove_folder


def build_folder(folder: Path, fill: Callable[[Path, Path], None], *, what: str) -> None:
    """Make `folder` of what `fill` builds; it appears by a rename, and another builder's will do.

    Args:
        folder: In the cache folder, named by a digest of all that its content depends on.
        fill: Works in its first folder, and leaves in its second one what is to be kept.
        what: Is built, for messages.

    Raises:
        ToolFailed: The cache folder cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = make_folder(f".{folder.name}-", folder.parent)
    except OSError as error:
        raise ToolFailed(
            f"{what} needs a folder; cannot write {folder.parent}: "
            f"{error.strerror}\n\nhint: set RTLGEN_CACHE to a folder that can be written"
        ) from error
    try:
        ready = work / "ready"
        ready.mkdir(mode=0o755)
        fill(work, ready)
        try:
            ready.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        remove_folder(work)
