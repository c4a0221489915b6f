"""Watches properties clock cycle by clock cycle, just before each active edge.

A property is what a specification plainly says of the ports: its kind, the
signals, and a bound. Until a reset has acted nothing is watched; without a
reset, until every signal of the property has had a known value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

HELD, BROKEN, UNKNOWN = "1", "0", "x"


@dataclass(frozen=True)
class Watched:
    """A property, by name for the report."""

    name: str
    kind: str
    """`one-hot`, `mutual exclusion` and so on: a value of `sim.property.PropertyKind`."""
    signals: tuple[str, ...]
    bound: int = 0


class Monitor:
    """Follows one property; what it needs of the past it keeps."""

    def __init__(self, watched: Watched, *, resettable: bool) -> None:
        self._watched = watched
        self._resettable = resettable
        self._awake = False
        self._after_reset = False
        self._waiting: str | None = None
        self._due = 0
        self._caused = False

    def cycle(self, values: Mapping[str, str], *, reset: bool) -> str:
        """Return whether the property holds in a cycle with these `values`, in binary.

        `reset` says whether a reset is active; then nothing but its own effect counts.
        """
        shown = [values[name] for name in self._watched.signals]
        known = not any(set(value) & set("xz") for value in shown)
        if not self._resettable:
            self._awake = self._awake or known or self._watched.kind == "never unknown"
        just = self._after_reset
        found = HELD
        if reset or not self._awake:
            self._forget()
            if just and self._watched.kind == "value after reset":
                found = self._judge(shown, known=known, just=True)
        else:
            found = self._judge(shown, known=known, just=just)
        self._after_reset = reset
        self._awake = self._awake or reset
        return found

    def _forget(self) -> None:
        self._waiting, self._due, self._caused = None, 0, False

    def _judge(self, shown: list[str], *, known: bool, just: bool) -> str:
        kind = self._watched.kind
        if kind == "never unknown":
            return HELD if known else BROKEN
        if kind == "value after reset" and not just:
            return HELD
        if kind == "stable while waiting":
            return self._stable(*shown)
        if not known:
            return UNKNOWN
        if kind in ("one-hot", "mutual exclusion"):
            ones = "".join(shown).count("1")
            return HELD if ones == 1 or (ones == 0 and kind == "mutual exclusion") else BROKEN
        if kind == "value after reset":
            return HELD if int(shown[0], 2) == self._watched.bound else BROKEN
        return self._response(*shown) if kind == "response in time" else self._not_before(*shown)

    def _stable(self, data: str, valid: str, ready: str) -> str:
        before, self._waiting = self._waiting, data if (valid, ready) == ("1", "0") else None
        if before is None or before == data:
            return HELD
        return UNKNOWN if set(before + data) & set("xz") else BROKEN

    def _response(self, request: str, response: str) -> str:
        if response == "1":
            self._due = 0
            return HELD
        if self._due == 0 and request == "1":
            self._due = 1
        elif self._due:
            self._due = min(self._due + 1, self._watched.bound + 1)
        return BROKEN if self._due > self._watched.bound else HELD

    def _not_before(self, effect: str, cause: str) -> str:
        self._caused = self._caused or cause == "1"
        return BROKEN if effect == "1" and not self._caused else HELD
