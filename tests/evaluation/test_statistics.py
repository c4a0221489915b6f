"""pass@k against its definition."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlgen.evaluation.statistics import (
    Tally,
    exact_pass_at_k,
    pass_at_k,
)


@st.composite
def counts(draw: st.DrawFn, most: int = 9) -> tuple[int, int, int]:
    n = draw(st.integers(1, most))
    return n, draw(st.integers(0, n)), draw(st.integers(1, n))


@given(counts())
def test_it_is_the_share_of_all_subsets_that_hold_a_pass(ncks: tuple[int, int, int]) -> None:
    n, c, k = ncks
    subsets = list(combinations([True] * c + [False] * (n - c), k))
    assert exact_pass_at_k(n, c, k) == Fraction(sum(map(any, subsets)), len(subsets))


@given(counts(most=3_000))
def test_it_grows_with_k_and_with_passes(ncks: tuple[int, int, int]) -> None:
    n, c, k = ncks
    value = exact_pass_at_k(n, c, k)
    assert 0 <= value <= 1
    assert value <= exact_pass_at_k(n, c, min(k + 1, n))
    assert value <= exact_pass_at_k(n, min(c + 1, n), k)


@given(counts(most=400))
def test_it_is_the_product_of_the_paper(ncks: tuple[int, int, int]) -> None:
    n, c, k = ncks
    product = Fraction(1)
    for i in range(n - c + 1, n + 1):
        product *= 1 - Fraction(k, i)
    expected = 1 - product if n - c >= k else Fraction(1)
    assert exact_pass_at_k(n, c, k) == expected


def test_its_ends() -> None:
    assert pass_at_k(10, 0, 10) == 0.0
    assert pass_at_k(10, 10, 1) == 1.0
    assert pass_at_k(10, 3, 1) == 0.3
    assert pass_at_k(10, 1, 10) == 1.0


def test_nothing_cancels_or_takes_long_where_there_are_many_samples() -> None:
    assert pass_at_k(10**6, 1, 1) == 1e-6
    assert pass_at_k(10**6, 1, 123_456) == 0.123456
    assert pass_at_k(10**6, 250_000, 500_000) == 1.0
    assert pass_at_k(10**9, 10**4, 10**4) == pytest.approx(1 - 0.9048374, abs=1e-6)


@pytest.mark.parametrize(("n", "c", "k"), [(5, 1, 6), (5, 6, 1), (5, -1, 1), (5, 1, 0), (0, 0, 1)])
def test_it_is_not_defined_everywhere(n: int, c: int, k: int) -> None:
    with pytest.raises(ValueError, match=f"pass@{k} of {n} samples with {c} passes"):
        exact_pass_at_k(n, c, k)


def test_a_tally_is_of_judged_samples() -> None:
    with pytest.raises(ValueError, match="3 passes among 2 judged samples"):
        Tally(judged=2, passed=3)
