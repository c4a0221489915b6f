"""What the text of a golden design says about stimulus that would show its every behavior."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pyslang.parsing import Token, TokenKind
from pyslang.syntax import SyntaxKind, SyntaxNode, SyntaxTree

_BASES = {"b": 2, "o": 8, "d": 10, "h": 16}
_MOST_CODES = 32
_CODE_BITS = range(3, 17)
_WIDEST_COUNTER = 12
"""Bits up to which a counter that is compared with nothing is expected to be seen wrapping."""
_COMPARISONS = frozenset(
    {
        SyntaxKind.EqualityExpression,
        SyntaxKind.InequalityExpression,
        SyntaxKind.CaseEqualityExpression,
        SyntaxKind.CaseInequalityExpression,
        SyntaxKind.LessThanExpression,
        SyntaxKind.LessThanEqualExpression,
        SyntaxKind.GreaterThanExpression,
        SyntaxKind.GreaterThanEqualExpression,
    }
)
_STEPS = frozenset({SyntaxKind.AddExpression, SyntaxKind.SubtractExpression})
_ASSIGNMENTS = frozenset(
    {SyntaxKind.AssignmentExpression, SyntaxKind.NonblockingAssignmentExpression}
)
_STEPPING = frozenset(
    {
        SyntaxKind.AddAssignmentExpression,
        SyntaxKind.SubtractAssignmentExpression,
    }
)
_ONE_MORE = frozenset({SyntaxKind.PostincrementExpression, SyntaxKind.PostdecrementExpression})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """Values, bit patterns and lengths of time that a design seems to wait for."""

    constants: tuple[int, ...] = ()
    """Integer literals, in rising order."""
    codes: tuple[str, ...] = ()
    """Literals of 3 to 16 bits with a size, in binary."""
    ends: tuple[int, ...] = ()
    """How many values each counter seems to take, by what it is compared with."""
    wraps: tuple[int, ...] = ()
    """The same of narrow counters that are compared with nothing, by their width."""


NO_HINTS = Hints()


def hints_in(tree: SyntaxTree) -> Hints:
    """Read `tree`, a whole design."""
    sized, ends = _literals(tree), list(_ends(tree))
    codes = dict.fromkeys(
        format(value, f"0{width}b") for width, value in sized if width in _CODE_BITS
    )
    return Hints(
        constants=tuple(sorted({value for _, value in sized})),
        codes=tuple(codes)[:_MOST_CODES],
        ends=tuple(end for end, compared in ends if compared),
        wraps=tuple(end for end, compared in ends if not compared),
    )


def _literals(tree: SyntaxTree) -> list[tuple[int, int]]:
    """Return width, 0 where none is given, and value of every integer literal.

    Wildcard digits count as all 0 and as all 1.
    """
    found: list[tuple[int, int]] = []
    size = base = 0
    for token in _tokens(tree.root):
        if token.kind is TokenKind.IntegerBase:
            base = _BASES.get(token.rawText[-1].lower(), 0)
            continue
        if token.kind is TokenKind.IntegerLiteral:
            values = _values(token.rawText, base or 10)
            found += [(size if base else 0, value) for value in sorted(values)]
            size = 0 if base else min(values, default=0)
        base = 0
    return found


def _values(digits: str, base: int) -> set[int]:
    digits = digits.replace("_", "").lower()
    last = "0123456789abcdef"[base - 1]
    forms = {"".join(fill if c in "xz?" else c for c in digits) for fill in ("0", last)}
    return {int(form, base) for form in forms if _is_number(form, base)}


def _is_number(digits: str, base: int) -> bool:
    return 0 < len(digits) <= 1024 and all(c in "0123456789abcdef"[:base] for c in digits)


def _ends(tree: SyntaxTree) -> Iterator[tuple[int, bool]]:
    """Yield for every counter how many values it takes, and whether it is compared with one."""
    nodes = list(_nodes(tree.root))
    parameters = _parameters(nodes)
    counters = dict.fromkeys(_counters(nodes, parameters))
    compared: dict[str, int] = {}
    for node in nodes:
        if node.kind in _COMPARISONS | _ASSIGNMENTS:
            for side, other in ((node.left, node.right), (node.right, node.left)):
                value = _value(other, parameters) if _text(side) in counters else None
                if value is not None:
                    compared[_text(side)] = max(value, compared.get(_text(side), 0))
    widths = _widths(nodes, parameters)
    for name in counters:
        if name in compared:
            yield compared[name] + 1, True
        elif 0 < (width := widths.get(name) or _selected(name)) <= _WIDEST_COUNTER:
            yield 1 << width, False


def _counters(nodes: list[Any], parameters: Mapping[str, int]) -> Iterator[str]:
    """Yield what goes up or down by a constant, as it is written."""
    for node in nodes:
        if node.kind in _STEPPING:
            if _value(node.right, parameters) is not None:
                yield _text(node.left)
        elif node.kind in _ONE_MORE and node.parent.kind is not SyntaxKind.ForLoopStatement:
            yield _text(node.operand)
        elif node.kind in _ASSIGNMENTS and node.parent.kind is not SyntaxKind.ForLoopStatement:
            target = _text(node.left)
            steps = [n for n in _nodes(node.right) if n.kind in _STEPS and _text(n.left) == target]
            if any(_value(step.right, parameters) is not None for step in steps):
                yield target


def _parameters(nodes: list[Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for node in nodes:
        if node.kind is SyntaxKind.ParameterDeclaration:
            for declarator in node.declarators:
                if isinstance(declarator, SyntaxNode):
                    _note(declarator, found)
    return found


def _note(declarator: Any, found: dict[str, int]) -> None:  # noqa: ANN401
    given = declarator.initializer
    value = _value(given.expr, found) if given is not None else None
    if value is not None:
        found[declarator.name.valueText] = value


def _value(node: Any, parameters: Mapping[str, int]) -> int | None:  # noqa: ANN401
    """Return the value of a literal, a parameter, or one of those and a small step."""
    if node.kind is SyntaxKind.ParenthesizedExpression:
        return _value(node.expression, parameters)
    if node.kind is SyntaxKind.IntegerLiteralExpression:
        return min(_values(node.literal.rawText, 10), default=None)
    if node.kind is SyntaxKind.IntegerVectorExpression:
        base = _BASES.get(node.base.rawText[-1].lower(), 10)
        return max(_values(node.value.rawText, base), default=None)
    if node.kind is SyntaxKind.IdentifierName:
        return parameters.get(node.identifier.valueText)
    if node.kind in _STEPS:
        left, right = _value(node.left, parameters), _value(node.right, parameters)
        if left is None or right is None:
            return None
        return left + right if node.kind is SyntaxKind.AddExpression else max(left - right, 0)
    return None


def _widths(nodes: list[Any], parameters: Mapping[str, int]) -> dict[str, int]:
    """Return the width of what is declared with one range of known bounds, or none."""
    found: dict[str, int] = {}
    for node in nodes:
        if node.kind is SyntaxKind.Declarator and not node.dimensions:
            ranges = [n for n in _nodes(node.parent) if n.kind is SyntaxKind.SimpleRangeSelect]
            bounds = [_value(side, parameters) for r in ranges[:1] for side in (r.left, r.right)]
            if len(ranges) == 1 and None not in bounds:
                found[node.name.valueText] = abs((bounds[0] or 0) - (bounds[1] or 0)) + 1
    return found


def _selected(name: str) -> int:
    """Return the width of a select that is written with plain numbers, or 0."""
    _, _, inside = name.partition("[")
    bounds = inside.rstrip("]").split(":")
    if len(bounds) != 2 or not all(bound.isdecimal() and len(bound) < 5 for bound in bounds):
        return 0
    return abs(int(bounds[0]) - int(bounds[1])) + 1


def _text(node: SyntaxNode) -> str:
    return "".join(token.rawText for token in _tokens(node))


def _nodes(root: SyntaxNode) -> Iterator[Any]:
    """Yield every node in source order; `Any`, as each kind has attributes of its own."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack += [child for child in reversed(list(node)) if isinstance(child, SyntaxNode)]


def _tokens(root: SyntaxNode) -> Iterator[Token]:
    stack: list[Any] = [root]
    while stack:
        item = stack.pop()
        if isinstance(item, Token):
            yield item
        else:
            stack += reversed(list(item))
