"""Which requests are sent to llama.cpp together, and how many at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise

from rtlgen.llm.model import Request

_PARTS = 4
"""Groups under way at a time where there is more to do than one: while the longest answer of
one is awaited, the others keep the processor busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Requests for successive samples of one prompt."""

    places: tuple[int, ...]
    """Indices of the requests, by their samples' numbers."""
    request: Request
    """The first of them."""


def grouped(requests: Sequence[Request], slots: int) -> list[Group]:
    """Return all `requests` in groups of at most `slots`, which share the work on their prompt.

    Requests of a group have samples numbered one after another, as the server counts seeds.
    """
    most = slots if len(requests) <= slots else max(1, slots // _PARTS)
    alike: dict[tuple[object, ...], list[int]] = {}
    for place, request in enumerate(requests):
        alike.setdefault((request.messages, request.sampling, request.seed), []).append(place)
    return [
        Group(places=part, request=requests[part[0]])
        for places in alike.values()
        for run in _runs(sorted(places, key=lambda place: requests[place].sample), requests)
        for part in _parts(run, most)
    ]


def _runs(places: Sequence[int], requests: Sequence[Request]) -> Iterator[Sequence[int]]:
    """Yield the longest pieces of `places` whose samples are numbered one after another."""
    numbers = [requests[place].sample for place in places]
    breaks = [at for at, (one, next_) in enumerate(pairwise(numbers), 1) if next_ != one + 1]
    for start, end in pairwise([0, *breaks, len(places)]):
        yield places[start:end]


def _parts(run: Sequence[int], most: int) -> Iterator[tuple[int, ...]]:
    """Yield `run` in pieces of at most `most`, as equal as can be."""
    count = -(-len(run) // most)
    for number in range(count):
        yield tuple(run[number * len(run) // count : (number + 1) * len(run) // count])


@dataclass(kw_only=True)
class Room:
    """Slots and cells of a server's cache that are free; whoever waits is served in turn."""

    slots: int
    cells: int
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, slots: int, cells: int) -> None:
        """Wait until there is as much."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.slots >= slots and self.cells >= cells)
            self.slots -= slots
            self.cells -= cells

    async def give(self, slots: int, cells: int) -> None:
        """Give back what was taken."""
        async with self._changed:
            self.slots += slots
            self.cells += cells
            self._changed.notify_all()

    @asynccontextmanager
    async def returned(self, slots: int, cells: int) -> AsyncIterator[None]:
        """Give back at the end what was taken."""
        try:
            yield
        finally:
            await self.give(slots, cells)
