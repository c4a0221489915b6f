"""State assignment: codes of each scheme, proposals by goal, and the search that measures."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from symbolic.encode import encoded, encodings, searched
from symbolic.encode_adjacency import changes, embedded, entering, leaving, length, toggles
from symbolic.expression import bit, evaluate
from symbolic.fsm_equations import machine_logic
from symbolic.kiss2 import parse_kiss2
from symbolic.rules.rule import Goal
from symbolic.state_table import StateTable, Transition

RING = parse_kiss2(
    ".i 1\n.o 1\n.r a\n"
    + "\n".join(
        f"1 {x} {y} 0\n0 {x} {x} {int(x in 'bce')}" for x, y in zip("abcdef", "bcdefa", strict=True)
    )
    + "\n.e\n"
)
MOORE = StateTable(
    inputs=("go",),
    outputs=("busy", "done"),
    states=("idle", "run", "end"),
    transitions=(
        Transition(state="idle", inputs="1", target="run"),
        Transition(state="idle", inputs="0", target="idle"),
        Transition(state="run", inputs="-", target="end"),
        Transition(state="end", inputs="-", target=None),
    ),
    moore_outputs={"idle": "00", "run": "1-", "end": "01"},
    reset_state="idle",
)


def codes(name: str, table: StateTable = RING) -> list[str]:
    found = encoded(table, name).table.codes
    return [found[state] for state in table.states]


def distances(name: str) -> list[int]:
    numbers = [int(code, 2) for code in codes(name)]
    return [(a ^ b).bit_count() for a, b in zip(numbers, numbers[1:] + numbers[:1], strict=True)]


def test_schemes() -> None:
    assert codes("binary") == ["000", "001", "010", "011", "100", "101"]
    assert codes("one-hot") == ["000001", "000010", "000100", "001000", "010000", "100000"]
    assert codes("johnson") == ["000", "001", "011", "111", "110", "100"]
    assert distances("johnson") == [1, 1, 1, 1, 1, 1]
    assert distances("gray")[:-1] == [1, 1, 1, 1, 1]


def test_a_ring_is_laid_along_the_edges_of_a_cube() -> None:
    assert distances("quiet") == [1, 1, 1, 1, 1, 1]


@pytest.mark.parametrize("name", ["gray", "johnson", "leaving", "entering", "near", "quiet"])
def test_the_reset_state_is_zero(name: str) -> None:
    assert set(codes(name)[0]) == {"0"}


def test_outputs_of_a_moore_machine_can_be_its_codes() -> None:
    assert codes("outputs", MOORE) == ["00", "10", "01"]
    assert encoded(MOORE, "outputs").table.moore_outputs == MOORE.moore_outputs
    with pytest.raises(ValueError, match="'outputs' does not suit this machine\n\nhint: "):
        encoded(RING, "outputs")


def test_unknown_schemes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"must be one of binary, gray, .*, not 'octal'"):
        encoded(RING, "octal")


@pytest.mark.parametrize("goal", list(Goal))
def test_proposals_differ(goal: Goal) -> None:
    found = encodings(RING, goal)
    assert len({encoding.name for encoding in found}) == len(found) > 2
    for encoding in found:
        assert len(set(encoding.table.codes.values())) == 6
    assert encodings(RING, goal) == found


def test_what_differs_by_names_of_bits_only_is_proposed_once() -> None:
    swapped = RING.with_codes("gray")
    inverted = {s: "".join("10"[int(b)] for b in c[::-1]) for s, c in swapped.codes.items()}
    given = StateTable(
        inputs=RING.inputs,
        outputs=RING.outputs,
        states=RING.states,
        transitions=RING.transitions,
        reset_state="a",
        codes=inverted,
    )
    names = [encoding.name for encoding in encodings(given)]
    assert names[0] == "as given"
    assert "gray" not in names


def test_one_state_needs_a_code_too() -> None:
    [found] = encodings(parse_kiss2(".i 1\n.o 1\n.r a\n- a a 1\n.e\n"))
    assert dict(found.table.codes) == {"a": "0"}


# -- weights ----------------------------------------------------------------------------


def test_what_states_have_in_common() -> None:
    table = parse_kiss2(".i 1\n.o 1\n.r a\n- a c 1\n- b c 1\n- c d 0\n- d d 0\n.e\n")
    assert leaving(table, 2) == {(0, 1): 2.0, (2, 3): 1.0}
    assert entering(table, 2) == {}
    split = parse_kiss2(".i 1\n.o 1\n.r a\n0 a b 1\n1 a c 1\n- b a 0\n- c a 0\n.e\n")
    assert entering(split, 2) == {(1, 2): 2.0}


def test_how_often_states_change() -> None:
    found = changes(RING)
    assert sum(found.values()) == pytest.approx(0.5)
    assert toggles(encoded(RING, "quiet").table) == pytest.approx(0.5)
    assert toggles(encoded(RING, "one-hot").table) == pytest.approx(1.0)


def test_overlapping_transitions_count_once() -> None:
    table = parse_kiss2(".i 2\n.o 1\n.r a\n1- a b -\n-1 a b -\n-- b a 0\n.e\n")
    assert sum(changes(table).values()) == pytest.approx(2 * 3 / 7, rel=1e-3)


def test_annealing_finds_what_exists() -> None:
    random = Random(3)
    hidden = random.sample(range(16), 16)
    weights = {
        (a, b): 1.0
        for a, b in product(range(16), repeat=2)
        if a < b and (hidden[a] ^ hidden[b]).bit_count() == 1
    }
    found = embedded(weights, 16, 4)
    assert sorted(found) == list(range(16))
    assert length(weights, found) < 1.3 * len(weights)


# -- logic ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["binary", "one-hot", "near", "outputs"])
@pytest.mark.parametrize("table", [RING, MOORE], ids=["mealy", "moore"])
def test_equations_do_what_the_table_says(table: StateTable, name: str) -> None:
    if table is RING and name == "outputs":
        name = "gray"
    machine = encoded(table, name).table
    width = len(machine.codes[machine.states[0]])
    state = [f"s[{i}]" for i in range(width)]
    logic = machine_logic(machine, state)
    for here, letter in product(machine.states, "01"):
        values = dict(zip(state, map(int, machine.codes[here]), strict=True))
        values[machine.inputs[0]] = int(letter)
        target, outputs = machine.follow(here, letter)
        if target is not None:
            found = "".join(str(evaluate(e, values)) for e in logic.next_state)
            assert found == machine.codes[target]
        given = "".join(str(evaluate(logic.outputs[n], values)) for n in machine.outputs)
        assert all(a in ("-", b) for a, b in zip(outputs, given, strict=True))


def test_outputs_that_are_codes_need_no_logic() -> None:
    machine = encoded(MOORE, "outputs").table
    logic = machine_logic(machine, ["s[1]", "s[0]"])
    assert logic.outputs == {"busy": bit("s[1]"), "done": bit("s[0]")}


def test_codes_are_needed_for_equations() -> None:
    with pytest.raises(ValueError, match="codes must be 2 bits wide like the state, not 0"):
        machine_logic(RING, ["s[1]", "s[0]"])


# -- measured ---------------------------------------------------------------------------


def test_the_search_measures_and_sorts() -> None:
    found = searched(RING, Goal.AREA, seconds=0.1)
    assert {m.encoding.name for m in found} >= {"one-hot", "johnson"}
    areas = [m.ppa.area for m in found]
    assert areas == sorted(areas)
    assert found[-1].ppa.flip_flops > found[0].ppa.flip_flops


def test_power_is_toggles() -> None:
    table = parse_kiss2(".i 1\n.o 1\n.r a\n- a b 0\n- b c 1\n- c d 0\n- d a 0\n.e\n")
    found = searched(table, Goal.POWER, seconds=0.0)
    assert found[0].toggles == pytest.approx(1.0)
