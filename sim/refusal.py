"""Why the gate turns a design away."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One reason, and where it stands in the sources."""

    rule: str
    """Short kebab-case name, such as `system-task`."""
    file: str
    line: int
    """1-based; 0 where the reason has no single place."""
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else self.message
