"""Something that holds in every clock cycle, as a value that benches and provers speak."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class PropertyKind(Enum):
    """What is said of the signals, at every active clock edge after a reset."""

    ONE_HOT = "one-hot"
    """Exactly one bit of all `signals` together is 1."""
    AT_MOST_ONE = "mutual exclusion"
    """At most one bit of all `signals` together is 1."""
    STABLE = "stable while waiting"
    """`signals` are data, valid, ready: data stays as it is from a cycle with valid and without
    ready to the next."""
    RESPONSE = "response in time"
    """`signals` are request, response: the response is 1 in the cycle of the request, or at most
    `bound` cycles later."""
    NOT_BEFORE = "not before its cause"
    """`signals` are effect, cause: the effect is 0 until the cause has been 1 since reset."""
    RESET_VALUE = "value after reset"
    """`signals[0]` is `bound` after a clock edge with the reset active."""
    KNOWN = "never unknown"
    """No bit of `signals` is X or Z."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """What a specification plainly says of a module's ports."""

    kind: PropertyKind
    signals: tuple[str, ...]
    bound: int = 0
    """Cycles of a RESPONSE, the value after reset."""
    text: str = ""
    """The sentence that says it."""
    line: int = 0
    """Of the specification, 1-based."""

    @property
    def name(self) -> str:
        """What is said, of which signals and where, in one line."""
        bound = {
            PropertyKind.RESPONSE: f" within {self.bound}",
            PropertyKind.RESET_VALUE: f" {self.bound}",
        }.get(self.kind, "")
        place = f" (line {self.line})" if self.line else ""
        return f"{self.kind.value}{bound}: {', '.join(self.signals)}{place}"
