"""The phases that are planned for a design without a reference model, by what its inputs are for.

Each takes a share of the budget, and says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from testbench_gen.hints import Hints
from testbench_gen.standalone.cycles import Input, Phase
from testbench_gen.standalone.sequences import serial_inputs

LONGEST = 24
"""Times the budget that a counter may be let run: a day of seconds with the default budget."""
_MOST_HELD = 300
_MOST_LENGTHS = 24
_MOST_DEPTH = 256


def aimed(
    inputs: Sequence[Input], hints: Hints, resets: tuple[str, ...], budget: int
) -> list[Phase]:
    """Return phases with an aim that random inputs hardly reach, each an eighth or less."""
    share = budget // 10
    found = [
        *_timed(inputs, hints, resets, share),
        *_shifted(inputs, hints, share),
        *_queued(inputs, hints, share),
        *_swept(inputs, share),
        *_loaded(inputs, share),
        *related(inputs, share),
    ]
    return [phase for phase in found if phase.cycles]


def _timed(
    inputs: Sequence[Input], hints: Hints, resets: tuple[str, ...], cycles: int
) -> Iterator[Phase]:
    lengths = _lengths(hints, _MOST_HELD)
    if inputs and lengths:
        why = "inputs held for as long as the reference counts, and a little less or more"
        reset = {"resets": resets, "repeats": lengths}
        yield Phase("held", why, "dwell", cycles, **reset)  # type: ignore[arg-type]


def _lengths(hints: Hints, most: int) -> tuple[int, ...]:
    """Return the lengths of time that the reference mentions, those of counters first."""
    ends = [end - 1 for end in (*hints.ends, *hints.wraps)]
    fitting = [value for value in (*ends, *hints.constants) if 3 < value <= most]
    return tuple(sorted(dict.fromkeys(fitting[:_MOST_LENGTHS])))


def _shifted(inputs: Sequence[Input], hints: Hints, cycles: int) -> Iterator[Phase]:
    if serial_inputs(inputs):
        why = "bits shifted into single inputs: every short sequence, and codes of the reference"
        yield Phase("serial", why, "serial", cycles, codes=hints.codes)


def _queued(inputs: Sequence[Input], hints: Hints, cycles: int) -> Iterator[Phase]:
    roles = {port.role for port in inputs}
    if roles & {"push", "pop"}:
        sizes = [1 << port.width for port in inputs if port.role == "address"]
        depths = [n for n in (*sizes, *_lengths(hints, _MOST_DEPTH)) if n <= cycles // 4]
        why = "filled beyond the end, drained beyond the end, both at once and in turns"
        yield Phase("fill and drain", why, "fill_drain", cycles, repeats=tuple(depths))


def _swept(inputs: Sequence[Input], cycles: int) -> Iterator[Phase]:
    if any(port.role == "address" for port in inputs):
        why = "addresses written in order and read back, read while written, the same ones often"
        yield Phase("addresses", why, "sweep", cycles)


def _loaded(inputs: Sequence[Input], cycles: int) -> Iterator[Phase]:
    if any(p.role == "strobe" for p in inputs) and any(p.width > 1 for p in inputs):
        why = "values near an end loaded, then run over the end"
        yield Phase("load and run", why, "load_run", cycles)


def related(inputs: Sequence[Input], cycles: int) -> Iterator[Phase]:
    """Yield a phase about pairs of operands, where there are two."""
    if sum(port.width > 1 and port.role == "data" for port in inputs) > 1:
        why = "operands equal, opposite, with long carries, at their extremes, few bits set"
        yield Phase("operands", why, "operands", cycles)


def long_run(hints: Hints, budget: int) -> Phase:
    """Plan a run that lets counters, one behind the other, come to their ends if it can."""
    why = "enables held, so that counters and timers run as long as the budget allows"
    return Phase("long run", why, "long_run", run_length(hints, budget))


def run_length(hints: Hints, budget: int) -> int:
    """Return enough cycles for all counters of the reference, `LONGEST` budgets at most."""
    single = max(
        (n for n in (*hints.ends, *hints.wraps, *hints.constants) if n <= budget), default=0
    )
    least, most = max(budget // 8, 16, min(3 * single, budget)), LONGEST * budget
    for counters in ((*hints.ends, *hints.wraps), hints.ends):
        if counters and (together := prod(counters)) <= most:
            return max(least, min(together * 5 // 4 + 32, most))
    return least
