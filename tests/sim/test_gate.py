"""What the gate lets through and what it refuses, and how it says so."""

from __future__ import annotations

import pytest

from sim.design import Design
from sim.errors import ToolFailed
from sim.gate import Admission, admit, unanswered
from sim.interface import read_header
from sim.process import ToolRun
from sim.refusal import Refusal
from sim.verdict import Cause

HEADER = "module m(input clk, input [3:0] a, output reg [3:0] y);\n"


def gate(text: str, *, data: dict[str, bytes] | None = None) -> Admission:
    return admit(Design(top="m", sources={"m.sv": text}, data=data or {}))


def test_admitted_design_is_canonical_text_with_its_interface() -> None:
    found = gate(HEADER + "  always @(posedge clk) y <= a; // copy\nendmodule")
    assert found.design is not None
    assert found.design.sources["m.sv"] == HEADER + "  always @(posedge clk) y <= a;\nendmodule\n"
    assert found.interface is not None
    assert [clock.port for clock in found.interface.clocks] == ["clk"]
    assert (found.cause, found.refusals) == (Cause.NONE, ())


def test_refusal_names_rule_file_and_line() -> None:
    found = gate(HEADER + "\n  initial $finish;\nendmodule")
    assert found.design is None
    assert found.cause is Cause.REFUSED
    assert found.refusals == (
        Refusal(
            rule="ends-simulation",
            file="m.sv",
            line=3,
            message="a design may not end or stop the simulation ($finish)",
        ),
    )
    assert str(found.refusals[0]).startswith("m.sv:3: ")


@pytest.mark.parametrize(
    ("text", "cause", "message"),
    [
        (HEADER, Cause.SYNTAX, "m.sv:1: "),
        (HEADER + "assign y = nothing;\nendmodule", Cause.ELABORATION, "'nothing'"),
        ("module n; endmodule", Cause.ELABORATION, "no module 'm' in the design; it has n"),
        ("", Cause.ELABORATION, "it has no module at all"),
        ("module m(input x [1:0]); endmodule", Cause.INTERFACE, "port 'x'"),
        ("module m; initial y = 1; \x07 endmodule", Cause.REFUSED, r"control character '\x07'"),
        ("module m; // \ud800\nendmodule", Cause.REFUSED, "must be UTF-8"),
        ("x" * ((1 << 20) + 1), Cause.REFUSED, "1048576 bytes together, not 1048577"),
        ("module m; wire a = 1" + "+1" * 60_000 + "; endmodule", Cause.REFUSED, "does not survive"),
    ],
)
def test_bad_design_does_not_raise(text: str, cause: Cause, message: str) -> None:
    found = gate(text)
    assert found.cause is cause
    assert message in str(found.refusals[0])


@pytest.mark.parametrize("name", ["-o.v", "a/-x.sv", "+incdir+x.v", "a\nb.v", "c:\\x.v"])
def test_file_names_that_tools_could_misread(name: str) -> None:
    found = admit(Design(top="m", sources={name: "module m; endmodule"}))
    assert [refusal.rule for refusal in found.refusals] == ["file-name"]


@pytest.mark.parametrize("name", ["m.cpp", ".cpp", "a/m.sv.o", "m.vlt", "m.sv.", "m.CC"])
def test_sources_must_be_called_like_verilog(name: str) -> None:
    found = admit(Design(top="m", sources={name: "module m; endmodule"}))
    assert "a source must be called like Verilog (.v .sv" in str(found.refusals[0])


@pytest.mark.parametrize("name", ["m", "m.V", "rtl.d/m.sv", "a.b.v"])
def test_plain_names_of_sources(name: str) -> None:
    assert admit(Design(top="m", sources={name: "module m; endmodule"})).design is not None


@pytest.mark.parametrize("name", ["sitecustomize.py", "x.so", "Makefile", "report.json"])
def test_data_must_be_memory_images(name: str) -> None:
    found = gate("module m; endmodule", data={name: b""})
    assert "must be a memory image" in str(found.refusals[0])


def test_ports_must_be_those_of_the_interface() -> None:
    wanted = read_header("module m(input clk, input signed [3:0] a, output [3:0] y);")
    text = HEADER + "always @(posedge clk) y <= a; endmodule"
    design = Design(top="m", sources={"m.sv": text})
    assert admit(design, interface=wanted).design is not None
    wanted = read_header("module m(input clk, input [4:0] a, output b, inout [3:0] y);")
    found = admit(design, interface=wanted)
    assert found.cause is Cause.INTERFACE
    assert [str(refusal) for refusal in found.refusals] == [
        "port 'a' must be input, 5 bits, not input, 4 bits",
        "port 'b' (output, 1 bit) is missing",
        "port 'y' must be inout, 4 bits, not output, 4 bits",
    ]


def test_extra_port_is_refused() -> None:
    found = admit(
        Design(top="m", sources={"m.v": "module m(input a, input b); endmodule"}),
        interface=read_header("module m(input a);"),
    )
    assert str(found.refusals[0]) == "port 'b' (input, 1 bit) is not in the interface"


def test_reserved_modules() -> None:
    text = "module m; endmodule\nmodule tb; endmodule"
    design = Design(top="m", sources={"m.v": text})
    assert admit(design).design is not None
    found = admit(design, reserved=frozenset({"tb"}))
    assert str(found.refusals[0]) == (
        "m.v:2: module 'tb' is the testbench's; a design may not define it"
    )


def test_memory_image_that_came_with_the_design() -> None:
    text = 'module m; reg [7:0] r [0:1]; initial $readmemh("rom.hex", r); endmodule'
    admitted = gate(text, data={"rom.hex": b"00 01"})
    assert admitted.design is not None
    assert admitted.design.data == {"rom.hex": b"00 01"}
    assert "must name a file that came with the design, not 'rom.hex'" in str(
        gate(text).refusals[0]
    )


@pytest.mark.parametrize(
    ("exit_code", "limit", "output", "cause"),
    [
        (None, "time", "", Cause.TIME),
        (None, "cpu", "", Cause.TIME),
        (None, "memory", "", Cause.MEMORY),
        (1, None, "MemoryError: std::bad_alloc", Cause.MEMORY),
        (-11, None, "", Cause.REFUSED),
        (1, None, "line 9, in _examine\nValueError: odd", Cause.REFUSED),
    ],
)
def test_design_that_the_worker_does_not_survive(
    exit_code: int | None, limit: str | None, output: str, cause: Cause
) -> None:
    run = ToolRun(
        argv=("worker",),
        exit_code=exit_code,
        output=output,
        truncated=False,
        seconds=1.0,
        limit=limit,
    )
    assert unanswered(run).cause is cause


def test_worker_that_does_not_start_is_no_fault_of_the_design() -> None:
    run = ToolRun(
        argv=("worker",), exit_code=1, output="No module named x", truncated=False, seconds=1.0
    )
    with pytest.raises(ToolFailed, match="exit code 1: No module named x"):
        unanswered(run)


def test_an_admission_has_a_design_or_a_cause() -> None:
    with pytest.raises(ValueError, match="either a design or a cause"):
        Admission(design=None)


@pytest.mark.parametrize(
    ("parameter", "name", "taken"),
    [
        ('parameter F = "rom.hex"', "F", True),
        ('parameter E = "rom.hex", F = E', "F", True),
        ('parameter F = "rom.hex"', '"rom.hex"', True),
        ('parameter [23:0] F = "rom.hex"', "F", False),
        ('parameter F = 1 ? "rom.hex" : "rom.hex"', "F", False),
        ('parameter F = {"rom", ".hex"}', "F", False),
        ('parameter F = "rom.hex"', r'"rom\x2ehex"', False),
    ],
)
def test_a_memory_image_is_named_in_plain_text(parameter: str, name: str, taken: bool) -> None:
    text = f"""\
module dut #({parameter}) (output [7:0] y);
  reg [7:0] m [0:3];
  initial $readmemh({name}, m);
  assign y = m[0];
endmodule
"""
    design = Design(top="dut", sources={"d.sv": text}, data={"rom.hex": b"01"})
    assert (admit(design).design is not None) is taken
