"""Stimulus that visits every transition of a small reference model."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Sequence
from itertools import product

from rtlgen.synth.drawn import Behavior, State, Values

Key = Callable[[State], Hashable]


def _itself(state: State) -> Hashable:
    return state


def tour(
    behavior: Behavior,
    letters: Sequence[Values],
    limit: int = 200,
    states: int = 300,
    key: Key = _itself,
) -> tuple[Values, ...]:
    """Return at most `limit` inputs that walk from the reset state over all transitions.

    Only the first `states` states met, breadth first, are aimed at. States with the same
    `key` count as one: each input is given in one of them.
    """
    start = behavior.after_reset()
    state = behavior.start() if start is None else start
    if state is None:
        return ()
    known = _reachable(behavior, letters, states)
    left = {key(found): set(range(len(letters))) for found in known}
    walk: list[Values] = []
    while len(walk) < limit and (path := _nearest(behavior, letters, left, state, key)):
        for letter in path:
            left.get(key(state), set()).discard(letter)
            walk.append(letters[letter])
            state = behavior.step(state, letters[letter])[1]
    return tuple(walk[:limit])


def letters(*ports: tuple[str, int]) -> tuple[Values, ...]:
    """Return all combinations of values of inputs, given by name and width."""
    names = [name for name, _ in ports]
    return tuple(
        dict(zip(names, values, strict=True))
        for values in product(*(range(1 << width) for _, width in ports))
    )


def reachable(behavior: Behavior, letters: Sequence[Values], limit: int = 5000) -> list[State]:
    """Return the states that can be reached from reset, breadth first, at most about `limit`."""
    return _reachable(behavior, letters, limit)


def _reachable(behavior: Behavior, letters: Sequence[Values], limit: int) -> list[State]:
    start = behavior.after_reset()
    found = [behavior.start() if start is None else start]
    seen = set(found)
    for state in found:
        if len(found) >= limit:
            break
        for letter in letters:
            after = behavior.step(state, letter)[1]
            if after not in seen:
                seen.add(after)
                found.append(after)
    return found


def _nearest(
    behavior: Behavior,
    letters: Sequence[Values],
    left: dict[Hashable, set[int]],
    start: State,
    key: Key,
) -> list[int]:
    """Return the shortest path that ends with a transition not yet taken."""
    waiting: deque[tuple[State, tuple[int, ...]]] = deque([(start, ())])
    seen = {start}
    while waiting:
        state, path = waiting.popleft()
        if wanted := left.get(key(state)):
            return [*path, min(wanted)]
        for letter, given in enumerate(letters):
            after = behavior.step(state, given)[1]
            if key(after) in left and after not in seen:
                seen.add(after)
                waiting.append((after, (*path, letter)))
    return []


def apart(one: Behavior, other: Behavior, letters: Sequence[Values], limit: int = 3000) -> bool:
    """Return whether inputs from reset tell two models apart, in the first `limit` state pairs."""
    waiting = [(one.after_reset(), other.after_reset())]
    seen = set(waiting)
    for left, right in waiting:
        for letter in letters:
            expected, left_after = one.step(left, letter)
            found, right_after = other.step(right, letter)
            if expected != found:
                return True
            pair = (left_after, right_after)
            if pair not in seen and len(seen) < limit:
                seen.add(pair)
                waiting.append(pair)
    return False
