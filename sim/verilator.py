"""Verilator with cocotb.

Most of a Verilator build compiles run-time code that is the same for every
design; `sim.verilator_runtime` builds it once for a machine, so that a design
costs about a second instead of about fifteen (`bench/verilator_runtime.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sim import tools, verilator_runtime
from sim.cocotb_bench import CocotbBench
from sim.cocotb_run import (
    WAVEFORM,
    compile_verdict,
    environment,
    hdl_order,
    judge_run,
    layout,
)
from sim.design import Design
from sim.process import ToolRun
from sim.simulate import Plan
from sim.verdict import Verdict

TWO_STATE = (
    "Verilator is two-state: an X or Z reads as 0 or 1, so a missing reset or an undriven "
    "output can go unseen; Icarus Verilog sees them"
)
_ERROR = re.compile(r"^%Error(?:-[A-Z]+)?: (?P<what>(?:design|bench)/[^:]+:\d+:.*)$", re.M)
_FLAGS = ("-Wno-fatal", "-Wno-lint", "-Wno-style", "-Wno-MULTIDRIVEN", "-Wno-UNOPTFLAT")


class Verilator:
    """Compile to C++ with Verilator and run that; two-state."""

    name = "verilator"
    two_state = True

    def version(self) -> str:
        return tools.verilator().version

    def plan(self, design: Design, bench: CocotbBench, *, waveform: bool = False) -> Plan:
        tool = tools.verilator()
        runtime = verilator_runtime.provide()
        verilate = [
            str(tool.path),
            *verilator_runtime.flags(),
            *_FLAGS,
            "--top-module",
            bench.toplevel,
            *hdl_order(design, bench),
        ]
        run = ["obj/sim", f"+verilator+rand+reset+{_reset_policy(bench)}", "+verilator+seed+1"]
        return Plan(
            files=layout(design, bench),
            data={**design.data, **bench.data},
            commands=[
                verilate,
                verilator_runtime.make(runtime),
                [*run, *(["--trace", "--trace-file", WAVEFORM] if waveform else [])],
            ],
            environment=environment(bench)
            | verilator_runtime.make_environment()
            | {"COCOTB_TRUST_INERTIAL_WRITES": "1"},
            readable=(runtime, *verilator_runtime.tool_folders()),
        )

    def judge(
        self, runs: Sequence[ToolRun], bench: CocotbBench, *, report: str | None, token: str
    ) -> Verdict:
        facts = self.facts(runs)
        if len(runs) < 3:
            return compile_verdict(
                runs[-1],
                errors=self.compile_errors(runs[-1]),
                simulator=facts["simulator"],
                common={"expected": bench.expected_checks, **facts},
            )
        return judge_run(runs[-1], bench, report=report, token=token, facts=facts)

    def facts(self, runs: Sequence[ToolRun]) -> dict[str, Any]:
        name = f"Verilator {self.version()}"
        return {"simulator": name, "runs": tuple(runs), "notes": (TWO_STATE,)}

    def compile_errors(self, run: ToolRun) -> list[str]:
        return _errors(run.output)


def _errors(output: str) -> list[str]:
    """Return the errors with a place in design or bench, else the first of any kind."""
    found = [match["what"] for match in _ERROR.finditer(output)]
    return found or [line for line in output.splitlines() if "rror" in line][:1]


def _reset_policy(bench: CocotbBench) -> int:
    """Return how registers start: 1 (all ones), or 0 (all zeros) beside a golden design.

    Ones stand for the unknown power-up state: most registers are reset to zero, so a missing
    reset shows. Random values would depend on the names of scopes and signals, and the verdict
    with them. A golden design has a power-up state too, and with ones the two could differ.
    """
    return 0 if bench.golden else 1
