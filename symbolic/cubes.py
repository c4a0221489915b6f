"""Cubes and covers: products of literals over numbered bits, and sets of them.

A cube is a pair of bit masks. Bit `width - 1 - i` belongs to the i-th name of a
table, so that the number of a minterm is its row read as a binary number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

_BUDGET = 20_000
"""Cubes that an operation may make before it gives up; keeps hostile tables from hanging."""


class Cube(NamedTuple):
    """A product of literals: the bits in `care` have the values in `value`."""

    care: int
    value: int


UNIVERSE = Cube(0, 0)


class CoverTooLarge(ValueError):
    """A cover grew past what is worth computing."""


def cube_from_text(text: str) -> Cube:
    """Read a string over `0`, `1` and `-`."""
    care = int(text.translate(_TO_CARE) or "0", 2)
    return Cube(care, int(text.replace("-", "0") or "0", 2))


_TO_CARE = str.maketrans("01-", "110")


def cube_text(cube: Cube, width: int) -> str:
    """Write `cube` as a string over `0`, `1` and `-`."""
    return "".join(
        str(cube.value >> bit & 1) if cube.care >> bit & 1 else "-"
        for bit in range(width - 1, -1, -1)
    )


def minterm(number: int, width: int) -> Cube:
    """Return the cube of one point."""
    return Cube((1 << width) - 1, number)


def literals(cube: Cube) -> int:
    """Return the number of literals."""
    return cube.care.bit_count()


def intersects(a: Cube, b: Cube) -> bool:
    """Tell whether the cubes share a point."""
    return not (a.care & b.care & (a.value ^ b.value))


def contains(outer: Cube, inner: Cube) -> bool:
    """Tell whether every point of `inner` lies in `outer`."""
    return not (outer.care & ~inner.care or outer.care & (outer.value ^ inner.value))


def intersection(a: Cube, b: Cube) -> Cube | None:
    """Return the points the cubes share, None if there are none."""
    return Cube(a.care | b.care, a.value | b.value) if intersects(a, b) else None


def points(cube: Cube, width: int) -> Iterator[int]:
    """Yield the minterms of `cube` in ascending order."""
    free = ~cube.care & ((1 << width) - 1)
    subset = 0
    while True:
        yield cube.value | subset
        if subset == free:
            return
        subset = (subset - free) & free


def relative(cubes: Iterable[Cube], to: Cube) -> list[Cube]:
    """Return the cofactor of a cover: the cover as seen from inside cube `to`."""
    return [
        Cube(cube.care & ~to.care, cube.value & ~to.care) for cube in cubes if intersects(cube, to)
    ]


def absorb(cubes: Iterable[Cube]) -> list[Cube]:
    """Drop cubes that lie in another one, keeping the order."""
    kept: list[Cube] = []
    for cube in dict.fromkeys(cubes):
        if not any(contains(other, cube) for other in kept):
            kept = [other for other in kept if not contains(cube, other)]
            kept.append(cube)
    return kept


_OVERLAP_STEPS = 3_000_000


def overlaps(cubes: Sequence[Cube]) -> Iterator[tuple[int, int]]:
    """Yield the index pairs of cubes that share a point, the lower index first.

    Raises:
        CoverTooLarge: Millions of comparisons would not be enough.
    """
    groups: dict[int, dict[int, list[int]]] = {}
    for i, (care, value) in enumerate(cubes):
        groups.setdefault(care, {}).setdefault(value, []).append(i)
    steps = 0
    masks = list(groups)
    for k, first in enumerate(masks):
        for second in masks[k:]:
            common = first & second
            meeting: dict[int, list[int]] = {}
            for value, indices in groups[second].items():
                meeting.setdefault(value & common, []).extend(indices)
            steps += 1 + len(groups[second])
            for value, indices in groups[first].items():
                others = meeting.get(value & common, ())
                steps += 1 + len(indices) * len(others)
                if steps > _OVERLAP_STEPS:
                    raise CoverTooLarge("the table has too many overlapping rows to be compared")
                if first == second:
                    yield from ((i, j) for i in indices for j in others if i < j)
                else:
                    yield from ((min(i, j), max(i, j)) for i in indices for j in others)


def complement(cubes: Sequence[Cube]) -> list[Cube]:
    """Return disjoint cubes that cover exactly what `cubes` does not.

    Raises:
        CoverTooLarge: The result has more than some ten thousand cubes.
    """
    budget = [_BUDGET]
    return _complement(list(cubes), budget)


def _complement(cubes: list[Cube], budget: list[int]) -> list[Cube]:
    budget[0] -= 1
    if budget[0] < 0:
        raise CoverTooLarge(f"the complement of a table has more than {_BUDGET} cubes")
    if not cubes:
        return [UNIVERSE]
    if any(cube.care == 0 for cube in cubes):
        return []
    if len(cubes) == 1:
        return _outside(cubes[0])
    bit = _splitting_bit(cubes)
    zero = _complement(relative(cubes, Cube(bit, 0)), budget)
    one = _complement(relative(cubes, Cube(bit, bit)), budget)
    both = set(zero) & set(one)
    return (
        [cube for cube in zero if cube in both]
        + [Cube(cube.care | bit, cube.value) for cube in zero if cube not in both]
        + [Cube(cube.care | bit, cube.value | bit) for cube in one if cube not in both]
    )


def _outside(cube: Cube) -> list[Cube]:
    found, fixed = [], UNIVERSE
    for bit in _bits(cube.care):
        found.append(Cube(fixed.care | bit, fixed.value | (bit & ~cube.value)))
        fixed = Cube(fixed.care | bit, fixed.value | (bit & cube.value))
    return found


def _bits(mask: int) -> Iterator[int]:
    while mask:
        high = 1 << mask.bit_length() - 1
        yield high
        mask ^= high


def _splitting_bit(cubes: Sequence[Cube]) -> int:
    """Return the bit that most cubes care about, the highest of equals."""
    counts: dict[int, int] = {}
    for cube in cubes:
        for bit in _bits(cube.care):
            counts[bit] = counts.get(bit, 0) + 1
    return max(counts, key=lambda bit: (counts[bit], bit))


def is_tautology(cubes: Sequence[Cube], work: list[int] | None = None) -> bool:
    """Tell whether the cover contains every point.

    `work` holds the number of cubes that may still be looked at; it is used up.

    Raises:
        CoverTooLarge: `work` was not enough.
    """
    if work is not None:
        work[0] -= len(cubes) + 1
        if work[0] < 0:
            raise CoverTooLarge("too many cubes to be compared")
    if any(cube.care == 0 for cube in cubes):
        return True
    if not cubes or _too_small(cubes):
        return False
    bit = _splitting_bit(cubes)
    return is_tautology(relative(cubes, Cube(bit, 0)), work) and is_tautology(
        relative(cubes, Cube(bit, bit)), work
    )


def _too_small(cubes: Sequence[Cube]) -> bool:
    """Tell whether the cubes together have fewer points than there are."""
    width = max(cube.care.bit_length() for cube in cubes)
    return sum(1 << width - cube.care.bit_count() for cube in cubes) < 1 << width


def covers(cubes: Sequence[Cube], cube: Cube, work: list[int] | None = None) -> bool:
    """Tell whether every point of `cube` lies in one of `cubes`; `work` as above."""
    return is_tautology(relative(cubes, cube), work)


def subtract(cubes: Sequence[Cube], taken: Sequence[Cube]) -> list[Cube]:
    """Return the points of `cubes` outside `taken`."""
    left = []
    outside = complement(taken)
    for cube in cubes:
        left += [both for other in outside if (both := intersection(cube, other)) is not None]
    return absorb(left)
