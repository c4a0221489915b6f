"""A recording as a reference: outputs that were once seen, replayed as they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from testbench_gen.render import render


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One step: inputs, clock and reset included, and what was seen then."""

    inputs: Mapping[str, int]
    """Every input port, unsigned."""
    outputs: Mapping[str, str]
    """Output bits that are known: `0` or `1` by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What was seen in steps from power-up; it says nothing about any other inputs.

    It satisfies `testbench_gen.reference.ReferenceModel` with the number of
    the step as its state, and is driven by exactly its own inputs.
    """

    steps: tuple[Recorded, ...]
    input_bits: tuple[str, ...]
    output_bits: tuple[str, ...]

    @property
    def sequential(self) -> bool:
        """False: clock and reset are part of the recorded inputs."""
        return False

    def initial(self) -> int:
        """Return the first step."""
        return 0

    def after_reset(self) -> int:
        """Return the first step; a recording is not reset from outside."""
        return 0

    def step(self, state: int, bits: Mapping[str, int]) -> tuple[Mapping[str, str], int]:
        """Return what was seen in step `state`, and the next step."""
        known = self.steps[state].outputs if state < len(self.steps) else {}
        return {name: known.get(name, "-") for name in self.output_bits}, state + 1

    def python_source(self) -> str:
        """Return the recording as a Python module."""
        return render("recording.py.j2", {"recording": self})
