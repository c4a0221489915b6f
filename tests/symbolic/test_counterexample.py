"""Counterexamples as waveforms and as tests that stand alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sim.interface import Edge, Interface, Reset
from sim.proof import InputTrace, Outcome, Proof
from symbolic.counterexample import Counterexample, cocotb_test, differ, vcd
from tests.symbolic.hdl import inputs, interface, outputs

PINS = interface(
    *inputs("clk", "rst", "d:4"), *outputs("q:4"), clock="clk", reset=Reset(port="rst")
)
TRACE = InputTrace(cycles=({"rst": 1, "d": 0}, {"rst": 0, "d": 9}, {"rst": 0, "d": 0}))
VALUES = (
    ({"q": "xxxx"}, {"q": "xxxx"}),
    ({"q": "0000"}, {"q": "0000"}),
    ({"q": "1001"}, {"q": "1000"}),
)
RIGHT = "module dut(input clk, rst, input [3:0] d, output reg [3:0] q); always @(posedge clk) q <= rst ? 0 : d; endmodule"


def shown(pins: Interface = PINS, values: Any = VALUES) -> Counterexample:
    proof = Proof(outcome=Outcome.REFUTED, trace=TRACE, port="q", outputs=values)
    found = Counterexample.of(proof, pins)
    assert found is not None
    return found


def test_what_has_no_values_shows_nothing() -> None:
    assert Counterexample.of(Proof(outcome=Outcome.PROVED), PINS) is None


def test_only_what_both_define_differs() -> None:
    assert differ("10x", "100") is False
    assert differ("10x", "110") is True
    assert shown().differing() == ["q"]


def test_a_waveform_has_clock_inputs_and_both_answers() -> None:
    text = vcd(shown())
    assert "$var wire 4 $ q $end" in text
    lines = text.splitlines()
    assert lines[lines.index("#20") :] == [
        "#20",
        "b0 #",
        "0!",
        "b1001 $",
        "b1000 %",
        "b11 &",
        "1'",
        "#25",
        "1!",
        "#40",
    ]


def test_a_falling_clock_falls() -> None:
    pins = interface(*PINS.ports, clock="clk", edge=Edge.FALLING)
    lines = vcd(shown(pins)).splitlines()
    assert lines[lines.index("#25") + 1] == "0!"


def test_what_differs_after_the_last_edge_comes_last() -> None:
    found = shown(values=(*VALUES[:2], VALUES[1], VALUES[2]))
    assert found.late
    lines = vcd(found).splitlines()
    assert lines[lines.index("#30") :] == ["#30", "b1001 $", "b1000 %", "b100 &", "1'", "#40"]


@pytest.mark.icarus
def test_the_test_fails_until_the_design_is_right(tmp_path: Path) -> None:
    (tmp_path / "test_counterexample.py").write_text(
        cocotb_test(shown(), files=["dut.v"], top="dut")
    )
    codes = []
    for text in (RIGHT.replace(": d", ": d & 8"), RIGHT):
        (tmp_path / "dut.v").write_text(text)
        run = subprocess.run(
            [sys.executable, "test_counterexample.py"],
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        codes.append(run.returncode)
    assert codes == [1, 0], run.stdout[-2000:]
