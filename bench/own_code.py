"""What decides results besides their inputs: a digest of our own code."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import sim
import symbolic
import testbench_gen
from sim.design import digest


@cache
def own_code() -> str:
    """Return a digest of the packages that write, prove and simulate testbenches."""
    folders = [
        Path(path) for package in (sim, symbolic, testbench_gen) for path in package.__path__
    ]
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if _counts(path)]
    return digest(*(path.read_bytes() for path in files))


def _counts(path: Path) -> bool:
    return path.suffix in {".py", ".j2", ".v", ".cpp"} and path.is_file()
