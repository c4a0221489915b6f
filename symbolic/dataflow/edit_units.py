"""Items of a module that can only be kept or replaced together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from symbolic.dataflow.graph import components
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, reached
from symbolic.dataflow.source_map import Item, ItemKind, SourceMap

_DRIVING = frozenset(
    {
        ItemKind.ASSIGN,
        ItemKind.COMBINATIONAL,
        ItemKind.CLOCKED,
        ItemKind.INSTANCE,
        ItemKind.SIGNALS,
        ItemKind.GENERATE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Items that drive parts of the same signals, or lie on a loop of signals."""

    items: tuple[int, ...]
    """Places in `SourceMap.items`, ascending."""
    signals: tuple[str, ...]
    """Names in `Dataflow.named` or `outputs` that it drives, without registers."""
    reads: tuple[str, ...]
    """Those that it reads and does not drive."""
    registers: tuple[str, ...]
    memories: tuple[str, ...]
    counters: frozenset[str]
    """Registers that only count its loops."""


def base_of(name: str) -> str:
    """Return the signal of the top module that a name is, or a part of; itself of an inner one."""
    return name if "." in name else name.partition("[")[0]


def value_of(module: Dataflow, name: str) -> Node:
    """Return the value of a signal; of an output port what is put out."""
    found = module.outputs.get(name)
    return module.named[name] if found is None else found


def units(source: SourceMap, module: Dataflow) -> list[Unit]:
    """Return the units of a module's items, those that others read first."""
    sorter = _Sorter(source, module)
    groups = _merged(sorter)
    return [sorter.unit(group) for group in groups]


def _merged(sorter: _Sorter) -> Iterator[list[int]]:
    """Yield the items of each unit."""
    shared = _Sets(sorter.driving)
    for owners in sorter.owners.values():
        for owner in owners[1:]:
            shared.join(owners[0], owner)
    roots = {number: shared.root(number) for number in sorter.driving}
    groups: dict[int, list[int]] = {}
    for number in sorter.driving:
        groups.setdefault(roots[number], []).append(number)

    def sources(root: int) -> Iterable[int]:
        reads = (name for number in groups[root] for name in sorter.depends(number))
        found = {roots[o]: None for name in reads for o in sorter.owners.get(name, ())}
        return [other for other in found if other != root]

    for component in components(list(groups), sources):
        yield sorted(number for root in component for number in groups[root])


class _Sets:
    """Disjoint sets."""

    def __init__(self, members: Iterable[int]) -> None:
        self._parents = {member: member for member in members}

    def root(self, member: int) -> int:
        while self._parents[member] != member:
            self._parents[member] = self._parents[self._parents[member]]
            member = self._parents[member]
        return member

    def join(self, one: int, other: int) -> None:
        self._parents[self.root(other)] = self.root(one)


class _Sorter:
    """Which item drives what."""

    def __init__(self, source: SourceMap, module: Dataflow) -> None:
        self.source, self._module = source, module
        self._values: dict[str, list[str]] = {}
        for name in (*module.named, *module.outputs):
            if name not in module.registers:
                known = self._values.setdefault(base_of(name), [])
                if name not in known:
                    known.append(name)
        self._inner = _by_scope((*module.registers, *module.memories))
        self._state = _grouped(module.registers)
        self._arrays = _grouped(module.memories)
        self.driving = [
            number
            for number, item in enumerate(source.items)
            if item.kind in _DRIVING and (item.drives or item.modules)
        ]
        self.owners: dict[str, list[int]] = {}
        for number in self.driving:
            self._own(number, source.items[number])

    def _own(self, number: int, item: Item) -> None:
        """Note who drives what for other items; a register's reader need not be behind it."""
        for name in item.drives:
            if name in item.loops:
                continue
            if name in self._values:
                self.owners.setdefault(name, []).append(number)
            elif name in self._state or name in self._arrays:
                self.owners.setdefault(f"register {name}", []).append(number)

    def depends(self, number: int) -> tuple[str, ...]:
        """Return what an item reads that decides what it drives before the next clock edge."""
        item = self.source.items[number]
        if item.kind is ItemKind.CLOCKED:
            return ()
        if item.kind not in (ItemKind.INSTANCE, ItemKind.GENERATE):
            return item.reads
        driven = [self._module_value(n) for base in item.drives for n in self._values.get(base, ())]
        cone = set(reached(driven))
        return tuple(
            base
            for base in item.reads
            if any(self._module_value(n) in cone for n in self._values.get(base, ()))
        )

    def _module_value(self, name: str) -> Node:
        return value_of(self._module, name)

    def unit(self, numbers: list[int]) -> Unit:
        items = [self.source.items[number] for number in numbers]
        drives = dict.fromkeys(name for item in items for name in item.drives)
        loops = {name for item in items for name in item.loops}
        scopes = [name for item in items for name in item.names]
        inner = dict.fromkeys(n for scope in scopes for n in self._inner.get(scope, ()))
        registers = [
            *_owned(self._state, drives),
            *(n for n in inner if n in self._module.registers),
        ]
        arrays = [*_owned(self._arrays, drives), *(n for n in inner if n in self._module.memories)]
        return Unit(
            items=tuple(numbers),
            signals=tuple(n for base in drives for n in self._values.get(base, ())),
            reads=tuple(
                name
                for base in dict.fromkeys(name for item in items for name in item.reads)
                if base not in drives
                for name in self._values.get(base, ())
            ),
            registers=tuple(dict.fromkeys(registers)),
            memories=tuple(dict.fromkeys(arrays)),
            counters=frozenset(name for name in registers if base_of(name) in loops),
        )


def _grouped(things: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in things:
        found.setdefault(base_of(name), []).append(name)
    return found


def _by_scope(names: Iterable[str]) -> dict[str, list[str]]:
    """Return for each instance and generate block what is inside of it."""
    found: dict[str, list[str]] = {}
    for name in names:
        place = name.find(".")
        while place >= 0:
            found.setdefault(name[:place], []).append(name)
            place = name.find(".", place + 1)
    return found


def _owned(known: Mapping[str, list[str]], drives: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for base in drives for name in known.get(base, ())))
