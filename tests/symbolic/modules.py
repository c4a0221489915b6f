"""Modules of dataflow for tests: from Verilog, and random ones."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from sim.design import Design
from sim.interface import Direction, Interface, Port, infer_timing, read_interface
from symbolic.dataflow.module import Dataflow, Register
from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.dataflow.read import read_dataflow

_TOP = re.compile(r"^\s*module (\w+)", re.M)
_WIDTHS = (1, 1, 3)
_ALIKE = (Op.AND, Op.OR, Op.XOR, Op.ADD, Op.SUB)
_COMPARING = (Op.EQ, Op.ULT, Op.SLT)


def modules_of(*texts: str) -> list[Dataflow]:
    """Return Verilog modules as dataflow, read in one process."""
    designs = []
    for text in texts:
        top = _TOP.search(text)
        assert top is not None
        designs.append(Design(top=top[1], sources={"module.v": text}))
    interfaces = [infer_timing(design, read_interface(design)) for design in designs]
    read = read_dataflow(designs, interfaces)
    found = [module for module in read if isinstance(module, Dataflow)]
    assert len(found) == len(texts), read
    return found


def _ports(outputs: tuple[Node, ...]) -> tuple[Port, ...]:
    inputs = [_port(name, Direction.INPUT, width) for name, width in _INPUTS.items()]
    made = [_port(f"y{i}", Direction.OUTPUT, node.width) for i, node in enumerate(outputs)]
    return (_port("clk", Direction.INPUT, 1), *inputs, *made)


def _port(name: str, direction: Direction, width: int) -> Port:
    msb, lsb = (None, None) if width == 1 else (width - 1, 0)
    return Port(name=name, direction=direction, msb=msb, lsb=lsb)


_INPUTS = {"a": 3, "b": 3, "s": 1, "t": 1}


@st.composite
def random_modules(draw: st.DrawFn, *, registers: bool = False, size: int = 14) -> Dataflow:
    """Draw a module of muxes, comparisons and small arithmetic over words of 3 bits."""
    nodes = Nodes()
    pool: dict[int, list[Node]] = {1: [], 3: []}
    for name, width in _INPUTS.items():
        pool[width].append(nodes.input(name, width))
    stored = {"p": 3, "q": 3, "f": 1} if registers else {}
    for name, width in stored.items():
        pool[width].append(nodes.reg(name, width))
    for width in (1, 3):
        pool[width].append(nodes.const(draw(st.integers(0, (1 << width) - 1)), width))
    for _ in range(draw(st.integers(3, size))):
        made = _operation(draw, nodes, pool)
        pool[made.width].append(made)
    outputs = (pool[3][-1], pool[1][-1])
    return Dataflow(
        interface=Interface(module="random", ports=_ports(outputs)),
        nodes=nodes,
        outputs={f"y{i}": node for i, node in enumerate(outputs)},
        registers={
            name: Register(
                name=name,
                width=width,
                clock="clk",
                next=draw(st.sampled_from(pool[width])),
                initial=format(draw(st.integers(0, (1 << width) - 1)), f"0{width}b"),
            )
            for name, width in stored.items()
        },
    )


def _operation(draw: st.DrawFn, nodes: Nodes, pool: dict[int, list[Node]]) -> Node:
    def some(width: int) -> Node:
        return draw(st.sampled_from(pool[width]))

    kind = draw(st.sampled_from(("mux", "mux", "alike", "compare", "not", "slice", "reduce")))
    width = draw(st.sampled_from(_WIDTHS))
    if kind == "mux":
        return nodes.mux(some(1), some(width), some(width))
    if kind == "alike":
        return nodes.make(draw(st.sampled_from(_ALIKE)), width, some(width), some(width))
    if kind == "compare":
        return nodes.make(draw(st.sampled_from(_COMPARING)), 1, some(3), some(3))
    if kind == "not":
        return nodes.make(Op.NOT, width, some(width))
    if kind == "slice":
        return nodes.slice(some(3), draw(st.integers(0, 2)), 1)
    return nodes.make(Op.REDUCE_OR, 1, some(3))
