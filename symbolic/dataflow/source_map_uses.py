"""What items of a module drive and read, from the elaborated tree; it runs in a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pyslang.ast import (
    ArgumentDirection,
    ExpressionKind,
    StatementKind,
    SymbolKind,
    TimingControlKind,
    UnaryOperator,
)

from sim.slang import Ast
from sim.structure_read import is_clocked

_NAMES = (ExpressionKind.NamedValue, ExpressionKind.HierarchicalValue)
_SELECTS = (ExpressionKind.ElementSelect, ExpressionKind.RangeSelect)
_ARRAY = SymbolKind.GenerateBlockArray
_STEPS = (
    UnaryOperator.Preincrement,
    UnaryOperator.Predecrement,
    UnaryOperator.Postincrement,
    UnaryOperator.Postdecrement,
)


class Uses:
    """What one item drives and reads."""

    def __init__(self, relative: Callable[[Ast], str]) -> None:
        self._relative = relative
        self.drives: dict[str, None] = {}
        self.reads: dict[str, None] = {}
        self.loops: dict[str, None] = {}
        self.names: dict[str, None] = {}
        self.modules: dict[str, None] = {}
        self.clocked = False
        self._called: set[str] = set()

    def add(self, member: Ast) -> None:
        """Add a symbol of a module or generate block."""
        kind = member.kind
        if kind is SymbolKind.ContinuousAssign:
            self._expression(member.assignment)
        elif kind is SymbolKind.ProceduralBlock:
            self._process(member.body)
        elif kind is SymbolKind.GenerateBlock:
            if not member.isUninstantiated:
                self._all(member)
        elif kind in (_ARRAY, SymbolKind.InstanceArray):
            self._all(member.entries if kind is _ARRAY else member.elements)
        elif kind is SymbolKind.Instance:
            self._instance(member)
        elif kind is SymbolKind.PrimitiveInstance:
            self._primitive(member)
        elif kind in (SymbolKind.Net, SymbolKind.Variable):
            self._declaration(member)
        elif kind is SymbolKind.UninstantiatedDef:
            self.modules[member.definitionName] = None

    def _all(self, scope: Iterable[Ast]) -> None:
        for inner in scope:
            self.add(inner)

    def _declaration(self, symbol: Ast) -> None:
        self.names[self._relative(symbol)] = None
        if symbol.initializer is not None:
            if symbol.kind is SymbolKind.Net:
                self._note(self.drives, symbol)
            self._expression(symbol.initializer)

    def _process(self, body: Ast) -> None:
        if body.kind is StatementKind.Timed:
            self.clocked = self.clocked or is_clocked(body.timing)
            self._events(body.timing)
        self._expression(body)

    def _events(self, timing: Ast) -> None:
        events = timing.events if timing.kind is TimingControlKind.EventList else [timing]
        for event in events:
            if event.kind is TimingControlKind.SignalEvent:
                self._expression(event.expr)

    def _instance(self, instance: Ast) -> None:
        self.names[self._relative(instance)] = None
        self.modules[instance.body.definition.name] = None
        for connection in instance.portConnections:
            expression = connection.expression
            if expression is None or connection.port.kind is not SymbolKind.Port:
                continue
            if expression.kind is ExpressionKind.Assignment:
                self._target(expression.left)
                if connection.port.direction is not ArgumentDirection.Out:
                    self._expression(expression.left)
            else:
                self._expression(expression)

    def _primitive(self, primitive: Ast) -> None:
        self.names[primitive.name] = None
        for connection in primitive.portConnections:
            if connection.kind is ExpressionKind.Assignment:
                self._target(connection.left)
            else:
                self._expression(connection)

    def _expression(self, node: Ast) -> None:
        """Add what an expression or statement reads, and what assignments in it drive."""
        counts: dict[int, int] = {}

        def look(inner: Ast) -> None:
            kind = getattr(inner, "kind", None)
            if kind in _NAMES:
                if not counts.pop(_where(inner), 0):
                    self._note(self.reads, inner.symbol)
            elif kind is ExpressionKind.Assignment:
                for name in _targets(inner.left):
                    counts[_where(name)] = 1
                    self._note(self.drives, name.symbol)
            elif kind is ExpressionKind.Call and not inner.isSystemCall:
                self._call(inner.subroutine)
            elif kind is StatementKind.ForLoop:
                self._loop(inner)
            elif kind is ExpressionKind.UnaryOp and inner.op in _STEPS:
                for name in _targets(inner.operand):
                    self._note(self.drives, name.symbol)

        node.visit(look)

    def _loop(self, loop: Ast) -> None:
        for first in loop.initializers:
            if first.kind is ExpressionKind.Assignment:
                for name in _targets(first.left):
                    self._note(self.loops, name.symbol)

    def _call(self, subroutine: Ast) -> None:
        path = str(subroutine.hierarchicalPath)
        if path not in self._called:
            self._called.add(path)
            self._expression(subroutine.body)
            own = f"{self._relative(subroutine)}."
            for names in (self.drives, self.reads):
                for name in [name for name in names if name.startswith(own)]:
                    del names[name]

    def _target(self, left: Ast) -> None:
        targets = list(_targets(left))
        own = {_where(name) for name in targets}
        for name in targets:
            self._note(self.drives, name.symbol)

        def look(inner: Ast) -> None:
            if getattr(inner, "kind", None) in _NAMES and _where(inner) not in own:
                self._note(self.reads, inner.symbol)

        left.visit(look)

    def _note(self, where: dict[str, None], symbol: Ast) -> None:
        if symbol.kind in (SymbolKind.Net, SymbolKind.Variable):
            name = self._relative(symbol)
            if name:
                where[name] = None


def _where(node: Ast) -> int:
    start = node.sourceRange.start
    return int(start.buffer.id << 40) + int(start.offset)


def _targets(left: Ast) -> Iterator[Ast]:
    """Yield the names that are assigned to."""
    waiting = [left]
    while waiting:
        part = waiting.pop()
        if part.kind in _NAMES:
            yield part
        elif part.kind in (ExpressionKind.Concatenation, ExpressionKind.SimpleAssignmentPattern):
            waiting += reversed(list(part.operands if hasattr(part, "operands") else part.elements))
        elif part.kind is ExpressionKind.Conversion:
            waiting.append(part.operand)
        elif part.kind in (*_SELECTS, ExpressionKind.MemberAccess):
            waiting.append(part.value)
        elif part.kind is ExpressionKind.Assignment:
            waiting.append(part.left)
