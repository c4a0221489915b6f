"""Intervals and tests against slow ways to compute them."""

from __future__ import annotations

import random
import statistics
import time
from fractions import Fraction
from itertools import product
from math import isclose, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtlgen.evaluation import resampling
from rtlgen.evaluation.resampling import bootstrap_mean, sign_flip_p_value
from rtlgen.evaluation.statistics import exact_pass_at_k

rates = st.tuples(st.integers(1, 10), st.integers(0, 10)).map(
    lambda pair: Fraction(min(pair), max(pair[0], pair[1], 1))
)


def plain_sums(values: list[int], resamples: int, seed: int) -> list[int]:
    """The same draws, added one by one."""
    picks = resampling._picks(len(values), resamples, seed)
    return [sum(values[pick] for pick in picks[at::resamples]) for at in range(resamples)]


@given(
    st.lists(st.integers(0, 2**24 - 1), min_size=1, max_size=256),
    st.integers(1, 70),
    st.integers(0, 3),
)
@settings(max_examples=50)
def test_the_lanes_add_what_a_loop_adds(values: list[int], resamples: int, seed: int) -> None:
    found = list(resampling._sums(values, resamples, seed))
    assert sorted(found) == sorted(plain_sums(values, resamples, seed))


def test_the_lanes_hold_the_largest_sums() -> None:
    values = [2**24 - 1] * 256
    assert set(resampling._sums(values, 9, 0)) == {256 * (2**24 - 1)}


def test_every_problem_is_drawn_alike() -> None:
    picks = resampling._picks(156, 10_000, 0)
    assert len(picks) == 1_560_000
    numbers = [picks.count(problem) for problem in range(256)]
    assert not any(numbers[156:])
    spread = sum((number - 10_000) ** 2 / 10_000 for number in numbers[:156])
    assert 90 < spread < 235  # chi-squared with 155 degrees of freedom


@given(st.lists(rates, min_size=1, max_size=40), st.integers(0, 5))
@settings(max_examples=50)
def test_the_interval_holds_the_mean_and_stays_within_the_values(
    values: list[Fraction], seed: int
) -> None:
    found = bootstrap_mean(values, resamples=1_000, seed=seed)
    assert isclose(found.value, statistics.fmean(values))
    assert float(min(values)) <= found.low <= found.value <= found.high <= float(max(values))


@given(st.lists(rates, min_size=1, max_size=40))
@settings(max_examples=50)
def test_turning_the_values_around_turns_the_interval(values: list[Fraction]) -> None:
    found = bootstrap_mean(values, resamples=500)
    turned = bootstrap_mean([-value for value in values], resamples=500)
    assert (turned.low, turned.value, turned.high) == (-found.high, -found.value, -found.low)


def test_the_interval_is_as_wide_as_theory_says() -> None:
    draw = random.Random(2)
    values = [Fraction(draw.randint(0, 10), 10) for _ in range(156)]
    found = bootstrap_mean(values)
    half = 1.96 * statistics.pstdev(map(float, values)) / sqrt(len(values))
    assert found.low == pytest.approx(found.value - half, abs=0.004)
    assert found.high == pytest.approx(found.value + half, abs=0.004)


def test_the_numbers_are_the_same_everywhere() -> None:
    """They come from SHAKE-128 and integers, so that no version of Python changes them."""
    values = [Fraction(c % 11, 10) for c in range(50)]
    found = bootstrap_mean(values, seed=7)
    assert (found.low, found.value, found.high) == (0.382, 0.47, 0.558)
    other = bootstrap_mean(values, seed=9, resamples=999)
    assert (other.low, other.value, other.high) != (found.low, found.value, found.high)


def test_equal_values_have_no_interval() -> None:
    third = bootstrap_mean([Fraction(1, 3)] * 49)
    assert third.low == third.value == third.high == 1 / 3


def test_more_problems_than_a_byte_counts_are_drawn_one_by_one() -> None:
    values = [Fraction(at % 2) for at in range(400)]
    found = bootstrap_mean(values, resamples=2_000)
    assert found.low == pytest.approx(0.5 - 0.049, abs=0.006)
    assert found.high == pytest.approx(0.5 + 0.049, abs=0.006)


def test_values_with_unlike_denominators_lose_next_to_nothing() -> None:
    values = [exact_pass_at_k(50 + at, 10 + at // 2, 20) for at in range(60)]
    found = bootstrap_mean(values, resamples=1_000)
    floats = sorted(
        statistics.fmean(float(values[pick]) for pick in draw)
        for draw in (resampling._picks(60, 1_000, 0)[at::1_000] for at in range(1_000))
    )
    assert found.low == pytest.approx(floats[25], abs=1e-7)
    assert found.high == pytest.approx(floats[-26], abs=1e-7)


@pytest.mark.parametrize(
    ("count", "resamples", "confidence"), [(0, 10, 0.95), (1, 0, 0.95), (1, 10, 0.0), (1, 10, 1.0)]
)
def test_what_has_no_interval_is_refused(count: int, resamples: int, confidence: float) -> None:
    with pytest.raises(ValueError, match=f"{count} values, {resamples} resamples"):
        bootstrap_mean([Fraction(1)] * count, resamples=resamples, confidence=confidence)


def test_a_benchmark_takes_milliseconds() -> None:
    """Generously: 0.04 s on an idle machine."""
    draw = random.Random(1)
    counts = [draw.randint(0, 10) for _ in range(156)]
    before = time.process_time()
    for k in (1, 2, 3, 5, 10):
        bootstrap_mean([exact_pass_at_k(10, c, k) for c in counts])
    assert time.process_time() - before < 0.5


def brute_p_value(values: list[Fraction]) -> float:
    observed = abs(sum(values, Fraction()))
    flips = product((1, -1), repeat=len(values))
    sums = [sum((s * v for s, v in zip(signs, values, strict=True)), Fraction()) for signs in flips]
    return sum(abs(total) >= observed for total in sums) / len(sums)


differences = st.lists(st.tuples(rates, rates).map(lambda pair: pair[0] - pair[1]), max_size=7)


@given(differences)
def test_the_p_value_counts_all_signs(values: list[Fraction]) -> None:
    found = sign_flip_p_value(values)
    assert found.exact
    assert found.value == pytest.approx(brute_p_value(values), rel=1e-12)
    assert sign_flip_p_value([-value for value in values]) == found


def test_no_difference_is_no_evidence() -> None:
    assert sign_flip_p_value([]).value == 1.0
    assert sign_flip_p_value([Fraction(0)] * 20).value == 1.0
    assert sign_flip_p_value([Fraction(1, 2), Fraction(-1, 2)]).value == 1.0


def test_many_differences_one_way_are_evidence() -> None:
    assert sign_flip_p_value([Fraction(1, 10)] * 10).value == 2 / 1024


def test_differences_with_too_many_sums_are_drawn() -> None:
    draw = random.Random(5)
    values = [Fraction(draw.randint(-500_000, 700_000), 999_983) for _ in range(60)]
    found = sign_flip_p_value(values)
    assert not found.exact
    assert found == sign_flip_p_value(values)
    mean, spread = sum(values), sqrt(sum(float(v) ** 2 for v in values))
    normal = 2 * (1 - statistics.NormalDist().cdf(float(abs(mean)) / spread))
    assert found.value == pytest.approx(normal, abs=0.02)
