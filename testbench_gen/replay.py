"""Directed stimulus as phases: traces played exactly, from a reset on where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from sim.errors import InvalidInterface
from sim.interface import Interface
from testbench_gen.directed import Directed
from testbench_gen.standalone.cycles import RESETS, Input, Phase
from testbench_gen.standalone.timeline import Timing

_RESET_CYCLES = 2


def check_directed(interface: Interface, directed: Sequence[Directed]) -> None:
    """Raise where a trace cannot be driven into `interface`.

    Raises:
        InvalidInterface: It names no input, or a value does not fit.
    """
    widths = {port.name: port.width for port in interface.inputs}
    for one in directed:
        for number, cycle in enumerate(one.trace.cycles):
            for name, value in cycle.items():
                _check(name, value, widths, f"cycle {number} of {one.name!r}", interface.module)


def _check(name: str, value: int, widths: Mapping[str, int], place: str, module: str) -> None:
    if name not in widths:
        raise InvalidInterface(
            f"a trace names inputs; module {module!r} has no input {name!r} ({place})"
        )
    if not 0 <= value < 1 << widths[name]:
        raise InvalidInterface(
            f"a value must fit its port; {value} does not fit the {widths[name]} bits of "
            f"{name!r} ({place})"
        )


def with_directed(
    phases: Sequence[Phase], directed: Sequence[Directed], timing: Timing, inputs: Sequence[Input]
) -> tuple[Phase, ...]:
    """Return `phases` and a phase for every trace.

    A trace that holds from power-up only, of a design without a reset, comes first if it is the
    first of its kind; all others come last, after a reset or through what is called like one.
    """
    first = next((one for one in directed if _only_first(one, timing)), None)
    rest = [one for one in directed if one is not first]
    ahead = [_phase(first, timing, {})] if first else []
    reset = _reset(timing, inputs)
    played = [*ahead, *phases, *(_phase(one, timing, reset) for one in rest)]
    return tuple(phase for phase in played if phase.cycles > 0)


def _reset(timing: Timing, inputs: Sequence[Input]) -> dict[str, int]:
    """Return the vector that resets; empty where nothing does."""
    if not timing.clocks:
        return {}
    if timing.resets:
        return {f"assert {reset.name}": 1 for reset in timing.resets}
    # One that is active low needs no 1; what is left out is driven at 0.
    return {port.name: int(port.role == "reset") for port in inputs if port.role in RESETS}


def _only_first(one: Directed, timing: Timing) -> bool:
    return one.trace.from_power_up and bool(timing.clocks) and not timing.resets


def _phase(one: Directed, timing: Timing, reset: Mapping[str, int]) -> Phase:
    runs = list(_runs(one, timing, reset))
    return Phase(
        name=one.name,
        reason=one.reason,
        pattern="replay",
        cycles=sum(length for _, length in runs),
        vectors=tuple(vector for vector, _ in runs),
        repeats=tuple(length for _, length in runs),
        resets=tuple(reset.name for reset in timing.resets),
    )


def _runs(
    one: Directed, timing: Timing, reset: Mapping[str, int]
) -> Iterator[tuple[dict[str, int], int]]:
    """Yield what is driven, without what is 0, and for how many cycles."""
    if reset and one.trace.cycles:
        yield dict(reset), _RESET_CYCLES
    vectors = (_vector(cycle, timing) for cycle in one.trace.cycles)
    for vector, same in groupby(vectors):
        yield vector, len(list(same))


def _vector(cycle: Mapping[str, int], timing: Timing) -> dict[str, int]:
    resets = {reset.name: reset.asserted for reset in timing.resets}
    apart = resets.keys() | {clock.name for clock in timing.clocks}
    asserted = {f"assert {n}": 1 for n, level in resets.items() if cycle.get(n) == level}
    return asserted | {n: value for n, value in cycle.items() if value and n not in apart}
