from __future__ import annotations

from typing import Any

import pytest
from testbench_table import complaint, line, score, summary, sums, worst


def mutant(*, ours: bool | None, official: bool | None, proof: str = "") -> dict[str, Any]:
    return {
        "name": "door.v:3: `&` becomes `|`",
        "operator": "operator changed",
        "diff": "",
        "ours": ours,
        "official": official,
        "said": "",
        "proof": proof,
        "proof_reason": "",
    }


KILLED = mutant(ours=False, official=False)
ONLY_OFFICIAL = mutant(ours=True, official=False, proof="refuted")
ONLY_OURS = mutant(ours=False, official=True, proof="refuted")
EQUIVALENT = mutant(ours=True, official=True, proof="proved")


def row(*mutants: dict[str, Any], **changes: object) -> dict[str, Any]:
    return {
        "task": "door",
        "source": "",
        "benchmark": "doors",
        "eval0": True,
        "eval1": True,
        "reason": "",
        "official_fault": "",
        "mutants": list(mutants),
        "seconds": 2.0,
        "cpu_seconds": 1.0,
    } | changes


def test_eval2_needs_agreement_on_four_fifths() -> None:
    assert score(row(*[KILLED] * 8, *[ONLY_OFFICIAL] * 2)).eval2 is True
    assert score(row(*[KILLED] * 7, *[ONLY_OFFICIAL] * 3)).eval2 is False


def test_eval2_needs_a_pass_of_the_reference() -> None:
    assert score(row(KILLED, eval1=False, reason="fail: it counts wrong")).eval2 is False


def test_what_a_proof_decides_for_ours_counts_as_settled() -> None:
    one = score(row(*[KILLED] * 5, *[ONLY_OURS] * 5))
    assert (one.eval2, one.eval2_settled) == (False, True)
    other = score(row(*[KILLED] * 5, *[ONLY_OFFICIAL] * 5))
    assert (other.eval2, other.eval2_settled) == (False, False)


def test_what_two_simulators_show_settles_what_no_proof_does() -> None:
    unsettled = mutant(ours=False, official=True, proof="open")
    shown, seen_once = unsettled | {"shown": True}, unsettled | {"shown": False}
    one = score(row(*[KILLED] * 7, *[shown] * 2, seen_once))
    assert (one.eval2, one.eval2_settled, one.official_misses) == (False, True, 2)
    assert "only ours fails door.v:3" in complaint(one)
    assert "(open; both simulators show it)" in complaint(one)
    assert sums([one])["official_misses"] == {"door": 2}
    assert "passes what is shown to be wrong: 2 mutants (door 2)" in "\n".join(summary(sums([one])))
    assert score(row(*[KILLED] * 7, *[seen_once] * 3)).eval2_settled is False


def test_equivalent_mutants_do_not_count() -> None:
    one = score(row(KILLED, KILLED, EQUIVALENT))
    assert (one.killed, one.distinct, one.equivalent) == (2, 2, 1)
    assert one.survivors == ()


def test_what_is_open_counts_as_missed() -> None:
    one = score(row(KILLED, mutant(ours=True, official=True, proof="open")))
    assert (one.killed, one.distinct, one.open) == (1, 2, 1)


def test_an_equivalent_mutant_that_ours_fails_is_said() -> None:
    wrong = mutant(ours=False, official=True, proof="proved")
    assert "fails 1 proved equivalent" in complaint(score(row(KILLED, wrong)))


def test_an_official_test_that_cannot_judge_is_not_compared_with() -> None:
    alone = mutant(ours=False, official=None)
    one = score(row(alone, official_fault="it does not compile here"))
    assert (one.eval2, one.reaches_official, one.official_killed) == (None, None, None)
    found = sums([one])
    assert found["eval2"] is None
    assert found["killed"] == 100.0
    assert found["without_official"] == ["door"]


def test_scores_are_compared_as_shares() -> None:
    unjudged = mutant(ours=None, official=False)
    assert score(row(KILLED, unjudged)).reaches_official is True
    assert score(row(KILLED, ONLY_OFFICIAL)).reaches_official is False
    assert score(row(KILLED, ONLY_OURS)).reaches_official is True


def test_a_testbench_that_does_not_run_fails_everything() -> None:
    broken = row(eval0=False, eval1=None, reason="InvalidInterface: an inout")
    found = sums([score(row(KILLED)), score(broken)])
    assert (found["eval0"], found["eval1"], found["eval2"]) == (50.0, 50.0, 50.0)
    assert found["reaches_official"] == 50.0


def test_a_problem_without_a_reference_is_left_out() -> None:
    found = sums([score(row(KILLED)), score(row(eval0=None, eval1=None, reason="no table"))])
    assert (found["problems"], found["applicable"], found["eval0"]) == (2, 1, 100.0)


def test_the_worst_come_first_with_their_reasons() -> None:
    rows = [
        row(KILLED, task="fine"),
        row(KILLED, ONLY_OFFICIAL, task="weak"),
        row(eval0=False, eval1=None, reason="a loop", task="broken"),
    ]
    bad = worst([score(one) for one in rows])
    assert [one.task for one, _ in bad] == ["broken", "weak"]
    assert bad[0][1] == "a loop"
    assert "only the official test fails door.v:3" in bad[1][1]


@pytest.mark.parametrize("changes", [{}, {"eval0": None, "reason": "no table"}, {"trust": 0.5}])
def test_lines_and_sums_can_be_shown(changes: dict[str, object]) -> None:
    one = row(KILLED, **changes)
    assert "door" in line(one, score(one))
    assert any("Eval0" in text for text in summary(sums([score(one)])))
    assert summary(sums([]))
