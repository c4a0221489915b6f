"""Plan, execute, judge: one simulation of one design."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from sim.cocotb_bench import CocotbBench
from sim.cocotb_run import REPORT, REPORT_BYTES, ROWS, WAVEFORM, read_plain, read_report
from sim.design import Design
from sim.errors import EnvironmentFault
from sim.process import Limits, ToolRun, run_tool
from sim.scratch import scratch_folder
from sim.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Files to write and commands to run, in order, until one fails."""

    files: Mapping[str, str]
    commands: Sequence[Sequence[str]]
    data: Mapping[str, bytes] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    readable: Sequence[Path] = ()
    """Folders outside the work folder that the commands read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """What has come of a plan."""

    runs: tuple[ToolRun, ...]
    """One for each command up to the first that failed."""
    token: str
    """What a report of this run carries."""
    report: str | None
    rows: bytes | None = None
    """What the bench has recorded beside its report, as it lies there."""


class Simulator(Protocol):
    """A simulator: it plans and judges, and never runs anything itself."""

    name: str
    two_state: bool

    def version(self) -> str:
        """Return the version of the tool that `plan` would use.

        Raises:
            ToolNotFound: It is not installed.
        """

    def plan(self, design: Design, bench: CocotbBench, *, waveform: bool = False) -> Plan:
        """Return the commands that run `bench` against `design`."""

    def judge(
        self, runs: Sequence[ToolRun], bench: CocotbBench, *, report: str | None, token: str
    ) -> Verdict:
        """Return what `runs` and the bench's `report` show about the design."""

    def compile_errors(self, run: ToolRun) -> list[str]:
        """Return the errors of a compile that failed, `design/FILE:LINE: ...` where known."""

    def facts(self, runs: Sequence[ToolRun]) -> Mapping[str, Any]:
        """Return the fields of a verdict that say how it was reached: simulator, runs, notes."""


def simulate(
    design: Design,
    bench: CocotbBench,
    *,
    simulator: Simulator,
    limits: Limits = Limits(),
    waveform: Path | None = None,
) -> Verdict:
    """Simulate `design` under `bench` in a fresh folder that is removed afterwards.

    `design` must have come through the gate (`sim.judge.judge` does both).
    With `waveform`, a VCD file is moved there if the run wrote one.

    Raises:
        EnvironmentFault: A tool is missing, or the work folder cannot be written.
    """
    plan = simulator.plan(design, bench, waveform=waveform is not None)
    done = execute(plan, limits=limits, waveform=waveform)
    return simulator.judge(done.runs, bench, report=done.report, token=done.token)


def execute(
    plan: Plan,
    *,
    limits: Limits,
    report_bytes: int = REPORT_BYTES,
    rows_bytes: int = 0,
    told: Mapping[str, str] = MappingProxyType({}),
    waveform: Path | None = None,
) -> Executed:
    """Execute `plan` in a fresh folder; read a report and rows of at most these sizes.

    `told` are variables for the simulation itself.

    Raises:
        EnvironmentFault: A tool is missing, or the work folder cannot be written.
    """
    token = secrets.token_hex(16)
    secret = {"RTLGEN_REPORT": REPORT, "RTLGEN_TOKEN": token, **told}
    with scratch_folder() as folder:
        _write(plan, folder)
        runs = _execute(plan, folder, limits, secret)
        if waveform is not None:
            _keep(folder / WAVEFORM, waveform)
        return Executed(
            runs=tuple(runs),
            token=token,
            report=read_report(folder / REPORT, most=report_bytes),
            rows=read_plain(folder / ROWS, most=rows_bytes) if rows_bytes else None,
        )


def _write(plan: Plan, folder: Path) -> None:
    contents = {name: text.encode() for name, text in plan.files.items()} | dict(plan.data)
    try:
        for name, content in contents.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise EnvironmentFault(
            f"a simulation needs room for its files; cannot write {folder}: {error.strerror}"
            "\n\nhint: free some space, or set TMPDIR to a folder with more"
        ) from error


def _execute(plan: Plan, folder: Path, limits: Limits, secret: Mapping[str, str]) -> list[ToolRun]:
    """Run the commands; only the last one, the simulation itself, is told the secret."""
    runs: list[ToolRun] = []
    for index, command in enumerate(plan.commands):
        last = index == len(plan.commands) - 1
        variables = {**plan.environment, **(secret if last else {})}
        runs.append(
            run_tool(
                command, cwd=folder, limits=limits, environment=variables, readable=plan.readable
            )
        )
        if runs[-1].exit_code != 0:
            break
    return runs


def _keep(found: Path, waveform: Path) -> None:
    if found.is_symlink() or not found.is_file():
        return
    partial = waveform.with_name(f".{waveform.name}.partial")
    try:
        shutil.copyfile(found, partial)
        os.replace(partial, waveform)  # noqa: PTH105 - Path.replace reads worse beside copyfile
    finally:
        partial.unlink(missing_ok=True)
