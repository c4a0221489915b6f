"""What the source of a design shows: conditions of its branches, state registers, signals.

The text goes through the gate on the way, in the same child process.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.design import Design
from sim.gate import refused_early, unanswered
from sim.process import Limits
from sim.refusal import Refusal
from sim.worker import run_worker

log = logging.getLogger(__name__)

_BIT = re.compile(r"([A-Za-z_]\w*)(?:\[\d+\])?\Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A statement or expression that chooses, and when it does what.

    Conditions are Verilog over signals of the top module; empty where there is no such condition.
    """

    kind: str
    """`if`, `case` (one item of it) or `cond` (`?:`)."""
    file: str
    line: int
    column: int
    """Of the keyword, the item's colon (`default` itself), the operand behind the `?`."""
    end: tuple[int, int]
    """Line and column behind that operand; elsewhere the same as the beginning."""
    taken: str = ""
    other: str = ""
    """When the other side is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A change of state that the source shows, or that it stays."""

    before: int
    after: int
    """Places in `StateRegister.states`."""
    condition: str = ""
    """Verilog over signals of the top module; empty where there is no such condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRegister:
    """A register that holds one of a few values which the source lists."""

    module: str
    name: str
    file: str
    line: int
    column: int
    clock: str
    """Its event, such as `posedge clk`."""
    reset: str
    """When it is reset, as the module writes it; empty if that is not seen."""
    at_once: bool
    """Whether the reset is asynchronous."""
    states: tuple[str, ...]
    """Names of the values, or the values as the module writes them."""
    transitions: tuple[Transition, ...] | None
    """None: the source does not show them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """What was found in a design."""

    design: Design | None = None
    """Its canonical text; None if it could not be read."""
    reason: str = "the design was not read"
    """Why it could not be read."""
    found: bool = True
    """Whether the rest says anything."""
    branches: tuple[Branch, ...] = ()
    """Of the top module."""
    registers: tuple[StateRegister, ...] = ()
    """Of all modules."""
    signals: frozenset[str] = frozenset()
    """Vectors and scalars of the top module."""
    widths: Mapping[str, int] = field(default_factory=dict)
    """Of the signals of any module, as `module.signal`, that have more than 256 bits."""
    undriven: frozenset[str] = frozenset()
    """Signals of any module, as `module.signal`, that nothing drives."""
    cpu_seconds: float = 0.0

    def condition(self, what: str, file: str, line: int, column: int) -> str:
        """Return when `what`, as Verilator calls a side of a branch there, is taken; or nothing."""
        if what in ("if", "elsif"):
            return self._at("if", file, line, column).taken
        if what == "else":
            return self._at("if", file, line, column - 1).other
        if what == "case":
            return self._at("case", file, line, column).taken
        if what == "cond_then":
            return self._around(file, (line, column)).taken
        if what == "cond_else":
            return self._around(file, (line, column - 1)).other
        return ""

    def bit(self, name: str, module: str) -> str:
        """Return `name`, such as `q[3]`, if it is a bit of a signal of the top module."""
        match = _BIT.match(name)
        if self.design is None or module != self.design.top or match is None:
            return ""
        return name if match[1] in self.signals else ""

    def _at(self, kind: str, file: str, line: int, column: int) -> Branch:
        here = (kind, file, line, column)
        found = [b for b in self.branches if (b.kind, b.file, b.line, b.column) == here]
        return found[0] if len({(b.taken, b.other) for b in found}) == 1 else _NOTHING

    def _around(self, file: str, place: tuple[int, int]) -> Branch:
        """Return the innermost `?:` whose first operand `place` lies in."""
        around = [
            b
            for b in self.branches
            if b.kind == "cond" and b.file == file and (b.line, b.column) <= place < b.end
        ]
        return max(around, key=lambda b: (b.line, b.column), default=_NOTHING)


_NOTHING = Branch(kind="", file="", line=0, column=0, end=(0, 0))


def read_structure(design: Design, *, limits: Limits = Limits()) -> Structure:
    """Return what the source of `design` shows, or why it cannot be read.

    Raises:
        EnvironmentFault: The child process cannot be run at all.
    """
    early = refused_early(design)
    if early is not None:
        return Structure(reason=_refused(early.refusals))
    request = {
        "top": design.top,
        "sources": dict(design.sources),
        "data": sorted(design.data),
        "reserved": [],
        "outer": [],
    }
    work = run_worker("sim.structure_worker", request, limits=limits)
    spent = work.run.cpu_seconds
    if not work.answers:
        reason = _refused(unanswered(work.run).refusals)
        return Structure(reason=reason, cpu_seconds=spent)
    gated = work.answers[0]
    if "sources" not in gated:
        refusals = [Refusal(**refusal) for refusal in gated["refusals"]]
        return Structure(reason=_refused(refusals), cpu_seconds=spent)
    admitted = Design(top=design.top, sources=gated["sources"], data=design.data)
    if len(work.answers) == 1:
        log.warning("the structure of %s was not found: %s", design.top, work.run.output[-500:])
        return Structure(design=admitted, reason="", found=False, cpu_seconds=spent)
    answer = work.answers[1]
    return Structure(
        design=admitted,
        reason="",
        branches=tuple(Branch(**{**b, "end": tuple(b["end"])}) for b in answer["branches"]),
        registers=tuple(map(_register, answer["registers"])),
        signals=frozenset(answer["signals"]),
        widths=answer["widths"],
        undriven=frozenset(answer["undriven"]),
        cpu_seconds=spent,
    )


def _refused(refusals: Iterable[Refusal]) -> str:
    return f"the gate refuses the design: {'; '.join(map(str, list(refusals)[:3]))}"


def _register(found: Mapping[str, Any]) -> StateRegister:
    transitions = found["transitions"]
    return StateRegister(
        **{
            **found,
            "states": tuple(found["states"]),
            "transitions": None
            if transitions is None
            else tuple(Transition(**transition) for transition in transitions),
        }
    )
