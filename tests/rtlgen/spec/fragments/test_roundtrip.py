"""What is written down in any style is read back as the same value."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from rtlgen.spec.fragments import read_fragments
from sim.interface import Interface
from symbolic.equations import Equations
from symbolic.state_table import StateTable
from symbolic.truth_table import TruthTable
from tests.rtlgen.spec.fragments import writers
from tests.rtlgen.spec.fragments.writers import Function, Machine

SEEDS = range(25)
_NAMES = [
    list("abcdeg"),
    ["x[5]", "x[4]", "x[3]", "x[2]", "x[1]", "x[0]"],
    ["p", "q", "en", "sel", "u1", "u2"],
]


def _only(text: str, interface: Interface) -> object:
    fragments, findings = read_fragments(
        f"The module does this:\n\n{text}\n\nThat is all.", interface
    )
    assert len(fragments) == 1, f"{text}\n{fragments}\n{findings}"
    return fragments[0].value


def _check_function(table: object, f: Function, text: str) -> None:
    assert isinstance(table, (TruthTable, Equations))
    for number, expected in enumerate(f.values):
        bits = {
            n: int(b) for n, b in zip(f.names, format(number, f"0{len(f.names)}b"), strict=True)
        }
        assert table.value(bits)[f.output] == expected, f"{text}\n{table}\nat {bits}"


def _function(
    rng: random.Random, least: int, most: int, *, letters: bool = False
) -> tuple[Function, Interface]:
    count = rng.randint(least, most)
    names = list("abcdeg")[:count] if letters else rng.choice(_NAMES)[-count:]
    declared: list[str | tuple[str, int]] = (
        [("x", count)] if names[0].startswith("x[") else list(names)
    )
    if names[0].startswith("x[") and count == 1:
        return _function(rng, least, most, letters=True)
    return writers.random_function(rng, names), writers.combinational(declared, ["f"])


@pytest.mark.parametrize("seed", SEEDS)
def test_karnaugh_map(seed: int) -> None:
    rng = random.Random(seed)
    f, interface = _function(rng, 2, 6)
    text = writers.karnaugh(rng, f)
    _check_function(_only(text, interface), f, text)


@pytest.mark.parametrize("seed", SEEDS)
def test_truth_table(seed: int) -> None:
    rng = random.Random(seed)
    f, interface = _function(rng, 1, 5, letters=True)
    text = writers.truth_table(rng, f)
    _check_function(_only(text, interface), f, text)


@pytest.mark.parametrize("write", [writers.minterms, writers.worded_minterms])
@pytest.mark.parametrize("seed", SEEDS)
def test_minterms(seed: int, write: Callable[[random.Random, Function], str]) -> None:
    rng = random.Random(seed)
    f, interface = _function(rng, 2, 4, letters=rng.random() < 0.7)
    if min(f.values.count("1"), f.values.count("0")) < 2:
        return
    text = write(rng, f)
    _check_function(_only(text, interface), f, text)


def _check_machine(table: object, machine: Machine, text: str) -> None:
    assert isinstance(table, StateTable), text
    assert set(table.states) == {s for s in machine.states if s in table.states}
    order = {name: i for i, name in enumerate(machine.inputs)}
    columns = [machine.outputs.index(name) for name in table.outputs]
    assert len(columns) == len(machine.outputs), f"{text}\n{table}"
    for (state, point), target in machine.next_state.items():
        seen = "".join(point[order[name]] for name in table.inputs)
        after, outputs = table.follow(state, seen)
        values = (
            machine.moore[state]
            if machine.moore is not None
            else (machine.mealy or {})[state, point]
        )
        assert after == target, f"{text}\n{state} {point}"
        assert outputs == "".join(values[c] for c in columns), f"{text}\n{state} {point}"


@pytest.mark.parametrize("write", [writers.arrows, writers.state_table, writers.transition_rows])
@pytest.mark.parametrize("moore", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_machine(seed: int, moore: bool, write: Callable[[random.Random, Machine], str]) -> None:
    rng = random.Random(seed)
    inputs = rng.choice([["x"], ["in"], ["j", "k"], ["go", "stop"]])
    outputs = rng.choice([["z"], ["out"], ["z1", "z2"]])
    machine = writers.random_machine(rng, inputs=inputs, outputs=outputs, moore=moore)
    text = write(rng, machine)
    interface = writers.clocked(inputs, outputs)
    _check_machine(_only(text, interface), machine, text)
