"""Finite-state machines as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """In `state`, on inputs that match `inputs`, go to `target` and, if Mealy, give `outputs`.

    `inputs` and `outputs` are strings over `0`, `1` and `-`. `target` None is
    a don't-care.
    """

    state: str
    inputs: str
    target: str | None
    outputs: str = ""
    """Mealy outputs; empty for a Moore machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateTable:
    """A Moore or Mealy machine, possibly incompletely specified.

    Input and output names are single bits as Verilog writes them. At most one
    transition of a state matches any input; where none does, next state and
    Mealy outputs are don't-cares.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    states: tuple[str, ...]
    transitions: tuple[Transition, ...]
    moore_outputs: Mapping[str, str] | None = None
    """Outputs of each state; None for a Mealy machine."""
    reset_state: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    """Binary code of each state where the specification fixes it, else empty."""
