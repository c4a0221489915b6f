from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sim.design import Design
from sim.icarus import Icarus
from sim.interface import Clock, Interface, Reset, read_interface
from sim.judge import judge
from sim.proof import InputTrace
from sim.property import Property, PropertyKind
from sim.simulate import simulate
from sim.verdict import Cause, Status, Verdict
from testbench_gen import Golden, write_testbench
from testbench_gen.directed import Directed
from testbench_gen.properties import CHECKED, property_bench, property_goals, watchable
from testbench_gen.standalone.properties import Monitor, Watched
from tests.testbench_gen.builders import parity_interface

QUEUE = """module offer(input clk, input rst, input go, input [3:0] d, input ready,
             output reg valid, output reg [3:0] data, output [1:0] phase);
  assign phase = valid ? 2'b10 : 2'b01;
  always @(posedge clk)
    if (rst) begin valid <= 0; data <= 9; end
    else if (!valid || ready) begin valid <= go; data <= d; end
endmodule
"""
SAID = (
    Property(kind=PropertyKind.ONE_HOT, signals=("phase",), text="phase is one-hot.", line=4),
    Property(kind=PropertyKind.STABLE, signals=("data", "valid", "ready")),
    Property(kind=PropertyKind.RESET_VALUE, signals=("data",), bound=9),
    Property(kind=PropertyKind.NOT_BEFORE, signals=("valid", "go")),
    Property(kind=PropertyKind.RESPONSE, signals=("go", "valid"), bound=1),
    Property(kind=PropertyKind.KNOWN, signals=("valid", "data", "phase")),
)


def watch(kind: PropertyKind, *cycles: str, bound: int = 0, reset: bool = True) -> str:
    """Return what is found in cycles of values, given as one word each; `R...` is a reset."""
    names = tuple(f"s{n}" for n in range(len(cycles[0].removeprefix("R").split(","))))
    monitor = Monitor(Watched("p", kind.value, names, bound), resettable=reset)
    return "".join(
        monitor.cycle(
            dict(zip(names, c.removeprefix("R").split(","), strict=True)), reset=c[0] == "R"
        )
        for c in cycles
    )


@pytest.mark.parametrize(
    ("kind", "cycles", "found"),
    [
        (PropertyKind.ONE_HOT, "11 R11 01 10 00 11 x1", "111100x"),
        (PropertyKind.AT_MOST_ONE, "R0,0 0,0 1,0 1,1", "1110"),
        (PropertyKind.STABLE, "R5,0,0 5,1,0 5,1,0 6,1,0 7,1,1 8,0,0 9,0,0", "1110011"),
        (PropertyKind.RESPONSE, "R0,0 1,0 0,0 0,1 1,0 0,0 0,0 0,0 0,1 0,0", "1111110011"),
        (PropertyKind.NOT_BEFORE, "R0,0 1,0 0,1 1,0 R1,1 1,0", "101110"),
        (PropertyKind.RESET_VALUE, "0 R1 10 11 R1 R10 0", "1111110"),
        (PropertyKind.KNOWN, "x Rx 1 x", "1110"),
    ],
)
def test_a_monitor_follows_its_property(kind: PropertyKind, cycles: str, found: str) -> None:
    assert watch(kind, *cycles.split(), bound=2) == found


def test_without_a_reset_nothing_is_watched_before_it_has_a_value() -> None:
    assert watch(PropertyKind.ONE_HOT, "xx", "x1", "01", "11", "xx", reset=False) == "1110x"


def interface() -> Interface:
    found = read_interface(design(QUEUE))
    return replace(found, clocks=(Clock(port="clk"),), resets=(Reset(port="rst"),))


def design(text: str) -> Design:
    return Design(top="offer", sources={"offer.v": text})


def judged(text: str, *properties: Property) -> Verdict:
    testbench = write_testbench(interface(), Golden(design=design(QUEUE)), budget=64)
    bench = property_bench(testbench, properties or SAID)
    assert bench is not None
    assert bench.bench.expected_checks == testbench.plan.cycles * len(properties or SAID)
    return judge(design(text), bench.bench, simulators=[Icarus()], interface=interface())


@pytest.mark.icarus
def test_what_is_said_holds_or_the_sentence_is_named() -> None:
    held = judged(QUEUE, *(p for p in SAID if p.kind is not PropertyKind.RESPONSE))
    assert held.status is Status.PASS, held.reason
    for wrong, name in (
        (QUEUE.replace("2'b10", "2'b11"), "one-hot: phase (line 4)"),
        (QUEUE.replace("!valid || ready", "1"), "stable while waiting: data, valid, ready"),
        (QUEUE.replace("data <= 9", "data <= 8"), "value after reset 9: data"),
    ):
        found = judged(wrong)
        assert found.status is Status.FAIL
        assert found.first_mismatch is not None
        assert name in {found.first_mismatch.port, "response in time within 1: go, valid"}


@pytest.mark.icarus
def test_an_unknown_value_breaks_what_says_that_there_is_none() -> None:
    found = judged(QUEUE.replace("valid <= 0; ", ""), SAID[-1])
    assert (found.status, found.cause) == (Status.FAIL, Cause.MISMATCH)


def test_properties_that_need_a_clock_are_not_watched_without_one() -> None:
    assert watchable(SAID, parity_interface(3, 0)) == (SAID[0], SAID[-1])
    two = replace(interface(), clocks=(Clock(port="clk"), Clock(port="go")))
    assert watchable(SAID, two) == ()


def test_no_property_needs_no_bench() -> None:
    testbench = write_testbench(interface(), Golden(design=design(QUEUE)), budget=64)
    assert property_bench(testbench, ()) is None


@pytest.mark.icarus
@pytest.mark.parametrize(
    ("text", "broken"),
    [
        (QUEUE, None),
        (QUEUE.replace("2'b10", "2'b11"), PropertyKind.ONE_HOT),
        (QUEUE.replace("!valid || ready", "1"), PropertyKind.STABLE),
        (QUEUE.replace("data <= 9", "data <= 8"), PropertyKind.RESET_VALUE),
        (QUEUE.replace("valid <= go", "valid <= 1"), PropertyKind.NOT_BEFORE),
        (QUEUE.replace("valid <= go", "valid <= 0"), PropertyKind.RESPONSE),
    ],
    ids=["right", "one-hot", "stable", "reset value", "not before", "response"],
)
def test_the_same_properties_are_signals_that_a_prover_can_reach(
    text: str, broken: PropertyKind | None
) -> None:
    response = broken is PropertyKind.RESPONSE
    said = [p for p in SAID if p.kind is not PropertyKind.RESPONSE or response]
    checked, ports, goals = property_goals(design(text), interface(), said)
    assert checked.top == ports.module == f"offer_{CHECKED}"
    assert len(goals) == len(said) - 1
    idle = Directed(name="idle", reason="", trace=InputTrace(cycles=({}, {}, {}, {"go": 1}, {})))
    golden = Golden(design=checked)
    testbench = write_testbench(ports, golden, budget=64, directed=[idle])
    quiet = [
        Property(kind=PropertyKind.AT_MOST_ONE, signals=(goal.condition, goal.condition))
        for _, goal in goals
    ]
    bench = property_bench(testbench, quiet)
    assert bench is not None
    found = simulate(checked, bench.bench, simulator=Icarus())
    kinds = {each.name: prop.kind for each, (prop, _) in zip(quiet, goals, strict=True)}
    first = None if found.first_mismatch is None else kinds[found.first_mismatch.port]
    assert first is broken


def test_the_folder_runs_by_itself(tmp_path: Path) -> None:
    testbench = write_testbench(interface(), Golden(design=design(QUEUE)), budget=64)
    bench = property_bench(testbench, SAID)
    assert bench is not None
    assert {
        "test_properties.py",
        "properties.py",
        "Makefile",
        "test_runner.py",
        "README.md",
    } <= set(bench.files)
    compile(bench.files["test_properties.py"], "test_properties.py", "exec")
