"""Which bits of each node anything looks at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Op, reached

_BIT_BY_BIT = frozenset({Op.NOT, Op.XOR})
_FROM_BELOW = frozenset({Op.ADD, Op.SUB, Op.MUL})


def demanded(module: Dataflow) -> Mapping[Node, int]:
    """Return for each node the mask of bits that an output depends on, through registers too.

    What registers and memories depend on counts only as far as their bits are
    demanded themselves.
    """
    demand: dict[Node, int] = dict.fromkeys(reached(module.roots()), 0)
    waiting: dict[Node, None] = {}

    def ask(node: Node, mask: int) -> None:
        if mask & ~demand.get(node, 0):
            demand[node] = demand.get(node, 0) | mask
            waiting[node] = None

    for node in module.outputs.values():
        ask(node, _all(node))
    while waiting:
        node = max(waiting, key=lambda n: n.number)
        del waiting[node]
        for below, mask in _asked(module, node, demand[node]):
            ask(below, mask)
    return demand


def _all(node: Node) -> int:
    return (1 << node.width) - 1


def _asked(module: Dataflow, node: Node, mask: int) -> Iterator[tuple[Node, int]]:
    if node.op is Op.REG:
        yield from _of_register(module, str(node.payload), mask)
    elif node.op is Op.READ:
        yield node.operands[0], _all(node.operands[0])
        yield from _of_memory(module, str(node.payload), mask)
    else:
        for i, operand in enumerate(node.operands):
            yield operand, _of_operand(node, i, mask)


def _of_register(module: Dataflow, name: str, mask: int) -> Iterator[tuple[Node, int]]:
    register = module.registers[name]
    yield register.next, mask
    if register.reset is not None:
        yield register.reset.signal, 1
    yield from _of_clock(module, register.clock)


def _of_memory(module: Dataflow, name: str, mask: int) -> Iterator[tuple[Node, int]]:
    for port in module.memories[name].writes:
        yield port.data, mask
        yield port.enable, mask
        yield port.address, _all(port.address)
        yield from _of_clock(module, port.clock)


def _of_clock(module: Dataflow, clock: str) -> Iterator[tuple[Node, int]]:
    if clock in module.registers:
        yield module.nodes.reg(clock, module.registers[clock].width), 1
    elif clock in module.named:
        yield module.named[clock], 1


def _of_operand(node: Node, place: int, mask: int) -> int:
    operand = node.operands[place]
    if node.op is Op.SLICE:
        return mask << int(node.payload or 0)
    if node.op is Op.CONCAT:
        below = sum(other.width for other in node.operands[place + 1 :])
        return mask >> below & _all(operand)
    if node.op in (Op.ZEXT, Op.SEXT):
        sign = 1 << operand.width - 1 if node.op is Op.SEXT and mask > _all(operand) else 0
        return mask & _all(operand) | sign
    if node.op in _BIT_BY_BIT or (node.op is Op.MUX and place):
        return mask
    if node.op in (Op.AND, Op.OR):
        return mask & _open(node, place)
    if node.op in _FROM_BELOW:
        return (1 << mask.bit_length()) - 1
    return _all(operand) if mask else 0


def _open(node: Node, place: int) -> int:
    """Return where a constant in the other operand lets bits through."""
    other = node.operands[1 - place].value
    if other is None:
        return _all(node)
    return other if node.op is Op.AND else ~other & _all(node)
