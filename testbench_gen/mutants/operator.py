"""What an operator is, and how it makes changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pyslang.parsing import Token
from pyslang.syntax import SyntaxKind as K

from sim.slang import Syntax
from testbench_gen.mutants.module import Module
from testbench_gen.mutants.source import Change, Edit, Span

Part = Syntax | Token | Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """A kind of mistake, and how it is made in a module."""

    name: str
    description: str
    """One line for people."""
    changes: Callable[[Module], Iterator[Change]]
    """Yield every way to make the mistake in a module, in the order of its text."""

    def __str__(self) -> str:
        return self.description


def changed(module: Module, part: Part, text: str, summary: str = "") -> Iterator[Change]:
    """Yield the change that puts `text` in the place of `part`, if it can be made."""
    yield from changed_all(module, [(part, text)], summary)


def changed_all(
    module: Module, edits: Sequence[tuple[Part, str]], summary: str = ""
) -> Iterator[Change]:
    """Yield the change that replaces several parts at once, if it can be made."""
    source = module.source
    found: list[Edit] = []
    for part, text in edits:
        span = part if isinstance(part, Span) else source.span(part)
        if span is None or source.holds_directive(span):
            return
        found.append(Edit(span=span, text=text))
    if len({edit.span.file for edit in found}) != 1:
        return
    first = found[0]
    said = summary or f"`{short(source.text(first.span))}` becomes `{short(first.text)}`"
    at = min((edit.span for edit in found), key=lambda span: span.start)
    yield Change(edits=tuple(found), summary=said, at=at)


def swapped(module: Module, one: Syntax, other: Syntax, summary: str = "") -> Iterator[Change]:
    """Yield the change in which two parts have taken each other's place."""
    texts = module.source.text(one), module.source.text(other)
    if all(texts):
        said = summary or f"`{short(texts[0])}` and `{short(texts[1])}` are swapped"
        yield from changed_all(module, [(one, texts[1]), (other, texts[0])], said)


def with_part(module: Module, whole: Syntax, part: Syntax, text: str) -> str:
    """Return the text of `whole` with `text` in the place of `part`."""
    around, inner = module.source.span(whole), module.source.span(part)
    if around is None or inner is None:
        return text
    before = Span(file=around.file, start=around.start, end=inner.start)
    behind = Span(file=around.file, start=inner.end, end=around.end)
    return module.source.text(before) + text + module.source.text(behind)


def short(text: str) -> str:
    """Return `text` in one line that is not too long to read."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."


def after(span: Span) -> Span:
    """Return the place after `span`."""
    return Span(file=span.file, start=span.end, end=span.end)


def grouped(module: Module, node: Syntax) -> str:
    """Return an expression as it can stand as an operand."""
    text = module.source.text(node)
    plain = node.kind in _PRIMARIES or not text
    return text if plain else f"({text})"


def as_block(module: Module, statement: Syntax) -> str:
    """Return a statement as it can stand before an `else`."""
    text = module.source.text(statement)
    closed = statement.kind is K.SequentialBlockStatement or not text
    return text if closed else f"begin {text} end"


def condition_of(node: Syntax) -> Syntax | None:
    """Return the expression that an `if` or `?:` decides by; None where there are several."""
    conditions = [c for c in node.predicate.conditions if not isinstance(c, Token)]
    if len(conditions) != 1 or conditions[0].matchesClause is not None:
        return None
    return conditions[0].expr


def bare(node: Syntax) -> Syntax:
    """Return an expression without the parentheses around it."""
    while node.kind is K.ParenthesizedExpression:
        node = node.expression
    return node


_OPPOSITES = {
    K.EqualityExpression: "!=",
    K.InequalityExpression: "==",
    K.CaseEqualityExpression: "!==",
    K.CaseInequalityExpression: "===",
    K.LessThanExpression: ">=",
    K.LessThanEqualExpression: ">",
    K.GreaterThanExpression: "<=",
    K.GreaterThanEqualExpression: "<",
}
_PRIMARIES = frozenset(
    {
        K.ConcatenationExpression,
        K.IdentifierName,
        K.IdentifierSelectName,
        K.IntegerLiteralExpression,
        K.IntegerVectorExpression,
        K.InvocationExpression,
        K.MultipleConcatenationExpression,
        K.ParenthesizedExpression,
        K.ScopedName,
    }
)


def negated(module: Module, condition: Syntax, summary: str = "") -> Iterator[Change]:
    """Yield the change in which a condition holds exactly where it did not."""
    plain = bare(condition)
    said = summary or f"the condition `{short(module.source.text(condition))}` is negated"
    if plain.kind in _OPPOSITES:
        yield from changed(module, plain.operatorToken, _OPPOSITES[plain.kind], summary)
    elif _inversion(module, plain):
        operand = module.source.text(plain.operand)
        yield from changed(module, condition, operand, said)
    else:
        yield from changed(module, condition, f"!{grouped(module, condition)}", said)


def _inversion(module: Module, node: Syntax) -> bool:
    if node.kind is K.UnaryLogicalNotExpression:
        return True
    if node.kind is not K.UnaryBitwiseNotExpression:
        return False
    signal = module.signal(node.operand)
    return signal is not None and signal.scalar
