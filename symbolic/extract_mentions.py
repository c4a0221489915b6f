"""Which constants a text compares signals with, or assigns to them.

Read from the tokens alone: enough to tell the states of one machine from those of
another in the same process, and harmless where it is wrong, for only names depend
on it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sim.text import without_comments

_TOKEN = re.compile(r"`?[A-Za-z_][\w$]*|\d*'[sS]?[bodhBODH][\w?]+|\d\w*|[<>=!]=+|\S", re.ASCII)
_WORD = re.compile(r"`?[A-Za-z_][\w$]*\Z", re.ASCII)
_COMPARISONS = frozenset({"==", "!=", "===", "!=="})
_CASES = frozenset({"case", "casez", "casex"})
_BEFORE_LABEL = frozenset({";", "end", ")", ",", "begin", "endcase", "inside"})
_ENDING = frozenset({";", "begin", "end", "else"})


@dataclass(slots=True)
class Mentions:
    """Signals by the constants that go with them, and copies between signals."""

    tied: dict[str, set[str]] = field(default_factory=dict)
    """By constant: the signals that it is compared with or assigned to."""
    sources: dict[str, set[str]] = field(default_factory=dict)
    """By signal: those that are assigned to it as they are."""

    def settled(self) -> Mapping[str, frozenset[str]]:
        """Return the signals of each constant, with those that take over a signal's value."""
        takers: dict[str, set[str]] = {}
        for taker, sources in self.sources.items():
            for source in sources:
                takers.setdefault(source, set()).add(taker)
        return {
            constant: frozenset(signals.union(*(takers.get(s, set()) for s in signals)))
            for constant, signals in self.tied.items()
        }


def note_mentions(found: Mentions, text: str, constants: Collection[str]) -> None:
    """Add what `text`, an item of a module, says of `constants`."""
    tokens = _TOKEN.findall(without_comments(text))
    _Reader(found, tokens, constants).read()


class _Reader:
    def __init__(self, found: Mentions, tokens: Sequence[str], constants: Collection[str]) -> None:
        self._found, self._tokens, self._constants = found, tokens, constants
        self._subjects: list[tuple[str, ...]] = []
        """Of the `case` statements around."""
        self._target = ""
        """What the statement assigns to; empty left of its sign."""
        self._depth = 0

    def read(self) -> None:
        for place, word in enumerate(self._tokens):
            self._step(place, word)
            if word.removeprefix("`") in self._constants:
                for signal in self._signals_at(place):
                    self._found.tied.setdefault(word.removeprefix("`"), set()).add(signal)

    def _step(self, place: int, word: str) -> None:
        if word in _CASES:
            self._subjects.append(self._subject(place + 1))
        elif word == "endcase" and self._subjects:
            self._subjects.pop()
        if word in _ENDING:
            self._target, self._depth = "", 0
        elif word in "([{":
            self._depth += 1
        elif word in ")]}":
            self._depth = max(0, self._depth - 1)
        elif word in ("=", "<=") and not self._depth and not self._target:
            self._target = self._signal_before(place)
            source = self._token(place + 1)
            if _WORD.match(source) and self._token(place + 2) == ";":
                self._found.sources.setdefault(self._target, set()).add(source)

    def _subject(self, place: int) -> tuple[str, ...]:
        """Return the signals in the brackets that open at `place`."""
        depth, found = 0, []
        for word in self._tokens[place:]:
            depth += (word == "(") - (word == ")")
            if depth == 0:
                break
            if _WORD.match(word):
                found.append(word)
        return tuple(found)

    def _token(self, place: int) -> str:
        return self._tokens[place] if 0 <= place < len(self._tokens) else ""

    def _signal_before(self, place: int) -> str:
        """Return the signal whose name, or selection, ends before `place`."""
        place -= 1
        if self._token(place) == "]":
            while place >= 0 and self._tokens[place] != "[":
                place -= 1
            place -= 1
        return self._token(place) if _WORD.match(self._token(place)) else ""

    def _signals_at(self, place: int) -> Sequence[str]:
        before, after = self._token(place - 1), self._token(place + 1)
        if before in _COMPARISONS:
            return [self._signal_before(place - 1)]
        if after in _COMPARISONS:
            return [self._token(place + 2)]
        if before == "[":
            return [self._token(place - 2)]
        if self._target:
            return [self._target]
        label = before in _BEFORE_LABEL or before == "{"
        if self._subjects and label and after in (":", ",", "}"):
            return self._subjects[-1]
        return []
