"""Two-level minimization: right for every function, minimum for small ones."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic.covering import cheapest_cover
from symbolic.cubes import (
    CoverTooLarge,
    Cube,
    complement,
    contains,
    covers,
    cube_from_text,
    cube_text,
    is_tautology,
    overlaps,
    points,
)
from symbolic.minimize import (
    Function,
    bit_set,
    cost,
    function,
    minimize,
    minimize_clauses,
    minterms_of,
)


def labelled(labels: str) -> Function:
    """Build a function from one character per point."""
    width = (len(labels) - 1).bit_length()
    full = (1 << width) - 1
    return Function(
        width=width,
        on=tuple(Cube(full, i) for i, c in enumerate(labels) if c == "1"),
        off=tuple(Cube(full, i) for i, c in enumerate(labels) if c == "0"),
    )


def cubes(*texts: str) -> list[Cube]:
    return [cube_from_text(text) for text in texts]


def best_cost_by_brute_force(f: Function) -> tuple[int, int]:
    on, off = bit_set(f.on, f.width), bit_set(f.off, f.width)
    every = [cube_from_text("".join(text)) for text in product("01-", repeat=f.width)]
    usable = [(bit_set([c], f.width), c) for c in every]
    usable = [(points_, c) for points_, c in usable if not points_ & off and points_ & on]
    frontier: dict[int, tuple[int, int]] = {0: (0, 0)}
    for points_, c in usable:
        for covered, (terms, literals) in list(frontier.items()):
            new = (terms + 1, literals + c.care.bit_count())
            key = covered | points_ & on
            frontier[key] = min(frontier.get(key, (99, 99)), new)
    return frontier[on]


@pytest.mark.parametrize("text", ["", "-", "10-", "----", "0110"])
def test_a_cube_reads_as_it_is_written(text: str) -> None:
    assert cube_text(cube_from_text(text), len(text)) == text


def test_points_of_a_cube_ascend() -> None:
    assert list(points(cube_from_text("1-0-"), 4)) == [8, 9, 12, 13]


@given(st.lists(st.text(alphabet="01-", min_size=5, max_size=5), max_size=8))
def test_a_complement_holds_exactly_what_is_missing(texts: list[str]) -> None:
    cover = cubes(*texts)
    inside = bit_set(cover, 5)
    outside = complement(cover)
    assert bit_set(outside, 5) == ~inside & (1 << 32) - 1
    assert sum(1 << 5 - c.care.bit_count() for c in outside) == 32 - inside.bit_count()
    assert is_tautology(cover) == (inside == (1 << 32) - 1)


@given(
    st.lists(st.text(alphabet="01-", min_size=4, max_size=4), max_size=6),
    st.text(alphabet="01-", min_size=4, max_size=4),
)
def test_covers_agrees_with_counting(texts: list[str], text: str) -> None:
    cube = cube_from_text(text)
    assert covers(cubes(*texts), cube) == (not bit_set([cube], 4) & ~bit_set(cubes(*texts), 4))


@settings(max_examples=150)
@given(st.text(alphabet="01-", min_size=8, max_size=8))
def test_three_inputs_are_minimized_to_the_minimum(labels: str) -> None:
    f = labelled(labels)
    assert cost(minimize(f)) == best_cost_by_brute_force(f)


@settings(max_examples=100)
@given(st.text(alphabet="001-", min_size=64, max_size=64))
def test_a_minimized_function_keeps_its_on_and_off_set(labels: str) -> None:
    f = labelled(labels)
    found = bit_set(minimize(f), f.width)
    assert not bit_set(f.on, f.width) & ~found
    assert not bit_set(f.off, f.width) & found
    clauses = bit_set(minimize_clauses(f), f.width)
    assert not bit_set(f.off, f.width) & ~clauses
    assert not bit_set(f.on, f.width) & clauses


def test_a_minimum_cover_is_found_where_greed_fails() -> None:
    # Greed takes the middle column first and then needs both others.
    columns = [0b000111, 0b111000, 0b011110]
    assert cheapest_cover(0b111111, columns, [1, 1, 1]) == ((0, 1), True)


def test_a_row_without_a_column_is_refused() -> None:
    with pytest.raises(ValueError, match="covered by no column"):
        cheapest_cover(0b11, [0b01], [1])


def test_a_wide_function_is_expanded_without_being_listed() -> None:
    one = "0" * 19 + "1"
    f = function(20, cubes("1" * 20, "1" * 19 + "0", one), off=cubes("0" * 20))
    found = minimize(f)
    assert cost(found) <= (2, 2)
    assert all(any(contains(c, point) for c in found) for point in f.on)
    assert not any(contains(c, f.off[0]) for c in found)


def test_constants_need_no_or_an_empty_cube() -> None:
    assert minimize(labelled("0-00")) == ()
    assert minimize(labelled("11-1")) == (Cube(0, 0),)


def test_minterms_of_a_cover_are_listed_once() -> None:
    assert minterms_of(cubes("1-", "-1"), 2) == (1, 2, 3)


def test_a_listed_function_of_many_inputs_becomes_small() -> None:
    size = 1 << 12
    full = size - 1
    on = [n for n in range(size) if n >> 3 & 1 or not n >> 7 & 3]
    f = Function(
        width=12,
        on=tuple(Cube(full, n) for n in on),
        off=tuple(Cube(full, n) for n in sorted(set(range(size)) - set(on))),
    )
    assert cost(minimize(f)) == (2, 3)


def test_tables_too_tangled_to_compare_are_refused() -> None:
    left = [Cube(0x000FFF, n) for n in range(2000)]
    right = [Cube(0xFFF000, n << 12) for n in range(2000)]
    with pytest.raises(CoverTooLarge, match="too many overlapping rows"):
        list(overlaps([*left, *right]))
