"""The statements of processes, from the syntax tree; it runs in a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from pyslang.parsing import Token
from pyslang.syntax import SyntaxKind

from sim.slang import Syntax

Json = dict[str, Any]

_UNKNOWN = "?"
"""For what a statement drives that its text does not show."""
_DEEPEST = 50
"""Statements inside each other that are taken apart."""
_VALUES = (
    SyntaxKind.IdentifierName,
    SyntaxKind.IdentifierSelectName,
    SyntaxKind.ConcatenationExpression,
)
"""Selectors of a `case` of which no two items are meant to be the same."""


class Statements:
    """Takes processes apart, down to their assignments."""

    def __init__(self, span: Callable[[Syntax], Json], is_hidden: Callable[[Syntax], bool]) -> None:
        """Take how to find a node's place, and whether a macro makes the whole of it."""
        self._span, self._is_hidden = span, is_hidden
        self._depth = 0

    def body(self, process: Syntax) -> Json:
        """Return the statement under a process's event control."""
        inner = process.statement
        if inner.kind is SyntaxKind.TimingControlStatement:
            inner = inner.statement
        return self._statement(inner)

    def _statement(self, node: Syntax) -> Json:
        self._depth += 1
        try:
            return self._apart(node)
        finally:
            self._depth -= 1

    def _apart(self, node: Syntax) -> Json:
        kind = node.kind
        if self._is_hidden(node):
            return self._made("other", node, drives=(_UNKNOWN,))
        if self._depth > _DEEPEST:
            return self._other(node)
        if kind is SyntaxKind.SequentialBlockStatement:
            return self._made("block", node, parts=[self._statement(one) for one in node.items])
        if kind is SyntaxKind.ConditionalStatement:
            return self._conditional(node)
        if kind is SyntaxKind.CaseStatement:
            keyword, selector = node.caseKeyword.valueText, node.expr.kind
            overlaps = keyword != "case" or selector not in _VALUES
            parts = [self._choice(one, overlaps=overlaps) for one in node.items]
            return self._made("case", node, parts=parts)
        return self._other(node)

    def _other(self, node: Syntax) -> Json:
        return self._made("other", node, drives=dict.fromkeys(_driven(node)))

    def _conditional(self, node: Syntax) -> Json:
        parts = [self._statement(node.statement)]
        if node.elseClause is not None:
            parts.append(self._statement(node.elseClause.clause))
        return self._made("if", node, parts=parts) | {"condition": self._span(node.predicate)}

    def _choice(self, node: Syntax, *, overlaps: bool) -> Json:
        if node.kind is SyntaxKind.DefaultCaseItem:
            kind = "default"
        else:
            kind = "overlapping" if overlaps else "choice"
        return self._made(kind, node, parts=[self._statement(node.clause)])

    def _made(
        self,
        kind: str,
        node: Syntax,
        *,
        drives: Iterable[str] = (),
        parts: Sequence[Json] = (),
    ) -> Json:
        inner = dict.fromkeys(name for part in parts for name in part["drives"])
        return {
            "kind": kind,
            "span": self._span(node),
            "drives": [*drives, *inner],
            "parts": list(parts),
        }


def _driven(node: Syntax) -> Iterator[str]:
    """Yield the names that a statement assigns, and `?` if it may assign others."""
    found: list[str] = []

    def look(inner: Syntax) -> None:
        if isinstance(inner, Token):
            return
        if inner.kind.name.endswith("AssignmentExpression"):
            found.extend(_names(inner.left))
        elif hasattr(inner, "operand") and "crement" in inner.kind.name:
            found.extend(_names(inner.operand))
        elif _is_call(inner):
            found.append(_UNKNOWN)

    node.visit(look)
    yield from found


def _is_call(node: Syntax) -> bool:
    """Whether a node calls a task or function of the design."""
    if node.kind is SyntaxKind.InvocationExpression:
        return node.left.kind is not SyntaxKind.SystemName
    names = (SyntaxKind.IdentifierName, SyntaxKind.ScopedName)
    return node.kind is SyntaxKind.ExpressionStatement and node.expr.kind in names


def _names(left: Syntax) -> Iterator[str]:
    """Yield the names in the target of an assignment, without those in its selects."""
    if left.kind is SyntaxKind.ConcatenationExpression:
        for one in left.expressions:
            if not isinstance(one, Token):
                yield from _names(one)
    elif hasattr(left, "identifier"):
        yield left.identifier.valueText
    elif hasattr(left, "left"):
        yield from _names(left.left)
    else:
        yield _UNKNOWN
