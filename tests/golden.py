"""Golden files, re-recorded with RTLGEN_RECORD=1."""

from __future__ import annotations

import os
from pathlib import Path

DATA = Path(__file__).parent / "data"


def check_golden(name: str, text: str) -> None:
    """Compare `text` with golden file `name` under tests/data, or write it there."""
    path = DATA / name
    if os.environ.get("RTLGEN_RECORD"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.is_file(), f"no golden file {name}; record it with RTLGEN_RECORD=1"
    assert text == path.read_text(encoding="utf-8")
