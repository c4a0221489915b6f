"""Mistakes in statements: what is missing, and what stands in the wrong order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from pyslang.syntax import SyntaxKind as K

from sim.slang import Syntax
from testbench_gen.mutants.blocks import assignments_in, blocks_of
from testbench_gen.mutants.module import ASSIGNMENTS, Module, Realm, children
from testbench_gen.mutants.operator import (
    Operator,
    as_block,
    bare,
    changed,
    changed_all,
    condition_of,
    short,
    swapped,
)
from testbench_gen.mutants.source import Change

_LITERALS = frozenset({K.IntegerVectorExpression, K.IntegerLiteralExpression})


def _missing_assignments(module: Module) -> Iterator[Change]:
    by_reset = {
        statement.sourceRange.start.offset
        for block in blocks_of(module, Realm.CLOCKED)
        if block.reset is not None
        for statement in assignments_in(block.reset.statement)
    }
    for _, node, region, _ in module.of(K.ExpressionStatement):
        assigns = node.expr.kind in ASSIGNMENTS or (
            node.expr.kind is K.NonblockingAssignmentExpression
        )
        if assigns and region is not None and node.sourceRange.start.offset not in by_reset:
            said = f"`{short(module.source.text(node.expr))}` is missing"
            yield from changed(module, node, _nothing(node.parent), said)


def _nothing(parent: Syntax) -> str:
    """Return what stands for a missing statement: Icarus wants one after `initial`."""
    if parent.kind is K.SequentialBlockStatement:
        return ""
    return "begin end" if parent.kind is K.InitialBlock else ";"


def _missing_else(module: Module) -> Iterator[Change]:
    for _, node, _, _ in module.of(K.ConditionalStatement):
        if node.elseClause is not None:
            said = f"the `else` of `if ({_condition(module, node)})` is missing"
            yield from changed(module, node.elseClause, "", said)


def _condition(module: Module, node: Syntax) -> str:
    return short(module.source.text(node.predicate))


def _missing_default(module: Module) -> Iterator[Change]:
    for _, node, _, _ in module.of(K.CaseStatement):
        items = children(node.items)
        for item in items:
            if item.kind is K.DefaultCaseItem and len(items) > 1:
                said = f"the default of `case ({short(module.source.text(node.expr))})` is missing"
                yield from changed(module, item, "", said)


def _missing_items(module: Module) -> Iterator[Change]:
    for _, node, _, _ in module.of(K.CaseStatement):
        items = children(node.items)
        for item in items:
            if item.kind is K.StandardCaseItem and len(items) > 1:
                labels = ", ".join(module.source.text(e) for e in children(item.expressions))
                said = f"the case item `{short(labels)}` is missing"
                yield from changed(module, item, "", said)


def _branches(module: Module) -> Iterator[Change]:
    for _, node, _, _ in module.of(K.ConditionalStatement):
        if node.elseClause is None:
            continue
        then, other = node.statement, node.elseClause.clause
        texts = as_block(module, then), as_block(module, other)
        if all(texts):
            said = f"the branches of `if ({_condition(module, node)})` are swapped"
            apart = "" if module.source.text(other)[:1].isalpha() else " "
            edits = [(then, texts[1]), (other, apart + texts[0])]
            yield from changed_all(module, edits, said)


def _priorities(module: Module) -> Iterator[Change]:
    for _, node, _, _ in module.of(K.ConditionalStatement):
        if node.elseClause is not None and node.elseClause.clause.kind is K.ConditionalStatement:
            yield from _later_first(module, node, node.elseClause.clause)
    for _, node, _, _ in module.of(K.CaseStatement):
        yield from _later_item_first(module, node)


def _later_first(module: Module, first: Syntax, second: Syntax) -> Iterator[Change]:
    conditions = [condition_of(first), condition_of(second)]
    if conditions[0] is None or conditions[1] is None:
        return
    texts = [module.source.text(condition) for condition in conditions]
    bodies = [as_block(module, first.statement), as_block(module, second.statement)]
    said = f"`{short(texts[1])}` is looked at before `{short(texts[0])}`"
    if all(texts) and all(bodies):
        edits = [
            (conditions[0], texts[1]),
            (first.statement, bodies[1]),
            (conditions[1], texts[0]),
            (second.statement, bodies[0]),
        ]
        yield from changed_all(module, edits, said)


def _later_item_first(module: Module, node: Syntax) -> Iterator[Change]:
    """Yield changes of a case whose items can hold at the same time."""
    if node.caseKeyword.rawText == "case" and bare(node.expr).kind not in _LITERALS:
        return
    items = [item for item in children(node.items) if item.kind is K.StandardCaseItem]
    for first, second in pairwise(items):
        labels = [short(module.source.text(i.expressions[0])) for i in (first, second)]
        said = f"the case item `{labels[1]}` comes before `{labels[0]}`"
        yield from swapped(module, first, second, said)


OPERATORS = (
    Operator(
        name="assignment missing",
        description="a statement that assigns is lost",
        changes=_missing_assignments,
    ),
    Operator(
        name="else missing",
        description="an `else` is lost: a latch, or a register that holds",
        changes=_missing_else,
    ),
    Operator(
        name="default missing",
        description="the default of a `case` is lost",
        changes=_missing_default,
    ),
    Operator(
        name="case item missing",
        description="an item of a `case` is lost",
        changes=_missing_items,
    ),
    Operator(
        name="branches swapped",
        description="the branches of an `if` swapped",
        changes=_branches,
    ),
    Operator(
        name="priority",
        description="conditions that can hold together are looked at in another order",
        changes=_priorities,
    ),
)
