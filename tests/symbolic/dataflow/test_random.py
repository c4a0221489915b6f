"""Random modules keep what they compute through text, reading and editing."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.design import Design
from symbolic.dataflow.edit import rewritten
from symbolic.dataflow.evaluate import simulate
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import COMMUTATIVE, Node, Op, rebuilt
from symbolic.dataflow.read import Unreadable, read_dataflow
from symbolic.dataflow.source_map import source_maps
from symbolic.dataflow.write import module_text
from tests.symbolic.dataflow.random_modules import random_module, stimulus

_MODULES = 25
"""In one start of Yosys."""
_FEW = settings(max_examples=1, deadline=None, suppress_health_check=list(HealthCheck))


def _designs(texts: Sequence[str]) -> list[Design]:
    return [Design(top="m", sources={"m.v": text}) for text in texts]


def _read(texts: Sequence[str], modules: Sequence[Dataflow]) -> list[Dataflow]:
    found = read_dataflow(_designs(texts), [module.interface for module in modules])
    for text, module in zip(texts, found, strict=True):
        assert not isinstance(module, Unreadable), f"{module}\n{text}"
    return [module for module in found if isinstance(module, Dataflow)]


def _check_same(seed: int, expected: Dataflow, found: Dataflow, text: str) -> None:
    inputs = stimulus(expected, seed)
    assert simulate(expected, inputs) == simulate(found, inputs), f"seed {seed}\n{text}"


@pytest.mark.parametrize("state", [False, True])
@given(first=st.integers(0, 1 << 30))
@_FEW
def test_text_means_the_module(first: int, state: bool) -> None:
    seeds = range(first, first + _MODULES)
    modules = [random_module(s, operations=8 + s % 14, state=state) for s in seeds]
    texts = [module_text(module) for module in modules]
    for seed, module, found, text in zip(seeds, modules, _read(texts, modules), texts, strict=True):
        _check_same(seed, module, found, text)


@pytest.mark.parametrize("state", [False, True])
@given(first=st.integers(0, 1 << 30))
@_FEW
def test_edited_text_means_the_module(first: int, state: bool) -> None:
    seeds = range(first, first + _MODULES)
    modules = [random_module(s, operations=8 + s % 14, state=state) for s in seeds]
    texts = [module_text(module) for module in modules]
    befores = _read(texts, modules)
    designs = _designs(texts)
    edited = [
        rewritten(design, before, _changed(before, seed), source=source)
        for seed, design, before, source in zip(
            seeds, designs, befores, source_maps(designs), strict=True
        )
    ]
    assert sum(old != new for old, new in zip(texts, edited, strict=True)) > _MODULES // 2
    for seed, before, found, text in zip(
        seeds, befores, _read(edited, modules), edited, strict=True
    ):
        _check_same(seed, before, found, text)


def _changed(module: Dataflow, seed: int) -> Dataflow:
    """Return a module that computes the same in another way."""
    chance = random.Random(seed)

    def turned(node: Node) -> Node | None:
        make = module.nodes.make
        if chance.random() < 0.5:
            return None
        if node.op in COMMUTATIVE and node.op is not Op.EQ:
            return make(node.op, node.width, *node.operands[::-1])
        if node.op is Op.MUX:
            condition, true, false = node.operands
            return module.nodes.mux(make(Op.NOT, 1, condition), false, true)
        if node.op is Op.NOT:
            return make(Op.XOR, node.width, *node.operands, module.nodes.const(-1, node.width))
        return None

    roots = [*module.roots(), *module.named.values()]
    found = module.mapped(rebuilt(module.nodes, roots, turned))
    kept = {name: node for name, node in found.named.items() if chance.random() < 0.7}
    return replace(found, named=kept)
