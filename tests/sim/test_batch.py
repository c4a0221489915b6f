"""Many designs in one simulation: the verdicts are those of one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim.batch import judge_many, observe_many
from sim.design import Design
from sim.gate import Admission, admit_many
from sim.icarus import Icarus
from sim.interface import Interface
from sim.judge import judge
from sim.process import Limits
from sim.settle import settle
from sim.side_by_side import Broken, judge_together
from sim.simulate import Simulator
from sim.trace import Trace
from sim.verdict import Cause, Status, Verdict
from sim.verdict_cache import VerdictCache
from sim.verilator import Verilator
from testbench_gen import (
    Golden,
    Testbench,
    Traced,
    expected_rows,
    write_stimulation,
    write_testbench,
)
from tests.testbench_gen.builders import Counter, Parity, counter_interface, counter_rtl, port

INTERFACE = counter_interface()
HEADER = "module counter(input clk, input rst, input en, output reg [2:0] q, output wrap);"
STEP = "always @(posedge clk) if (rst) q <= 0; else if (en) q <= q == 4 ? 0 : q + 1;"
RIGHT = counter_rtl()
LIMITS = Limits(seconds=120.0, cpu_seconds=60.0)
BUDGET = 120


def counter(text: str, **more: Any) -> Design:
    return Design(top="counter", sources={"counter.sv": text}, **more)


def body(text: str) -> str:
    return f"{HEADER}\n{text}\nendmodule\n"


CANDIDATES = {
    "right": RIGHT,
    "right once more, other layout": RIGHT.replace("\n", "\n\n// comment\n"),
    "wraps late": counter_rtl(step="q == 5 ? 3'd0 : q + 3'd1"),
    "no reset": body("assign wrap = en && q == 4; always @(posedge clk) q <= q + en;"),
    "asynchronous": counter_rtl(asynchronous=True),
    "undriven": body("assign wrap = 1'bz;"),
    "stuck": body("assign wrap = 0; always @* q = 0;"),
    "random": body("assign wrap = en && q == 4; always @(posedge clk) q <= $random;"),
    "syntax": body("assign wrap = ;"),
    "finishes": body("assign wrap = 0; initial $finish;"),
    "other port": "module counter(input clk, output q); endmodule",
    "submodule": RIGHT.replace("endmodule", "half h(clk); endmodule\nmodule half(input x);")
    + "endmodule\n",
}

_FEW = ["right", "right once more, other layout", "wraps late", "no reset", "random", "other port"]


def benches() -> dict[str, Testbench]:
    stimulation = write_stimulation(INTERFACE, budget=BUDGET)
    rows = Traced(stimulation=stimulation, rows=expected_rows(stimulation, Counter()))
    return {
        "golden": write_testbench(INTERFACE, Golden(design=counter(RIGHT)), budget=BUDGET),
        "reference": write_testbench(INTERFACE, Counter(), budget=BUDGET),
        "rows": write_testbench(INTERFACE, rows),
    }


def assert_same(
    designs: Sequence[Design],
    testbench: Testbench,
    simulator: Simulator,
    interface: Interface = INTERFACE,
) -> list[Verdict]:
    settings: dict[str, Any] = {
        "simulators": [simulator],
        "interface": interface,
        "limits": LIMITS,
    }
    together = judge_many(designs, testbench, **settings)
    for design, verdict in zip(designs, together, strict=True):
        alone = judge(design, testbench.bench, **settings)
        assert replace(verdict, runs=()) == replace(alone, runs=())
    return together


@pytest.mark.icarus
@pytest.mark.parametrize("kind", ["golden", "reference", "rows"])
def test_verdicts_are_those_of_one_by_one(kind: str) -> None:
    designs = [counter(text) for text in CANDIDATES.values()]
    found = dict(zip(CANDIDATES, assert_same(designs, benches()[kind], Icarus()), strict=True))
    assert found["right"].status is Status.PASS
    assert found["right"] is found["right once more, other layout"]
    assert found["right"].runs == found["wraps late"].runs != found["random"].runs
    assert found["no reset"].cause is Cause.UNKNOWN_VALUE
    assert found["other port"].cause is Cause.INTERFACE


@pytest.mark.verilator
@pytest.mark.parametrize("kind", ["golden", "reference"])
def test_verdicts_are_the_same_under_verilator(kind: str) -> None:
    names = ("right", "wraps late", "no reset")
    designs = [counter(CANDIDATES[name]) for name in names]
    found = assert_same(designs, benches()[kind], Verilator())
    assert [verdict.status for verdict in found][:2] == [Status.PASS, Status.FAIL]
    assert len({verdict.runs for verdict in found}) == 1
    assert found[0].notes


@pytest.mark.icarus
def test_odd_names_and_wide_ports() -> None:
    names = ("value", "x", "q_0", "q")
    ports = (*(port(name, "input") for name in names[:3]), port("reg", "output", 0, 69))
    interface = Interface(module="odd", ports=ports)
    text = "module odd(input value, input x, input q_0, output [0:69] \\reg ); %s endmodule"
    designs = [
        Design(top="odd", sources={"odd.sv": text % assign})
        for assign in (
            "assign \\reg = {70{value ^ x ^ q_0}};",
            "assign \\reg = {{69{value ^ x ^ q_0}}, 1'bx};",
            "assign \\reg = {70{value}};",
        )
    ]
    found = assert_same(
        designs, write_testbench(interface, Golden(design=designs[0])), Icarus(), interface
    )
    assert [verdict.status for verdict in found] == [Status.PASS, Status.FAIL, Status.FAIL]
    parity = Parity(input_bits=names[:3])
    odd = Interface(module="p", ports=(*ports[:3], port("p", "output")))
    header = "module p(input value, input x, input q_0, output p); "
    designs = [
        Design(top="p", sources={"p.sv": f"{header} assign p = {how}; endmodule"})
        for how in ("value ^ x ^ q_0", "value", "1'bx")
    ]
    found = assert_same(designs, write_testbench(odd, parity), Icarus(), odd)
    assert [verdict.status for verdict in found] == [Status.PASS, Status.FAIL, Status.FAIL]


@pytest.mark.icarus
def test_a_design_that_hangs_is_found_and_costs_the_others_nothing() -> None:
    hangs = "assign wrap = 0; always @(posedge clk) if (!rst) while (1) q = 1;"
    loops = "assign wrap = 0; initial while (1) q = 1;"
    designs = [counter(CANDIDATES["wraps late"]), counter(body(hangs)), counter(RIGHT)]
    found = judge_many(
        [*designs, counter(body(loops))],
        benches()["golden"],
        simulators=[Icarus()],
        interface=INTERFACE,
        limits=Limits(seconds=60.0, cpu_seconds=4.0),
    )
    expected = [Status.FAIL, Status.TIMEOUT, Status.PASS, Status.TIMEOUT]
    assert [verdict.status for verdict in found] == expected
    assert [verdict.cause for verdict in found][1::2] == [Cause.TIME] * 2


NOT_IN_ICARUS = body(
    f"assign wrap = en && q == 4; {STEP}"
    "typedef struct packed {logic a; logic b;} pair; pair p [2];"
    "always_comb p = '{'{a: 1, b: 0}, '{a: 0, b: 1}};"
)


@pytest.mark.icarus
def test_what_the_simulator_cannot_compile_is_taken_out() -> None:
    designs = [counter(RIGHT), counter(NOT_IN_ICARUS), counter(CANDIDATES["wraps late"])]
    found = assert_same(designs, benches()["golden"], Icarus())
    assert [verdict.status for verdict in found] == [Status.PASS, Status.ERROR, Status.FAIL]
    assert "counter.sv:" in found[1].reason
    assert found[0].runs == found[2].runs


@pytest.mark.icarus
@pytest.mark.verilator
def test_what_one_simulator_cannot_compile_goes_to_the_next() -> None:
    other = NOT_IN_ICARUS.replace("q == 4 ?", "q == 5 ?")
    designs = [counter(text) for text in (RIGHT, NOT_IN_ICARUS, CANDIDATES["no reset"], other)]
    found = judge_many(
        designs,
        benches()["golden"],
        simulators=[Icarus(), Verilator()],
        interface=INTERFACE,
        limits=LIMITS,
    )
    expected = [Status.PASS, Status.PASS, Status.FAIL, Status.FAIL]
    assert [verdict.status for verdict in found] == expected
    assert [verdict.simulator.split()[0] for verdict in found] == ["Icarus", "Verilator"] * 2
    assert found[1].runs == found[3].runs


@pytest.mark.icarus
def test_too_little_time_for_all_is_foreseen() -> None:
    slow = "integer i; reg [31:0] s; always @(clk) for (i = 0; i < 60000; i = i + 1) s = s + i;"
    designs = [counter(body(f"assign wrap = {n}; {STEP} {slow}")) for n in range(2)]
    admissions = admit_many(designs, interface=INTERFACE)
    lanes = [admission.lane for admission in admissions if admission.lane is not None]
    bench = benches()["golden"].side_by_side([lane.top for lane in lanes])
    limits = Limits(seconds=6.0)
    broken = judge_together(lanes, bench, simulator=Icarus(), limits=limits)
    assert broken == Broken(reason="it would take too long", fitting=1)


class Scripted:
    """Decides even numbers together; odd ones only alone; 7 is not compiled by the first tool."""

    def __init__(self) -> None:
        self.tried: list[tuple[int, ...]] = []
        self.asked: list[int] = []

    def together(
        self, admissions: Mapping[int, Admission], simulator: Simulator
    ) -> dict[int, str] | Broken:
        members = tuple(admissions)
        self.tried.append(members)
        if 7 in members and simulator.name == "icarus":
            return Broken(reason="compile", blamed=frozenset({members.index(7)}))
        if 5 in members:
            return Broken(reason="hangs")
        if len(members) > 4:
            return Broken(reason="slow", fitting=4)
        return {index: f"{simulator.name} together" for index in members if index != 3}

    def takes(self, admission: Admission, simulator: Simulator) -> bool:
        return admission.digest != "7"

    def alone(self, admission: Admission, simulators: Sequence[Simulator]) -> str:
        self.asked.append(int(admission.digest))
        return "alone"


@pytest.mark.parametrize("workers", [1, 3])
def test_what_breaks_a_batch_is_tried_in_smaller_ones(workers: int) -> None:
    design = counter(RIGHT)
    admissions = [
        Admission(
            design=design,
            digest=str(n),
            lane=None if n == 6 else replace(design, top=f"top{n % 11}"),
        )
        for n in range(12)
    ]
    again = Admission(design=design, digest="2", lane=design)
    work = Scripted()
    found = settle(
        [*admissions, again],
        {9: "known"},
        work,
        (Icarus(), Verilator()),
        workers=workers,
        most=64,
    )
    together, alone = "icarus together", "alone"
    assert set(found) <= {together, alone, "verilator together", "known"}
    assert together in found
    assert [found[index] for index in (3, 5, 6, 9, 11)] == [alone, alone, alone, "known", alone]
    assert found[12] is found[2]
    assert {3, 5, 6, 11} <= set(work.asked)
    assert not any({6, 9} & set(members) for members in work.tried)
    assert max(map(len, work.tried)) == -(-9 // workers)
    # Two designs under one name never stand together.
    assert not any({0, 11} <= set(members) for members in work.tried)


@pytest.mark.icarus
def test_workers_change_nothing() -> None:
    designs = [counter(text) for text in CANDIDATES.values()]
    settings: dict[str, Any] = {"simulators": [Icarus()], "interface": INTERFACE}
    testbench = benches()["golden"]
    one, three = (judge_many(designs, testbench, workers=n, **settings) for n in (1, 3))
    assert [replace(v, runs=()) for v in one] == [replace(v, runs=()) for v in three]


@pytest.mark.icarus
def test_a_kept_verdict_needs_no_simulation(tmp_path: Path) -> None:
    designs = [counter(CANDIDATES[name]) for name in ("right", "wraps late", "syntax")]
    settings: dict[str, Any] = {
        "simulators": [Icarus()],
        "interface": INTERFACE,
        "cache": VerdictCache(tmp_path / "cache"),
    }
    first = judge_many(designs, benches()["golden"], **settings)
    again = judge_many(designs, benches()["golden"], **settings)
    assert [v.status for v in again] == [v.status for v in first]
    assert again[1].first_mismatch == first[1].first_mismatch
    # What is looked up carries the runs that it rests on.
    assert [run.seconds for run in again[0].runs] == [run.seconds for run in first[0].runs]
    assert len(list((tmp_path / "cache").rglob("*.json"))) == 2


@pytest.mark.icarus
def test_a_data_file_is_its_own_design_s() -> None:
    reads = f'reg [7:0] rom [0:1]; initial $readmemh("rom.hex", rom); {STEP}'
    text = body(f"assign wrap = en && q == rom[0]; {reads}")
    designs = [
        counter(text, data={"rom.hex": b"04 00"}),
        counter(text, data={"rom.hex": b"03 00"}),
        counter(RIGHT),
    ]
    found = assert_same(designs, benches()["golden"], Icarus())
    assert [verdict.status for verdict in found] == [Status.PASS, Status.FAIL, Status.PASS]


def test_no_simulators_and_no_workers_are_refused() -> None:
    testbench = benches()["golden"]
    with pytest.raises(ValueError, match="simulators must not be empty"):
        judge_many([], testbench, simulators=[])
    with pytest.raises(ValueError, match="workers must be at least 1, not 0"):
        judge_many([], testbench, simulators=[Icarus()], workers=0)


@pytest.mark.icarus
def test_nothing_to_judge_is_nothing() -> None:
    assert judge_many([], benches()["golden"], simulators=[Icarus()]) == []


@pytest.mark.icarus
def test_traces_are_what_every_design_shows() -> None:
    stimulation = write_stimulation(INTERFACE, budget=BUDGET)
    names = ("right", "wraps late", "undriven", "syntax", "random", "submodule")
    found = observe_many(
        [counter(CANDIDATES[name]) for name in names],
        stimulation,
        simulators=[Icarus()],
        interface=INTERFACE,
    )
    traces = {name: one for name, one in zip(names, found, strict=True) if isinstance(one, Trace)}
    assert set(traces) == set(names) - {"syntax"}
    assert {len(trace.rows) for trace in traces.values()} == {stimulation.samples}
    assert traces["right"].rows == traces["submodule"].rows
    assert traces["right"].rows == expected_rows(stimulation, Counter())
    assert set(traces["undriven"].rows) == {"xxxz"}
    late = traces["wraps late"].rows
    assert any(a != b for a, b in zip(late, traces["right"].rows, strict=True))
    syntax = found[names.index("syntax")]
    assert isinstance(syntax, Verdict)
    assert syntax.cause is Cause.SYNTAX


@pytest.mark.icarus
def test_what_hangs_has_no_trace() -> None:
    stimulation = write_stimulation(INTERFACE, budget=BUDGET)
    hangs = body("assign wrap = 0; always @(posedge clk) while (1) q = 1;")
    found = observe_many(
        [counter(RIGHT), counter(hangs)],
        stimulation,
        simulators=[Icarus()],
        interface=INTERFACE,
        limits=Limits(seconds=60.0, cpu_seconds=4.0),
    )
    assert isinstance(found[0], Trace)
    assert isinstance(found[1], Verdict)
    assert found[1].status is Status.TIMEOUT
