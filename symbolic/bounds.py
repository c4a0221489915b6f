"""Whether a recording shows what a counter does at its bounds.

A counter that was never seen at its highest or lowest value may wrap, stop or
do something else there; what fits in between says nothing about it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symbolic.expression import Expression, Sum, children, evaluate, names
from symbolic.samples import Sample, Signal

_SHOWN_BITS = 6
"""Most bits of a counter that is expected to be shown at its bounds; wider ones overflow."""
_INPUTS = 64


def shows_bounds(value: Expression, own: Signal, samples: Sequence[Sample]) -> bool:
    """Tell whether `samples` show `own`, a register that becomes `value`, leave its bounds.

    Of a register that is shifted or mixed, more than half of its values must be shown.
    True for wide registers.
    """
    if own.width > _SHOWN_BITS or not set(names(value)) & set(own.bits):
        return True
    others = [name for name in names(value) if name not in own.bits]
    combinations = {
        tuple(known)
        for sample in samples
        if None not in (known := [sample.values[name] for name in others])
    }
    steps = [
        dict(zip(others, (int(v or 0) for v in known), strict=True))
        for known in sorted(combinations, key=str)[:_INPUTS]
    ]
    reached = _reached(value, own, steps, samples)
    if not _counts(value, own):
        shown = {state for sample in samples if (state := _word(own, sample)) is not None}
        return 2 * len(shown & reached) > len(reached)
    left = {
        state
        for sample in samples
        if (state := _word(own, sample)) is not None and _moves(value, own, sample, reached)
    }
    return not reached or {min(reached), max(reached)} <= left


def _counts(value: Expression, own: Signal) -> bool:
    """Tell whether the register is added to somewhere."""
    if isinstance(value, Sum) and set(names(value)) & set(own.bits):
        return True
    return any(_counts(child, own) for child in children(value))


def _word(own: Signal, sample: Sample) -> int | None:
    word = 0
    for name in own.bits:
        bit = sample.values[name]
        if bit is None:
            return None
        word = word << 1 | bit
    return word


def _next(value: Expression, own: Signal, state: int, inputs: Mapping[str, int]) -> int:
    places = range(own.width - 1, -1, -1)
    stored = {name: state >> i & 1 for name, i in zip(own.bits, places, strict=True)}
    return evaluate(value, {**inputs, **stored})


def _reached(
    value: Expression, own: Signal, steps: Sequence[Mapping[str, int]], samples: Sequence[Sample]
) -> set[int]:
    """Return the values that can follow those shown, under the inputs shown."""
    found = {sample.result for sample in samples}
    frontier = list(found)
    while frontier:
        state = frontier.pop()
        following = {_next(value, own, state, inputs) for inputs in steps} - found
        found |= following
        frontier += following
    return found


def _moves(value: Expression, own: Signal, sample: Sample, reached: set[int]) -> bool:
    """Tell whether the sample's inputs neither hold every value nor lead all to one."""
    inputs = {
        name: bit for name, bit in sample.values.items() if bit is not None and name not in own.bits
    }
    if any(name not in inputs and name not in own.bits for name in names(value)):
        return False
    following = {state: _next(value, own, state, inputs) for state in reached}
    return len(set(following.values())) > 1 and any(a != b for a, b in following.items())
