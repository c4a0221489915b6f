"""The prover that stands on Yosys and ABC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.design import Design
from sim.interface import Interface
from sim.process import Limits
from sim.proof import Goal, Proof
from symbolic.equivalence import compare, reach
from symbolic.yosys import LIMITS


@dataclass(frozen=True, slots=True, kw_only=True)
class YosysProver:
    """Implements `sim.proof.Prover`."""

    limits: Limits = LIMITS
    keep: Path | None = None
    """A folder in which logs are kept."""

    def equivalent(
        self,
        golden: Design,
        others: Sequence[Design],
        interface: Interface,
        *,
        seconds: float,
    ) -> list[Proof]:
        return compare(
            golden, others, interface, seconds=seconds, limits=self.limits, keep=self.keep
        )

    def reach(
        self, design: Design, goals: Sequence[Goal], interface: Interface, *, seconds: float
    ) -> list[Proof]:
        return reach(design, goals, interface, seconds=seconds, limits=self.limits, keep=self.keep)
