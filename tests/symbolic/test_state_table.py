"""State tables: construction, refusals, steps with known and unknown states, KISS2."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from symbolic.kiss2 import Kiss2Error, parse_kiss2, write_kiss2
from symbolic.state_table import StateTable, Transition


def arrows(*texts: str) -> tuple[Transition, ...]:
    """Read transitions written `A 1 B` or `A 1 B 0`."""
    found = []
    for text in texts:
        state, inputs, target, *outputs = text.split()
        goal = None if target == "*" else target
        found.append(Transition(state=state, inputs=inputs, target=goal, outputs="".join(outputs)))
    return tuple(found)


TOGGLE = StateTable(
    inputs=("t",),
    outputs=("q",),
    states=("OFF", "ON"),
    transitions=arrows("OFF 1 ON", "OFF 0 OFF", "ON 1 OFF", "ON 0 ON"),
    moore_outputs={"OFF": "0", "ON": "1"},
    reset_state="OFF",
)
DETECTOR = StateTable(
    inputs=("x",),
    outputs=("z",),
    states=("A", "B"),
    transitions=arrows("A 0 A 0", "A 1 B 0", "B 0 A 1", "B 1 * -"),
)


def test_a_machine_is_followed_from_reset() -> None:
    trace = TOGGLE.simulate([{"t": 1}, {"t": 0}, {"t": 1}])
    assert [outputs["q"] for outputs, _ in trace] == ["0", "1", "1"]
    assert trace[-1][1] == {"OFF"}


def test_an_unknown_state_predicts_only_what_all_states_agree_on() -> None:
    outputs, after = TOGGLE.step(TOGGLE.initial(), {"t": 1})
    assert outputs == {"q": "-"}
    assert after == {"OFF", "ON"}
    outputs, after = DETECTOR.step(DETECTOR.initial(), {"x": 0})
    assert (outputs, after) == ({"z": "-"}, {"A"})


def test_a_free_next_state_may_be_any() -> None:
    _, after = DETECTOR.step(frozenset({"B"}), {"x": 1})
    assert after == {"A", "B"}


def test_a_known_start_is_where_it_begins() -> None:
    assert replace(TOGGLE, power_on_state="ON").initial() == {"ON"}
    assert TOGGLE.after_reset() == {"OFF"}


def test_unreachable_states_are_not_reached() -> None:
    machine = StateTable(
        inputs=(),
        outputs=("q",),
        states=("A", "B", "C"),
        transitions=(
            Transition(state="A", inputs="", target="B"),
            Transition(state="B", inputs="", target="A"),
            Transition(state="C", inputs="", target="A"),
        ),
        moore_outputs={"A": "0", "B": "1", "C": "-"},
        reset_state="A",
    )
    assert machine.reachable == ("A", "B")
    assert not machine.complete
    assert TOGGLE.complete


def test_overlapping_transitions_may_agree() -> None:
    machine = StateTable(
        inputs=("a", "b"),
        outputs=("z",),
        states=("A",),
        transitions=arrows("A 1- A 1", "A -1 A -"),
    )
    assert machine.follow("A", "11") == ("A", "1")
    assert machine.follow("A", "00") == (None, "-")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"states": ()}, "needs at least one state"),
        ({"states": ("OFF", "ON", "ON")}, "'ON' stands twice"),
        ({"reset_state": "X"}, "reset state must be one of OFF, ON, not 'X'"),
        ({"transitions": arrows("OFF 1 X")}, "the target of transition 1 must be one of"),
        ({"transitions": arrows("X 1 ON")}, "the state of transition 1 must be one of"),
        ({"transitions": arrows("ON 11 ON")}, "inputs of transition 1 must have 1 characters"),
        ({"transitions": arrows("ON 1 ON 1")}, "a Moore machine's transitions have no outputs"),
        (
            {"transitions": arrows("ON 1 ON", "ON - OFF")},
            r"`ON --1--> ON` contradicts `ON -----> OFF`",
        ),
        ({"moore_outputs": {"OFF": "0"}}, "'ON' has none"),
        ({"moore_outputs": {"OFF": "0", "ON": "10"}}, "outputs of state 'ON' must have 1"),
        ({"codes": {"OFF": "0"}}, "states have codes, but 'ON' has none"),
        ({"codes": {"OFF": "0", "ON": "0"}}, "'OFF' and 'ON' share the code 0"),
        ({"codes": {"OFF": "0", "ON": "01"}}, "the code of 'ON' must be 1 bits, not '01'"),
        ({"outputs": ("t",)}, "'t' cannot be both input and output"),
    ],
)
def test_bad_machines_are_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(TOGGLE, **change)


def test_codes_are_given_out_in_order() -> None:
    assert TOGGLE.with_codes("one-hot").codes == {"OFF": "01", "ON": "10"}
    assert TOGGLE.with_codes("one-hot").one_hot
    assert not TOGGLE.with_codes("binary").one_hot
    with pytest.raises(ValueError, match="encoding must be one of binary, gray, one-hot, not 'x'"):
        TOGGLE.with_codes("x")


@pytest.mark.parametrize("machine", [TOGGLE, DETECTOR], ids=["moore", "mealy"])
def test_the_python_reference_predicts_the_same(machine: StateTable) -> None:
    scope: dict[str, type] = {}
    exec(machine.python_source(), scope)
    reference = scope["Reference"]()
    assert reference.after_reset() == machine.after_reset()
    rng = random.Random(1)
    mine, theirs = machine.initial(), reference.initial()
    for _ in range(40):
        bits = {name: rng.getrandbits(1) for name in machine.input_bits}
        (expected, mine), (found, theirs) = machine.step(mine, bits), reference.step(theirs, bits)
        assert (found, theirs) == (expected, mine)


KISS = """\
# a comment
.i 2
.o 1
.p 4
.s 2
.r go
0- go stop 1
1- go * -
-- stop go 0
11 * * -
.e
"""


def test_kiss2_is_read_with_its_stars() -> None:
    machine = parse_kiss2(KISS)
    assert machine.inputs == ("x[1]", "x[0]")
    assert machine.states == ("go", "stop")
    assert machine.reset_state == "go"
    assert machine.follow("go", "00") == ("stop", "1")
    assert machine.follow("go", "10") == (None, "-")
    assert len(machine.transitions) == 5


def test_kiss2_reads_what_it_wrote() -> None:
    machine = parse_kiss2(KISS, inputs=("a", "b"), outputs=("z",)).with_codes("one-hot")
    assert parse_kiss2(write_kiss2(machine)) == machine


def test_a_moore_machine_is_written_with_its_outputs_on_transitions() -> None:
    machine = parse_kiss2(write_kiss2(TOGGLE))
    bits = [{"t": 1}, {"t": 0}, {"t": 1}]
    assert machine.simulate(bits) == TOGGLE.simulate(bits)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"must have a line `\.i`"),
        (".i 1\n.o 1\n", "at least one transition"),
        (".i 1\n.o 1\n0 a b\n", "line 3: a transition must be"),
        (".i one\n", r"line 1: `\.i` must be followed by a number"),
        (".q 1\n", "line 1: unknown directive"),
        (".i 1\n.o 1\n.p 2\n0 a b 1\n", r"`\.p 2` must be the number of transitions, which is 1"),
        (".i 1\n.o 1\n.s 1\n0 a b 1\n", r"`\.s 1` must be the number of states, which is 2"),
        (".i 1\n.o 1\n0 a b 1\n- a a 1\n", "not a machine: transitions of a state must agree"),
    ],
)
def test_bad_kiss2_is_refused(text: str, message: str) -> None:
    with pytest.raises(Kiss2Error, match=message):
        parse_kiss2(text)


def test_a_name_of_two_words_cannot_be_written() -> None:
    machine = StateTable(
        inputs=(),
        outputs=("q",),
        states=("a b",),
        transitions=(),
        moore_outputs={"a b": "0"},
    )
    with pytest.raises(Kiss2Error, match="'a b' cannot be written"):
        write_kiss2(machine)


@pytest.mark.shared
def test_published_machines_survive_a_round_trip(shared: Path) -> None:
    files = sorted((shared / "fsm").glob("*.kiss2"))
    assert files
    for file in files:
        machine = parse_kiss2(file.read_text())
        assert parse_kiss2(write_kiss2(machine), inputs=machine.inputs) == machine
