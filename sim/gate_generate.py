"""Generate branches that no instance has: they are not given to a simulator.

Simulators differ from slang, and from each other, in constant arithmetic:
`2147483648 > 0` is false by the standard and true for Icarus. A branch that
slang leaves out is examined by nobody, so nobody may simulate it either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyslang.ast import SymbolKind, VisitAction
from pyslang.parsing import Token
from pyslang.syntax import SyntaxKind

from sim.canonical import Span, span_of
from sim.slang import Ast, Parsed, Syntax

_CONDITIONAL = (SyntaxKind.IfGenerate, SyntaxKind.CaseGenerate)
_ITEMS = (SyntaxKind.StandardCaseItem, SyntaxKind.DefaultCaseItem)


def vacant_branches(parsed: Parsed, instances: Iterable[Ast]) -> frozenset[Span]:
    """Return the generate branches of `parsed` that none of `instances` takes."""
    taken: set[Span] = set()
    for instance in instances:
        _collect(instance.body, taken)
    return frozenset(_spans(parsed.root)) - taken


def _collect(scope: Ast, taken: set[Span]) -> None:
    for member in scope:
        if member.kind is SymbolKind.GenerateBlock:
            _take(member, taken)
        elif member.kind is SymbolKind.GenerateBlockArray:
            for entry in member.entries:
                _take(entry, taken)


def _take(block: Ast, taken: set[Span]) -> None:
    if not block.isUninstantiated and block.syntax is not None:
        taken.add(span_of(block.syntax))
        _collect(block, taken)


def _spans(root: Syntax) -> list[Span]:
    """Return where the branches stand; one that is itself a condition is no branch."""
    found: list[Span] = []

    def look(node: Syntax) -> VisitAction:
        if not isinstance(node, Token):
            found.extend(span_of(b) for b in _branches(node) if b.kind not in _CONDITIONAL)
        return VisitAction.Advance

    root.visit(look)
    return found


def _branches(node: Syntax) -> Iterator[Syntax]:
    if node.kind is SyntaxKind.LoopGenerate:
        yield node.block
    elif node.kind is SyntaxKind.IfGenerate:
        yield node.block
        if node.elseClause is not None:
            yield node.elseClause.clause
    elif node.kind is SyntaxKind.CaseGenerate:
        yield from (item.clause for item in node.items if item.kind in _ITEMS)
