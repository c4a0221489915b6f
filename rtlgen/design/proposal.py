"""What a proposer answers: a design, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from rtlgen.spec.model import Fragment, Spec
from sim.design import Design
from testbench_gen.reference import ReferenceModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """RTL for a specification, as one design."""

    design: Design
    notes: tuple[str, ...] = ()
    """How the RTL came about, for the report."""
    guess: bool = False
    """Whether the specification leaves open what the RTL does somewhere."""
    reference: ReferenceModel | None = None
    """The value it was compiled from, if it was compiled."""
    used: tuple[Fragment, ...] = field(default=(), repr=False)

    @property
    def verilog(self) -> str:
        """The sources as one text."""
        return "\n".join(self.design.sources.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """Why a proposer has no design for a specification."""

    reason: str


class Proposer(Protocol):
    """Proposes RTL for specifications."""

    name: str

    def propose(self, spec: Spec) -> Proposal | Decline:
        """Return a design for `spec`, or why there is none."""
