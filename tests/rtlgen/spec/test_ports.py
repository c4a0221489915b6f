"""Widths, parameters and declarations as values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlgen.errors import SpecError
from rtlgen.spec.declared import DeclaredPort, read_item, read_parameter
from rtlgen.spec.headings import Role, classify
from rtlgen.spec.model import Severity
from rtlgen.spec.ports import make_ports, merge
from rtlgen.spec.reader import read_spec
from rtlgen.spec.text import line_place, normalize, plain, sentences
from rtlgen.spec.widths import (
    UnknownParameter,
    Width,
    WidthError,
    described_width,
    evaluate,
    read_width,
)
from sim.interface import Direction


@pytest.mark.parametrize(
    ("cell", "bounds"),
    [
        ("8", (7, 0)),
        ("1", None),
        ("[7:0]", (7, 0)),
        ("[0:7]", (0, 7)),
        ("[32:1]", (32, 1)),
        ("7:0", (7, 0)),
        ("(15:0)", (15, 0)),
        ("<3:0>", (3, 0)),
        ("7..0", (7, 0)),
        ("7 downto 0", (7, 0)),
        ("8 bits", (7, 0)),
        ("8-bit", (7, 0)),
        ("8b", (7, 0)),
        ("12 bit unsigned", (11, 0)),
        ("four bits", (3, 0)),
        ("thirty-two bits", (31, 0)),
        ("byte", (7, 0)),
        ("[0:0]", (0, 0)),
        ("[2**3-1:0]", (7, 0)),
        ("[$clog2(16)-1:0]", (3, 0)),
        ("[4'd9:0]", (9, 0)),
    ],
)
def test_widths(cell: str, bounds: tuple[int, int] | None) -> None:
    width = read_width(cell)
    assert width is not None
    assert width.resolve({}) == bounds


@pytest.mark.parametrize("cell", ["", "-", "scalar", "wire", "the usual", "n/a"])
def test_cells_that_say_nothing_of_a_width(cell: str) -> None:
    assert read_width(cell) is None


@pytest.mark.parametrize(
    ("description", "bits"),
    [
        ("8-bit operand", "8"),
        ("a 32-bit input operand", "32"),
        ("result, 16 bits wide", "16"),
        ("operand with a data width of 8 bits", "8"),
        ("signal of size 4 bits", "4"),
        ("carry (1-bit)", "1"),
        ('value with a width of "size" bits', "size"),
        ("product, width of 2*size bits", "2*size"),
        ("N-bit sum", "N"),
        ("the full 8-bit data", "8"),
        ("Eight bits of data", "8"),
    ],
)
def test_widths_in_descriptions(description: str, bits: str) -> None:
    found = described_width(description)
    assert found is not None
    assert found.msb == bits


@pytest.mark.parametrize(
    "description",
    [
        "selects one of 8 bits",
        "low when 4-bit counting ends",
        "enable for the 8-bit counter",
        "high 3 bits of the instruction",
        "parity of the 8-bit value",
    ],
)
def test_widths_of_something_else(description: str) -> None:
    assert described_width(description) is None


def test_expressions_over_parameters() -> None:
    values = {"W": 8, "D": 20}
    assert evaluate("2 * (W + 1) - 3", values) == 15
    assert evaluate("$clog2(D) - 1", values) == 4
    assert evaluate("-W + D % 3 << 1", values) == -4
    assert evaluate("1 << W", values) == 256


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("8 8", "expected an operator, not '8'"),
        ("(8", "not closed"),
        ("8 +", "expected a number or a name, not ''"),
        ("9**9**9", "out of bounds"),
        ("1 << 99", "by 0 to 64, not 99"),
        ("1000000 * 1000000 * 9", "must stay within"),
        ("(" * 60 + "1" + ")" * 60, "nested too deeply"),
        ("1+" * 200 + "1", "at most 200 characters"),
        ("9/0", "division by zero"),
        ("8'b2", "not a number"),
        ("@", "not '@'"),
    ],
)
def test_expressions_that_are_refused(expression: str, message: str) -> None:
    with pytest.raises(WidthError, match=message.replace("(", r"\(").replace("*", r"\*")):
        evaluate(expression, {})


def test_an_unknown_parameter_is_named() -> None:
    with pytest.raises(UnknownParameter, match="no value is given for 'W'"):
        evaluate("W-1", {})


@given(
    st.recursive(
        st.integers(0, 99).map(str),
        lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(
            lambda t: f"({t[0]}{t[1]}{t[2]})"
        ),
        max_leaves=6,
    )
)
def test_arithmetic_is_that_of_integers(expression: str) -> None:
    expected = eval(expression)
    if abs(expected) < 1 << 30:
        assert evaluate(expression, {}) == expected


@given(st.text(max_size=40))
def test_no_width_ends_in_another_error(text: str) -> None:
    try:
        width = read_width(text)
        if width is not None:
            width.resolve({})
    except WidthError:
        return


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("input a", ["a"]),
        ("input [7:0] a, b, c;", ["a", "b", "c"]),
        ("input in", ["in"]),
        ("output reg signed [3:0] out // result", ["out"]),
        ("a, b, c: operands", ["a", "b", "c"]),
        ("a[7:0] (input): operand", ["a"]),
        ("in [7:0]: operand", ["in"]),
        ("out: result", ["out"]),
        ("[7:0] freq: how often", ["freq"]),
        ("8-bit duty: how long", ["duty"]),
        ("clk (in, 1) - the clock", ["clk"]),
        ("red and green: lights", ["red", "green"]),
        ("data_in[7:0]", ["data_in"]),
        ("'start': begins", ["start"]),
    ],
)
def test_items(text: str, names: list[str]) -> None:
    item = read_item(text, loose=False)
    assert item is not None
    assert [port.name for port in item.ports(line_place(1), block=1)] == names


@pytest.mark.parametrize(
    "text",
    [
        "input a is sampled at the edge",
        "inputs are stable",
        "output of the adder",
        "output ready = 1 while idle",
        "input to the gate",
        "the counter: it counts",
        "When a is 1: stop",
        "7 segments",
        "",
        "- -",
    ],
)
def test_lines_that_are_no_items(text: str) -> None:
    assert read_item(text, loose=False) is None


def test_attributes_of_an_item() -> None:
    item = read_item("a (input, signed, 12 bits): operand", loose=False)
    assert item is not None
    port = item.ports(line_place(3), block=1)[0]
    assert (port.direction, port.signed, str(port.width)) == (Direction.INPUT, True, "12 bits")


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("WIDTH = 8", "WIDTH", "8"),
        ("parameter DEPTH = 16;", "DEPTH", "16"),
        ("N: number of lanes, default 4", "N", "4"),
        ("SIZE (default 32): bits", "SIZE", "32"),
        ("CLKS: 16", "CLKS", "16"),
        ("Q: number of fractional bits", "Q", ""),
        ("width = 4 bits", "width", "4"),
    ],
)
def test_parameters(text: str, name: str, value: str) -> None:
    found = read_parameter(text, line_place(1))
    assert found is not None
    assert (found.name, found.value) == (name, value)


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Inputs", Role.INPUT),
        ("Input ports", Role.INPUT),
        ("The module has the following outputs", Role.OUTPUT),
        ("Outputs are", Role.OUTPUT),
        ("Inputs and outputs", Role.PORTS),
        ("Ports", Role.PORTS),
        ("I/O", Role.PORTS),
        ("Port description", Role.PORTS),
        ("Module interface", Role.PORTS),
        ("Parameters", Role.PARAMETERS),
        ("Input parameters", Role.PARAMETERS),
        ("Module name", Role.MODULE),
        ("Output encoding", Role.OTHER),
        ("Output logic", Role.OTHER),
        ("Internal signals", Role.OTHER),
        ("Registers and wires", Role.OTHER),
        ("State outputs", Role.OTHER),
        ("Implementation", Role.OTHER),
        ("Input and output connections", Role.OTHER),
    ],
)
def test_headings(title: str, role: Role) -> None:
    assert classify(title) is role


def declared(name: str, **changes: object) -> DeclaredPort:
    values = {"direction": Direction.INPUT, "place": line_place(1), "block": 1, **changes}
    return DeclaredPort(name=name, **values)  # type: ignore[arg-type]


def test_a_table_counts_more_than_a_list() -> None:
    table = declared("a", width=Width(msb="8"), style="table", place=line_place(9), block=2)
    kept, findings = merge([declared("a", width=Width(msb="4")), table])
    assert kept == [table]
    assert [f.severity for f in findings] == [Severity.ERROR]


def test_what_is_repeated_and_agrees_is_no_finding() -> None:
    again = declared("a", width=Width(msb="7", lsb="0"), block=2, place=line_place(5))
    kept, findings = merge([declared("a", width=Width(msb="8")), again])
    assert len(kept) == 1
    assert findings == []


def test_a_keyword_is_no_port() -> None:
    with pytest.raises(SpecError, match="Verilog keyword 'wire', line 1"):
        make_ports([declared("wire")], [], "")


def test_plain_text() -> None:
    assert normalize("\ufeffa\u00a0\u2013 b\u2019s\r\n\u2022 c\uff1a\r") == "a - b's\n* c:\n"
    assert plain("**in** `a\\_b` *x* 2**N __y__ a_b_c") == "in a_b x 2**N y a_b_c"


def test_sentences_keep_their_lines() -> None:
    text = "One. Two\nends here. Three.\n\n- item one\n- item two\n\n| a | b |\n| 1 | 2 |"
    found = [(s.text, s.place.line, s.place.end_line) for s in sentences(text)]
    assert found == [
        ("One.", 1, 1),
        ("Two ends here.", 1, 2),
        ("Three.", 2, 2),
        ("- item one", 4, 4),
        ("- item two", 5, 5),
        ("| a | b |", 7, 7),
        ("| 1 | 2 |", 8, 8),
    ]


def test_a_sentence_that_begins_with_in_declares_nothing() -> None:
    spec = read_spec(
        "# m\n\n- input clk\n- input go\n- output y\n\n- In IDLE, on go move to RUN.\n"
        "- In RUN, when go is 0, return.\n"
    )
    assert [port.name for port in spec.interface.ports] == ["clk", "go", "y"]


PARAMETERS = """
| Parameter | Default |
|-----------|---------|
| `WIDTH`   | 8       |
| `DEPTH`   | 16      |

| Port    | Direction | Width                 |
|---------|-----------|-----------------------|
| `clk`   | input     | 1                     |
| `data`  | input     | `[WIDTH-1:0]`         |
| `pair`  | input     | 2*WIDTH               |
| `fixed` | input     | `[7:0]`               |
| `count` | output    | `[$clog2(DEPTH):0]`   |
| `q`     | output    | WIDTH                 |
"""


def test_ranges_stay_as_they_are_written_where_they_name_parameters() -> None:
    spec = read_spec(f"Module `held`.\n{PARAMETERS}")
    assert spec.ranges == {
        "data": "[WIDTH-1:0]",
        "pair": "[2*WIDTH-1:0]",
        "count": "[$clog2(DEPTH):0]",
        "q": "[WIDTH-1:0]",
    }
    assert [port.width for port in spec.interface.ports] == [1, 8, 16, 8, 5, 8]


def test_ranges_of_a_header_that_name_parameters() -> None:
    head = "module m #(parameter W = 4) (input [W-1:0] a, b, input [3:0] c, output [2*W:1] y);"
    spec = read_spec(f"```verilog\n{head}\nendmodule\n```\n")
    assert spec.ranges == {"a": "[W-1:0]", "y": "[2*W:1]"}


@pytest.mark.parametrize("name", ["table", "bit", "unique"])
def test_a_module_named_like_a_keyword_is_refused(name: str) -> None:
    text = "The input `a` is inverted.\n\n- input `a`\n- output `y`\n"
    with pytest.raises(SpecError, match=f"keyword '{name}', which stands in the file name, line 1"):
        read_spec(text, path=f"{name}.md")
