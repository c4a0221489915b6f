"""Time per cycle of a written testbench, against a plain cocotb loop with equal stimulus.

    python bench/stimulus.py [--budget CYCLES] [--repeat TIMES] [--more CANDIDATES]

Both drive the same inputs at the same times, into the same top level, and read the same
outputs of the design and of the golden design as often. The plain loop has all of that in
a list; it awaits a `Timer`, reads, compares, and writes every input of the cycle, as a
person would write it. What a run costs at all is measured with a short stimulus and taken
off. The last columns are the testbench for many: one design in it, and each further one.
Processor time of the simulators alone; the least of several runs.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import replace

from sim.batch import judge_many
from sim.cocotb_bench import CocotbBench
from sim.design import Design
from sim.icarus import Icarus
from sim.interface import infer_timing, read_interface
from sim.simulate import simulate
from sim.verdict import Status, Verdict
from testbench_gen import Golden, Testbench, write_testbench
from testbench_gen.standalone.timeline import timeline
from testbench_gen.wires import wires

_SHORT = 64
_DESIGNS = {
    "counter": """module counter(
  input clk, rst, en, ld, input [7:0] d, output reg [7:0] q, output last
);
  assign last = en && &q;
  always @(posedge clk) if (rst) q <= 0; else if (ld) q <= d; else if (en) q <= q + 1;
endmodule""",
    "lights": """module lights(input clk, rst, go, stop, output red, green);
  reg [1:0] s;
  assign {red, green} = s;
  always @(posedge clk or posedge rst)
    if (rst) s <= 2; else case (s) 2: if (go) s <= 1; 1: if (stop) s <= 2; default: s <= 2; endcase
endmodule""",
    "add_sub": """module add_sub(input [31:0] a, b, input sub, output [31:0] y, output zero, carry);
  assign {carry, y} = sub ? a - b : a + b;
  assign zero = y == 0;
endmodule""",
}
_PLAIN = '''"""A plain cocotb loop."""

import json
import os

import cocotb
from cocotb.triggers import Timer

INPUTS = {inputs!r}
PAIRS = {pairs!r}
STEPS = {steps!r}


@cocotb.test()
async def plain(dut):
    inputs = {{name: getattr(dut, signal) for name, signal in INPUTS.items()}}
    pairs = [(getattr(dut, got), getattr(dut, want)) for got, want in PAIRS]
    checks = mismatches = 0
    for wait, sample, drive in STEPS:
        if wait:
            await Timer(wait, "ns")
        if sample:
            for got, want in pairs:
                checks += 1
                expected = want.value
                if expected.is_resolvable and got.value != expected:
                    mismatches += 1
        for name, value in drive.items():
            inputs[name].value = value
    report = dict(checks=checks, mismatches=mismatches, first_mismatch=None)
    with open(os.environ["RTLGEN_REPORT"], "w") as file:
        json.dump({{"token": os.environ["RTLGEN_TOKEN"], **report}}, file)
'''


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--budget", type=int, default=16384, help="cycles")
    parser.add_argument("--repeat", type=int, default=3, help="runs, of which the quickest counts")
    parser.add_argument("--more", type=int, default=16, help="further candidates")
    arguments = parser.parse_args()
    print("design      cycles  plain/us  ours/us  ratio  many, 1/us  ratio  one more/us")
    for name, text in _DESIGNS.items():
        measured(name, text, arguments)


def measured(name: str, text: str, arguments: argparse.Namespace) -> None:
    """Print the row of one design."""
    golden = Design(top=name, sources={f"{name}.v": text})
    long, short = (written(golden, budget) for budget in (arguments.budget, _SHORT))
    others = [variant(golden, number) for number in range(arguments.more + 1)]
    cycles = long.plan.cycles - short.plan.cycles

    def per_cycle(run: Callable[[Testbench], Verdict]) -> float:
        least = [min(spent(run, b) for _ in range(arguments.repeat)) for b in (long, short)]
        return (least[0] - least[1]) / cycles * 1e6

    def many(count: int) -> Callable[[Testbench], Verdict]:
        return lambda b: judge_many(others[:count], b, simulators=[Icarus()])[0]

    plain = per_cycle(lambda b: simulate(golden, plain_loop(b), simulator=Icarus()))
    ours = per_cycle(lambda b: simulate(golden, b.bench, simulator=Icarus()))
    one, all_ = per_cycle(many(1)), per_cycle(many(len(others)))
    print(
        f"{name:10}{long.plan.cycles:8}{plain:10.1f}{ours:9.1f}{ours / plain:7.2f}"
        f"{one:12.1f}{one / plain:7.2f}{(all_ - one) / arguments.more:13.2f}",
        flush=True,
    )


def written(golden: Design, budget: int) -> Testbench:
    interface = infer_timing(golden, read_interface(golden))
    return write_testbench(interface, Golden(design=golden), budget=budget)


def variant(golden: Design, number: int) -> Design:
    """Return `golden` with another text that means the same."""
    text = next(iter(golden.sources.values()))
    head, _, body = text.partition(";")
    return replace(golden, sources={"v.v": f"{head}; wire other_{number}; {body}"})


def plain_loop(testbench: Testbench) -> CocotbBench:
    """Return the same bench with a plain loop; every input of a cycle is written in it."""
    plan, found = testbench.plan, wires(testbench.interface)
    names = [port.name for port in plan.inputs]
    level = dict.fromkeys([wire.port.name for wire in found["inputs"]], 0)
    steps: list[tuple[int, bool, dict[str, int]]] = []
    for step in timeline(plan.unfold(), names, plan.timing, None):
        level |= step.drive
        data = {name: level[name] for name in names} if set(step.drive) & set(names) else {}
        steps.append((step.wait, step.sample, {**data, **step.drive}))
    text = _PLAIN.format(
        inputs={wire.port.name: wire.signal for wire in found["inputs"]},
        pairs=[(wire.signal, wire.golden) for wire in found["outputs"]],
        steps=steps,
    )
    module = testbench.bench.test_module
    return replace(testbench.bench, python_files={f"{module}.py": text})


def spent(run: Callable[[Testbench], Verdict], testbench: Testbench) -> float:
    """Return the processor seconds of the processes that `run` starts."""
    before = os.times()
    verdict = run(testbench)
    after = os.times()
    if verdict.status is not Status.PASS:
        raise SystemExit(f"a design must pass its own testbench, but: {verdict.reason}")
    return sum(after[2:4]) - sum(before[2:4])


if __name__ == "__main__":
    main()
