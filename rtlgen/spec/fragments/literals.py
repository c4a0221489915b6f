"""Values in cells: binary, hexadecimal, decimal, sized literals, don't-cares."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

DONT_CARE = frozenset("xX-*?dDφΦØø×–—")  # noqa: RUF001  people draw the sign in many ways
_SIZED = re.compile(r"(\d+)?\s*'\s*[sS]?([bBoOdDhH])\s*([0-9a-fA-FxXzZ?_]+)\Z")
_PREFIXED = re.compile(r"0([xXbBoO])([0-9a-fA-FxX_]+)\Z")
_SUFFIXED = re.compile(r"([0-9a-fA-F]+)h\Z")
_BINARY = re.compile(r"[01xX?*dD-]+\Z")
_SPREAD_BITS = re.compile(r"[01xXdD-]+(?:[ ,]+[01xXdD-]+)+\Z")
_HEX_LETTER = re.compile(r"[a-fA-F]")
_HEX = re.compile(r"[0-9a-fA-F]+\Z")


class Radix(IntEnum):
    """Base of the bare numbers in a column."""

    BINARY = 2
    OCTAL = 8
    DECIMAL = 10
    HEX = 16


_RADIX = {"b": Radix.BINARY, "o": Radix.OCTAL, "d": Radix.DECIMAL, "h": Radix.HEX, "x": Radix.HEX}


@dataclass(frozen=True, slots=True)
class ColumnRadix:
    """The base of a column, and whether the cells could as well be read in another."""

    radix: Radix
    certain: bool


@lru_cache(maxsize=1 << 14)
def cell_bits(cell: str, width: int, radix: Radix) -> str | None:
    """Return `cell` as `width` characters over `0`, `1`, `-`; None if it is no such value."""
    text = _plain(cell)
    if not text:
        return None
    if len(text) == 1 and text in DONT_CARE and not (radix is Radix.HEX and text in "dD"):
        return "-" * width
    explicit = _explicit(text)
    if explicit:
        size, base, digits = explicit
        return None if size not in (None, width) else _number(digits, width, base)
    return _number(text, width, radix)


def literal(text: str) -> tuple[int | None, str | None]:
    """Return size and bits (unpadded) of a sized or prefixed literal; (None, None) if none."""
    explicit = _explicit(text.strip())
    if not explicit:
        return None, None
    size, base, digits = explicit
    return size, _number(digits, size or len(digits) * 4, base)


def column_radix(cells: Sequence[str], width: int, *, hint: Radix | None = None) -> ColumnRadix:
    """Tell the base of the bare numbers in `cells`, values of `width` bits each."""
    bare = [text for cell in cells if _is_bare(text := _plain(cell))]
    if width == 1 or not bare:
        return ColumnRadix(Radix.BINARY, certain=True)
    if hint:
        return ColumnRadix(hint, certain=True)
    if all(_BINARY.match(text) and len(text) == width for text in bare):
        return ColumnRadix(Radix.BINARY, certain=True)
    if any(_HEX_LETTER.search(text) and _HEX.match(text) for text in bare):
        return ColumnRadix(Radix.HEX, certain=True)
    numbers = [int(text) for text in bare if text.isascii() and text.isdigit()]
    if all(number < 10 for number in numbers):
        binary = all(set(text) <= set("01") for text in bare) and max(numbers, default=0) > 1
        return ColumnRadix(Radix.DECIMAL, certain=not binary)
    return _decimal_or_hex(numbers, width)


def _plain(cell: str) -> str:
    """Return a cell without markup, and single bits set apart by blanks as one word."""
    text = cell.strip().strip('`$"').strip("*") if len(cell.strip()) > 1 else cell.strip()
    return re.sub("[ ,]+", "", text) if _SPREAD_BITS.match(text) else text


def _decimal_or_hex(numbers: list[int], width: int) -> ColumnRadix:
    as_decimal = all(number < 1 << width for number in numbers)
    as_hex = all(int(str(number), 16) < 1 << width for number in numbers)
    counts = {8, 9, 10, 11} <= set(numbers)  # nobody counts 8, 9, 10, 11 in hexadecimal
    if as_hex and not as_decimal:
        return ColumnRadix(Radix.HEX, certain=True)
    return ColumnRadix(Radix.DECIMAL, certain=not as_hex or counts)


def _is_bare(text: str) -> bool:
    return (
        bool(text)
        and not _explicit(text)
        and not (len(text) == 1 and text in DONT_CARE - {"d", "D"})
    )


def _explicit(text: str) -> tuple[int | None, Radix, str] | None:
    """Split a literal that names its base into size, base and digits."""
    sized = _SIZED.match(text)
    if sized:
        size = int(sized[1]) if sized[1] and len(sized[1]) < 6 else None
        return size, _RADIX[sized[2].lower()], sized[3]
    prefixed = _PREFIXED.match(text)
    if prefixed:
        return None, _RADIX[prefixed[1].lower()], prefixed[2]
    suffixed = _SUFFIXED.match(text)
    return (None, Radix.HEX, suffixed[1]) if suffixed else None


def _number(digits: str, width: int, radix: Radix) -> str | None:
    plain = digits.replace("_", "").replace(" ", "")
    if radix is Radix.DECIMAL:
        if not (plain.isascii() and plain.isdigit()) or len(plain) > 400:
            return None
        bits = format(int(plain), "b")
    else:
        per = {Radix.BINARY: 1, Radix.OCTAL: 3, Radix.HEX: 4}[radix]
        spelled = [_digit(char, per) for char in plain]
        if not spelled or None in spelled:
            return None
        bits = "".join(char for char in spelled if char)
    return _fit(bits, width)


def _digit(char: str, per: int) -> str | None:
    if char in "xX?" or (per == 1 and char in DONT_CARE):
        return "-" * per
    try:
        value = int(char, 16)
    except ValueError:
        return None
    return format(value, f"0{per}b") if value < 1 << per else None


def _fit(bits: str, width: int) -> str | None:
    """Pad or cut zeros at the left; None if the value needs more than `width` bits."""
    if len(bits) > width and set(bits[: len(bits) - width]) <= {"0", "-"}:
        return bits[len(bits) - width :]
    return bits.rjust(width, "0") if len(bits) <= width else None
