"""The part of `symbolic.fsm_source` that parses untrusted text; it runs in a child process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyslang
from pyslang.ast import (
    BinaryOperator,
    EdgeKind,
    ExpressionKind,
    ProceduralBlockKind,
    StatementKind,
    SymbolKind,
    TimingControlKind,
    UnaryOperator,
    VisitAction,
)
from pyslang.syntax import SyntaxKind

from sim.errors import InvalidDesign, SimError
from sim.read_interface import refuse_bombs, refuse_errors, top_instance
from sim.slang import Ast, Parsed, Syntax
from sim.structure_read import bare
from symbolic.yosys_worker import ANSWERS, REQUEST

_BINARY = {
    BinaryOperator.Equality: ("eq", "=="),
    BinaryOperator.CaseEquality: ("eq", "==="),
    BinaryOperator.Inequality: ("ne", "!="),
    BinaryOperator.CaseInequality: ("ne", "!=="),
    BinaryOperator.LogicalOr: ("or", "||"),
    BinaryOperator.BinaryOr: ("or", "|"),
    BinaryOperator.LogicalAnd: ("and", "&&"),
    BinaryOperator.BinaryAnd: ("and", "&"),
}
_NOT = (UnaryOperator.LogicalNot, UnaryOperator.BitwiseNot)
_LITERALS = (ExpressionKind.IntegerLiteral, ExpressionKind.UnbasedUnsizedIntegerLiteral)
_LOOPS = {
    StatementKind.ForLoop: ("initializers", "stopExpr", "steps"),
    StatementKind.RepeatLoop: ("count",),
    StatementKind.WhileLoop: ("cond",),
    StatementKind.DoWhileLoop: ("cond",),
    StatementKind.ForeverLoop: (),
    StatementKind.ForeachLoop: (),
}
_CONSTANTS = (SymbolKind.Parameter, SymbolKind.EnumValue)
_SIGNALS = (SymbolKind.Variable, SymbolKind.Net)
_EDGES = {EdgeKind.PosEdge: "posedge", EdgeKind.NegEdge: "negedge", EdgeKind.BothEdges: "edge"}
_PROCESSES = {
    ProceduralBlockKind.Always: "always",
    ProceduralBlockKind.AlwaysComb: "always_comb",
    ProceduralBlockKind.AlwaysFF: "always_ff",
    ProceduralBlockKind.AlwaysLatch: "always_latch",
    ProceduralBlockKind.Initial: "initial",
}

_Found = dict[str, Any]


def main() -> None:
    """Answer the request in the current folder with the top module, or why it is unreadable."""
    request = json.loads(Path(REQUEST).read_text(encoding="utf-8"))
    with Path(ANSWERS).open("w", encoding="utf-8") as answers:
        answers.write(json.dumps(answer(request)) + "\n")


def answer(request: Mapping[str, Any]) -> _Found:
    """Return the top module of `sources` as `symbolic.fsm_source.Source` describes it."""
    try:
        for name, text in request["sources"].items():
            refuse_bombs(text, name)
        parsed = Parsed(request["sources"])
        refuse_errors(parsed.syntax_errors())
        compilation = parsed.elaborate(request["top"])
        compilation.getAllDiagnostics()
        top = top_instance(parsed, request["top"], compilation=compilation)
        return _Module(parsed, top).answer()
    except (SimError, RecursionError) as error:
        return {"unreadable": str(error).partition("\n")[0]}


class _Module:
    """Turns the parts of one module into plain values."""

    def __init__(self, parsed: Parsed, top: Ast) -> None:
        self._parsed, self._manager, self._top = parsed, parsed.manager, top
        self._syntax: Syntax = top.body.definition.syntax
        beginning = self._manager.getFullyExpandedLoc(self._syntax.sourceRange.start)
        self._buffer = beginning.buffer.id
        self._file = parsed.file_of(beginning)

    def answer(self) -> _Found:
        members = list(self._top.body)
        header = self._span(self._syntax.header.sourceRange)
        whole = self._span(self._syntax.sourceRange)
        end = self._span(self._syntax.endmodule.range)[0]
        return {
            "file": self._file,
            "declared": list(self._declarations(members)),
            "items": [item for member in members for item in self._item(member)],
            "names": sorted({m.name for m in members if m.name} | {self._top.name}),
            "body": [header[1], min(end, whole[1])],
        }

    # -- places ---------------------------------------------------------------

    def _span(self, found: pyslang.SourceRange) -> tuple[int, int]:
        """Return where text stands; what a macro makes stands where the macro is used."""
        start, end = found.start, found.end
        while self._manager.isMacroLoc(start):
            start = self._manager.getExpansionRange(start).start
        while self._manager.isMacroLoc(end):
            end = self._manager.getExpansionRange(end).end
        if start.buffer.id != self._buffer:
            raise InvalidDesign("a module with parts from an included file cannot be edited")
        return start.offset, end.offset

    def _part(self, kind: str, node: Ast, parts: Sequence[_Found] = (), **more: str) -> _Found:
        syntax = node.syntax
        place = syntax.sourceRange if syntax is not None else node.sourceRange
        start, end = self._span(place)
        found = {"kind": kind, "start": start, "end": end, "parts": list(parts), **more}
        if syntax is not None and isinstance(node.kind, ExpressionKind):
            found["outer"] = self._outer(syntax)
        if self._manager.isMacroLoc(place.start):
            found |= self._macro(place)
        return found

    def _outer(self, syntax: Syntax) -> tuple[int, int]:
        while syntax.parent is not None and (
            syntax.parent.kind is SyntaxKind.ParenthesizedExpression
        ):
            syntax = syntax.parent
        return self._span(syntax.sourceRange)

    def _macro(self, place: pyslang.SourceRange) -> _Found:
        name = str(self._manager.getMacroName(place.start))
        origin = self._manager.getFullyOriginalRange(place)
        here = self._parsed.file_of(origin.start) == self._file
        span = [origin.start.offset, origin.end.offset] if here else None
        return {"macro": name, "origin": span}

    # -- declarations -----------------------------------------------------------

    def _declarations(self, members: Sequence[Ast]) -> Iterator[_Found]:
        ports = {p.internalSymbol.name for p in self._top.body.portList if _inner(p)}
        for member in members:
            if member.syntax is None or member.syntax.kind is not SyntaxKind.Declarator:
                continue
            if member.kind in (*_SIGNALS, SymbolKind.Parameter):
                yield self._declaration(member) | {"port": member.name in ports}
        yield from self._members(members)

    def _members(self, members: Sequence[Ast]) -> Iterator[_Found]:
        """Yield the values of enumerations that signals of the module have, once each."""
        seen: set[str] = set()
        for member in members:
            name = _type_name(member) if member.kind in _SIGNALS else ""
            if name and name not in seen:
                seen.add(name)
                values = [one for one in member.type.canonicalType if one.syntax is not None]
                here = member.type.canonicalType.syntax.sourceRange.start.buffer.id == self._buffer
                yield from (self._member(value) for value in values if here)

    def _declaration(self, symbol: Ast) -> _Found:
        declarator = symbol.syntax
        whole = declarator.parent
        if symbol.kind is SymbolKind.Parameter:
            role = "localparam" if symbol.isLocalParam else "parameter"
            header = whole.parent.kind is not SyntaxKind.ParameterDeclarationStatement
            whole = whole if header else whole.parent
            declared, width, value = declarator.parent.type, 0, _bits(symbol.value)
        else:
            role = "variable" if symbol.kind is SymbolKind.Variable else "net"
            header, value, width = False, "", symbol.type.bitWidth
            declared = getattr(whole, "type", None) or _port_type(whole)
        return self._shared(symbol, whole, declared) | {
            "role": role,
            "width": width or len(value),
            "value": value,
            "initial": self._initial(symbol, declarator),
            "type_name": _type_name(symbol),
            "header": header,
        }

    def _initial(self, symbol: Ast, declarator: Syntax) -> _Found | None:
        if declarator.initializer is None:
            return None
        if symbol.kind is not SymbolKind.Parameter and symbol.initializer is not None:
            return self._expression(symbol.initializer)
        start, end = self._span(declarator.initializer.expr.sourceRange)
        return {"kind": "other", "start": start, "end": end}

    def _member(self, symbol: Ast) -> _Found:
        enumeration = symbol.syntax.parent
        start, end = self._span(symbol.syntax.sourceRange)
        given = symbol.syntax.initializer
        initial = None
        if given is not None:
            first, last = self._span(given.expr.sourceRange)
            initial = {"kind": "other", "start": first, "end": last}
        value = _bits(symbol.value)
        bounds = self._bounds(getattr(enumeration.baseType, "dimensions", None))
        first, last = self._span(enumeration.sourceRange)
        keyword_end = bounds[0][0] if bounds else self._span(enumeration.openBrace.range)[0]
        return {
            "name": symbol.name,
            "role": "member",
            "port": False,
            "width": len(value),
            "value": value,
            "start": start,
            "end": end,
            "initial": initial,
            "whole": [first, last],
            "range": bounds[0] if bounds else None,
            "ranges": len(bounds),
            "keyword": [first, keyword_end],
            "type_name": f"{first}",
            "header": False,
        }

    def _shared(self, symbol: Ast, whole: Syntax, declared: Syntax | None) -> _Found:
        start, end = self._span(symbol.syntax.sourceRange)
        first, last = self._span(whole.sourceRange)
        bounds = self._bounds(getattr(declared, "dimensions", None))
        return {
            "name": symbol.name,
            "start": start,
            "end": end,
            "whole": [first, last],
            "range": bounds[0] if bounds else None,
            "ranges": len(bounds),
            "keyword": [first, bounds[0][0] if bounds else start],
        }

    def _bounds(self, dimensions: Syntax) -> list[list[int]]:
        return [list(self._span(one.sourceRange)) for one in dimensions or ()]

    # -- items of the module ------------------------------------------------------

    def _item(self, member: Ast) -> Iterator[_Found]:
        kind = member.kind
        if kind is SymbolKind.ProceduralBlock:
            yield self._process(member)
        elif kind is SymbolKind.ContinuousAssign:
            yield self._wire(member)
        elif kind is SymbolKind.Net and member.initializer is not None:
            yield self._symbol_part("net", member, [self._expression(member.initializer)])
        elif kind in (SymbolKind.Instance, SymbolKind.PrimitiveInstance):
            yield self._instance(member)
        elif kind is SymbolKind.Subroutine:
            yield self._symbol_part("function", member, [self._statement(member.body)])
        elif kind is SymbolKind.GenerateBlock and not member.isUninstantiated:
            inside = [item for one in member for item in self._item(one)]
            yield self._symbol_part("generate", member, inside)
        elif kind is SymbolKind.GenerateBlockArray:
            entries = [
                item for entry in member.entries for one in entry for item in self._item(one)
            ]
            yield self._symbol_part("generate", member, entries)

    def _symbol_part(self, kind: str, symbol: Ast, parts: Sequence[_Found]) -> _Found:
        start, end = (0, 0) if symbol.syntax is None else self._span(symbol.syntax.sourceRange)
        return {
            "kind": kind,
            "start": start,
            "end": end,
            "parts": list(parts),
            "name": symbol.name,
        }

    def _process(self, member: Ast) -> _Found:
        body, events = member.body, []
        if body.kind is StatementKind.Timed:
            events = [self._event(event) for event in _events(body.timing)]
            body = body.stmt
        start, end = self._span(member.syntax.sourceRange)
        return {
            "kind": "process",
            "start": start,
            "end": end,
            "name": _PROCESSES.get(member.procedureKind, "other"),
            "parts": [*events, self._statement(body)],
        }

    def _event(self, event: Ast) -> _Found:
        if event.kind is not TimingControlKind.SignalEvent:
            return self._part("event", event, name="*")
        parts = [self._expression(event.expr)]
        return self._part("event", event, parts, name=_EDGES.get(event.edge, "level"))

    def _wire(self, member: Ast) -> _Found:
        assignment = member.assignment
        parts = [self._expression(assignment.left), self._expression(assignment.right)]
        start, end = self._span(member.syntax.parent.sourceRange)
        alone = len(list(member.syntax.parent.assignments)) == 1
        return {
            "kind": "wire",
            "start": start,
            "end": end,
            "parts": parts,
            "name": "" if alone else ",",
        }

    def _instance(self, member: Ast) -> _Found:
        found = [
            c if isinstance(c, pyslang.ast.Expression) else c.expression
            for c in member.portConnections
        ]
        parts = [self._expression(one) for one in found if one is not None]
        start, end = self._span(member.syntax.sourceRange)
        return {"kind": "instance", "start": start, "end": end, "parts": parts, "name": member.name}

    # -- statements ---------------------------------------------------------------

    def _statement(self, statement: Ast) -> _Found:
        kind = statement.kind
        if kind is StatementKind.Block:
            return self._part("block", statement, self._inside(statement.body))
        if kind is StatementKind.List:
            return self._part("block", statement, self._inside(statement))
        if kind is StatementKind.Conditional:
            return self._conditional(statement)
        if kind is StatementKind.Case:
            return self._case(statement)
        if kind is StatementKind.ExpressionStatement:
            return self._expression_statement(statement)
        if kind is StatementKind.Empty:
            return self._part("empty", statement)
        if kind in _LOOPS:
            return self._loop(statement, _LOOPS[kind])
        if kind is StatementKind.Timed:
            return self._part("other", statement, [self._statement(statement.stmt)])
        return self._part("other", statement, self._expressions_in(statement), name=kind.name)

    def _inside(self, body: Ast) -> list[_Found]:
        statements = body.list if body.kind is StatementKind.List else [body]
        return [self._statement(one) for one in statements]

    def _conditional(self, statement: Ast) -> _Found:
        conditions = [self._expression(one.expr) for one in statement.conditions]
        sides = [side for side in (statement.ifTrue, statement.ifFalse) if side is not None]
        kind = "if" if len(conditions) == 1 else "other"
        return self._part(kind, statement, [*conditions, *map(self._statement, sides)])

    def _case(self, statement: Ast) -> _Found:
        syntax = statement.syntax
        written = [one for one in syntax.items if one.kind is SyntaxKind.StandardCaseItem]
        parts = [self._expression(statement.expr)]
        for item, place in zip(statement.items, written, strict=True):
            labels = [self._expression(one) for one in item.expressions]
            parts.append(self._labelled("item", place, [*labels, self._statement(item.stmt)]))
        default = [one for one in syntax.items if one.kind is SyntaxKind.DefaultCaseItem]
        if statement.defaultCase is not None:
            inside = [self._statement(statement.defaultCase)]
            parts.append(self._labelled("default", default[0], inside))
        return self._part("case", statement, parts, name=str(syntax.caseKeyword.valueText))

    def _labelled(self, kind: str, syntax: Syntax, parts: Sequence[_Found]) -> _Found:
        start, end = self._span(syntax.sourceRange)
        return {"kind": kind, "start": start, "end": end, "parts": list(parts)}

    def _expression_statement(self, statement: Ast) -> _Found:
        found = statement.expr
        if found.kind is not ExpressionKind.Assignment or found.isCompound:
            return self._part("other", statement, [self._expression(found)])
        parts = [self._expression(found.left), self._expression(found.right)]
        sign = "<=" if found.isNonBlocking else "="
        return self._part("assign", statement, parts, name=sign)

    def _loop(self, statement: Ast, bounds: Sequence[str]) -> _Found:
        found: list[_Found] = []
        for bound in bounds:
            part = getattr(statement, bound, None)
            for one in part if isinstance(part, list) else [part]:
                found += [self._expression(one)] if one is not None else []
        return self._part("loop", statement, [*found, self._statement(statement.body)])

    # -- expressions --------------------------------------------------------------

    def _expression(self, given: Ast) -> _Found:
        node = bare(given)
        kind = node.kind
        if kind is ExpressionKind.NamedValue and node.symbol.kind in _SIGNALS:
            return self._part("name", node, name=_local(node.symbol, self._top))
        constant = _constant(node)
        if constant:
            name = node.symbol.name if kind is ExpressionKind.NamedValue else ""
            return self._part("const", node, name=name, value=constant)
        if kind is ExpressionKind.Assignment and node.right.kind is ExpressionKind.EmptyArgument:
            return self._part("other", node, [self._expression(node.left)], name="output")
        if kind is ExpressionKind.BinaryOp and node.op in _BINARY:
            what, sign = _BINARY[node.op]
            parts = [self._expression(node.left), self._expression(node.right)]
            return self._part(what, node, parts, name=sign)
        if kind is ExpressionKind.UnaryOp and node.op in _NOT:
            return self._part("not", node, [self._expression(node.operand)])
        if kind is ExpressionKind.ConditionalOp and len(node.conditions) == 1:
            inner = (node.conditions[0].expr, node.left, node.right)
            return self._part("mux", node, [self._expression(one) for one in inner])
        if kind is ExpressionKind.ElementSelect:
            parts = [self._expression(node.value), self._expression(node.selector)]
            parts[0] |= {"start": self._span(node.sourceRange)[0]}
            return self._part("bit", node, parts)
        return self._part("other", node, self._expressions_in(node), name=kind.name)

    def _expressions_in(self, node: Ast) -> list[_Found]:
        """Return the outermost expressions inside of something that is not looked into."""
        found: list[_Found] = []

        def look(inner: Ast) -> VisitAction:
            if inner is node or not isinstance(getattr(inner, "kind", None), ExpressionKind):
                return VisitAction.Advance
            found.append(self._expression(inner))
            return VisitAction.Skip

        node.visit(look)
        return found


def _inner(port: Ast) -> bool:
    return port.kind is SymbolKind.Port and port.internalSymbol is not None


def _events(timing: Ast) -> list[Ast]:
    return list(timing.events) if timing.kind is TimingControlKind.EventList else [timing]


def _port_type(whole: Syntax) -> Syntax | None:
    header = getattr(whole, "header", None)
    return getattr(header, "dataType", None)


def _type_name(symbol: Ast) -> str:
    """Return what tells the enumeration of a signal: where it is declared."""
    if symbol.kind is SymbolKind.Parameter or not symbol.type.isEnum:
        return ""
    syntax = symbol.type.canonicalType.syntax
    return str(syntax.sourceRange.start.offset) if syntax is not None else ""


def _local(symbol: Ast, top: Ast) -> str:
    """Return a signal's name in the module; with its path where it is not declared there."""
    prefix = f"{top.hierarchicalPath}."
    return str(symbol.hierarchicalPath).removeprefix(prefix)


def _constant(node: Ast) -> str:
    named = node.kind is ExpressionKind.NamedValue and node.symbol.kind in _CONSTANTS
    if named:
        return _bits(node.symbol.value)
    if node.kind in _LITERALS:
        return _bits(node.value)
    found = getattr(node, "constant", None)
    return _bits(found) if found is not None else ""


def _bits(value: Ast) -> str:
    inner = getattr(value, "value", value)
    if not isinstance(inner, pyslang.SVInt):
        return ""
    text = inner.toString(pyslang.LiteralBase.Binary, True, 1 << 20)
    bits = text.rpartition("b")[2].rpartition("'")[2].lower()
    fill = bits[0] if bits[0] in "xz" else "0"
    return bits.rjust(inner.bitWidth, fill)[-int(inner.bitWidth) :]
