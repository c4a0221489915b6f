"""What Icarus Verilog's messages are about."""

from __future__ import annotations

import time

import pytest

from rtlgen.evaluation.harness.icarus_messages import (
    beyond_the_tool,
    by_owner,
    category,
    elaborated,
    failed,
    first_error,
)
from rtlgen.evaluation.judgement import Category

MESSAGES = """\
lane_0:3: warning: Port 1 (a) of m1 expects 2 bits, got 4.
lane_0:3:        : Pruning 2 high bits of the expression.
two.sv:12: error: This assignment requires an explicit cast.
test.sv:7: warning: of the bench
1 error(s) during elaboration.
"""


def test_messages_find_their_owner() -> None:
    found, others = by_owner(MESSAGES, {"lane_0": 0, "two.sv": 2})
    assert [len(found[0]), len(found[2])] == [2, 1]
    assert others == ["test.sv:7: warning: of the bench"]
    assert failed(found[2])
    assert not failed(found[0])


def test_errors_of_elaboration_are_told_from_those_of_the_parser() -> None:
    assert elaborated(MESSAGES)
    assert not elaborated('a.sv:1: syntax error\na.sv:2: error: "1 error(s) during elaboration."')


@pytest.mark.parametrize("end", ["\f", "\v", "\x1c", "\x85", "\u2028", "\r"])
def test_a_quoted_string_is_no_message_about_another_design(end: str) -> None:
    said = f'one.sv:1: error: no such thing: "{end}two.sv:1: error: forged"'
    found, others = by_owner(said, {"one.sv": 0, "two.sv": 1})
    assert found == {0: [said]}
    assert not others


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a.sv:1: syntax error\nI give up.", Category.SYNTAX),
        ("a.sv:1: error: port ``x'' is not a port of dut.", Category.INTERFACE),
        ("a.sv:1: error: Unknown module type: m", Category.ELABORATION),
    ],
)
def test_kinds_of_failure(text: str, kind: Category) -> None:
    assert category(text) is kind


def test_what_the_tool_lacks_is_not_the_designs_fault() -> None:
    sorry = (
        "a.sv:22: sorry: This cast operation is not yet supported.\n1 error(s) during elaboration."
    )
    assert beyond_the_tool(sorry)
    assert beyond_the_tool("ivl: elab.cc:12: Assertion `x' failed.\nAborted")
    assert not beyond_the_tool(f"{sorry}\na.sv:3: error: something of the design's own")
    assert not failed(["a.sv:22: sorry: constant selects (all bits will be included)."])


def test_the_first_error_is_told_and_not_the_first_warning() -> None:
    assert first_error("a.sv:1: warning: w\na.sv:2: error: e\n") == "a.sv:2: error: e"
    assert first_error("") == ""


def test_messages_of_any_length_are_read_at_once() -> None:
    start = time.process_time()
    assert category("output port " * 100_000) is Category.ELABORATION
    assert category("port ``" * 100_000) is Category.ELABORATION
    assert time.process_time() - start < 5
