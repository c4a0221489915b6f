"""Answers to a specification that nothing fixes: labels by agreement, and only by enough of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rtlgen.data.bench_blind import Polled
from rtlgen.data.bench_task import BenchTask
from rtlgen.data.ruled import Ruled
from rtlgen.design.quorum import NARROW
from sim.design import Design

SPEC = """# Twice the input

Module name: `twice`

## Inputs
- `a[3:0]`: a number

## Outputs
- `y[4:0]`: twice that number
"""
TWICE = "module twice(input [3:0] a, output [4:0] y);\n  assign y = {a, 1'b0};\nendmodule\n"
SUM = TWICE.replace("{a, 1'b0}", "a + a")
OFF = TWICE.replace("1'b0", "1'b1")
BROKEN = TWICE.replace("assign", "asign")
TEXTS = (*[TWICE, SUM] * 6, OFF, BROKEN)
TASK = BenchTask(
    spec=SPEC,
    designs=tuple(Design(top="twice", sources={"twice.v": text}) for text in TEXTS),
    poll=Polled(answers=14, independent=tuple(range(14)), temperature=0.8),
)


def statuses(found: list[Ruled]) -> list[str]:
    return ["" if one.verdict is None else one.verdict.status for one in found]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RTLGEN_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.mark.icarus
def test_enough_agreement_is_a_label_and_says_how_far_it_is_trusted() -> None:
    found = TASK()
    assert statuses(found) == ["pass"] * 12 + ["fail"] * 2
    right, off, broken = found[0].verdict, found[12].verdict, found[13].verdict
    assert right is not None
    assert off is not None
    assert broken is not None
    assert right.judge.startswith("agreement of 12 of 14 answers")
    assert right.trust is not None
    assert 0.8 <= right.trust < 1
    assert off.trust == right.trust
    assert off.category == "runtime mismatch"
    assert "y" in found[12].evidence
    assert broken.category == "elaboration"
    assert broken.trust is None


@pytest.mark.icarus
def test_too_little_agreement_is_no_label() -> None:
    polled = Polled(answers=20, independent=tuple(range(14)), temperature=0.8)
    found = replace(TASK, poll=polled)()
    assert statuses(found) == [""] * 13 + ["fail"]
    assert found[0].evidence == (
        "agreement is no verdict: 12 of 20 answers behave alike, 75% are the least"
    )


@pytest.mark.icarus
def test_agreement_of_a_model_that_only_writes_modules_is_no_label() -> None:
    polled = Polled(answers=14, independent=tuple(range(14)), temperature=0.8, narrow=True)
    found = replace(TASK, poll=polled)()
    assert statuses(found) == [""] * 13 + ["fail"]
    assert found[0].evidence == f"agreement is no verdict: {NARROW}"


def test_designs_that_no_model_was_asked_for_are_not_judged_by_agreement() -> None:
    found = replace(TASK, poll=None)()
    assert statuses(found) == [""] * 14
    assert "nothing to judge by" in found[0].evidence
