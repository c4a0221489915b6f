"""Plan, execute, judge: one simulation of one design."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sim.cocotb_bench import CocotbBench
from sim.design import Design
from sim.process import ToolRun
from sim.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Files to write and commands to run, in order, until one fails."""

    files: Mapping[str, str]
    commands: Sequence[Sequence[str]]
    data: Mapping[str, bytes] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


class Simulator(Protocol):
    """A simulator: it plans and judges, and never runs anything itself."""

    name: str
    two_state: bool

    def version(self) -> str:
        """Return the version of the tool that `plan` would use."""

    def plan(self, design: Design, bench: CocotbBench, *, waveform: bool = False) -> Plan:
        """Return the commands that run `bench` against `design`."""

    def judge(
        self, runs: Sequence[ToolRun], bench: CocotbBench, *, report: str | None, token: str
    ) -> Verdict:
        """Return what `runs` and the bench's `report` show about the design."""
