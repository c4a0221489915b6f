"""Which signals hold states: a state register, its next state, and copies of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from symbolic.fsm_source import Part, Source

_STEPS = frozenset({"Assignment", "UnaryOp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A value that a signal, or part of one, is given."""

    target: Part
    value: Part
    item: Part
    """The item of the module in which it stands."""

    @property
    def name(self) -> str:
        """The signal, if it is assigned as a whole; else empty."""
        return self.target.name if self.target.kind == "name" else ""


def assignments(source: Source) -> Iterator[Assignment]:
    """Yield all assignments of the module, initial values apart, in order."""
    for item in source.items:
        if item.kind == "wire":
            yield Assignment(target=item.parts[0], value=item.parts[1], item=item)
        elif item.kind == "net":
            target = Part(
                kind="name", start=item.start, end=item.start, outer=(0, 0), name=item.name
            )
            yield Assignment(target=target, value=item.parts[0], item=item)
        for part in item.walk():
            if part.kind == "assign":
                yield Assignment(target=part.parts[0], value=part.parts[1], item=item)


def leaves(value: Part) -> Iterator[Part]:
    """Yield what a value may be, choices by `?:` taken apart."""
    if value.kind == "mux":
        yield from leaves(value.parts[1])
        yield from leaves(value.parts[2])
    else:
        yield value


def irregular(source: Source) -> frozenset[str]:
    """Return the signals that are assigned in part, by `+=` and `++`, or by instances."""
    found: set[str] = set()
    for one in assignments(source):
        if not one.name:
            found |= {part.name for part in one.target.walk() if part.kind == "name"}
    for item in source.items:
        for part in item.walk():
            stepped = part.kind == "other" and part.name in _STEPS
            if stepped or (part.kind == "other" and part.name == "output"):
                found |= {inner.name for inner in part.walk() if inner.kind == "name"}
    return frozenset(found)


def holders_of(source: Source, register: str) -> frozenset[str]:
    """Return the signals that only ever hold states of `register`, itself among them.

    Empty where `register` or its next state is computed in any other way than
    by choosing among constants and such signals.
    """
    values = _values(source)
    plain = _plain(source, values)
    needed = _needed(register, values)
    if not needed <= plain or not _equally_wide(source, needed):
        return frozenset()
    return frozenset(_with_copies(source, needed, values, plain))


def copies_of(source: Source, own: Iterable[str]) -> frozenset[str]:
    """Return `own` and the signals that only ever hold copies of one of them."""
    values = _values(source)
    return frozenset(_with_copies(source, set(own), values, _plain(source, values)))


def _values(source: Source) -> dict[str, list[Part]]:
    """Return what signals are given as a whole."""
    values: dict[str, list[Part]] = {}
    for one in assignments(source):
        values.setdefault(one.name, []).extend(leaves(one.value))
    values.pop("", None)
    return values


def _plain(source: Source, values: dict[str, list[Part]]) -> set[str]:
    """Return the signals that are only given constants and other signals."""
    broken = irregular(source)
    return {
        name
        for name, found in values.items()
        if name not in broken and all(leaf.kind in ("const", "name") for leaf in found)
    }


def _needed(register: str, values: dict[str, list[Part]]) -> set[str]:
    found, waiting = {register}, [register]
    while waiting:
        for leaf in values.get(waiting.pop(), []):
            if leaf.kind == "name" and leaf.name not in found:
                found.add(leaf.name)
                waiting.append(leaf.name)
    return found


def _with_copies(
    source: Source, found: set[str], values: dict[str, list[Part]], plain: set[str]
) -> set[str]:
    """Add signals that are given the value of one of `found`."""
    while True:
        known = frozenset(found)
        for name in sorted(plain - known):
            read = {leaf.name for leaf in values[name] if leaf.kind == "name"}
            if read and read <= known | {name} and _equally_wide(source, known | {name}):
                found.add(name)
        if len(found) == len(known):
            return found


def _equally_wide(source: Source, names: set[str] | frozenset[str]) -> bool:
    declared = [source.find(name) for name in names]
    widths = {one.width for one in declared if one is not None}
    return None not in declared and len(widths) == 1


def state_constants(source: Source, holders: frozenset[str]) -> Iterator[Part]:
    """Yield the constants that states are given, compared and cased with, in order."""
    for one in assignments(source):
        if one.name in holders:
            yield from (leaf for leaf in leaves(one.value) if leaf.kind == "const")
    for declared in source.declared:
        if declared.name in holders and declared.initial is not None:
            yield from (leaf for leaf in leaves(declared.initial) if leaf.kind == "const")
    for item in source.items:
        yield from compared_in(item, holders)


def compared_in(item: Part, holders: frozenset[str]) -> Iterator[Part]:
    """Yield the constants that holders are compared and cased with in an item."""
    for part in item.walk():
        yield from _compared(part, holders)


def _compared(part: Part, holders: frozenset[str]) -> Iterator[Part]:
    if part.kind in ("eq", "ne"):
        found = compared(part, holders)
        if found is not None:
            yield found[1]
    elif part.kind == "case" and part.parts[0].name in holders:
        for item in part.parts[1:]:
            yield from (label for label in labels_of(item) if label.kind == "const")


def compared(part: Part, holders: frozenset[str]) -> tuple[Part, Part] | None:
    """Return the holder and the constant that an `eq` or `ne` compares; None if it does not."""
    left, right = part.parts
    for name, constant in ((left, right), (right, left)):
        if name.kind == "name" and name.name in holders and constant.kind == "const":
            return name, constant
    return None


def labels_of(item: Part) -> tuple[Part, ...]:
    """Return the labels of an item of a `case`; none for the default."""
    return item.parts[:-1] if item.kind == "item" else ()
