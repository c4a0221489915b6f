"""Designs that try to change the verdicts on their neighbors, or to tell that they have any."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sim.batch import judge_many
from sim.icarus import Icarus
from sim.judge import judge
from sim.process import Limits
from sim.simulate import Simulator
from sim.verdict import Cause, Status, Verdict
from sim.verilator import Verilator
from tests.sim.test_batch import CANDIDATES, INTERFACE, STEP, assert_same, benches, body, counter

SETTINGS: dict[str, Any] = {
    "interface": INTERFACE,
    "limits": Limits(seconds=120.0, cpu_seconds=60.0),
}
NO_RESET = CANDIDATES["no reset"]


def bare(verdict: Verdict) -> Verdict:
    return replace(verdict, runs=())


@pytest.mark.icarus
@pytest.mark.verilator
def test_a_compiler_that_errs_about_a_neighbor_does_not_decide_who_simulates_it() -> None:
    """Icarus reads on after a syntax error, and finds fault with the next file."""
    item = "clocking cb @(posedge clk); input en; endclocking"
    designs = [counter(body(f"assign wrap = en && q == 4; {STEP} {item}")), counter(NO_RESET)]
    simulators: list[Simulator] = [Icarus(), Verilator()]
    testbench = benches()["golden"]
    together = judge_many(designs, testbench, simulators=simulators, **SETTINGS)
    alone = judge(designs[1], testbench.bench, simulators=simulators, **SETTINGS)
    assert together[0].status is Status.PASS
    assert together[0].simulator.startswith("Verilator")
    assert together[1].simulator.startswith("Icarus")
    assert together[1].cause is Cause.UNKNOWN_VALUE
    assert bare(together[1]) == bare(alone)


def nosy(seen: str, odd: str) -> str:
    """A counter that is right only if `odd`, which it has noted by way of `seen`, is false."""
    step = f"if (rst) q <= 0; else if (en) q <= q == ({odd} ? 5 : 4) ? 0 : q + 1;"
    return body(f"assign wrap = en && q == 4; {seen} always @(posedge clk) {step}")


NEIGHBORS = {
    "right": nosy("", "0"),
    "floating": nosy("reg z; initial z = en === 1'bz;", "z"),
    "edges": nosy("integer n = 0; always @(clk) n = n + 1;", "n[0]"),
    "supplied": nosy("", "0").replace("input en", "input supply0 en"),
    "pulled": "`unconnected_drive pull1\n"
    + nosy("wire o; s u(.o(o));", "!o")
    + "module s(input i, output o); assign o = i; endmodule\n",
    "not pulled": nosy("wire o; s u(.o(o));", "o !== 1'bz")
    + "module s(input i, output o); assign o = i; endmodule\n",
    "monitors": nosy("initial begin $monitor(clk); $monitoroff; end", "0"),
    "late": nosy("reg [2:0] r; initial forever #5 r = q;", "r === 3"),
}


@pytest.mark.icarus
def test_no_design_can_tell_its_neighbors() -> None:
    designs = [counter(text) for text in NEIGHBORS.values()]
    found = assert_same(designs, benches()["golden"], Icarus())
    assert found[0].status is Status.PASS
