"""Things that wait for child processes, done at the same time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sim.stopping import current

_A = TypeVar("_A")
_B = TypeVar("_B")


def at_once(works: Sequence[Callable[[], _A]]) -> list[_A]:
    """Return what all return, in order; where one fails the tools of the others are stopped."""
    if len(works) == 1:
        return [works[0]()]
    stop = current()

    def done(work: Callable[[], _A]) -> _A:
        with stop.here():
            return work()

    with ThreadPoolExecutor(max(1, len(works))) as pool:
        try:
            return [future.result() for future in [pool.submit(done, work) for work in works]]
        except BaseException:  # Ctrl-C as well
            stop.now()
            raise


def both(one: Callable[[], _A], other: Callable[[], _B]) -> tuple[_A, _B]:
    """Return what both return, as `at_once`."""
    left, right = at_once([lambda: (one(),), lambda: (other(),)])
    return left[0], right[0]  # type: ignore[return-value]
