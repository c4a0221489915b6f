"""When each branch of a module is taken, as a condition on the module's signals.

A condition is the conjunction of what encloses the branch in its block. There
is none where it reads something that is no signal of the module (a loop's
variable, an argument), or that its block assigns before it is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyslang
from pyslang.ast import (
    CaseStatementCondition,
    ExpressionKind,
    ProceduralBlockKind,
    StatementKind,
    SymbolKind,
    VisitAction,
)

from sim.slang import Ast, Parsed, Syntax
from sim.structure import Branch
from sim.structure_read import bare, grouped, is_clocked, text_of, value_of
from sim.timing import members

_SIGNALS = (SymbolKind.Net, SymbolKind.Variable)
_LOOPS = {
    StatementKind.ForLoop,
    StatementKind.RepeatLoop,
    StatementKind.ForeachLoop,
    StatementKind.WhileLoop,
    StatementKind.DoWhileLoop,
    StatementKind.ForeverLoop,
}
_SIMPLE = {
    ExpressionKind.NamedValue,
    ExpressionKind.ElementSelect,
    ExpressionKind.RangeSelect,
    ExpressionKind.MemberAccess,
    ExpressionKind.Concatenation,
    ExpressionKind.IntegerLiteral,
}
_WILD = {
    CaseStatementCondition.WildcardJustZ: "zZ?",
    CaseStatementCondition.WildcardXOrZ: "zZ?xX",
}
_LONGEST = 4000
"""Characters of a condition; longer ones are given up."""


@dataclass(frozen=True, slots=True)
class Path:
    """What encloses a statement."""

    terms: tuple[str, ...] = ()
    known: bool = True
    """Whether `terms` are all there is to it."""

    def and_(self, term: str) -> Path:
        return Path((*self.terms, term), self.known and bool(term))

    @property
    def text(self) -> str:
        """Return the condition as Verilog; empty if there is none."""
        if not self.known or not self.terms:
            return ""
        text = " && ".join(map(grouped, self.terms))
        return text if len(text) <= _LONGEST else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One assignment of one value to a whole variable."""

    target: str
    """Hierarchical path of the variable."""
    value: Ast
    path: Path


def branches_of(parsed: Parsed, top: Ast) -> list[Branch]:
    """Return the branches in the instance `top`, submodules excluded."""
    reader = Reader(parsed, top.body)
    reader.read()
    return reader.branches


class Reader:
    """Reads the blocks and assignments of one instance."""

    def __init__(self, parsed: Parsed, body: Ast) -> None:
        self.branches: list[Branch] = []
        self.arms: list[Arm] = []
        self._parsed = parsed
        self._body = body
        self._assigned: set[str] = set()

    def read(self) -> None:
        for member in members(self._body):
            if member.kind is SymbolKind.ProceduralBlock:
                self._block(member)
            elif member.kind is SymbolKind.ContinuousAssign:
                self._expression(member.assignment, Path())
            elif member.kind in _SIGNALS and member.initializer is not None:
                self._expression(member.initializer, Path())

    def _block(self, block: Ast) -> None:
        if block.procedureKind is ProceduralBlockKind.Initial:
            return
        statement = block.body
        clocked = False
        if statement.kind is StatementKind.Timed:
            clocked = is_clocked(statement.timing)
            statement = statement.stmt
        # What a combinational block assigns has, once it is settled, another value than when
        # the block reads it.
        self._assigned = set() if clocked else set(_assigned(statement))
        self._statement(statement, Path())

    def _statement(self, statement: Ast, path: Path) -> None:
        kind = statement.kind
        if kind is StatementKind.Block:
            self._statement(statement.body, path)
        elif kind is StatementKind.List:
            for inner in statement.list:
                self._statement(inner, path)
        elif kind is StatementKind.Conditional:
            self._conditional(statement, path)
        elif kind is StatementKind.Case:
            self._case(statement, path)
        elif kind is StatementKind.ExpressionStatement:
            self._expression(statement.expr, path)
            self._assigned.update(_assigned(statement))
        elif kind in _LOOPS or kind is StatementKind.Timed:
            inner = statement.stmt if kind is StatementKind.Timed else statement.body
            self._assigned.update(_assigned(inner))
            self._statement(inner, Path(known=False))

    def _conditional(self, statement: Ast, path: Path) -> None:
        plain = len(statement.conditions) == 1 and statement.conditions[0].pattern is None
        term = self._truth(statement.conditions[0].expr) if plain else ""
        taken, other = path.and_(term), path.and_(_negated(term))
        keyword = getattr(statement.syntax, "ifKeyword", None)
        if keyword is not None:
            self._note("if", keyword.location, taken, other)
        for condition in statement.conditions:
            self._expression(condition.expr, path)
        before = set(self._assigned)
        self._statement(statement.ifTrue, taken)
        if statement.ifFalse is not None:
            after, self._assigned = self._assigned, before
            self._statement(statement.ifFalse, other)
            self._assigned |= after

    def _case(self, statement: Ast, path: Path) -> None:
        self._expression(statement.expr, path)
        terms = self._item_terms(statement)
        before, after = set(self._assigned), set(self._assigned)
        places = _item_places(statement.syntax)
        exclusive = statement.condition is CaseStatementCondition.Normal and _distinct(statement)
        missed = path
        for item, term, place in zip(statement.items, terms, places.items, strict=True):
            taken = (path if exclusive else missed).and_(term)
            missed = missed.and_(_negated(term))
            self._note("case", place, taken, Path(known=False))
            self._assigned = set(before)
            self._statement(item.stmt, taken)
            after |= self._assigned
        if statement.defaultCase is not None:
            if places.default is not None:
                self._note("case", places.default, missed, Path(known=False))
            self._assigned = set(before)
            self._statement(statement.defaultCase, missed)
        self._assigned |= after

    def _item_terms(self, statement: Ast) -> list[str]:
        # The operands of a case take the width and sign of all together: what is computed, or
        # signed, would be another value beside one of them.
        found = bare(statement.expr)
        simple = found.kind in _SIMPLE and (
            statement.expr.kind in _SIMPLE or not found.type.isSigned
        )
        subject = self.term(statement.expr) if simple else ""
        conditions = []
        for item in statement.items:
            terms = [self._match(statement, subject, value) for value in item.expressions]
            known = subject and all(terms)
            conditions.append(_any_of(terms) if known else "")
        return conditions

    def _match(self, statement: Ast, subject: str, value: Ast) -> str:
        """Return when `subject` matches one value of a case item."""
        term = self.term(value)
        if not term or statement.condition is CaseStatementCondition.Inside:
            return ""
        wild = _WILD.get(statement.condition, "")
        literal = bare(value)
        if literal.kind is not ExpressionKind.IntegerLiteral or not literal.value.hasUnknown:
            return f"{grouped(subject)} == {grouped(term)}"
        digits = literal.value.toString(pyslang.LiteralBase.Binary, False)
        digits = digits.rpartition("b")[2].replace("_", "")
        width = literal.value.bitWidth
        if not set(digits) <= set("01" + wild) or width != statement.expr.type.bitWidth:
            return ""
        digits = digits.rjust(width, "0")
        mask = "".join("01"[digit in "01"] for digit in digits)
        bits = "".join(digit if digit in "01" else "0" for digit in digits)
        return f"({grouped(subject)} & {width}'b{mask}) == {width}'b{bits}"

    def _expression(self, expression: Ast, path: Path) -> None:
        """Note every `?:` in `expression`, and what is assigned to whole variables."""
        if expression.kind is ExpressionKind.Assignment:
            target = bare(expression.left)
            if target.kind is ExpressionKind.NamedValue and not expression.isCompound:
                self._arms(target.symbol.hierarchicalPath, expression.right, path)
        choices: list[Ast] = []

        def look(node: Ast) -> VisitAction:
            if getattr(node, "kind", None) is ExpressionKind.ConditionalOp:
                choices.append(node)
                return VisitAction.Skip
            return VisitAction.Advance

        expression.visit(look)
        for choice in choices:
            self._choice(choice, path)

    def _choice(self, choice: Ast, path: Path) -> None:
        taken, other = self._sides(choice, path)
        first = choice.left.sourceRange
        self._note("cond", first.start, taken, other, end=first.end)
        self._expression(choice.conditions[0].expr, path)
        self._expression(choice.left, taken)
        self._expression(choice.right, other)

    def _sides(self, choice: Ast, path: Path) -> tuple[Path, Path]:
        term = self._truth(choice.conditions[0].expr) if len(choice.conditions) == 1 else ""
        return path.and_(term), path.and_(_negated(term))

    def _arms(self, target: str, value: Ast, path: Path) -> None:
        value = bare(value)
        if value.kind is ExpressionKind.ConditionalOp:
            taken, other = self._sides(value, path)
            self._arms(target, value.left, taken)
            self._arms(target, value.right, other)
        else:
            self.arms.append(Arm(target=target, value=value, path=path))

    def _truth(self, condition: Ast) -> str:
        """Return `condition` as Verilog of one bit."""
        term = self.term(condition)
        wide = condition.type.bitWidth != 1
        return f"{grouped(term)} != 0" if term and wide else term

    def term(self, expression: Ast) -> str:
        """Return `expression` as Verilog, if it means the same outside its block."""
        readable = True

        def look(node: Ast) -> None:
            nonlocal readable
            if not self._is_readable(node):
                readable = False

        expression.visit(look)
        return text_of(expression) if readable else ""

    def _is_readable(self, node: Ast) -> bool:
        kind = getattr(node, "kind", None)
        if kind in (ExpressionKind.HierarchicalValue, ExpressionKind.Assignment):
            return False
        if kind is not ExpressionKind.NamedValue:
            return True
        symbol = node.symbol
        if symbol.kind in _SIGNALS:
            inside = symbol.parentScope == self._body
            return inside and symbol.hierarchicalPath not in self._assigned
        if symbol.kind is SymbolKind.Parameter:
            return symbol.parentScope == self._body or _is_global(symbol)
        return symbol.kind is SymbolKind.EnumValue

    def _note(
        self,
        kind: str,
        start: pyslang.SourceLocation,
        taken: Path,
        other: Path,
        *,
        end: pyslang.SourceLocation | None = None,
    ) -> None:
        file, line, column = self._parsed.place(start)
        _, last, behind = self._parsed.place(end or start)
        self.branches.append(
            Branch(
                kind=kind,
                file=file,
                line=line,
                column=column,
                end=(last, behind),
                taken=taken.text,
                other=other.text,
            )
        )


@dataclass(slots=True)
class _ItemPlaces:
    items: list[pyslang.SourceLocation] = field(default_factory=list)
    default: pyslang.SourceLocation | None = None


def _item_places(syntax: Syntax) -> _ItemPlaces:
    found = _ItemPlaces()
    for item in syntax.items:
        keyword = getattr(item, "defaultKeyword", None)
        if keyword is not None:
            found.default = keyword.location
        else:
            found.items.append(item.colon.location)
    return found


def _distinct(statement: Ast) -> bool:
    """Whether no two items have a value in common."""
    values = [value_of(value) for item in statement.items for value in item.expressions]
    return None not in values and len(set(values)) == len(values)


def _is_global(symbol: Ast) -> bool:
    scope = getattr(symbol.parentScope, "kind", None)
    return scope in (SymbolKind.Package, SymbolKind.CompilationUnit)


def _assigned(statement: Ast) -> Iterator[str]:
    """Yield the paths of the variables that blocking assignments in `statement` change."""
    found: list[str] = []

    def look(node: Ast) -> None:
        kind = getattr(node, "kind", None)
        if kind is ExpressionKind.Assignment and not node.isNonBlocking:
            node.left.visit(note)
        elif kind is ExpressionKind.Call:
            node.visit(note)
        elif kind is ExpressionKind.UnaryOp and "crement" in node.op.name:
            node.operand.visit(note)

    def note(node: Ast) -> None:
        if getattr(node, "kind", None) is ExpressionKind.NamedValue:
            found.append(node.symbol.hierarchicalPath)

    statement.visit(look)
    yield from found


def _any_of(terms: list[str]) -> str:
    return terms[0] if len(terms) == 1 else " || ".join(map(grouped, terms))


def _negated(term: str) -> str:
    return f"!{grouped(term)}" if term else ""
