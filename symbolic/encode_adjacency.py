"""Which states should have near codes, and codes in which they do.

Weights after S. Devadas, H. Ma, A. R. Newton and A. Sangiovanni-Vincentelli,
"MUSTANG: state assignment of finite state machines targeting multilevel logic
implementations", IEEE TCAD 7(12), 1988: by what states have in common as present
states (`leaving`) and as next states (`entering`). For power, how often a machine
changes between two states (`changes`). States are embedded into a cube by
simulated annealing, whose seed is fixed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from random import Random

from symbolic.cubes import Cube, intersection
from symbolic.reduce_machine import bits
from symbolic.state_table import StateTable

_SEED = 1988
_WORK = 400_000
"""Distances looked at in one annealing."""
_ROUNDS = 100
_COOLING = 0.002
"""The last temperature, as a share of the first."""

Weights = dict[tuple[int, int], float]
"""By pair of state numbers, the smaller first; the heavier, the nearer their codes should be."""


def leaving(table: StateTable, width: int) -> Weights:
    """Weigh pairs by next states and outputs that they have in common."""
    number = {state: i for i, state in enumerate(table.states)}
    onto: list[Counter[int]] = [Counter() for _ in table.outputs]
    into: list[Counter[int]] = [Counter() for _ in table.states]
    for state in table.states:
        for _, transition in table.leaving(state):
            if transition.target is not None:
                into[number[transition.target]][number[state]] += 1
            for output in _ones(transition.outputs):
                onto[output][number[state]] += 1
        if table.moore_outputs is not None:
            for output in _ones(table.moore_outputs[state]):
                onto[output][number[state]] += 1
    weights: Weights = {}
    _join(weights, into, width / 2)
    _join(weights, onto, 1.0)
    return weights


def entering(table: StateTable, width: int) -> Weights:
    """Weigh pairs by present states and input literals that lead to both."""
    number = {state: i for i, state in enumerate(table.states)}
    of: list[Counter[int]] = [Counter() for _ in table.states]
    literals: dict[tuple[int, int], Counter[int]] = {}
    for state in table.states:
        for cube, transition in table.leaving(state):
            if transition.target is not None:
                target = number[transition.target]
                of[number[state]][target] += 1
                for bit in bits(cube.care):
                    literals.setdefault((bit, cube.value >> bit & 1), Counter())[target] += 1
    weights: Weights = {}
    _join(weights, of, width)
    _join(weights, literals.values(), 1.0)
    return weights


def _ones(outputs: str) -> Iterator[int]:
    return (i for i, value in enumerate(outputs) if value == "1")


def _join(weights: Weights, counts: Iterable[Counter[int]], factor: float) -> None:
    for count in counts:
        for a, b in combinations(sorted(count), 2):
            weights[a, b] = weights.get((a, b), 0.0) + factor * count[a] * count[b]


# -- power ----------------------------------------------------------------------------


def changes(table: StateTable) -> Weights:
    """Weigh pairs by how often the machine goes from one to the other, per clock.

    Inputs are uniform and independent; where the next state is free, the machine stays.
    """
    number = {state: i for i, state in enumerate(table.states)}
    moves = [_moves(table, state, number) for state in table.states]
    often = _stationary(moves)
    weights: Weights = {}
    for state, targets in enumerate(moves):
        for target, share in targets.items():
            if target != state:
                pair = (min(state, target), max(state, target))
                weights[pair] = weights.get(pair, 0.0) + often[state] * share
    return weights


def toggles(table: StateTable) -> float:
    """Return how many bits of the state change per clock, on average; the table has codes."""
    codes = [int(table.codes[state], 2) for state in table.states]
    return length(changes(table), codes)


def _moves(table: StateTable, state: str, number: Mapping[str, int]) -> dict[int, float]:
    """Return the probability of each next state."""
    found: dict[int, float] = {}
    before: list[Cube] = []
    for cube, transition in table.leaving(state):
        if transition.target is not None:
            target = number[transition.target]
            found[target] = found.get(target, 0.0) + _share(cube, before)
            before.append(cube)
    own = number[state]
    found[own] = found.get(own, 0.0) + max(0.0, 1.0 - sum(found.values()))
    return found


def _share(cube: Cube, before: Sequence[Cube]) -> float:
    """Return the share of all inputs that lies in `cube` and in none of `before`."""
    met = [(i, both) for i, other in enumerate(before) if (both := intersection(cube, other))]
    return 2.0 ** -cube.care.bit_count() - sum(_share(both, before[:i]) for i, both in met)


def _stationary(moves: Sequence[Mapping[int, float]]) -> list[float]:
    """Return how often each state is taken in the long run, averaged over periods."""
    now = [1 / len(moves)] * len(moves)
    for _ in range(_ROUNDS):
        following = [share / 2 for share in now]
        for share, targets in zip(now, moves, strict=True):
            for target, probability in targets.items():
                following[target] += share * probability / 2
        now = following
    return now


# -- embedding ------------------------------------------------------------------------


def length(weights: Weights, codes: Sequence[int]) -> float:
    """Return the sum over pairs of weight times the number of bits in which codes differ."""
    return sum(w * (codes[a] ^ codes[b]).bit_count() for (a, b), w in weights.items())


def embedded(weights: Weights, count: int, width: int) -> list[int]:
    """Return codes of `width` bits for `count` states, heavy pairs near each other."""
    near: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    for (a, b), weight in weights.items():
        near[a].append((b, weight))
        near[b].append((a, weight))
    codes = _greedy(near, width)
    return _annealed(near, codes, width, weights)


def _greedy(near: Sequence[Sequence[tuple[int, float]]], width: int) -> list[int]:
    """Place states one after the other, the one most bound to those placed first."""
    count = len(near)
    pull = [sum(weight for _, weight in own) * 1e-6 for own in near]
    codes = [-1] * count
    free = dict.fromkeys(range(1 << width) if width < 12 else range(2 * count))
    for _ in range(count):
        state = max((s for s in range(count) if codes[s] < 0), key=lambda s: (pull[s], -s))
        placed = [(codes[other], weight) for other, weight in near[state] if codes[other] >= 0]
        codes[state] = min(free, key=lambda code: (_pull(placed, code), code))
        del free[codes[state]]
        for other, weight in near[state]:
            pull[other] += weight
    return codes


def _pull(placed: Sequence[tuple[int, float]], code: int) -> float:
    return sum(weight * (code ^ other).bit_count() for other, weight in placed)


def _annealed(
    near: Sequence[Sequence[tuple[int, float]]], codes: list[int], width: int, weights: Weights
) -> list[int]:
    """Swap codes of two states, or of a state and an unused code."""
    random = Random(_SEED)  # noqa: S311 - reproducible, not secret
    count = len(near)
    degree = 1 + 2 * len(weights) // max(1, count)
    steps = min(200 * count, _WORK // degree)
    owner: dict[int, int] = {code: state for state, code in enumerate(codes)}
    now = length(weights, codes)
    best, best_codes = now, list(codes)
    heat = max(weights.values(), default=1.0)
    for step in range(steps):
        temperature = heat * math.exp(math.log(_COOLING) * step / steps)
        state, code = random.randrange(count), random.randrange(1 << width)
        other = owner.get(code)
        if other == state:
            continue
        gain = _moved(near, codes, state, other, code)
        if gain <= 0 or random.random() < math.exp(-gain / temperature):
            _give(codes, owner, state, code)
            now += gain
            if now < best - 1e-9:
                best, best_codes = now, list(codes)
    return best_codes


def _moved(
    near: Sequence[Sequence[tuple[int, float]]],
    codes: Sequence[int],
    state: int,
    other: int | None,
    code: int,
) -> float:
    """Return by how much the length grows if `state` gets `code`, its owner the old one."""
    old = codes[state]
    gain = 0.0
    for neighbor, weight in near[state]:
        if neighbor != other:
            there = codes[neighbor]
            gain += weight * ((code ^ there).bit_count() - (old ^ there).bit_count())
    for neighbor, weight in near[other] if other is not None else ():
        if neighbor != state:
            there = codes[neighbor]
            gain += weight * ((old ^ there).bit_count() - (code ^ there).bit_count())
    return gain


def _give(codes: list[int], owner: dict[int, int], state: int, code: int) -> None:
    old, other = codes[state], owner.pop(code, None)
    del owner[old]
    codes[state], owner[code] = code, state
    if other is not None:
        codes[other], owner[old] = old, other
