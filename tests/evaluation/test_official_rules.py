"""The published rules on what tools printed."""

from __future__ import annotations

import pytest

from rtlgen.evaluation.harness.official import RULES, Evidence, Rule

V1, V2 = RULES["verilog-eval-v1"], RULES["verilog-eval-v2"]


@pytest.mark.parametrize(
    ("evidence", "outcome"),
    [
        (Evidence(mismatches=0), "passed"),
        (Evidence(mismatches=2), "mismatch"),
        (Evidence(), "no result"),
        (
            Evidence(mismatches=0, compile_stderr="a.sv:1: warning: implicit wire\n"),
            "compile error",
        ),
        (Evidence(mismatches=0, compile_stderr="a.sv:1: syntax error\n"), "syntax error"),
        (Evidence(mismatches=0, run_stderr="vvp says so"), "compile error"),
        (Evidence(timed_out=True), "timed out"),
        (Evidence(mismatches=0, compile_output="printed on standard output"), "passed"),
    ],
)
def test_v1(evidence: Evidence, outcome: str) -> None:
    assert V1.outcome(evidence) == outcome


@pytest.mark.parametrize(
    ("said", "letter"),
    [
        ("x.sv:3: syntax error", "S"),
        ("x.sv:3: error: This assignment requires an explicit cast.", "e"),
        ("x.sv:3: error: Sized numeric constant must have a size greater than zero.", "0"),
        ("x.sv:3: warning: always_comb process has no sensitivities.", "n"),
        ("x.sv:3: warning: @* found no sensitivities so it will never trigger.", "n"),
        ("x.sv:3: error: reg y; cannot be driven\nx.sv:1: : 'y' is declared here as wire.", "w"),
        ("x.sv:3: error: Unknown module type: helper", "m"),
        ("x.sv:3: error: Unable to bind wire/reg/memory `clk' in `tb'", "c"),
        ("x.sv:3: error: Unable to bind wire/reg/memory `q' in `tb'", "p"),
        ("x.sv:3: error: something else", "C"),
        ("x.sv:3: warning: something harmless", "."),
    ],
)
def test_v2_compilation(said: str, letter: str) -> None:
    assert V2.outcome(Evidence(mismatches=0, compile_output=said)) == letter


@pytest.mark.parametrize(
    ("evidence", "letter"),
    [
        (Evidence(mismatches=0), "."),
        (Evidence(mismatches=3, verilog="always @(posedge clk)"), "R"),
        (Evidence(mismatches=3, verilog="always @(posedge clk, posedge reset)"), "r"),
        (Evidence(mismatches=3, verilog="always @(posedge clk, posedge r)"), "r"),
        (Evidence(mismatches=0, test_timeout=True), "T"),
        (Evidence(timed_out=True), "T"),
        (Evidence(mismatches=0, run_output="an error is printed"), "C"),
        (Evidence(), "R"),
    ],
)
def test_v2_simulation(evidence: Evidence, letter: str) -> None:
    assert V2.outcome(evidence) == letter


@pytest.mark.parametrize("rule", RULES.values())
def test_nothing_seen_is_no_pass(rule: Rule) -> None:
    assert rule.outcome(Evidence()) != rule.passed
