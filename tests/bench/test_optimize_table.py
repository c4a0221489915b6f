"""The table of rewriting cases: who is compared with whom, means, and what is marked."""

from __future__ import annotations

from typing import Any

import pytest
from optimize_table import at_or_below, compared, lines, markdown, mean, slower, summary


def ppa(area: float, *, cells: int = 10, delay: float = 100.0) -> dict[str, Any]:
    return {
        "cells": cells,
        "wires": 7,
        "cells_nofsm": cells,
        "wires_nofsm": 7,
        "area": area,
        "delay": delay,
        "area_fsm": area,
        "delay_fsm": delay,
    }


def version(area: float, proof: str = "proved", **more: Any) -> dict[str, Any]:
    return {"ppa": ppa(area, **more), "proof": proof, "why": ""}


def row(
    name: str, raw: float, ours: dict[str, Any] | None, **experts: dict[str, Any]
) -> dict[str, Any]:
    return {
        "versions": {"case": name, "versions": {"raw": version(raw), **experts}},
        "ours": {
            "case": name,
            "ppa": ours,
            "proof": "proved: scorr" if ours and ours["area"] < raw else "unchanged",
            "steps": [{"name": "shared-operator"}],
            "left_alone": [],
            "seconds": 2.0,
        },
    }


ROWS = [
    row("a/half", 100, ppa(50, cells=5), expert=version(60), expertb=version(55)),
    row("b/same", 100, ppa(100, delay=120), expert=version(80)),
    row("c/false", 100, ppa(80), expert=version(20, "refuted")),
    row("d/nothing", 0, ppa(0), expert=version(0)),
    row("e/unread", 100, None, expert=version(90)),
]
CASES = [compared(one) for one in ROWS]


def test_the_smallest_expert_that_is_proved_counts() -> None:
    assert [case.expert and case.expert["area"] for case in CASES] == [55, 80, None, 0, 90]
    assert CASES[2].expert_note == "expert refuted"
    assert [case.proof for case in CASES] == [
        "proved",
        "unchanged",
        "proved",
        "unchanged",
        "unchanged",
    ]


def test_means_leave_out_what_is_not_there_or_0() -> None:
    assert mean(CASES, "area", "ours") == (pytest.approx((0.5 * 1.0 * 0.8) ** (1 / 3)), 3)
    assert mean(CASES, "area", "expert") == (pytest.approx((0.55 * 0.8 * 0.9) ** (1 / 3)), 3)
    assert mean(CASES[3:4], "area", "ours") == (None, 0)


def test_at_or_below_is_counted_where_both_are_there() -> None:
    assert at_or_below(CASES) == (2, 3)


def test_what_is_slower_is_named() -> None:
    assert slower(CASES) == ["b/same"]


def test_sums() -> None:
    found = summary(ROWS)
    assert (found["cases"], found["measured"], found["proved"], found["unchanged"]) == (5, 4, 2, 3)
    assert found["share"] == pytest.approx(2 / 3)


def test_table_in_text_and_markdown() -> None:
    text = "\n".join(lines(ROWS))
    assert "a/half" in text
    assert "(expert refuted)" in text
    assert "area at or below the expert's: 2 of 3" in text
    table = list(markdown(ROWS))
    assert {line.count(" | ") for line in table[:1] + table[2:7]} == {6}
