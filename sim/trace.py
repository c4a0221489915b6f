"""What a design did under a stimulus, with nothing it was compared with."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.process import ToolRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The outputs of one design at every sample of a stimulus."""

    rows: tuple[str, ...]
    """One row a sample: all outputs in the order of the interface, most significant bit first,
    `0`, `1`, `x` or `z`."""
    simulator: str
    """Name and version of the simulator."""
    two_state: bool
    """Whether X and Z could not be seen."""
    runs: tuple[ToolRun, ...] = field(default=(), repr=False, compare=False)
