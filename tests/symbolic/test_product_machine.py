"""States that a circuit can reach, against a search state by state."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("dd")

from symbolic.equivalence_settle import confirmed
from symbolic.formats.aiger import write_aiger
from symbolic.product_machine import Reached, reached
from symbolic.yosys_aiger import Aiger

_OUTPUT = "bad"


@st.composite
def _circuits(draw: st.DrawFn) -> Aiger:
    inputs = draw(st.integers(0, 2))
    latches = draw(st.integers(1, 4))
    gates = draw(st.integers(0, 8))
    ands = []
    for number in range(gates):
        most = 2 * (inputs + latches + number) + 1
        ands.append((draw(st.integers(0, most)), draw(st.integers(0, most))))
    literal = st.integers(0, 2 * (inputs + latches + gates) + 1)
    return Aiger(
        inputs=tuple(f"x{number}" for number in range(inputs)),
        outputs={_OUTPUT: draw(literal)},
        latches=tuple((draw(literal), draw(st.integers(0, 1))) for _ in range(latches)),
        ands=tuple(ands),
    )


def _explored(circuit: Aiger) -> tuple[bool, int]:
    """Return whether the output stays 0, and how many states there are."""
    start = tuple(value for _, value in circuit.latches)
    known, waiting, holds = {start}, [start], True
    while waiting:
        state = waiting.pop()
        for bits in product((0, 1), repeat=len(circuit.inputs)):
            values = [0, *bits, *state]
            for left, right in circuit.ands:
                values.append(_at(values, left) & _at(values, right))
            holds = holds and not _at(values, circuit.outputs[_OUTPUT])
            following = tuple(_at(values, literal) for literal, _ in circuit.latches)
            if following not in known:
                known.add(following)
                waiting.append(following)
    return holds, len(known)


def _at(values: list[int], literal: int) -> int:
    return values[literal >> 1] ^ (literal & 1)


@settings(max_examples=60, deadline=None)
@given(_circuits())
def test_it_is_what_a_search_state_by_state_finds(circuit: Aiger) -> None:
    holds, states = _explored(circuit)
    found = reached(circuit, _OUTPUT, seconds=30)
    assert found is not None
    assert found.holds == holds
    if holds:
        assert found.states == states


def _counter(width: int) -> Aiger:
    """Return a counter to half of its range and back to 0; the output needs its top two bits."""
    ands: list[tuple[int, int]] = []

    def both(left: int, right: int) -> int:
        ands.append((left, right))
        return 2 * (width + len(ands))

    bits = [2 * (number + 1) for number in range(width)]
    following, carry = [], 1
    for bit in bits[:-1]:
        either = both(both(bit, carry) ^ 1, both(bit ^ 1, carry ^ 1) ^ 1)
        following.append(either)
        carry = both(bit, carry)
    output = both(bits[-1], bits[-2])
    return Aiger(
        inputs=(),
        outputs={_OUTPUT: output},
        latches=tuple((literal, 0) for literal in [*following, 0]),
        ands=tuple(ands),
    )


def test_states_and_steps_are_counted() -> None:
    assert reached(_counter(6), _OUTPUT, seconds=30) == Reached(holds=True, states=32, steps=31)


@pytest.mark.parametrize(("seconds", "budget"), [(0.0, 1 << 20), (30.0, 4)])
def test_where_time_or_nodes_end_nothing_is_said(seconds: float, budget: int) -> None:
    assert reached(_counter(6), _OUTPUT, seconds=seconds, budget=budget) is None


@pytest.mark.parametrize(
    ("inverted", "outcome", "said"),
    [
        (0, "proved", "pdr; product machine, 32 states"),
        (1, "open", "pdr prove it, and the states of the product machine disprove it"),
    ],
)
def test_a_second_opinion_confirms_a_proof_or_takes_it_back(
    inverted: int, outcome: str, said: str, tmp_path: Path
) -> None:
    counter = _counter(6)
    circuit = replace(counter, outputs={"proof": counter.outputs[_OUTPUT] ^ inverted})
    path = tmp_path / "circuit.aig"
    path.write_bytes(write_aiger(circuit))
    found = confirmed(path, {"outcome": "proved", "reason": "pdr"}, 30.0)
    assert (found["outcome"], found["reason"]) == (outcome, said)
