"""The machine is the same in whatever style it is written."""

from __future__ import annotations

from functools import cache

import pytest

from sim.design import Design
from sim.interface import infer_timing, read_interface
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.read import read_dataflow
from symbolic.dataflow.source_map import source_maps
from symbolic.extract import ExtractedMachine, machines
from symbolic.extract_names import constants_of
from symbolic.state_table import StateTable
from tests.symbolic.extract.styles import ACCEPTING, DETECTOR, STYLES, Style

pytest.importorskip("pyosys")


@cache
def _extracted() -> dict[str, list[object]]:
    """All styles, read by one process."""
    designs = [Design(top="top", sources={"top.sv": style.verilog}) for style in STYLES]
    interfaces = [infer_timing(design, read_interface(design)) for design in designs]
    found: dict[str, list[object]] = {}
    modules = read_dataflow(designs, interfaces)
    for style, design, module, source in zip(
        STYLES, designs, modules, source_maps(designs), strict=True
    ):
        assert isinstance(module, Dataflow), f"{style.name}: {module}"
        found[style.name] = list(machines(module, constants=constants_of(design, source)))
    return found


def _machine(style: Style) -> ExtractedMachine:
    (machine,) = _extracted()[style.name]
    assert isinstance(machine, ExtractedMachine)
    return machine


def _output(table: StateTable, state: str) -> str:
    assert table.moore_outputs is not None
    return table.moore_outputs[state][table.outputs.index("z")]


def _matches(table: StateTable, start: str) -> bool:
    """Tell whether a state of the table does what the detector does from its first state on."""
    pairs = [(start, "S0")]
    for state, wanted in pairs:
        if _output(table, state) != str(int(wanted == ACCEPTING)):
            return False
        for digit, goal in zip("01", DETECTOR[wanted], strict=True):
            target, _ = table.follow(state, digit)
            assert target is not None
            if (target, goal) not in pairs:
                pairs.append((target, goal))
    return True


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_the_table_is_the_detector(style: Style) -> None:
    machine = _machine(style)
    table = machine.table
    assert machine.register == style.register
    assert table.inputs == ("x",)
    assert len(table.states) == style.states
    start = table.reset_state or table.power_on_state
    starts = table.states if start is None else (start,)
    assert any(_matches(table, state) for state in starts)
    assert set(table.codes) == set(table.states)


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_resets_are_no_inputs(style: Style) -> None:
    machine = _machine(style)
    ports = [reset.signal.payload for reset in machine.resets]
    assert ports == ([style.reset] if style.reset else [])
    assert all(reset.active_low == style.reset.endswith("_n") for reset in machine.resets)
    assert (machine.table.reset_state is not None) == bool(style.reset)
    assert (machine.table.power_on_state is not None) == style.name.startswith("initial")
    assert machine.rising == (style.name != "falling edge")


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_states_have_the_names_of_the_source(style: Style) -> None:
    machine = _machine(style)
    assert machine.named == style.named
    if style.named:
        names = {name.upper() for name in machine.table.states}
        assert names == {*DETECTOR, *style.others}
        start = machine.table.reset_state or machine.table.power_on_state or "S0"
        assert start.upper() == "S0"
        assert _matches(machine.table, start)
