"""What a stimulus is made of: inputs, cycles, phases; and the values that designs get wrong."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache


@dataclass(frozen=True)
class Input:
    """A data input: its name, width in bits, and what it seems to be for."""

    name: str
    width: int = 1
    role: str = "data"
    """`enable`, `valid`, `push`, `pop`, `strobe`, `reset`, `reset_n`, `control`, `select`,
    `address` or `data`."""
    interesting: tuple[int, ...] = ()
    """Values that the reference treats specially."""

    @property
    def ones(self) -> int:
        """The value with every bit 1."""
        return (1 << self.width) - 1


@dataclass(frozen=True)
class Cycle:
    """The inputs of one clock cycle, or of one vector where there is no clock."""

    values: Mapping[str, int]
    """Every data input by name, unsigned."""
    resets: frozenset[str] = frozenset()
    """Reset inputs that are asserted during this cycle, clock edge included."""
    late: Mapping[str, int] = field(default_factory=dict)
    """Inputs that change once more after the inactive clock edge."""
    pulsed: frozenset[str] = frozenset()
    """Reset inputs that are asserted and released between two clock edges."""
    brief: bool = False
    """Whether outputs are looked at once, before the next active edge, for long runs."""


@dataclass(frozen=True)
class Phase:
    """A part of the stimulus: a pattern, how long it is driven, and why."""

    name: str
    reason: str
    pattern: str
    """Key of `PATTERNS`."""
    cycles: int
    vectors: tuple[Mapping[str, int], ...] = ()
    """For the patterns `listed` and `mixed`: inputs to drive, the others at random; for `replay`:
    inputs to drive, the others at 0.

    The key `assert NAME` asserts reset NAME, whatever its polarity; `pulse NAME` does so between
    two clock edges, and `late NAME` is what input NAME changes to after the inactive edge.
    """
    repeats: tuple[int, ...] = ()
    """For the pattern `replay`: for how many cycles each of the vectors is held. For `dwell` and
    `fill_drain`: lengths that the reference treats specially."""
    codes: tuple[str, ...] = ()
    """For the pattern `serial`: bits that the reference may wait for, first bit first."""
    resets: tuple[str, ...] = ()
    """For the patterns about reset: the inputs to assert."""
    pulses: bool = False
    """For the patterns about reset: whether also to pulse it between clock edges."""


RESETS = ("reset", "reset_n")
"""Roles of data inputs that are called like a reset, active high or low."""
ON = ("enable", "valid", "push", "pop")
"""Roles of inputs that let things go on while they are 1."""


def seeded(*parts: object) -> random.Random:
    """Return random numbers that depend on `parts` and on nothing else."""
    return random.Random("/".join(map(str, parts)))  # noqa: S311  # no secret


@cache
def corner_values(port: Input) -> tuple[int, ...]:
    """Values of one port that designs get wrong: ends of both ranges, stripes, special codes."""
    top = 1 << (port.width - 1)
    stripes = [sum(1 << i for i in range(start, port.width, 2)) for start in (0, 1)]
    values = [0, port.ones, 1, top, port.ones ^ top, port.ones ^ 1, *stripes, *port.interesting]
    return tuple(dict.fromkeys(value & port.ones for value in values))
