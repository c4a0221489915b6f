"""The outcome of checking a design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NoReturn

from sim.process import ToolRun


class Status(Enum):
    """What a check showed, in the vocabulary of formal tools."""

    PASS = "pass"
    """Every expected check was made and held."""
    FAIL = "fail"
    """The design was refused, does not compile, or a check did not hold."""
    UNKNOWN = "unknown"
    """The run ended with fewer checks than expected and no mismatch."""
    TIMEOUT = "timeout"
    """A limit ended the run."""
    ERROR = "error"
    """The testbench or the tool failed; nothing was learned of the design."""


class Cause(Enum):
    """Why a design has not passed; `NONE` with PASS."""

    NONE = "none"
    REFUSED = "refused by the gate"
    SYNTAX = "syntax"
    ELABORATION = "elaboration"
    INTERFACE = "interface"
    MISMATCH = "mismatch"
    UNKNOWN_VALUE = "X or Z on a checked output"
    INCOMPLETE = "fewer checks than expected"
    TIME = "time limit"
    MEMORY = "memory limit"
    OUTPUT = "output limit"
    DISAGREEMENT = "two simulators disagree"
    BENCH = "testbench or tool failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One check that did not hold."""

    check: int
    """0-based number of the sample at which it was seen."""
    phase: str
    """The part of the stimulus plan that drove it."""
    time_ns: float
    """Simulation time."""
    port: str
    expected: str
    """Binary, most significant bit first; `-` where any value is allowed."""
    got: str
    """Binary, most significant bit first, with `x` and `z`."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Value of every input at that time, in hexadecimal with a `0x` prefix."""
    history: tuple[Mapping[str, str], ...] = ()
    """Inputs and outputs of the samples before, oldest first."""

    @property
    def unknown_value(self) -> bool:
        """Whether X or Z stands where a 0 or 1 was expected and all else agrees."""
        pairs = [(e, g) for e, g in zip(self.expected, self.got.lower(), strict=False) if e in "01"]
        return any(g in "xz" for _, g in pairs) and all(g in "xz" or e == g for e, g in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one check of one design showed, with the tool runs it rests on."""

    status: Status
    reason: str
    cause: Cause = Cause.NONE
    simulator: str = ""
    """Name and version of the simulator, or empty where none ran."""
    checked: int = 0
    expected: int = 0
    mismatches: int = 0
    first_mismatch: Mismatch | None = None
    notes: tuple[str, ...] = ()
    """What limits the verdict, such as a two-state simulator."""
    runs: tuple[ToolRun, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if self.status is Status.PASS:
            if not 0 < self.expected == self.checked:
                raise ValueError(
                    f"PASS needs every expected check, not {self.checked} of {self.expected}"
                )
            if self.mismatches or self.first_mismatch or self.cause is not Cause.NONE:
                raise ValueError(
                    f"PASS has no mismatch, not {self.mismatches} ({self.cause.value})"
                )
        elif self.cause is Cause.NONE:
            raise ValueError(f"{self.status.name} needs a cause")

    def __bool__(self) -> NoReturn:
        raise TypeError("a Verdict has five statuses; compare `.status` instead")
