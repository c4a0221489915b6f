"""Random dataflow modules, for properties that every module has."""

from __future__ import annotations

import random

from sim.interface import Clock, Direction, Interface, Port
from symbolic.dataflow.module import Dataflow, Register
from symbolic.dataflow.nodes import Node, Nodes, Op

_WIDTHS = (1, 1, 2, 3, 4, 5, 8)
_BINARY = (Op.AND, Op.OR, Op.XOR, Op.ADD, Op.SUB, Op.MUL)
_DIVIDED = (Op.UDIV, Op.UMOD, Op.SDIV, Op.SMOD)
_COMPARED = (Op.EQ, Op.ULT, Op.SLT)
_REDUCED = (Op.REDUCE_AND, Op.REDUCE_OR, Op.REDUCE_XOR)
_SHIFTED = (Op.SHL, Op.LSHR, Op.ASHR)


class Maker:
    """Makes expressions over some leaves."""

    def __init__(self, chance: random.Random, nodes: Nodes, leaves: list[Node]) -> None:
        self.chance, self.nodes = chance, nodes
        self.pool = list(leaves)

    def of_width(self, width: int) -> Node:
        node = self.chance.choice(self.pool)
        if node.width == width:
            return node
        if node.width < width:
            signed = self.chance.random() < 0.4
            return self.nodes.resized(node, width, signed=signed)
        low = self.chance.randrange(node.width - width + 1)
        return self.nodes.slice(node, low, width)

    def grow(self) -> None:
        """Add one operation on what there is."""
        chance, make = self.chance, self.nodes.make
        width = chance.choice(_WIDTHS)
        kind = chance.randrange(12)
        a, b = self.of_width(width), self.of_width(width)
        if kind < 3:
            node = make(chance.choice(_BINARY), width, a, b)
        elif kind == 3:
            node = make(chance.choice(_DIVIDED), width, a, self.nonzero(width))
        elif kind == 4:
            node = make(chance.choice(_COMPARED), 1, a, b)
        elif kind == 5:
            node = make(chance.choice(_REDUCED), 1, a)
        elif kind == 6:
            node = make(chance.choice(_SHIFTED), width, a, self.of_width(chance.choice((1, 2, 3))))
        elif kind in (7, 8):
            node = self.nodes.mux(self.of_width(1), a, b)
        elif kind == 9:
            node = make(Op.NOT, width, a)
        elif kind == 10:
            node = self.nodes.concat(a, self.of_width(chance.choice(_WIDTHS)))
        else:
            node = self.nodes.const(chance.getrandbits(width), width)
        self.pool.append(node)

    def nonzero(self, width: int) -> Node:
        """A divisor: x for 0 is another matter."""
        return self.nodes.make(Op.OR, width, self.of_width(width), self.nodes.const(1, width))


def random_module(seed: int, *, operations: int = 12, state: bool = False) -> Dataflow:
    """Return a module of some inputs, outputs and, if `state`, registers."""
    chance, nodes = random.Random(seed), Nodes()
    inputs = [_port(f"i{n}", Direction.INPUT, chance) for n in range(3)]
    registers = {f"r{n}": chance.choice(_WIDTHS) for n in range(2 if state else 0)}
    leaves = [nodes.input(port.name, port.width) for port in inputs]
    leaves += [nodes.reg(name, width) for name, width in registers.items()]
    maker = Maker(chance, nodes, leaves)
    for _ in range(operations):
        maker.grow()
    chosen = maker.pool[-3:]
    outputs = [_output(f"o{n}", node, chance) for n, node in enumerate(chosen)]
    clock = [Port(name="clk", direction=Direction.INPUT)] if state else []
    interface = Interface(
        module="m",
        ports=(*clock, *inputs, *outputs),
        clocks=tuple(Clock(port=port.name) for port in clock),
    )
    return Dataflow(
        interface=interface,
        nodes=nodes,
        outputs={port.name: node for port, node in zip(outputs, chosen, strict=True)},
        registers={
            name: Register(
                name=name,
                width=width,
                clock="clk",
                next=maker.of_width(width),
                initial=format(chance.getrandbits(width), f"0{width}b"),
            )
            for name, width in registers.items()
        },
        named={f"n{n}": node for n, node in enumerate(maker.pool[5:8])},
    )


def _port(name: str, direction: Direction, chance: random.Random) -> Port:
    width = chance.choice(_WIDTHS)
    return _ranged(name, direction, width, chance)


def _output(name: str, node: Node, chance: random.Random) -> Port:
    return _ranged(name, Direction.OUTPUT, node.width, chance)


def _ranged(name: str, direction: Direction, width: int, chance: random.Random) -> Port:
    signed = chance.random() < 0.3
    if width == 1 and chance.random() < 0.7:
        return Port(name=name, direction=direction, signed=signed)
    low = chance.choice((0, 0, 0, 2))
    ends = (low + width - 1, low) if chance.random() < 0.8 else (low, low + width - 1)
    return Port(name=name, direction=direction, msb=ends[0], lsb=ends[1], signed=signed)


def stimulus(module: Dataflow, seed: int, cycles: int = 24) -> list[dict[str, int]]:
    """Return random inputs for some cycles."""
    chance = random.Random(seed)
    return [
        {port.name: chance.getrandbits(port.width) for port in module.interface.inputs}
        for _ in range(cycles)
    ]
