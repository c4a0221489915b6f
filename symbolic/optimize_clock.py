"""Time by what the processor has done, so that a busy machine finds what an idle one does."""

from __future__ import annotations

import os
import time

_MOST_STRETCH = 12.0


class Clock:
    """Counts processor time of this process and of the tools that have ended.

    `seconds` may be used; of the time on the wall at most 12 times as many.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._wall = time.monotonic()
        self._used = _processor_seconds()

    @property
    def left(self) -> float:
        """Seconds on the wall that are left, as things go; at least none."""
        used, wall = self._elapsed()
        left = max(0.0, self._seconds - used)
        return max(0.0, min(left * self.stretch, _MOST_STRETCH * self._seconds - wall))

    @property
    def stretch(self) -> float:
        """How much longer things take on the wall than they take of the processor."""
        used, wall = self._elapsed()
        return min(_MOST_STRETCH, max(1.0, wall / max(used, 0.1)))

    def _elapsed(self) -> tuple[float, float]:
        return _processor_seconds() - self._used, time.monotonic() - self._wall


def _processor_seconds() -> float:
    return sum(os.times()[:4])
