"""The part of `sim.drivers` that parses untrusted text; it runs in a child process."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from pyslang import SourceRange
from pyslang.ast import ArgumentDirection, ExpressionKind, StatementKind, SymbolKind

from sim.gate_elaborated import instances_of
from sim.read_interface import top_instance
from sim.slang import Ast, Parsed
from sim.timing import members
from sim.worker import ANSWERS, REQUEST

MAX_LINES = 4
"""Lines of one assignment that are shown."""

Place: TypeAlias = tuple[str, int]
"""Source and line."""

_NAMES = (ExpressionKind.NamedValue, ExpressionKind.HierarchicalValue)
_LOOPS = {
    StatementKind.DoWhileLoop: "cond",
    StatementKind.ForLoop: "stopExpr",
    StatementKind.RepeatLoop: "count",
    StatementKind.WhileLoop: "cond",
    StatementKind.ForeachLoop: "",
    StatementKind.ForeverLoop: "",
}
_CASES = (StatementKind.Case, StatementKind.PatternCase)


@dataclass(frozen=True, slots=True)
class Drive:
    """One assignment or connection."""

    places: tuple[Place, ...]
    reads: tuple[str, ...]
    """Hierarchical names of the signals that decide what is driven."""


@dataclass(frozen=True, slots=True)
class _Guard:
    """What decides whether a statement is executed, from the outside in."""

    expressions: tuple[Ast, ...] = ()
    shown: tuple[Ast, ...] = ()
    """The innermost statement that decides, and its label for what is inside."""

    def inside(self, expressions: Iterable[Ast], *shown: Ast) -> _Guard:
        return _Guard((*self.expressions, *expressions), shown)


def main() -> None:
    """Answer the request in the current folder with a list of places."""
    request = json.loads(Path(REQUEST).read_text(encoding="utf-8"))
    with Path(ANSWERS).open("w", encoding="utf-8") as answers:
        answers.write(json.dumps(answer(request)) + "\n")


def answer(request: Mapping[str, Any]) -> list[Place]:
    """Return where the `port` of `top` in `sources` is driven: `most` lines, nearest first."""
    parsed = Parsed(request["sources"])
    compilation = parsed.elaborate(request["top"])
    compilation.getAllDiagnostics()
    top = top_instance(parsed, request["top"], compilation=compilation)
    inner = [p.internalSymbol for p in top.body.portList if p.name == request["port"]]
    if not inner or inner[0] is None:
        return []
    wiring = _Wiring(parsed)
    for instance in instances_of(top):
        wiring.add_instance(instance)
    return list(islice(wiring.towards(inner[0].hierarchicalPath), request["most"]))


class _Wiring:
    """What drives each signal of an elaborated design."""

    def __init__(self, parsed: Parsed) -> None:
        self._parsed = parsed
        self._drives: dict[str, list[Drive]] = {}

    def towards(self, path: str) -> Iterator[Place]:
        """Yield the lines that drive `path`, then those that drive what these read, and so on."""
        waiting, seen, told = deque([path]), {path}, set[Place]()
        while waiting:
            drives = self._drives.get(waiting.popleft(), [])
            for place in (place for drive in drives for place in drive.places):
                if place not in told:
                    told.add(place)
                    yield place
            for read in (read for drive in drives for read in drive.reads):
                if read not in seen:
                    seen.add(read)
                    waiting.append(read)

    def add_instance(self, instance: Ast) -> None:
        """Add what drives signals in `instance`, and what its ports connect."""
        for connection in instance.portConnections:
            self._add_connection(connection)
        for member in members(instance.body):
            if member.kind is SymbolKind.ContinuousAssign:
                self._add_assignments(member.assignment, _Guard())
            elif member.kind is SymbolKind.ProceduralBlock:
                self._add_statements(member.body)
            elif member.kind is SymbolKind.Subroutine:
                self._add_statements(member.body, member.returnValVar)
            elif member.kind is SymbolKind.Net and member.initializer is not None:
                self._add([member.hierarchicalPath], member.initializer, [member.initializer])
            elif member.kind is SymbolKind.PrimitiveInstance:
                self._add_primitive(member)

    def _add_connection(self, connection: Ast) -> None:
        port, expression = connection.port, connection.expression
        if port.kind is not SymbolKind.Port or expression is None or port.internalSymbol is None:
            return
        inner = port.internalSymbol.hierarchicalPath
        if expression.kind is ExpressionKind.Assignment:
            for target in _targets(expression.left):
                self._note(target, Drive(self._places(expression.left), (inner,)))
        elif port.direction is not ArgumentDirection.Out:
            self._add([inner], expression, [expression])

    def _add_primitive(self, primitive: Ast) -> None:
        connections = list(primitive.portConnections)
        inputs = [c for c in connections if c.kind is not ExpressionKind.Assignment]
        for output in (c for c in connections if c.kind is ExpressionKind.Assignment):
            self._add(_targets(output.left), output.left, inputs)

    def _add_statements(self, body: Ast, returned: Ast | None = None) -> None:
        for statement, guard in _leaves(body):
            if statement.kind is StatementKind.Return and returned is not None:
                if statement.expr is not None:
                    reads = [statement.expr, *guard.expressions]
                    self._add([returned.hierarchicalPath], statement, reads, guard.shown)
            else:
                self._add_assignments(statement, guard)

    def _add_assignments(self, part: Ast, guard: _Guard) -> None:
        def look(node: Ast) -> None:
            if getattr(node, "kind", None) is ExpressionKind.Assignment:
                targets = _targets(node.left)
                reads = [node.right, node.left, *guard.expressions]
                self._add(targets, node, reads, guard.shown, without=frozenset(targets))

        part.visit(look)

    def _add(
        self,
        targets: Iterable[str],
        part: Ast,
        reads: Iterable[Ast],
        shown: Iterable[Ast] = (),
        *,
        without: frozenset[str] = frozenset(),
    ) -> None:
        before = [place for guard in shown for place in self._places(guard)[:1]]
        names = dict.fromkeys(name for read in reads for name in _reads(read))
        drive = Drive((*before, *self._places(part)), tuple(n for n in names if n not in without))
        for target in targets:
            self._note(target, drive)

    def _note(self, target: str, drive: Drive) -> None:
        self._drives.setdefault(target, []).append(drive)

    def _places(self, part: Ast) -> tuple[Place, ...]:
        where: SourceRange = part.sourceRange
        file, first, _ = self._parsed.place(where.start)
        last_file, last, _ = self._parsed.place(where.end)
        last = min(last, first + MAX_LINES - 1) if last_file == file else first
        return tuple((file, line) for line in range(first, max(first, last) + 1))


def _leaves(body: Ast) -> Iterator[tuple[Ast, _Guard]]:
    """Yield the statements in `body` that hold no others, in order, with what guards them."""
    waiting = [(body, _Guard())]
    while waiting:
        statement, guard = waiting.pop()
        inner = _inner(statement, guard)
        if inner is None:
            yield statement, guard
        else:
            waiting += reversed(inner)


def _inner(statement: Ast, guard: _Guard) -> list[tuple[Ast, _Guard]] | None:
    """Return the statements in `statement`; None if it is of a kind that has none."""
    kind = statement.kind
    if kind is StatementKind.Block:
        return [(statement.body, guard)]
    if kind is StatementKind.List:
        return [(part, guard) for part in statement.list]
    if kind in (StatementKind.Timed, StatementKind.Wait):
        return [(statement.stmt, guard)]
    if kind is StatementKind.Conditional:
        conditions = [condition.expr for condition in statement.conditions]
        return _under([statement.ifTrue, statement.ifFalse], guard.inside(conditions, statement))
    if kind in _LOOPS:
        bound = getattr(statement, _LOOPS[kind], None)
        within = guard if bound is None else guard.inside([bound], statement)
        return _under([statement.body], within)
    return _items(statement, guard) if kind in _CASES else None


def _under(statements: Iterable[Ast | None], guard: _Guard) -> list[tuple[Ast, _Guard]]:
    return [(statement, guard) for statement in statements if statement is not None]


def _items(statement: Ast, guard: _Guard) -> list[tuple[Ast, _Guard]]:
    found: list[tuple[Ast, _Guard]] = []
    for item in statement.items:
        labels = list(getattr(item, "expressions", ()))
        inside = guard.inside([statement.expr, *labels], statement, *labels[:1])
        found += _under([item.stmt], inside)
    return found + _under([statement.defaultCase], guard.inside([statement.expr], statement))


def _targets(left: Ast) -> list[str]:
    """Return the hierarchical names of the signals that are assigned to."""
    found: list[str] = []
    waiting = [left]
    while waiting:
        part = waiting.pop()
        if part.kind in _NAMES:
            found.append(part.symbol.hierarchicalPath)
        elif part.kind is ExpressionKind.Concatenation:
            waiting += reversed(list(part.operands))
        elif part.kind is ExpressionKind.Conversion:
            waiting.append(part.operand)
        elif part.kind is ExpressionKind.Assignment:
            waiting.append(part.left)
        elif part.kind in (
            ExpressionKind.ElementSelect,
            ExpressionKind.MemberAccess,
            ExpressionKind.RangeSelect,
        ):
            waiting.append(part.value)
    return found


def _reads(expression: Ast) -> list[str]:
    """Return the hierarchical names of signals in `expression`, and of functions it calls."""
    found: list[str] = []

    def look(node: Ast) -> None:
        kind = getattr(node, "kind", None)
        if kind in _NAMES:
            found.append(node.symbol.hierarchicalPath)
        elif kind is ExpressionKind.Call and not node.isSystemCall:
            result = node.subroutine.returnValVar
            if result is not None:
                found.append(result.hierarchicalPath)

    expression.visit(look)
    return found
