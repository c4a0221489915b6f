"""Where a machine stands in a module: its register, its next state, their processes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from symbolic.fsm_rewrite_holders import assignments, leaves
from symbolic.fsm_rewrite_plan import NotWritable
from symbolic.fsm_rewrite_statements import is_clocked
from symbolic.fsm_source import Declared, Part, Source
from symbolic.names import identifier

_HOLDING = frozenset({"block", "if", "case", "item", "default", "loop", "assign", "other"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The items of a module that make up a machine."""

    register: Declared
    next_name: str
    """The signal for the next state."""
    next_signal: Declared | None
    """None if there is none yet."""
    clocked: tuple[Part, ...]
    """Items that assign the register at an edge."""
    free: tuple[Part, ...]
    """Items that assign the next state."""

    def plain(self, resets: frozenset[str]) -> Part | None:
        """Return the process by which the register only takes over the next state.

        `resets` are the signals that reset the machine; it must reset by just these.
        """
        if len(self.clocked) != 1 or self.next_signal is None:
            return None
        given = list(_guarded(self.clocked[0].parts[-1], self.register.name, frozenset()))
        fits = all(guards == resets and self._is_usual(value) for value, guards in given)
        constants = [value for value, _ in given if value.kind == "const"]
        return self.clocked[0] if fits and bool(constants) == bool(resets) else None

    def _is_usual(self, value: Part) -> bool:
        return value.kind == "const" or (value.kind, value.name) == ("name", self.next_name)


def places_of(source: Source, register: str) -> Places:
    """Find where a machine stands.

    Raises:
        NotWritable: It is not declared here, or assigned in unusual places.
    """
    declared = source.find(register)
    if declared is None:
        raise NotWritable(f"register {register!r} is not declared in the module itself")
    clocked = _assigning(source, register)
    for item in clocked:
        if item.kind != "process" or not is_clocked(item):
            raise NotWritable(f"register {register!r} is assigned outside of clocked processes")
    signal = _next_signal(source, declared, clocked)
    taken = source.names
    stem = "state" if register == "current_state" else register
    return Places(
        register=declared,
        next_name=signal.name if signal else identifier(f"next_{stem}", taken),
        next_signal=signal,
        clocked=tuple(clocked),
        free=tuple(_assigning(source, signal.name)) if signal else (),
    )


def places_of_several(source: Source, registers: Sequence[str]) -> Places:
    """Find where a machine stands whose state lies in several registers; they become one.

    Raises:
        NotWritable: One is not declared here, or is assigned in unusual places.
    """
    found = [places_of(source, register) for register in registers]
    clocked = {id(item): item for places in found for item in places.clocked}
    first = found[0].register
    name = identifier("state", source.names)
    width = sum(places.register.width for places in found)
    return Places(
        register=replace(first, name=name, width=width, port=False, initial=None, range=None),
        next_name=identifier("next_state", {*source.names, name}),
        next_signal=None,
        clocked=tuple(sorted(clocked.values(), key=lambda item: item.start)),
        free=(),
    )


def _assigning(source: Source, name: str) -> list[Part]:
    """Return the items that assign any of a signal, `initial` processes apart."""
    found: dict[int, Part] = {}
    for one in assignments(source):
        names = {part.name for part in one.target.walk() if part.kind == "name"}
        if name in names and one.item.name != "initial":
            found[id(one.item)] = one.item
    return list(found.values())


def _next_signal(source: Source, register: Declared, clocked: Sequence[Part]) -> Declared | None:
    """Return the signal that the register takes its next states from."""
    found = {
        leaf.name
        for one in assignments(source)
        if one.name == register.name and one.item in clocked
        for leaf in leaves(one.value)
        if leaf.kind != "const"
    } - {register.name}
    if len(found) != 1:
        return None
    signal = source.find(found.pop())
    if signal is None or signal.port or signal.width != register.width:
        return None
    if not _assigning(source, signal.name):
        return None
    comb = all(not is_clocked(item) for item in _assigning(source, signal.name))
    return signal if comb else None


def _guarded(
    statement: Part, register: str, guards: frozenset[str]
) -> Iterator[tuple[Part, frozenset[str]]]:
    """Yield what a register is given, with the signals that decide whether it is."""
    if statement.kind == "assign":
        if any(part.name == register for part in statement.parts[0].walk()):
            whole = statement.parts[0].kind == "name"
            yield statement.parts[1 if whole else 0], guards
        return
    deciding = {
        part.name
        for one in statement.parts
        if one.kind not in _HOLDING
        for part in one.walk()
        if part.kind == "name"
    }
    for one in statement.parts:
        if one.kind in _HOLDING:
            yield from _guarded(one, register, guards | deciding)


def only(statement: Part) -> Part:
    """Return the statement that is all of a block, or the statement itself."""
    while statement.kind == "block" and len(statement.parts) == 1:
        statement = statement.parts[0]
    return statement
