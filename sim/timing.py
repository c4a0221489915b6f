"""Clocks and resets, found in RTL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pyslang.ast import (
    ArgumentDirection,
    BinaryOperator,
    EdgeKind,
    ExpressionKind,
    ProceduralBlockKind,
    StatementKind,
    SymbolKind,
    TimingControlKind,
    UnaryOperator,
)

from sim.design import Design
from sim.interface import Clock, Edge, Interface, Reset
from sim.read_interface import refuse_bombs, refuse_errors, top_instance
from sim.slang import Ast, Parsed

_RESET_NAME = re.compile(r"rst|reset|clr|clear|(?:\A|_)res(?:_?n)?\Z", re.I)
_CLOCKED = (ProceduralBlockKind.Always, ProceduralBlockKind.AlwaysFF)
_ORS = (BinaryOperator.LogicalOr, BinaryOperator.BinaryOr)
_EDGES = (EdgeKind.PosEdge, EdgeKind.NegEdge, EdgeKind.BothEdges)
_MAX_INSTANCES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signal:
    """A top-level input, or its inverse."""

    port: str
    inverted: bool = False

    def flipped(self) -> _Signal:
        return replace(self, inverted=not self.inverted)


def infer(design: Design, interface: Interface) -> Interface:
    """Return `interface` with clocks and resets; see `sim.interface.infer_timing`."""
    for name, text in design.sources.items():
        refuse_bombs(text, name)
    parsed = Parsed(design.sources)
    refuse_errors(parsed.syntax_errors())
    return timing_of(top_instance(parsed, design.top), interface)


def timing_of(top: Ast, interface: Interface) -> Interface:
    """Return `interface` with the clocks and resets of the elaborated instance `top`."""
    finder = _Finder(top, interface)
    for instance in finder.instances:
        for member in members(instance.body):
            if member.kind is SymbolKind.ProceduralBlock and member.procedureKind in _CLOCKED:
                finder.read_block(member.body)
    return finder.result()


def members(scope: Ast) -> Iterator[Ast]:
    """Yield the members of `scope`, those of instantiated generate blocks included."""
    for member in scope:
        if member.kind is SymbolKind.GenerateBlock:
            if not member.isUninstantiated:
                yield from members(member)
        elif member.kind is SymbolKind.GenerateBlockArray:
            for entry in member.entries:
                yield from members(entry)
        else:
            yield member


class _Finder:
    """Clocks and resets seen so far, and the wiring that leads to the ports."""

    def __init__(self, top: Ast, interface: Interface) -> None:
        self.interface = interface
        self.instances = all_instances(top)
        self._clocks: dict[str, Clock] = {}
        self._resets: dict[str, Reset] = {}
        self._sources = _wiring(self.instances)
        self._ports = {
            port.internalSymbol.hierarchicalPath: port.name
            for port in top.body.portList
            if port.kind is SymbolKind.Port
            and port.direction is ArgumentDirection.In
            and port.internalSymbol is not None
            and interface.port(port.name).width == 1
        }

    def result(self) -> Interface:
        clocks = tuple(c for name, c in self._clocks.items() if name not in self._resets)
        return replace(self.interface, clocks=clocks, resets=tuple(self._resets.values()))

    def read_block(self, body: Ast) -> None:
        """Take in one `always` block, if edges start it."""
        if body.kind is not StatementKind.Timed:
            return
        events = list(_edges(body.timing))
        if not events:
            return
        statements = _statements(body.stmt)
        controls = self._asynchronous(statements, events) if len(events) > 1 else {}
        for event in events:
            signal = self._signal(event.expr)
            if signal is not None and signal.port not in controls:
                rising = (event.edge is not EdgeKind.NegEdge) != signal.inverted
                edge = Edge.RISING if rising else Edge.FALLING
                self._clocks.setdefault(signal.port, Clock(port=signal.port, edge=edge))
        if not controls:
            self._synchronous(statements)

    def _asynchronous(self, statements: list[Ast], events: list[Ast]) -> dict[str, bool]:
        """Return the ports that act by level in the leading if-else chain; note the resets."""
        edges = {s.port for s in (self._signal(event.expr) for event in events) if s is not None}
        found: dict[str, bool] = {}
        statement = statements[0] if statements else None
        while statement is not None and statement.kind is StatementKind.Conditional:
            for signal in self._controls(statement.conditions[0].expr):
                if signal.port in edges:
                    constant = _assigns_constants(statement.ifTrue)
                    found[signal.port] = constant
                    if constant:
                        self._note_reset(signal, asynchronous=True)
            rest = _statements(statement.ifFalse) if statement.ifFalse is not None else []
            statement = rest[0] if rest else None
        return found

    def _synchronous(self, statements: list[Ast]) -> None:
        """Note the inputs with a reset's name that a condition of the block tests."""
        for condition, when_true, when_false in _conditions(statements):
            signals = [s for s in self._controls(condition) if _RESET_NAME.search(s.port)]
            swapped = len(signals) == 1 and not when_true and when_false
            for signal in signals:
                self._note_reset(signal.flipped() if swapped else signal, asynchronous=False)

    def _note_reset(self, signal: _Signal, *, asynchronous: bool) -> None:
        known = self._resets.get(signal.port)
        self._resets[signal.port] = Reset(
            port=signal.port,
            active_low=known.active_low if known else signal.inverted,
            asynchronous=asynchronous or (known is not None and known.asynchronous),
        )

    def _controls(self, condition: Ast) -> list[_Signal]:
        """Return the inputs any of which makes `condition` true by itself."""
        found: list[_Signal] = []
        waiting = [condition]
        while waiting:
            bare = _bare(waiting.pop())
            if bare.kind is ExpressionKind.BinaryOp and bare.op in _ORS:
                waiting += [bare.right, bare.left]
            elif (signal := self._signal(bare)) is not None:
                found.append(signal)
        return found

    def _signal(self, expression: Ast, depth: int = 0) -> _Signal | None:
        """Return the top-level input that `expression` is, or is the inverse of."""
        if depth > 64:
            return None
        bare = _bare(expression)
        if bare.kind is ExpressionKind.UnaryOp:
            if bare.op not in (UnaryOperator.LogicalNot, UnaryOperator.BitwiseNot):
                return None
            inner = self._signal(bare.operand, depth + 1)
            return None if inner is None else inner.flipped()
        if bare.kind is ExpressionKind.BinaryOp:
            return self._compared(bare, depth)
        if bare.kind is not ExpressionKind.NamedValue:
            return None
        path = bare.symbol.hierarchicalPath
        if path in self._ports:
            return _Signal(port=self._ports[path])
        source = self._sources.get(path)
        return None if source is None else self._signal(source, depth + 1)

    def _compared(self, bare: Ast, depth: int) -> _Signal | None:
        """Read `rst == 1'b0` and its like."""
        equal = bare.op in (BinaryOperator.Equality, BinaryOperator.CaseEquality)
        if not equal and bare.op not in (BinaryOperator.Inequality, BinaryOperator.CaseInequality):
            return None
        value = _constant(bare.right)
        inner = self._signal(bare.left, depth + 1)
        if inner is None or value not in (0, 1):
            return None
        return inner if (value == 1) == equal else inner.flipped()


def all_instances(top: Ast) -> list[Ast]:
    """Return `top` and the instances below it, from above, as far as the first 10,000."""
    found: list[Ast] = []
    waiting = [top]
    while waiting and len(found) < _MAX_INSTANCES:
        instance = waiting.pop(0)
        found.append(instance)
        for member in members(instance.body):
            if member.kind is SymbolKind.Instance:
                waiting.append(member)
            elif member.kind is SymbolKind.InstanceArray:
                waiting += [e for e in member.elements if e.kind is SymbolKind.Instance]
    return found


def _wiring(instances: list[Ast]) -> dict[str, Ast]:
    """Return, by path, the expression that each plainly driven net carries."""
    sources: dict[str, Ast] = {}
    for instance in instances:
        for connection in instance.portConnections:
            port = connection.port
            is_input = port.kind is SymbolKind.Port and port.direction is ArgumentDirection.In
            if is_input and port.internalSymbol is not None and connection.expression is not None:
                sources[port.internalSymbol.hierarchicalPath] = connection.expression
        for member in members(instance.body):
            if member.kind is SymbolKind.Net and member.initializer is not None:
                sources[member.hierarchicalPath] = member.initializer
            elif member.kind is SymbolKind.ContinuousAssign:
                assignment = member.assignment
                if assignment.kind is ExpressionKind.Assignment:
                    left = assignment.left
                    if left.kind is ExpressionKind.NamedValue:
                        sources[left.symbol.hierarchicalPath] = assignment.right
    return sources


def _edges(timing: Ast) -> Iterator[Ast]:
    events = timing.events if timing.kind is TimingControlKind.EventList else [timing]
    for event in events:
        if event.kind is TimingControlKind.SignalEvent and event.edge in _EDGES:
            yield event


def _statements(statement: Ast) -> list[Ast]:
    """Return the statements of a block, or the one statement there is."""
    found: list[Ast] = []
    waiting = [statement]
    while waiting:
        part = waiting.pop()
        if part.kind is StatementKind.Block:
            waiting.append(part.body)
        elif part.kind is StatementKind.List:
            waiting += reversed(list(part.list))
        else:
            found.append(part)
    return found


def _conditions(statements: list[Ast]) -> list[tuple[Ast, bool, bool]]:
    """Return every condition in `statements`, and whether each side only assigns constants."""
    found: list[tuple[Ast, bool, bool]] = []

    def look(node: Ast) -> None:
        kind = getattr(node, "kind", None)
        if kind is StatementKind.Conditional:
            false = node.ifFalse is not None and _assigns_constants(node.ifFalse)
            found.append((node.conditions[0].expr, _assigns_constants(node.ifTrue), false))
        elif kind is ExpressionKind.ConditionalOp:
            sides = _is_constant(node.left), _is_constant(node.right)
            found.append((node.conditions[0].expr, *sides))

    for statement in statements:
        statement.visit(look)
    return found


def _assigns_constants(statement: Ast) -> bool:
    """Whether `statement` does nothing but assign constants, in loops or not."""
    for inner in _statements(statement):
        if inner.kind is StatementKind.ForLoop:
            if not _assigns_constants(inner.body):
                return False
        elif inner.kind is StatementKind.ExpressionStatement:
            expression = inner.expr
            plain = expression.kind is ExpressionKind.Assignment
            if not plain or expression.isCompound or not _is_constant(expression.right):
                return False
        elif inner.kind not in (StatementKind.Empty, StatementKind.VariableDeclaration):
            return False
    return True


def _is_constant(expression: Ast) -> bool:
    """Whether no net or variable occurs in `expression`; parameters are constants."""
    found: list[Ast] = []

    def collect(node: Ast) -> None:
        kind = getattr(node, "kind", None)
        if kind in (ExpressionKind.NamedValue, ExpressionKind.HierarchicalValue):
            constants = (SymbolKind.Parameter, SymbolKind.EnumValue, SymbolKind.Genvar)
            if node.symbol.kind not in constants:
                found.append(node)
        elif kind is ExpressionKind.Call:
            found.append(node)

    expression.visit(collect)
    return not found


def _bare(expression: Ast) -> Ast:
    while expression.kind is ExpressionKind.Conversion:
        expression = expression.operand
    return expression


def _constant(expression: Ast) -> int | None:
    bare = _bare(expression)
    literals = (
        ExpressionKind.IntegerLiteral,
        ExpressionKind.UnbasedUnsizedIntegerLiteral,
    )
    if bare.kind not in literals:
        return None
    text = str(bare.value).rpartition("'")[2].lstrip("sbodhSBODH")
    return int(text, 2) if text in ("0", "1") else None
