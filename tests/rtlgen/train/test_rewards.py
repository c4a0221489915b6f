"""Rewards as functions of what was seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlgen.errors import UsageError
from rtlgen.evaluation.judgement import Category, Judgement, not_judged
from rtlgen.train.rewards import COMPILED, REWARDS, Seen, in_form, reward_named

MODULE = "module m(output y);\nassign y = 1;\nendmodule"
FAILURES = sorted(set(Category) - {Category.PASS, Category.WARNING, Category.NOT_JUDGED})


def failed(category: Category, *, mismatches: int = 1, samples: int = 10) -> Judgement:
    return Judgement(
        official=False,
        functional=False,
        category=category,
        mismatches=mismatches,
        samples=samples,
        expected_samples=10,
    )


def works(*, official: bool = True) -> Judgement:
    return Judgement(
        official=official,
        functional=True,
        category=Category.PASS if official else Category.WARNING,
        samples=10,
        expected_samples=10,
    )


def earned(
    name: str, judgement: Judgement, *, text: str = MODULE, similarity: float | None = None
) -> float | None:
    return REWARDS[name](Seen(completion=text, judgement=judgement, similarity=similarity))


@pytest.mark.parametrize("name", REWARDS)
def test_not_judged_is_none_and_never_a_number(name: str) -> None:
    assert earned(name, not_judged("the machine failed")) is None


@pytest.mark.parametrize("official", [True, False])
def test_a_design_that_works_earns_the_most(official: bool) -> None:
    found = {name: earned(name, works(official=official)) for name in REWARDS}
    assert found == {name: reward.highest for name, reward in REWARDS.items()}
    assert found["verireason"] == pytest.approx(2.1)


def test_verireason_as_published_where_something_fails() -> None:
    mismatch = failed(Category.MISMATCH)
    prose = f"Here it is: {MODULE}"
    assert earned("verireason", mismatch, text=prose, similarity=0.5) == pytest.approx(0.6)
    assert earned("verireason", mismatch, similarity=0.5) == pytest.approx(0.7)
    assert earned("verireason", mismatch, text=prose) == pytest.approx(0.1)
    assert earned("verireason", mismatch, similarity=7.0) == pytest.approx(1.2)
    assert earned("verireason", failed(Category.SYNTAX), text=prose) == 0.0
    assert earned("verireason", failed(Category.SYNTAX)) == pytest.approx(0.1)
    assert earned("verireason", works(), text=prose) == 2.0


@pytest.mark.parametrize(
    ("mismatches", "samples", "expected"),
    [(1, 10, 0.9), (10, 10, 0.0), (0, 10, 0.9), (2, 5, 0.3), (20, 10, 0.0), (0, 99, 0.9)],
)
def test_share_counts_against_the_expected_checks(
    mismatches: int, samples: int, expected: float
) -> None:
    seen = failed(Category.MISMATCH, mismatches=mismatches, samples=samples)
    assert earned("share", seen) == pytest.approx(expected)


@pytest.mark.parametrize("category", FAILURES)
def test_only_what_compiles_and_ends_earns_for_that(category: Category) -> None:
    ended = category in COMPILED
    assert earned("compile", failed(category)) == float(ended)
    assert earned("share", failed(category)) == pytest.approx(0.9 if ended else 0.0)
    assert earned("pass", failed(category)) == 0.0


@pytest.mark.parametrize(
    "category",
    [
        Category.REFUSED,
        Category.TIMEOUT,
        Category.MEMORY,
        Category.OUTPUT,
        Category.INCOMPLETE,
    ],
)
def test_what_is_refused_or_never_ends_earns_the_lowest(category: Category) -> None:
    assert {earned(name, failed(category), similarity=1.0) for name in REWARDS} == {0.0}


@given(
    st.sampled_from([one for one in Category if one in FAILURES]),
    st.integers(0, 20),
    st.integers(0, 20),
    st.none() | st.floats(0, 1),
)
def test_no_failure_is_said_to_pass(
    category: Category, mismatches: int, samples: int, similarity: float | None
) -> None:
    seen = Seen(
        completion=MODULE,
        judgement=failed(category, mismatches=mismatches, samples=samples),
        similarity=similarity,
    )
    for name in ("verireason", "share", "pass"):
        value = REWARDS[name](seen)
        assert value is not None
        assert 0 <= value < REWARDS[name].passes


@pytest.mark.parametrize(
    "text",
    [
        MODULE,
        f"\n{MODULE}\n",
        f"```verilog\n{MODULE}\n```",
        f"<think>It is 1.</think><answer>{MODULE}</answer>",
        f"<think>\n</think>\n<answer>\n```verilog\n{MODULE}\n```</answer>\n",
    ],
)
def test_right_form(text: str) -> None:
    assert in_form(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "```",
        "``````",
        "module",
        f"Sure: {MODULE}",
        f"{MODULE} That is all.",
        f"```verilog\n{MODULE}\n```\nand\n```\nx\n```",
        f"<think>It is 1.<answer>{MODULE}</answer>",
        f"<think>1</think><answer>{MODULE}",
        f"<think>1</think><answer>{MODULE}</answer><answer>{MODULE}</answer>",
        f"<think><think>1</think></think><answer>{MODULE}</answer>",
        f"<answer>{MODULE}</answer><think>1</think>",
    ],
)
def test_wrong_form(text: str) -> None:
    assert not in_form(text)
    assert earned("format", works(), text=text) == 0.0


def test_an_unknown_reward_is_refused() -> None:
    with pytest.raises(UsageError, match=r"one of verireason, .* not 'veriReson'\n\nhint: did you"):
        reward_named("veriReson")
    assert reward_named("pass") is REWARDS["pass"]
