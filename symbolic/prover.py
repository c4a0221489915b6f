"""The prover that stands on Yosys and ABC.

What is compared is a product of both designs in which each signal has two bits,
its value and whether it is x, propagated as in a four-valued simulation
(Verilog's `if (x)` takes the else branch, an operator on x gives what Icarus
gives). ABC decides on it: `scorr`, `pdr` and `iprove` for proofs, `bmc3` for
short traces; and, without a clock, z3 on sums and products of words. There is no
correspondence of registers, and no assumption on x.

PROVED: whatever the inputs, no output bit that the golden design defines (0 or 1)
is ever another or undefined in the other design, at no time at which all has
settled: between clock edges too, with inputs and resets that change there. The
first clock cycle has all resets asserted, and from its edge on outputs count;
without resets, from power-up on, registers being x where they have no initial
value. With several clocks, these have their edges at any times, but no two at
once. Inputs change away from clock edges, and are never x or z.

REFUTED: the trace, one set of inputs for each clock cycle (the first with all
resets asserted), shows an output bit that both designs define, and differently.

OPEN, among others, where a difference lies only in bits that the other design
leaves undefined (a trace may come with it), or where no trace can show it: by a
reset released between two edges, or with several clocks.

Yosys does not read everything as simulators do. So designs are first looked
through with slang, and there is neither proof nor refutation for: incomplete
sensitivity lists, delays, races by blocking assignments, functions that remember,
variables read before they are written in a combinational process, several
drivers, z, hierarchical names, clocks that are made by logic, latches behind other
combinational processes, asynchronous loads, combinational loops, large memories.
Comments, attributes and pragmas are taken away before. For `casex`, two-state
variables and a `case` that is full without default a proof is valid only if
every register is known, and that is proved with it. A process `always @*` that may
not have run yet, because nothing that it reads has changed, leaves things open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.design import Design
from sim.interface import Interface
from sim.process import Limits
from sim.proof import Goal, Proof
from symbolic.equivalence import compare, reach
from symbolic.yosys import LIMITS


@dataclass(frozen=True, slots=True, kw_only=True)
class YosysProver:
    """Implements `sim.proof.Prover`; what its answers mean, the module says.

    Designs may be anybody's text: they are read in sandboxed child processes only.
    """

    limits: Limits = LIMITS
    """Of the child process for one call; its time is the call's `seconds`."""
    keep: Path | None = None
    """A folder in which the logs of the last call are kept."""
    certify: bool = False
    """Whether to keep there, for each proof, what `symbolic.certificate` checks it by again."""

    def equivalent(
        self,
        golden: Design,
        others: Sequence[Design],
        interface: Interface,
        *,
        seconds: float,
    ) -> list[Proof]:
        """Compare each of `others` with `golden`.

        Raises:
            ToolNotFound: pyosys is not installed.
            EnvironmentFault: No child process can be run, or pyosys does not run in it.
        """
        return compare(
            golden,
            others,
            interface,
            seconds=seconds,
            limits=self.limits,
            keep=self.keep,
            certify=self.certify,
        )

    def reach(
        self, design: Design, goals: Sequence[Goal], interface: Interface, *, seconds: float
    ) -> list[Proof]:
        """Look for inputs that make each goal's condition 1, from the first, reset cycle on.

        A condition that is no expression over names of the top module is OPEN.

        Raises:
            ToolNotFound: pyosys is not installed.
            EnvironmentFault: No child process can be run, or pyosys does not run in it.
        """
        return reach(design, goals, interface, seconds=seconds, limits=self.limits, keep=self.keep)
