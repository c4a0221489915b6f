"""Mistakes in state machines: transitions to the wrong state, and lost ones."""

from __future__ import annotations

from collections.abc import Iterator

from pyslang.syntax import SyntaxKind as K

from sim.slang import Syntax
from testbench_gen.mutants.module import Module, children
from testbench_gen.mutants.operator import Operator, changed
from testbench_gen.mutants.source import Change

_MOST_OTHERS = 3
"""Other states that take the place of one."""
_ASSIGNS = frozenset({K.AssignmentExpression, K.NonblockingAssignmentExpression})
_CHOICES = frozenset({K.CastExpression, K.ConditionalExpression, K.ParenthesizedExpression})


def _next_states(module: Module) -> Iterator[Syntax]:
    """Yield named constants that are assigned, also where `?:` chooses one."""
    for _, node, region, target in module.of(K.IdentifierName):
        named = node.identifier.valueText in module.signals.constants
        if region is not None and not target and named and _assigned(node):
            yield node


def _assigned(node: Syntax) -> bool:
    parent = node.parent
    while parent is not None and parent.kind in _CHOICES:
        parent = parent.parent
    return parent is not None and parent.kind in _ASSIGNS


def _wrong_states(module: Module) -> Iterator[Change]:
    nodes = list(_next_states(module))
    states = {node.identifier.valueText for node in nodes} | set(_labels(module))
    for node in nodes:
        name = node.identifier.valueText
        for other in _others(module, name, states):
            yield from changed(module, node, other)


def _others(module: Module, name: str, states: set[str]) -> list[str]:
    """Return states that were declared along with `name`, those after it first."""
    group = [n for n in module.signals.constants if n in module.signals.constants[name]]
    at = group.index(name)
    cycle = group[at + 1 :] + group[:at]
    return [other for other in cycle if other in states][:_MOST_OTHERS]


def _labels(module: Module) -> Iterator[str]:
    for _, item, _, _ in module.every(K.StandardCaseItem):
        for label in children(item.expressions):
            if label.kind is K.IdentifierName:
                name = label.identifier.valueText
                if name in module.signals.constants:
                    yield name


def _dropped(module: Module) -> Iterator[Change]:
    for node in _next_states(module):
        state = _present_state(module, node)
        if state and state != node.identifier.valueText:
            name = node.identifier.valueText
            said = f"the transition from `{state}` to `{name}` is lost"
            yield from changed(module, node, state, said)


def _present_state(module: Module, node: Syntax) -> str:
    """Return the one label of the case item around `node`; empty if there is none."""
    parent = node.parent
    while parent is not None and parent.kind is not K.StandardCaseItem:
        parent = parent.parent
    labels = [] if parent is None else children(parent.expressions)
    if len(labels) != 1 or labels[0].kind is not K.IdentifierName:
        return ""
    name: str = labels[0].identifier.valueText
    together = module.signals.constants.get(node.identifier.valueText, frozenset())
    return name if name in together else ""


OPERATORS = (
    Operator(
        name="next state",
        description="another named constant of the same set is assigned",
        changes=_wrong_states,
    ),
    Operator(
        name="transition dropped",
        description="a state machine stays where it should go on",
        changes=_dropped,
    ),
)
