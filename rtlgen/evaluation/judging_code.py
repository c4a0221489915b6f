"""What, beside a design and its test, decides a verdict: the code that judges."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from importlib import metadata
from pathlib import Path

import sim
from rtlgen.evaluation.harness.protocol import Conditions
from sim.design import digest

_HARNESSES = Path(__file__).parent / "harness"


@cache
def judging_code() -> str:
    """Return a digest of `sim`, the harnesses, and the version of pyslang."""
    roots = [Path(folder) for folder in sim.__path__] + [_HARNESSES]
    parts: list[bytes] = []
    for root in roots:
        for path in sorted(root.rglob("*.py")):
            parts += [str(path.relative_to(root)).encode(), path.read_bytes()]
    return digest(*parts, _version("pyslang").encode())


def context(harness: str, simulator: str, conditions: Conditions) -> bytes:
    """Return a digest of all that verdicts depend on beside the problem and the design."""
    values = [f"{f.name}={getattr(conditions, f.name)!r}" for f in fields(conditions)]
    parts = [harness, simulator, judging_code(), *values]
    return bytes.fromhex(digest(*(part.encode() for part in parts)))


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "none"
