"""Decisions of muxes as `if` and `case` statements."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from symbolic.dataflow.expression import Expressions, Words, sides
from symbolic.dataflow.nodes import Node, Op
from symbolic.dataflow.printer import Tree, expression
from symbolic.dataflow.syntax import ast

CASE_ARMS = 3
"""Comparisons of one value with constants from which on they are a `case`."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a memory, or some of its bits."""

    memory: str
    address: Node
    bits: str = ""
    """Part select, such as `[7:0]`."""


@dataclass(frozen=True, slots=True)
class Set:
    """An assignment."""

    target: str | Word
    value: Node


@dataclass(frozen=True, slots=True)
class If:
    """A decision on one bit."""

    condition: Node
    then: Block
    otherwise: Block


@dataclass(frozen=True, slots=True)
class Case:
    """A decision on a value; each arm has the constants for which it is taken."""

    selector: Node
    arms: tuple[tuple[tuple[str, ...], Block], ...]
    default: Block


Statement: TypeAlias = Set | If | Case
Block: TypeAlias = tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """What a process assigns."""

    name: str
    value: Node
    hold: Node | None = None
    """What it is if nothing is assigned; None: it has to be assigned always."""


class Decisions:
    """Makes statements of targets.

    `expandable` tells of a mux whether its two sides may become statements; those of
    several uses have names of their own. The values of `spoken` nodes have names.
    """

    def __init__(self, expandable: Callable[[Node], bool], spoken: Container[Node] = ()) -> None:
        self._expandable, self._spoken = expandable, spoken
        self._opened: frozenset[Node] = frozenset()

    def opened(self, targets: Sequence[Target]) -> Block:
        """Return statements that assign targets their values, although others use these too."""
        self._opened = frozenset(target.value for target in targets)
        try:
            return self.block(targets)
        finally:
            self._opened = frozenset()

    def block(self, targets: Sequence[Target]) -> Block:
        """Return statements that assign each target its value."""
        waiting = [target for target in targets if target.value is not target.hold]
        found: list[Statement] = []
        while waiting:
            first = waiting[0]
            if not self._is_decision(first.value):
                found.append(Set(first.name, first.value))
                waiting = waiting[1:]
                continue
            statement, waiting = self._decided(first, waiting)
            found.append(statement)
        return tuple(found)

    def arms(self, node: Node) -> int:
        """Return how many constants a value is chosen by, beginning at its top."""
        self._opened = frozenset([node])
        selector = self._selector(node)
        found = set() if selector is None else set(self._labels_along(node, selector))
        self._opened = frozenset()
        return len(found)

    def _decided(self, first: Target, waiting: Sequence[Target]) -> tuple[Statement, list[Target]]:
        """Return a statement for the first target and all that are decided alike, and the rest."""
        selector = self._selector(first.value)
        if selector is not None:
            alike = [t for t in waiting if self._selector(t.value) is selector]
            labels = {k: None for t in alike for k in self._labels_along(t.value, selector)}
            if len(labels) >= (2 if selector in self._spoken else CASE_ARMS):
                rest = [t for t in waiting if t not in alike]
                return self._case(selector, list(labels), alike), rest
        condition, _, _ = sides(first.value)
        alike = [t for t in waiting if self._is_decision_on(t.value, condition)]
        if self._is_small(first, alike):
            return Set(first.name, first.value), [t for t in waiting if t is not first]
        rest = [t for t in waiting if t not in alike]
        return self._if(condition, alike), rest

    def _is_small(self, first: Target, alike: Sequence[Target]) -> bool:
        """Whether a target is better chosen by `?:`."""
        if len(alike) > 1:
            return False
        both = sides(first.value)[1:]
        if first.hold is not None and any(side.op is Op.CONST for side in both):
            return False
        return first.hold not in both and not any(map(self._is_decision, both))

    def _if(self, condition: Node, targets: Sequence[Target]) -> If:
        then, otherwise = [], []
        for target in targets:
            _, true, false = sides(target.value)
            then.append(Target(target.name, true, target.hold))
            otherwise.append(Target(target.name, false, target.hold))
        return If(condition, self.block(then), self.block(otherwise))

    def _case(self, selector: Node, labels: Sequence[str], targets: Sequence[Target]) -> Case:
        arms: dict[Block, list[str]] = {}
        for label in labels:
            chosen = [
                Target(t.name, self._chosen(t.value, selector, label), t.hold) for t in targets
            ]
            arms.setdefault(self.block(chosen), []).append(label)
        rest = [Target(t.name, self._chosen(t.value, selector, ""), t.hold) for t in targets]
        default = self.block(rest)
        kept = tuple((tuple(of), block) for block, of in arms.items() if block != default)
        return Case(selector, kept, default)

    def _chosen(self, node: Node, selector: Node, label: str) -> Node:
        """Return what a chain of muxes gives where the selector is a constant, or none of them."""
        while self._is_decision(node):
            condition, true, false = sides(node)
            found = labels_of(condition, selector)
            if found is None:
                return node
            node = true if label in found else false
        return node

    def _labels_along(self, node: Node, selector: Node) -> Iterator[str]:
        while self._is_decision(node):
            condition, _, false = sides(node)
            found = labels_of(condition, selector)
            if found is None:
                return
            yield from found
            node = false

    def _selector(self, node: Node) -> Node | None:
        return selector_of(sides(node)[0]) if self._is_decision(node) else None

    def _is_decision(self, node: Node) -> bool:
        return node.op is Op.MUX and (node in self._opened or self._expandable(node))

    def _is_decision_on(self, node: Node, condition: Node) -> bool:
        return self._is_decision(node) and sides(node)[0] is condition


def selector_of(condition: Node) -> Node | None:
    """Return what a condition compares with constants; None if it is no such comparison."""
    first = next(_comparisons(condition), None)
    if first is None or first.op is not Op.EQ:
        return None
    selector = first.operands[0]
    is_plain = selector.width > 1 and selector.op is not Op.CONST
    return selector if is_plain and labels_of(condition, selector) is not None else None


def labels_of(condition: Node, selector: Node) -> list[str] | None:
    """Return the constants for which `condition` holds; None if it asks for anything else."""
    found = []
    for part in _comparisons(condition):
        if part.op is not Op.EQ or part.operands[0] is not selector:
            return None
        if part.operands[1].value is None:
            return None
        found.append(str(part.operands[1].payload))
    return found


def _comparisons(condition: Node) -> Iterator[Node]:
    waiting = [condition]
    while waiting:
        node = waiting.pop()
        if node.op is Op.OR:
            waiting += reversed(node.operands)
        elif node.op is Op.REDUCE_OR and node.operands[0].op is Op.CONCAT:
            waiting += node.operands[0].operands
        else:
            yield node


def sets_in(block: Block) -> Iterator[Set]:
    """Yield the assignments in statements."""
    for statement in block:
        if isinstance(statement, Set):
            yield statement
        elif isinstance(statement, If):
            yield from sets_in((*statement.then, *statement.otherwise))
        else:
            yield from sets_in(tuple(s for _, arm in statement.arms for s in arm))
            yield from sets_in(statement.default)


def nodes_in(block: Block) -> Iterator[Node]:
    """Yield the expressions that statements evaluate, each as often as it is written."""
    for statement in block:
        if isinstance(statement, Set):
            if isinstance(statement.target, Word):
                yield statement.target.address
            yield statement.value
        elif isinstance(statement, If):
            yield statement.condition
            yield from nodes_in(statement.then)
            yield from nodes_in(statement.otherwise)
        else:
            yield statement.selector
            for _, arm in statement.arms:
                yield from nodes_in(arm)
            yield from nodes_in(statement.default)


class Writer:
    """Statements as Pyverilog's syntax trees.

    `types` has what values of targets are called, `defined` what is not called by the
    name of its target, since it is written here.
    """

    def __init__(
        self,
        expressions: Expressions,
        *,
        blocking: bool,
        types: Mapping[str, Words] | None = None,
        defined: Mapping[str, Node] | None = None,
    ) -> None:
        self._expressions, self._types = expressions, types or {}
        self._defined = defined or {}
        self._assignment = ast.BlockingSubstitution if blocking else ast.NonblockingSubstitution
        self._blocking = blocking

    def trees(self, block: Block) -> list[Tree]:
        return [self._tree(statement) for statement in block]

    def joined(self, block: Block) -> Tree:
        """Return one statement."""
        trees = self.trees(block)
        return trees[0] if len(trees) == 1 else ast.Block(trees)

    def assigned(self, target: str | Word, value: Tree) -> Tree:
        """Return an assignment."""
        tree = ast.Identifier(target if isinstance(target, str) else target.memory)
        if isinstance(target, Word):
            tree = ast.Pointer(tree, self._expressions.index(target.address))
            tree = ast.Identifier(f"{expression(tree)}{target.bits}")
        return self._assignment(ast.Lvalue(tree), ast.Rvalue(value))

    def _tree(self, statement: Statement) -> Tree:
        if isinstance(statement, Set):
            target = statement.target
            words = self._types.get(target) if isinstance(target, str) else None
            anew = self._defined.get(str(target)) is statement.value
            value = self._expressions.assigned(statement.value, anew=anew, words=words)
            return self.assigned(target, value)
        if isinstance(statement, If):
            return self._if(statement)
        arms = [
            ast.Case(self._labels(statement.selector, labels), self.joined(block))
            for labels, block in statement.arms
        ]
        if statement.default:
            arms.append(ast.Case(None, self.joined(statement.default)))
        return ast.CaseStatement(self._expressions.alone(statement.selector), arms)

    def _labels(self, selector: Node, labels: Sequence[str]) -> tuple[Tree, ...]:
        return tuple(self._expressions.compared(selector, label) for label in labels)

    def _if(self, statement: If) -> Tree:
        then, otherwise = statement.then, statement.otherwise
        condition = self._expressions.condition(statement.condition)
        if not then:
            condition, then, otherwise = ast.Ulnot(condition), otherwise, ()
        other = self.joined(otherwise) if otherwise else None
        return ast.IfStatement(condition, self.joined(then), other)
