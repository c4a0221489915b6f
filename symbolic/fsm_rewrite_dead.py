"""What in a module is read by nothing any more, once parts of it are gone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from symbolic.fsm_rewrite_holders import assignments
from symbolic.fsm_rewrite_statements import is_clocked
from symbolic.fsm_source import Part, Source

_GIVING = frozenset({"wire", "net", "process"})


def dead_items(source: Source, gone: Sequence[Part], needed: Collection[str]) -> list[Part]:
    """Return items that only gave values to what is `gone`, nearest first.

    `needed` are names that are read by what takes its place. Parts that were read
    by nothing before are left alone.
    """
    found: list[Part] = []
    ports = {one.name for one in source.declared if one.port}
    while True:
        lost = {name for item in (*gone, *found) for name in read_in(item)}
        kept = [item for item in source.items if item not in gone and item not in found]
        alive = {name for item in kept for name in read_in(item)} | ports | set(needed)
        more = [
            item
            for item in kept
            if _is_free(item) and (given := _given(source, item)) and given <= lost - alive
        ]
        if not more:
            return found
        found += more


def _is_free(item: Part) -> bool:
    return item.kind in _GIVING and not (item.kind == "process" and is_clocked(item))


def _given(source: Source, item: Part) -> set[str]:
    """Return the signals that an item assigns."""
    return {
        part.name
        for one in assignments(source)
        if one.item is item
        for part in one.target.walk()
        if part.kind == "name"
    }


def read_in(item: Part) -> Iterator[str]:
    """Yield the signals that an item reads."""
    for part in item.parts if item.kind != "wire" else ():
        yield from _read(part)
    if item.kind == "wire":
        yield from _read_in_target(item.parts[0])
        yield from _read(item.parts[1])


def _read(part: Part) -> Iterator[str]:
    if part.kind == "assign":
        yield from _read_in_target(part.parts[0])
        yield from _read(part.parts[1])
        return
    if part.kind == "name":
        yield part.name
    for inner in part.parts:
        yield from _read(inner)


def _read_in_target(part: Part) -> Iterator[str]:
    """Yield what the indices of a target read."""
    if part.kind == "bit":
        yield from _read(part.parts[1])
    elif part.kind != "name":
        for inner in part.parts:
            yield from _read_in_target(inner)
