"""Icarus Verilog with cocotb."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sim import tools
from sim.cocotb_bench import CocotbBench
from sim.cocotb_run import (
    WAVEFORM,
    compile_verdict,
    environment,
    hdl_order,
    judge_run,
    layout,
    vpi_library,
)
from sim.design import Design
from sim.process import ToolRun
from sim.simulate import Plan
from sim.verdict import Verdict

_ROOT = "rtlgen_root"
_IMAGE = "sim.vvp"
_ERROR = re.compile(r"^(?P<at>(?:design|bench)/[^:]+:\d+): (?P<what>.*)$", re.M)


class Icarus:
    """Compile with `iverilog -g2012`, run with `vvp`; four-state."""

    name = "icarus"
    two_state = False

    def version(self) -> str:
        return tools.icarus().version

    def plan(self, design: Design, bench: CocotbBench, *, waveform: bool = False) -> Plan:
        iverilog = tools.icarus().path
        vpi = vpi_library("icarus")
        compile_ = [str(iverilog), "-g2012", "-s", bench.toplevel, "-s", _ROOT, "-o", _IMAGE]
        run = [str(tools.vvp()), "-n", "-m", str(vpi), _IMAGE]
        return Plan(
            files=layout(design, bench) | {"root.sv": _root(bench.toplevel, waveform=waveform)},
            data={**design.data, **bench.data},
            commands=[
                [*compile_, "root.sv", *hdl_order(design, bench)],
                [*run, "-vcd" if waveform else "-none"],
            ],
            environment=environment(bench),
        )

    def judge(
        self, runs: Sequence[ToolRun], bench: CocotbBench, *, report: str | None, token: str
    ) -> Verdict:
        facts = self.facts(runs)
        if len(runs) == 1:
            return compile_verdict(
                runs[0],
                errors=self.compile_errors(runs[0]),
                simulator=facts["simulator"],
                common={"expected": bench.expected_checks, **facts},
            )
        return judge_run(runs[-1], bench, report=report, token=token, facts=facts)

    def facts(self, runs: Sequence[ToolRun]) -> dict[str, Any]:
        return {"simulator": f"Icarus Verilog {self.version()}", "runs": tuple(runs)}

    def compile_errors(self, run: ToolRun) -> list[str]:
        return _errors(run.output)


def _root(toplevel: str, *, waveform: bool) -> str:
    """Return a second root: it fixes the time precision and dumps the waveform."""
    dump = f'initial begin $dumpfile("{WAVEFORM}"); $dumpvars(0, {toplevel}); end'
    body = dump if waveform else ""
    return f"`timescale 1ns/1ps\nmodule {_ROOT}; {body}\nendmodule\n"


def _errors(output: str) -> list[str]:
    """Return Icarus's error lines, `file:line: message`, warnings left out."""
    found = [f"{m['at']}: {m['what']}" for m in _ERROR.finditer(output)]
    errors = [line for line in found if "warning:" not in line]
    return errors or [line for line in output.splitlines() if line.strip()][:1]
