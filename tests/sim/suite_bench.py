"""The testbench of the two design suites: a golden adder beside the design, 400 cycles."""

from __future__ import annotations

from pathlib import Path

from sim.cocotb_bench import CocotbBench
from sim.design import Design
from sim.interface import Interface, read_header

DESIGNS = Path(__file__).parent / "designs"
CYCLES = 400

INTERFACE: Interface = read_header(
    "module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);"
)

_GOLDEN = """\
module suite_golden(
    input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y
);
    always @(posedge clk)
        if (rst) y <= 8'd0;
        else y <= a + b;
endmodule
"""

# Names that an upward reference would look for are there to be found; the gate must see to it.
_WRAPPER = """\
`timescale 1ns/1ps
module rtlgen_wrapper(
    input clk, input rst, input [7:0] a, input [7:0] b, output [7:0] y, output [7:0] golden_y
);
    dut rtlgen_dut(.clk(clk), .rst(rst), .a(a), .b(b), .y(y));
    suite_golden golden(.clk(clk), .rst(rst), .a(a), .b(b), .y(golden_y));
endmodule
"""

_TEST = f'''\
import json
import os
import random

import cocotb
from cocotb.triggers import Timer

CYCLES = {CYCLES}


def stimulus():
    """Yield phase, reset and operands: corners, random values, a reset in the middle."""
    values = random.Random(2024)
    corners = [(a, b) for a in (0, 1, 127, 128, 255) for b in (0, 1, 127, 128, 255)]
    for cycle in range(CYCLES):
        reset = cycle < 2 or cycle in (60, 61, 200, 333)
        if cycle < 2 + len(corners):
            phase, (a, b) = "corners", corners[cycle - 2]
        else:
            phase, a, b = "random", values.randrange(256), values.randrange(256)
        yield phase, int(reset), a, b


@cocotb.test()
async def suite(dut):
    checks = mismatches = 0
    first = None
    dut.clk.value = 0
    dut.rst.value = 1
    dut.a.value = 0
    dut.b.value = 0
    await Timer(5, unit="ns")
    dut.clk.value = 1
    await Timer(5, unit="ns")
    for phase, rst, a, b in stimulus():
        dut.clk.value = 0
        dut.rst.value = rst
        dut.a.value = a
        dut.b.value = b
        for level in (0, 1):
            dut.clk.value = level
            await Timer(5, unit="ns")
            expected, got = str(dut.golden_y.value), str(dut.y.value).lower()
            if got != expected:
                mismatches += 1
                first = first or {{
                    "check": checks,
                    "phase": phase,
                    "time_ns": float(cocotb.utils.get_sim_time("ns")),
                    "port": "y",
                    "expected": expected,
                    "got": got,
                    "inputs": {{"rst": hex(rst), "a": hex(a), "b": hex(b)}},
                    "history": [],
                }}
            checks += 1
    report(checks, mismatches, first)


def report(checks, mismatches, first):
    path, token = os.environ.get("RTLGEN_REPORT"), os.environ.get("RTLGEN_TOKEN")
    if not path or not token:
        return
    found = {{
        "token": token,
        "checks": checks,
        "mismatches": mismatches,
        "first_mismatch": first,
    }}
    with open(path + ".part", "w") as file:
        json.dump(found, file)
    os.replace(path + ".part", path)
'''

BENCH = CocotbBench(
    test_module="suite_test",
    python_files={"suite_test.py": _TEST},
    toplevel="rtlgen_wrapper",
    hdl_files={"golden.sv": _GOLDEN, "wrapper.sv": _WRAPPER},
    expected_checks=2 * CYCLES,
    reserved=frozenset({"suite_golden", "rtlgen_wrapper"}),
    outer=frozenset({"golden", "golden_y"}),
)


def suite_names(suite: str) -> list[str]:
    """Return the names of the designs of `suite`, `honest` or `adversarial`."""
    return sorted(path.stem for path in (DESIGNS / suite).glob("*.sv"))


def suite_design(suite: str, name: str) -> Design:
    """Return one design; files in the folder `NAME.d` come with it, Verilog as sources."""
    path = DESIGNS / suite / f"{name}.sv"
    sources, data = {path.name: path.read_bytes().decode()}, {}
    folder = path.with_suffix(".d")
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        relative = file.relative_to(folder).as_posix()
        if file.suffix in (".sv", ".v", ".vh", ".svh"):
            sources[relative] = file.read_bytes().decode()
        else:
            data[relative] = file.read_bytes()
    return Design(top="dut", sources=sources, data=data)
