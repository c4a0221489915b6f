"""A directed walk through a reference model: every transition taken, if effort allows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from testbench_gen.standalone.patterns import seeded

Vector = Mapping[str, int]
StepFunction = Callable[[Hashable, Vector], tuple[Mapping[str, str], Hashable]]

_MAX_STATES = 1024
_EXHAUSTIVE_BITS = 6
_SAMPLES = 48


@dataclass(slots=True)
class _Visited:
    """What is known of one state: where its vectors lead, and which are still to be taken."""

    leads_to: dict[int, Hashable] = field(default_factory=dict)
    pending: list[int] = field(default_factory=list)


def tour(
    step: StepFunction,
    start: Hashable,
    vectors: Sequence[Vector],
    *,
    length: int,
    reset: tuple[Vector, Hashable] | None = None,
) -> list[Vector]:
    """Return at most `length` vectors that take every transition of the machine `step`.

    From `start` it walks to the nearest transition not taken yet. Where several
    of `vectors` have the same effect in a state, the first stands for all.
    `reset` is the vector that resets and the state it leads to; it is the way
    out of states that are never left.
    """
    seen: dict[Hashable, _Visited] = {}
    path: list[Vector] = []
    state = start
    while len(path) < length and len(seen) < _MAX_STATES:
        route = _route(_explore(step, seen, vectors), state)
        if route is None:
            if reset is None or state == reset[1]:
                break
            vector, state = reset
            path.append(vector)
            continue
        for index in route:
            here = seen[state]
            if index in here.pending:
                here.pending.remove(index)
            path.append(vectors[index])
            state = here.leads_to[index]
    return path[:length]


def _explore(
    step: StepFunction, seen: dict[Hashable, _Visited], vectors: Sequence[Vector]
) -> Callable[[Hashable], _Visited]:
    """Return a function that tells what is known of a state, asking `step` the first time."""

    def visit(state: Hashable) -> _Visited:
        if state not in seen:
            visited = seen[state] = _Visited()
            effects: set[Hashable] = set()
            for index, vector in enumerate(vectors):
                outputs, target = step(state, vector)
                effect = (target, tuple(sorted(outputs.items())))
                if effect not in effects:
                    effects.add(effect)
                    visited.leads_to[index] = target
            visited.pending = list(visited.leads_to)
        return seen[state]

    return visit


def _route(visit: Callable[[Hashable], _Visited], start: Hashable) -> list[int] | None:
    """Return the shortest way from `start` over a transition not taken yet, or None."""
    queue: deque[tuple[Hashable, list[int]]] = deque([(start, [])])
    known = {start}
    while queue and len(known) < _MAX_STATES:
        state, way = queue.popleft()
        here = visit(state)
        if here.pending:
            return [*way, here.pending[0]]
        for index, target in here.leads_to.items():
            if target not in known:
                known.add(target)
                queue.append((target, [*way, index]))
    return None


def representative_vectors(
    bits: Sequence[str], interesting: Sequence[Vector], seed: int
) -> list[dict[str, int]]:
    """Return assignments of `bits` to explore with: all of them, or corners and a sample."""
    if len(bits) <= _EXHAUSTIVE_BITS:
        return [
            {bit: code >> place & 1 for place, bit in enumerate(reversed(bits))}
            for code in range(1 << len(bits))
        ]
    rng = seeded(seed, "tour")
    draws = [{bit: rng.getrandbits(1) for bit in bits} for _ in range(_SAMPLES)]
    walking = [{bit: int(bit == one) for bit in bits} for one in bits[:_SAMPLES]]
    listed = [{bit: given.get(bit, rng.getrandbits(1)) for bit in bits} for given in interesting]
    ends = [dict.fromkeys(bits, 0), dict.fromkeys(bits, 1)]
    return [*ends, *listed[:256], *walking, *draws]
