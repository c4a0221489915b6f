"""What a benchmark's test showed of one sample."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """The outcome of one sample, in our own words.

    The published categories of a benchmark stand beside it in
    `Judgement.official_category`.
    """

    PASS = "pass"  # noqa: S105 - an outcome
    """Both verdicts are true."""
    WARNING = "compiler warning"
    """It works, and the official rule fails it for what the compiler printed."""
    SYNTAX = "syntax"
    ELABORATION = "elaboration"
    INTERFACE = "interface"
    """Ports are missing, or have other directions."""
    MISMATCH = "runtime mismatch"
    UNKNOWN_VALUE = "X on output"
    """X or Z where 0 or 1 is expected is all that is wrong at the first mismatch."""
    INCOMPLETE = "incomplete"
    """The test did not come to its end: fewer samples than the reference has, or no verdict."""
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT = "output limit"
    REFUSED = "refused by the gate"
    EXTRACTION = "no code"
    """The completion holds nothing that could be a design."""
    NOT_JUDGED = "not judged"
    """The tool or the test failed, or no sample came; nothing is known of the design."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One signal around the first mismatch."""

    name: str
    role: str
    """`input`, `expected` or `got`; expected and got of one output share its name."""
    values: tuple[str, ...]
    """Binary, most significant bit first, with `x` and `z`; one for each of `Window.times`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The samples up to the first mismatch."""

    times: tuple[int, ...]
    """Simulation time of each sample, in the test's unit; the last is that of the mismatch."""
    first: int
    """0-based number of the first of these samples in the test."""
    signals: tuple[Signal, ...]

    def __post_init__(self) -> None:
        if any(len(signal.values) != len(self.times) for signal in self.signals):
            raise ValueError("a window has a value of every signal at every time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Both verdicts on one design, and what they rest on.

    `official` and `functional` are None where nothing could be judged.
    """

    official: bool | None
    """By the published rule, to the letter; never true of a design that does not work."""
    functional: bool | None
    """Does it work? Warnings and printed words do not count."""
    category: Category
    official_category: str = ""
    """The benchmark's own name for the outcome, such as `passed` or VerilogEval v2's `R`."""
    reason: str = ""
    """One line for a person."""
    mismatches: int = 0
    """Samples that differ; with `stop_early` those up to the stop."""
    samples: int = 0
    """Samples that were compared."""
    expected_samples: int = 0
    seconds: float = 0.0
    """Processor time, in seconds; its share where many were simulated together."""
    log: str = ""
    """The last lines that compiler and simulator printed, plain characters only."""
    window: Window | None = None

    def __post_init__(self) -> None:
        if self.official and not self.functional:
            raise ValueError("an official pass needs a functional one")
        if (self.functional is None) != (self.category is Category.NOT_JUDGED):
            raise ValueError(
                f"functional is {self.functional} and category {self.category.value!r}: "
                "both must say whether there was a verdict"
            )
        if (self.category is Category.PASS) != bool(self.official):
            raise ValueError(f"category {self.category.value!r} with official {self.official}")
        if self.functional and not 0 < self.samples == self.expected_samples:
            raise ValueError(
                f"a pass needs every sample, not {self.samples} of {self.expected_samples}"
            )


def not_judged(reason: str, *, official: bool | None = None, log: str = "") -> Judgement:
    """Return that nothing is known, and why."""
    return Judgement(
        official=official,
        functional=None,
        category=Category.NOT_JUDGED,
        official_category="",
        reason=reason,
        log=log,
    )
