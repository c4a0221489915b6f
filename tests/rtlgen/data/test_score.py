"""Scores: every step towards a pass counts, and nothing that fails comes near one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtlgen.data.score import score_of, share_met
from rtlgen.evaluation.judgement import Category, Judgement

QUIET = settings(deadline=None)
WORKS = (Category.PASS, Category.WARNING)


def test_what_was_not_judged_has_no_score() -> None:
    assert score_of(Category.NOT_JUDGED, 1.0) is None


@QUIET
@given(st.sampled_from(Category), st.floats(0, 1))
def test_no_failure_comes_near_a_pass(category: Category, share: float) -> None:
    score = score_of(category, share)
    if category in WORKS:
        assert score is not None
        assert score >= 0.95
    elif category is not Category.NOT_JUDGED:
        assert score is not None
        assert 0 <= score <= 0.8


def test_the_steps_are_in_order() -> None:
    steps = [
        score_of(Category.REFUSED, 0),
        score_of(Category.SYNTAX, 0),
        score_of(Category.ELABORATION, 0),
        score_of(Category.TIMEOUT, 0),
        score_of(Category.MISMATCH, 0.0),
        score_of(Category.MISMATCH, 0.9),
        score_of(Category.WARNING, 1),
        score_of(Category.PASS, 1),
    ]
    assert steps == sorted(steps, key=lambda step: step or 0.0)
    assert len(set(steps)) == len(steps)


@QUIET
@given(st.floats(0, 1), st.floats(0, 1))
def test_more_checks_met_score_more(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert (score_of(Category.MISMATCH, low) or 0) <= (score_of(Category.MISMATCH, high) or 0)


@pytest.mark.parametrize(
    ("mismatches", "samples", "expected", "share"),
    [
        (25, 100, 100, 0.75),
        (5, 10, 100, 0.05),
        (0, 0, 0, 0.0),
        (200, 100, 100, 0.0),
        (0, 4, 4, 0.75),
        (0, 1 << 24, 1 << 24, 0.999999),
    ],
)
def test_the_share_is_of_the_expected_checks(
    mismatches: int, samples: int, expected: int, share: float
) -> None:
    judgement = Judgement(
        official=False,
        functional=False,
        category=Category.MISMATCH,
        mismatches=mismatches,
        samples=samples,
        expected_samples=expected,
    )
    assert share_met(judgement) == share
