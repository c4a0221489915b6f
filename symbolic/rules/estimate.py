"""About how much logic a module is, without synthesis: to order what is measured."""

from __future__ import annotations

import math

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Op, reached
from symbolic.rules.sums import signed_digits

_FLIP_FLOP = 6.0
_PER_BIT = {
    Op.NOT: 0.5,
    Op.AND: 1.2,
    Op.OR: 1.2,
    Op.XOR: 2.4,
    Op.ADD: 9.0,
    Op.SUB: 9.5,
    Op.MUX: 2.4,
    Op.READ: 8.0,
}
_PER_INPUT = {
    Op.EQ: 2.8,
    Op.ULT: 5.0,
    Op.SLT: 5.0,
    Op.REDUCE_AND: 1.0,
    Op.REDUCE_OR: 1.0,
    Op.REDUCE_XOR: 2.4,
}
_DIVIDING = frozenset({Op.UDIV, Op.UMOD, Op.SDIV, Op.SMOD})
_SHIFTING = frozenset({Op.SHL, Op.LSHR, Op.ASHR})


def estimated(module: Dataflow) -> float:
    """Return a rough area, in NAND2 gates."""
    logic = sum(_area(node) for node in reached(module.roots()))
    return logic + _FLIP_FLOP * sum(register.width for register in module.registers.values())


def _area(node: Node) -> float:
    constant = next((o.value for o in node.operands if o.value is not None), None)
    if node.op is Op.MUL:
        return _product(node, constant)
    if node.op in _DIVIDING:
        return 14.0 * node.width**2
    if node.op in _SHIFTING:
        return 0.0 if constant is not None else 2.4 * node.width * math.log2(node.width + 1)
    scale = 1.0 if constant is None else 0.55
    if node.op in _PER_INPUT:
        return scale * _PER_INPUT[node.op] * node.operands[0].width
    return scale * _PER_BIT.get(node.op, 0.0) * node.width


def _product(node: Node, constant: int | None) -> float:
    if constant is not None:
        return 9.0 * node.width * max(len(signed_digits(constant)) - 1, 0)
    left, right = (_significant(operand) for operand in node.operands)
    return 8.0 * left * min(right, node.width)


def _significant(node: Node) -> int:
    return node.operands[0].width if node.op in (Op.ZEXT, Op.SEXT) else node.width
