"""What a family yields: ports, words, RTL, a reference model and plausible slips."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from sim.interface import Direction, Port

if TYPE_CHECKING:
    from rtlgen.synth.draw import Draw

Values = Mapping[str, int]
"""Unsigned integers by port; neither clock nor reset is among the inputs."""
Outputs = Mapping[str, int | None]
"""Expected outputs by port; None: any value will do."""
State = Hashable
"""What a reference model remembers; never changed in place."""


S = TypeVar("S", bound=Hashable)


class Behavior(Protocol):
    """A reference model, written from the specification and not from the RTL.

    Reset is not among its inputs: where it acts, the state becomes `after_reset()`.
    """

    @property
    def sequential(self) -> bool:
        """Whether there is a state."""

    def start(self) -> State:
        """Return the state at power-up; None where nothing is known of it."""

    def after_reset(self) -> State:
        """Return the state that reset leads to."""

    def step(self, state: State, inputs: Values) -> tuple[Outputs, State]:
        """Return the outputs in `state` under `inputs`, and the state after the clock edge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Combinational:
    """A function of the inputs."""

    outputs: Callable[[Values], Outputs]
    sequential: bool = False

    def start(self) -> State:
        return None

    def after_reset(self) -> State:
        return None

    def step(self, state: State, inputs: Values) -> tuple[Outputs, State]:
        return self.outputs(inputs), state


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocked(Generic[S]):
    """A state, its outputs and its successor.

    `outputs` and `following` are called with a known state only; until it is
    known, every output named in `unknown` may have any value. A design without reset whose
    state is known after some cycles has a state that can say so, such as a tuple with None.
    """

    reset: S | None = None
    """State after reset; None where there is no reset."""
    power_up: S | None = None
    """State at power-up; None where it is unknown until reset."""
    outputs: Callable[[S, Values], Outputs]
    following: Callable[[S, Values], S]
    unknown: tuple[str, ...] = ()
    """All outputs, where the state can be unknown."""
    sequential: bool = True

    def start(self) -> State:
        return self.power_up

    def after_reset(self) -> State:
        return self.reset

    def step(self, state: State, inputs: Values) -> tuple[Outputs, State]:
        if state is None:
            return dict.fromkeys(self.unknown), None
        known: S = state  # type: ignore[assignment]
        return self.outputs(known, inputs), self.following(known, inputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockAndReset:
    """The clock of a design, and the reset if it has one."""

    clock: str = "clk"
    rising: bool = True
    reset: str = ""
    """Empty: there is none."""
    active_low: bool = False
    asynchronous: bool = False

    def event(self) -> str:
        """Return the event list of an `always` block, `@(posedge clk)` and the like."""
        edges = [f"{'posedge' if self.rising else 'negedge'} {self.clock}"]
        if self.reset and self.asynchronous:
            edges.append(f"{'negedge' if self.active_low else 'posedge'} {self.reset}")
        return f"@({' or '.join(edges)})"

    def asserted(self) -> str:
        """Return the condition under which reset acts."""
        return f"!{self.reset}" if self.active_low else self.reset

    def always(self, update: str, reset: str = "") -> str:
        """Return an `always` block with statements `update`, and `reset` where reset acts.

        Both are statements without a common indentation; without a reset only `update` counts.
        """
        if not self.reset or not reset:
            return f"always {self.event()} begin\n{indented(update)}\nend"
        return (
            f"always {self.event()} begin\n"
            f"    if ({self.asserted()}) begin\n{indented(reset, 2)}\n    end else begin\n"
            f"{indented(update, 2)}\n    end\nend"
        )


def indented(text: str, levels: int = 1) -> str:
    """Return `text` with each line `levels` steps of four spaces further in."""
    space = "    " * levels
    return "\n".join(space + line if line.strip() else line for line in text.splitlines())


def inputs(*named: tuple[str, int]) -> tuple[Port, ...]:
    """Return input ports by name and width; width 1 is a scalar."""
    return tuple(_port(name, width, Direction.INPUT) for name, width in named)


def outputs(*named: tuple[str, int]) -> tuple[Port, ...]:
    """Return output ports by name and width; width 1 is a scalar."""
    return tuple(_port(name, width, Direction.OUTPUT) for name, width in named)


def _port(name: str, width: int, direction: Direction) -> Port:
    if width == 1:
        return Port(name=name, direction=direction)
    return Port(name=name, direction=direction, msb=width - 1, lsb=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the design does, told in several lengths.

    Clock, reset and ports' widths are told by the frame around it, except for
    what reset leads to, which only the family knows.
    """

    title: str
    """A noun phrase, such as `8-bit up counter with enable`."""
    terse: str
    """One sentence, without a word too many."""
    plain: str
    """A paragraph that leaves nothing open."""
    points: tuple[str, ...]
    """The same as separate sentences."""
    named: str = ""
    """What people call it in passing, without its ports; only where that, the ports' names and
    what reset leads to leave nothing open. Without an article."""
    after_reset: str = ""
    """What reset leads to, as a clause with a verb: `the count is 0`."""
    fragment: str = ""
    """A table, map, diagram or waveform that belongs to the text; keeps its line breaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A wrong body that a person or a model could have written."""

    name: str
    """Kebab-case, such as `wrong-reset-value`."""
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One instance of a family: everything but the way in which it is told.

    `ports` are without clock and reset, inputs first. `body` is what stands
    between header and `endmodule`, at no indentation.
    """

    parameters: Mapping[str, int | str]
    """What was drawn and makes this another problem; names of ports do not."""
    ports: tuple[Port, ...]
    timing: ClockAndReset | None = None
    words: Words
    body: str
    registered: tuple[str, ...] = ()
    """Outputs that the body assigns in procedures: `output reg`."""
    behavior: Behavior
    vectors: tuple[Values, ...] = ()
    """Inputs that random stimulus would rarely hit, to be driven in this order."""
    slips: tuple[Slip, ...] = ()
    module: str = ""
    """A name that says what it is, in snake case; used by some frames."""


class Draws(Protocol):
    """Draws one instance; `rtlgen.synth.draw.Draw` is where chance comes from."""

    def __call__(self, draw: Draw, /) -> Drawn: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Designs that differ in parameters, names, polarity, style and words."""

    name: str
    """Kebab-case, unique, such as `up-counter`."""
    kind: str
    """The heading it stands under, such as `counters`."""
    draw: Draws
    weight: float = 1.0
    """How often it is drawn beside others."""
    also: Sequence[str] = field(default=())
    """Families that are near to it: they are held out together."""
