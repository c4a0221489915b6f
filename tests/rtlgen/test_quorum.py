"""When agreement is a verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlgen.design.quorum import QUORUM, Poll
from rtlgen.design.trust import Signs

SIGNS = Signs(
    agreement=1.0,
    others=15,
    nearness=1.0,
    voters=15,
    unknown=0.0,
    contradicts=0.0,
    complaint=0.0,
    confirmed=0.0,
    shown=0.0,
    refuted=0.0,
)
POLL = Poll(answers=16, alike=12, trust=0.85, temperature=0.8, signs=SIGNS)


def test_enough_agreement_is_a_verdict() -> None:
    assert list(POLL.against()) == []


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"alike": 11}, "11 of 16 answers behave alike, 75% are the least"),
        ({"answers": 7, "alike": 7}, "7 answers, 8 are the least"),
        ({"trust": 0.79}, "the trust is 0.79, 0.80 is the least"),
        ({"temperature": 0.0}, "answers at temperature 0 say little beside each other"),
        ({"still": ("alarm",)}, "the stimulus never changes output 'alarm'"),
        ({"idle": ("clear",)}, "input 'clear' has no effect under the stimulus"),
        ({"unchecked": ("no time left",)}, "no time left"),
    ],
)
def test_what_is_missing_is_said(changed: dict[str, object], reason: str) -> None:
    (said,) = replace(POLL, **changed).against()  # type: ignore[arg-type]
    assert said.startswith(reason)


@pytest.mark.parametrize("sign", ["refuted", "contradicts", "complaint", "unknown"])
def test_no_agreement_outweighs_a_sign_against(sign: str) -> None:
    poll = replace(POLL, alike=16, trust=0.99, signs=replace(SIGNS, **{sign: 1.0}))  # type: ignore[arg-type]
    assert len(list(poll.against())) == 1


@given(st.integers(0, 64), st.data())
def test_a_verdict_needs_the_share_of_all_answers(answers: int, data: st.DataObject) -> None:
    alike = data.draw(st.integers(0, answers))
    met = not list(replace(POLL, answers=answers, alike=alike).against())
    assert met == (answers >= QUORUM.answers and alike >= QUORUM.share * answers)
