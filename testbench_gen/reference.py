"""What a testbench needs of a reference: outputs predicted from inputs, cycle by cycle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

State = Any  # opaque to the caller


@runtime_checkable
class ReferenceModel(Protocol):
    """Predicts the outputs of a design; `symbolic.TruthTable` and `StateTable` satisfy it.

    Values are unsigned integers by port name. An expected output is a string
    over `0`, `1` and `-` (any value), most significant bit first, as wide as
    its port.
    """

    @property
    def sequential(self) -> bool:
        """Whether there is a state."""

    @property
    def input_bits(self) -> tuple[str, ...]:
        """Names of the input bits it reads, `a` or `x[3]`."""

    @property
    def output_bits(self) -> tuple[str, ...]:
        """Names of the output bits it predicts."""

    def initial(self) -> State:
        """Return the state before anything has happened, reset included (may be "unknown")."""

    def after_reset(self) -> State:
        """Return the state that reset leads to."""

    def step(self, state: State, bits: Mapping[str, int]) -> tuple[Mapping[str, str], State]:
        """Return the outputs in `state` under input `bits`, and the state after the clock edge.

        `bits` maps each of `input_bits` to 0 or 1; the outputs map each of
        `output_bits` to `0`, `1` or `-`. Outputs are those seen before the edge.
        """

    def python_source(self) -> str:
        """Return a standalone Python module with a class `Reference` that predicts the same.

        The class has `initial()`, `after_reset()` and `step(state, bits)` with the
        meanings above, needs nothing but the standard library, and reads as a person
        would write it.
        """


@runtime_checkable
class ListsInputs(Protocol):
    """A reference that names inputs which random stimulus would rarely hit."""

    def interesting_inputs(self) -> Sequence[Mapping[str, int]]:
        """Return partial inputs, by bit or by whole port; what is left out is driven at random."""
