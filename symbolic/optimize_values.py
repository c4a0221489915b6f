"""What an optimization comes to, as values."""

from __future__ import annotations

from dataclasses import dataclass

from sim.design import Design
from sim.interface import Interface
from sim.proof import Outcome, Proof
from symbolic.fsm_style import Style
from symbolic.ppa import Ppa
from symbolic.rules.rule import Goal, Rule
from symbolic.state_table import StateTable

UNCHANGED = Proof(outcome=Outcome.PROVED, reason="the text is unchanged")


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineChange:
    """What became of a state machine."""

    register: str
    """Its state register, as the source names it."""
    before: StateTable
    after: StateTable
    encoding: str
    """How the new states are coded, such as `gray`."""
    minimal: bool
    """Whether no machine of fewer states does the same, don't-cares used freely."""
    bound: int
    """No machine that does the same has fewer states."""
    style: Style
    """How it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change of the text that was proved."""

    name: str
    """Of the rule, or of the method."""
    what: str
    """In one line, with names of the design."""
    before: Design
    after: Design
    measured: Ppa
    """Of `after`."""
    proof: Proof
    """That `after` does what the original does, its don't-cares apart."""
    rule: Rule | None = None
    """None where no rule of the library was applied."""
    machine: MachineChange | None = None

    @property
    def design(self) -> Design:
        return self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone:
    """Something that stays as it is, and why."""

    what: str
    reason: str
    place: str = ""
    """`file:line`; empty where there is none."""
    whole: bool = False
    """Whether it keeps everything as it is."""

    def __str__(self) -> str:
        what = f"{self.what}: {self.reason}" if self.what else self.reason
        return f"{self.place}: {what}" if self.place else what


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimization:
    """The end of `symbolic.optimize.optimize`."""

    original: Design
    interface: Interface
    """Ports, clocks and resets of both."""
    design: Design
    """What does the same and is better by `goal`; `original` itself if nothing helps."""
    goal: Goal
    library: str
    """Name of the cell library that area and delay were measured with."""
    before: Ppa | None
    """Of `original`; None where it could not be measured."""
    after: Ppa | None
    start: Ppa | None = None
    """Of `original` as `steps` were measured: large designs are, while searching, by less."""
    steps: tuple[Step, ...] = ()
    """From `original`, repaired, to `design`, each on top of the one before."""
    proof: Proof = UNCHANGED
    """That `design` does what `original`, once repaired, does; PROVED always."""
    repairs: tuple[str, ...] = ()
    """What had to be mended before any simulator takes `original`, each with its place."""
    left_alone: tuple[LeftAlone, ...] = ()

    def __post_init__(self) -> None:
        if self.proof.outcome is not Outcome.PROVED:
            raise ValueError(f"an optimization must be proved, not {self.proof.outcome.value}")

    @property
    def changed(self) -> bool:
        return self.design.sources != self.original.sources

    @property
    def unhandled(self) -> bool:
        """Whether the design could not be looked into at all."""
        return any(left.whole for left in self.left_alone)
