"""Questions about rows of tables: do they disagree, do they leave something out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symbolic.cubes import (
    CoverTooLarge,
    Cube,
    complement,
    cube_from_text,
    cube_text,
    intersection,
    intersects,
)

_MOST_COMPARISONS = 2_000_000


def clash(rows: Sequence[tuple[str, str]]) -> tuple[int, int] | None:
    """Return the first two rows (inputs, outputs) that overlap and disagree; None if none do.

    Raises:
        CoverTooLarge: The rows are too many to be compared.
    """
    seen: dict[str, int] = {}
    wide: list[int] = []
    for index, (inputs, outputs) in enumerate(rows):
        if "-" in inputs:
            wide.append(index)
            continue
        other = seen.setdefault(inputs, index)
        if _disagree(rows[other][1], outputs):
            return other, index
    return _wide_clash(rows, wide)


def _wide_clash(rows: Sequence[tuple[str, str]], wide: list[int]) -> tuple[int, int] | None:
    if len(wide) * len(rows) > _MOST_COMPARISONS:
        raise CoverTooLarge(f"{len(rows)} rows with don't-cares are too many to compare")
    cubes = [cube_from_text(inputs) for inputs, _ in rows]
    for index in wide:
        for other, (_, outputs) in enumerate(rows):
            if _disagree(rows[index][1], outputs) and intersects(cubes[index], cubes[other]):
                return min(index, other), max(index, other)
    return None


def gap(inputs: Iterable[str], width: int) -> str | None:
    """Return one cube that no row of `inputs` touches; None if every combination is listed.

    Raises:
        CoverTooLarge: The rows are too many to tell.
    """
    distinct = set(inputs)
    if not any("-" in row for row in distinct):
        if len(distinct) == 1 << width:
            return None
        if width <= 16:
            listed = {int(row, 2) for row in distinct if row}
            return format(next(n for n in range(1 << width) if n not in listed), f"0{width}b")
    outside = complement([cube_from_text(row) for row in sorted(distinct)])
    return cube_text(outside[0], width) if outside else None


def disjoint(cubes: Sequence[Cube]) -> list[Cube]:
    """Return the same points as cubes that do not overlap."""
    apart: list[Cube] = []
    for cube in cubes:
        rest = complement(apart)
        apart += [both for other in rest if (both := intersection(cube, other)) is not None]
    return apart


def outside(cubes: Sequence[Cube], taken: Sequence[Cube]) -> list[Cube]:
    """Return the points of `cubes` that are in none of `taken`, as disjoint cubes."""
    rest = complement(taken)
    kept = [both for a in disjoint(cubes) for b in rest if (both := intersection(a, b)) is not None]
    return kept


def _disagree(left: str, right: str) -> bool:
    return any(a != b and "-" not in (a, b) for a, b in zip(left, right, strict=True))
