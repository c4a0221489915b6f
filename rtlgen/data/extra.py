"""The libraries of the extra `data`, and how to get them."""

from __future__ import annotations

from importlib import metadata

from sim.errors import ToolNotFound

INSTALL = "pip install 'rtlgen[data]'"
_NEEDED = ("pyarrow", "datasketch", "rapidfuzz", "matplotlib")


def require(*names: str) -> None:
    """Check that distributions `names` are installed; without names, all of the extra.

    Raises:
        ToolNotFound: One is missing; says how to install it.
    """
    for name in names or _NEEDED:
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError as error:
            raise ToolNotFound(f"datasets need {name}\n\nhint: {INSTALL}") from error
