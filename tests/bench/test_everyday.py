"""What the bench of everyday specifications makes of runs."""

from __future__ import annotations

import everyday
import pytest


def row(outcome: str, *, right: bool | None, answers: int = 3) -> everyday.Row:
    return {
        "outcome": outcome,
        "right": right,
        "right_answers": answers,
        "answers": 16,
        "seconds": 9.5,
        "against": [],
        "rests_on": ["agreement of 15 of 16 answers"],
        "reason": "so",
    }


ROWS = {
    "pwm": row("verified", right=True),
    "shift_out": row("verified", right=False),
    "clamp": row("trusted", right=True),
    "one_shot": row("not judged", right=True),
    "thermostat": row("failed", right=None, answers=0),
}


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("pwm", "right"),
        ("shift_out", "wrong"),
        ("clamp", "right"),
        ("one_shot", "not verified"),
        ("thermostat", "not verified"),
    ],
)
def test_only_what_was_claimed_counts(name: str, counts: str) -> None:
    assert everyday.verdict(ROWS[name]) == counts


def test_a_claim_that_nobody_could_confirm_is_no_right_one() -> None:
    assert everyday.verdict(row("verified", right=None)) == "wrong"


def test_the_sums_keep_the_first_ten_apart() -> None:
    sums = everyday.summary(ROWS)["sums"]
    assert sums["before any corpus"] == {
        "specifications": 2,
        "verified": 2,
        "verified_and_right": 1,
        "trusted": 0,
        "claimed_and_wrong": 1,
        "some_answer_right": 2,
    }
    assert sums["before training"]["trusted"] == 1
    assert sums["all"]["specifications"] == 5
    assert "all: 5 specifications; failed not verified 1" in "\n".join(everyday.lines(ROWS))


def test_every_specification_has_golden_rtl() -> None:
    found = everyday.names(everyday.FOLDER, [])
    texts = {path.stem for path in everyday.FOLDER.glob("*.md")} - {"README"}
    assert set(found) == texts
    assert set(everyday.FIRST) < texts
    assert len(found) == 20
    with pytest.raises(SystemExit, match="no such specification: nothing"):
        everyday.names(everyday.FOLDER, ["nothing"])


@pytest.mark.icarus
def test_golden_rtl_tells_right_answers_from_wrong_ones() -> None:
    golden = everyday.FOLDER / "clamp.v"
    text = golden.read_text()
    run = {
        "candidates": [
            {"number": 0, "sources": {}},
            {
                "number": 1,
                "sources": {"clamp.v": text.replace("value < minimum", "minimum > value")},
            },
            {"number": 2, "sources": {"clamp.v": text.replace("value < m", "value <= m")}},
        ],
    }
    found = everyday.looked_at({**run, "chosen": 2}, golden, golden.with_suffix(".md"))
    assert (found["right"], found["right_answers"]) == (False, 1)
