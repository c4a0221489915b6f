"""Where what is kept between runs lies."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return `RTLGEN_CACHE`, else `$XDG_CACHE_HOME/rtlgen`, else `~/.cache/rtlgen`."""
    if os.environ.get("RTLGEN_CACHE"):
        return Path(os.environ["RTLGEN_CACHE"]).absolute()
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base).absolute() / "rtlgen"
