"""Golden designs under the tools that read them without simulating: lint, parser, synthesis."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim import tools
from sim.process import Limits, run_tool
from sim.scratch import scratch_folder
from symbolic.yosys import YosysJob, run_yosys

WAIVED = {
    "CASEOVERLAP": "patterns of a priority encoder overlap on purpose",
    "DECLFILENAME": "a file of many modules has one name",
    "MULTITOP": "many examples are checked at once",
    "SYMRSVDWORD": "a name that C++ keeps to itself is fine in Verilog",
    "UNOPTFLAT": "a carry that ripples through a vector is no loop; Yosys looks for real ones",
    "UNUSEDSIGNAL": "a specification may name inputs of which not every bit matters",
}
"""Warnings of Verilator's `-Wall` that do not count, and why."""
_WARNING = re.compile(r"%(?:Warning|Error)(?:-(\w+))?: (?:all\.sv:(\d+):\d+: )?(.*)")
_LATCHES = "t:$dlatch t:$adlatch t:$dlatchsr t:$_DLATCH*"
_SYNTHESIS = ("synth -noabc", "check -assert")
_LIMITS = Limits(seconds=120.0, cpu_seconds=120.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """A golden design, whose module has a name that no other one has."""

    name: str
    text: str
    latch: bool = False
    """Whether it is meant to hold a value without a clock."""


def faults_of(designs: Sequence[Golden]) -> list[str]:
    """Return what the tools have against each design; empty where they have nothing.

    Raises:
        ToolNotFound: Verilator or Yosys is not installed.
    """
    found = ["" for _ in designs]
    for check in (parsed, linted, synthesized):
        for number, fault in check(designs).items():
            found[number] = found[number] or fault
    return found


def parsed(designs: Sequence[Golden]) -> Mapping[int, str]:
    """Return what slang says, by number; the texts are our own."""
    from sim.slang import Parsed  # noqa: PLC0415 - slow to load

    found = {}
    for number, design in enumerate(designs):
        read = Parsed({f"{design.name}.sv": design.text})
        everything = read.elaborate(design.name).getAllDiagnostics()
        errors = [one for one in read.diagnostics(everything) if one.error]
        if errors:
            found[number] = f"slang: {errors[0]}"
    return found


def linted(designs: Sequence[Golden]) -> Mapping[int, str]:
    """Return the first warning of `verilator --lint-only -Wall`, by number."""
    text, owners = _together(designs)
    output = _verilator(text)
    found: dict[int, str] = {}
    for match in _WARNING.finditer(output):
        code, line, message = match.groups()
        if line is None:
            if code is None and not message.startswith("Exiting due to"):
                return _one_by_one(designs, message)
            continue
        number = owners[int(line) - 1]
        if designs[number].latch and code in ("LATCH", "NOLATCH"):
            continue
        found.setdefault(number, f"verilator: {code or 'error'}: {message}")
    return found


def _one_by_one(designs: Sequence[Golden], message: str) -> Mapping[int, str]:
    if len(designs) == 1:
        return {0: f"verilator: {message}"}
    found: dict[int, str] = {}
    for number, design in enumerate(designs):
        found.update((number, fault) for fault in linted([design]).values())
    return found


def _together(designs: Sequence[Golden]) -> tuple[str, list[int]]:
    """Return all texts as one, and the number of the design that each line is of."""
    owners: list[int] = []
    for number, design in enumerate(designs):
        owners += [number] * design.text.count("\n")
    return "".join(design.text for design in designs), owners


def _verilator(text: str) -> str:
    tool = tools.verilator()
    with scratch_folder() as folder:
        (folder / "all.sv").write_text(text, encoding="utf-8")
        waivers = [f"-Wno-{code}" for code in WAIVED]
        return run_tool(
            [str(tool.path), "--lint-only", "-Wall", "--error-limit", "0", *waivers, "all.sv"],
            cwd=folder,
            limits=_LIMITS,
            environment=tool.environment,
            readable=tool.folders,
        ).output


def synthesized(designs: Sequence[Golden]) -> Mapping[int, str]:
    """Return what Yosys has against each design, by number; latches only where they are meant."""
    strict = [number for number, design in enumerate(designs) if not design.latch]
    runs = run_yosys([_job([designs[n] for n in strict], latches=False)]) if strict else []
    loose = [number for number, design in enumerate(designs) if design.latch]
    if any(run.error for run in runs):
        loose = list(range(len(designs)))
    jobs = [_job([designs[n]], latches=designs[n].latch) for n in loose]
    ends = run_yosys(jobs) if jobs else []
    return {n: f"yosys: {run.error}" for n, run in zip(loose, ends, strict=True) if run.error}


def _job(designs: Sequence[Golden], *, latches: bool) -> YosysJob:
    commands = ["read_verilog -sv all.sv", *_SYNTHESIS]
    if not latches:
        commands.append(f"select -assert-none {_LATCHES}")
    return YosysJob(commands=tuple(commands), files={"all.sv": "".join(d.text for d in designs)})
