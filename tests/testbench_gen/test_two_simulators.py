from __future__ import annotations

import pytest

from sim.design import Design
from sim.disagreement import Comparison, Parting
from sim.icarus import Icarus
from sim.interface import infer_timing, read_interface
from sim.verilator import Verilator
from testbench_gen import Golden, write_testbench
from testbench_gen.two_simulators import compare_simulators

pytestmark = [pytest.mark.icarus, pytest.mark.verilator]

DELAY = """module delay(input clk, input rst, input d, output reg a, output reg q);
  always @(posedge clk) if (rst) a <= 0; else a <= d;
  always @(posedge clk) if (rst) q <= 0; else q <= a;
endmodule
"""
RACE = DELAY.replace("a <= d", "a = d").replace("a <= 0", "a = 0")
ASLEEP = """module delay(input clk, input rst, input d, output reg a, output reg q);
  reg woken;
  always @(posedge clk)
    if (rst) {a, q} <= 0;
    else begin
      if (woken) {a, q} <= 0; else {a, q} <= 3;
      woken <= d;
    end
endmodule
"""


def design(text: str) -> Design:
    return Design(top="delay", sources={"delay.v": text})


def compared(text: str, *, golden: str | None = None) -> Comparison:
    good = design(DELAY)
    interface = infer_timing(good, read_interface(good))
    return compare_simulators(
        write_testbench(interface, Golden(design=good), budget=64),
        design(text),
        simulators=(Icarus(), Verilator()),
        golden=None if golden is None else design(golden),
    )


def test_simulators_agree_over_a_clean_design_and_part_over_a_race() -> None:
    clean = compared(DELAY, golden=RACE)
    assert clean.samples > 100
    found = clean.disagreement
    assert found is not None
    assert found.subject == "golden design"
    assert (found.parting, found.port) == (Parting.RACE, "q")
    assert "shows something else when the processes stand in another order" in found.evidence
    assert "`a` (delay.v:2)" in found.evidence
    assert len(set(found.values.values())) == 2


def test_a_clean_design_has_no_disagreement() -> None:
    found = compared(DELAY)
    assert (found.disagreement, found.missing) == (None, "")


def test_a_register_that_nothing_resets_is_an_unknown_value() -> None:
    found = compared(DELAY.replace("if (rst) q <= 0; else", "")).disagreement
    assert found is not None
    assert (found.parting, found.port, found.sample) == (Parting.UNKNOWN_VALUE, "q", 0)
    assert found.harmless


def test_a_branch_on_an_unknown_value_shows_by_the_power_up_state() -> None:
    found = compared(ASLEEP).disagreement
    assert found is not None
    assert found.parting is Parting.POWER_UP
    assert not found.harmless


def test_what_one_simulator_does_not_take_is_not_compared() -> None:
    text = DELAY.replace("reg a,", "reg a /* */,").replace(
        "endmodule", 'string s; initial s = {"a", "b"}; endmodule'
    )
    found = compared(text.replace("a <= d", 'a <= d == (s.substr(0, 0) == "a")'))
    assert found.disagreement is None
