"""PLA, BLIF and AIGER: what is read, what is written, and that they say the same."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.interface import Clock, Direction, Interface, Port
from symbolic.cubes import Cube, covers, intersects, minterm
from symbolic.dataflow.module import AsyncReset, Dataflow, Memory, Register
from symbolic.dataflow.nodes import Nodes, Op
from symbolic.formats.aiger import (
    AigerError,
    aiger_of,
    aiger_of_netlist,
    netlist_of,
    read_aiger,
    write_aiger,
    write_ascii_aiger,
)
from symbolic.formats.blif import BlifError, Gate, Latch, Netlist, read_blif, write_blif
from symbolic.formats.pla import Pla, PlaError, read_pla, write_pla
from symbolic.minimize import Function

# -- PLA --------------------------------------------------------------------------------


def value_of(function: Function, point: int) -> str:
    at = minterm(point, function.width)
    ones, zeros = (any(intersects(c, at) for c in cubes) for cubes in (function.on, function.off))
    assert not (ones and zeros)
    return "1" if ones else "0" if zeros else "-"


def table(pla: Pla) -> list[str]:
    return [
        "".join(value_of(function, point) for function in pla.functions)
        for point in range(1 << len(pla.inputs))
    ]


ROWS = "00 1~\n01 -1\n1- 01\n"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("f", ["10", "01", "01", "01"]),
        ("fd", ["10", "-1", "01", "01"]),
        ("fr", ["1-", "-1", "01", "01"]),
        ("fdr", ["1-", "-1", "01", "01"]),
    ],
)
def test_what_rows_say_depends_on_the_type(kind: str, expected: list[str]) -> None:
    assert table(read_pla(f".i 2\n.o 2\n.type {kind}\n{ROWS}.e\n")) == expected


def test_without_a_type_it_is_fd() -> None:
    text = ".i 2 # inputs\n.o 2\n.ilb a b\n.ob y z\n.p 3\n" + ROWS
    found = read_pla(text)
    assert (found.inputs, found.outputs) == (("a", "b"), ("y", "z"))
    assert table(found) == ["10", "-1", "01", "01"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (".o 1\n", "must have a line `.i`"),
        (".i x\n.o 1\n", "line 1: `.i` must be followed by a number"),
        (".i 2\n.o 1\n0 1\n", "line 3: a row must be 2 inputs and 1 outputs, not '0 1'"),
        (".i 1\n.o 1\n.type xy\n", "line 3: a type must be one of f, fd, fr, fdr, not 'xy'"),
        (".i 1\n.o 1\n.kiss\n", "line 3: unknown directive '.kiss'"),
        (".i 2\n.o 1\n.ilb a\n", "`.i 2` must fit the 1 names given"),
        (".i 2\n.o 1\n.ilb a a\n", "'a' stands twice"),
        (".i 2\n.o 1\n.type fr\n1- 1\n-1 0\n", "output z0 cannot be 1 on 1- and 0 on -1"),
    ],
)
def test_other_texts_are_no_pla(text: str, message: str) -> None:
    with pytest.raises(PlaError, match=message):
        read_pla(text)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_pla_there_and_back(seed: int) -> None:
    random = Random(seed)
    functions = []
    for _ in range(3):
        kinds = [random.choice("01-") for _ in range(8)]
        functions.append(
            Function(
                width=3,
                on=tuple(minterm(p, 3) for p in range(8) if kinds[p] == "1"),
                off=tuple(minterm(p, 3) for p in range(8) if kinds[p] == "0"),
            )
        )
    pla = Pla(inputs=("a", "b", "c"), outputs=("x", "y", "z"), functions=tuple(functions))
    assert table(read_pla(write_pla(pla))) == table(pla)


# -- BLIF -------------------------------------------------------------------------------

BLIF = """# a toggling bit
.model toggle
.inputs en \\
  clk
.outputs q busy
.latch d q re clk 1
.names en q d
10 1
01 1
.names en q busy
00 0
.names one
1
.end
"""


def test_a_circuit_is_read() -> None:
    found = read_blif(BLIF)
    assert found.inputs == ("en", "clk")
    assert found.latches == {"q": Latch(data="d", initial="1", kind="re", clock="clk")}
    assert found.gates["d"] == Gate(fanins=("en", "q"), cubes=(Cube(3, 2), Cube(3, 1)))
    assert found.gates["busy"].value == 0
    assert read_blif(write_blif(found)) == found


def test_a_circuit_runs_as_a_graph() -> None:
    circuit = aiger_of_netlist(read_blif(BLIF))
    assert circuit.inputs == ("en",)
    seen = circuit.run([{"en": 0}, {"en": 1}, {"en": 0}, {"en": 1}])
    assert [(s["q"], s["busy"]) for s in seen] == [(1, 1), (1, 1), (0, 0), (0, 1)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (".model m\n.subckt other a=b\n", "line 2: '.subckt' is not read"),
        (".model m\n11 1\n", "line 2: a row must follow `.names`, not '11 1'"),
        (".model m\n.inputs a\n.names a y\n11 1\n", "line 3: a row of this cover must be 1 inputs"),
        (".model m\n.inputs a\n.names a y\n1 1\n0 0\n", "line 3: rows of a cover must all"),
        (".model m\n.outputs y\n", "'y' is not"),
        (".model m\n.inputs a\n.names a\n1\n", "must have one driver, but 'a' has several"),
        (".model m\n.names a\n.names a\n", "line 3: a signal must have one driver"),
        (".model m\n.latch a\n", "line 2: a latch must be input, output"),
        (".model m\n.latch a b zz c 0\n", "a latch's type must be one of fe, re"),
    ],
)
def test_other_texts_are_no_blif(text: str, message: str) -> None:
    with pytest.raises(BlifError, match=message):
        read_blif(text)


def test_names_that_blif_cannot_hold_are_refused() -> None:
    netlist = Netlist(name="m", inputs=("a b",), outputs=("a b",))
    with pytest.raises(BlifError, match="'a b' cannot be written in BLIF"):
        write_blif(netlist)


def test_loops_are_refused() -> None:
    text = ".model m\n.outputs a\n.names b a\n1 1\n.names a b\n1 1\n.end\n"
    with pytest.raises(AigerError, match="must not form a loop"):
        aiger_of_netlist(read_blif(text))


# -- AIGER ------------------------------------------------------------------------------


def adder() -> Dataflow:
    nodes = Nodes()
    ports = [
        Port(name="clk", direction=Direction.INPUT),
        Port(name="a", direction=Direction.INPUT, msb=3, lsb=0),
        Port(name="sum", direction=Direction.OUTPUT, msb=3, lsb=0),
    ]
    total = nodes.reg("total", 4)
    following = nodes.make(Op.ADD, 4, total, nodes.input("a", 4))
    return Dataflow(
        interface=Interface(module="m", ports=tuple(ports), clocks=(Clock(port="clk"),)),
        nodes=nodes,
        outputs={"sum": total},
        registers={
            "total": Register(name="total", width=4, clock="clk", next=following, initial="0011")
        },
    )


def sums(circuit: object, numbers: list[int]) -> list[int]:
    vectors = [{f"a[{i}]": n >> i & 1 for i in range(4)} for n in numbers]
    seen = circuit.run(vectors)  # type: ignore[attr-defined]
    return [sum(step[f"sum[{i}]"] << i for i in range(4)) for step in seen]


def test_dataflow_becomes_a_graph_that_counts() -> None:
    assert sums(aiger_of(adder()), [1, 5, 9, 0]) == [3, 4, 9, 2]


def test_all_ways_there_and_back() -> None:
    circuit = aiger_of(adder())
    assert read_aiger(write_aiger(circuit)) == circuit
    for other in (
        read_aiger(write_ascii_aiger(circuit).encode()),
        aiger_of_netlist(netlist_of(circuit)),
        aiger_of_netlist(read_blif(write_blif(netlist_of(circuit, clock="clk")))),
    ):
        assert sums(other, [1, 5, 9, 0]) == [3, 4, 9, 2]


def test_ascii_gates_may_stand_in_any_order() -> None:
    text = b"aag 7 2 0 2 2\n6\n2\n10\n12\n10 13 6\n12 7 3\ni0 a\ni1 b\no0 y\no1 z\n"
    circuit = read_aiger(text)
    for a, b in product((0, 1), repeat=2):
        assert circuit.run([{"a": a, "b": b}]) == [{"y": a, "z": int(not a and not b)}]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"aog 0 0 0 0 0\n", "begins with `aig`"),
        (b"aag 2 1 0 1 1\n2\n4\n4 4 2\n", "loop through variable 2"),
        (b"aag 2 1 0 1 0\n2\n4\n", "variable 2 is not defined"),
        (b"aag 1 0 1 0 0\n2 2 2\n", "no value at reset"),
    ],
)
def test_other_contents_are_no_aiger(content: bytes, message: str) -> None:
    with pytest.raises(AigerError, match=message):
        read_aiger(content)


def test_what_a_graph_cannot_hold_is_refused() -> None:
    from dataclasses import replace

    module = adder()
    memory = Memory(name="m", width=1, depth=2)
    with pytest.raises(AigerError, match="has no memories, like 'm'"):
        aiger_of(replace(module, memories={"m": memory}))
    reset = AsyncReset(signal=module.nodes.input("rst", 1), active_low=False, value="0000")
    registers = {"total": replace(module.registers["total"], reset=reset)}
    with pytest.raises(AigerError, match="no asynchronous resets, like that of 'total'"):
        aiger_of(replace(module, registers=registers))


def test_covers_of_a_pla_contain_what_they_should() -> None:
    pla = read_pla(".i 3\n.o 1\n1-- 1\n-1- 1\n--1 -\n.e\n")
    assert covers(pla.functions[0].off, Cube(7, 0))
    assert not covers(pla.functions[0].off, Cube(1, 1))
