"""Files that are written piece by piece and appear whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def replacing(path: Path, *, lasting: bool = False) -> Iterator[TextIO]:
    """Yield a file to write UTF-8 with plain newlines into; it becomes `path` in the end.

    A link stays, and its target is replaced; a device or a pipe, such as `/dev/null`, is
    written to as it is. With `lasting` a power failure right after it leaves it whole too.

    Raises:
        OSError: It cannot be written; what was at `path` is still whole.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        with path.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        return
    path = path.resolve()
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    partial = Path(name)
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="\n") as file:
            yield file
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        partial.chmod(0o644)
        partial.replace(path)
    except OSError as error:
        error.filename = error.filename or str(path)
        raise
    finally:
        partial.unlink(missing_ok=True)


def write_whole(path: Path, text: str, *, lasting: bool = False) -> None:
    """Write `text` to `path` as `replacing` does."""
    with replacing(path, lasting=lasting) as file:
        file.write(text)
