"""A waveform fails a design only for what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from rtlgen.design.references import find_reference
from rtlgen.spec import read_spec
from sim.cocotb_bench import CocotbBench
from sim.design import Design
from sim.icarus import Icarus
from sim.judge import judge
from sim.verdict import Status
from testbench_gen import Recording, write_testbench

SEQUENTIAL = """\
Module `seq`

- input clk
- input a
- output q (3 bits)

A sequential circuit, recorded:

    time  clk a   q
    0ns   0   1   x
    5ns   1   1   4
    10ns  0   1   4
    15ns  1   1   4
    20ns  0   1   4
    25ns  1   0   4
    30ns  0   0   4
    35ns  1   0   5
    40ns  0   0   5
    45ns  1   0   6
    50ns  0   0   6
    55ns  1   0   0
    60ns  0   0   0
    65ns  1   0   1
"""
COMBINATIONAL = """\
Module `comb`

- input a
- input b
- output q

A combinational circuit, recorded:

    time  a  b  q
    0ns   0  0  0
    5ns   0  1  1
    10ns  1  0  1
"""


def bench_of(text: str) -> CocotbBench:
    spec = read_spec(text)
    reference = find_reference(spec)
    assert reference is not None
    return write_testbench(spec.interface, reference.model).bench


def module(name: str, ports: str, body: str) -> Design:
    return Design(top=name, sources={"d.v": f"module {name}({ports}); {body} endmodule"})


SEQ = "input clk, input a, output reg [2:0] q"
COUNTS = "always @(posedge clk) q <= a ? 4 : q == {last} ? 0 : q + {step};"


@pytest.mark.icarus
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (COUNTS.format(last=6, step=1), Status.PASS),
        # Differs only where the waveform shows nothing.
        (COUNTS.format(last=6, step="(q == 2 ? 3 : 1)"), Status.PASS),
        (COUNTS.format(last=7, step=1), Status.FAIL),
        (COUNTS.format(last=6, step=2), Status.FAIL),
        (COUNTS.format(last=6, step=1).replace("posedge", "negedge"), Status.FAIL),
        ("always @* q = 4;", Status.FAIL),
    ],
)
def test_sequential_waveform_is_replayed(body: str, status: Status) -> None:
    verdict = judge(module("seq", SEQ, body), bench_of(SEQUENTIAL), simulators=[Icarus()])
    assert verdict.status is status, verdict.reason


@pytest.mark.icarus
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("assign q = a | b;", Status.PASS),
        ("assign q = a ^ b;", Status.PASS),
        ("assign q = a & b;", Status.FAIL),
    ],
)
def test_rows_that_are_not_shown_are_not_checked(body: str, status: Status) -> None:
    ports = "input a, input b, output q"
    verdict = judge(module("comb", ports, body), bench_of(COMBINATIONAL), simulators=[Icarus()])
    assert verdict.status is status, verdict.reason


def test_recording_says_what_it_leaves_out() -> None:
    reference = find_reference(read_spec(SEQUENTIAL))
    assert reference is not None
    assert isinstance(reference.model, Recording)
    assert reference.limits == "the waveform shows only some cases; no other is checked"


def test_edge_and_inputs_in_one_row_become_two_steps() -> None:
    reference = find_reference(read_spec(SEQUENTIAL))
    assert reference is not None
    assert isinstance(reference.model, Recording)
    steps = [dict(step.inputs) for step in reference.model.steps]
    assert {"clk": 1, "a": 1} in steps[steps.index({"clk": 0, "a": 1}) + 1 :]
    at = steps.index({"clk": 1, "a": 0})
    assert steps[at - 1] == {"clk": 1, "a": 1}  # the edge first, as the counter needs


def test_written_recording_runs_alone(tmp_path: Path) -> None:
    spec = read_spec(SEQUENTIAL)
    reference = find_reference(spec)
    assert reference is not None
    namespace: dict[str, object] = {}
    exec(reference.model.python_source(), namespace)
    model = namespace["Reference"]()  # type: ignore[operator]
    outputs, following = model.step(model.initial(), {})
    assert set(outputs.values()) == {"-"}
    assert following == 1
