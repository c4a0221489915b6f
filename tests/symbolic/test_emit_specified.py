"""RTL that is x wherever a machine leaves something open."""

from dataclasses import replace

import pytest

from sim.design import Design
from sim.interface import Clock, Direction, Edge, Interface, Port, Reset
from sim.proof import Outcome
from symbolic.emit_fsm import emit_fsm, emit_specified
from symbolic.prover import YosysProver
from symbolic.state_table import StateTable, Transition

INTERFACE = Interface(
    module="m",
    ports=(
        Port(name="clk", direction=Direction.INPUT),
        Port(name="rst", direction=Direction.INPUT),
        Port(name="a", direction=Direction.INPUT, msb=1, lsb=0),
        Port(name="z", direction=Direction.OUTPUT),
    ),
    clocks=(Clock(port="clk", edge=Edge.RISING),),
    resets=(Reset(port="rst", active_low=False, asynchronous=False),),
)


def machine(*rows: tuple[str, str, str | None], outputs: dict[str, str]) -> StateTable:
    return StateTable(
        inputs=("a[1]", "a[0]"),
        outputs=("z",),
        states=tuple(outputs),
        transitions=tuple(Transition(state=s, inputs=i, target=t) for s, i, t in rows),
        moore_outputs=outputs,
        reset_state=next(iter(outputs)),
    )


# What follows 11 in A is open, and so is what B shows.
OPEN = machine(("A", "00", "A"), ("A", "01", "A"), ("A", "10", "B"), ("B", "--", "C"),
               ("C", "--", "A"), outputs={"A": "0", "B": "-", "C": "1"})  # fmt: skip


def design(text: str) -> Design:
    return Design(top="m", sources={"m.v": text})


def outcome(table: StateTable) -> Outcome:
    golden, other = design(emit_specified(INTERFACE, OPEN)), design(emit_fsm(INTERFACE, table))
    [proof] = YosysProver().equivalent(golden, [other], INTERFACE, seconds=30)
    return proof.outcome


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, Outcome.PROVED),
        ({("A", "11"): "C"}, Outcome.PROVED),
        ({("A", "11"): "B"}, Outcome.PROVED),
        ({("A", "01"): "B"}, Outcome.REFUTED),
    ],
)
def test_what_is_open_may_be_anything(
    change: dict[tuple[str, str], str], expected: Outcome
) -> None:
    rows = {(t.state, t.inputs): t.target for t in OPEN.transitions} | change
    transitions = [Transition(state=s, inputs=i, target=t) for (s, i), t in rows.items()]
    assert outcome(replace(OPEN, transitions=tuple(transitions))) is expected


@pytest.mark.parametrize(
    ("outputs", "expected"), [({"B": "1"}, Outcome.PROVED), ({"C": "0"}, Outcome.REFUTED)]
)
def test_outputs(outputs: dict[str, str], expected: Outcome) -> None:
    assert (
        outcome(replace(OPEN, moore_outputs={**(OPEN.moore_outputs or {}), **outputs})) is expected
    )


def test_mealy_outputs_are_x_where_nothing_is_said() -> None:
    mealy = StateTable(
        inputs=("a[1]", "a[0]"),
        outputs=("z",),
        states=("A",),
        transitions=(Transition(state="A", inputs="1-", target="A", outputs="1"),),
        reset_state="A",
    )
    text = emit_specified(INTERFACE, mealy)
    assert "z = {1{1'bx}};" in text
    assert "if (a[1]) begin z = 1'b1; next_state = A; end" in text
