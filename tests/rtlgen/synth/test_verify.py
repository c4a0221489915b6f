"""Examples are verified on the real tools, and what is wrong with them is found."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from rtlgen.evaluation.harness.mismatch import MismatchHarness
from rtlgen.evaluation.harness.mismatch_test import depends_on_design, take_apart
from rtlgen.evaluation.harness.protocol import Conditions, Group
from rtlgen.evaluation.judgement import Judgement
from rtlgen.evaluation.problem import Problem
from rtlgen.synth.checked import Golden, faults_of
from rtlgen.synth.drawn import ClockAndReset, Combinational, Drawn, inputs, outputs
from rtlgen.synth.mismatch_text import Stimulus, reference_text, text_of_test
from rtlgen.synth.verify import Claim, verified
from tests.rtlgen.synth.small import claim, counter, gate, latch, masked

pytestmark = pytest.mark.icarus

SYNC = ClockAndReset(reset="rst")
ASYNC = ClockAndReset(reset="rst_n", active_low=True, asynchronous=True)
TIMINGS = [
    ClockAndReset(rising=rising, reset="r", active_low=low, asynchronous=asynchronous)
    for rising, low, asynchronous in product((True, False), repeat=3)
]


def test_right_designs_are_verified() -> None:
    designs = [gate(), latch(), masked(), *(counter(timing, reset=5) for timing in TIMINGS)]
    assert [one.fault for one in verified([claim(drawn) for drawn in designs])] == [""] * 11


def test_wrong_bodies_are_killed_with_their_share_of_checks_met() -> None:
    drawn = counter(SYNC)
    blocking = drawn.body.replace("<=", "=")
    frozen = drawn.body.replace("count + 1'b1", "count")
    asynchronous = drawn.body.replace("posedge clk", "posedge clk or posedge rst")
    [found] = verified([claim(drawn, blocking, frozen, asynchronous, "this is no Verilog")])
    assert [slip.name for slip in found.survived] == ["wrong-0"]
    assert [slip.name for slip in found.broken] == ["wrong-3"]
    shares = {one.slip.name: one.share for one in found.killed}
    assert 0 < shares["wrong-1"] < shares["wrong-2"] < 1


def test_a_reset_that_does_not_wait_for_the_clock_is_told_from_one_that_does() -> None:
    for right in (SYNC, ASYNC):
        other = replace(right, asynchronous=not right.asynchronous)
        [found] = verified([claim(counter(right), counter(other).body)])
        assert len(found.killed) == 1


def test_a_model_that_disagrees_is_a_fault_with_its_place() -> None:
    drawn = counter(SYNC)
    wrong = replace(drawn, body=drawn.body.replace("+", "-"))
    [fault] = [one.fault for one in verified([claim(wrong)])]
    assert fault.startswith("count is 7, the model says 1, beat ")
    assert "tick=True" in fault


def test_a_design_that_oscillates_costs_the_others_nothing() -> None:
    loop = "wire w;\nassign w = a ? ~w : 1'b0;\nassign y = w === 1'b1;"
    endless = "reg w = 0;\nalways begin\n    w = ~w;\nend\nassign y = w;"
    first, second = verified([claim(gate(), endless, "assign y = a;", loop), claim(gate())])
    assert [slip.name for slip in first.broken] == ["wrong-0", "wrong-2"]
    assert [one.slip.name for one in first.killed] == ["wrong-1"]
    assert (first.fault, second.fault) == ("", "")


def test_a_golden_design_that_does_not_compile_is_a_fault() -> None:
    broken = replace(gate(), body="assign y = a &;")
    first, second = verified([claim(broken), claim(gate())])
    assert first.fault.startswith("the golden design cannot be simulated: ")
    assert not second.fault


def test_designs_with_modules_of_their_own() -> None:
    body = (
        "wire n;\nhalf h (.p(a), .q(b), .r(n));\nassign y = n;\nendmodule\n\n"
        "module half (input p, input q, output r);\n    assign r = p & q;"
    )
    [found] = verified([claim(replace(gate(), body=body), body.replace("p & q", "p | q"))])
    assert not found.fault
    assert len(found.killed) == 1


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("assign y = a[0];", "slang: bad.sv:6: "),
        ("wire [3:0] w = {a, b, a, b};\n    assign y = w;", "verilator: WIDTH"),
        ("reg r;\nalways @(*) if (a) r = b;\nassign y = r;", "verilator: LATCH"),
        ("wire w;\nassign w = ~(w & a);\nassign y = w;", "yosys: "),
    ],
)
def test_what_the_tools_have_against_a_golden_design(body: str, fault: str) -> None:
    good = claim(gate()).golden.replace("top_module", "good")
    bad = claim(replace(gate(), body=body)).golden.replace("top_module", "bad")
    other = good.replace("module good", "module other")
    names = [Golden(name=n, text=t) for n, t in (("good", good), ("bad", bad), ("other", other))]
    first, second, third = faults_of(names)
    assert (first, third) == ("", "")
    assert second.startswith(fault)


# The test as the harness of `rtlgen eval` runs it


def _judged(drawn: Drawn, *bodies: str) -> list[Judgement]:
    made = claim(drawn, drawn.body, *bodies)
    harness, conditions = MismatchHarness("corpus"), Conditions()
    problem = _problem(made)
    [preparation] = harness.prepare([problem], conditions)
    assert preparation.faults == ()
    assert preparation.samples == made.stimulus.compared
    designs = tuple(slip.text for slip in made.slips)
    group = Group(problem=problem, preparation=preparation, designs=designs)
    return harness.judge([group], conditions)[0]


def _problem(made: Claim) -> Problem:
    return Problem(
        task_id="t",
        top=made.top,
        description="",
        test=text_of_test(made.stimulus, made.top),
        reference=reference_text(made.stimulus),
        golden=made.golden,
    )


def test_the_harness_judges_by_the_test() -> None:
    right, wrong = _judged(counter(ASYNC), "always @(posedge clk) count <= 0;")
    assert (right.official, right.functional) == (True, True)
    assert (wrong.official, wrong.functional) == (False, False)


def test_any_value_will_do_where_the_model_says_so() -> None:
    other = "assign y = a[1] & ~a[0];\nassign z = ~a;"
    unknown = "assign y = a == 2'd3 ? 1'bx : a[1];\nassign z = ~a;"
    wrong = "assign y = a[1];\nassign z = a == 2'd3 ? 2'd1 : ~a;"
    assert [one.functional for one in _judged(masked(), other, unknown, wrong)] == [
        True, True, True, False,
    ]  # fmt: skip


def test_the_test_has_the_form_of_the_benchmarks() -> None:
    for drawn in (gate(), masked(), latch(), counter(SYNC), counter(ASYNC)):
        test = take_apart(text_of_test(claim(drawn).stimulus, "top_module"), top="top_module")
        assert {c.port for c in test.outputs} == {
            p.name for p in drawn.ports if p.direction.value == "output"
        }
        assert not depends_on_design(test)


def test_ports_may_be_called_what_the_test_calls_its_own_signals() -> None:
    names = ("sample", "rows", "tick", "skip", "compare", "care", "errors", "tb_match")
    drawn = Drawn(
        parameters={},
        ports=(*inputs(*((name, 1) for name in names)), *outputs(("samples", 1))),
        words=gate().words,
        body=f"assign samples = ^{{{', '.join(names)}}};",
        behavior=Combinational(outputs=lambda v: {"samples": sum(v.values()) & 1}),
    )
    [right, wrong] = _judged(drawn, "assign samples = 1'b0;")
    assert right.functional
    assert not wrong.functional


def test_a_design_without_inputs() -> None:
    drawn = replace(
        gate(),
        ports=outputs(("y", 4)),
        body="assign y = 4'd9;",
        behavior=Combinational(outputs=lambda _: {"y": 9}),
    )
    [right, wrong] = _judged(drawn, "assign y = 4'd8;")
    assert right.functional
    assert not wrong.functional


def test_expected_outputs_of_an_asynchronous_reset_do_not_wait() -> None:
    stimulus = claim(counter(ASYNC, reset=5)).stimulus
    assert stimulus.skipped == 0
    assert stimulus.wanted[0] == {"count": 5}
    assert claim(counter(SYNC, reset=5)).stimulus.skipped == 1
    assert isinstance(stimulus, Stimulus)
