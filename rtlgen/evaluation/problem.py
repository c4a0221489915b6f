"""One problem of a benchmark, as its own files state it."""

from __future__ import annotations

from dataclasses import dataclass

from sim.design import digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a design has to do, and the test that decides whether it does.

    Plain values only, so that a problem can be sent to another machine.
    """

    task_id: str
    top: str
    """Module that a sample must define."""
    description: str
    """What a model is told: the specification."""
    header: str = ""
    """Module header that a completion continues; empty where it must bring its own."""
    test: str
    """The official test, word for word."""
    reference: str = ""
    """Modules that the test compares with, where they are a file of their own."""
    golden: str
    """A design that ought to pass: Verilog that defines `top`."""
    data: tuple[tuple[str, bytes], ...] = ()
    """Name and content of the files that the test reads."""
    place: str = ""
    """File and line that it was read from, for messages."""

    @property
    def digest(self) -> str:
        """Hex digest of everything that a verdict depends on; what the problem is called is not."""
        texts = [self.top, self.test, self.reference, self.golden]
        files = [part for name, content in self.data for part in (name.encode(), content)]
        return digest(*(text.encode() for text in texts), *files)


def description_of(problem: Problem) -> str:
    """Return the description alone; v2's code-complete repeats the header at its end."""
    header = problem.header.strip()
    return problem.description.rstrip().removesuffix(header) if header else problem.description
