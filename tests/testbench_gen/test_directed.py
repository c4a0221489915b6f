from __future__ import annotations

from pathlib import Path

import pytest

from sim.design import Design
from sim.errors import InvalidInterface
from sim.interface import Clock, Interface
from sim.proof import InputTrace
from testbench_gen import Golden, Testbench, write_stimulation, write_testbench
from testbench_gen.directed import Directed
from testbench_gen.standalone.cycles import Cycle
from tests.testbench_gen.builders import (
    Counter,
    counter_interface,
    counter_rtl,
    parity,
    parity_interface,
    port,
)
from tests.testbench_gen.test_run import assert_held, first_mismatch

LOCK = """module lock(input clk, input rst, input [15:0] key, output reg open);
  reg half;
  always @(posedge clk)
    if (rst) {half, open} <= 0;
    else begin
      half <= key == {8'd160, 8'd1};
      open <= half && key == {8'd199, 8'd63};
    end
endmodule
"""


def directed(*cycles: dict[str, int], name: str = "reach f.v:1", power: bool = False) -> Directed:
    trace = InputTrace(cycles=cycles, from_power_up=power)
    return Directed(name=name, reason="to open the lock", trace=trace)


def played(written: Testbench, name: str = "reach f.v:1") -> list[Cycle]:
    return [cycle for phase, cycle in written.plan.unfold() if phase.name == name]


def counter(*given: Directed, active_low: bool = False, asynchronous: bool = False) -> Testbench:
    interface = counter_interface(active_low=active_low, asynchronous=asynchronous)
    return write_testbench(interface, Counter(), budget=64, directed=given)


def test_a_trace_is_played_exactly_after_a_reset() -> None:
    written = counter(directed({"en": 1}, {"en": 1}, {"rst": 1}, {}))
    cycles = played(written)
    assert [cycle.values["en"] for cycle in cycles] == [0, 0, 1, 1, 0, 0]
    reset = frozenset({"rst"})
    assert [cycle.resets for cycle in cycles] == [reset, reset, *([frozenset()] * 2), reset, set()]
    assert not any(cycle.late or cycle.pulsed for cycle in cycles)
    assert written.plan.phases[-1].cycles == 6


def test_levels_of_a_low_active_reset_are_raw() -> None:
    cycles = played(counter(directed({"rst": 0}, {"rst": 1}, {}), active_low=True))[2:]
    assert [bool(cycle.resets) for cycle in cycles] == [True, False, False]


def test_it_comes_on_top_of_the_budget_and_changes_nothing_else() -> None:
    plain, more = counter(), counter(directed({"en": 1}))
    assert more.plan.cycles == plain.plan.cycles + 3
    assert [*more.plan.unfold()][: plain.plan.cycles] == [*plain.plan.unfold()]


def test_equal_cycles_stand_in_the_written_stimulus_once() -> None:
    plain = counter().files["stimulus.py"].count("\n")
    text = counter(directed(*[{"en": 1}] * 1000)).files["stimulus.py"]
    assert "repeats=(2, 1000)" in text
    assert text.count("\n") - plain == 12


def test_many_traces_stay_readable() -> None:
    few = counter().files["stimulus.py"]
    given = [directed({"en": 1}, {}, {"en": 1}, name=f"reach f.v:{n}") for n in range(50)]
    text = counter(*given).files["stimulus.py"]
    assert text.count("\n") - few.count("\n") <= 50 * 15


def without_reset() -> Interface:
    ports = (port("clk", "input"), port("d", "input"), port("q", "output"))
    return Interface(module="m", ports=ports, clocks=(Clock(port="clk"),))


def test_the_first_trace_from_power_up_comes_first_where_nothing_resets() -> None:
    golden = Golden(
        design=Design(
            top="m",
            sources={
                "m.v": "module m(input clk, d, output reg q); always @(posedge clk) q <= d; endmodule"
            },
        )
    )
    given = [
        directed({"d": 1}, name="any state"),
        directed({"d": 0}, {"d": 1}, name="first", power=True),
        directed({"d": 1}, name="second", power=True),
    ]
    written = write_testbench(without_reset(), golden, budget=64, directed=given)
    names = [phase.name for phase in written.plan.phases]
    assert names[0] == "first"
    assert names[-2:] == ["any state", "second"]
    assert [cycle.values["d"] for cycle in played(written, "first")] == [0, 1]


def test_an_input_called_like_a_reset_is_tried_as_one() -> None:
    ports = (*without_reset().ports, port("arst_n", "input"))
    interface = Interface(module="m", ports=ports, clocks=(Clock(port="clk"),))
    text = """module m(input clk, d, output reg q, input arst_n);
      always @(posedge clk) q <= d & arst_n;
    endmodule"""
    golden = Golden(design=Design(top="m", sources={"m.v": text}))
    trace = directed({"d": 1, "arst_n": 1})
    cycles = played(write_testbench(interface, golden, budget=64, directed=[trace]))
    assert [cycle.values for cycle in cycles] == [{"d": 0, "arst_n": 0}] * 2 + [
        {"d": 1, "arst_n": 1}
    ]


def test_vectors_of_a_combinational_design_are_played_without_a_reset() -> None:
    written = write_testbench(
        parity_interface(3, 0), parity(3, 0), directed=[directed({"x": 5}, {"x": 9})]
    )
    assert [cycle.values["x"] for cycle in played(written)] == [5, 9]


def test_an_empty_trace_is_nothing() -> None:
    assert counter(directed()).plan == counter().plan


def test_a_stimulation_takes_traces_too() -> None:
    plain = write_stimulation(counter_interface(), budget=64)
    more = write_stimulation(counter_interface(), budget=64, directed=[directed({"en": 1})])
    assert set(more.phases) - set(plain.phases) == {"reach f.v:1"}


@pytest.mark.parametrize(
    ("cycle", "message"),
    [
        ({"go": 1}, "has no input 'go' \\(cycle 0 of 'reach f.v:1'\\)"),
        ({"q": 1}, "module 'counter' has no input 'q'"),
        ({"en": 2}, "2 does not fit the 1 bits of 'en'"),
        ({"en": -1}, "-1 does not fit"),
    ],
)
def test_a_trace_must_fit_the_ports(cycle: dict[str, int], message: str) -> None:
    with pytest.raises(InvalidInterface, match=message):
        counter(directed(cycle))
    with pytest.raises(InvalidInterface, match=message):
        write_stimulation(counter_interface(), directed=[directed(cycle)])


@pytest.mark.icarus
def test_what_chance_does_not_reach_is_reached(tmp_path: Path) -> None:
    interface = Interface(
        module="lock",
        ports=(
            port("clk", "input"),
            port("rst", "input"),
            port("key", "input", 15, 0),
            port("open", "output"),
        ),
        clocks=(Clock(port="clk"),),
        resets=counter_interface().resets,
    )
    golden = Golden(design=Design(top="lock", sources={"lock.v": LOCK}))
    wrong = LOCK.replace("8'd63", "8'd62")
    trace = directed({"key": 160 << 8 | 1}, {"key": 199 << 8 | 63}, {})
    written = write_testbench(interface, golden, budget=64, directed=[trace])
    found = first_mismatch(written, wrong, tmp_path)
    assert (found["phase"], found["port"]) == ("reach f.v:1", "open")


@pytest.mark.icarus
def test_a_reference_follows_a_trace(tmp_path: Path) -> None:
    written = counter(directed(*[{"en": 1}] * 5, {"rst": 1, "en": 1}, {"en": 1}), asynchronous=True)
    assert_held(written, counter_rtl(asynchronous=True), tmp_path)
