"""What a run is told, and what it can come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from rtlgen.llm.model import Sampling
from sim.design import Design
from sim.process import Limits
from sim.simulate import Simulator
from testbench_gen.closing import Effort

Outcome = Literal["verified", "trusted", "failed", "not judged"]
EXIT_CODES: dict[Outcome, int] = {"verified": 0, "trusted": 0, "failed": 1, "not judged": 3}
Style = Literal["direct", "reasoning"]
State = Literal["ok", "bad", "tried", "open", "note"]
"""`tried` failed as one candidate of many do, `open` could not be judged."""


class Progress(Protocol):
    """Where a run says what it does; the CLI prints it."""

    def stage(self, name: str, text: str, *, state: State = "ok") -> None:
        """Say that a stage has ended."""

    def working(self, text: str) -> AbstractContextManager[Callable[[str], None]]:
        """Show that something takes a while; what is yielded takes how far it has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How a language model is asked for designs."""

    candidates: int = 4
    """Answers asked for in a round."""
    rounds: int = 3
    """Rounds of repairs and fresh starts after the first."""
    references: int = 2
    """Reference models to have written where there is no other reference."""
    style: Style = "direct"
    examples: int = 0
    """In-context examples in the prompt, 0 to 4."""
    min_trust: float = 0.8
    """Trust from which a design that no reference verified is taken, 0 to 1."""
    sampling: Sampling = field(default_factory=Sampling)

    def recorded(self) -> dict[str, Any]:
        """Return the fields of the record's options."""
        names = ("candidates", "rounds", "references", "style", "examples", "min_trust")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a run is told."""

    simulators: Sequence[Simulator]
    """Those to use, in order; the next is asked when one cannot compile legal RTL."""
    golden: Design | None = None
    top: str | None = None
    """Name of the module to judge where it is not the specification's."""
    seed: int = 1
    limits: Limits = field(default_factory=Limits)
    workers: int = 1
    """Simulations that run at once."""
    asking: Asking | None = None
    """None where no language model is asked."""
    command: tuple[str, ...] = ()
    """The command line, for the record."""
    html: bool = False
    """Whether also to write `report.html`."""
    both_simulators: bool = False
    """Whether the first two simulators must agree on a design that is judged by itself."""
    measure_testbench: bool = False
    """Whether the testbench is closed, and its trust measured."""
    brief_trust: bool = False
    """Whether mutants alone say in a moment what the testbench of a pass is worth, at least."""
    min_testbench_trust: float | None = None
    """Testbench trust (0 to 1) below which a pass is none."""
    optimize: float | None = None
    """Seconds for the optimization of verified RTL; None: none."""
    regression: bool = False
    """Whether a failure is shrunk and kept as a regression test."""

    @property
    def effort(self) -> Effort:
        """How far a testbench is closed that is measured."""
        return Effort(seed=self.seed)
