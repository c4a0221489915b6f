"""Registers bit by bit, where single bits can be unknown."""

from __future__ import annotations

Bits = tuple[int | None, ...]
"""Bit 0 first; None: not known."""


def all_or_none(state: Bits) -> int | None:
    """Return the number, or None where a bit of it is unknown."""
    total = 0
    for place, bit in enumerate(state):
        if bit is None:
            return None
        total |= bit << place
    return total


def moved(state: Bits, entering: int | None, *, left: bool) -> Bits:
    """Return the bits one place further to the left (to higher places) or right."""
    return (entering, *state[:-1]) if left else (*state[1:], entering)


def bits_of(value: int, width: int) -> Bits:
    """Return the bits of a number."""
    return tuple(value >> i & 1 for i in range(width))


def shift_code(q: str, width: int, entering: str, *, left: bool) -> str:
    """Return the shifted register as a concatenation."""
    if left:
        return f"{{{q}[{width - 2}:0], {entering}}}"
    return f"{{{entering}, {q}[{width - 1}:1]}}"
