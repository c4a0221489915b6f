"""Designs under names of their own: the same hardware, and room for neighbors."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from sim import tools
from sim.canonical import Stream
from sim.cocotb_bench import CocotbBench
from sim.design import Design
from sim.gate import Admission, admit_many
from sim.icarus import Icarus
from sim.interface import read_interface
from sim.lanes import lane_of, obstacle, prefix_of
from sim.process import Limits, ToolRun, run_tool
from sim.simulate import simulate
from sim.slang import Parsed
from sim.verdict import Status
from tests.sim.suite_bench import BENCH, INTERFACE, suite_design, suite_names

LIMITS = Limits(seconds=120.0, cpu_seconds=60.0)
NO_LANE = {
    "gates_and_strengths",
    "package",
    "random_in_initial",
    "readmemh_own_file",
    "unused_unit_items",
}
HEADER = "module m(input a, output y);\n"
END = "endmodule\n"


@pytest.fixture(scope="module")
def honest() -> dict[str, Admission]:
    names = suite_names("honest")
    designs = [suite_design("honest", name) for name in names]
    found = admit_many(designs, reserved=BENCH.reserved, outer=BENCH.outer, interface=INTERFACE)
    return dict(zip(names, found, strict=True))


def compiled(designs: Sequence[Design], folder: Path) -> ToolRun:
    """Compile all of `designs` in one elaboration, each a root."""
    files = {name: text for design in designs for name, text in design.sources.items()}
    assert len(files) == sum(len(design.sources) for design in designs)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    roots = [word for design in designs for word in ("-s", design.top)]
    command = [str(tools.icarus().path), "-g2012", "-t", "null", *roots, *files]
    return run_tool(command, cwd=folder, limits=LIMITS)


def lane(text: str, digest: str = "0" * 32) -> dict[str, str] | None:
    return lane_of_sources({"d.sv": text}, prefix_of(digest))


def lane_of_sources(sources: dict[str, str], prefix: str) -> dict[str, str] | None:
    parsed = Parsed(sources)
    return lane_of(parsed, Stream(parsed).words, sources, prefix=prefix)


def test_which_honest_designs_have_no_lane(honest: dict[str, Admission]) -> None:
    assert {name for name, found in honest.items() if found.lane is None} == NO_LANE


def test_a_lane_has_the_ports_of_its_design(honest: dict[str, Admission]) -> None:
    for name, found in honest.items():
        assert found.interface is not None
        if found.lane is not None:
            read = read_interface(found.lane)
            assert read.ports == found.interface.ports, name
            assert read.parameters == found.interface.parameters, name
            assert read.module == found.lane.top == prefix_of(found.digest) + "dut"


@pytest.mark.icarus
def test_honest_lanes_compile_together(honest: dict[str, Admission], tmp_path: Path) -> None:
    lanes = {found.digest: found.lane for found in honest.values() if found.lane is not None}
    run = compiled(list(lanes.values()), tmp_path)
    assert run.exit_code == 0, run.output


def bench_for(design: Design) -> CocotbBench:
    """Return the suite's bench with an instance of the lane in the design's place."""
    wrapper = BENCH.hdl_files["wrapper.sv"].replace("dut rtlgen_dut", f"{design.top} rtlgen_dut")
    return replace(BENCH, hdl_files={**BENCH.hdl_files, "wrapper.sv": wrapper})


@pytest.mark.icarus
@pytest.mark.parametrize(
    "name", ["timescale", "default_nettype_none", "udp", "several_modules", "defparam_downward"]
)
def test_a_lane_passes_as_its_design_does(name: str, honest: dict[str, Admission]) -> None:
    own = honest[name].lane
    assert own is not None
    verdict = simulate(own, bench_for(own), simulator=Icarus(), limits=LIMITS)
    assert verdict.status is Status.PASS, verdict.reason


@pytest.mark.icarus
def test_lanes_of_the_same_text_compile_together(tmp_path: Path) -> None:
    text = (
        "`default_nettype none\nmodule m(input wire a, output wire y); s #(1) u(a, y);\n"
        "endmodule : m\nmodule s #(parameter W = 2) (input wire p, output wire q); inv (q, p);\n"
        "endmodule\nprimitive inv(o, i); output o; input i; table 0 : 1; 1 : 0; endtable\n"
        "endprimitive : inv\n`timescale 1us/1ns\n`celldefine\n`unconnected_drive pull1\n"
    )
    plain = "module m(input a, output y); assign undeclared = a; assign y = undeclared; endmodule\n"
    lanes = []
    for digest, body in (("a" * 32, text), ("b" * 32, text), ("c" * 32, plain)):
        sources = lane(body, digest)
        assert sources is not None
        lanes.append(Design(top=prefix_of(digest) + "m", sources=sources))
    run = compiled(lanes, tmp_path)
    assert run.exit_code == 0, run.output


def test_names_and_labels_are_renamed_and_nothing_else() -> None:
    text = (
        "module top(input a, output top_y); wire s; s s(.a(a), .y(s));\n"
        '  initial $display("s %m"); \\s t(.a(a), .y(top_y)); s #(2) v[1:0](a, );\nendmodule : top\n'
        "module s #(parameter W = 1) (input a, output y); assign y = a; endmodule\n"
    )
    assert lane(text) == {
        "rtlgen_000000000000_0.sv": "`resetall\n`timescale 1ns/1ps\n"
        "module rtlgen_000000000000_top(input a, output top_y); "
        "wire s; rtlgen_000000000000_s s(.a(a), .y(s));\n"
        '  initial $display("s %m"); rtlgen_000000000000_s t(.a(a), .y(top_y)); '
        "rtlgen_000000000000_s #(2) v[1:0](a, );\nendmodule : rtlgen_000000000000_top\n"
        "module rtlgen_000000000000_s #(parameter W = 1) (input a, output y); "
        "assign y = a; endmodule\n"
        "`resetall\n`timescale 1ns/1ps\n"
    }


def test_every_source_stays_a_source() -> None:
    parts = {"a/m.sv": HEADER + "n u(a, y);\n" + END, "n.v": "module n(input a, output y); " + END}
    assert lane_of_sources(parts, "rtlgen_x_") == {
        "rtlgen_x_0.sv": "`resetall\n`timescale 1ns/1ps\nmodule rtlgen_x_m(input a, output y);\n"
        "rtlgen_x_n u(a, y);\nendmodule\n",
        "rtlgen_x_1.v": "module rtlgen_x_n(input a, output y); endmodule\n"
        "`resetall\n`timescale 1ns/1ps\n",
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("package p; localparam X = 1; endpackage\n" + HEADER + END, "PackageDeclaration"),
        ("typedef logic t;\n" + HEADER + END, "TypedefDeclaration"),
        ("parameter P = 1;\n" + HEADER + END, "ParameterDeclarationStatement"),
        ("function f(input x); f = x; endfunction\n" + HEADER + END, "FunctionDeclaration"),
        ("interface i; endinterface\n" + HEADER + END, "InterfaceDeclaration"),
        ("wire w;\n" + HEADER + END, "outside of modules"),
        ("timeunit 1ns;\n" + HEADER + END, "outside of modules"),
        (HEADER + "module n; endmodule\n" + END, "a module in a module"),
        ("module \\m+n (input a); endmodule\n", "an escaped name: m+n"),
        (HEADER + "integer r; initial r = $random;\n" + END, "$random"),
        (HEADER + "integer r = $urandom_range(1, 2);\n" + END, "$urandom_range"),
        (HEADER + "integer r; initial void'(std::randomize(r));\n" + END, "random values"),
        (HEADER + 'string s = $sformatf("%m");\n' + END, "$sformatf"),
        (HEADER + 'reg r[3:0]; initial $readmemb("", r);\n' + END, "$readmemb"),
        ("module m(input supply0 a);\n" + END, "a constant net: supply0"),
        (HEADER + "supply1 vdd;\n" + END, "a constant net: supply1"),
        ('`begin_keywords "1364-2001"\n' + HEADER + END, "a keyword version"),
        ("`timescale 1ns/10fs\n" + HEADER + END, "a time precision"),
        (HEADER + "timeprecision 1fs;\n" + END, "a time precision"),
    ],
)
def test_what_could_tell_neighbors_has_no_lane(text: str, why: str) -> None:
    parsed = Parsed({"d.sv": text})
    assert not parsed.syntax_errors()
    assert why in obstacle(parsed, Stream(parsed).words)
    assert lane(text) is None


def test_text_that_is_too_long_has_no_lane() -> None:
    assert lane(HEADER + "wire w;\n" * 140_000 + END) is None


@pytest.mark.icarus
@pytest.mark.shared
def test_real_completions_in_lanes(shared: Path, tmp_path: Path) -> None:
    """What Icarus compiles alone, it compiles as a lane, and with all others at once."""
    path = shared / "samples" / "verilog-eval-v1" / "qwen14b_base_human.jsonl.gz"
    with gzip.open(path, "rt") as lines:
        completions = [json.loads(line)["completion"] for line in islice(lines, 0, 1500, 20)]
    designs = [
        Design(top="top_module", sources={"m.sv": text})
        for text in completions
        if "module top_module" in text
    ]
    admitted = {a.digest: a for a in admit_many(designs) if a.design is not None}
    fine: list[Design] = []
    for found in admitted.values():
        assert found.design is not None
        if compiled([found.design], tmp_path).exit_code == 0 and found.lane is not None:
            fine.append(found.lane)
    assert len(fine) >= 30
    run = compiled(fine, tmp_path)
    assert run.exit_code == 0, run.output


RACES = {
    "always @(posedge c) q <= a; always @(*) if (a) q = 0; always @* s = 0;": True,
    "always @* q = a; always @* s = a; always @* s[1] = ~a;": True,
    "initial q = 0; always @(posedge c) q <= a; always @* s = 0;": False,
    "always @* q = a; always @* s[0] = a; always @* s[1] = ~a;": False,
    "always @* q = a; for (genvar i = 0; i < 2; i++) always @(posedge c) s[i] <= a;": False,
}


def test_what_processes_race_for_is_simulated_alone() -> None:
    header = "module m(input c, input a, output reg q, output reg [1:0] s);\n"
    designs = [Design(top="m", sources={"m.sv": f"{header}{body}\n{END}"}) for body in RACES]
    found = admit_many(designs)
    assert all(admission.design for admission in found)
    assert [admission.lane is None for admission in found] == list(RACES.values())
