"""What processes of an elaborated design read and write, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pyslang.ast import (
    ArgumentDirection,
    ExpressionKind,
    StatementKind,
    SymbolKind,
    UnaryOperator,
    VisitAction,
)

Ast: TypeAlias = Any
"""A node of the elaborated tree; its stubs do not tell what each kind has."""

_CONSTANTS = (
    SymbolKind.Parameter,
    SymbolKind.EnumValue,
    SymbolKind.Genvar,
    SymbolKind.Specparam,
)
_STEPS = (
    UnaryOperator.Preincrement,
    UnaryOperator.Predecrement,
    UnaryOperator.Postincrement,
    UnaryOperator.Postdecrement,
)
OF_TYPES = {"$bits", "$high", "$left", "$low", "$right", "$size"}
"""Functions that look at no value."""
_SELECTS = (ExpressionKind.ElementSelect, ExpressionKind.RangeSelect)
_MOST_ITEMS = 1 << 12
_NAMES = (ExpressionKind.NamedValue, ExpressionKind.HierarchicalValue)


@dataclass(slots=True)
class Uses:
    """Signals by hierarchical path."""

    reads: dict[str, Ast] = field(default_factory=dict)
    blocking: dict[str, Ast] = field(default_factory=dict)
    nonblocking: dict[str, Ast] = field(default_factory=dict)
    within_functions: set[str] = field(default_factory=set)
    """What only the body of a function reads."""

    @property
    def writes(self) -> dict[str, Ast]:
        return self.blocking | self.nonblocking


def uses_of(node: Ast) -> Uses:
    """Return what `node`, a statement or an expression, reads and writes."""
    collector = _Collector()
    collector.visit(node)
    return collector.uses


class _Collector:
    def __init__(self) -> None:
        self.uses = Uses()
        self._functions: set[str] = set()
        self._depth = 0

    def visit(self, node: Ast) -> None:
        node.visit(self._look)

    def _look(self, node: Ast) -> VisitAction:
        kind = getattr(node, "kind", None)
        if kind is ExpressionKind.Assignment:
            self._assignment(node)
            return VisitAction.Skip
        if kind in _NAMES:
            self._read(node.symbol)
        elif kind is ExpressionKind.UnaryOp and node.op in _STEPS:
            self._write(node.operand, self.uses.blocking)
        elif kind is ExpressionKind.Call:
            if node.isSystemCall and node.subroutineName in OF_TYPES:
                return VisitAction.Skip
            self._call(node)
        return VisitAction.Advance

    def _assignment(self, node: Ast) -> None:
        if node.isCompound:
            self.visit(node.left)
        self._write(node.left, self.uses.nonblocking if node.isNonBlocking else self.uses.blocking)
        self.visit(node.right)

    def _write(self, target: Ast, where: dict[str, Ast]) -> None:
        for name in targets(target):
            where[name.symbol.hierarchicalPath] = name.symbol
        for selector in selectors(target):
            self.visit(selector)

    def _read(self, symbol: Ast) -> None:
        if symbol.kind in _CONSTANTS:
            return
        path = symbol.hierarchicalPath
        if self._depth and path not in self.uses.reads:
            self.uses.within_functions.add(path)
        elif not self._depth:
            self.uses.within_functions.discard(path)
        self.uses.reads[path] = symbol

    def _call(self, node: Ast) -> None:
        for argument in written_arguments(node):
            self._write(argument, self.uses.blocking)
        if node.isSystemCall or node.subroutine.hierarchicalPath in self._functions:
            return
        self._functions.add(node.subroutine.hierarchicalPath)
        self._depth += 1
        self.visit(node.subroutine.body)
        self._depth -= 1
        for symbol in locals_of(node.subroutine):
            for found in (self.uses.reads, self.uses.blocking, self.uses.nonblocking):
                found.pop(symbol, None)
            self.uses.within_functions.discard(symbol)


def written_arguments(call: Ast) -> list[Ast]:
    """Return the actual arguments that a call of a user's subroutine writes."""
    if call.isSystemCall:
        return []
    pairs = zip(call.subroutine.arguments, call.arguments, strict=False)
    actual = [given for formal, given in pairs if formal.direction is not ArgumentDirection.In]
    return [given.left if given.kind is ExpressionKind.Assignment else given for given in actual]


def locals_of(subroutine: Ast) -> set[str]:
    """Return the paths of what a subroutine declares, its result included."""
    found: set[str] = set()

    def look(node: Ast) -> None:
        if getattr(node, "kind", None) in (SymbolKind.Variable, SymbolKind.FormalArgument):
            found.add(node.hierarchicalPath)
        elif getattr(node, "kind", None) is StatementKind.VariableDeclaration:
            found.add(node.symbol.hierarchicalPath)

    subroutine.visit(look)
    subroutine.body.visit(look)
    if subroutine.returnValVar is not None:
        found.add(subroutine.returnValVar.hierarchicalPath)
    return found


def targets(target: Ast) -> Iterator[Ast]:
    """Yield the names that an assignment to `target` writes."""
    if target.kind in _NAMES:
        yield target
    elif target.kind in (*_SELECTS, ExpressionKind.MemberAccess):
        yield from targets(target.value)
    elif target.kind is ExpressionKind.Conversion:
        yield from targets(target.operand)
    elif target.kind is ExpressionKind.Concatenation:
        for operand in target.operands:
            yield from targets(operand)


def selectors(target: Ast) -> Iterator[Ast]:
    """Yield the expressions that choose the part of a variable that is written."""
    if target.kind is ExpressionKind.ElementSelect:
        yield target.selector
        yield from selectors(target.value)
    elif target.kind is ExpressionKind.RangeSelect:
        yield target.left
        yield target.right
        yield from selectors(target.value)
    elif target.kind is ExpressionKind.MemberAccess:
        yield from selectors(target.value)
    elif target.kind is ExpressionKind.Concatenation:
        for operand in target.operands:
            yield from selectors(operand)


class Flow:
    """Which of the variables that a process writes it reads before it has written them.

    If all is `known`, a `case` with an item for each value always takes one.
    """

    def __init__(self, own: set[str], *, known: bool = True) -> None:
        self._own = own
        self._known = known
        self.stale: set[str] = set()
        self.full: list[Ast] = []
        """Each `case` without default that has an item for every known value."""
        self.gaps: list[Ast] = []
        """Each other `case` without default."""

    def run(self, statement: Ast, written: frozenset[str] = frozenset()) -> frozenset[str]:
        """Follow `statement`, and return what is written for certain after it."""
        kind = statement.kind
        if kind is StatementKind.List:
            for part in statement.list:
                written = self.run(part, written)
            return written
        if kind in (StatementKind.Block, StatementKind.Timed):
            return self.run(
                statement.body if kind is StatementKind.Block else statement.stmt, written
            )
        if kind is StatementKind.Conditional:
            return self._branches(statement, written)
        if kind is StatementKind.Case:
            return self._cases(statement, written)
        if kind is StatementKind.ForLoop:
            return self._loop(statement, written)
        if kind is StatementKind.ExpressionStatement:
            return self._expression(statement.expr, written)
        if kind is StatementKind.VariableDeclaration and statement.symbol.initializer is not None:
            self._expression(statement.symbol.initializer, written)
            return written.union({statement.symbol.hierarchicalPath})
        return written

    def _expression(self, expression: Ast, written: frozenset[str]) -> frozenset[str]:
        uses = uses_of(expression)
        self.stale |= (uses.reads.keys() & self._own) - written
        return written.union(uses.blocking)

    def _branches(self, statement: Ast, written: frozenset[str]) -> frozenset[str]:
        for condition in statement.conditions:
            written = self._expression(condition.expr, written)
        true = self.run(statement.ifTrue, written)
        if statement.ifFalse is None:
            return written
        return true & self.run(statement.ifFalse, written)

    def _cases(self, statement: Ast, written: frozenset[str]) -> frozenset[str]:
        written = self._expression(statement.expr, written)
        ends = []
        for item in statement.items:
            for expression in item.expressions:
                self._expression(expression, written)
            ends.append(self.run(item.stmt, written))
        if statement.defaultCase is None:
            if not self._known or not _is_full(statement):
                self.gaps.append(statement)
                return written
            self.full.append(statement)
            return frozenset.intersection(*ends)
        return frozenset.intersection(self.run(statement.defaultCase, written), *ends)

    def _loop(self, statement: Ast, written: frozenset[str]) -> frozenset[str]:
        for variable in statement.loopVars:
            written = written.union({variable.hierarchicalPath})
        for expression in statement.initializers:
            written = self._expression(expression, written)
        if statement.stopExpr is not None:
            self._expression(statement.stopExpr, written)
        # What can be synthesized has constant bounds, and goes round at least once.
        written = self.run(statement.body, written)
        for step in statement.steps:
            written = self._expression(step, written)
        return written


def _is_full(statement: Ast) -> bool:
    """Whether the items of a `case` are constants, one for each value of its expression."""
    width = statement.expr.type.bitWidth
    given = set()
    for item in statement.items:
        for expression in item.expressions:
            constant = expression.constant
            text = "" if constant is None else str(constant)
            if "x" in text.rpartition("'")[2].lower() or constant is None:
                return False
            try:
                given.add(int(constant.value))
            except (TypeError, ValueError):
                return False
    bare = statement.expr
    while bare.kind is ExpressionKind.Conversion:
        bare = bare.operand
    values = 1 << min(width, bare.type.bitWidth)
    return values <= _MOST_ITEMS and given.issuperset(range(values))


def overtaken(statement: Ast, pending: frozenset[str] = frozenset()) -> frozenset[str] | None:
    """Return what `statement` may have assigned non-blocking, besides `pending`, when it ends.

    None if such a variable may then be assigned blocking: Yosys lets the last
    assignment in the text win, a simulator the non-blocking one.
    """
    kind = statement.kind
    if kind is StatementKind.ExpressionStatement:
        uses = uses_of(statement.expr)
        return None if uses.blocking.keys() & pending else pending.union(uses.nonblocking)
    if kind in (StatementKind.Conditional, StatementKind.Case):
        found = pending
        for branch in _branches(statement):
            after = overtaken(branch, pending)
            if after is None:
                return None
            found |= after
        return found
    parts = _parts(statement)
    if kind is StatementKind.ForLoop:
        # What one round leaves is there in the next.
        parts = [statement.body, statement.body]
    for part in parts:
        after = overtaken(part, pending)
        if after is None:
            return None
        pending = after
    return pending


def _parts(statement: Ast) -> list[Ast]:
    if statement.kind is StatementKind.List:
        return list(statement.list)
    if statement.kind is StatementKind.Block:
        return [statement.body]
    return [statement.stmt] if statement.kind is StatementKind.Timed else []


def _branches(statement: Ast) -> list[Ast]:
    if statement.kind is StatementKind.Conditional:
        return [part for part in (statement.ifTrue, statement.ifFalse) if part is not None]
    branches = [item.stmt for item in statement.items]
    return [*branches, *([statement.defaultCase] if statement.defaultCase is not None else [])]
