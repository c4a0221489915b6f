"""Stimulus without a reference, and what a reference expects under it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from sim.design import Design
from sim.errors import InvalidInterface
from sim.interface import Clock, Interface
from testbench_gen import (
    Golden,
    Kind,
    Stimulation,
    Traced,
    expected_rows,
    write_stimulation,
    write_testbench,
)
from tests.testbench_gen.builders import (
    Counter,
    counter_interface,
    counter_rtl,
    parity,
    parity_interface,
    port,
)


def stimulation(**options: bool) -> Stimulation:
    return write_stimulation(counter_interface(**options), budget=100)


def test_samples_are_those_beside_a_golden_design() -> None:
    ring = counter_rtl(step="{q[1:0], ~q[2]}")
    golden = Golden(design=Design(top="counter", sources={"g.v": ring}))
    beside = write_testbench(counter_interface(), golden, budget=100)
    constants = [0, 1, 2, 4]
    assert write_stimulation(counter_interface(), constants=constants, budget=100).samples == (
        beside.samples
    )


def test_constants_reach_the_inputs() -> None:
    interface = Interface(module="f", ports=(port("x", "input", 31, 0), port("y", "output")))
    plan = write_stimulation(interface, constants=[123456789], budget=500).plan
    assert {123456788, 123456789} <= {cycle.values["x"] for _, cycle in plan.unfold()}


def test_the_script_leads_a_reference_through_every_sample() -> None:
    written = stimulation()
    kinds = [operation.kind for operation in written.script()]
    assert kinds.count(Kind.SAMPLE) == written.samples
    assert kinds.count(Kind.EDGE) == written.plan.cycles
    first = written.script()[0]
    assert (first.kind, first.inputs) == (Kind.APPLY, {"en": 0, "rst": 0, "clk": 0})
    edges = [o for o in written.script() if o.kind is Kind.EDGE]
    assert edges[0].asserted == {"rst"}


@pytest.mark.parametrize("asynchronous", [False, True])
def test_expected_rows_follow_the_reference(asynchronous: bool) -> None:
    written = stimulation(asynchronous=asynchronous)
    rows = expected_rows(written, Counter())
    assert len(rows) == written.samples
    assert set(map(len, rows)) == {written.row_width}
    # Nothing is sampled before the first reset, and it leads to zero.
    assert rows[0] == "0000"
    assert {row[:3] for row in rows} == {"000", "001", "010", "011", "100"}


def test_a_function_expects_something_of_every_vector() -> None:
    written = write_stimulation(parity_interface(3, 0))
    rows = expected_rows(written, parity(3, 0))
    assert set(rows) == {"0", "1", "-"}
    assert {operation.kind for operation in written.script()} == {Kind.APPLY, Kind.SAMPLE}


def test_samples_before_what_is_called_a_reset_are_told() -> None:
    interface = replace(counter_interface(), resets=())
    written = write_stimulation(interface, budget=100)
    assert written.before_reset[0]
    assert not written.before_reset[-1]
    flips = [a != b for a, b in zip(written.before_reset, written.before_reset[1:], strict=False)]
    assert sum(flips) == 1
    assert not any(stimulation().before_reset)
    assert not any(write_stimulation(parity_interface(3, 0)).before_reset)


def test_several_clocks_have_no_script() -> None:
    ports = (port("a", "input"), port("b", "input"), port("q", "output"))
    two = Interface(module="cdc", ports=ports, clocks=(Clock(port="a"), Clock(port="b")))
    written = write_stimulation(two, budget=64)
    assert written.samples > 0
    with pytest.raises(InvalidInterface, match="one clock; module 'cdc' has 2"):
        written.script()


def test_a_reference_that_reads_the_clock_is_refused() -> None:
    @dataclass(frozen=True)
    class ReadsClock(Counter):
        input_bits: tuple[str, ...] = ("clk", "en")

    with pytest.raises(InvalidInterface, match="not of the level of clock 'clk'"):
        expected_rows(stimulation(), ReadsClock())


def test_every_lane_has_inputs_of_its_own_under_names_that_no_design_may_use() -> None:
    text = stimulation().side_by_side(["a", "b"]).hdl_files["rtlgen_tb_top.v"]
    for lane, module in enumerate("ab"):
        assert f"{module} rtlgen_lane_{lane} (" in text
        assert f".en(rtlgen_dut_en_{lane})" in text
    assert "wire [8:0] rtlgen_got_0 = {\n    1'b0," in text


def test_rows_must_fit_the_stimulus() -> None:
    written = stimulation()
    rows = expected_rows(written, Counter())
    with pytest.raises(ValueError, match=f"need as many rows, not {len(rows) - 1}"):
        Traced(stimulation=written, rows=rows[1:])
    with pytest.raises(ValueError, match="row 0 is '00x0'"):
        Traced(stimulation=written, rows=("00x0", *rows[1:]))


def test_checks_of_expected_rows_are_those_that_expect_something() -> None:
    written = stimulation()
    rows = ("0---", "----", *["0000"] * (written.samples - 2))
    traced = Traced(stimulation=written, rows=rows)
    testbench = write_testbench(counter_interface(), traced)
    assert testbench.expected_checks == traced.checks == 1 + 2 * (written.samples - 2)
    assert testbench.samples == written.samples
    assert "expected.py" in testbench.bench.python_files
    with pytest.raises(InvalidInterface, match="leaves every output open"):
        nothing = Traced(stimulation=written, rows=("----",) * written.samples)
        write_testbench(counter_interface(), nothing)
    with pytest.raises(InvalidInterface, match="rows are those of another interface"):
        write_testbench(parity_interface(3, 0), traced)
