"""Makes the testbenches that are measured: by golden RTL, by fragments, or by candidates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from blind_pick import spec_of
from testbench_closed import closed_by, facts_of

from rtlgen.design.bench import spec_judgement
from rtlgen.design.blind import judge_blind
from rtlgen.errors import CannotJudge
from rtlgen.evaluation.problem import Problem
from sim.design import Design
from sim.icarus import Icarus
from sim.interface import Interface, infer_timing, read_interface
from sim.process import Limits
from testbench_gen import Golden, Testbench, write_testbench
from testbench_gen.closing import Effort
from testbench_gen.mutants import Mutant

REFERENCES = ("golden", "fragments", "groups")
_LIMITS = Limits(seconds=3600.0, cpu_seconds=120.0)
"""Processor time decides, whatever else the machine has to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How testbenches are made."""

    reference: str = "golden"
    """One of `REFERENCES`."""
    closing: bool = True
    """Whether stimulus grows until coverage and mutants are closed."""
    prover: bool = True
    seconds: float = Effort().seconds
    """After which closing begins nothing new."""
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """All that a testbench may be made from."""

    problem: Problem
    golden: Design
    held_out: tuple[Mutant, ...] = ()
    """What no testbench may be made with."""
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A testbench and what its making had to say."""

    testbench: Testbench
    facts: dict[str, Any] = field(default_factory=dict)


class NotApplicable(CannotJudge):
    """The problem offers no reference of the kind that is wanted."""


def make(request: Request, making: Making) -> Made:
    """Make a testbench.

    Raises:
        NotApplicable: There is no reference of this kind.
    """
    return _MAKERS[making.reference](request, making)


def _by_golden(request: Request, making: Making) -> Made:
    interface = infer_timing(request.golden, read_interface(request.golden))
    return _closed(request.golden, interface, request, making)


def _by_fragments(request: Request, making: Making) -> Made:
    problem = request.problem
    spec = spec_of(f"{problem.description}\n\n{problem.header}")
    try:
        judgement = spec_judgement(spec, seed=making.seed, top=problem.top)
    except CannotJudge as error:
        raise NotApplicable(str(error)) from error
    return Made(testbench=judgement.testbench, facts={"by": judgement.reference})


def _by_groups(request: Request, making: Making) -> Made:
    """Take a member of the largest group of candidates for golden."""
    top = request.problem.top
    designs = [Design(top=top, sources={"golden.sv": text}) for text in request.candidates]
    spec = spec_of(f"{request.problem.description}\n\n{request.problem.header}")
    found = judge_blind(spec, designs, simulators=[Icarus()], limits=_LIMITS, seed=making.seed)
    if not found.groups:
        raise NotApplicable("no candidate could be observed")
    group = found.groups[0]
    golden = designs[group.members[0]]
    interface = infer_timing(golden, read_interface(golden))
    made = _closed(golden, interface, request, making)
    voices = f"{len(group.members)} of {len(designs)} candidates agree"
    return Made(testbench=made.testbench, facts={**made.facts, "by": voices})


def _closed(golden: Design, interface: Interface, request: Request, making: Making) -> Made:
    if not making.closing:
        return Made(testbench=write_testbench(interface, Golden(design=golden), seed=making.seed))

    effort = Effort(seed=making.seed, seconds=making.seconds)
    closed = closed_by(golden, interface, effort, prover=making.prover, held_out=request.held_out)
    return Made(testbench=closed.testbench, facts=facts_of(closed))


_MAKERS: dict[str, Callable[[Request, Making], Made]] = {
    "golden": _by_golden,
    "fragments": _by_fragments,
    "groups": _by_groups,
}
