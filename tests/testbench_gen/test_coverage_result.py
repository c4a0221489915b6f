"""Shares, holes, goals and listings, on values."""

from __future__ import annotations

import json
from typing import Any

import pytest

from testbench_gen.coverage_result import Coverage, Kind, Point


def point(kind: Kind = Kind.BRANCH, **values: Any) -> Point:
    given: dict[str, Any] = {"file": "x.v", "line": 1, "what": "if", "hits": 0}
    return Point(kind=kind, **(given | values))


def test_shares_by_kind() -> None:
    found = Coverage(points=(point(hits=2), point(line=2), point(Kind.LINE, hits=1)))
    assert {kind: str(share) for kind, share in found.shares.items()} == {
        Kind.LINE: "1/1",
        Kind.BRANCH: "1/2",
    }


def test_the_share_is_the_mean_over_kinds() -> None:
    bits = [point(Kind.TOGGLE, what=f"q[{i}]:0->1", hits=1) for i in range(100)]
    found = Coverage(points=(*bits, point(Kind.STATE), point(Kind.STATE, line=2, hits=1)))
    assert found.share == pytest.approx(0.75)


def test_what_is_not_measured_has_no_share() -> None:
    found = Coverage(reason="no compiler")
    assert not found.measured
    assert found.share is None
    assert str(found) == "coverage was not measured: no compiler"


def test_a_reason_and_points_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="either measured or has a reason"):
        Coverage(points=(point(),), reason="no compiler")


def test_holes_are_in_the_order_of_the_source() -> None:
    points = (point(line=9), point(line=2, column=8), point(line=2, column=3), point(file="a.v"))
    found = Coverage(points=points)
    places = [(hole.file, hole.line, hole.column) for hole in found.holes]
    assert places == [("a.v", 1, 0), ("x.v", 2, 3), ("x.v", 2, 8), ("x.v", 9, 0)]


def test_one_goal_for_each_condition() -> None:
    rise, fall = (
        point(Kind.TOGGLE, what=f"q:{edge}", conditions=("q == 1'b1",)) for edge in ("0->1", "1->0")
    )
    other = point(line=4, conditions=("a && b",))
    goals = Coverage(points=(rise, fall, other, point(line=5), point(hits=1))).goals()
    assert [goal.condition for goal in goals] == ["q == 1'b1", "a && b"]
    assert goals[1].place == "x.v:4"
    assert goals[0].facts["points"] == "x.v:1: toggle q:0->1; x.v:1: toggle q:1->0"


def test_a_point_has_its_goal() -> None:
    goal = point(conditions=("a",)).goal
    assert goal is not None
    assert (goal.name, goal.condition) == ("x.v:1: branch if", "a")
    assert point().goal is None


def test_what_cannot_be_reached_does_not_count() -> None:
    found = Coverage(points=(point(conditions=("a",)), point(line=2, hits=1)))
    marked = found.marked(found.goals())
    assert marked.share == 1.0
    assert marked.holes == ()
    assert str(marked) == "branch 1/1 (1 unreachable)"
    assert marked.as_record()["unreachable"][0]["line"] == 1


def test_what_was_reached_is_never_marked() -> None:
    reached = Coverage(points=(point(conditions=("a",), hits=1),))
    hole = point(conditions=("a",)).goal
    assert hole is not None
    assert reached.marked([hole]) == reached


def test_runs_are_united() -> None:
    one = Coverage(points=(point(hits=1), point(line=2)), cpu_seconds=1.0, notes=("n",))
    two = Coverage(points=(point(), point(line=2, hits=3), point(line=3)), notes=("n", "m"))
    both = one.merged(two)
    assert [p.hits for p in both.points] == [1, 3, 0]
    assert both.notes == ("n", "m")
    assert one.merged(Coverage(reason="crashed")) == one
    assert Coverage(reason="crashed").merged(one) == one


def test_united_points_that_were_reached_are_reachable() -> None:
    marked = Coverage(points=(point(unreachable=True),))
    (both,) = marked.merged(Coverage(points=(point(hits=1),))).points
    assert not both.unreachable


def test_the_record_is_json() -> None:
    found = Coverage(points=(point(column=4), point(line=2, hits=1)), notes=("wide",))
    record = json.loads(json.dumps(found.as_record()))
    assert record["share"] == 0.5
    assert record["shares"]["branch"] == {"covered": 1, "total": 2, "unreachable": 0}
    assert record["holes"] == [
        {"kind": "branch", "file": "x.v", "line": 1, "column": 4, "what": "if", "hits": 0}
    ]


def test_the_listing_quotes_the_source() -> None:
    sources = {"x.v": "module x;\n  if (a) b = 1;\nendmodule\n"}
    bits = [point(Kind.TOGGLE, line=9, what=f"q[{i}]:0->1") for i in range(10)]
    found = Coverage(points=(point(line=2), point(line=2, what="else"), *bits), sources=sources)
    assert found.listing() == (
        "x.v:2: if (a) b = 1;\n"
        "    branch not reached: if, else\n"
        "x.v:9: \n"
        "    toggle not reached: q[0]:0->1, q[1]:0->1, q[2]:0->1, q[3]:0->1, q[4]:0->1, "
        "q[5]:0->1, q[6]:0->1, q[7]:0->1 and 2 more"
    )


def test_points_keep_their_key() -> None:
    assert point(hits=4, conditions=("a",)).key == point().key
    assert len({point(), point(column=2)}) == 2
