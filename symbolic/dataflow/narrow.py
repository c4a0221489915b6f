"""Widths as they matter: unsized numbers have 32 bits in Verilog, and that is no one's intent."""

from __future__ import annotations

from collections.abc import Iterable

from symbolic.dataflow.cells import part
from symbolic.dataflow.nodes import Node, Nodes, Op, reached

_MODULAR = frozenset({Op.NOT, Op.AND, Op.OR, Op.XOR, Op.ADD, Op.SUB, Op.MUL})
"""Operations whose lower bits depend on their operands' lower bits only."""


def narrowed(nodes: Nodes, roots: Iterable[Node]) -> dict[Node, Node]:
    """Return for each node reached from `roots` one without upper bits that nobody reads.

    The images of roots are as wide as they are. Comparisons of zero-extended values
    with constants become narrower, too.
    """
    roots = list(roots)
    order = reached(roots)
    needs = _needs(order, roots)
    image: dict[Node, Node] = {}
    for node in order:
        image[node] = _narrow(nodes, node, needs[node], image)
    return image


def _needs(order: list[Node], roots: Iterable[Node]) -> dict[Node, int]:
    """Return how many of its lower bits are read of each node."""
    needs = dict.fromkeys(order, 0)
    for root in roots:
        needs[root] = root.width
    for node in reversed(order):
        if node.op is Op.SLICE:
            _raise(needs, node.operands[0], int(node.payload or 0) + node.width)
        elif node.op in _MODULAR or node.op in (Op.ZEXT, Op.SEXT):
            for operand in node.operands:
                _raise(needs, operand, min(needs[node], operand.width))
        elif node.op in (Op.MUX, Op.SHL):
            last = node.operands[0] if node.op is Op.MUX else node.operands[1]
            _raise(needs, last, last.width)
            for operand in node.operands:
                if operand is not last:
                    _raise(needs, operand, needs[node])
        else:
            for operand in node.operands:
                _raise(needs, operand, operand.width)
    return needs


def _raise(needs: dict[Node, int], node: Node, width: int) -> None:
    needs[node] = max(needs[node], width)


def _narrow(nodes: Nodes, node: Node, need: int, image: dict[Node, Node]) -> Node:
    operands = [image[operand] for operand in node.operands]
    if node.op is Op.SLICE:
        return part(nodes, operands[0], int(node.payload or 0), node.width)
    if node.op in _MODULAR:
        return nodes.make(node.op, need, *(_cut(nodes, o, need) for o in operands))
    if node.op is Op.MUX:
        true, false = (_cut(nodes, o, need) for o in operands[1:])
        return nodes.mux(operands[0], true, false)
    if node.op is Op.SHL:
        return nodes.make(Op.SHL, need, _cut(nodes, operands[0], need), operands[1])
    if node.op is Op.CONST:
        return part(nodes, node, 0, need)
    if node.op in (Op.ZEXT, Op.SEXT):
        inner = _cut(nodes, operands[0], min(need, node.operands[0].width))
        return nodes.resized(inner, need, signed=node.op is Op.SEXT)
    if node.op in (Op.EQ, Op.ULT):
        return _compared(nodes, node.op, operands)
    return nodes.like(node, operands) if node.operands else node


def _cut(nodes: Nodes, node: Node, width: int) -> Node:
    return node if node.width == width else part(nodes, node, 0, width)


def _compared(nodes: Nodes, op: Op, operands: list[Node]) -> Node:
    """Return a comparison without upper bits that are 0 on both sides."""
    width = max(map(_significant, operands))
    if width < operands[0].width and any(o.op is Op.ZEXT for o in operands):
        operands = [_resized(nodes, operand, width) for operand in operands]
    return nodes.make(op, 1, *operands)


def _significant(node: Node) -> int:
    """Return the lower bits of a node, at least 1, above which all are 0."""
    if node.op is Op.ZEXT:
        return node.operands[0].width
    if node.op is Op.CONST and node.value is not None:
        return max(1, node.value.bit_length())
    return node.width


def _resized(nodes: Nodes, node: Node, width: int) -> Node:
    inner = node.operands[0] if node.op is Op.ZEXT else node
    return nodes.resized(inner, width) if inner.width < width else part(nodes, inner, 0, width)
