"""Testbench trust: how much a pass under a testbench says, as one number from 0 to 1.

::

    trust = mutation * (1 - WEIGHT * (1 - coverage)) * agreement

`mutation` is what experience says of the testbench: the share of wrong designs that it fails.
It is the lower end of Wilson's interval (z = 1) for killed among those that are not proved
equivalent, as few mutants prove little: 3 of 3 give 0.75, 30 of 30 give 0.97, 29 of 30 give 0.92.
There is no such doubt where a function without a state was driven with every input: then the share
itself counts. A mutant that nobody could prove equivalent counts as one that was missed.

`coverage` is the share of the reference that was reached, of what can be reached. It weighs a
quarter: mutants sit in the same lines, and what was not reached has cost `mutation` already; it
adds the code in which no mutant was made.

`agreement` is the share of reference models, or of designs, that say the same as the reference
that a model wrote. Golden RTL and the formal parts of a specification are right by definition: 1.

Each factor rises with what it is made of, and what was not measured counts as the worst: without
mutants `mutation` is 0, without coverage `coverage` is 0 (so trust is at most 0.75), without a
second voice `agreement` is 0. Not to be confused with the trust in a design that was picked without
a reference: that estimates whether the design is right, this one whether the testbench would tell.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

WEIGHT = 0.25
"""Of coverage: how much trust is lost where nothing was reached, or nobody looked."""
_Z = 1.0
"""Standard deviations from the share to the lower end of its interval."""
KIND_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"line": 2.0, "branch": 2.0, "state": 2.0, "transition": 2.0, "toggle": 1.0}
)
"""Of kinds of coverage. A bit that never toggles is often a constant, and says least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How much of one kind of coverage was reached."""

    covered: int
    points: int
    """Those that can be reached, as far as anybody knows: what is proved unreachable is not in."""

    def __post_init__(self) -> None:
        if not 0 <= self.covered <= self.points:
            raise ValueError(f"covered points must be 0 to {self.points}, not {self.covered}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TestbenchTrust:
    """What is known of a testbench, and what that comes to."""

    __test__ = False  # pytest: no test class, in spite of its name

    killed: int
    """Mutants that it fails."""
    missed: int
    """Mutants that it passes and that are not proved equivalent."""
    reached: Mapping[str, Reached] = field(default_factory=dict)
    """By kind of coverage; empty where it was not measured."""
    exhaustive: bool = False
    """Whether a function without a state was driven with every input."""
    agreement: float | None = 1.0
    """1 with a reference that is right by definition; None: only one model has spoken."""

    def __post_init__(self) -> None:
        if self.killed < 0 or self.missed < 0:
            raise ValueError(f"counts must not be negative: {self.killed}, {self.missed}")
        if self.agreement is not None and not 0 <= self.agreement <= 1:
            raise ValueError(f"agreement must be 0 to 1, not {self.agreement}")
        object.__setattr__(self, "reached", MappingProxyType(dict(self.reached)))

    @property
    def mutants(self) -> int:
        """Mutants that count."""
        return self.killed + self.missed

    @property
    def mutation(self) -> float:
        """The share of wrong designs that it surely fails."""
        if self.exhaustive and self.mutants:
            return self.killed / self.mutants
        return wilson_lower(self.killed, self.mutants)

    @property
    def coverage(self) -> float | None:
        """Weighted mean of the kinds; None where none was measured, or there is nothing to reach.

        What no input of all reaches cannot be reached.
        """
        if self.exhaustive:
            return 1.0
        shares = {
            kind: (KIND_WEIGHTS.get(kind, 1.0), part.covered / part.points)
            for kind, part in self.reached.items()
            if part.points
        }
        weight = sum(each for each, _ in shares.values())
        if not weight:
            return None
        return sum(each * share for each, share in shares.values()) / weight

    @property
    def value(self) -> float:
        """Testbench trust, 0 to 1."""
        unreached = 1 - (self.coverage or 0.0)
        return self.mutation * (1 - WEIGHT * unreached) * (self.agreement or 0.0)


def wilson_lower(successes: int, trials: int, *, z: float = _Z) -> float:
    """Return the lower end of Wilson's interval for a share, 0 without trials."""
    if trials == 0:
        return 0.0
    share, square = successes / trials, z * z
    middle = share + square / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    return max(0.0, (middle - spread) / (1 + square / trials))
