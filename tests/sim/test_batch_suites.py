"""Real completions, honest and hostile designs: many at a time as one by one."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim.batch import judge_many
from sim.design import Design
from sim.icarus import Icarus
from sim.interface import Interface, infer_timing, read_interface
from sim.judge import judge
from sim.process import Limits
from sim.verdict import Status, Verdict
from testbench_gen import Golden, Testbench, write_testbench
from tests.sim.suite_bench import INTERFACE, suite_design, suite_names

LIMITS = Limits(seconds=60.0, cpu_seconds=20.0, output_bytes=1 << 16)
ADDER = """
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
  always @(posedge clk) if (rst) y <= 8'd0; else y <= a + b;
endmodule
"""
# Of each kind of attack one that the simulator gets to see, and some that it does not.
ADVERSARIAL = [
    "asynchronous_glitch",
    "flood_results",
    "output_onto_reset",
    "output_x",
    "output_z",
    "upward_write",
    "wrong_after_many",
    "wrong_edge",
    "wrong_on_second_reset",
    "x_where_wrong",
    "z_top_bit",
]


def testbench_of(golden: Design, *, budget: int) -> tuple[Testbench, Interface]:
    interface = infer_timing(golden, read_interface(golden))
    return write_testbench(interface, Golden(design=golden), budget=budget), interface


testbench_of.__test__ = False  # type: ignore[attr-defined]


def assert_same(designs: Sequence[Design], golden: Design, *, budget: int) -> list[Verdict]:
    testbench, interface = testbench_of(golden, budget=budget)
    settings: dict[str, Any] = {
        "simulators": [Icarus()],
        "interface": interface,
        "limits": LIMITS,
    }
    together = judge_many(designs, testbench, **settings)
    for design, verdict in zip(designs, together, strict=True):
        alone = judge(design, testbench.bench, **settings)
        assert replace(verdict, runs=()) == replace(alone, runs=())
    return together


def adder() -> Design:
    return Design(top="dut", sources={"golden.sv": ADDER})


@pytest.mark.icarus
def test_honest_designs_pass_together() -> None:
    testbench, interface = testbench_of(adder(), budget=64)
    names = suite_names("honest")
    designs = [suite_design("honest", name) for name in names]
    found = judge_many(designs, testbench, simulators=[Icarus()], interface=interface)
    statuses = dict(zip(names, (verdict.status for verdict in found), strict=True))
    assert set(statuses.values()) == {Status.PASS}, statuses
    assert interface.ports == INTERFACE.ports


@pytest.mark.icarus
def test_hostile_designs_get_the_verdict_that_they_get_alone() -> None:
    designs = [suite_design("adversarial", name) for name in ADVERSARIAL]
    found = assert_same([*designs, adder()], adder(), budget=600)
    assert [verdict.status is Status.PASS for verdict in found] == [False] * len(designs) + [True]


def lines(path: Path) -> Iterator[dict[str, str]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        yield from (json.loads(line) for line in file)


@pytest.mark.icarus
@pytest.mark.shared
@pytest.mark.parametrize("task", ["count15", "fsm_onehot", "edgecapture"])
def test_real_completions_get_the_verdict_that_they_get_alone(shared: Path, task: str) -> None:
    problems = lines(shared / "benchmarks/verilog-eval-v1/VerilogEval_Human.jsonl")
    problem = next(row for row in problems if row["task_id"] == task)
    golden = Design(
        top="top_module", sources={"g.sv": problem["prompt"] + problem["canonical_solution"]}
    )
    samples = lines(shared / "samples/verilog-eval-v1/qwen14b_base_human.jsonl.gz")
    texts = [
        row["completion"]
        if "module top_module" in row["completion"]
        else f"{row['prompt']}\n{row['completion']}"
        for row in samples
        if row["task_id"] == task
    ]
    designs = [Design(top="top_module", sources={"c.sv": text}) for text in texts]
    found = assert_same(designs, golden, budget=200)
    assert len(found) == 10
