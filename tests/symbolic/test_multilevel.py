"""Multi-level logic of several functions."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic.cubes import Cube, minterm
from symbolic.expression import evaluate, verilog
from symbolic.minimize import Function, function
from symbolic.multilevel import Multilevel, minimized

NAMES = ("a", "b", "c", "d")


def from_points(width: int, values: str) -> Function:
    points = {value: [p for p, v in enumerate(values) if v == value] for value in "01"}
    return Function(
        width=width,
        on=tuple(minterm(p, width) for p in points["1"]),
        off=tuple(minterm(p, width) for p in points["0"]),
    )


def evaluated(logic: Multilevel, names: tuple[str, ...], point: int) -> dict[str, int]:
    values = {name: point >> len(names) - 1 - i & 1 for i, name in enumerate(names)}
    for name, expression in logic.wires:
        values[name] = evaluate(expression, values)
    return {name: evaluate(expression, values) for name, expression in logic.outputs.items()}


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_what_is_specified_is_kept(seed: int) -> None:
    random = Random(seed)
    texts = {f"f{i}": "".join(random.choice("01-") for _ in range(16)) for i in range(3)}
    logic = minimized(NAMES, {name: from_points(4, text) for name, text in texts.items()})
    for point in range(16):
        found = evaluated(logic, NAMES, point)
        for name, text in texts.items():
            assert text[point] in ("-", str(found[name]))


def test_common_parts_are_shared() -> None:
    names = ("a", "b", "c", "d", "e", "f")
    on = {"y": [Cube(0b110110, 0b110110), Cube(0b111001, 0b111001), Cube(0b001110, 0b001110)]}
    on["z"] = [Cube(cube.care | 1, cube.value & ~1) for cube in on["y"]]
    logic = minimized(names, {name: function(6, cubes) for name, cubes in on.items()})
    apart = sum(minimized(names, {name: function(6, cubes)}).literals for name, cubes in on.items())
    assert logic.wires
    assert logic.literals < apart


def test_dont_cares_make_a_literal_of_it() -> None:
    logic = minimized(("a", "b"), {"y": from_points(2, "0-1-")})
    assert {name: verilog(value) for name, value in logic.outputs.items()} == {"y": "a"}
    assert logic.literals == 1


def test_constants() -> None:
    logic = minimized(("a",), {"y": from_points(1, "11"), "z": from_points(1, "00")})
    assert [verilog(logic.outputs[name]) for name in "yz"] == ["1'b1", "1'b0"]


def test_parity_is_written_as_parity() -> None:
    text = "".join(str(p.bit_count() % 2) for p in range(8))
    logic = minimized(("a", "b", "c"), {"y": from_points(3, text)})
    assert evaluated(logic, ("a", "b", "c"), 0b111) == {"y": 1}
    assert logic.literals <= 6


def test_wrong_functions_are_refused() -> None:
    with pytest.raises(ValueError, match="'y' must have 1 inputs, not 2"):
        minimized(("a",), {"y": from_points(2, "0011")})
    with pytest.raises(ValueError, match="names of inputs and outputs must differ"):
        minimized(("y",), {"y": from_points(1, "01")})
    with pytest.raises(ValueError, match="begin with 'shared', and so does 'shared_bus'"):
        minimized(("shared_bus",), {"y": from_points(1, "01")})
