"""Assignments and processes for given values, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from symbolic.dataflow import printer
from symbolic.dataflow.expression import Expressions, Name, Words, literal, sides
from symbolic.dataflow.module import Memory, Register, WritePort
from symbolic.dataflow.nodes import Node, Nodes, Op, reached, uses
from symbolic.dataflow.sharing import Names, shared
from symbolic.dataflow.statements import (
    CASE_ARMS,
    Block,
    Decisions,
    If,
    Set,
    Statement,
    Target,
    Word,
    Writer,
    nodes_in,
    sets_in,
)
from symbolic.dataflow.syntax import ast

INDENT = printer.INDENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A signal that gets a value without a clock."""

    name: str
    value: Node
    variable: bool = False
    """Whether it must be assigned in a process, as a `reg`."""
    either: bool = False
    """Whether it may be assigned either way, as a `logic`."""
    range: Name | None = None
    """How its bits are counted; without, down to 0."""
    group: int | None = None
    """Signals of one group may be assigned in one process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Registers and memories to be written, by what they are called in the text."""

    registers: Mapping[str, Register] = field(default_factory=dict)
    memories: Mapping[str, Memory] = field(default_factory=dict)
    groups: Mapping[str, int] = field(default_factory=dict)
    """Registers of one group and clock share a process; those without one are a group, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """Text, line by line, one step in."""

    wires: tuple[tuple[str, int, tuple[str, ...]], ...] = ()
    """New wires: name, width, and their declaration with the value."""
    signals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each signal what assigns it; one process may assign several and stands at the first."""
    processes: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    """For registers and memories: what is assigned, and the lines."""
    variables: frozenset[str] = frozenset()
    """Signals that are assigned in a process."""


class Composer:
    """Writes values with the names that there are, and with new wires for what is shared."""

    def __init__(
        self,
        nodes: Nodes,
        names: Mapping[Node, Name],
        fresh: Names,
        *,
        memories: Mapping[str, str] | None = None,
        hints: Mapping[Node, str] | None = None,
        words: Mapping[Node, Words] | None = None,
        types: Mapping[str, Words] | None = None,
    ) -> None:
        self._nodes = nodes
        self._names = dict(names)
        self._fresh = fresh
        self._memories = memories or {}
        self._hints = hints or {}
        self._words, self._types = words or {}, types or {}

    def composed(self, signals: Sequence[Signal], storage: Storage) -> Composed:
        """Return text that gives all signals, registers and memories their values."""
        several = self._several(signals, storage)
        self._decisions = Decisions(lambda node: node not in several, self._words)
        own = {s.value: s for s in reversed(signals) if s.value not in self._names}
        blocks = {group[0].name: self._block(group) for group in self._groups(signals)}
        clocked = list(self._clocked(storage))
        self._defined = {signal.name: node for node, signal in own.items()}
        everything = [s for block in blocks.values() for s in sets_in(block)]
        defined = {s.value for s in everything if self._defined.get(str(s.target)) is s.value}
        roots = [n for block in blocks.values() for n in nodes_in(block) if n not in defined]
        roots += [node for group in clocked for node in group.expressions()]
        named = {**self._names, **{v: self._own_name(s) for v, s in own.items()}}
        wires = shared(roots, named, defined)
        for node in wires:
            text = self._fresh.fresh(self._hints[node]) if node in self._hints else None
            named[node] = _name(text or self._fresh.of(node), node.width)
        self._expressions = Expressions(named, self._memories, self._words)
        return Composed(
            wires=tuple(self._wire(node, named[node]) for node in wires),
            signals={
                s.name: self._assigned(s, blocks[s.name], own) if s.name in blocks else ()
                for s in signals
            },
            processes=tuple(
                (tuple(group.assigns), tuple(group.lines(self._expressions, self._types)))
                for group in clocked
            ),
            variables=frozenset(s.name for s in signals if self._is_process(s)),
        )

    def _several(self, signals: Sequence[Signal], storage: Storage) -> set[Node]:
        """Return muxes that are used several times, or have a name."""
        roots = [signal.value for signal in signals if signal.value not in self._names]
        roots += [register.next for register in storage.registers.values()]
        for memory in storage.memories.values():
            for port in memory.writes:
                roots += [port.enable, port.address, port.data]
        counts = uses(roots)
        several = {n for n, count in counts.items() if n.op is Op.MUX and count > 1}
        named = [*self._names, *(signal.value for signal in signals)]
        return several | {node for node in named if node.op is Op.MUX}

    @staticmethod
    def _own_name(signal: Signal) -> Name:
        return signal.range or _name(signal.name, signal.value.width)

    def _groups(self, signals: Sequence[Signal]) -> list[list[Signal]]:
        """Return signals that are assigned together; in a process none may need another."""
        groups: list[list[Signal]] = []
        open_groups: dict[int, list[Signal]] = {}
        for signal in signals:
            if signal.group is None or not self._is_process(signal):
                groups.append([signal])
                continue
            group = open_groups.setdefault(signal.group, [])
            if not group:
                groups.append(group)
            group.append(signal)
        return [part for group in groups for part in _independent(group)]

    def _is_process(self, signal: Signal) -> bool:
        if signal.variable:
            return True
        if signal.value in self._names or not signal.either:
            return False
        # A process that reads registers only has not run before the first of them changes.
        return self._decisions.arms(signal.value) >= CASE_ARMS and any(
            node.op is Op.INPUT for node in reached([signal.value])
        )

    def _block(self, group: Sequence[Signal]) -> Block:
        if self._is_process(group[0]):
            return self._decisions.opened([Target(s.name, s.value) for s in group])
        return (Set(group[0].name, group[0].value),)

    def _wire(self, node: Node, name: Name) -> tuple[str, int, tuple[str, ...]]:
        head = f"{declared('wire', name.text, node.width)} = "
        tree = self._expressions.assigned(node, anew=True)
        line = f"{INDENT}{head}{printer.expression(tree, len(INDENT) + len(head))};"
        return name.text, node.width, (line,)

    def _assigned(
        self, signal: Signal, block: Block, own: Mapping[Node, Signal]
    ) -> tuple[str, ...]:
        if self._is_process(signal):
            return tuple(self._process(block))
        anew = signal.value not in self._names and own[signal.value] is signal
        head = f"assign {signal.name} = "
        words = self._types.get(signal.name)
        tree = self._expressions.assigned(signal.value, anew=anew, words=words)
        return (f"{INDENT}{head}{printer.expression(tree, len(INDENT) + len(head))};",)

    def _process(self, block: Block) -> Iterator[str]:
        writer = Writer(self._expressions, blocking=True, types=self._types, defined=self._defined)
        yield f"{INDENT}always @* begin"
        yield from printer.statements(writer.trees(block), 2)
        yield f"{INDENT}end"

    def _clocked(self, storage: Storage) -> Iterator[_Group]:
        groups: dict[object, _Group] = {}
        for name, register in storage.registers.items():
            reset = register.reset
            edges = (register.clock, register.rising)
            group_key = storage.groups.get(name, -1)
            key = (group_key, edges, reset and (reset.signal, reset.active_low))
            group = groups.setdefault(key, _Group(register))
            hold = self._nodes.reg(register.name, register.width)
            group.targets.append(Target(name, register.next, hold))
            group.assigns.append(name)
            if reset is not None:
                group.values.append((name, self._nodes.bits(reset.value)))
        for group in groups.values():
            group.block = self._decisions.block(group.targets)
            yield group
        for name, memory in storage.memories.items():
            for clock, rising in dict.fromkeys((p.clock, p.rising) for p in memory.writes):
                ports = [p for p in memory.writes if (p.clock, p.rising) == (clock, rising)]
                group = _Group(ports[0])
                group.assigns.append(name)
                group.block = tuple(s for p in ports for s in self._written(name, p))
                yield group

    def _written(self, memory: str, port: WritePort) -> Block:
        return self._write(memory, port.enable, port.address, port.data)

    def _write(self, memory: str, enable: Node, address: Node, data: Node) -> Block:
        """Return statements that write a word where the bits of `enable` are 1."""
        if enable.op is Op.MUX:
            condition, *_ = sides(enable)
            then, otherwise = (
                self._write(memory, *(_side(v, condition, n) for v in (enable, address, data)))
                for n in (1, 2)
            )
            return (If(condition, then, otherwise),) if then or otherwise else ()
        return tuple(self._write_runs(memory, enable, address, data))

    def _write_runs(
        self, memory: str, enable: Node, address: Node, data: Node
    ) -> Iterator[Statement]:
        for low, width, bit in _runs(self._nodes, enable):
            whole = width == data.width
            bits = "" if whole else f"[{low + width - 1}:{low}]" if width > 1 else f"[{low}]"
            part = self._nodes.slice(data, low, width)
            writing = Set(Word(memory, address, bits), part)
            if bit.value == 1:
                yield writing
            elif bit.op is not Op.CONST:
                yield If(bit, (writing,), ())


class _Group:
    """A clocked process."""

    def __init__(self, like: Register | WritePort) -> None:
        self._clock, self._rising = like.clock, like.rising
        self._reset = like.reset if isinstance(like, Register) else None
        self.assigns: list[str] = []
        self.targets: list[Target] = []
        self.values: list[tuple[str, Node]] = []
        self.block: Block = ()

    def expressions(self) -> Iterator[Node]:
        yield from nodes_in(self.block)
        if self._reset is not None:
            yield self._reset.signal

    def lines(self, expressions: Expressions, types: Mapping[str, Words]) -> Iterator[str]:
        writer = Writer(expressions, blocking=False, types=types)
        trees = writer.trees(self.block)
        if self._reset is not None:
            signal = expressions.alone(self._reset.signal)
            trees = [self._with_reset(writer, signal, trees)]
        if not trees:
            return
        edges = self._edges(expressions)
        yield f"{INDENT}always @({edges}) begin"
        yield from printer.statements(trees, 2)
        yield f"{INDENT}end"

    def _edges(self, expressions: Expressions) -> str:
        edges = f"{'posedge' if self._rising else 'negedge'} {self._clock}"
        if self._reset is None:
            return edges
        signal = printer.expression(expressions.alone(self._reset.signal))
        return f"{edges} or {'negedge' if self._reset.active_low else 'posedge'} {signal}"

    def _with_reset(
        self, writer: Writer, signal: printer.Tree, trees: Sequence[printer.Tree]
    ) -> printer.Tree:
        active_low = self._reset is not None and self._reset.active_low
        condition = ast.Ulnot(signal) if active_low else signal
        values = [Set(name, value) for name, value in self.values]
        rest = trees[0] if len(trees) == 1 and not isinstance(trees[0], ast.IfStatement) else None
        if rest is None:
            rest = ast.Block(trees) if len(trees) != 1 else trees[0]
        return ast.IfStatement(condition, writer.joined(tuple(values)), rest if trees else None)


def _independent(group: list[Signal]) -> list[list[Signal]]:
    """Return a group, or its members one by one if any needs another's value."""
    if len(group) == 1:
        return [group]
    inside = set(reached([o for signal in group for o in signal.value.operands]))
    values = [signal.value for signal in group]
    if inside.isdisjoint(values) and len(set(values)) == len(values):
        return [group]
    return [[signal] for signal in group]


def _side(node: Node, condition: Node, number: int) -> Node:
    """Return what `node` is where a condition is known: 1 for true, 2 for false."""
    while node.op is Op.MUX and sides(node)[0] is condition:
        node = sides(node)[number]
    return node


def _runs(nodes: Nodes, enable: Node) -> Iterator[tuple[int, int, Node]]:
    """Yield bits of an enable that are the same: lowest bit, how many, and their value."""
    bits = [_bit(nodes, enable, place) for place in range(enable.width)]
    start = 0
    for end in range(1, len(bits) + 1):
        if end == len(bits) or bits[end] is not bits[start]:
            yield start, end - start, bits[start]
            start = end


def _bit(nodes: Nodes, node: Node, place: int) -> Node:
    """Return one bit of a node, through extensions and parts beside each other."""
    while node.width > 1:
        if node.op is Op.CONST:
            return nodes.bits(str(node.payload)[node.width - 1 - place])
        inner = node.operands[0] if node.operands else node
        if node.op is Op.SEXT:
            node, place = inner, min(place, inner.width - 1)
        elif node.op is Op.ZEXT:
            if place >= inner.width:
                return nodes.bits("0")
            node = inner
        elif node.op is Op.CONCAT:
            for inner in reversed(node.operands):
                if place < inner.width:
                    break
                place -= inner.width
            node = inner
        else:
            return nodes.slice(node, place, 1)
    return node


def _name(text: str, width: int) -> Name:
    if width == 1:
        return Name(text=text, width=1)
    return Name(text=text, width=width, msb=width - 1, lsb=0)


def declared(keyword: str, name: str, width: int) -> str:
    """Return a declaration without its semicolon."""
    return f"{keyword} {name}" if width == 1 else f"{keyword} [{width - 1}:0] {name}"


def initialized(values: Iterable[tuple[str, str]]) -> list[str]:
    """Return the lines of an initial block; each value as bits."""
    lines = [f"{INDENT * 2}{name} = {printer.expression(literal(bits))};" for name, bits in values]
    return [f"{INDENT}initial begin", *lines, f"{INDENT}end"] if lines else []
