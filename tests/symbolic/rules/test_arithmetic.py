"""What arithmetic rules compute with: digits, graphs, reciprocals, ranges, small functions."""

from __future__ import annotations

import random
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic.dataflow.evaluate import evaluated
from symbolic.dataflow.nodes import Node, Nodes, Op, reached
from symbolic.rules.adder_graph import adder_graph
from symbolic.rules.constant_division import reciprocal
from symbolic.rules.cuts import Cuts, bit_of
from symbolic.rules.demand import demanded
from symbolic.rules.folding import folded
from symbolic.rules.ranges import Ranges
from symbolic.rules.small_functions import (
    Formula,
    Gate,
    cost_of,
    formula_of,
    product_of_sums,
    sum_of_products,
)
from symbolic.rules.sums import linear, signed_digits, written
from tests.symbolic.rules.test_rules import _INPUTS, _module


@given(st.integers(0, 1 << 20))
def test_signed_digits_add_up_and_no_two_neighbors_are_there(number: int) -> None:
    digits = signed_digits(number)
    assert sum(sign << place for place, sign in digits) == number
    places = [place for place, _ in digits]
    assert all(later - place > 1 for place, later in pairwise(places))


@settings(deadline=None, max_examples=25)
@given(st.sets(st.integers(1, 500).map(lambda n: 2 * n + 1), min_size=1, max_size=4))
def test_an_adder_graph_makes_its_constants(constants: set[int]) -> None:
    values = {1: 1}
    steps = adder_graph(constants)
    for step in steps:
        left, right = values[step.left], values[step.right]
        made = (left << step.left_shift) + step.sign * (right << step.right_shift)
        assert made == step.value
        values[step.value] = made
    assert constants <= values.keys()
    alone = sum(len(signed_digits(constant)) - 1 for constant in constants)
    assert len(steps) <= alone


@pytest.mark.parametrize(
    ("constants", "adders"),
    [({3}, 1), ({45}, 2), ({9, 23, 81}, 3), ({5, 45}, 2), ({7, 15, 31}, 3), ({105, 831}, 4)],
)
def test_known_constants_need_as_many_adders_as_published(constants: set[int], adders: int) -> None:
    assert len(adder_graph(constants)) <= adders


@pytest.mark.parametrize("divisor", [1, 2, 3, 5, 7, 10, 11, 100, 255])
def test_a_reciprocal_divides_every_number_in_range(divisor: int) -> None:
    for greatest in (1, 15, 255, 999):
        factor, shift = reciprocal(divisor, greatest)
        assert all(x * factor >> shift == x // divisor for x in range(greatest + 1))


def _value(formula: Formula, inputs: tuple[int, ...]) -> int:
    if isinstance(formula, bool):
        return int(formula)
    if not isinstance(formula, Gate):
        return inputs[formula]
    values = [_value(operand, inputs) for operand in formula.operands]
    return {
        "and": lambda: values[0] & values[1],
        "or": lambda: values[0] | values[1],
        "xor": lambda: values[0] ^ values[1],
        "not": lambda: 1 - values[0],
        "mux": lambda: values[1] if values[0] else values[2],
    }[formula.name]()


def _table(formula: Formula, count: int) -> int:
    return sum(
        _value(formula, inputs[::-1]) << point
        for point, inputs in enumerate(product((0, 1), repeat=count))
    )


@pytest.mark.parametrize("form", [formula_of, sum_of_products, product_of_sums])
def test_formulas_are_their_functions(form: object) -> None:
    assert callable(form)
    for table in range(256):
        assert _table(form(table, 3), 3) == table
    chosen = random.Random(1)
    for count in (4, 5):
        for _ in range(20):
            table = chosen.getrandbits(1 << count)
            assert _table(form(table, count), count) == table


def test_gates_of_two_inputs_are_found_inside_functions() -> None:
    a_and_b_xor_c = sum(((p & 1) & (p >> 1 & 1) ^ (p >> 2 & 1)) << p for p in range(8))
    assert cost_of(formula_of(a_and_b_xor_c, 3)) == 4
    assert cost_of(formula_of(0b11101000, 3)) <= 4


def _leaves(chosen: random.Random) -> dict[tuple[Op, str], int]:
    return {(Op.INPUT, name): chosen.getrandbits(width) for name, width in _INPUTS.items()}


@pytest.mark.parametrize("seed", range(12))
def test_values_lie_in_their_ranges(seed: int) -> None:
    module = _module(seed)
    chosen, ranges = random.Random(seed), Ranges()
    for _ in range(20):
        for node, value in evaluated(module.outputs.values(), _leaves(chosen)).items():
            low, high = ranges.of(node)
            assert low <= value <= high, node


@pytest.mark.parametrize("seed", range(6))
def test_bits_are_the_functions_of_their_cuts(seed: int) -> None:
    module, chosen, cuts = _module(seed), random.Random(seed), Cuts(3)
    known: dict[tuple[Node, int], Node] = {}
    outputs = module.outputs.values()
    bits = {(n, i): bit_of(module.nodes, n, i, known) for n in outputs for i in range(n.width)}
    for _ in range(10):
        values = evaluated([*bits.values(), *outputs], _leaves(chosen))
        for (node, place), bit in bits.items():
            assert values[bit] == values[node] >> place & 1
            for leaves, table in cuts.of(bit).items():
                point = sum(values[leaf] << i for i, leaf in enumerate(leaves))
                assert table >> point & 1 == values[bit]


@pytest.mark.parametrize("seed", range(12))
def test_constants_fold_to_what_evaluation_gives(seed: int) -> None:
    module = _module(seed)
    values = evaluated(module.outputs.values(), _leaves(random.Random(seed)))
    nodes = module.nodes
    for node in reached(module.outputs.values()):
        if node.operands:
            constants = [nodes.const(values[o], o.width) for o in node.operands]
            assert folded(nodes.like(node, constants)) == format(values[node], f"0{node.width}b")


def test_x_is_folded_as_verilog_does() -> None:
    nodes = Nodes()
    half, one = nodes.bits("0x"), nodes.bits("01")
    assert folded(nodes.make(Op.AND, 2, half, one)) == "0x"
    assert folded(nodes.make(Op.ADD, 2, half, one)) == "xx"
    assert folded(nodes.make(Op.EQ, 1, half, one)) == "x"
    assert folded(nodes.make(Op.EQ, 1, half, nodes.bits("11"))) == "0"
    assert folded(nodes.make(Op.REDUCE_OR, 1, nodes.bits("1x"))) == "1"
    assert folded(nodes.mux(nodes.bits("x"), half, one)) == "0x"
    assert folded(nodes.make(Op.UDIV, 2, one, nodes.const(0, 2))) == "xx"


def test_a_sum_is_taken_apart_and_put_together() -> None:
    nodes = Nodes()
    a, b = nodes.input("a", 4), nodes.input("b", 4)
    inverted = nodes.make(Op.NOT, 4, b)
    total = nodes.make(Op.ADD, 4, nodes.make(Op.ADD, 4, a, inverted), nodes.const(1, 4))
    found = linear(total, lambda _: True)
    assert (found.terms, found.constant) == ({a: 1, b: -1}, 0)
    assert written(nodes, found) is nodes.make(Op.SUB, 4, a, b)


def test_bits_that_nothing_uses_are_not_demanded() -> None:
    nodes = Nodes()
    a = nodes.input("a", 8)
    total = nodes.make(Op.ADD, 8, a, nodes.const(3, 8))
    assert demanded([nodes.slice(total, 2, 3)])[a] == (0, 5)
    either = nodes.make(Op.OR, 8, a, nodes.const(3, 8))
    assert demanded([nodes.slice(either, 2, 3)])[a] == (2, 5)
