"""Orders of directed graphs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


def components(keys: Iterable[T], following: Callable[[T], Iterable[T]]) -> Iterator[list[T]]:
    """Yield the strongly connected components of a graph, those that others lead to first.

    Tarjan, "Depth-first search and linear graph algorithms", 1972; without recursion.
    """
    search = _Search(following)
    for key in keys:
        if key not in search.index:
            yield from search.walk(key)


class _Search(Generic[T]):
    """A depth-first search; names are those of the paper."""

    def __init__(self, following: Callable[[T], Iterable[T]]) -> None:
        self.index: dict[T, int] = {}
        self._following = following
        self._low: dict[T, int] = {}
        self._stack: list[T] = []
        self._stacked: set[T] = set()

    def walk(self, root: T) -> Iterator[list[T]]:
        work = [(root, self._enter(root))]
        while work:
            key, rest = work[-1]
            for other in rest:
                if other not in self.index:
                    work.append((other, self._enter(other)))
                    break
                if other in self._stacked:
                    self._low[key] = min(self._low[key], self.index[other])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    self._low[above] = min(self._low[above], self._low[key])
                if self._low[key] == self.index[key]:
                    yield self._leave(key)

    def _enter(self, key: T) -> Iterator[T]:
        self.index[key] = self._low[key] = len(self.index)
        self._stack.append(key)
        self._stacked.add(key)
        return iter(self._following(key))

    def _leave(self, key: T) -> list[T]:
        place = len(self._stack) - 1
        while self._stack[place] != key:
            place -= 1
        found = self._stack[place:]
        del self._stack[place:]
        self._stacked.difference_update(found)
        return found
