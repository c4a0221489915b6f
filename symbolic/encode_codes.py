"""Codes for states, scheme by scheme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from symbolic.encode_adjacency import Weights, changes, embedded, entering, leaving
from symbolic.state_table import StateTable

_MOST_SPARE = 2
"""Bits that a code made of outputs may have more than needed."""

Codes = list[str]
"""By state, in the table's order."""


def least_width(count: int) -> int:
    """Return the bits that `count` codes need."""
    return max(1, (count - 1).bit_length())


def binary(table: StateTable) -> Codes:
    """Number states in their order."""
    width = least_width(len(table.states))
    return [format(i, f"0{width}b") for i in range(len(table.states))]


def gray(table: StateTable) -> Codes:
    """Number states along the machine's most usual way; neighbors differ in one bit."""
    width = least_width(len(table.states))
    return _along(table, [format(i ^ i >> 1, f"0{width}b") for i in range(len(table.states))])


def one_hot(table: StateTable) -> Codes:
    """Give each state a bit of its own, the first the lowest."""
    count = len(table.states)
    return [format(1 << i, f"0{count}b") for i in range(count)]


def johnson(table: StateTable) -> Codes:
    """Number states along the machine's most usual way as a twisted ring counter does."""
    width = max(1, (len(table.states) + 1) // 2)
    up = ["0" * (width - i) + "1" * i for i in range(width)]
    down = ["1" * (width - i) + "0" * i for i in range(width)]
    return _along(table, [*up, *down])


def by_outputs(table: StateTable) -> Codes | None:
    """Make the outputs of a Moore machine part of the codes, so that they need no logic.

    None for a Mealy machine, or where the codes would be much wider than needed.
    """
    if table.moore_outputs is None:
        return None
    shown = [table.moore_outputs[state].replace("-", "0") for state in table.states]
    more = least_width(max(Counter(shown).values())) if len(set(shown)) < len(shown) else 0
    if len(table.outputs) + more > least_width(len(table.states)) + _MOST_SPARE:
        return None
    seen: Counter[str] = Counter()
    codes = []
    for outputs in shown:
        codes.append(outputs + (format(seen[outputs], f"0{more}b") if more else ""))
        seen[outputs] += 1
    return codes


def _along(table: StateTable, codes: Sequence[str]) -> Codes:
    order = _usual_way(table)
    return [codes[order.index(i)] for i in range(len(table.states))]


def _usual_way(table: StateTable) -> list[int]:
    """Return states as a walk from reset, each followed by the one it most often changes with."""
    weights = changes(table)
    start = table.states.index(table.reset_state) if table.reset_state is not None else 0
    left = dict.fromkeys(range(len(table.states)))
    order = []
    while True:
        order.append(start)
        del left[start]
        if not left:
            return order
        here = start
        start = max(left, key=lambda s: (_rounded(weights, here, s), -s))


def _rounded(weights: Weights, a: int, b: int) -> float:
    return round(weights.get((min(a, b), max(a, b)), 0.0), 6)


def near(weigh: Callable[[StateTable, int], Weights], spare: int = 0) -> Callable[..., Codes]:
    """Return the scheme that brings pairs of much weight near each other."""

    def scheme(table: StateTable) -> Codes:
        width = least_width(len(table.states)) + spare
        codes = embedded(weigh(table, width), len(table.states), width)
        return [format(code, f"0{width}b") for code in codes]

    return scheme


def _both(table: StateTable, width: int) -> Weights:
    """Weigh by what states have in common as present and as next states, equally."""
    found: Weights = {}
    for weights in (leaving(table, width), entering(table, width)):
        total = sum(weights.values()) or 1.0
        for pair, weight in weights.items():
            found[pair] = found.get(pair, 0.0) + weight / total
    return found


SCHEMES: Mapping[str, Callable[[StateTable], Codes | None]] = {
    "binary": binary,
    "gray": gray,
    "one-hot": one_hot,
    "johnson": johnson,
    "outputs": by_outputs,
    "leaving": near(leaving),
    "entering": near(entering),
    "near": near(_both),
    "quiet": near(lambda table, _: changes(table)),
}
"""By name; None where a scheme does not suit a machine."""


def reset_to_zero(table: StateTable, codes: Sequence[str]) -> Codes:
    """Return the codes with bits inverted so that the reset state's is all zeros."""
    if table.reset_state is None:
        return list(codes)
    zero = int(codes[table.states.index(table.reset_state)], 2)
    return [format(int(code, 2) ^ zero, f"0{len(code)}b") for code in codes]
