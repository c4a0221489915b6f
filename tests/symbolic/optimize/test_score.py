"""What is better than what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.design import Design
from symbolic.optimize_score import Bar, churn_of, cost, length_of
from symbolic.ppa import Ppa
from symbolic.rules.rule import Goal


def ppa(area: float, delay: float, power: float | None = None) -> Ppa:
    return Ppa(area=area, delay=delay, levels=1, flip_flops=0, power=power)


def design(words: int) -> Design:
    return Design(top="m", sources={"m.v": "x\n" * words})


def bar(goal: Goal = Goal.AREA, slack: float = 0.05) -> Bar:
    return Bar(goal=goal, original=design(100), before=ppa(100, 1000), slack=slack)


@pytest.mark.parametrize(
    ("goal", "better", "worse"),
    [
        (Goal.AREA, ppa(9, 50), ppa(10, 5)),
        (Goal.AREA, ppa(10, 4), ppa(10, 5)),
        (Goal.DELAY, ppa(90, 4), ppa(10, 5)),
        (Goal.POWER, ppa(90, 9, power=1), ppa(10, 5, power=2)),
    ],
)
def test_the_goal_comes_first(goal: Goal, better: Ppa, worse: Ppa) -> None:
    assert cost(better, goal) < cost(worse, goal)


def test_equal_but_for_rounding_is_equal() -> None:
    assert cost(ppa(0.1 + 0.2, 7), Goal.AREA) == cost(ppa(0.3, 7), Goal.AREA)


def test_no_more_delay_than_allowed() -> None:
    assert bar().admits(ppa(1, 1050))
    assert not bar().admits(ppa(1, 1051))
    assert bar(slack=0.5).admits(ppa(1, 1500))


def test_longer_text_has_to_pay_for_itself() -> None:
    before = bar().price(ppa(100, 1000), design(100))
    assert bar().price(ppa(99.9, 1000), design(100)) < before
    assert bar().price(ppa(99.9, 1000), design(60)) < before
    assert bar().price(ppa(99, 1000), design(150)) > before
    assert bar().price(ppa(89, 1000), design(150)) < before
    assert bar().price(ppa(79, 1000), design(10_000)) < before


def test_the_price_of_text_can_be_another() -> None:
    free, dear = replace(bar(), text_price=0.0), replace(bar(), text_price=3.0)
    before = free.price(ppa(100, 1000), design(100))
    assert free.price(ppa(99.9, 1000), design(10_000)) < before
    assert dear.price(ppa(79, 1000), design(200)) > before
    assert dear.price(ppa(99.9, 1000), design(100)) < before


def test_of_equal_figures_the_shorter_text_is_better() -> None:
    assert bar().price(ppa(50, 9), design(90)) < bar().price(ppa(50, 9), design(99))


def test_comments_and_layout_have_no_length() -> None:
    plain = Design(top="m", sources={"m.v": "module m;endmodule"})
    spread = Design(top="m", sources={"m.v": "// says much\nmodule  m ;\n\nendmodule /* end */\n"})
    assert length_of(plain) == length_of(spread) == 4


def test_new_lines_and_lost_comments_are_churn_and_lines_that_go_are_not() -> None:
    old = Design(top="m", sources={"m.v": "one\ntwo  // why\n\nthree\nfour\n"})
    kept = Design(top="m", sources={"m.v": "  one\n two  // why\nfour\n"})
    changed = Design(top="m", sources={"m.v": "one\ntwo\nthree\nfour\n"})
    longer = Design(top="m", sources={"m.v": "one\ntwo  // why\nthree + 0\nfour\n"})
    assert churn_of(old, kept) == 0
    assert churn_of(old, changed) == 0.5
    assert churn_of(old, longer) == 0.25
    # Four words in place of six.
    assert churn_of(longer, old) == pytest.approx(0.25 * 4 / 6)
