"""RTL files as a design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rtlgen.errors import UsageError
from sim.design import Design
from sim.modules import module_names, top_module


def load_rtl(paths: Sequence[Path], *, module: str | None, what: str) -> Design:
    """Read RTL files; the top is `module` if they define that, else their only top.

    Raises:
        InvalidDesign: A file cannot be read or parsed.
        UsageError: Several modules could be the top, or a file is a specification.
    """
    for path in paths:
        if path.suffix.lower() in (".md", ".markdown"):
            raise UsageError(
                f"{what} must be Verilog; {path} is a specification\n\nhint: --spec {path}"
            )
    anything = Design.from_files(paths, top="rtlgen_unknown")
    names = module_names(anything)
    if module is not None and module in names:
        return replace(anything, top=module)
    return replace(anything, top=top_module(anything, what=what))
