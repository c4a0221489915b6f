"""Two-level minimization with don't-cares.

A function is given by two covers: where it must be 1 and where it must be 0;
everything else is a don't-care. Up to ten inputs the result is a minimum sum of
products (fewest terms, then fewest literals); above that, cubes are expanded to
primes and redundant ones dropped, which is good and not always minimal. The
order of the result depends on nothing but the function.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symbolic.covering import cheapest_cover
from symbolic.cubes import (
    CoverTooLarge,
    Cube,
    absorb,
    complement,
    contains,
    covers,
    intersection,
    intersects,
    literals,
    points,
)

log = logging.getLogger(__name__)

EXACT_INPUTS = 10
"""Most inputs for which the minimum is searched for."""
_SWEPT_INPUTS = 13
_STEPS = 3_000_000
"""Comparisons of cubes above which a cover is left as far minimized as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A single-output function: `on` must be 1, `off` must be 0, the rest is free.

    Raises:
        ValueError: A point is in both.
    """

    width: int
    on: tuple[Cube, ...]
    off: tuple[Cube, ...]

    @property
    def inverse(self) -> Function:
        """The function that is 1 where this one is 0."""
        return Function(width=self.width, on=self.off, off=self.on)


def function(
    width: int, on: Sequence[Cube], *, dc: Sequence[Cube] = (), off: Sequence[Cube] | None = None
) -> Function:
    """Build a function from where it is 1 and either its don't-cares or where it is 0.

    Raises:
        CoverTooLarge: Its complement is too large to be written down.
    """
    zeros = complement([*on, *dc]) if off is None else off
    return Function(width=width, on=tuple(on), off=tuple(zeros))


def minimize(f: Function) -> tuple[Cube, ...]:
    """Return few cubes that cover all of `f.on` and nothing of `f.off`."""
    if not f.on:
        return ()
    if not f.off:
        return (Cube(0, 0),)
    found = _exact(f) if f.width <= EXACT_INPUTS else _heuristic(f)
    return tuple(sorted(found, key=_reading_order))


def minimize_clauses(f: Function) -> tuple[Cube, ...]:
    """Return a product of sums: the cubes to be kept out, each of which is one clause.

    Cube `1-0` stands for the clause `~a | c`.
    """
    return minimize(f.inverse)


def cost(cubes: Sequence[Cube]) -> tuple[int, int]:
    """Return terms and literals, by which covers are compared."""
    return len(cubes), sum(map(literals, cubes))


def _reading_order(cube: Cube) -> tuple[int, int, int]:
    return literals(cube), -cube.care, -cube.value


def _exact(f: Function) -> list[Cube]:
    on, off = bit_set(f.on, f.width), bit_set(f.off, f.width)
    primes = list(_primes(f.width, on, off))
    columns = [bit_set([prime], f.width) & on for prime in primes]
    chosen, _ = cheapest_cover(on, columns, [literals(prime) for prime in primes])
    return [primes[i] for i in chosen]


def bit_set(cubes: Sequence[Cube], width: int) -> int:
    """Return the points of `cubes` as the bits of one number."""
    found = 0
    for cube in cubes:
        if cube.care.bit_count() == width:
            found |= 1 << cube.value
            continue
        block = 1 << cube.value
        for i in range(width):
            if not cube.care >> i & 1:
                block |= block << (1 << i)
        found |= block
    return found


def _primes(width: int, on: int, off: int) -> Iterator[Cube]:
    """Yield the prime implicants that cover some of `on`, largest first.

    `implicants[free]` holds the points whose cube with the bits of `free`
    dashed avoids `off`; a point of it with those bits 0 names the cube.
    """
    size = 1 << width
    low = [_low_half(width, i) for i in range(width)]
    implicants = [0] * size
    implicants[0] = ((1 << size) - 1) & ~off
    for free in range(1, size):
        i = free.bit_length() - 1
        smaller = implicants[free ^ 1 << i]
        implicants[free] = smaller & smaller >> (1 << i) & low[i]
    for free in sorted(range(size), key=lambda mask: (-mask.bit_count(), mask)):
        largest = implicants[free]
        for i in range(width):
            if largest and not free >> i & 1:
                grown = implicants[free | 1 << i]
                largest &= ~(grown | grown << (1 << i))
        while largest:
            point = largest & -largest
            largest ^= point
            cube = Cube((size - 1) & ~free, point.bit_length() - 1)
            if bit_set([cube], width) & on:
                yield cube


def _low_half(width: int, i: int) -> int:
    """Return the points of which bit `i` is 0."""
    return bit_set([Cube(1 << i, 0)], width)


def _heuristic(f: Function) -> list[Cube]:
    """Expand, drop what is redundant, then shrink and expand once more; keep the better."""
    given = list(dict.fromkeys(f.on))
    if len(given) * len(f.off) * f.width > _STEPS:
        return min(given, _swept(f), key=cost) if f.width <= _SWEPT_INPUTS else given
    start = absorb(given)
    found, work = [start], [_STEPS]
    try:
        found.append(_irredundant(_expand(start, f), f, work))
        shrunk = _reduce(found[-1], f, work)
        found.append(_irredundant(_expand(shrunk, f), f, work))
    except CoverTooLarge:
        log.debug("minimization stopped after %d steps", _STEPS)
    return min(found, key=cost)


def _swept(f: Function) -> list[Cube]:
    """Cover point after point by a cube grown where it takes in most of what is left."""
    left, off = bit_set(f.on, f.width), bit_set(f.off, f.width)
    found = []
    while left:
        block = left & -left
        care, value = (1 << f.width) - 1, block.bit_length() - 1
        while True:
            steps = [
                (i, block << (1 << i) if not value >> i & 1 else block >> (1 << i))
                for i in range(f.width)
                if care >> i & 1
            ]
            steps = [(i, other) for i, other in steps if not other & off]
            if not steps:
                break
            i, other = max(steps, key=lambda step: ((step[1] & left).bit_count(), -step[0]))
            block, care, value = block | other, care & ~(1 << i), value & ~(1 << i)
        left &= ~block
        found.append(Cube(care, value))
    return found


def _expand(cubes: Sequence[Cube], f: Function) -> list[Cube]:
    """Make every cube a prime, preferring to swallow others whole."""
    primes: list[Cube] = []
    for cube in sorted(cubes, key=lambda c: (literals(c), c)):
        if not any(contains(prime, cube) for prime in primes):
            primes.append(_grow(cube, cubes, f))
    return absorb(primes)


def _grow(cube: Cube, others: Sequence[Cube], f: Function) -> Cube:
    for bit in _expansion_order(cube, others, f.width):
        wider = Cube(cube.care & ~bit, cube.value & ~bit)
        if not any(intersects(wider, zero) for zero in f.off):
            cube = wider
    return cube


def _expansion_order(cube: Cube, others: Sequence[Cube], width: int) -> list[int]:
    """Return the cube's bits, first those whose removal brings most other cubes nearer."""
    gain = dict.fromkeys((1 << i for i in range(width) if cube.care >> i & 1), 0)
    for other in others:
        for bit in gain:
            differs = not other.care & bit or (other.value ^ cube.value) & bit
            gain[bit] += bool(differs)
    return sorted(gain, key=lambda bit: (-gain[bit], bit))


def _irredundant(cubes: Sequence[Cube], f: Function, work: list[int]) -> list[Cube]:
    """Drop cubes whose part of `f.on` the others cover, the smallest first."""
    kept = list(cubes)
    for cube in sorted(cubes, key=lambda c: (-literals(c), c)):
        rest = [other for other in kept if other != cube]
        parts = (intersection(cube, one) for one in f.on)
        if all(part is None or covers(rest, part, work) for part in parts):
            kept = rest
    return kept


def _reduce(cubes: Sequence[Cube], f: Function, work: list[int]) -> list[Cube]:
    """Shrink every cube to the part of `f.on` that it alone covers, so that it can grow anew."""
    shrunk = list(cubes)
    for i, cube in enumerate(cubes):
        rest = [other for k, other in enumerate(shrunk) if k != i]
        parts = [part for one in f.on if (part := intersection(cube, one)) is not None]
        alone = [part for part in parts if not covers(rest, part, work)]
        if alone:
            shrunk[i] = _supercube(alone)
    return shrunk


def _supercube(cubes: Sequence[Cube]) -> Cube:
    care, value = cubes[0]
    for cube in cubes[1:]:
        care &= cube.care & ~(value ^ cube.value)
    return Cube(care, value & care)


def minterms_of(cubes: Sequence[Cube], width: int) -> tuple[int, ...]:
    """Return the points of a cover, ascending; meant for at most some 16 bits."""
    return tuple(sorted({point for cube in cubes for point in points(cube, width)}))
