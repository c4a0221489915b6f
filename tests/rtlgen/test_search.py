"""What is asked for next: best first, with rollback, and never repairs alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlgen.design.candidate import Candidate
from rtlgen.design.search import MOST_REPAIRS, best_of, next_actions
from sim.design import Design
from sim.verdict import Cause, Status, Verdict

DESIGN = Design(top="m", sources={"m.v": "module m; endmodule\n"})


def failed(mismatches: int) -> Verdict:
    return Verdict(
        status=Status.FAIL,
        cause=Cause.MISMATCH,
        reason="x",
        checked=100,
        expected=100,
        mismatches=mismatches,
    )


SYNTAX = Verdict(status=Status.FAIL, cause=Cause.SYNTAX, reason="x")
PASS = Verdict(status=Status.PASS, reason="x", checked=1, expected=1)


def candidates(*entries: tuple[int | None, Verdict | None]) -> list[Candidate]:
    return [
        Candidate(
            proposer="test",
            origin="propose",
            number=number,
            parent=parent,
            design=None if verdict is None else DESIGN,
            verdict=verdict,
        )
        for number, (parent, verdict) in enumerate(entries)
    ]


def repaired(found: list[Candidate], **options: int) -> list[int | None]:
    actions = next_actions(found, **{"width": 4, "turn": 1} | options)  # type: ignore[arg-type]
    return [action.parent.number if action.parent else None for action in actions]


def test_half_repairs_the_best_and_half_starts_afresh() -> None:
    found = candidates((None, failed(90)), (None, failed(1)), (None, SYNTAX))
    assert repaired(found) == [1, 1, None, None]


def test_the_best_gets_tired() -> None:
    found = candidates((None, failed(10)), (None, failed(20)))
    assert repaired(found, width=6) == [0, 1, 0, None, None, None]


def test_a_repair_that_made_it_worse_is_rolled_back() -> None:
    found = candidates((None, failed(10)), (0, failed(50)))
    assert repaired(found, width=2) == [0, None]


def test_a_repair_that_made_it_better_is_built_upon() -> None:
    found = candidates((None, failed(50)), (0, failed(10)))
    assert repaired(found, width=2) == [1, None]


def test_a_single_answer_alternates() -> None:
    found = candidates((None, failed(50)))
    assert [repaired(found, width=1, turn=turn) for turn in (1, 2, 3)] == [[0], [None], [0]]


@pytest.mark.parametrize("verdict", [None, PASS])
def test_what_cannot_be_repaired_is_started_afresh(verdict: Verdict | None) -> None:
    assert repaired(candidates((None, verdict))) == [None] * 4


def test_a_candidate_is_not_repaired_for_ever() -> None:
    found = candidates((None, failed(5)), *[(0, failed(50))] * MOST_REPAIRS)
    assert repaired(found) == [None] * 4


def test_a_model_that_cannot_repair() -> None:
    found = candidates((None, failed(5)))
    assert all(
        a.parent is None for a in next_actions(found, width=3, turn=1, worth=lambda _: False)
    )


@given(
    st.lists(
        st.one_of(st.none(), st.just(SYNTAX), st.integers(1, 100).map(failed)),
        min_size=1,
        max_size=12,
    ),
    st.integers(1, 9),
    st.integers(1, 5),
)
def test_always_as_many_as_asked_for_and_fresh_starts_among_them(
    verdicts: list[Verdict | None], width: int, turn: int
) -> None:
    found = candidates(*[(None, verdict) for verdict in verdicts])
    actions = next_actions(found, width=width, turn=turn)
    assert len(actions) == width
    assert width == 1 or any(action.parent is None for action in actions)


def test_best_of_equals_is_the_first() -> None:
    found = candidates((None, None), (None, failed(5)), (None, failed(5)))
    best = best_of(found)
    assert best is not None
    assert best.number == 1
    assert best_of(candidates((None, None))) is None
