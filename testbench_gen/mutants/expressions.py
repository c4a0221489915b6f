"""Mistakes in expressions: operators, operands, conditions, signs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyslang.syntax import SyntaxKind as K

from sim.slang import Syntax
from testbench_gen.mutants.module import Module, children
from testbench_gen.mutants.operator import (
    Operator,
    changed,
    changed_all,
    condition_of,
    grouped,
    negated,
    short,
    swapped,
)
from testbench_gen.mutants.source import Change

_Table = Mapping[K, tuple[str, ...]]
_ARITHMETIC: _Table = {
    K.AddExpression: ("-",),
    K.SubtractExpression: ("+",),
    K.MultiplyExpression: ("+",),
    K.DivideExpression: ("*",),
    K.ModExpression: ("/",),
    K.AddAssignmentExpression: ("-=",),
    K.SubtractAssignmentExpression: ("+=",),
    K.MultiplyAssignmentExpression: ("+=",),
    K.PostincrementExpression: ("--",),
    K.PostdecrementExpression: ("++",),
}
_BITWISE: _Table = {
    K.BinaryAndExpression: ("|", "^"),
    K.BinaryOrExpression: ("&", "^"),
    K.BinaryXorExpression: ("~^", "|"),
    K.BinaryXnorExpression: ("^",),
    K.AndAssignmentExpression: ("|=",),
    K.OrAssignmentExpression: ("&=",),
    K.XorAssignmentExpression: ("|=",),
}
_LOGICAL: _Table = {
    K.LogicalAndExpression: ("||",),
    K.LogicalOrExpression: ("&&",),
}
_RELATIONAL: _Table = {
    K.EqualityExpression: ("!=",),
    K.InequalityExpression: ("==",),
    K.CaseEqualityExpression: ("!==",),
    K.CaseInequalityExpression: ("===",),
    K.LessThanExpression: (">", ">="),
    K.LessThanEqualExpression: (">=", ">"),
    K.GreaterThanExpression: ("<", "<="),
    K.GreaterThanEqualExpression: ("<=", "<"),
}
_BOUND: _Table = {
    K.LessThanExpression: ("<=",),
    K.LessThanEqualExpression: ("<",),
    K.GreaterThanExpression: (">=",),
    K.GreaterThanEqualExpression: (">",),
}
_SHIFT: _Table = {
    K.LogicalShiftLeftExpression: (">>",),
    K.LogicalShiftRightExpression: ("<<",),
    K.ArithmeticShiftLeftExpression: (">>>",),
    K.ArithmeticShiftRightExpression: ("<<<",),
}
_REDUCTION: _Table = {
    K.UnaryBitwiseAndExpression: ("|", "^"),
    K.UnaryBitwiseOrExpression: ("&", "^"),
    K.UnaryBitwiseXorExpression: ("~^", "|"),
    K.UnaryBitwiseNandExpression: ("~|",),
    K.UnaryBitwiseNorExpression: ("~&",),
    K.UnaryBitwiseXnorExpression: ("^",),
}
_DROPPABLE = (
    K.AddExpression,
    K.SubtractExpression,
    K.BinaryAndExpression,
    K.BinaryOrExpression,
    K.BinaryXorExpression,
    K.LogicalAndExpression,
    K.LogicalOrExpression,
)
_ORDERED = (
    K.SubtractExpression,
    K.DivideExpression,
    K.ModExpression,
    K.LogicalShiftLeftExpression,
    K.LogicalShiftRightExpression,
    K.ArithmeticShiftRightExpression,
)
_INVERSIONS = (K.UnaryBitwiseNotExpression, K.UnaryLogicalNotExpression)
_UNARY = frozenset({*_INVERSIONS, *_REDUCTION, K.UnaryMinusExpression, K.UnaryPlusExpression})
_OPERANDS = frozenset({*_BITWISE, *_LOGICAL, K.ConditionalExpression})
_DECISIONS = (K.ConditionalStatement, K.ConditionalExpression)
_RIGHT_OF = frozenset({K.AssignmentExpression, K.NonblockingAssignmentExpression})


def _replacing(name: str, description: str, table: _Table) -> Operator:
    def changes(module: Module) -> Iterator[Change]:
        for site in module.of(*table):
            for text in table[site.node.kind]:
                yield from changed(module, site.node.operatorToken, text)

    return Operator(name=name, description=description, changes=changes)


def _inversions_dropped(module: Module) -> Iterator[Change]:
    for _, node, _, _ in module.of(*_INVERSIONS):
        said = f"`{node.operatorToken.rawText}` is dropped before `{_text(module, node.operand)}`"
        yield from changed(module, node.operatorToken, " ", said)


def _inversions_added(module: Module) -> Iterator[Change]:
    for _, node, region, target in module.of(K.IdentifierName, K.IdentifierSelectName):
        parent = node.parent
        operand = parent.kind in _OPERANDS or parent.kind in _RIGHT_OF
        if region is None or target or not operand:
            continue
        signal = module.signal(node)
        if signal is not None and signal.vector:
            yield from changed(module, node, f"(~{module.source.text(node)})")


def _negations(module: Module) -> Iterator[Change]:
    for _, node, _, _ in module.of(*_DECISIONS):
        if (condition := condition_of(node)) is not None:
            yield from negated(module, condition)


def _stuck_conditions(module: Module) -> Iterator[Change]:
    for _, node, _, _ in module.of(*_DECISIONS):
        if (condition := condition_of(node)) is not None:
            # A `?` right after a digit would be another digit.
            space = " " if node.kind is K.ConditionalExpression else ""
            for bit in "10":
                said = f"the condition `{_text(module, condition)}` is always {bit}"
                yield from changed(module, condition, f"1'b{bit}{space}", said)


def _ternaries(module: Module) -> Iterator[Change]:
    for _, node, _, _ in module.of(K.ConditionalExpression):
        left, right = grouped(module, node.left), grouped(module, node.right)
        if left and right:
            said = f"the branches of `{_text(module, node)}` are swapped"
            yield from changed_all(module, [(node.left, right), (node.right, left)], said)


def _operands_dropped(module: Module) -> Iterator[Change]:
    for _, node, _, _ in module.of(*_DROPPABLE):
        for kept, dropped in ((node.left, node.right), (node.right, node.left)):
            said = f"`{_text(module, dropped)}` is dropped from `{_text(module, node)}`"
            if text := module.source.text(kept):
                yield from changed(module, node, text, said)


def _operands_swapped(module: Module) -> Iterator[Change]:
    for _, node, _, _ in module.of(*_ORDERED):
        left, right = grouped(module, node.left), grouped(module, node.right)
        if left and right:
            said = f"the operands of `{_text(module, node)}` are swapped"
            yield from changed_all(module, [(node.left, right), (node.right, left)], said)


def _minus_dropped(module: Module) -> Iterator[Change]:
    for _, node, _, _ in module.of(K.UnaryMinusExpression):
        said = f"`-` is dropped before `{_text(module, node.operand)}`"
        yield from changed(module, node.operatorToken, " ", said)


def _arithmetic(module: Module) -> Iterator[Change]:
    yield from _replacing("", "", _ARITHMETIC).changes(module)
    yield from _minus_dropped(module)


def _signs(module: Module) -> Iterator[Change]:
    for _, node, _, _ in module.of(K.InvocationExpression):
        name = module.source.text(node.left)
        if other := {"$signed": "$unsigned", "$unsigned": "$signed"}.get(name):
            yield from changed(module, node.left, other)
    for _, node, _, _ in module.of(K.SignedCastExpression):
        name = node.signing.rawText
        yield from changed(module, node.signing, "unsigned" if name == "signed" else "signed")
    for _, node, _, _ in module.of(K.ArithmeticShiftRightExpression):
        yield from changed(module, node.operatorToken, ">>")
    yield from _signs_added(module)


def _signs_added(module: Module) -> Iterator[Change]:
    for _, node, _, _ in module.of(*_BOUND, K.MultiplyExpression, K.DivideExpression):
        sides = [module.signal(side) for side in (node.left, node.right)]
        if all(s is not None and s.vector and not s.scalar and not s.signed for s in sides):
            edits = [(s, f"$signed({module.source.text(s)})") for s in (node.left, node.right)]
            said = f"the operands of `{_text(module, node)}` become signed"
            yield from changed_all(module, edits, said)
    for _, node, _, _ in module.of(K.LogicalShiftRightExpression):
        edits = [
            (node.left, f"$signed({module.source.text(node.left)})"),
            (node.operatorToken, ">>>"),
        ]
        said = f"`{_text(module, node)}` becomes an arithmetic shift"
        yield from changed_all(module, edits, said)


def _concatenations(module: Module) -> Iterator[Change]:
    for _, node, _, _ in module.of(K.ConcatenationExpression):
        parts = children(node.expressions)
        if len(parts) > 1:
            yield from swapped(module, parts[0], parts[1])
        if len(parts) > 2:
            yield from _reversed(module, node)


def _reversed(module: Module, node: Syntax) -> Iterator[Change]:
    texts = [module.source.text(part) for part in children(node.expressions)]
    if all(texts):
        said = f"the order of `{_text(module, node)}` is reversed"
        yield from changed(module, node, "{" + ", ".join(reversed(texts)) + "}", said)


def _replications(module: Module) -> Iterator[Change]:
    for _, node, _, _ in module.of(K.MultipleConcatenationExpression):
        parts = children(node.concatenation.expressions)
        signals = [module.signal(part) for part in parts]
        if len(parts) == 1 and signals[0] is not None:
            said = f"`{_text(module, node)}` repeats 0 instead of `{_text(module, parts[0])}`"
            text = module.source.text(parts[0])
            yield from changed(module, parts[0], f"({text} ^ {text})", said)


def _text(module: Module, node: Syntax) -> str:
    return short(module.source.text(node))


OPERATORS = (
    Operator(
        name="arithmetic operator",
        description="`+` for `-`, `*` for `/`, a minus sign dropped",
        changes=_arithmetic,
    ),
    _replacing("bitwise operator", "`&`, `|`, `^` and `~^` for each other", _BITWISE),
    _replacing("logical operator", "`&&` for `||` and the reverse", _LOGICAL),
    _replacing("relational operator", "`==` for `!=`, `<` for `>`, `<=` for `>`", _RELATIONAL),
    _replacing("bound", "`<` for `<=`, `>` for `>=` and the reverse: one off", _BOUND),
    _replacing("shift operator", "a shift in the other direction", _SHIFT),
    _replacing("reduction operator", "`&x`, `|x` and `^x` for each other", _REDUCTION),
    Operator(
        name="inversion dropped", description="a `~` or `!` is lost", changes=_inversions_dropped
    ),
    Operator(
        name="inversion added",
        description="a signal is read with the wrong polarity",
        changes=_inversions_added,
    ),
    Operator(
        name="condition negated",
        description="the condition of an `if` or `?:` is the wrong way round",
        changes=_negations,
    ),
    Operator(
        name="condition stuck",
        description="the condition of an `if` or `?:` always holds, or never",
        changes=_stuck_conditions,
    ),
    Operator(
        name="ternary swapped", description="the branches of a `?:` swapped", changes=_ternaries
    ),
    Operator(
        name="operand dropped",
        description="one side of an operator is missing, such as a carry",
        changes=_operands_dropped,
    ),
    Operator(
        name="operands swapped",
        description="the sides of `-`, `/`, `%` or a shift swapped",
        changes=_operands_swapped,
    ),
    Operator(
        name="sign",
        description="`$signed` for `$unsigned`, a sign added, `>>` for `>>>`",
        changes=_signs,
    ),
    Operator(
        name="concatenation order",
        description="the parts of a concatenation in another order",
        changes=_concatenations,
    ),
    Operator(
        name="replication",
        description="a replicated bit is 0, such as a sign",
        changes=_replications,
    ),
)
