"""What a state register may hold after a clock edge, by running its blocks for one state.

Conditions on anything but the state go both ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pyslang.ast import (
    BinaryOperator,
    CaseStatementCondition,
    ExpressionKind,
    StatementKind,
    UnaryOperator,
)

from sim.slang import Ast
from sim.structure_read import (
    bare,
    first_of,
    is_unknown,
    mentioned_in,
    path_of,
    read_in,
    targets_of,
    text_of,
    value_of,
)

COMPARISONS = {
    BinaryOperator.Equality: True,
    BinaryOperator.CaseEquality: True,
    BinaryOperator.Inequality: False,
    BinaryOperator.CaseInequality: False,
}
"""Operators by what they say of equal operands."""
_OTHER = -1
"""Stands for any value that is not known."""


class Followed(Protocol):
    """A state register."""

    path: str
    next: str
    """Path of its next state; empty if that is no variable of its own."""

    @property
    def free_statements(self) -> Sequence[Ast]:
        """Return the unclocked blocks that assign the next state."""


@dataclass(frozen=True, slots=True)
class Reset:
    """The choice with which a clocked block begins: one side resets, the other goes on."""

    node: Ast
    when: bool
    """Which way the condition decides for the reset."""

    @property
    def text(self) -> str:
        """Return when it is reset, as the module writes it."""
        text = text_of(self.node.conditions[0].expr)
        return text if self.when else f"!({text})"


def leading_reset(statement: Ast, path: str, followed: set[str]) -> Reset | None:
    """Return the reset of the register at `path`, if its block begins with one.

    `followed` are the paths of the register and of its next state.
    """
    first = first_of(statement)
    if first is None:
        return None
    if first.kind is StatementKind.Conditional:
        sides, node = {True: first.ifTrue, False: first.ifFalse}, first
        resets = {when: _only_constants(side, path) for when, side in sides.items()}
    elif first.kind is StatementKind.ExpressionStatement and _chooses(first.expr, path):
        node = bare(first.expr.right)
        sides = {True: node.left, False: node.right}
        resets = {when: value_of(side) is not None for when, side in sides.items()}
    else:
        return None
    if mentioned_in(node.conditions[0].expr) & followed:
        return None
    for when in (True, False):
        if resets[when] and sides[not when] is not None:
            return Reset(node, when) if read_in(sides[not when]) & followed else None
    return None


def _chooses(expression: Ast, path: str) -> bool:
    """Whether `expression` assigns one of two values to the register."""
    if expression.kind is not ExpressionKind.Assignment or path_of(expression.left) != path:
        return False
    return bool(bare(expression.right).kind is ExpressionKind.ConditionalOp)


def _only_constants(statement: Ast | None, path: str) -> bool:
    """Whether `statement` gives the register a constant and nothing else."""
    given: list[int | None] = []

    def look(node: Ast) -> None:
        if getattr(node, "kind", None) is ExpressionKind.Assignment and path_of(node.left) == path:
            given.append(value_of(node.right))

    if statement is not None:
        statement.visit(look)
    return bool(given) and None not in given and len(given) == 1


class Run:
    """The blocks around a state register, in one state."""

    def __init__(self, candidate: Followed, state: int, reset: Reset | None) -> None:
        self._candidate = candidate
        self._state = state
        self._reset = reset
        self._lost = False
        """Whether a condition on the state itself could not be decided."""
        self._next: set[int] | None = None
        self._target = candidate.path

    def register_after(self, statement: Ast) -> set[int] | None:
        """Return the values that the register may have after the edge; None: not to be seen."""
        if self._candidate.next:
            self._next = self._next_values()
            if self._next is None:
                return None
        self._target = self._candidate.path
        found = self._through(statement, {self._state})
        return None if self._lost or _OTHER in found else found

    def _next_values(self) -> set[int] | None:
        blocks = self._candidate.free_statements
        if len(blocks) != 1:
            return None
        self._target = self._candidate.next
        found = self._through(blocks[0], {_OTHER})
        return None if self._lost or _OTHER in found else found

    def _through(self, statement: Ast, values: set[int]) -> set[int]:
        """Return the values that the target may have after `statement`, having had `values`."""
        kind = statement.kind
        if kind is StatementKind.Block:
            return self._through(statement.body, values)
        if kind is StatementKind.List:
            for inner in statement.list:
                values = self._through(inner, values)
            return values
        if kind is StatementKind.Conditional:
            return self._conditional(statement, values)
        if kind is StatementKind.Case:
            return self._case(statement, values)
        if kind is StatementKind.ExpressionStatement:
            return self._assignment(statement.expr, values)
        if kind in (StatementKind.Empty, StatementKind.VariableDeclaration):
            return values
        if self._target in targets_of(statement):
            self._lost = True
        return values

    def _conditional(self, statement: Ast, values: set[int]) -> set[int]:
        holds = self._holds(statement.conditions[0].expr)
        if self._reset is not None and statement == self._reset.node:
            holds = not self._reset.when
        found: set[int] = set()
        if holds is not False:
            found |= self._through(statement.ifTrue, values)
        if holds is not True:
            rest = statement.ifFalse
            found |= values if rest is None else self._through(rest, values)
        return found

    def _case(self, statement: Ast, values: set[int]) -> set[int]:
        known = path_of(statement.expr) == self._candidate.path
        if known and statement.condition is CaseStatementCondition.Inside:
            self._lost = True
        if not known and self._mentions_state(statement):
            self._lost = True
        found: set[int] = set()
        for item in statement.items:
            matches = {self._matches(value) for value in item.expressions} if known else {None}
            if matches != {False}:
                found |= self._through(item.stmt, values)
            if True in matches:
                return found
        rest = statement.defaultCase
        return found | (values if rest is None else self._through(rest, values))

    def _mentions_state(self, statement: Ast) -> bool:
        """Whether the state is looked at by anything but a plain comparison (`case (1'b1)`)."""
        values = [value for item in statement.items for value in item.expressions]
        return any(self._is_about_state(node) for node in (statement.expr, *values))

    def _matches(self, value: Ast) -> bool | None:
        constant = value_of(value)
        if constant is None:
            self._lost = True
            return None
        return constant == self._state

    def _assignment(self, expression: Ast, values: set[int]) -> set[int]:
        if expression.kind is not ExpressionKind.Assignment:
            return values
        if path_of(expression.left) != self._target:
            return values
        return self._values(expression.right, values)

    def _values(self, expression: Ast, values: set[int]) -> set[int]:
        found = bare(expression)
        if found.kind is ExpressionKind.ConditionalOp:
            holds = self._holds(found.conditions[0].expr)
            if self._reset is not None and found == self._reset.node:
                holds = not self._reset.when
            left = self._values(found.left, values) if holds is not False else set()
            return left | (self._values(found.right, values) if holds is not True else set())
        constant, path = value_of(found), path_of(found)
        if constant is not None:
            return {constant}
        if is_unknown(found):
            return set()
        if path == self._candidate.path:
            return {self._state}
        if path and path == self._candidate.next:
            return values if self._next is None else self._next
        return {_OTHER}

    def _holds(self, condition: Ast) -> bool | None:
        """Return whether `condition` holds in this state; None: in some cases, or not seen."""
        found = bare(condition)
        kind = found.kind
        if kind is ExpressionKind.UnaryOp and found.op is UnaryOperator.LogicalNot:
            inner = self._holds(found.operand)
            return None if inner is None else not inner
        if kind is ExpressionKind.BinaryOp:
            return self._binary(found)
        if path_of(found) == self._candidate.path:
            return self._state != 0
        if self._is_about_state(found):
            self._lost = True
        return None

    def _binary(self, found: Ast) -> bool | None:
        if found.op in COMPARISONS:
            for one, other in ((found.left, found.right), (found.right, found.left)):
                constant = value_of(other)
                if path_of(one) == self._candidate.path and constant is not None:
                    return (self._state == constant) == COMPARISONS[found.op]
        if found.op in (BinaryOperator.LogicalAnd, BinaryOperator.LogicalOr):
            deciding = found.op is BinaryOperator.LogicalOr
            sides = {self._holds(found.left), self._holds(found.right)}
            if deciding in sides:
                return deciding
            return None if None in sides else not deciding
        if self._is_about_state(found):
            self._lost = True
        return None

    def _is_about_state(self, expression: Ast) -> bool:
        return self._candidate.path in mentioned_in(expression)
