"""Gates, and words as gates: what SAT says of them is what their values say."""

from __future__ import annotations

import itertools

from hypothesis import given, settings

from symbolic.dataflow.evaluate import evaluated
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.facts.bits import BitLogic, constant
from symbolic.facts.gates import FALSE, TRUE, Gates
from tests.symbolic.modules import random_modules


def test_gates_are_made_once_and_simplified() -> None:
    gates = Gates()
    a, b = gates.free(), gates.free()
    assert gates.both(a, b) == gates.both(b, a)
    assert gates.both(a, -a) == FALSE
    assert gates.either(a, TRUE) == TRUE
    assert gates.differ(a, -b) == -gates.differ(b, a)
    assert gates.choose(-a, b, a) == gates.choose(a, a, b)


def test_every_choice_of_operands_selects_right() -> None:
    gates = Gates()
    free = [gates.free() for _ in range(3)]
    literals = [TRUE, FALSE, *free, *(-literal for literal in free)]
    for condition, one, other in itertools.product(literals, repeat=3):
        made = gates.choose(condition, one, other)
        expected = (gates.sampled(condition) & gates.sampled(one)) | (
            gates.sampled(-condition) & gates.sampled(other)
        )
        assert gates.sampled(made) == expected


def test_never_is_said_only_of_what_is_proved() -> None:
    gates = Gates()
    a, b = gates.free(), gates.free()
    both = gates.both(a, b)
    assert gates.never(both, -a)
    assert not gates.never(both, a)
    assert gates.same([both], [gates.both(b, a)])
    assert gates.same([both], [a], where=b)
    assert not gates.same([both], [a])


def test_a_question_beyond_the_conflicts_is_left_open() -> None:
    logic = BitLogic(Gates(conflicts=1))
    nodes = Nodes()
    a, b = nodes.input("a", 10), nodes.input("b", 10)
    left, right = nodes.make(Op.MUL, 10, a, b), nodes.make(Op.MUL, 10, b, a)
    assert not logic.gates.same(logic.of(left), logic.of(right))
    assert not logic.gates.settled


def test_a_solution_shows_what_is_asked_for() -> None:
    gates = Gates()
    a, b = gates.free(), gates.free()
    model = gates.solution([gates.both(a, -b)], [a, b])
    assert model is not None
    assert gates.value(model, a)
    assert not gates.value(model, b)
    assert gates.value(model, -b)


@given(random_modules())
@settings(max_examples=60, deadline=None)
def test_words_as_gates_have_the_values_of_the_words(module: Dataflow) -> None:
    logic = BitLogic()
    inputs = {n: module.nodes.input(n, w) for n, w in (("a", 3), ("b", 3), ("s", 1), ("t", 1))}
    bits = {node: logic.of(node) for node in (*inputs.values(), *module.outputs.values())}
    for a, b, s, t in ((0, 0, 0, 0), (5, 3, 1, 0), (7, 7, 0, 1), (2, 6, 1, 1)):
        given_values = dict(zip("abst", (a, b, s, t), strict=True))
        leaves = {(Op.INPUT, name): value for name, value in given_values.items()}
        expected = evaluated(module.outputs.values(), leaves)
        values = logic.gates.evaluated(_assigned(inputs, bits, given_values), 1)
        for node in module.outputs.values():
            found = sum(values[bit] << i for i, bit in enumerate(bits[node]))
            assert found == expected[node]


def _assigned(
    inputs: dict[str, Node], bits: dict[Node, tuple[int, ...]], values: dict[str, int]
) -> dict[int, int]:
    return {
        bit: values[name] >> i & 1
        for name, node in inputs.items()
        for i, bit in enumerate(bits[node])
    }


def test_products_and_shifts_have_their_values() -> None:
    nodes = Nodes()
    a, b = nodes.input("a", 4), nodes.input("b", 4)
    logic = BitLogic()
    pairs = {(logic.of(a), logic.of(b)): None}
    (left, right), *_ = pairs
    for op in (Op.MUL, Op.SHL, Op.LSHR, Op.ASHR, Op.SLT):
        node = nodes.make(op, 1 if op is Op.SLT else 4, a, b)
        bits = logic.of(node)
        for x, y in itertools.product(range(16), repeat=2):
            given_bits = {bit: x >> i & 1 for i, bit in enumerate(left)}
            given_bits |= {bit: y >> i & 1 for i, bit in enumerate(right)}
            values = logic.gates.evaluated(given_bits, 1)
            found = sum(values[bit] << i for i, bit in enumerate(bits))
            leaves = {(Op.INPUT, "a"): x, (Op.INPUT, "b"): y}
            assert found == evaluated([node], leaves)[node], (op, x, y)


def test_words_of_one_address_are_the_same_and_of_another_are_not() -> None:
    nodes = Nodes()
    one = nodes.input("i", 2)
    same = nodes.make(Op.OR, 2, one, nodes.const(0, 2))
    logic = BitLogic()
    reads = [nodes.make(Op.READ, 4, address, payload="m") for address in (one, same)]
    other = nodes.make(Op.READ, 4, nodes.input("j", 2), payload="m")
    assert logic.of(reads[0]) == logic.of(reads[1])
    assert not logic.gates.same(logic.of(reads[0]), logic.of(other))


def test_an_x_may_be_anything() -> None:
    nodes = Nodes()
    logic = BitLogic()
    bits = logic.of(nodes.bits("1x0"))
    assert constant(bits) is None
    assert constant((bits[2], bits[0])) == "01"
    assert not logic.gates.never(bits[1])
    assert not logic.gates.never(-bits[1])
