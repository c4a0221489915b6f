"""Which items of a module are kept, which are replaced, and by which values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from symbolic.dataflow.edit_slice import NotSliceable, sliced
from symbolic.dataflow.edit_text import words
from symbolic.dataflow.edit_units import Unit, base_of, value_of
from symbolic.dataflow.edit_values import Values
from symbolic.dataflow.module import Dataflow, Memory, Register
from symbolic.dataflow.nodes import LEAVES, Node, Op, reached
from symbolic.dataflow.source_map import ItemKind, SourceMap


class NotRewritable(Exception):
    """The text cannot be changed in place; the message says why."""


@dataclass(slots=True, kw_only=True)
class Plan:
    """What becomes of each unit."""

    source: SourceMap
    values: Values
    names: dict[Node, str]
    """For values that can be called by name in new text, the signal."""
    replaced: set[int]
    """Places of units whose text cannot be kept."""
    needed: set[str] = field(default_factory=set)
    """Signals that something uses."""
    live: set[int] = field(default_factory=set)
    """Units of which something is used."""
    sliced: dict[int, frozenset[str]] = field(default_factory=dict)
    """Units that stay without some of the registers that they stored."""
    written: list[str] = field(default_factory=list)
    """Signals that get a new text, in the order of the source."""

    @property
    def before(self) -> Dataflow:
        return self.values.before

    @property
    def after(self) -> Dataflow:
        return self.values.after


def planned(source: SourceMap, values: Values, text: str, *, slices: bool = True) -> Plan:
    """Return what to keep and what to replace: the least that has to be.

    What is needed decides what is live, that decides what is replaced, and that what is
    needed: units are added to `replaced` until nothing changes.

    Args:
        source: Where everything stands.
        values: What everything becomes.
        text: Of the source.
        slices: Whether a process may stay without some of its registers; else it is
            replaced where one of them changes.

    Raises:
        NotRewritable: Something has to change that cannot be edited.
    """
    replaced: set[int] = set()
    names = _names(values)
    while True:
        plan = Plan(source=source, values=values, names=names, replaced=set(replaced))
        found = _Attempt(plan, text if slices else None).plan()
        if found.replaced == replaced:
            return found
        replaced |= found.replaced


def is_inner(name: str) -> bool:
    """Whether a name lies in an instance or a generate block, where the text cannot reach it."""
    return "." in name


def _names(values: Values) -> dict[Node, str]:
    """Return the best name of each value: the first that the text computes."""
    found: dict[Node, str] = {}
    for unit in values.units:
        for name in unit.signals:
            if not is_inner(name) and _is_nameable(values, unit, values.signals[name]):
                found.setdefault(values.signals[name], name)
    return found


def _is_nameable(values: Values, unit: Unit, node: Node) -> bool:
    """Whether a signal's name can stand for its value in what it depends on itself."""
    if node.op in LEAVES and not (node.op is Op.REG and is_inner(str(node.payload))):
        return False
    if values.is_gone(node):
        return False
    # A part of what it is selected from would be written by its own name.
    wider = [values.signals[n] for n in unit.reads if n in values.signals]
    wider = [other for other in wider if other.number > node.number]
    return not wider or node not in set(reached(wider))


class _Attempt:
    """Follows what is needed, with what is known to be replaced."""

    def __init__(self, plan: Plan, text: str | None) -> None:
        """Take the text if processes may be sliced."""
        self._plan, self._text = plan, text
        values = self._values = plan.values
        self._before, self._after = values.before, values.after
        self._owner = {n: i for i, u in enumerate(values.units) for n in u.signals}
        self._homes = {
            n: i for i, u in enumerate(values.units) for n in (*u.registers, *u.memories)
        }
        self._waiting: list[str] = []
        self._done: set[int] = set()
        self._lost = {base_of(n) for n in self._before.registers if n not in self._after.registers}

    def plan(self) -> Plan:
        for name in (*self._after.outputs, *self._idle()):
            self._need(name)
        for name in (*self._after.registers, *self._after.memories):
            if name in self._homes:
                self._enliven(self._homes[name])
            else:
                self._use(self._roots_of(name))
        while self._waiting:
            self._visit(self._waiting.pop())
        self._plan.written = self._written()
        return self._plan

    def _idle(self) -> Iterator[str]:
        """Yield signals that nothing used before either, if they are still wanted."""
        used = self._used_before()
        for name in self._owner:
            if name in self._after.named and not is_inner(name) and name not in used:
                yield name

    def _used_before(self) -> set[str]:
        """Return the signals that outputs, registers and memories depended on in the text."""
        units, outputs = self._values.units, self._before.outputs
        waiting = [
            u
            for u in units
            if u.registers or u.memories or not outputs.keys().isdisjoint(u.signals)
        ]
        seen = {unit.items for unit in waiting}
        used: set[str] = set(outputs)
        while waiting:
            unit = waiting.pop()
            used.update(unit.signals, unit.reads)
            for name in unit.reads:
                other = units[self._owner[name]] if name in self._owner else None
                if other is not None and other.items not in seen:
                    seen.add(other.items)
                    waiting.append(other)
        return used

    def _need(self, name: str) -> None:
        if name not in self._plan.needed:
            self._plan.needed.add(name)
            self._waiting.append(name)

    def _visit(self, name: str) -> None:
        place = self._owner.get(name)
        if place is None:
            if self._is_loose(name):
                self._define(name)
            return
        self._enliven(place)
        if place in self._plan.replaced:
            self._define(name)
        elif name not in self._values.kept:
            self._replace(place)

    def _is_loose(self, name: str) -> bool:
        """Whether an output that no expression in the text drives must get one now."""
        if name not in self._after.outputs or name not in self._before.outputs:
            return False
        now = self._after.outputs[name]
        if now is self._before.outputs[name]:
            return now.op is Op.REG and now.payload != name and str(now.payload) in self._lost
        if name in self._after.registers:
            raise NotRewritable(f"output {name!r} is no longer the register of that name")
        if name not in self._before.registers and self._is_driven(name):
            raise NotRewritable(f"what drives output {name!r} is not known")
        return True

    def _is_driven(self, name: str) -> bool:
        """Whether an output has a value that no known item of the text gives it."""
        return set(str(self._before.outputs[name].payload)) != {"x"}

    def _enliven(self, place: int) -> None:
        if place in self._plan.live:
            return
        self._plan.live.add(place)
        unit = self._values.units[place]
        if place in self._plan.replaced or not self._can_stay(unit):
            if place in self._plan.replaced or not self._slice(place):
                self._replace(place)
            return
        for name in unit.reads:
            self._need(name)

    def _can_stay(self, unit: Unit) -> bool:
        values = self._values
        state = [f"register {n}" for n in unit.registers if n not in unit.counters]
        state += [f"memory {n}" for n in unit.memories]
        read = [values.signals[name] for name in unit.reads if name in values.signals]
        items = self._plan.source.items
        return (
            values.kept.issuperset(state)
            and not (self._is_assignment(unit) and any(map(self._is_alias_now, unit.reads)))
            and not any(map(values.is_gone, read))
            and self._lost.isdisjoint(n for place in unit.items for n in items[place].reads)
        )

    def _slice(self, place: int) -> bool:
        """Keep a process without the registers in it that change, if it can be without them."""
        unit, values = self._values.units[place], self._values
        changed = [n for n in unit.registers if f"register {n}" not in values.kept]
        gone = {base_of(name) for name in changed}
        if self._text is None or len(unit.items) > 1 or unit.signals or unit.memories:
            return False
        if unit.counters or any(base_of(n) in gone for n in unit.registers if n not in changed):
            return False
        try:
            left = words(sliced(self._text, self._plan.source.items[unit.items[0]], gone))
        except NotSliceable:
            return False
        reads = [name for name in unit.reads if base_of(name) in left]
        read = [values.signals[name] for name in reads if name in values.signals]
        if any(map(values.is_gone, read)) or not self._lost.isdisjoint(left):
            return False
        self._plan.sliced[place] = frozenset(changed)
        for name in reads:
            self._need(name)
        for name in changed:
            if name in self._after.registers:
                self._use(self._roots_of(name))
        return True

    def _is_assignment(self, unit: Unit) -> bool:
        items = self._plan.source.items
        return all(items[number].kind is ItemKind.ASSIGN for number in unit.items)

    def _is_alias_now(self, name: str) -> bool:
        """Whether a signal has become another one, or a constant."""
        now = self._values.signals.get(name)
        if now is None or now is value_of(self._before, name):
            return False
        return now.op in LEAVES or self._plan.names.get(now, name) != name

    def _replace(self, place: int) -> None:
        """Write anew what is used of a unit."""
        if place in self._done:
            return
        self._done.add(place)
        self._plan.replaced.add(place)
        self._plan.live.add(place)
        unit = self._values.units[place]
        for name in unit.signals:
            if name in self._plan.needed:
                self._define(name)
        for name in (*unit.registers, *unit.memories):
            if name in self._after.registers or name in self._after.memories:
                self._use(self._roots_of(name))

    def _define(self, name: str) -> None:
        node = self._values.signals.get(name)
        if node is None:
            node = self._after.outputs[name]
        if self._plan.names.get(node) == name:
            self._use(node.operands)
            self._use_word(node)
        else:
            self._use([node])

    def _roots_of(self, name: str) -> list[Node]:
        register = self._after.registers.get(name)
        if register is not None:
            return register_roots(register)
        return memory_roots(self._after.memories[name])

    def _use(self, roots: Iterable[Node]) -> None:
        """Need what new text for these values calls by name."""
        waiting, seen = list(roots), set[Node]()
        while waiting:
            node = waiting.pop()
            if node in seen:
                continue
            seen.add(node)
            if node in self._plan.names:
                self._need(self._plan.names[node])
                continue
            self._use_word(node)
            waiting += node.operands

    def _use_word(self, node: Node) -> None:
        """Dissolve what holds a register or memory that the text cannot reach."""
        if node.op in (Op.REG, Op.READ):
            name = str(node.payload)
            if is_inner(name) and name in self._homes:
                place = self._homes[name]
                if place not in self._plan.replaced:
                    self._replace(place)

    def _written(self) -> list[str]:
        plan = self._plan
        found = [
            name
            for place in sorted(plan.replaced, key=lambda p: self._values.units[p].items)
            for name in self._values.units[place].signals
            if name in plan.needed and not is_inner(name)
        ]
        loose = [n for n in self._after.outputs if n not in self._owner and self._is_loose(n)]
        return [*found, *loose]


def register_roots(register: Register) -> list[Node]:
    """Return the expressions that a register depends on."""
    return [register.next] if register.reset is None else [register.next, register.reset.signal]


def memory_roots(memory: Memory) -> list[Node]:
    """Return the expressions that the contents of a memory depend on."""
    return [n for port in memory.writes for n in (port.address, port.data, port.enable)]
