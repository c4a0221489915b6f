"""Shapes in waveforms, as path data."""

from __future__ import annotations

SIGNAL = 20
"""Height of a signal."""
SLOPE = 4
"""Width of the slanted edge of a bus."""


def hexagon(x: float, to: float, top: float) -> str:
    """Return the outline of one value of a bus."""
    slope = min(SLOPE, (to - x) / 2)
    middle, bottom = top + SIGNAL / 2, top + SIGNAL
    return (
        f"M{x:g} {middle:g}L{x + slope:g} {top:g}H{to - slope:g}"
        f"L{to:g} {middle:g}L{to - slope:g} {bottom:g}H{x + slope:g}Z"
    )


def hatching(x: float, to: float, top: float) -> str:
    """Return slanted lines between two edges; a pattern would need an id of its own."""
    bottom = top + SIGNAL
    lines = []
    start = x - SIGNAL + 6
    while start < to:
        low = max(start, x)
        high = min(start + SIGNAL, to)
        lines.append(f"M{low:g} {bottom - (low - start):g}L{high:g} {bottom - (high - start):g}")
        start += 6
    return "".join(lines)
