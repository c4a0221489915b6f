"""How states of a new machine stand for those of an old one, on tables alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from symbolic.fsm_rewrite_plan import NotWritable, plan
from symbolic.state_table import StateTable, Transition


def _machine(rows: str, outputs: dict[str, str] | None = None, **codes: str) -> StateTable:
    """Rows are `state inputs target` or, for Mealy machines, `state inputs target outputs`."""
    found = []
    for row in rows.split(";"):
        state, inputs, target, *given = row.split()
        goal = None if target == "*" else target
        given_outputs = given[0] if given else ""
        found.append(Transition(state=state, inputs=inputs, target=goal, outputs=given_outputs))
    states = tuple(codes)
    return StateTable(
        inputs=("x",),
        outputs=("z",),
        states=states,
        transitions=tuple(found),
        moore_outputs=outputs,
        reset_state=states[0],
        codes=codes,
    )


TWINS = _machine(
    "A 0 B; A 1 C; B - A; C - A",
    {"A": "0", "B": "1", "C": "1"},
    A="00",
    B="01",
    C="10",
)
MERGED = _machine("A - C; C - A", {"A": "0", "C": "1"}, A="0", C="1")


def test_merged_states_become_one_that_stays() -> None:
    found = plan(TWINS, MERGED)
    assert found.kept == {"A": "A", "C": "C"}
    assert found.image == {"A": "A", "B": "C", "C": "C"}
    assert found.merged_into("C") == ("B",)
    assert found.codes == {"A": "0", "C": "1"}
    assert found.same_transitions
    assert found.same_outputs
    assert not found.same_codes


def test_states_that_nothing_leads_to_are_told() -> None:
    old = _machine("A - A; B - A", {"A": "0", "B": "1"}, A="0", B="1")
    new = _machine("A - A", {"A": "0"}, A="0")
    assert plan(old, new).unreached == ("B",)


def test_names_of_the_new_machine_do_not_matter() -> None:
    new = _machine("p - q; q - p", {"p": "0", "q": "1"}, p="1", q="0")
    assert plan(TWINS, new).kept == {"p": "A", "q": "B"}
    assert plan(TWINS, new).home == "A"


def test_a_state_whose_outputs_were_open_does_not_give_them() -> None:
    old = _machine("A 0 A 1; A 1 B 0; B 0 A -; B 1 B 1", A="0", B="1")
    joined = _machine("B 0 B 1; B 1 B 1", B="0")
    assert not plan(old, joined).same_outputs


def test_a_next_state_that_was_open_is_not_the_same() -> None:
    old = _machine("A 0 B 0; A 1 * -; B - A 1", A="0", B="1")
    new = _machine("A 0 B 0; A 1 A -; B - A 1", A="0", B="1")
    assert plan(old, new).same_outputs
    assert not plan(old, new).same_transitions


def test_other_inputs_are_refused() -> None:
    with pytest.raises(NotWritable, match="must have the inputs and outputs of the old"):
        plan(TWINS, replace(MERGED, inputs=("y",)))


def test_codes_are_needed() -> None:
    with pytest.raises(NotWritable, match="both machines must have codes"):
        plan(TWINS, replace(MERGED, codes={}))


def test_a_state_that_stands_for_nothing_is_refused() -> None:
    new = _machine("A - C; C - A; D - A", {"A": "0", "C": "1", "D": "0"}, A="00", C="01", D="10")
    with pytest.raises(NotWritable, match="no state of the source can stand for state 'D'"):
        plan(TWINS, new)
