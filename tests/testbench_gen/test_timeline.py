from __future__ import annotations

import pytest

from testbench_gen.standalone.patterns import Cycle, Phase
from testbench_gen.standalone.timeline import (
    ClockInput,
    Model,
    ResetInput,
    Step,
    Timing,
    Vector,
    checks_in,
    timeline,
)
from tests.testbench_gen.builders import Counter, Parity

PHASE = Phase("p", "why", "listed", 1)
INPUTS = (Vector("clk"), Vector("rst"), Vector("en"))
OUTPUTS = (Vector("q", 2, 0), Vector("wrap"))


def run(cycles: list[Cycle], *, model: bool = True, **timing: object) -> list[Step]:
    clocked = Timing(clocks=(ClockInput("clk"),), **timing)  # type: ignore[arg-type]
    reference = Model(Counter(), INPUTS, OUTPUTS, clocked) if model else None
    return list(timeline([(PHASE, c) for c in cycles], ["en"], clocked, reference))


def expected(steps: list[Step]) -> list[str]:
    return [f"{s.expected['q']} {s.expected['wrap']}" for s in steps if s.sample and s.expected]


def reset(*, asynchronous: bool) -> tuple[ResetInput, ...]:
    return (ResetInput("rst", asynchronous=asynchronous),)


RESET = Cycle({"en": 1}, resets=frozenset({"rst"}))
COUNT = Cycle({"en": 1})
PULSE = Cycle({"en": 1}, pulsed=frozenset({"rst"}))


def test_bits_are_named_by_index() -> None:
    assert Vector("x", 0, 2).bits == ("x[0]", "x[1]", "x[2]")
    assert Vector("x", 3, 1).bits == ("x[3]", "x[2]", "x[1]")
    assert Vector("x").bits == ("x",)


def test_synchronous_reset_shows_after_the_edge() -> None:
    steps = run([RESET, COUNT], resets=reset(asynchronous=False))
    # Power-up, before the first edge, after it, before the second, after it.
    assert expected(steps) == ["--- -", "--- -", "000 0", "000 0", "001 0"]


def test_asynchronous_reset_shows_before_the_edge() -> None:
    steps = run([RESET, COUNT], resets=reset(asynchronous=True))
    assert expected(steps) == ["--- -", "000 0", "000 0", "000 0", "001 0"]


def test_a_pulse_between_edges_resets_at_once() -> None:
    steps = run([RESET, COUNT, COUNT, PULSE], resets=reset(asynchronous=True))
    # During the pulse, after its release before the edge, after the edge.
    assert expected(steps)[-3:] == ["000 0", "000 0", "001 0"]


def test_a_late_change_is_looked_at_before_and_after() -> None:
    late = Cycle({"en": 0}, late={"en": 1})
    steps = run([RESET, late], resets=reset(asynchronous=True))
    assert [step.wait for step in steps[-4:]] == [5, 5, 5, 5]
    assert steps[-3].drive == {"en": 1}
    assert expected(steps)[-3:] == ["000 0", "000 0", "001 0"]


def test_lenient_reset_is_not_looked_at_before_the_edge() -> None:
    steps = run([RESET, COUNT, RESET], resets=reset(asynchronous=False), strict_reset=False)
    assert expected(steps)[-2:] == ["--- -", "000 0"]


def test_mealy_output_follows_its_input_before_the_edge() -> None:
    idle = Cycle({"en": 0})
    steps = run([RESET, COUNT, COUNT, COUNT, COUNT, idle, COUNT], resets=reset(asynchronous=False))
    # q is 4 after four counts with en still 1; then en 0; then en 1.
    assert expected(steps)[-6:] == ["011 0", "100 1", "100 0", "100 0", "100 1", "000 0"]


def test_inputs_never_change_with_a_clock_edge() -> None:
    for step in run([RESET, COUNT, PULSE, COUNT], resets=reset(asynchronous=True))[1:]:
        assert "clk" not in step.drive or set(step.drive) == {"clk"}


def test_a_cycle_lasts_twenty_ticks() -> None:
    steps = run([COUNT, PULSE, COUNT], resets=reset(asynchronous=True))
    edges, now = [], 0
    for step in steps:
        now += step.wait
        if step.drive.get("clk") == 1:
            edges.append(now)
    assert edges == [20, 40, 60]


def test_falling_edge_clock_idles_high() -> None:
    timing = Timing(clocks=(ClockInput("clk", active=0),))
    steps = list(timeline([(PHASE, COUNT)], ["en"], timing, None))
    assert [s.drive["clk"] for s in steps if "clk" in s.drive] == [1, 1, 0]


def test_golden_is_looked_at_only_after_its_first_reset() -> None:
    steps = run([RESET, COUNT], model=False, resets=reset(asynchronous=False))
    assert [s.sample for s in steps] == [False, False, False, False, True, True, True, True]


def test_golden_without_reset_is_looked_at_from_the_start() -> None:
    assert [s.sample for s in run([COUNT], model=False)] == [False, True, True, True, True]


def test_without_a_clock_each_vector_is_looked_at_once() -> None:
    cycles = [(PHASE, Cycle({"x": value})) for value in (1, 2, 3)]
    model = Model(Parity(("x[1]", "x[0]")), [Vector("x", 1, 0)], [Vector("p")], Timing())
    steps = list(timeline(cycles, ["x"], Timing(), model))
    assert [s.expected["p"] for s in steps if s.sample and s.expected] == ["1", "1", "-"]
    assert checks_in(steps, 1) == 2


def test_latches_see_inputs_change_one_by_one_in_both_orders() -> None:
    cycles = [(PHASE, Cycle({"en": n, "d": n})) for n in (1, 0, 1)]
    steps = list(timeline(cycles, ["en", "d"], Timing(one_by_one=True), None))
    drives = [list(s.drive) for s in steps[1:] if s.drive]
    assert drives == [["en"], ["d"], ["d"], ["en"], ["en"], ["d"]]
    assert sum(s.sample for s in steps) == 3


def test_several_clocks_never_change_together() -> None:
    timing = Timing(clocks=(ClockInput("a"), ClockInput("b")))
    steps = list(timeline([(PHASE, COUNT)] * 20, ["en"], timing, None))
    assert all(len(step.drive) <= 1 for step in steps[1:])
    assert all(step.wait > 0 for step in steps[1:])
    toggles = [sum(name in s.drive for s in steps) for name in "ab"]
    assert toggles[0] > toggles[1] > 10


def test_a_reference_has_one_clock() -> None:
    timing = Timing(clocks=(ClockInput("a"), ClockInput("b")))
    with pytest.raises(ValueError, match="one clock"):
        timeline([], [], timing, Model(Counter(), INPUTS, OUTPUTS, timing))


def test_a_brief_cycle_is_looked_at_once_before_its_end() -> None:
    phase = Phase("run", "why", "long_run", 3)
    stimulus = [(phase, Cycle({"en": 1}, brief=True)) for _ in range(3)]
    steps = list(timeline(stimulus, ["en"], Timing(clocks=(ClockInput("clk"),)), None))
    assert sum(step.wait for step in steps) == 3 * 20 + 5
    # The first, in which the input changes, is looked at as usual.
    assert [step.sample for step in steps[1:]] == [True, True, True, *[False, True] * 2, True]


def test_only_what_changes_is_driven() -> None:
    phase = Phase("p", "why", "listed", 2)
    stimulus = [(phase, Cycle({"a": 1, "b": 0})), (phase, Cycle({"a": 1, "b": 1}))]
    driven = [step.drive for step in timeline(stimulus, ["a", "b"], Timing(), None)]
    assert driven == [{"a": 0, "b": 0}, {"a": 1}, {}, {"b": 1}, {}]
