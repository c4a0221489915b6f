from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testbench_gen.standalone.cycles import Cycle, Input, Phase, corner_values
from testbench_gen.standalone.patterns import PATTERNS, expand

INPUTS = (Input("en", role="enable"), Input("d", 8, interesting=(17,)), Input("e", 8))


def cycles(
    pattern: str, count: int, inputs: tuple[Input, ...] = INPUTS, **more: object
) -> list[Cycle]:
    phase = Phase("p", "why", pattern, count, **more)  # type: ignore[arg-type]
    return [cycle for _, cycle in expand([phase], inputs, seed=3)]


def test_exhaustive_counts_with_the_last_input_fastest() -> None:
    found = cycles("exhaustive", 8, (Input("a"), Input("b", 2)))
    assert [(c.values["a"], c.values["b"]) for c in found] == [
        (a, b) for a in (0, 1) for b in range(4)
    ]


def test_shuffled_has_every_combination_once() -> None:
    found = [c.values["b"] for c in cycles("shuffled", 16, (Input("b", 4),))]
    assert sorted(found) == list(range(16))
    assert found != list(range(16))


def test_corners_start_with_zeros_and_ones_and_walk() -> None:
    found = cycles("corners", 100)
    assert (found[0].values["d"], found[0].values["e"]) == (0, 0)
    assert (found[1].values["d"], found[1].values["e"]) == (255, 255)
    assert {1 << bit for bit in range(8)} <= {c.values["d"] for c in found}


def test_corner_values_of_a_byte() -> None:
    assert corner_values(Input("d", 8, interesting=(17,))) == (
        0,
        255,
        1,
        128,
        127,
        254,
        85,
        170,
        17,
    )


def test_corner_values_of_a_bit() -> None:
    assert corner_values(Input("a")) == (0, 1)


def test_listed_fills_in_what_a_vector_leaves_out() -> None:
    found = cycles("listed", 4, vectors=({"d": 9}, {"d": 10}))
    assert [c.values["d"] for c in found] == [9, 10, 9, 10]
    assert all(set(c.values) == {"en", "d", "e"} for c in found)


def test_listed_asserts_resets_by_key() -> None:
    found = cycles("listed", 2, vectors=({"d": 1}, {"assert rst": 1}), resets=("rst",))
    assert [c.resets for c in found] == [frozenset(), frozenset({"rst"})]


def test_reset_start_ends_with_enables_on() -> None:
    found = cycles("reset_start", 4, resets=("rst",))
    assert all(c.resets == {"rst"} for c in found)
    assert found[-1].values["en"] == 1


def test_reset_again_strikes_and_pulses() -> None:
    found = cycles("reset_again", 400, resets=("rst",), pulses=True)
    assert any(c.pulsed for c in found)
    assert any(c.resets for c in found)
    assert not any(c.pulsed and c.resets for c in found)
    assert not any(c.pulsed for c in cycles("reset_again", 400, resets=("rst",)))


def test_inputs_named_like_a_reset_are_rarely_asserted() -> None:
    found = cycles(
        "constrained", 2000, (Input("rst", role="reset"), Input("rst_n", role="reset_n"))
    )
    assert sum(c.values["rst"] for c in found) < 200
    assert sum(c.values["rst_n"] for c in found) > 1800


def test_long_run_keeps_enables_on() -> None:
    assert all(c.values["en"] == 1 for c in cycles("long_run", 700))


def test_no_inputs_at_all() -> None:
    for pattern in ("exhaustive", "shuffled", "constrained", "long_run", "corners"):
        assert cycles(pattern, 1, ()) == [Cycle({}, brief=pattern == "long_run")]


def test_equal_seeds_give_equal_stimuli_and_others_do_not() -> None:
    phase = Phase("p", "why", "constrained", 50)
    first, again = (list(expand([phase], INPUTS, 1)) for _ in range(2))
    assert first == again
    assert first != list(expand([phase], INPUTS, 2))


@settings(max_examples=50, deadline=None)
@given(
    pattern=st.sampled_from(sorted(set(PATTERNS) - {"exhaustive", "shuffled"})),
    count=st.integers(1, 120),
    widths=st.lists(st.integers(1, 70), min_size=1, max_size=4),
    role=st.sampled_from(
        ["enable", "valid", "strobe", "control", "select", "address", "data", "push", "pop"]
    ),
)
def test_every_pattern_has_its_length_and_values_that_fit(
    pattern: str, count: int, widths: list[int], role: str
) -> None:
    inputs = tuple(Input(f"i{n}", width, role) for n, width in enumerate(widths))
    found = cycles(
        pattern, count, inputs, vectors=({"i0": 1},), repeats=(count,), resets=("rst",), pulses=True
    )
    assert len(found) == count
    for cycle in found:
        assert set(cycle.values) == {port.name for port in inputs}
        assert all(0 <= cycle.values[port.name] <= port.ones for port in inputs)


def test_unknown_pattern() -> None:
    with pytest.raises(KeyError, match="nonsense"):
        cycles("nonsense", 1)
