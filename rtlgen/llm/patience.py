"""When a request is tried again, and how long to wait before it."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from rtlgen.llm.model import Failure

LONGEST_WAIT = 120.0
"""Seconds; a server that asks for more is not waited for."""
_LONGEST_BACKOFF = 30.0
_FIRST_WAIT = {Failure.RATE_LIMIT: 4.0}
"""Limits are mostly counted by the minute; five tries then span one."""
_TRIES = {Failure.TIMEOUT: 2}
"""Most tries where each one is long and has likely been paid."""
_AGAIN = {
    Failure.UNREACHABLE,
    Failure.TIMEOUT,
    Failure.RATE_LIMIT,
    Failure.SERVER,
    Failure.GARBAGE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Exponential backoff with jitter; what the server asks for comes first."""

    tries: int = 5
    """Most tries of one request, the first included."""
    chance: random.Random = field(default_factory=random.Random, repr=False)

    def pause(self, failure: Failure, attempt: int, after: float | None) -> float | None:
        """Return the seconds to wait after try number `attempt`, from 1; None to give up.

        `after` is how long the server asks to wait.
        """
        if failure not in _AGAIN or attempt >= min(self.tries, _TRIES.get(failure, self.tries)):
            return None
        if after is not None:
            return after + self.chance.uniform(0.05, 0.25) if after <= LONGEST_WAIT else None
        longest = min(math.ldexp(_FIRST_WAIT.get(failure, 0.5), attempt - 1), _LONGEST_BACKOFF)
        return longest * self.chance.uniform(0.75, 1.25)


def asked_to_wait(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the seconds that `Retry-After` or `retry-after-ms` asks for; None for neither.

    A date is taken relative to the server's own clock, if it tells it.
    """
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after", "")
    seconds = _number(value)
    if seconds is not None:
        return seconds
    until = _date(value)
    if until is None:
        return None
    return max(
        (until - (_date(headers.get("date", "")) or now or datetime.now(UTC))).total_seconds(), 0.0
    )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < math.inf else None


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
