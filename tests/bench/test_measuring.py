"""The whole way, on problems of our own: mutants, completions, and proofs about them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from agreement_judging import Given, Job, Part, judged
from agreement_table import Kind, kind
from testbench_made import Making
from testbench_quality import Case, measure
from testbench_table import score

from tests.evaluation.exploits.problems import (
    COUNTER,
    SELECTOR,
    Dialect,
    module,
    problem,
    right,
    wrong,
)

V1 = "verilog-eval-v1-human"
PLANNED = Making(closing=False)


@pytest.mark.icarus
def test_a_testbench_beside_an_official_test() -> None:
    row = measure(
        Case(benchmark=V1, problem=problem(COUNTER, Dialect.V1), making=PLANNED, mutants=4)
    )
    found = score(row)
    assert (found.eval0, found.eval1, row["official_fault"]) == (True, True, "")
    assert len(row["mutants"]) == 4
    assert found.killed + found.open == found.distinct > 0
    assert row["cpu_seconds"] >= 0


@pytest.mark.icarus
def test_an_official_test_that_does_not_run_compares_with_nothing() -> None:
    own = problem(SELECTOR, Dialect.V1)
    object.__setattr__(own, "test", own.test.replace("endmodule", "endmodule )", 1))
    row = measure(Case(benchmark=V1, problem=own, making=PLANNED, mutants=2))
    found = score(row)
    assert row["official_fault"]
    assert (found.official_killed, found.killed, found.distinct) == (None, 2, 2)


@pytest.mark.icarus
def test_a_reference_that_cannot_be_read_is_said() -> None:
    broken = problem(SELECTOR, Dialect.V1)
    object.__setattr__(broken, "golden", "module top_module(")
    row = measure(Case(benchmark=V1, problem=broken, making=PLANNED, mutants=4))
    assert row["eval0"] is False
    assert "InvalidDesign" in row["reason"]


@pytest.mark.icarus
def test_without_formal_parts_there_is_no_reference_by_fragments() -> None:
    making = Making(reference="fragments")
    row = measure(
        Case(benchmark=V1, problem=problem(SELECTOR, Dialect.V1), making=making, mutants=2)
    )
    assert row["eval0"] is None


WEAK = replace(
    SELECTOR,
    name="own_weak_selector",
    stimulus="    {a, b, less} <= 1'b0;\n    repeat(60) @(posedge clk)\n      {a, b} <= $random;\n",
)
"""Its test never asks for a difference."""


@pytest.mark.icarus
def test_completions_are_judged_and_disputes_are_proved() -> None:
    other = "  assign y = {1'b0, a} + (less ? ~{1'b0, b} + 9'd1 : {1'b0, b});"
    texts = {
        "right": right(WEAK, Dialect.V1),
        "other": module("top_module", WEAK.ports, other),
        "wrong": wrong(WEAK, Dialect.V1),
        "no": "module top_module(",
    }
    given = tuple(Given(key=key, text=text) for key, text in texts.items())
    part = Part(benchmark=V1, problem=problem(WEAK, Dialect.V1), given=given)
    found = judged(Job(parts=(part,), making=PLANNED, prove_passes=True))
    rows = {key: {"task": part.problem.task_id} for key in texts}
    for row in (row for few in found.values() for row in few):
        rows[row["key"]] |= row
    kinds = {key: kind(_NOTHING | row) for key, row in rows.items()}
    assert kinds == {
        "right": Kind.RIGHT,
        "other": Kind.RIGHT,
        "wrong": Kind.TOO_WEAK,
        "no": Kind.WRONG,
    }
    assert [rows[key].get("proof") for key in texts] == ["proved", "proved", "refuted", None]
    assert rows["wrong"]["replayed"] is True


_NOTHING = {"proof": "", "replayed": None}


@pytest.mark.icarus
def test_what_is_known_is_not_asked_again() -> None:
    known = {
        "ours": {"key": "k", "ours": True, "said": "", "cause": "none"},
        "official": {"key": "k", "functional": True, "strict": True, "official_said": ""},
    }
    one = Given(key="k", text="nonsense", known=known)
    part = Part(benchmark=V1, problem=problem(SELECTOR, Dialect.V1), given=(one,))
    assert judged(Job(parts=(part,), making=PLANNED)) == {"ours": [], "official": [], "proof": []}
