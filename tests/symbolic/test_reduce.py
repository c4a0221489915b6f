"""State minimization: sizes against exhaustive search, and that what comes out implements."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic.kiss2 import parse_kiss2
from symbolic.reduce import difference, implements, minimize_states
from symbolic.state_table import StateTable, Transition


def random_table(random: Random, states: int, *, moore: bool = False) -> StateTable:
    names = [f"s{i}" for i in range(states)]
    outputs = lambda: random.choice("01---")  # noqa: E731
    transitions = [
        Transition(
            state=name,
            inputs=inputs,
            target=random.choice([*names, None]),
            outputs="" if moore else outputs() + outputs(),
        )
        for name in names
        for inputs in random.choice([["0", "1"], ["0", "1"], ["-"], ["1"]])
    ]
    return StateTable(
        inputs=("a",),
        outputs=("y", "z"),
        states=tuple(names),
        transitions=tuple(transitions),
        moore_outputs={name: outputs() + outputs() for name in names} if moore else None,
        reset_state="s0",
    )


def letters(table: StateTable) -> list[str]:
    return ["".join(bits) for bits in product("01", repeat=len(table.inputs))]


def agree(a: str, b: str) -> bool:
    return all("-" in pair or pair[0] == pair[1] for pair in zip(a, b, strict=True))


def fits(table: StateTable, sets: Sequence[frozenset[str]]) -> bool:
    """Tell whether sets of states are a closed cover: outputs agree, next states lie in one."""
    if not any(table.reset_state in states for states in sets):
        return False
    for states, letter in product(sets, letters(table)):
        answers = [table.follow(state, letter) for state in states]
        if not all(agree(a[1], b[1]) for a, b in combinations(answers, 2)):
            return False
        following = {target for target, _ in answers if target is not None}
        if not any(following <= other for other in sets):
            return False
    return True


def least_size(table: StateTable) -> int:
    states = table.reachable
    sets = [
        frozenset(chosen)
        for count in range(1, len(states) + 1)
        for chosen in combinations(states, count)
    ]
    for size in range(1, len(states)):
        if any(fits(table, chosen) for chosen in combinations(sets, size)):
            return size
    return len(states)


def walks(table: StateTable, random: Random) -> Iterator[list[dict[str, int]]]:
    for _ in range(30):
        yield [{name: random.randrange(2) for name in table.inputs} for _ in range(12)]


def check_by_simulation(table: StateTable, other: StateTable, random: Random) -> None:
    """See that `other` gives what `table` specifies up to its first free next state."""
    for walk in walks(table, random):
        at, own = table.reset_state, other.reset_state
        for step in walk:
            letter = "".join(str(step[name]) for name in table.inputs)
            assert at is not None
            assert own is not None
            at, expected = table.follow(at, letter)
            own, outputs = other.follow(own, letter)
            pairs = zip(expected, outputs, strict=True)
            assert all(e in ("-", o) for e, o in pairs)
            if at is None:
                break


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), moore=st.booleans())
def test_no_smaller_machine_is_missed(seed: int, moore: bool) -> None:
    random = Random(seed)
    table = random_table(random, random.choice([3, 4, 4]), moore=moore)
    found = minimize_states(table)
    assert len(found.table.states) == found.bound == least_size(table)
    assert found.optimal
    assert found.table.moore == moore
    check_by_simulation(table, found.table, random)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_larger_machines_are_implemented(seed: int) -> None:
    random = Random(seed)
    table = random_table(random, 25)
    found = minimize_states(table)
    assert found.bound <= len(found.table.states) <= len(table.reachable)
    assert implements(table, found.table)
    check_by_simulation(table, found.table, random)


# -- what is written in the literature's format ----------------------------------------

COUNTER = """.i 1
.o 1
.r a
0 a a 0
1 a b 0
- b c 0
- c d 0
- d a 1
1 e a 1
.e
"""


def test_unreachable_states_are_dropped() -> None:
    found = minimize_states(parse_kiss2(COUNTER))
    assert found.table.states == ("a", "b", "c", "d")
    assert found.map["e"] == ()
    assert found.map["b"] == ("b",)
    assert found.method == "partition refinement"


def test_codes_stay_where_no_state_is_merged() -> None:
    table = parse_kiss2(COUNTER).with_codes("gray")
    kept = minimize_states(table).table
    assert kept.codes == {state: table.codes[state] for state in "abcd"}


TWICE = """.i 1
.o 1
.r a
- a b 0
- b c 1
- c d 0
- d a 1
.e
"""


def test_equal_states_become_one() -> None:
    found = minimize_states(parse_kiss2(TWICE))
    assert found.table.states == ("a", "b")
    assert found.members == {"a": ("a", "c"), "b": ("b", "d")}
    assert [str(t) for t in found.table.transitions] == ["a -----> b / 0", "b -----> a / 1"]


OVERLAPPING = """.i 2
.o 1
.r a
00 a b -
01 a c -
1- a a 0
00 b a 0
01 b - -
1- b b 1
00 c a 1
01 c - -
1- c - -
.e
"""


def test_a_state_may_stand_in_two_sets() -> None:
    table = parse_kiss2(OVERLAPPING)
    found = minimize_states(table)
    assert found.bound == len(found.table.states) == least_size(table)


def test_an_output_that_is_never_specified_needs_one_state() -> None:
    found = minimize_states(parse_kiss2(".i 1\n.o 1\n.r a\n0 a b -\n1 a a 0\n- b a 0\n.e\n"))
    assert len(found.table.states) == 1
    assert found.table.follow("a", "0") == ("a", "0")


def test_many_inputs_are_no_trouble() -> None:
    width, rows = 40, []
    for i in range(30):
        one = "-" * (i % 15) + "1" + "-" * (width - i % 15 - 1)
        zero = one.replace("1", "0")
        # What the first half leaves open, the second half says.
        outputs = ["0-", "-1"] if i < 15 else ["00", "11"]
        rows += [f"{one} s{i} s{(i + 1) % 30} {outputs[0]}", f"{zero} s{i} s{i} {outputs[1]}"]
    text = f".i {width}\n.o 2\n.r s0\n" + "\n".join(rows) + "\n.e\n"
    found = minimize_states(parse_kiss2(text))
    assert len(found.table.states) == found.bound == 15


def test_a_budget_that_is_too_small_still_gives_a_machine_and_a_bound() -> None:
    random = Random(5)
    names = tuple(f"s{i}" for i in range(60))
    table = StateTable(
        inputs=("a",),
        outputs=("z",),
        states=names,
        transitions=tuple(
            Transition(
                state=name,
                inputs=letter,
                target=None if random.random() < 0.1 else random.choice(names),
                outputs="-" if random.random() < 0.95 else random.choice("01"),
            )
            for name in names
            for letter in "01"
        ),
        reset_state="s0",
    )
    found = minimize_states(table, seconds=0.05)
    assert 1 <= found.bound <= len(found.table.states) <= 60
    assert implements(table, found.table)
    assert minimize_states(table, seconds=1e-9).bound == 1


def test_start_states_survive() -> None:
    text = ".i 1\n.o 1\n.r b\n- a b 1\n- b a 1\n.e\n"
    found = minimize_states(parse_kiss2(text))
    assert found.table.reset_state == "b"
    assert found.table.states == ("b",)


def test_without_start_states_all_states_count() -> None:
    table = StateTable(
        inputs=("a",),
        outputs=("z",),
        states=("p", "q", "r"),
        transitions=(
            Transition(state="p", inputs="-", target="q", outputs="0"),
            Transition(state="q", inputs="-", target="q", outputs="0"),
            Transition(state="r", inputs="-", target="q", outputs="1"),
        ),
    )
    assert minimize_states(table).table.states == ("p", "r")


# -- machines inside a data path --------------------------------------------------------


def test_states_with_different_actions_are_not_merged() -> None:
    table = parse_kiss2(TWICE)
    add, subtract = object(), object()
    same = minimize_states(table, actions={"a": [("-", add)], "c": [("-", add)]})
    assert len(same.table.states) == 2
    other = minimize_states(table, actions={"a": [("-", add)], "c": [("-", subtract)]})
    assert len(other.table.states) == 4


def test_actions_on_other_inputs_do_not_meet() -> None:
    table = parse_kiss2(TWICE)
    found = minimize_states(table, actions={"a": [("0", "load")], "c": [("1", "clear")]})
    assert len(found.table.states) == 2


# -- the check itself -------------------------------------------------------------------


def mealy(*rows: str) -> StateTable:
    return parse_kiss2(".i 1\n.o 1\n.r a\n" + "\n".join(rows) + "\n.e\n")


def test_a_wrong_output_is_found_with_the_inputs_that_lead_there() -> None:
    found = difference(
        mealy("1 a b 0", "0 a a 0", "- b a 1"), mealy("1 a b 0", "0 a a 0", "1 b a 1", "0 b a 0")
    )
    assert found is not None
    assert found.inputs == ("1", "0")
    assert found.reason == "output z must be 1"


def test_a_missing_next_state_is_found() -> None:
    found = difference(mealy("- a a 0"), mealy("1 a a 0", "0 a - 0"))
    assert found is not None
    assert (found.inputs, found.reason) == (
        ("0",),
        "the next state is specified, but not implemented",
    )


def test_what_is_free_may_be_anything() -> None:
    assert implements(mealy("1 a - -", "0 a a 0"), mealy("1 a b 1", "0 a a 0", "- b b 0"))


def test_other_ports_are_refused() -> None:
    other = parse_kiss2(".i 2\n.o 1\n-- a a 0\n.e\n")
    with pytest.raises(ValueError, match="only be compared if inputs and outputs are the same"):
        implements(mealy("- a a 0"), other)


@pytest.mark.shared
def test_all_known_sizes_are_reached(shared: Path) -> None:
    folder = shared / "fsm"
    with (folder / "minimal.csv").open(encoding="utf-8") as lines:
        for line in csv.DictReader(lines):
            table = parse_kiss2((folder / f"{line['machine']}.kiss2").read_text())
            found = minimize_states(table)
            size = int(line["minimal_states"])
            assert (line["machine"], len(found.table.states), found.bound) == (
                line["machine"],
                size,
                size,
            )
            assert implements(table, found.table)
