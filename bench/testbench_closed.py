"""Closes a testbench without the mutants that shall measure it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from held_out import without

from rtlgen.design.testbench_record import trust_of
from sim.design import Design
from sim.interface import Interface
from sim.judge import available_simulators
from sim.process import Limits
from symbolic.prover import YosysProver
from testbench_gen import Golden
from testbench_gen.closed import Closed
from testbench_gen.closing import Effort, Source, close_testbench
from testbench_gen.instruments import Forgiving, Tools
from testbench_gen.mutants import Mutant, mutants_of

_LIMITS = Limits(seconds=3600.0, cpu_seconds=120.0)
"""Processor time decides, whatever else the machine has to do."""


def closed_by(
    golden: Design,
    interface: Interface,
    effort: Effort,
    *,
    prover: bool,
    held_out: Sequence[Mutant],
) -> Closed:
    """Close a testbench that compares with `golden`; nothing is taken from a cache.

    Closing gets as many mutants as ever, but none of those that are held out.
    """
    tools = Tools(
        simulators=available_simulators(),
        prover=Forgiving(prover=YosysProver()) if prover else None,
        limits=_LIMITS,
    )
    more = mutants_of(golden, limit=effort.mutants + len(held_out), seed=effort.seed)
    left = without(more, held_out)
    mutants = random.Random(effort.seed).sample(left, min(effort.mutants, len(left)))
    source = Source(interface=interface, reference=Golden(design=golden), design=golden)
    return close_testbench(source, tools, effort, mutants=mutants)


def facts_of(closed: Closed) -> dict[str, Any]:
    """Return what closing came to, as JSON."""
    score = closed.mutation
    return {
        "trust": round(trust_of(closed).value, 3),
        "coverage": {
            kind.value: [share.covered, share.total]
            for kind, share in closed.coverage.shares.items()
        },
        "closed_with": {
            "killed": len(score.killed),
            "equivalent": len(score.equivalent),
            "survivors": len(score.survivors),
            "open": len(score.open),
        },
        "directed": len(closed.directed),
        "turns": closed.turns,
        "ended": list(closed.ended),
        "parts": dict(closed.seconds),
    }
