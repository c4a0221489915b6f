"""One small change of a design that a testbench ought to notice."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from sim.design import Design


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A design with one change."""

    operator: str
    """The kind of change: a key of `testbench_gen.mutants.OPERATORS`."""
    summary: str
    """What changed, in one line, such as "`==` becomes `!=`"."""
    file: str
    line: int
    """Where, in the original source; counted from 1."""
    original: Design
    design: Design
    """Modules keep their names."""

    @property
    def name(self) -> str:
        """`file:line: summary`."""
        return f"{self.file}:{self.line}: {self.summary}"

    def diff(self) -> str:
        """Return the change as a unified diff of its file, with three lines of context."""
        before = self.original.sources[self.file].splitlines()
        after = self.design.sources[self.file].splitlines()
        lines = difflib.unified_diff(before, after, self.file, f"{self.file} (mutant)", lineterm="")
        return "\n".join(lines)
