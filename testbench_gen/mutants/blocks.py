"""Procedural blocks: what wakes them, and which part of them is a reset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pyslang.parsing import Token
from pyslang.syntax import SyntaxKind as K

from sim.slang import Syntax
from testbench_gen.mutants.module import ASSIGNMENTS, Module, Realm, Region, edges_of
from testbench_gen.mutants.operator import bare, condition_of

_NOTS = frozenset({K.UnaryLogicalNotExpression, K.UnaryBitwiseNotExpression})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """An `always` block."""

    node: Syntax
    region: Region
    control: Syntax | None
    """What it waits for; None with `always_comb` and `always_latch`."""
    edges: list[Syntax] = field(default_factory=list)
    """The signals in its event list."""
    statement: Syntax
    conditionals: list[Syntax] = field(default_factory=list)
    """Every `if` in it, in the order of the text."""
    reset: Syntax | None = None
    """Its leading `if`, where one signal decides it and only constants are assigned in it."""
    reset_edge: Syntax | None = None
    """The event of an asynchronous reset, one of `edges`."""

    def reset_level(self, module: Module) -> tuple[str, bool]:
        """Return the signal that resets, and its active level; an empty name if it is no name."""
        condition = None if self.reset is None else condition_of(self.reset)
        return ("", True) if condition is None else _level(module, condition)


def blocks_of(module: Module, realm: Realm) -> list[Block]:
    """Return the `always` blocks of one kind that are to be changed, in the order of the text."""
    found: list[Block] | None = module.kept.get(realm)
    if found is None:
        found = [_block(module, region) for region in module.some_regions(realm)]
        module.kept[realm] = found
    return found


def _block(module: Module, region: Region) -> Block:
    statement = region.node.statement
    timed = statement.kind is K.TimingControlStatement
    edges = edges_of(statement) if timed else []
    control = statement.timingControl if timed else None
    inner = statement.statement if timed else statement
    conditionals = _conditionals(inner)
    reset = _leading_reset(module, inner)
    return Block(
        node=region.node,
        region=region,
        control=control,
        edges=edges,
        statement=inner,
        conditionals=[reset if reset is not None and _same(c, reset) else c for c in conditionals],
        reset=reset,
        reset_edge=_reset_edge(module, edges, reset),
    )


def _same(one: Syntax, other: Syntax) -> bool:
    return bool(one.sourceRange.start == other.sourceRange.start and one.kind == other.kind)


def _conditionals(statement: Syntax) -> list[Syntax]:
    found: list[Syntax] = []

    def look(node: Syntax | Token) -> None:
        if not isinstance(node, Token) and node.kind is K.ConditionalStatement:
            found.append(node)

    statement.visit(look)
    return found


def _leading_reset(module: Module, statement: Syntax) -> Syntax | None:
    node = statement
    while node.kind is K.SequentialBlockStatement:
        items = [item for item in node.items if not isinstance(item, Token)]
        if not items:
            return None
        node = items[0]
    if node.kind is not K.ConditionalStatement or (condition := condition_of(node)) is None:
        return None
    name, _ = _level(module, condition)
    assigned = list(assignments_in(node.statement))
    constant = assigned and all(_constant(module, s.expr.right) for s in assigned)
    return node if name and constant else None


def _level(module: Module, condition: Syntax) -> tuple[str, bool]:
    """Return the one-bit signal that decides a condition, and at which level it holds."""
    node, level = bare(condition), True
    if node.kind in _NOTS:
        node, level = bare(node.operand), False
    elif node.kind is K.EqualityExpression:
        level = module.source.text(node.right).replace(" ", "")[-1:] == "1"
        node = bare(node.left)
    signal = module.signal(node) if node.kind is K.IdentifierName else None
    return (signal.name, level) if signal is not None and signal.scalar else ("", level)


def _constant(module: Module, node: Syntax) -> bool:
    """Whether an expression names no signal."""
    names: set[str] = set()

    def look(part: Syntax | Token) -> None:
        if not isinstance(part, Token) and part.kind in (K.IdentifierName, K.IdentifierSelectName):
            names.add(part.identifier.valueText)

    node.visit(look)
    return not any(name in module.signals for name in names)


def _reset_edge(module: Module, edges: list[Syntax], reset: Syntax | None) -> Syntax | None:
    condition = None if reset is None else condition_of(reset)
    if condition is None or len(edges) < 2:
        return None
    name, _ = _level(module, condition)
    return next((e for e in edges if module.source.text(e.expr) == name), None)


def assignments_in(statement: Syntax) -> Iterator[Syntax]:
    """Yield the statements under `statement` that assign, in the order of the text."""
    found: list[Syntax] = []

    def look(node: Syntax | Token) -> None:
        if isinstance(node, Token) or node.kind is not K.ExpressionStatement:
            return
        if node.expr.kind in ASSIGNMENTS or node.expr.kind is K.NonblockingAssignmentExpression:
            found.append(node)

    statement.visit(look)
    yield from found
