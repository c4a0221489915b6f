"""Decision diagrams of dataflow nodes, against arithmetic on numbers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic import bdd
from symbolic.bdd import Cones, NodeBudgetReached
from symbolic.cubes import Cube, covers, intersects, points
from symbolic.dataflow.nodes import Node, Nodes, Op

WIDTH = 3
ALL = range(1 << WIDTH)


def value_at(cones: Cones, word: Sequence[bdd.Bdd], values: dict[str, int]) -> int:
    """Return the number that a word is when its variables have `values`."""
    found = 0
    for place, function in enumerate(word):
        support = cones.manager.support(function)
        fixed = cones.manager.let({name: bool(values[name]) for name in support}, function)
        assert fixed in (cones.one, cones.zero)
        found |= int(fixed == cones.one) << place
    return found


def bits_of(**numbers: int) -> dict[str, int]:
    return {f"{name}[{i}]": n >> i & 1 for name, n in numbers.items() for i in range(WIDTH)}


def signed(number: int) -> int:
    return number - (1 << WIDTH) if number >> WIDTH - 1 else number


def truncated(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


BINARY: dict[Op, Callable[[int, int], int]] = {
    Op.AND: lambda a, b: a & b,
    Op.OR: lambda a, b: a | b,
    Op.XOR: lambda a, b: a ^ b,
    Op.ADD: lambda a, b: a + b,
    Op.SUB: lambda a, b: a - b,
    Op.MUL: lambda a, b: a * b,
    Op.SHL: lambda a, b: a << b,
    Op.LSHR: lambda a, b: a >> b,
    Op.ASHR: lambda a, b: signed(a) >> b,
    Op.EQ: lambda a, b: int(a == b),
    Op.ULT: lambda a, b: int(a < b),
    Op.SLT: lambda a, b: int(signed(a) < signed(b)),
}
DIVIDING: dict[Op, Callable[[int, int], int]] = {
    Op.UDIV: lambda a, b: a // b,
    Op.UMOD: lambda a, b: a % b,
    Op.SDIV: lambda a, b: truncated(signed(a), signed(b)),
    Op.SMOD: lambda a, b: signed(a) - signed(b) * truncated(signed(a), signed(b)),
}


@pytest.mark.parametrize("op", [*BINARY, *DIVIDING])
def test_two_operands(op: Op) -> None:
    nodes = Nodes()
    width = 1 if op in (Op.EQ, Op.ULT, Op.SLT) else WIDTH
    node = nodes.make(op, width, nodes.input("a", WIDTH), nodes.reg("b", WIDTH))
    cones = Cones()
    word = cones.bits(node)
    for a, b in product(ALL, ALL):
        if b or op not in DIVIDING:
            expected = (BINARY | DIVIDING)[op](a, b) % (1 << width)
            assert value_at(cones, word, bits_of(a=a, b=b)) == expected, (a, b)


UNARY: dict[str, tuple[Callable[[Nodes, Node], Node], Callable[[int], int]]] = {
    "not": (lambda n, a: n.make(Op.NOT, WIDTH, a), lambda a: 7 - a),
    "and": (lambda n, a: n.make(Op.REDUCE_AND, 1, a), lambda a: int(a == 7)),
    "or": (lambda n, a: n.make(Op.REDUCE_OR, 1, a), lambda a: int(a > 0)),
    "xor": (lambda n, a: n.make(Op.REDUCE_XOR, 1, a), lambda a: a.bit_count() % 2),
    "slice": (lambda n, a: n.slice(a, 1, 2), lambda a: a >> 1),
    "zext": (lambda n, a: n.resized(a, 5), lambda a: a),
    "sext": (lambda n, a: n.resized(a, 5, signed=True), lambda a: signed(a) % 32),
    "concat": (lambda n, a: n.concat(a, n.const(2, 2)), lambda a: 4 * a + 2),
    "mux": (lambda n, a: n.mux(n.slice(a, 0, 1), a, n.const(5, 3)), lambda a: a if a % 2 else 5),
}


@pytest.mark.parametrize("name", UNARY)
def test_one_operand(name: str) -> None:
    make, expected = UNARY[name]
    nodes, cones = Nodes(), Cones()
    word = cones.bits(make(nodes, nodes.input("a", WIDTH)))
    assert [value_at(cones, word, bits_of(a=a)) for a in ALL] == [expected(a) for a in ALL]


def test_below_a_cut_nothing_is_looked_at() -> None:
    nodes = Nodes()
    full = nodes.make(Op.EQ, 1, nodes.reg("count", 24), nodes.const(9_999_999, 24))
    cones = Cones(cut=[full])
    [function] = cones.bits(nodes.make(Op.AND, 1, full, nodes.input("go", 1)))
    assert cones.manager.support(function) == {f"#{full.number}[0]", "go[0]"}
    assert cones.variables[f"#{full.number}[0]"].node is full


def test_what_is_x_is_a_variable_of_its_own() -> None:
    nodes, cones = Nodes(), Cones()
    low, high = cones.bits(nodes.bits("x1"))
    assert low == cones.one
    assert cones.manager.support(high) == set(cones.dont_cares())
    assert len(cones.dont_cares()) == 1


def test_words_read_from_memories_are_free() -> None:
    nodes, cones = Nodes(), Cones()
    read = nodes.make(Op.READ, 2, nodes.input("a", 4), payload="m")
    cones.bits(read)
    assert {(of.node.op, of.bit) for of in cones.variables.values()} == {(Op.READ, 0), (Op.READ, 1)}


def test_the_budget_ends_what_has_no_small_diagram() -> None:
    nodes, cones = Nodes(), Cones(budget=2_000)
    product_of = nodes.make(Op.MUL, 16, nodes.input("a", 16), nodes.input("b", 16))
    with pytest.raises(NodeBudgetReached, match="at most 2000 nodes together"):
        cones.bits(product_of)


def test_memory_that_runs_out_is_the_budget_too() -> None:
    nodes, cones = Nodes(), Cones(budget=10**9)
    cones.manager.configure(max_memory=1 << 20)
    product_of = nodes.make(Op.MUL, 12, nodes.input("a", 12), nodes.input("b", 12))
    with pytest.raises(NodeBudgetReached, match="at most 1000000000 nodes together"):
        cones.bits(product_of)


def test_wide_sums_have_small_diagrams() -> None:
    nodes, cones = Nodes(), Cones(budget=5_000)
    word = cones.bits(nodes.make(Op.ADD, 64, nodes.input("a", 64), nodes.reg("b", 64)))
    assert len(word) == 64


def functions_of(cones: Cones, seed: int) -> list[bdd.Bdd]:
    """Return a random function and one that contains it."""
    random = Random(seed)
    lower = upper = cones.zero
    for point in range(16):
        term = cones.one
        for i in range(4):
            bit = cones.variable(f"v{i}")
            term = term & (bit if point >> 3 - i & 1 else ~bit)
        kind = random.randrange(3)
        lower = lower | term if kind == 0 else lower
        upper = upper | term if kind < 2 else upper
    return [lower, upper]


NAMES = ("v0", "v1", "v2", "v3")


def as_points(cones: Cones, function: bdd.Bdd) -> set[int]:
    names = dict(zip(NAMES, (8, 4, 2, 1), strict=True))
    return {
        sum(names[name] for name, value in found.items() if value)
        for found in cones.manager.pick_iter(function, set(NAMES))
    }


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_covers_lie_between_their_bounds_and_waste_nothing(seed: int) -> None:
    cones = Cones()
    lower, upper = functions_of(cones, seed)
    cubes = cones.irredundant(lower, upper, NAMES)
    together = {p for cube in cubes for p in points(cube, 4)}
    least = as_points(cones, lower)
    assert least <= together <= as_points(cones, upper)
    for cube in cubes:
        rest = [other for other in cubes if other != cube]
        assert not all(covers(rest, Cube(15, p)) for p in least)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_disjoint_cubes_are_the_function(seed: int) -> None:
    cones = Cones()
    function = functions_of(cones, seed)[0]
    cubes = cones.disjoint(function, NAMES)
    assert {p for cube in cubes for p in points(cube, 4)} == as_points(cones, function)
    assert not any(intersects(a, b) for i, a in enumerate(cubes) for b in cubes[:i])


def test_without_cudd_dd_itself_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dd.cudd", None)
    nodes, cones = Nodes(), Cones()
    assert type(cones.manager).__module__ == "dd.autoref"
    word = cones.bits(nodes.make(Op.ADD, 16, nodes.input("a", 16), nodes.reg("b", 16)))
    cubes = cones.disjoint(word[0], ["a[0]", "b[0]"])
    assert cubes == [Cube(3, 1), Cube(3, 2)]
