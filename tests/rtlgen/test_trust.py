from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlgen.design.trust import FITTED, Signs, Weights, trust

NOTHING = Signs(
    agreement=0.0,
    others=9,
    nearness=0.0,
    voters=9,
    unknown=0.0,
    contradicts=0.0,
    complaint=0.0,
    confirmed=0.0,
    shown=0.0,
    refuted=0.0,
)
FOR = ("agreement", "nearness", "confirmed", "shown")


def test_every_sign_has_a_weight() -> None:
    assert {field.name for field in fields(Weights)} == {*NOTHING.measured(), "constant"}


@pytest.mark.parametrize("name", list(NOTHING.measured()))
def test_a_sign_speaks_for_a_design_or_against_it(name: str) -> None:
    with_it = trust(replace(NOTHING, **{name: 1.0}))
    assert (with_it > trust(NOTHING)) == (name in FOR)


def test_a_design_like_no_other_is_not_trusted_and_a_lone_one_neither_nor() -> None:
    assert trust(NOTHING) < 0.2
    assert 0.2 < trust(replace(NOTHING, others=0, voters=0)) < 0.7


def test_more_designs_that_agree_are_trusted_more() -> None:
    trusts = [
        trust(replace(NOTHING, agreement=1.0, nearness=1.0, others=n, voters=n))
        for n in (0, 1, 2, 9, 63)
    ]
    assert trusts == sorted(trusts)


def test_a_design_that_fails_what_the_specification_says_is_not_trusted_by_agreement() -> None:
    assert trust(replace(NOTHING, agreement=0.9, nearness=1.0, refuted=1.0)) < 0.5


def test_agreement_and_a_table_together_are_trusted() -> None:
    assert trust(replace(NOTHING, agreement=0.9, nearness=1.0, confirmed=1.0)) > 0.9


SHARES = {name: st.floats(0, 1) for name in NOTHING.measured()}
COUNTS = {name: st.integers(0, 999) for name in ("others", "voters")}


@given(st.builds(Signs, **SHARES, **COUNTS))
def test_trust_is_a_probability(signs: Signs) -> None:
    assert 0 < trust(signs, FITTED) < 1
