"""No rule changes what a module does: on random modules, by evaluation."""

from __future__ import annotations

import random
from functools import cache
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.interface import Direction, Interface, Port
from symbolic.dataflow.evaluate import evaluated
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rewrite import normalized
from symbolic.rules import catalog

# Pyverilog's import leaves a file open.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

_INPUTS = {"a": 5, "b": 5, "c": 3, "s": 1, "t": 1}
_WORDS = (Op.ADD, Op.SUB, Op.MUL, Op.AND, Op.OR, Op.XOR)
_COMPARED = (Op.EQ, Op.ULT, Op.SLT)
_REDUCED = (Op.REDUCE_AND, Op.REDUCE_OR, Op.REDUCE_XOR)
_DIVIDED = (Op.UDIV, Op.UMOD, Op.SDIV, Op.SMOD)
_SHIFTED = (Op.SHL, Op.LSHR, Op.ASHR)


class _Growing:
    """Random nodes over a few inputs."""

    def __init__(self, seed: int) -> None:
        self.nodes = Nodes()
        self._random = random.Random(seed)
        self.made = [self.nodes.input(name, width) for name, width in _INPUTS.items()]

    def grow(self, count: int) -> None:
        for _ in range(count):
            self.made.append(self._one())

    def _any(self) -> Node:
        return self._random.choice(self.made[-12:])

    def _as_wide(self, width: int) -> Node:
        if self._random.random() < 0.2:
            return self.nodes.const(self._random.getrandbits(width), width)
        signed = self._random.random() < 0.4
        return self.nodes.resized(self._any(), width, signed=signed)

    def _one(self) -> Node:
        width = self._random.choice((1, 2, 3, 5, 6, 8))
        make = self.nodes.make
        left, right = self._as_wide(width), self._as_wide(width)
        kind = self._random.randrange(10)
        if kind < 4:
            return make(self._random.choice(_WORDS), width, left, right)
        if kind == 4:
            return make(self._random.choice(_COMPARED), 1, left, right)
        if kind == 5:
            return make(self._random.choice(_REDUCED), 1, left)
        if kind == 6:
            return self.nodes.mux(self._as_wide(1), left, right)
        if kind == 7:
            divisor = self.nodes.const(self._random.randrange(1, 1 << width), width)
            return make(self._random.choice(_DIVIDED), width, left, divisor)
        if kind == 8:
            amount = self.nodes.const(self._random.randrange(8), 3)
            return make(self._random.choice(_SHIFTED), width, left, amount)
        return self._random.choice(
            (self.nodes.concat(left, right), make(Op.NOT, width, left), self._sliced())
        )

    def _sliced(self) -> Node:
        node = self._any()
        width = self._random.randrange(1, node.width + 1)
        return self.nodes.slice(node, self._random.randrange(node.width - width + 1), width)


@cache
def _module(seed: int) -> Dataflow:
    growing = _Growing(seed)
    growing.grow(18)
    outputs = {f"y{i}": node for i, node in enumerate(growing.made[-4:])}
    ports = [Port(name=n, direction=Direction.INPUT, msb=w - 1, lsb=0) for n, w in _INPUTS.items()]
    ports += [
        Port(name=n, direction=Direction.OUTPUT, msb=node.width - 1, lsb=0)
        for n, node in outputs.items()
    ]
    interface = Interface(module="random_module", ports=tuple(ports))
    return Dataflow(interface=interface, nodes=growing.nodes, outputs=outputs)


def _values(module: Dataflow, seed: int) -> list[list[int]]:
    chosen = random.Random(seed)
    found = []
    for _ in range(12):
        leaves = {(Op.INPUT, name): chosen.getrandbits(w) for name, w in _INPUTS.items()}
        known = evaluated(module.outputs.values(), leaves)
        found.append([known[node] for node in module.outputs.values()])
    return found


@cache
def _wanted(seed: int) -> list[list[int]]:
    return _values(_module(seed), seed)


@pytest.mark.parametrize("rule", catalog.RULES, ids=lambda rule: rule.name)
def test_a_rule_keeps_what_a_module_does(rule: catalog.Rule) -> None:
    for seed in range(12):
        for rewriting in islice(rule.apply(_module(seed)), 3):
            assert _values(rewriting.module, seed) == _wanted(seed), (seed, rewriting.what)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1 << 20))
def test_rules_together_keep_what_a_module_does_and_end(seed: int) -> None:
    module = _module(seed)
    tidy = normalized(module)
    assert _values(tidy, seed) == _values(module, seed)
    assert normalized(tidy).outputs == tidy.outputs
