"""Under which condition the value of a node matters.

A multiplexer looks at one of its branches only; an `and` does not look at its
second operand where the first is 0. Only the later operand is excused by the
earlier one, so that all cares hold together, whatever is changed where it does
not matter (compatible observability don't-cares; Savoj and Brayton, DAC 1990).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Op, reached
from symbolic.facts.bits import BitLogic
from symbolic.facts.gates import FALSE, TRUE


def cares(
    module: Dataflow,
    logic: BitLogic,
    *,
    always: int = TRUE,
    needed: Mapping[str, int] | None = None,
) -> Mapping[Node, int]:
    """Return for each node that the module's behaviour needs when it does, as a literal.

    `always` is what is known to hold of the state, a literal of `logic`; `needed` are
    conditions under which registers' next values matter, those not in it always do.
    """
    conditions = dict.fromkeys(reached(module.roots()), FALSE)
    gates = logic.gates

    def add(node: Node, condition: int) -> None:
        conditions[node] = gates.either(conditions[node], condition)

    for node, condition in _needed(module, logic, needed or {}):
        add(node, gates.both(always, condition))
    for node in reversed(list(conditions)):
        for operand, condition in _looks(node, logic):
            add(operand, gates.both(conditions[node], condition))
    return conditions


def _needed(
    module: Dataflow, logic: BitLogic, needed: Mapping[str, int]
) -> Iterator[tuple[Node, int]]:
    for node in module.outputs.values():
        yield node, TRUE
    for name, register in module.registers.items():
        yield register.next, needed.get(name, TRUE)
        if register.reset is not None:
            yield register.reset.signal, TRUE
    for memory in module.memories.values():
        for port in memory.writes:
            written = logic.gates.any(logic.of(port.enable))
            yield port.enable, TRUE
            yield port.address, written
            yield port.data, written


def _looks(node: Node, logic: BitLogic) -> Iterator[tuple[Node, int]]:
    """Yield for each operand when the operation looks at it."""
    if node.op is Op.MUX:
        condition, true, false = node.operands
        yield condition, TRUE
        yield true, logic.bit(condition)
        yield false, -logic.bit(condition)
    elif node.op in (Op.AND, Op.OR):
        first, second = sorted(node.operands, key=lambda operand: operand.number)
        open_at = 1 if node.op is Op.AND else -1
        yield first, TRUE
        yield second, logic.gates.any(open_at * bit for bit in logic.of(first))
    else:
        for operand in node.operands:
            yield operand, TRUE
