"""Where an executable is."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from sim.errors import ToolNotFound


def find_tool(name: str, *, hint: str = "") -> Path:
    """Return the absolute path of tool `name`.

    Its variable, e.g. `IVERILOG`, overrides PATH; the folder of the running
    Python comes last, so that a virtual environment need not be activated.
    A `name` with a slash is a path already.

    Raises:
        ToolNotFound: No executable is found; `hint` says how to install it.
    """
    variable = name.upper().replace("-", "_").replace("+", "X")
    asked = os.environ.get(variable) if "/" not in name else None
    found = shutil.which(asked or name)
    if found is None and not asked and "/" not in name:
        found = shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        where = f"{variable}={asked!r}" if asked else "PATH"
        remedy = f"{hint or 'install it'}, or set {variable} to its path"
        raise ToolNotFound(f"`{name}` not found in {where}\n\nhint: {remedy}")
    return Path(found).absolute()
