"""The samples around a mismatch as lanes of a waveform: what each signal shows, by column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from rtlgen.design.record import MismatchRecord

_HEX = re.compile(r"0[xX]([0-9a-fA-F]+)\Z")
_BITS = re.compile(r"[01xXzZ-]+\Z")
MOST_BEFORE = 12
"""Samples shown before the mismatch."""
_BINARY_LABEL = 8
"""Buses up to this many bits with X, Z or don't-care bits are labeled bit by bit."""


class Role(Enum):
    """What a lane is to the mismatch."""

    INPUT = "input"
    OUTPUT = "output"
    EXPECTED = "expected"
    GOT = "got"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One signal."""

    name: str
    role: Role
    values: tuple[str | None, ...]
    """Labels, oldest first; None where nothing was recorded."""
    single: bool
    """Whether it is one bit, to be drawn as a trace of 0, 1, x, z and -."""

    def runs(self) -> list[tuple[int, int, str | None]]:
        """Return first column, column after the last, and label of each stretch of one value.

        The last column of the wrong port stands alone.
        """
        found: list[tuple[int, int, str | None]] = []
        for column, value in enumerate(self.values):
            last = column == len(self.values) - 1 and self.role in (Role.EXPECTED, Role.GOT)
            if found and found[-1][2] == value and not last:
                found[-1] = (found[-1][0], column + 1, value)
            else:
                found.append((column, column + 1, value))
        return found


def lanes(miss: MismatchRecord, widths: Mapping[str, int]) -> list[Lane]:
    """Return inputs, then outputs, then the wrong port as expected and as it was.

    Args:
        miss: The mismatch with the samples before it.
        widths: Bits of ports, where they are known.
    """
    history = miss.history[-MOST_BEFORE:]
    samples = [*history, miss.inputs]
    outputs = dict.fromkeys(name for row in history for name in row)
    others = [name for name in outputs if name not in miss.inputs and name != miss.port]
    before = [row.get(miss.port) for row in history]
    return [
        *(
            _lane(name, Role.INPUT, [row.get(name) for row in samples], widths)
            for name in miss.inputs
        ),
        *(_lane(name, Role.OUTPUT, [row.get(name) for row in samples], widths) for name in others),
        _lane(miss.port, Role.EXPECTED, [*before, miss.expected], widths),
        _lane(miss.port, Role.GOT, [*before, miss.got], widths),
    ]


def _lane(name: str, role: Role, values: Sequence[str | None], widths: Mapping[str, int]) -> Lane:
    single = widths.get(name) == 1 or (name not in widths and all(map(_may_be_bit, values)))
    label = _bit if single else bus_label
    return Lane(
        name=name,
        role=role,
        values=tuple(None if value is None else label(value) for value in values),
        single=single,
    )


def _may_be_bit(value: str | None) -> bool:
    return value is None or value.lower() in ("0x0", "0x1") or len(value) == 1


def _bit(value: str) -> str:
    last = value[-1:].lower()
    return last if last in ("0", "1", "z", "-") else "x"


def is_binary(value: str) -> bool:
    """Whether `value` is written bit by bit."""
    return bool(_BITS.match(value))


def bus_label(value: str) -> str:
    """Return the value of a bus in hexadecimal; short ones with unknown bits as they are."""
    if found := _HEX.match(value):
        return found[1].lower()
    if not is_binary(value):
        return value
    bits = value.lower()
    if set(bits) in ({"x"}, {"z"}, {"-"}):
        return bits[0]
    if len(bits) <= _BINARY_LABEL and set(bits) - {"0", "1"}:
        return bits
    padded = bits.rjust(-(-len(bits) // 4) * 4, "0")
    return "".join(_digit(padded[at : at + 4]) for at in range(0, len(padded), 4))


def _digit(nibble: str) -> str:
    """Return one hexadecimal digit; a capital where only some of its bits are unknown."""
    if not set(nibble) - {"0", "1"}:
        return f"{int(nibble, 2):x}"
    if len(set(nibble)) == 1:
        return nibble[0]
    return "X" if "x" in nibble else "Z" if "z" in nibble else "-"
