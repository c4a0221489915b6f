"""State machines as JSON: what `rtlgen fsm --json` prints."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StateRecord(_Record):
    """One state."""

    name: str
    code: str = Field(description="Its bits, the most significant first; empty if it has none.")
    outputs: str = Field(
        description="Of a Moore machine, `0`, `1`, `-` in the order of the outputs; else empty."
    )


class TransitionRecord(_Record):
    """Where a state leads on some inputs."""

    state: str
    inputs: str = Field(description="`0`, `1`, `-` in the order of the inputs.")
    target: str | None = Field(description="null: any state.")
    outputs: str = Field(description="Of a Mealy machine; else empty.")


class ResetRecord(_Record):
    """What puts a machine into its reset state."""

    signal: str
    active_low: bool
    asynchronous: bool


class MinimizedRecord(_Record):
    """What minimization did."""

    states_before: int
    states: int
    bound: int = Field(description="No machine with fewer states does the same.")
    method: str
    merged: dict[str, list[str]] = Field(
        description="For each state before, the states that stand for it; none: never reached."
    )


class MachineRecord(_Record):
    """One state machine."""

    registers: list[str] = Field(description="Those that hold the state; none for KISS2.")
    place: str = Field(description="`file:line`; empty if not known.")
    clock: str
    edge: str = Field(description="`rising` or `falling`.")
    resets: list[ResetRecord]
    inputs: list[str] = Field(description="Bits; for conditions of the design, `conditions`.")
    conditions: dict[str, str] = Field(description="What inputs are that are no bits of signals.")
    outputs: list[str]
    moore: bool
    reset_state: str | None
    power_on_state: str | None
    encoding: str = Field(description="`as given`, or what --encode chose; empty without codes.")
    states: list[StateRecord]
    transitions: list[TransitionRecord] = Field(
        description="Inputs that no transition of a state has are don't-cares."
    )
    minimized: MinimizedRecord | None


class MissedRecord(_Record):
    """Registers that look like a machine, of which there is no table."""

    registers: list[str]
    reason: str
    place: str


class MachinesRecord(_Record):
    """All machines of a file."""

    schema_version: int = 1
    module: str
    machines: list[MachineRecord]
    missed: list[MissedRecord]
