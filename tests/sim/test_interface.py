"""Interfaces read from Verilog."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.design import Design
from sim.errors import InvalidDesign, InvalidInterface
from sim.interface import Direction, Interface, Port, read_header, read_interface


def design(text: str, top: str = "m") -> Design:
    return Design(top=top, sources={"m.sv": text})


def shapes(interface: Interface) -> list[tuple[str, str, str, bool]]:
    return [(p.name, p.direction.value, p.range, p.signed) for p in interface.ports]


def test_ansi_header() -> None:
    found = read_interface(
        design("module m(input clk, input signed [7:0] a, output reg [0:3] y, inout z); endmodule")
    )
    assert shapes(found) == [
        ("clk", "input", "", False),
        ("a", "input", "[7:0]", True),
        ("y", "output", "[0:3]", False),
        ("z", "inout", "", False),
    ]


def test_non_ansi_header() -> None:
    text = "module m(a, y);\n parameter W = 4;\n input [W-1:0] a;\n output y;\n reg y;\nendmodule"
    assert shapes(read_interface(design(text))) == [
        ("a", "input", "[3:0]", False),
        ("y", "output", "", False),
    ]


def test_parameters_are_resolved_and_overridden() -> None:
    text = """
module m #(parameter DEPTH = 16, parameter string NAME = "x", localparam A = $clog2(DEPTH))
  (input [A-1:0] a, output [DEPTH-1:0] y);
endmodule
"""
    found = read_interface(design(text))
    assert [p.width for p in found.ports] == [4, 16]
    assert dict(found.parameters) == {"DEPTH": 16}
    found = read_interface(design(text), parameters={"DEPTH": 100})
    assert [p.width for p in found.ports] == [7, 100]
    with pytest.raises(InvalidDesign, match="module 'm' has no parameter A"):
        read_interface(design(text), parameters={"A": 3})


def test_packed_types_are_laid_flat() -> None:
    text = """
package p; typedef enum logic [1:0] {A, B} mode_t; endpackage
module m(input p::mode_t e, input logic [1:0][3:0] mm, input int i, input logic [0:0] one,
         output struct packed {logic a; logic [2:0] b;} s);
endmodule
"""
    found = read_interface(design(text))
    assert [p.range for p in found.ports] == ["[1:0]", "[7:0]", "[31:0]", "[0:0]", "[3:0]"]


@pytest.mark.parametrize(
    ("ports", "why"),
    [
        ("input a [3:0]", r"port 'a' of module 'm' \(m\.sv:1\) is of type logic\$\[3:0\]"),
        ("input real r", "port 'r' .* is of type real"),
        ("input string s", "port 's' .* is of type string"),
        ("ref logic x", "port 'x' .* is ref"),
        ("bus i", "port 'i' .* is an interface"),
        ("input [W:0] a", "the width of port 'a' .* cannot be resolved"),
    ],
)
def test_ports_that_no_testbench_can_drive(ports: str, why: str) -> None:
    text = f"module m({ports}); endmodule\ninterface bus; endinterface"
    with pytest.raises(InvalidInterface, match=why):
        read_interface(design(text))


def test_concatenated_port_is_refused() -> None:
    with pytest.raises(InvalidInterface, match="concatenation"):
        read_interface(design("module m({a, b}); input a, b; endmodule"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("module n; endmodule", r"no module 'm' in the design; it has n"),
        ("", r"no module 'm' in the design"),
        ("module m; endmodule\nmodule m; endmodule", "module 'm' is defined 2 times"),
        ("module m(input a);\nassign = 1;\nendmodule", r"m\.sv:2: expected expression"),
        ("interface m; endinterface", "'m' cannot be the top of a design"),
    ],
)
def test_designs_without_that_module(text: str, why: str) -> None:
    with pytest.raises(InvalidDesign, match=why):
        read_interface(design(text))


@pytest.mark.parametrize(
    "text",
    [
        "module m(input [3:0] a, output y);",
        "module m(input [3:0] a, output y)",
        "module m(a, y);\ninput [3:0] a;\noutput y;\nalways @(posedge",
        "// before\nmodule m (input [3:0] a, // an operand\n output y);\n assign y = ",
        "module m(input [3:0] a, output y); endmodule",
        "`timescale 1ns/1ps\nmodule m(input [3:0] a, output y);\n reg [",
    ],
)
def test_bare_headers(text: str) -> None:
    found = read_header(text)
    assert found.module == "m"
    assert [(p.name, p.width) for p in found.ports] == [("a", 4), ("y", 1)]


def test_header_of_one_of_several() -> None:
    text = "module m(input a); endmodule\nmodule n(input b, output c);"
    assert [p.name for p in read_header(text, module="n").ports] == ["b", "c"]
    with pytest.raises(InvalidDesign, match="one module header expected, not 2: m, n"):
        read_header(text)
    with pytest.raises(InvalidDesign, match="no header of module 'o'"):
        read_header(text, module="o")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no module header"),
        ("just prose", "no module header"),
        ("module m(a", r"header:1: expected '\)'"),
        ("module m(input a,\ninput b\noutput c);", "header:2: expected"),
        ("module m(input a, output a);", "port 'a' of module 'm' is declared twice"),
        ("module m(input [" + "(" * 5000, "brackets may nest 100 deep, not 5002"),
        ("module m(input [1" + "+1" * 50_000 + ":0] a);", "a statement may have 5000 operators"),
        ("module m(" + " " * (1 << 18), "at most 262144 characters"),
    ],
)
def test_text_that_is_no_header(text: str, why: str) -> None:
    with pytest.raises((InvalidDesign, InvalidInterface), match=why):
        read_header(text)


BOUND = st.integers(min_value=0, max_value=70)


@given(
    st.lists(
        st.tuples(st.sampled_from(Direction), st.none() | st.tuples(BOUND, BOUND), st.booleans()),
        min_size=1,
        max_size=6,
    )
)
def test_what_is_written_is_read(
    ports: list[tuple[Direction, tuple[int, int] | None, bool]],
) -> None:
    wanted = tuple(
        Port(
            name=f"p{index}",
            direction=direction,
            msb=None if bounds is None else bounds[0],
            lsb=None if bounds is None else bounds[1],
            signed=signed,
        )
        for index, (direction, bounds, signed) in enumerate(ports)
    )
    text = ", ".join(
        f"{p.direction.value} wire {'signed ' if p.signed else ''}{p.range} {p.name}"
        for p in wanted
    )
    assert read_header(f"module m({text});").ports == wanted


@pytest.mark.shared
def test_every_header_of_a_benchmark_is_read(shared: Path) -> None:
    folder = shared / "benchmarks" / "verilog-eval-v1"
    for line in (folder / "VerilogEval_Human.jsonl").read_text().splitlines():
        assert read_header(json.loads(line)["prompt"]).ports
