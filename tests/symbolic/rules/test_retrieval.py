"""The rules that fit a design come first."""

from __future__ import annotations

import pytest

from symbolic.dataflow.module import Dataflow
from symbolic.rules.retrieval import features, retrieve, tokens
from symbolic.rules.rule import Goal
from tests.symbolic.modules import modules_of

_UNIT = """
module unit(input sub, input [7:0] a, input [7:0] b, output [7:0] y);
  assign y = sub ? a - b : a + b;
endmodule
"""
_LADDER = """
module ladder(input [7:0] x, input [7:0] a, input [7:0] b, output reg [7:0] y);
  always @*
    if (x == 8'd1) y = a;
    else if (x == 8'd2) y = b;
    else if (x == 8'd3) y = a ^ b;
    else y = 8'd0;
endmodule
"""
_STORE = """
module store(input clk, input we, input [3:0] wa, input [3:0] ra, input [7:0] d,
             output [7:0] q);
  reg [7:0] words [0:15];
  always @(posedge clk) if (we) words[wa] <= {d[7:4], 4'd0};
  assign q = words[ra];
endmodule
"""


@pytest.fixture(scope="module")
def designs() -> dict[str, Dataflow]:
    return dict(zip(("unit", "ladder", "store"), modules_of(_UNIT, _LADDER, _STORE), strict=True))


def _names(module: Dataflow, query: str = "", *, goal: Goal = Goal.AREA, k: int = 8) -> list[str]:
    return [found.rule.name for found in retrieve(module, goal, query, k)]


@pytest.mark.parametrize(
    ("design", "wanted", "among"),
    [
        ("unit", "shared-add-subtract", 3),
        ("ladder", "priority-to-parallel", 3),
        ("store", "memory-bits", 4),
    ],
)
def test_a_design_suggests_its_rules(
    designs: dict[str, Dataflow], design: str, wanted: str, among: int
) -> None:
    assert wanted in _names(designs[design], k=among)


def test_words_of_the_query_count_more_than_the_design(designs: dict[str, Dataflow]) -> None:
    assert "redundant-reset" not in _names(designs["unit"], k=3)
    assert "redundant-reset" in _names(designs["unit"], "registers whose reset is never seen", k=3)


def test_rules_for_another_goal_come_later(designs: dict[str, Dataflow]) -> None:
    query = "balanced trees of terms"
    assert _names(designs["unit"], query, goal=Goal.DELAY)[0] == "tree-balancing"
    by_area = {f.rule.name: f.score for f in retrieve(designs["unit"], Goal.AREA, query, 99)}
    by_delay = {f.rule.name: f.score for f in retrieve(designs["unit"], Goal.DELAY, query, 99)}
    assert by_area["shared-add-subtract"] > by_delay["shared-add-subtract"]


def test_at_most_k_are_returned_best_first(designs: dict[str, Dataflow]) -> None:
    found = retrieve(designs["ladder"], Goal.AREA, k=5)
    assert len(found) == 5
    assert [f.score for f in found] == sorted((f.score for f in found), reverse=True)
    assert retrieve(designs["ladder"], Goal.AREA, k=5) == found


def test_words_and_symbols_that_mean_the_same_are_one_word() -> None:
    assert list(tokens("Adders of a + b")) == ["sum", "sum"]
    assert list(tokens("s ? x : y")) == ["mux"]
    assert list(tokens("multiplexers, branches")) == ["mux", "mux"]


def test_features_name_operations_and_patterns(designs: dict[str, Dataflow]) -> None:
    assert {"sum", "difference", "mux"} <= set(features(designs["unit"]))
    assert "memory" in features(designs["store"])
    assert "priority" in features(designs["ladder"])
