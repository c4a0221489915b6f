"""What a proof says about designs, as values that every floor speaks.

Provers live in `symbolic`; who needs one is handed it, and sees this protocol.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Protocol

from sim.design import Design
from sim.interface import Interface


class Outcome(Enum):
    """How an attempt to prove something ended."""

    PROVED = "proved"
    REFUTED = "refuted"
    OPEN = "open"
    """Neither, within the limits; or the prover cannot read the designs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputTrace:
    """Inputs, cycle by cycle, from a first state to what is to be shown."""

    cycles: tuple[Mapping[str, int], ...]
    """For each clock cycle (vector, without a clock) every input but clocks by port name, unsigned;
    resets by level. They are steady before the cycle's active edge."""
    from_power_up: bool = False
    """Whether it holds only from the initial values on; otherwise from any state."""

    def __post_init__(self) -> None:
        steady = tuple(MappingProxyType(dict(cycle)) for cycle in self.cycles)
        object.__setattr__(self, "cycles", steady)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The end of one attempt."""

    outcome: Outcome
    reason: str = ""
    """How it was proved; what is open, and which limit ended the attempt."""
    trace: InputTrace | None = None
    """Of what is refuted (the designs differ in its last cycle), or reached."""
    port: str = ""
    """An output that differs in the last cycle."""
    outputs: tuple[tuple[Mapping[str, str], Mapping[str, str]], ...] = ()
    """For each cycle of a refutation, before its active edge, the outputs of the golden design
    and of the other one: bits `0`, `1`, `x`, the most significant first. One entry more than
    cycles: they differ only after the last edge."""
    cycles: int = 0
    """Cycles from the first state that were examined without exception."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Something that a stimulus should reach: a condition on signals of a design."""

    name: str
    condition: str
    """A Verilog expression over ports and signals of the top module, 1 bit."""
    place: str = ""
    """`file:line`, for people."""
    facts: Mapping[str, str] = field(default_factory=dict)


class Prover(Protocol):
    """Proves and refutes; holds no state that an answer could depend on."""

    def equivalent(
        self,
        golden: Design,
        others: Sequence[Design],
        interface: Interface,
        *,
        seconds: float,
    ) -> list[Proof]:
        """Compare each of `others` with `golden`, whose X bits are don't-cares.

        Args:
            golden: Right by definition.
            others: Designs with the same ports; their tops may have other names.
            interface: Ports, clocks and resets.
            seconds: For all together, roughly kept; those not reached are OPEN.

        Returns:
            PROVED: no sequence of inputs shows a difference, from the reset state on (without a
            reset: from power-up). REFUTED: `trace` shows one. In the order of `others`.
        """

    def reach(
        self, design: Design, goals: Sequence[Goal], interface: Interface, *, seconds: float
    ) -> list[Proof]:
        """Look for inputs that reach each goal.

        Returns:
            REFUTED with a trace: reached in its last cycle (the claim "never" is refuted).
            PROVED: no sequence of inputs ever reaches it. In the order of `goals`.
        """
