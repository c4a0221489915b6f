"""A failure as a regression test: its cycles written out, with what is expected at each sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from testbench_gen.standalone.patterns import Cycle, Phase
from testbench_gen.standalone.timeline import timeline
from testbench_gen.stimulation import Stimulation
from testbench_gen.testbench import Testbench, write_testbench
from testbench_gen.traced import Traced

PHASE = "regression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """Cycles and what a reference expects under them."""

    cycles: tuple[Cycle, ...]
    of: int
    """Cycles that they were shrunk from."""
    rows: tuple[str, ...]
    """As `testbench_gen.Traced.rows`, and maybe more after the last sample."""


def regression_testbench(testbench: Testbench, played: Played) -> Testbench | None:
    """Return a testbench for the ports of `testbench` that plays just what was `played`.

    None where the rows are too few, or leave everything open.
    """
    plan = replace(testbench.plan, phases=(_phase(played, testbench),))
    inputs = [port.name for port in plan.inputs]
    steps = timeline(plan.unfold(), inputs, plan.timing, None, live=True)
    samples = sum(step.sample for step in steps)
    if not samples or len(played.rows) < samples:
        return None
    traced = Traced(
        stimulation=Stimulation(
            interface=testbench.interface,
            plan=plan,
            phases=(PHASE,) * samples,
            before_reset=(False,) * samples,
        ),
        rows=played.rows[:samples],
    )
    if not traced.checks:
        return None
    title = f"Regression test: a design once failed under just this stimulus, {_of(played)}"
    return write_testbench(testbench.interface, traced, title=title)


def _of(played: Played) -> str:
    return f"{len(played.cycles)} of {played.of} cycles"


def _phase(played: Played, testbench: Testbench) -> Phase:
    vectors = [_vector(cycle) for cycle in played.cycles]
    runs = [(vector, len(list(same))) for vector, same in groupby(vectors)]
    return Phase(
        name=PHASE,
        reason=f"a design failed under these cycles: {_of(played)}",
        pattern="replay",
        cycles=len(vectors),
        vectors=tuple(vector for vector, _ in runs),
        repeats=tuple(length for _, length in runs),
        resets=tuple(reset.name for reset in testbench.plan.timing.resets),
    )


def _vector(cycle: Cycle) -> Mapping[str, int]:
    """Return the cycle in the terms of the pattern `replay`."""
    return {
        **{f"assert {name}": 1 for name in sorted(cycle.resets)},
        **{f"pulse {name}": 1 for name in sorted(cycle.pulsed)},
        **{name: value for name, value in cycle.values.items() if value},
        **{f"late {name}": value for name, value in cycle.late.items()},
    }
