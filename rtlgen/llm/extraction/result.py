"""What became of a model's answer."""

from __future__ import annotations

from dataclasses import dataclass

MAX_CHARACTERS = 4 << 20
"""Longer answers are not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """The code in an answer, or why there is none."""

    sources: str | None
    """One text with everything that was kept, or None."""
    how: tuple[str, ...] = ()
    """What was done to the answer, in short facts: `last of 3 blocks`, `endmodule added`."""
    why_not: str = ""
    """One line for a person and for a repair prompt; empty if there is code."""
    truncated: bool = False
    """Whether the answer seems to break off: an open module, fence or thought at its end."""

    def __post_init__(self) -> None:
        if (self.sources is None) != bool(self.why_not):
            raise ValueError("an extraction has either sources or a reason why not")


def nothing(why_not: str, *, truncated: bool = False) -> Extraction:
    """Return an extraction without code."""
    return Extraction(sources=None, why_not=why_not, truncated=truncated)
