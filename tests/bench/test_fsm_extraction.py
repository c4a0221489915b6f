"""The machines of published problems, and which problems have one."""

from __future__ import annotations

from pathlib import Path

import pytest
from fsm_extraction import RULE, references

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.read import read_dataflow
from symbolic.extract import ExtractedMachine, machines

pytest.importorskip("pyosys")
# pyverilog leaves its file of the version open.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.mark.parametrize("text", ["a Moore state machine", "This FSM has", "state-assigned table"])
def test_a_description_that_speaks_of_states_is_a_problem(text: str) -> None:
    assert RULE.search(text)


@pytest.mark.parametrize("text", ["a 4-bit counter", "the state of the switch", "fsmall"])
def test_others_are_none(text: str) -> None:
    assert not RULE.search(text)


@pytest.mark.shared
def test_every_reference_gives_its_machine(shared: Path) -> None:
    cases = list(references(shared))
    assert len(cases) == 30
    sizes = {}
    for case, module in zip(
        cases, read_dataflow([case.design for case in cases], latches=True), strict=True
    ):
        assert isinstance(module, Dataflow), f"{case.task}: {module}"
        (machine,) = machines(module)
        assert isinstance(machine, ExtractedMachine), f"{case.task}: {machine}"
        assert machine.control
        sizes[case.task] = len(machine.table.states)
    assert sizes["fsm_hdlc"] == sizes["review2015_fsm"] == 10
    assert sizes["lemmings1"] == sizes["fsm1"] == 2
    assert sizes["2012_q2fsm"] == 6
