from __future__ import annotations

from rtlgen.spec.model import Fragment, Kind, Place
from rtlgen.spec.plain import plain
from sim.interface import Direction, Port
from symbolic.state_table import StateTable, Transition
from symbolic.truth_table import Row, TruthTable
from symbolic.waveform import Column, Waveform


def said(value: object) -> tuple[str, ...]:
    place = Place(line=1, end_line=1)
    return plain(Fragment(kind=Kind.TRUTH_TABLE, value=value, place=place, source=""))


def test_function_is_stated_by_its_ones() -> None:
    table = TruthTable.from_minterms(
        inputs=("a", "b"), output="y", minterms=(1, 2), dont_cares=(3,)
    )
    assert said(table) == (
        "y is 1 for (a, b) = 01, 10; it does not matter for 11; it is 0 for all others",
    )


def test_wide_table_is_stated_row_by_row() -> None:
    names = tuple(f"x[{i}]" for i in range(7, -1, -1))
    table = TruthTable(
        inputs=names, outputs=("y",), rows=(Row(inputs="1" * 8, outputs="1"),), default="0"
    )
    assert said(table) == (
        f"({', '.join(names)}) = 11111111 gives (y) = 1",
        "anything else gives (y) = 0",
    )


def test_machine_is_stated_state_by_state() -> None:
    machine = StateTable(
        inputs=("go",),
        outputs=("z[1]", "z[0]"),
        states=("IDLE", "RUN"),
        transitions=(
            Transition(state="IDLE", inputs="1", target="RUN"),
            Transition(state="IDLE", inputs="0", target="IDLE"),
            Transition(state="RUN", inputs="-", target=None),
        ),
        moore_outputs={"IDLE": "00", "RUN": "1-"},
        reset_state="IDLE",
        codes={"IDLE": "0", "RUN": "1"},
    )
    assert said(machine) == (
        "reset leads to state IDLE",
        "state IDLE (code 0): z=00",
        "in IDLE, when go=1: go to RUN",
        "in IDLE, when go=0: go to IDLE",
        "state RUN (code 1): z[1]=1",
        "in RUN, always: the next state does not matter",
    )


def test_waveform_is_stated_row_by_row() -> None:
    clk = Port(name="clk", direction=Direction.INPUT)
    q = Port(name="q", direction=Direction.OUTPUT, msb=7, lsb=0)
    columns = (Column(port=clk, samples=(0, 1)), Column(port=q, samples=(None, 0xAB)))
    assert said(Waveform(columns=columns, times=("0ns", "5ns"))) == (
        "0ns: clk=0",
        "5ns: clk=1, q=0xab",
    )
