"""Written testbenches run for real, in a folder of their own, as a person would run them."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim import tools
from sim.design import Design
from sim.interface import Clock, Edge, Interface, Port
from sim.process import Limits, ToolRun, run_tool
from testbench_gen import (
    Golden,
    Testbench,
    Traced,
    expected_rows,
    write_stimulation,
    write_testbench,
)
from tests.testbench_gen.builders import (
    Counter,
    counter_interface,
    counter_rtl,
    parity,
    parity_interface,
    port,
)

TOKEN = "token of this run"
LIMITS = Limits(seconds=480.0, cpu_seconds=240.0)


def run(
    testbench: Testbench, rtl: str, folder: Path, *command: str, simulator: str = "icarus"
) -> tuple[ToolRun, dict[str, Any]]:
    """Run `command` (make) in a new testbench folder beside `rtl`; return its run and report."""
    bench, design, nobody = folder / "tb", folder / "rtl", folder / "nobody"
    for made in (bench, design, nobody):
        made.mkdir()
    # As if rtlgen were not installed.
    for package in ("rtlgen", "testbench_gen", "symbolic", "sim"):
        (nobody / f"{package}.py").write_text("raise ImportError(__name__)\n", encoding="utf-8")
    for name, text in testbench.files.items():
        (bench / name).write_text(text, encoding="utf-8")
    (design / "design.v").write_text(rtl, encoding="utf-8")
    report = folder / "report.json"
    environment = {
        "SIM": simulator,
        "RTLGEN_REPORT": str(report),
        "RTLGEN_TOKEN": TOKEN,
        "PYTHONPATH": str(nobody),
        "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"],
    }
    if simulator == "verilator":
        tool = tools.verilator()
        environment["PATH"] = f"{tool.path.parent}{os.pathsep}{environment['PATH']}"
        environment |= tool.environment
        environment["BUILD_ARGS"] = "OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0"  # quick to compile
    done = run_tool(
        list(command or ("make",)), cwd=bench, limits=LIMITS, environment=environment, confine=False
    )
    return done, json.loads(report.read_text(encoding="utf-8")) if report.is_file() else {}


def beside(rtl: str, top: str = "counter") -> Golden:
    return Golden(design=Design(top=top, sources={"golden.v": rtl}))


def assert_held(testbench: Testbench, rtl: str, folder: Path, **options: str) -> None:
    done, report = run(testbench, rtl, folder, **options)  # type: ignore[arg-type]
    assert done.exit_code == 0, done.output
    assert report["token"] == TOKEN
    assert report["checks"] == testbench.expected_checks
    assert (report["mismatches"], report["first_mismatch"]) == (0, None)
    assert report["cared_bits"] > 0


def first_mismatch(testbench: Testbench, rtl: str, folder: Path) -> dict[str, Any]:
    done, report = run(testbench, rtl, folder)
    assert done.exit_code != 0
    assert report["checks"] == testbench.expected_checks
    assert report["mismatches"] > 0
    found = report["first_mismatch"]
    assert isinstance(found, dict)
    for part in (
        f"port      {found['port']}",
        f"expected  {found['expected']}",
        "checks did not hold",
    ):
        assert part in done.output
    return found


@pytest.mark.icarus
@pytest.mark.parametrize(
    ("edge", "active_low", "asynchronous"),
    [
        (Edge.RISING, False, False),
        (Edge.RISING, True, True),
        (Edge.FALLING, False, True),
        (Edge.FALLING, True, False),
    ],
)
def test_every_kind_of_clock_and_reset(
    tmp_path: Path, edge: Edge, active_low: bool, asynchronous: bool
) -> None:
    interface = counter_interface(active_low=active_low, asynchronous=asynchronous, edge=edge)
    word = "posedge" if edge is Edge.RISING else "negedge"
    rtl = counter_rtl(active_low=active_low, asynchronous=asynchronous, edge=word)
    assert_held(write_testbench(interface, Counter(), budget=200), rtl, tmp_path)


@pytest.mark.icarus
@pytest.mark.parametrize(
    ("reference", "change", "port_name"),
    [
        ("model", ("q == 4 ? 3'd0", "q == 5 ? 3'd0"), "q"),
        ("model", ("assign wrap = en && q == 4", "assign wrap = q == 4"), "wrap"),
        ("model", ("posedge clk", "negedge clk"), "q"),
        ("model", ("always @(posedge clk)", "always @(posedge clk or posedge rst)"), "q"),
        ("golden", ("if (rst) q <= 0;\n    else ", ""), "q"),
        ("golden", ("posedge clk", "negedge clk"), "q"),
        ("golden", ("always @(posedge clk)", "always @(posedge clk or posedge rst)"), "q"),
    ],
)
def test_wrong_counters_are_found(
    tmp_path: Path, reference: str, change: tuple[str, str], port_name: str
) -> None:
    rtl = counter_rtl()
    assert change[0] in rtl
    judge = Counter() if reference == "model" else beside(rtl)
    written = write_testbench(counter_interface(), judge, budget=300)
    found = first_mismatch(written, rtl.replace(*change), tmp_path)
    assert found["port"] == port_name


@pytest.mark.icarus
def test_a_synchronous_reset_is_no_asynchronous_one(tmp_path: Path) -> None:
    written = write_testbench(counter_interface(asynchronous=True), Counter(), budget=300)
    assert first_mismatch(written, counter_rtl(), tmp_path)["got"] == "xxx"


@pytest.mark.icarus
@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_lenient_reset_accepts_both_kinds(tmp_path: Path, asynchronous: bool) -> None:
    written = write_testbench(counter_interface(), Counter(), budget=300, strict_reset=False)
    assert_held(written, counter_rtl(asynchronous=asynchronous), tmp_path)


@pytest.mark.icarus
@pytest.mark.parametrize(("msb", "lsb"), [(3, 0), (0, 3), (4, 1), (0, 0)])
def test_functions_of_every_range(tmp_path: Path, msb: int, lsb: int) -> None:
    written = write_testbench(parity_interface(msb, lsb), parity(msb, lsb))
    rtl = f"module parity(input [{msb}:{lsb}] x, output p); assign p = ^x; endmodule"
    assert_held(written, rtl, tmp_path)


@pytest.mark.icarus
def test_bits_are_mapped_by_index(tmp_path: Path) -> None:
    interface = Interface(
        module="swap", ports=(port("x", "input", 0, 2), port("y", "output", 3, 1))
    )
    rtl = "module swap(input [0:2] x, output [3:1] y); assign y = {x[2], x[1], x[0]}; endmodule"
    assert_held(write_testbench(interface, beside(rtl, "swap")), rtl, tmp_path)


@pytest.mark.icarus
def test_names_that_shadow_handle_attributes_and_keywords(tmp_path: Path) -> None:
    names = ("value", "_name", "lambda", "dut", "golden", "_log", "class")
    ports = tuple(port(name, "input") for name in names)
    interface = Interface(module="odd", ports=(*ports, port("in", "output")))
    header = ", ".join(f"input \\{name} " for name in names)
    parts = ", ".join(f"\\{name} " for name in names)
    rtl = f"module odd({header}, output in); assign in = ^{{{parts}}}; endmodule"
    assert_held(write_testbench(interface, beside(rtl, "odd")), rtl, tmp_path)


@pytest.mark.icarus
@pytest.mark.parametrize("module", ["parity", "x", "odd$"])
def test_names_that_no_handle_has_are_reached_by_a_wrapper(tmp_path: Path, module: str) -> None:
    interface = Interface(module=module, ports=parity_interface(3, 0).ports)
    rtl = f"module {module}(input [3:0] x, output p); assign p = ^x; endmodule"
    written = write_testbench(interface, parity(3, 0))
    assert ("rtlgen_tb_top.v" in written.files) is (module != "parity")
    assert_held(written, rtl, tmp_path)


@pytest.mark.icarus
def test_wide_ports(tmp_path: Path) -> None:
    wide = tuple(
        Port(name=name, direction=direction, msb=1500, lsb=0)
        for name, direction in (
            ("a", port("a", "input").direction),
            ("y", port("y", "output").direction),
        )
    )
    rtl = "module wide(input [1500:0] a, output [1500:0] y); assign y = ~a; endmodule"
    interface = Interface(module="wide", ports=wide)
    assert_held(write_testbench(interface, beside(rtl, "wide"), budget=64), rtl, tmp_path)


@pytest.mark.icarus
def test_unknown_bits_of_a_golden_design_may_be_anything(tmp_path: Path) -> None:
    interface = Interface(module="open_", ports=(port("a", "input"), port("y", "output", 1, 0)))
    golden = "module open_(input a, output [1:0] y); assign y = {1'bx, a}; endmodule"
    written = write_testbench(interface, beside(golden, "open_"))
    done, report = run(written, golden.replace("1'bx", "1'b1"), tmp_path)
    assert done.exit_code == 0
    assert report["cared_bits"] == report["checks"] == written.expected_checks


@pytest.mark.icarus
def test_macros_and_directives_of_a_golden_design_do_not_leak(tmp_path: Path) -> None:
    golden = "`define LIMIT 4\n`default_nettype none\n" + counter_rtl().replace(
        "q == 4", "q == `LIMIT"
    ).replace("input ", "input wire ").replace("output wrap", "output wire wrap")
    design = "`ifdef LIMIT\n broken\n`endif\n" + counter_rtl().replace(
        "endmodule", "  assign implicit = en;\nendmodule"
    )
    assert_held(write_testbench(counter_interface(), beside(golden), budget=100), design, tmp_path)


@pytest.mark.icarus
def test_delays_without_a_time_scale_are_nanoseconds(tmp_path: Path) -> None:
    rtl = counter_rtl().replace("q <= ", "q <= #1 ")
    assert "#1" in rtl
    assert_held(write_testbench(counter_interface(), beside(rtl), budget=100), rtl, tmp_path)


@pytest.mark.icarus
def test_a_golden_design_may_have_keywords_of_its_own(tmp_path: Path) -> None:
    rtl = "module odd(input logic, output do); assign do = ~logic; endmodule"
    golden = f'`begin_keywords "1364-2005"\n{rtl}\n`end_keywords\n'
    interface = Interface(module="odd", ports=(port("logic", "input"), port("do", "output")))
    assert_held(write_testbench(interface, beside(golden, "odd")), golden, tmp_path)


@pytest.mark.icarus
def test_a_coarse_time_precision_is_no_problem(tmp_path: Path) -> None:
    written = write_testbench(counter_interface(), Counter(), budget=100)
    done, report = run(written, "`timescale 1us/1us\n" + counter_rtl(), tmp_path)
    assert done.exit_code == 0, done.output
    assert report["checks"] == written.expected_checks


@pytest.mark.icarus
def test_latches_are_compared_without_races(tmp_path: Path) -> None:
    interface = Interface(
        module="latch", ports=(port("en", "input"), port("d", "input"), port("q", "output"))
    )
    golden = "module latch(input en, d, output reg q); always @* if (en) q = d; endmodule"
    design = "module latch(input en, d, output q); assign q = en ? d : q; endmodule"
    assert_held(write_testbench(interface, beside(golden, "latch")), design, tmp_path)


@pytest.mark.icarus
def test_two_clocks(tmp_path: Path) -> None:
    interface = Interface(
        module="crossing",
        ports=(port("a", "input"), port("b", "input"), port("d", "input"), port("q", "output")),
        clocks=(Clock(port="a"), Clock(port="b")),
    )
    rtl = (
        "module crossing(input a, b, d, output reg q); reg m; "
        "always @(posedge a) m <= d; always @(posedge b) q <= m; endmodule"
    )
    written = write_testbench(interface, beside(rtl, "crossing"), budget=100)
    assert_held(written, rtl, tmp_path)
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    first_mismatch(written, rtl.replace("posedge b", "negedge b"), wrong)


@pytest.mark.icarus
def test_pytest_runner_passes_and_fails(tmp_path: Path) -> None:
    written = write_testbench(counter_interface(), Counter(), budget=100)
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_runner.py")
    for name, rtl, code in (
        ("right", counter_rtl(), 0),
        ("wrong", counter_rtl().replace("q == 4", "q == 3"), 1),
    ):
        folder = tmp_path / name
        folder.mkdir()
        done, report = run(written, rtl, folder, *command)
        assert done.exit_code == code, done.output
        assert report["checks"] == written.expected_checks


@pytest.mark.icarus
def test_waveform(tmp_path: Path) -> None:
    written = write_testbench(counter_interface(), Counter(), budget=32)
    done, _ = run(written, counter_rtl(), tmp_path, "make", "WAVES=1")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "tb/sim_build/icarus/counter.fst").stat().st_size > 0


@pytest.mark.verilator
@pytest.mark.parametrize("reference", ["model", "golden"])
def test_verilator(tmp_path: Path, reference: str) -> None:
    rtl = counter_rtl(active_low=True, asynchronous=True)
    interface = counter_interface(active_low=True, asynchronous=True)
    judge = Counter() if reference == "model" else beside("`timescale 1ns/1ps\n" + rtl)
    written = write_testbench(interface, judge, budget=300)
    assert_held(written, rtl, tmp_path, simulator="verilator")


@pytest.mark.icarus
@pytest.mark.parametrize("module", ["counter", "q"])
def test_expected_rows_are_a_testbench_of_their_own(tmp_path: Path, module: str) -> None:
    interface = replace(counter_interface(), module=module)
    stimulation = write_stimulation(interface, budget=100)
    traced = Traced(stimulation=stimulation, rows=expected_rows(stimulation, Counter()))
    written = write_testbench(interface, traced)
    rtl = counter_rtl().replace("module counter", f"module {module}")
    (tmp_path / "right").mkdir()
    assert_held(written, rtl, tmp_path / "right")
    (tmp_path / "wrong").mkdir()
    found = first_mismatch(written, rtl.replace("q == 4 ?", "q == 5 ?"), tmp_path / "wrong")
    assert (found["port"], found["expected"], found["got"]) == ("q", "000", "101")
