"""VerilogEval's tests, judged by Icarus Verilog."""

from __future__ import annotations

import dataclasses
import pickle
from pathlib import Path

import pytest

from rtlgen.evaluation.harness import mismatch
from rtlgen.evaluation.harness.dialect import same_tokens, standard, tells_neighbors
from rtlgen.evaluation.harness.mismatch import MismatchHarness
from rtlgen.evaluation.harness.mismatch_output import read_output
from rtlgen.evaluation.harness.protocol import Conditions, Group, Later
from rtlgen.evaluation.harness.repairs import ENUM_CAST, without_enum_casts
from rtlgen.evaluation.judgement import Category, Judgement
from rtlgen.evaluation.problem import Problem
from sim.errors import ToolFailed
from tests.evaluation.exploits.problems import (
    COUNTER,
    SELECTOR,
    SUBJECTS,
    Dialect,
    module,
    problem,
    right,
    wrong,
)

CONDITIONS = Conditions(cpu_seconds=5.0)


def judged(own: Problem, *designs: str, conditions: Conditions = CONDITIONS) -> list[Judgement]:
    harness = MismatchHarness("verilog-eval-v2" if own.reference else "verilog-eval-v1")
    (preparation,) = harness.prepare([own], conditions)
    group = Group(problem=own, preparation=preparation, designs=designs)
    (found,) = harness.judge([group], conditions)
    return found


def selector(body: str, dialect: Dialect = Dialect.V1) -> str:
    return module(dialect.top, SELECTOR.ports, body)


def counter(body: str, dialect: Dialect = Dialect.V1) -> str:
    return module(dialect.top, COUNTER.ports, body)


@pytest.mark.icarus
@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("early", [False, True])
def test_right_and_wrong_designs(dialect: Dialect, early: bool) -> None:
    conditions = dataclasses.replace(CONDITIONS, stop_early=early)
    harness = MismatchHarness(dialect.value)
    problems = [problem(subject, dialect) for subject in SUBJECTS.values()]
    preparations = harness.prepare(problems, conditions)
    groups = [
        Group(problem=own, preparation=prepared, designs=(right(s, dialect), wrong(s, dialect)))
        for own, prepared, s in zip(problems, preparations, SUBJECTS.values(), strict=True)
    ]
    for found, prepared in zip(harness.judge(groups, conditions), preparations, strict=True):
        good, bad = found
        assert not prepared.faults
        assert (good.official, good.functional, good.category) == (True, True, Category.PASS)
        assert good.samples == good.expected_samples == prepared.samples > 50
        assert (bad.official, bad.functional) == (False, False)
        assert bad.category in (Category.MISMATCH, Category.UNKNOWN_VALUE)
        assert bad.mismatches > 0


@pytest.mark.icarus
def test_the_window_ends_at_the_first_mismatch() -> None:
    (bad,) = judged(problem(SELECTOR, Dialect.V1), wrong(SELECTOR, Dialect.V1))
    assert bad.window is not None
    last = {(s.name, s.role): s.values[-1] for s in bad.window.signals}
    before = {(s.name, s.role): s.values[-2] for s in bad.window.signals}
    assert last["y", "expected"] != last["y", "got"]
    assert before["y", "expected"] == before["y", "got"]
    assert len(last["y", "got"]) == 9
    assert last["less", "input"] == "1"
    assert {"0", "1"} <= set(before["y", "expected"] + before["a", "input"])
    assert {role for _, role in last} == {"input", "expected", "got"}
    assert bad.window.times == tuple(sorted(bad.window.times))
    assert len(bad.window.times) <= 16


@pytest.mark.icarus
def test_the_window_shows_every_bit_of_every_sample() -> None:
    own = problem(COUNTER, Dialect.V1)
    late = right(COUNTER, Dialect.V1).replace(
        "endmodule",
        "  reg [5:0] n = 0; always @(posedge clk) if (n < 40) n <= n + 1;\nendmodule",
    )
    late = late.replace("count == LAST", "(count == LAST) & (n < 40)")
    beside, alone = judged(own, late, late.replace("endmodule", "initial $display(1);\nendmodule"))
    assert beside.window is not None
    assert beside.window == alone.window
    clock, *_ = [s for s in beside.window.signals if s.name == "clk"]
    assert "".join(clock.values) in ("01" * 8, "10" * 8)
    widths = {(s.name, s.role): {len(v) for v in s.values} for s in beside.window.signals}
    assert widths["count", "expected"] == widths["count", "got"] == {4}
    last = {(s.name, s.role): s.values[-1] for s in beside.window.signals}
    assert (last["count", "expected"], last["full", "got"]) == ("1001", "0")


@pytest.mark.icarus
def test_alone_and_beside_others_show_the_same() -> None:
    own = problem(COUNTER, Dialect.V1)
    design = wrong(COUNTER, Dialect.V1)
    printing = design.replace("endmodule", '  initial $display("hello");\nendmodule')
    beside, alone = judged(own, design, printing)
    assert "hello" in alone.log
    assert (beside.mismatches, beside.samples, beside.window) == (
        alone.mismatches,
        alone.samples,
        alone.window,
    )


@pytest.mark.icarus
def test_a_warning_fails_officially_and_works() -> None:
    body = "  wire [8:0] sum = a + b;\n  assign y = less ? a - b : sum;\n"
    (found,) = judged(problem(SELECTOR, Dialect.V1), selector(f"{body}  assign spare = a[0];"))
    assert (found.official, found.functional, found.category) == (False, True, Category.WARNING)
    assert found.official_category == "compile error"
    assert "implicit definition of wire 'spare'" in found.log
    assert "implicit" in found.reason
    (second,) = judged(
        problem(SELECTOR, Dialect.V2), selector(f"{body}  assign spare = a[0];", Dialect.V2)
    )
    assert second.official


@pytest.mark.icarus
def test_a_warning_of_the_text_that_the_gate_does_not_keep() -> None:
    text = "`define WIDE 9\n`define WIDE 9 // again\n" + right(SELECTOR, Dialect.V1)
    plain, again = judged(problem(SELECTOR, Dialect.V1), right(SELECTOR, Dialect.V1), text)
    assert plain.official
    assert again.functional


@pytest.mark.icarus
def test_a_text_that_says_one_thing_to_the_gate_and_another_to_icarus() -> None:
    good = right(SELECTOR, Dialect.V1)
    bad = wrong(SELECTOR, Dialect.V1)
    plain, icarus, macro = judged(
        problem(SELECTOR, Dialect.V1),
        f"`timescale 1ps/1ps\n{good}",
        f"`ifdef __ICARUS__\n{bad}\n`else\n{good}\n`endif",
        f"`ifdef OK\n{bad}\n`else\n{good}\n`endif",
    )
    assert plain.official
    assert (icarus.official, icarus.functional) == (False, True)
    assert (macro.official, macro.functional) == (False, True)


@pytest.mark.icarus
def test_random_numbers_are_the_tests_own() -> None:
    (found,) = judged(problem(SELECTOR, Dialect.V1), selector("  integer x; initial x = $random;"))
    assert found.category is Category.REFUSED
    assert "random" in found.reason


@pytest.mark.icarus
@pytest.mark.parametrize(
    ("design", "category"),
    [
        ("module top_module (", Category.SYNTAX),
        ("no Verilog at all", Category.SYNTAX),
        ("", Category.ELABORATION),
        ("module other; endmodule", Category.ELABORATION),
        ("module top_module(input [7:0] a, b, input less); endmodule", Category.INTERFACE),
        (
            "module top_module(input [7:0] a, b, inout less, output [8:0] y); endmodule",
            Category.INTERFACE,
        ),
        (selector("  initial $finish;"), Category.REFUSED),
        (selector("  assign y = 9'bx;"), Category.UNKNOWN_VALUE),
        (selector("  reg q = 0; always @* q = ~q; assign y = q; initial #1 q = 1;"), None),
        (selector("  initial forever begin end"), Category.TIMEOUT),
        (selector("  initial forever $display(123);"), Category.OUTPUT),
    ],
)
def test_categories(design: str, category: Category | None) -> None:
    # On a loaded machine it takes processor time to print as much as is too much.
    conditions = Conditions(cpu_seconds=5.0 if category is Category.OUTPUT else 1.0)
    found, good = judged(
        problem(SELECTOR, Dialect.V1), design, right(SELECTOR, Dialect.V1), conditions=conditions
    )
    assert (found.official, found.functional) == (False, False)
    assert category is None or found.category is category
    assert good.official


@pytest.mark.icarus
def test_delays_are_in_the_units_of_the_test() -> None:
    slow = counter(
        "reg [3:0] c; assign #2 count = c; assign full = count == 9;"
        " always @(posedge clk) if (reset) c <= 0; else if (step) c <= c == 9 ? 0 : c + 1;"
    )
    (found,) = judged(problem(COUNTER, Dialect.V1), slow)
    assert found.functional


@pytest.mark.icarus
def test_equal_designs_share_one_simulation_and_one_verdict() -> None:
    one = right(COUNTER, Dialect.V1)
    two = one.replace("\n", "  // a remark\n")
    assert one != two
    first, second = judged(problem(COUNTER, Dialect.V1), one, two)
    assert dataclasses.replace(first, log="") == dataclasses.replace(second, log="")


@pytest.mark.icarus
def test_a_test_that_does_not_compile_judges_nobody() -> None:
    own = problem(SELECTOR, Dialect.V1)
    broken = dataclasses.replace(own, test=own.test.replace(".less", ".lesser", 1))
    harness = MismatchHarness("verilog-eval-v1")
    (preparation,) = harness.prepare([broken], CONDITIONS)
    assert "does not compile" in preparation.faults[0]
    (found,) = judged(broken, right(SELECTOR, Dialect.V1))
    assert (found.official, found.functional) == (False, None)
    assert found.category is Category.NOT_JUDGED


@pytest.mark.icarus
def test_an_unknown_form_judges_nobody() -> None:
    own = dataclasses.replace(problem(SELECTOR, Dialect.V1), test="module tb; endmodule")
    (found,) = judged(own, right(SELECTOR, Dialect.V1))
    assert found.functional is None
    assert "not of the form" in found.reason


CASTING = """
typedef enum logic [1:0] {OFF, ON, HOLD} Mode;
module machine(input clk, input go, output busy);
  Mode state, next;
  always_comb case (state)
    OFF: next = Mode'(go ? ON : OFF);
    ON: next = Mode'(go ? ON : HOLD);
    default: next = Mode'(2'bx);
  endcase
  always @(posedge clk) state <= next;
  assign busy = state != OFF;
endmodule
"""


def test_casts_to_an_enumeration_are_dropped_with_its_type() -> None:
    repaired = without_enum_casts(CASTING)
    assert "Mode'(" not in repaired
    assert "logic [1:0]  state, next;" in repaired
    assert "next = (go ? ON : OFF);" in repaired
    assert without_enum_casts(repaired) == repaired
    assert without_enum_casts("module m; endmodule") == "module m; endmodule"


@pytest.mark.icarus
def test_a_repaired_test_gives_no_official_pass() -> None:
    own = problem(SELECTOR, Dialect.V1)
    enum = "typedef enum logic [1:0] {OFF, ON} Mode; Mode mode; always @* mode = Mode'(less ? ON : OFF);"
    changed = own.test.replace("parameter WIDTH = 9;", f"parameter WIDTH = 9; {enum}", 1)
    casting = dataclasses.replace(own, test=changed)
    (preparation,) = MismatchHarness("verilog-eval-v1").prepare([casting], CONDITIONS)
    if not preparation.repairs:
        # Icarus Verilog 12 takes the cast.
        return
    assert preparation.repairs == (ENUM_CAST,)
    good, bad = judged(casting, right(SELECTOR, Dialect.V1), wrong(SELECTOR, Dialect.V1))
    assert (good.official, good.functional, good.category) == (False, True, Category.WARNING)
    assert "repaired" in good.reason
    assert bad.functional is False


def test_a_harness_can_be_sent() -> None:
    harness = pickle.loads(pickle.dumps(MismatchHarness("verilog-eval-v2")))
    assert harness.name == "verilog-eval-v2"
    with pytest.raises(ValueError, match="a rule must be one of verilog-eval-v1, verilog-eval-v2"):
        MismatchHarness("verilog-eval-v3")


def test_lines_without_the_secret_are_what_a_design_printed() -> None:
    text = "SECRET n 5\nn 7\nSECRE n 8\nprinted SECRET r 0 2\nMismatches: 0 in 5 samples"
    found = read_output(text, secret="SECRET", lanes=1)
    assert (found.samples, found.lanes[0].mismatches, found.broken) == (5, 2, False)
    assert found.printed == "n 7\nSECRE n 8\nprinted \nMismatches: 0 in 5 samples"


@pytest.mark.parametrize(
    "text",
    [
        "SECRET n 5\nSECRET n 6",
        "SECRET r 0 0\nSECRET r 0 0",
        "SECRET r 3 0",
        "SECRET r -1 0",
        "SECRET n x",
        "SECRET q",
        "SECRET w 0 1 2 0f 1",
    ],
)
def test_a_line_that_makes_no_sense_is_not_believed(text: str) -> None:
    assert read_output(text, secret="SECRET", lanes=1).broken


@pytest.mark.parametrize(
    ("text", "canonical", "same"),
    [
        ("module m; // remark\nendmodule", "module\nm\n;\nendmodule\n", True),
        ("module m; endmodule module n; endmodule", "module m; endmodule", False),
        ("`define A 1\nmodule m; endmodule", "module m; endmodule", False),
        ("module m; /* open", "module m;", False),
        ("module m;\x0bendmodule", "module m; endmodule", False),
        ('module m; initial $display("//"); endmodule', "module m; endmodule", False),
    ],
)
def test_texts_that_say_the_same(text: str, canonical: str, same: bool) -> None:
    assert same_tokens(text, canonical) is same


def test_comments_without_end_take_linear_time() -> None:
    assert not same_tokens("/*" * 500_000, "module m; endmodule")


def test_what_could_be_seen_beside_others() -> None:
    assert tells_neighbors("assign #1 a = b;")
    assert tells_neighbors("initial $display(1);")
    assert not tells_neighbors("assign a = $signed(b) + $clog2(c);")
    assert standard("reg logic [3:0] x; reg y;") == " logic [3:0] x; reg y;"
    assert standard("a /* b */ /* c") == "a /* b */ "
    assert standard("a /*/") == "a "
    assert standard('"/*" /**/ // /*') == '"/*" /**/ // /*'


@pytest.mark.icarus
def test_a_comment_without_end_swallows_nothing_but_itself() -> None:
    first, second = (
        judged(problem(SELECTOR, dialect), f"{right(SELECTOR, dialect)}/* and so")[0]
        for dialect in Dialect
    )
    assert first.functional
    # There the test comes after the design, and the official compilation loses it.
    assert (second.official, second.functional) == (False, True)


@pytest.mark.icarus
def test_a_simulator_that_fails_without_a_word_judges_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = problem(SELECTOR, Dialect.V1)
    harness = MismatchHarness("verilog-eval-v1")
    (preparation,) = harness.prepare([own], CONDITIONS)
    group = Group(problem=own, preparation=preparation, designs=(right(SELECTOR, Dialect.V1),))
    broken = tmp_path / "vvp"
    broken.write_text("#!/bin/sh\nexit 77\n")
    broken.chmod(0o755)
    monkeypatch.setattr(mismatch, "runtime", lambda: str(broken))
    with pytest.raises(ToolFailed, match=r"run a test that it has run before; it ended with 77"):
        harness.judge([group], CONDITIONS)
    with pytest.raises(ToolFailed, match="compile and run a test without any design"):
        harness.prepare([own], CONDITIONS)


@pytest.mark.icarus
@pytest.mark.parametrize("early", [False, True])
def test_dear_designs_are_left_and_then_judged_as_ever(early: bool) -> None:
    conditions = dataclasses.replace(CONDITIONS, stop_early=early)
    harness = MismatchHarness("verilog-eval-v1")
    own = problem(COUNTER, Dialect.V1)
    prepared = dataclasses.replace(harness.prepare([own], conditions)[0], seconds=3.0)
    texts = (right(COUNTER, Dialect.V1), wrong(COUNTER, Dialect.V1), "module top_module(")
    group = Group(problem=own, preparation=prepared, designs=texts)
    [whole] = harness.judge([group], conditions)
    [parts] = harness.judge_in_parts([group], conditions)
    left = [(text, later) for text, later in zip(texts, parts, strict=True) if _is_later(later)]
    assert len(left) in ((1, 2) if early else (2,))
    rest = Group(
        problem=own,
        preparation=prepared,
        designs=tuple(text for text, _ in left),
        left=pickle.loads(pickle.dumps(tuple(later for _, later in left))),
    )
    [then] = harness.judge_in_parts([rest], conditions)
    second = iter(then)
    found = [next(second) if _is_later(one) else one for one in parts]
    assert [_verdict(one) for one in found] == [_verdict(one) for one in whole]


def _is_later(one: Judgement | Later) -> bool:
    return isinstance(one, Later)


def _verdict(one: Judgement | Later) -> tuple[object, ...]:
    assert isinstance(one, Judgement)
    return one.official, one.functional, one.category, one.mismatches > 0, one.official_category
