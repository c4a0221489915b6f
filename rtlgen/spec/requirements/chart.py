"""A chart parser: every way in which a sentence can be read, found bottom up.

Productions are written as patterns: `UPPER` names a phrase, other items are words, `a|b` is either
word, `a?` may be missing, `[a B]` may be missing as a whole. A production's function gets the
meanings of its phrases in their order, and returns the meaning of the whole, or None where it has
none. Meanings must be hashable: equal meanings are one reading.

The method is Kay's active chart; it takes left recursion and keeps ambiguity.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Make = Callable[..., Hashable | None]
_MOST_EDGES = 60_000
"""Edges of a chart; a sentence that needs more is too ambiguous to be understood."""


class TooAmbiguous(Exception):
    """A sentence has more partial readings than are worth following."""


@dataclass(frozen=True, slots=True)
class Production:
    """One way to build a phrase."""

    phrase: str
    parts: tuple[str | frozenset[str], ...]
    make: Make = field(compare=False)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a sentence: the forms that it may be matched by."""

    forms: frozenset[str]
    text: str


class Grammar:
    """Productions, found by what they begin with."""

    def __init__(self, productions: Sequence[tuple[str, str, Make]]) -> None:
        self._by_word: dict[str, list[Production]] = defaultdict(list)
        self._by_phrase: dict[str, list[Production]] = defaultdict(list)
        for phrase, pattern, make in productions:
            for parts in expanded(pattern):
                one = Production(phrase, parts, make)
                first = parts[0]
                if isinstance(first, str):
                    self._by_phrase[first].append(one)
                else:
                    for word in first:
                        self._by_word[word].append(one)

    def readings(
        self,
        tokens: Sequence[Token],
        goal: str,
        given: Mapping[tuple[int, int], Sequence[tuple[str, Hashable]]],
    ) -> list[Hashable]:
        """Return the different meanings that `tokens` have as a phrase `goal`.

        Args:
            tokens: The sentence.
            goal: Name of the phrase that the whole must be.
            given: Phrases with meanings known beforehand, by start and end.

        Raises:
            TooAmbiguous: There are too many partial readings.
        """
        return _Chart(self, tokens).fill(given).whole(goal)

    def beginning(self, token: Token) -> Iterator[Production]:
        """Yield the productions that begin with a word of `token`."""
        for form in token.forms:
            yield from self._by_word.get(form, ())

    def over(self, phrase: str) -> Sequence[Production]:
        """Return the productions that begin with `phrase`."""
        return self._by_phrase.get(phrase, ())


_Active = tuple[Production, int, tuple[Hashable, ...], int]
"""A production, how many of its parts are found, their meanings, and where it started."""


@dataclass(slots=True)
class _Chart:
    grammar: Grammar
    tokens: Sequence[Token]
    waiting: dict[tuple[int, str], list[_Active]] = field(default_factory=lambda: defaultdict(list))
    done: dict[tuple[int, str], list[tuple[int, Hashable]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    seen: set[tuple[str, int, int, Hashable]] = field(default_factory=set)
    agenda: list[tuple[str, int, int, Hashable]] = field(default_factory=list)
    edges: int = 0

    def fill(self, given: Mapping[tuple[int, int], Sequence[tuple[str, Hashable]]]) -> _Chart:
        for place, token in enumerate(self.tokens):
            for production in self.grammar.beginning(token):
                self._advance((production, 1, (), place), place + 1)
        for (start, end), phrases in given.items():
            for phrase, meaning in phrases:
                self._complete(phrase, start, end, meaning)
        while self.agenda:
            phrase, start, end, meaning = self.agenda.pop()
            for production in self.grammar.over(phrase):
                self._advance((production, 1, (meaning,), start), end)
            for production, at, found, begun in list(self.waiting[start, phrase]):
                self._advance((production, at + 1, (*found, meaning), begun), end)
        return self

    def whole(self, goal: str) -> list[Hashable]:
        return [meaning for end, meaning in self.done[0, goal] if end == len(self.tokens)]

    def _complete(self, phrase: str, start: int, end: int, meaning: Hashable) -> None:
        edge = phrase, start, end, meaning
        if edge not in self.seen:
            self.seen.add(edge)
            self.done[start, phrase].append((end, meaning))
            self.agenda.append(edge)

    def _advance(self, active: _Active, end: int) -> None:
        self.edges += 1
        if self.edges > _MOST_EDGES:
            raise TooAmbiguous
        production, at, found, begun = active
        while at < len(production.parts):
            part = production.parts[at]
            if isinstance(part, str):
                waiting = production, at, found, begun
                self.waiting[end, part].append(waiting)
                for until, meaning in list(self.done[end, part]):
                    self._advance((production, at + 1, (*found, meaning), begun), until)
                return
            if end >= len(self.tokens) or part.isdisjoint(self.tokens[end].forms):
                return
            at, end = at + 1, end + 1
        meaning = production.make(*found)
        if meaning is not None:
            self._complete(production.phrase, begun, end, meaning)


_ITEM = re.compile(r"\[|\]|[^\s\[\]]+")


def expanded(pattern: str) -> list[tuple[str | frozenset[str], ...]]:
    """Return what a pattern stands for, with nothing optional left."""
    found: list[tuple[str | frozenset[str], ...]] = [()]
    stack: list[list[tuple[str | frozenset[str], ...]]] = []
    for item in _ITEM.findall(pattern):
        if item == "[":
            stack.append(found)
            found = [()]
        elif item == "]":
            outer = stack.pop()
            found = [before + inner for before in outer for inner in ((), *found)]
        else:
            one = _part(item.rstrip("?"))
            found = [(*before, one) for before in found] + (found if item.endswith("?") else [])
    return [parts for parts in dict.fromkeys(found) if parts]


def _part(item: str) -> str | frozenset[str]:
    return item if item.isupper() and item.isalpha() else frozenset(item.split("|"))


__all__ = ["Grammar", "Production", "Token", "TooAmbiguous"]
