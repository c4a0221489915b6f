"""Write `datasets/schema/`: `python tools/row_schemas.py`."""

from __future__ import annotations

from pathlib import Path

from rtlgen.data.json_schema import files

if __name__ == "__main__":
    folder = Path(__file__).parents[1] / "datasets" / "schema"
    for name, text in files():
        (folder / name).write_text(text, encoding="utf-8")
