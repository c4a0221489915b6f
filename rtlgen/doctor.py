"""What this machine has for judging designs, found by trying it."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any

from rtlgen import __version__
from rtlgen.doctor_models import find_models
from rtlgen.finding import Finding, State, hint_of, rule_of
from sim import tools
from sim.cocotb_bench import CocotbBench
from sim.cocotb_run import gpi_users
from sim.design import Design
from sim.errors import EnvironmentFault, ToolNotFound
from sim.judge import SIMULATORS
from sim.process import isolation
from sim.simulate import Simulator, simulate
from sim.verdict import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything that `rtlgen doctor` reports."""

    simulators: tuple[Finding, ...]
    tools: tuple[Finding, ...]
    models: tuple[Finding, ...]
    isolation: tuple[str, ...]

    @property
    def can_judge(self) -> bool:
        """Whether at least one simulator really runs."""
        return any(finding.state is State.WORKS for finding in self.simulators)

    def to_json(self) -> dict[str, Any]:
        """Return the findings as plain values."""
        groups = {"simulators": self.simulators, "tools": self.tools, "models": self.models}
        return {
            "rtlgen": __version__,
            "python": platform.python_version(),
            "can_judge": self.can_judge,
            **{name: [_plain(finding) for finding in found] for name, found in groups.items()},
            "isolation": list(self.isolation),
        }

    def to_text(self) -> str:
        """Return the findings as lines for a person."""
        lines = [f"rtlgen {__version__} on Python {platform.python_version()}, {sys.executable}"]
        for title, found in (
            ("Simulators (a two-line design compiled and simulated)", self.simulators),
            ("Tools and libraries", self.tools),
            ("Models", self.models),
        ):
            lines += ["", title, *(line for finding in found for line in _lines(finding))]
        lines += ["", "Isolation of what is run", *(f"  {line}" for line in self.isolation), ""]
        return "\n".join([*lines, self._summary()])

    def _summary(self) -> str:
        works = [finding.name for finding in self.simulators if finding.state is State.WORKS]
        if not works:
            return "No simulator works: designs cannot be judged on this machine yet."
        return f"Designs can be judged, with {' and '.join(works)}."


def _plain(finding: Finding) -> dict[str, str]:
    return {**asdict(finding), "state": finding.state.value}


def _lines(finding: Finding) -> list[str]:
    mark = {State.WORKS: "ok", State.BROKEN: "BROKEN", State.MISSING: "missing"}[finding.state]
    facts = "  ".join(part for part in (finding.version, finding.where, finding.detail) if part)
    lines = [f"  {mark:8}{finding.name:18}{facts}".rstrip()]
    return [*lines, f"{'':28}-> {finding.remedy}"] if finding.remedy else lines


def examine() -> Findings:
    """Try every tool and return what was found; takes some seconds."""
    return Findings(
        simulators=tuple(_try_simulator(make()) for make in SIMULATORS.values()),
        tools=(*_libraries(), _cxx(), _make(), _shared_python()),
        models=find_models(),
        isolation=tuple(isolation().lines()),
    )


INVERTER = Design(
    top="inverter",
    sources={
        "inverter.v": "module inverter(input wire a, output wire y);\nassign y = ~a; endmodule\n"
    },
)
BENCH = CocotbBench(
    test_module="test_inverter",
    toplevel="inverter",
    expected_checks=2,
    python_files={
        "test_inverter.py": """\
import json, os
import cocotb
from cocotb.triggers import Timer

@cocotb.test()
async def inverts(dut):
    wrong = 0
    for value in (0, 1):
        dut.a.value = value
        await Timer(1, "ns")
        wrong += int(dut.y.value) != 1 - value
    report = {"token": os.environ["RTLGEN_TOKEN"], "checks": 2, "mismatches": wrong,
              "first_mismatch": None}
    with open("partial.json", "w") as file:
        json.dump(report, file)
    os.replace("partial.json", os.environ["RTLGEN_REPORT"])
"""
    },
)


def _try_simulator(simulator: Simulator) -> Finding:
    locate = {"icarus": tools.icarus, "verilator": tools.verilator}[simulator.name]
    try:
        tool = locate()
    except ToolNotFound as error:
        return _absent(simulator.name, error)
    found = {
        "name": simulator.name,
        "version": tool.version,
        "where": f"{tool.path} ({tool.source})",
    }
    start = time.monotonic()
    try:
        verdict = simulate(INVERTER, BENCH, simulator=simulator)
    except ToolNotFound as error:
        return Finding(**found, state=State.BROKEN, detail=rule_of(error), remedy=hint_of(error))
    except EnvironmentFault as error:
        return Finding(**found, state=State.BROKEN, detail=rule_of(error), remedy=hint_of(error))
    if verdict.status is not Status.PASS:
        return Finding(**found, state=State.BROKEN, detail=verdict.reason)
    return Finding(**found, state=State.WORKS, detail=f"{time.monotonic() - start:.1f} s")


def _absent(name: str, error: ToolNotFound) -> Finding:
    return Finding(name=name, state=State.MISSING, detail=rule_of(error), remedy=hint_of(error))


_LIBRARIES = {
    "cocotb": ("testbenches", ""),
    "pyslang": ("reading Verilog", ""),
    "pyosys": ("Yosys, for the symbolic optimizer", "symbolic"),
    "pyverilog": ("Verilog syntax trees, for the symbolic optimizer", "symbolic"),
}


def _libraries() -> list[Finding]:
    return [_library(name, what, extra) for name, (what, extra) in _LIBRARIES.items()]


def _library(name: str, what: str, extra: str) -> Finding:
    # Asked of the metadata: `find_spec` would take any folder of that name for the package.
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        package = f"'rtlgen[{extra}]'" if extra else "rtlgen"
        remedy = f"pip install {package}"
        return Finding(name=name, state=State.MISSING, detail=what, remedy=remedy)
    return Finding(name=name, state=State.WORKS, version=version, detail=what)


def _cxx() -> Finding:
    return _tool("C++ compiler", tools.cxx, "Verilator needs it")


def _make() -> Finding:
    return _tool("make", tools.make, "Verilator needs it")


def _tool(name: str, locate: Callable[[], object], what: str) -> Finding:
    try:
        return Finding(name=name, state=State.WORKS, where=str(locate()), detail=what)
    except ToolNotFound as error:
        return _absent(name, error)


def _shared_python() -> Finding:
    try:
        library = gpi_users().split(";")[0]
    except ToolNotFound as error:
        return _absent("libpython", error)
    return Finding(name="libpython", state=State.WORKS, where=library, detail="cocotb needs it")
