"""What registers, memories and values are called in a changed text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from symbolic.dataflow.compose import Signal as Target
from symbolic.dataflow.compose import Storage, declared, initialized
from symbolic.dataflow.edit_plan import Plan, is_inner
from symbolic.dataflow.edit_units import base_of
from symbolic.dataflow.expression import Name, Words
from symbolic.dataflow.nodes import Node, Op, reached
from symbolic.dataflow.sharing import Names
from symbolic.dataflow.source_map import ItemKind, Signal
from symbolic.dataflow.write import declared_memory, memory_values, port_name

_EITHER = frozenset({"logic", "bit"})
"""Keywords of variables that may be assigned continuously, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """A register or memory that needs a declaration."""

    name: str
    declaration: str


class Scope:
    """Names for a plan: those of the source where they are there, new ones else."""

    def __init__(self, plan: Plan, fresh: Names) -> None:
        self._plan, self._fresh = plan, fresh
        self._signals = plan.source.signals
        self._initialized = {
            base_of(name)
            for item in plan.source.items
            if item.kind is ItemKind.INITIAL
            for name in item.drives
        }
        units = plan.values.units
        self._homes = {n: i for i, u in enumerate(units) for n in (*u.registers, *u.memories)}
        self._groups = {name: number for number, unit in enumerate(units) for name in unit.signals}
        self._idle = self._idle_counters()
        self._reused: set[str] = set()
        self.registers = {
            n: self._state_name(n) for n in plan.after.registers if self._is_written(n)
        }
        self.memories = {n: self._state_name(n) for n in plan.after.memories if self._is_written(n)}

    def home(self, name: str) -> int | None:
        """Return the unit that a register or memory belonged to before."""
        return self._homes.get(name)

    def _is_written(self, name: str) -> bool:
        home = self._homes.get(name)
        is_new = home is None and not self._is_before(name)
        is_replaced = home in self._plan.replaced
        if home is not None and name in self._plan.sliced.get(home, ()):
            is_replaced = True
        return (is_new or is_replaced) and name not in self._idle

    def _is_before(self, name: str) -> bool:
        return name in self._plan.before.registers or name in self._plan.before.memories

    def _idle_counters(self) -> set[str]:
        """Return registers that only count loops, whose value nothing uses."""
        counters = {n for u in self._plan.values.units for n in u.counters}
        if not counters:
            return set()
        after = self._plan.after
        roots = [*after.outputs.values()]
        roots += [r.next for n, r in after.registers.items() if n not in counters]
        roots += [n for m in after.memories.values() for p in m.writes for n in (p.address, p.data)]
        used = {str(n.payload) for n in reached(roots) if n.op is Op.REG}
        return counters - used

    def _state_name(self, name: str) -> str:
        """Return the name in the text of a register or memory that is written anew."""
        signal = self._signals.get(base_of(name))
        before, after = self._plan.before, self._plan.after
        if signal is not None and signal.variable and not is_inner(name):
            old = before.registers.get(name)
            if old is not None and old.width == after.registers[name].width:
                self._reused.add(name)
                return name
            memory = before.memories.get(name)
            if memory is not None and name in after.memories:
                now = after.memories[name]
                same = (memory.width, memory.depth, memory.lowest)
                if same == (now.width, now.depth, now.lowest):
                    self._reused.add(name)
                    return name
        return self._fresh.fresh(name)

    def fresh(self) -> Iterator[Fresh]:
        """Yield what needs a declaration."""
        after = self._plan.after
        for name, text in self._new(self.registers):
            register = after.registers[name]
            yield Fresh(name=text, declaration=declared("reg", text, register.width))
        for name, text in self._new(self.memories):
            yield Fresh(name=text, declaration=declared_memory(text, after.memories[name]))

    def initial(self) -> list[str]:
        """Return the lines that give what is new its value at power-on."""
        after = self._plan.after
        values = [
            (text, after.registers[name].initial)
            for name, text in self._new(self.registers)
            if after.registers[name].initial
        ]
        for name, text in self._new(self.memories):
            values += memory_values(text, after.memories[name])
        return initialized(values)

    def surviving(self) -> Iterator[str]:
        """Yield the registers and memories that are called and declared as before."""
        for name in (*self._plan.after.registers, *self._plan.after.memories):
            is_written = name in self.registers or name in self.memories
            if self._is_before(name) and (not is_written or name in self._reused):
                yield name

    def _new(self, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        return ((name, text) for name, text in texts.items() if name not in self._reused)

    def storage(self) -> Storage:
        """Return registers and memories to be written."""
        after = self._plan.after
        return Storage(
            registers={text: after.registers[name] for name, text in self.registers.items()},
            memories={text: after.memories[name] for name, text in self.memories.items()},
            groups={text: self._homes.get(name, -1) for name, text in self.registers.items()},
        )

    def names(self) -> dict[Node, Name]:
        """Return what new text may call by name."""
        nodes, plan = self._plan.before.nodes, self._plan
        found = {nodes.input(p.name, p.width): port_name(p) for p in plan.after.interface.inputs}
        for name, register in plan.after.registers.items():
            node = nodes.reg(name, register.width)
            text = self.registers.get(name, name)
            if name in self.registers and name not in self._reused:
                found[node] = Name(
                    text=text, width=node.width, msb=_top(node.width), lsb=_low(node.width)
                )
            elif not is_inner(name):
                found[node] = self.name(name, node.width)
        written = set(plan.written)
        for node, name in plan.names.items():
            if name in plan.needed and name not in written:
                found[node] = self.name(name, node.width)
        return found

    def worded(self, known: Mapping[str, Words]) -> dict[Node, Words]:
        """Return the nodes whose values have names."""
        found = {}
        for name, words in known.items():
            register = self._plan.after.registers.get(name)
            node = self._plan.values.signals.get(name)
            if register is not None and self.registers.get(name, name) == name:
                node = self._plan.before.nodes.reg(name, register.width)
            if node is not None and node.op is not Op.CONST:
                found[node] = words
        return found

    def name(self, text: str, width: int) -> Name:
        """Return a signal of the source, or a part of one, as a name in expressions."""
        signal = self._signals.get(base_of(text))
        if signal is None:
            return Name(text=text, width=width, msb=_top(width), lsb=_low(width))
        select = text[len(signal.name) :]
        inside = Name(
            text=signal.name,
            width=signal.width,
            msb=signal.msb,
            lsb=signal.lsb,
            signed=signal.signed,
        )
        if not select:
            return inside
        if signal.words:
            return replaced_text(inside, text)
        return _part(inside, text, select, width)

    def target(self, name: str) -> Target:
        """Return a signal that gets a new value."""
        node = self._plan.values.signals.get(name)
        if node is None:
            node = self._plan.after.outputs[name]
        signal = self._signals.get(base_of(name))
        either = signal is not None and self._may_be_either(signal, name)
        return Target(
            name=name,
            value=node,
            variable=signal is not None and signal.variable and not either,
            either=either,
            range=self.name(name, node.width),
            group=self._groups.get(name),
        )

    def _may_be_either(self, signal: Signal, name: str) -> bool:
        if not signal.variable or signal.name in self._initialized or signal.initialized:
            return False
        return signal.keyword in _EITHER or self.is_convertible(signal, name)

    def is_convertible(self, signal: Signal, name: str) -> bool:
        """Whether a `reg` can be declared as a net instead."""
        is_reg = signal.keyword == "reg" and signal.alone and signal.keyword_span is not None
        return is_reg and name == signal.name and not signal.words


def replaced_text(name: Name, text: str) -> Name:
    """Return a name with another text, its bits counted as before."""
    return Name(text=text, width=name.width, msb=name.msb, lsb=name.lsb, signed=name.signed)


def _part(signal: Name, text: str, select: str, width: int) -> Name:
    """Return a part select of a signal as a name."""
    first, _, last = select.strip("[]").partition(":")
    high, low = int(first), int(last or first)
    return Name(text=signal.text, width=width, msb=high, lsb=low, whole=text)


def _top(width: int) -> int | None:
    return None if width == 1 else width - 1


def _low(width: int) -> int | None:
    return None if width == 1 else 0
