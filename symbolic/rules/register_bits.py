"""Registers without some of their bits: what rules on bits of registers share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from symbolic.dataflow.module import Dataflow, Register
from symbolic.dataflow.nodes import Node
from symbolic.rules.split_mux import part
from symbolic.rules.storage_edits import fresh_name, narrowed, with_registers

Given = Callable[[int], Node | None]
"""What a bit of a register is, None where it stays stored."""


def without_bits(module: Dataflow, given: Mapping[str, Mapping[int, Node]]) -> Dataflow:
    """Return the module whose registers no longer store some bits, by number, but are given them.

    A register without bits left is taken out. Given nodes may be bits of registers
    that stay.
    """
    nodes = module.nodes
    image: dict[Node, Node] = {}
    registers: dict[str, Register | None] = {}
    for name, bits in given.items():
        register = module.registers[name]
        kept = [i for i in range(register.width) if i not in bits]
        registers[name] = None
        stored: Node | None = None
        if kept:
            new = _name(module, register, kept)
            following = nodes.concat(*reversed(list(_parts(module, register.next, kept))))
            registers[new] = narrowed(register, new, kept, following)
            stored = nodes.reg(new, len(kept))
        whole = put_together(module, register.width, bits, kept, stored)
        image[nodes.reg(name, register.width)] = whole
    return with_registers(module, image, registers)


def _name(module: Dataflow, register: Register, kept: list[int]) -> str:
    """Return the name of what is left: the register's own where its low bits are and it is no port.

    A port's value is all bits, so that what is stored needs a name of its own.
    """
    ports = {port.name for port in module.interface.ports}
    if kept == list(range(len(kept))) and register.name not in ports:
        return register.name
    return fresh_name(module, f"{register.name}_{'bits' if kept[0] == 0 else 'high'}")


def _parts(module: Dataflow, node: Node, kept: list[int]) -> Iterator[Node]:
    for low, width in runs(kept):
        yield part(module.nodes, node, low, width)


def runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Yield first and length of the runs of consecutive numbers."""
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        first, *rest = (number for _, number in run)
        yield first, 1 + len(rest)


def put_together(
    module: Dataflow,
    width: int,
    given: Mapping[int, Node],
    kept: list[int],
    stored: Node | None,
) -> Node:
    """Return a word from what is stored of it, the bits `kept`, and what is given."""
    nodes = module.nodes
    parts: list[Node] = []
    where = {number: place for place, number in enumerate(kept)}
    for stays, run in groupby(range(width), key=lambda i: i in where):
        numbers = list(run)
        if stays and stored is not None:
            parts.append(nodes.slice(stored, where[numbers[0]], len(numbers)))
        else:
            parts += [given[i] for i in numbers]
    return nodes.concat(*reversed(_joined_constants(module, parts)))


def _joined_constants(module: Dataflow, parts: list[Node]) -> list[Node]:
    """Join neighbouring constants and neighbouring bits of one node."""
    joined: list[Node] = []
    for node in parts:
        merged = _merged(module, joined[-1], node) if joined else None
        if merged is None:
            joined.append(node)
        else:
            joined[-1] = merged
    return joined


def _merged(module: Dataflow, low: Node, high: Node) -> Node | None:
    nodes = module.nodes
    if low.op is high.op and low.value is not None and high.value is not None:
        return nodes.bits(str(high.payload) + str(low.payload))
    low_base, low_bit = base_of(low)
    high_base, high_bit = base_of(high)
    if low_base is high_base and low_bit + low.width == high_bit:
        return nodes.slice(low_base, low_bit, low.width + high.width)
    return None


def base_of(node: Node) -> tuple[Node, int]:
    """Return of what a node is a part, and from which bit on."""
    if isinstance(node.payload, int) and len(node.operands) == 1:
        return node.operands[0], node.payload
    return node, 0
