"""Boolean functions as tables of cubes, with don't-cares."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table: where `inputs` matches, `outputs` holds.

    Both are strings over `0`, `1` and `-`, one character per name of the
    table. `-` on the left matches both values; on the right it is a
    don't-care.
    """

    inputs: str
    outputs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthTable:
    """A multi-output Boolean function, possibly incompletely specified.

    Names are single bits as Verilog writes them: `a`, or `x[3]`. Rows that
    overlap agree wherever both are specified.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: tuple[Row, ...]
    default: str | None = None
    """Outputs where no row matches ("anything else"); None: nothing is said, a don't-care."""
