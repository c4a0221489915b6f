"""What the simulators plan, how they judge recorded output, and one real run each."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from rtlgen.doctor import BENCH, INVERTER
from sim import tools, verilator_runtime
from sim.cocotb_bench import CocotbBench
from sim.design import Design
from sim.errors import ToolFailed
from sim.icarus import Icarus
from sim.judge import available_simulators, judge, simulator_named
from sim.process import Limits, ToolRun
from sim.simulate import Simulator, simulate
from sim.verdict import Cause, Status
from sim.verilator import TWO_STATE, Verilator

ICARUS_SORRY = "design/brk.sv:4: sorry: break statements not supported.\n"
ICARUS_ERRORS = """\
design/a.sv:3: warning: implicit definition of wire 'q'.
design/a.sv:4: error: Could not find variable ``z'' in ``a''
1 error(s) during elaboration.
"""
VERILATOR_UNSUPPORTED = """\
%Warning-SPECIFYIGN: design/v1.sv:4:22: Ignoring unsupported: specify block construct
    4 |   specify (a => y) = 1; endspecify
      |                      ^
%Error-UNSUPPORTED: design/v1.sv:5:19: Unsupported: Verilog 1995 gate primitive: tranif1
    5 |   wire w; tranif1 t(w, y, a);
      |                   ^
%Error: Exiting due to 1 error(s)
"""


def failed(output: str) -> ToolRun:
    return ToolRun(argv=("x",), exit_code=1, output=output, truncated=False, seconds=0.1)


@pytest.mark.icarus
@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (ICARUS_SORRY, r"brk\.sv:4: sorry: break statements not supported"),
        (ICARUS_ERRORS, r"a\.sv:4: error: Could not find variable"),
    ],
)
def test_what_icarus_cannot_compile_is_not_judged(output: str, reason: str) -> None:
    verdict = Icarus().judge([failed(output)], BENCH, report=None, token="t")
    assert (verdict.status, verdict.cause) == (Status.ERROR, Cause.BENCH)
    assert "cannot compile what slang accepts" in verdict.reason
    assert re.search(reason, verdict.reason)


@pytest.mark.verilator
def test_what_verilator_cannot_compile_is_not_judged() -> None:
    verdict = Verilator().judge([failed(VERILATOR_UNSUPPORTED)], BENCH, report=None, token="t")
    assert (verdict.status, verdict.cause) == (Status.ERROR, Cause.BENCH)
    assert "v1.sv:5:19: Unsupported: Verilog 1995 gate primitive: tranif1" in verdict.reason


@pytest.mark.icarus
def test_bench_that_does_not_compile_is_said() -> None:
    run = failed("bench/wrapper.sv:2: error: Unknown module type: inverter\n")
    verdict = Icarus().judge([run], BENCH, report=None, token="t")
    assert "the testbench does not compile" in verdict.reason


@pytest.mark.icarus
def test_icarus_compiles_the_design_last_and_names_its_roots() -> None:
    plan = Icarus().plan(INVERTER, BENCH)
    compile_, run = plan.commands
    assert compile_[-2:] == ["root.sv", "design/inverter.v"]
    assert [compile_[i + 1] for i, word in enumerate(compile_) if word == "-s"] == [
        "inverter",
        "rtlgen_root",
    ]
    assert run[-1] == "-none"
    assert "RTLGEN_TOKEN" not in plan.environment


@pytest.mark.icarus
def test_icarus_judges(tmp_path: Path) -> None:
    waveform = tmp_path / "w.vcd"
    verdict = simulate(INVERTER, BENCH, simulator=Icarus(), waveform=waveform)
    assert (verdict.status, verdict.notes) == (Status.PASS, ())
    assert "inverter" in waveform.read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["w.vcd"]


@pytest.mark.verilator
def test_verilator_judges_and_says_that_it_is_two_state(tmp_path: Path) -> None:
    waveform = tmp_path / "w.vcd"
    verdict = simulate(INVERTER, BENCH, simulator=Verilator(), waveform=waveform)
    assert (verdict.status, verdict.notes) == (Status.PASS, (TWO_STATE,))
    assert "inverter" in waveform.read_text()


LATER = Design(
    top="inverter",
    sources={
        "inverter.sv": """
module inverter(input logic a, output logic y);
  always_comb for (int i = 0; i < 2; i++) begin
    y = ~a;
    if (i == 0) break;
  end
endmodule
"""
    },
)


@pytest.mark.icarus
@pytest.mark.verilator
def test_legal_rtl_that_icarus_cannot_compile_goes_to_verilator() -> None:
    simulators: list[Simulator] = [Icarus(), Verilator()]
    verdict = judge(LATER, BENCH, simulators=simulators)
    assert verdict.status is Status.PASS
    assert verdict.simulator.startswith(("Verilator", "Icarus Verilog 13"))


@pytest.mark.icarus
def test_a_verdict_on_the_design_is_final() -> None:
    wrong = Design(
        top="inverter",
        sources={"i.v": "module inverter(input a, output y); assign y = a;endmodule"},
    )
    verdict = judge(wrong, BENCH, simulators=[Icarus(), Icarus()])
    assert verdict.status is Status.FAIL


@pytest.mark.icarus
def test_slow_bench_is_a_timeout() -> None:
    python = "import cocotb\n@cocotb.test()\nasync def t(dut):\n    while True: pass\n"
    bench = CocotbBench(
        test_module="t", python_files={"t.py": python}, toplevel="inverter", expected_checks=1
    )
    verdict = simulate(INVERTER, bench, simulator=Icarus(), limits=Limits(seconds=2))
    assert (verdict.status, verdict.cause) == (Status.TIMEOUT, Cause.TIME)


@pytest.mark.verilator
def test_run_time_code_is_built_once_and_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("")
    monkeypatch.setenv("RTLGEN_CACHE", str(occupied / "cache"))
    verilator_runtime.provide.cache_clear()
    with pytest.raises(
        ToolFailed, match=r"needs a folder; cannot write .*\n\nhint: set RTLGEN_CACHE"
    ):
        verilator_runtime.provide()
    verilator_runtime.provide.cache_clear()


def test_unknown_simulator_is_named() -> None:
    with pytest.raises(KeyError, match="must be one of icarus, verilator, not 'vcs'"):
        simulator_named("vcs")


def test_available_simulators_can_be_asked_for_their_version() -> None:
    assert all(simulator.version() for simulator in available_simulators())
    assert tools.icarus() or tools.verilator()


def test_a_data_file_that_the_bench_brings_too_is_not_judged() -> None:
    design = Design(top=INVERTER.top, sources=INVERTER.sources, data={"rom.hex": b"01"})
    bench = replace(BENCH, data={"rom.hex": b"02"})
    verdict = judge(design, bench, simulators=[])
    assert verdict.status is Status.ERROR
    assert "design and testbench both bring a file 'rom.hex'" in verdict.reason
