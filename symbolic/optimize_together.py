"""Things that wait for child processes, done at the same time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sim.stopping import Stop

_A = TypeVar("_A")
_B = TypeVar("_B")


def both(one: Callable[[], _A], other: Callable[[], _B]) -> tuple[_A, _B]:
    """Return what both return; where one fails the tools of the other are stopped."""
    stop = Stop()

    def first() -> _A:
        with stop.here():
            return one()

    def second() -> _B:
        with stop.here():
            return other()

    with ThreadPoolExecutor(2) as pool:
        try:
            left, right = pool.submit(first), pool.submit(second)
            return left.result(), right.result()
        except BaseException:  # Ctrl-C as well
            stop.now()
            raise
