"""Stimulus that was found to reach something, and is driven for that."""

from __future__ import annotations

from dataclasses import dataclass

from sim.proof import InputTrace


@dataclass(frozen=True, slots=True, kw_only=True)
class Directed:
    """A trace and why it is driven; a testbench plays it after a reset, where there is one."""

    name: str
    """Of the phase, such as `reach fsm.v:31`."""
    reason: str
    """For the plan that people read."""
    trace: InputTrace
