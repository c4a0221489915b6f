"""Small questions about pyslang's trees of expressions and statements."""

from __future__ import annotations

import re
from collections import Counter

import pyslang
from pyslang.ast import EdgeKind, ExpressionKind, StatementKind, SymbolKind, TimingControlKind

from sim.slang import Ast

_ATOM = re.compile(r"\w+(?:\[\w+\])?\Z|\d*'s?[bdoh]\w+\Z", re.ASCII)
_EDGES = (EdgeKind.PosEdge, EdgeKind.NegEdge, EdgeKind.BothEdges)


def is_clocked(timing: Ast) -> bool:
    """Whether edges start a block with this event control."""
    events = timing.events if timing.kind is TimingControlKind.EventList else [timing]
    return any(
        event.kind is TimingControlKind.SignalEvent and event.edge in _EDGES for event in events
    )


def targets_of(statement: Ast) -> dict[str, Ast]:
    """Return the whole variables that `statement` assigns, by path."""
    found: dict[str, Ast] = {}

    def look(node: Ast) -> None:
        if getattr(node, "kind", None) is ExpressionKind.Assignment:
            left = bare(node.left)
            if left.kind is ExpressionKind.NamedValue:
                found[left.symbol.hierarchicalPath] = left.symbol

    statement.visit(look)
    return found


def first_of(statement: Ast) -> Ast | None:
    """Return the first statement in nested blocks."""
    while statement.kind in (StatementKind.Block, StatementKind.List):
        if statement.kind is StatementKind.Block:
            statement = statement.body
        elif not list(statement.list):
            return None
        else:
            statement = list(statement.list)[0]  # noqa: RUF015 - no iterator
    return statement


def path_of(expression: Ast) -> str:
    """Return the path of the variable that `expression` is; empty if it is none."""
    if not isinstance(getattr(expression, "kind", None), ExpressionKind):
        return ""
    found = bare(expression)
    is_name = found.kind is ExpressionKind.NamedValue
    if not is_name or found.symbol.kind not in (SymbolKind.Variable, SymbolKind.Net):
        return ""
    return str(found.symbol.hierarchicalPath)


def mentioned_in(node: Ast) -> set[str]:
    """Return the paths of what `node` reads or assigns."""
    found: set[str] = set()
    node.visit(lambda inner: found.add(path_of(inner)))
    return found


def read_in(node: Ast) -> set[str]:
    """Return the paths of what `node` reads."""
    mentioned: Counter[str] = Counter()
    assigned: Counter[str] = Counter()

    def look(inner: Ast) -> None:
        mentioned[path_of(inner)] += getattr(inner, "kind", None) is ExpressionKind.NamedValue
        if getattr(inner, "kind", None) is ExpressionKind.Assignment:
            assigned[path_of(inner.left)] += 1

    node.visit(look)
    return {path for path in mentioned if path and mentioned[path] > assigned[path]}


def grouped(text: str) -> str:
    """Return `text` in parentheses, unless it is a single name or number."""
    return text if _ATOM.match(text) or _is_enclosed(text) else f"({text})"


def _is_enclosed(text: str) -> bool:
    """Whether the first parenthesis of `text` is closed by its last."""
    if not text.startswith("(") or '"' in text or "\\" in text:
        return False
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place == len(text) - 1
    return False


def bare(expression: Ast) -> Ast:
    """Return `expression` without the conversions around it."""
    while expression.kind is ExpressionKind.Conversion:
        expression = expression.operand
    return expression


def text_of(expression: Ast) -> str:
    """Return `expression` as it is written, on one line; empty if it is not written."""
    syntax = expression.syntax or bare(expression).syntax
    text = " ".join(str(syntax).split()) if syntax is not None else ""
    # A blank ends an escaped name.
    return f"{text} " if "\\" in text else text


def value_of(expression: Ast) -> int | None:
    """Return the value of a literal, parameter or enumeration value without X and Z."""
    value = _integer(expression)
    return None if value is None or value.hasUnknown else int(value)


def is_unknown(expression: Ast) -> bool:
    """Whether it is a constant with X or Z in it, assigned where nothing matters."""
    value = _integer(expression)
    return value is not None and value.hasUnknown


def _integer(expression: Ast) -> pyslang.SVInt | None:
    found = bare(expression)
    value = None
    if found.kind is ExpressionKind.NamedValue:
        if found.symbol.kind in (SymbolKind.Parameter, SymbolKind.EnumValue):
            value = found.symbol.value.value
    elif found.kind in (
        ExpressionKind.IntegerLiteral,
        ExpressionKind.UnbasedUnsizedIntegerLiteral,
    ):
        value = found.value
    return value if isinstance(value, pyslang.SVInt) else None
