from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlgen.design.groups import agrees, first_difference, group_by_behavior, supports

ROWS = st.lists(st.text(alphabet="01xz", min_size=2, max_size=2), min_size=3, max_size=3)


def test_designs_that_show_the_same_are_one_group_the_largest_first() -> None:
    groups = group_by_behavior([["0", "1"], ["1", "1"], None, ["1", "1"], ["1", "x"]])
    assert [group.members for group in groups] == [(1, 3), (0,), (4,)]
    assert [group.unknown for group in groups] == [0, 0, 0.5]


def test_nothing_observed_is_no_group() -> None:
    assert group_by_behavior([None, None]) == ()
    assert supports((), ()) == []


@given(st.lists(st.none() | ROWS, max_size=8))
def test_every_observed_design_is_in_one_group(traces: list[list[str] | None]) -> None:
    members = [m for group in group_by_behavior(traces) for m in group.members]
    assert sorted(members) == [n for n, rows in enumerate(traces) if rows is not None]


@given(st.lists(ROWS, min_size=1, max_size=6))
def test_nearness_is_the_mean_share_of_the_others(traces: list[list[str]]) -> None:
    groups = group_by_behavior(traces)
    voters = range(len(traces))
    for group, support in zip(groups, supports(groups, voters), strict=True):
        own, *_ = group.members
        others = [rows for n, rows in enumerate(traces) if n != own]
        alike = sum(
            a == b and not set(a) & set("xz")
            for rows in others
            for a, b in zip(group.rows, rows, strict=True)
        )
        found = support.nearness(len(traces), own=True)
        assert found == pytest.approx(alike / (3 * len(others)) if others else 0)


def test_who_does_not_vote_is_compared_with_all_voters() -> None:
    groups = group_by_behavior([["0", "0"], ["0", "1"]])
    near = supports(groups, {0})
    assert near[1].nearness(1, own=False) == 0.5
    assert near[0].nearness(1, own=True) == 0.0


def test_groups_must_have_been_observed_at_the_same_samples() -> None:
    with pytest.raises(ValueError, match="shorter"):
        supports(group_by_behavior([["0", "1"], ["0"]]), {0, 1})


def test_open_bits_agree_with_anything() -> None:
    assert agrees(["1-", "--"], ["1x", "z0"])
    assert first_difference(["1-", "00"], ["10", "0x"]) == 1
    assert first_difference(["1-", "00"], ["10", "0-"]) is None
