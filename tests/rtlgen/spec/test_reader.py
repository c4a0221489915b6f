"""Reading a specification: names, places, parameters, and every kind of bad input."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtlgen.errors import SpecError, UsageError
from rtlgen.spec import Severity, load_spec, read_spec
from rtlgen.spec.reader import SIZE_LIMIT

PORTS = "\n- input clk\n- input d (8 bits)\n- output q (8 bits)\n"


def test_a_specification_keeps_its_text_title_and_places() -> None:
    text = "# A register\r\n\r\nModule name: keeper\r\n" + PORTS
    spec = read_spec(text, path="keeper.md")
    assert spec.text == text
    assert spec.title == "A register"
    assert spec.interface.module == "keeper"
    assert (spec.interface_place.line, spec.interface_place.end_line) == (5, 7)


def test_front_matter_becomes_metadata() -> None:
    spec = read_spec("---\nmodule: m\nauthor: Ada\nfrequency: 100\n---\n" + PORTS)
    assert spec.metadata == {"module": "m", "author": "Ada", "frequency": 100}


def test_a_rule_of_dashes_is_no_front_matter() -> None:
    assert read_spec("---\n\n# m\n" + PORTS).interface.module == "m"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Implement a module named one with these ports.", "one"),
        ("I would like a module\nnamed two.", "two"),
        ("Module name:\n    three", "three"),
        ("**Module name:** `four`", "four"),
        ("- Module: five", "five"),
        ("Design the module `six`.", "six"),
        ("# seven", "seven"),
        ("# Module eight", "eight"),
        ("# `nine` — a counter", "nine"),
        ("## Module\n\n`ten`", "ten"),
        ("The top module is called eleven.", "eleven"),
        ("# Elevator door controller (door_ctrl)", "door_ctrl"),
        ("# Gray converter: `gray2bin`", "gray2bin"),
        ("# Prime checker (`prime`)", "prime"),
        ("Write an adder. The module name is add4.", "add4"),
        ("I need a module edge_det that detects edges.", "edge_det"),
        ("# Edge detector (synchronous)", "edge_detector"),
        ("# Counter (4-bit)", "Counter"),
        ("Build a parity generator `parity8` for bytes.", "parity8"),
        ("Design a shift register called sr8.", "sr8"),
        ("The module `seven` accepts a digit.", "seven"),
        ("Design a decoder. Call the module dec2to4.", "dec2to4"),
        ("# Delay\n\nImplement the function `f` of the inputs.", "Delay"),
        ("# Delay\n\nModule description: a delay.", "Delay"),
        ("Use the module named adder as a submodule.\nModule name: twelve", "twelve"),
    ],
)
def test_the_module_is_named(text: str, name: str) -> None:
    assert read_spec(f"{text}\n{PORTS}").interface.module == name


@pytest.mark.parametrize(
    "text",
    [
        "The output follows the input after a cycle, and takes the sum as input.",
        "It takes two cycles and produces a result. The input is high and the output is low.",
        "For all inputs, however, and for outputs, therefore, the rule holds.",
        "The output is the input, delayed. An output (optional) may follow.",
    ],
)
def test_sentences_that_name_no_ports(text: str) -> None:
    with pytest.raises(SpecError, match="no ports are declared, lines"):
        read_spec(f"Module name: m\n\n{text}\n")


def test_a_name_from_the_title_keeps_the_title_s_line() -> None:
    spec = read_spec("First words.\n\n# Door controller (door_ctrl)\n" + PORTS)
    assert [f.place.line for f in spec.findings if f.rule == "module-name"] == [3]


def test_a_name_from_the_title_is_an_assumption() -> None:
    spec = read_spec("# Round robin arbiter\n" + PORTS)
    assert spec.interface.module == "round_robin_arbiter"
    assert [f.assumption for f in spec.assumptions if f.rule == "module-name"] == [
        "the module is named round_robin_arbiter"
    ]


def test_a_name_from_the_file_is_an_assumption() -> None:
    assert read_spec(PORTS, path="work/keeper-v2.md").interface.module == "keeper_v2"


def test_parameters_are_kept_and_resolved() -> None:
    text = "Module name: m\n\nParameters:\n- W = 4\n- D (default 16): depth\n\n- input [W-1:0] a\n- output [$clog2(D):0] y\n"
    interface = read_spec(text).interface
    assert interface.parameters == {"W": 4, "D": 16}
    assert [port.range for port in interface.ports] == ["[3:0]", "[4:0]"]


def test_a_parameter_without_a_value_is_asked_about() -> None:
    spec = read_spec("Module name: m\n- input [N-1:0] a\n- output y\n")
    assert spec.interface.port("a").width == 8
    assert [f.assumption for f in spec.findings if f.rule == "parameter-value"] == ["N = 8"]


def test_bits_that_the_text_counts_from_one() -> None:
    spec = read_spec("Module name: m\n- input x (4 bits)\n- output f\n\nf is x[4] and not x[1].\n")
    assert spec.interface.port("x").range == "[4:1]"


def test_a_width_that_only_the_text_shows() -> None:
    spec = read_spec("Module name: m\n- input a\n- output y\n\ny is the parity of a[6:0].\n")
    assert spec.interface.port("a").width == 7
    assert any(f.rule == "port-width" and f.assumption for f in spec.findings)


def test_a_range_keeps_its_order() -> None:
    spec = read_spec("Module name: m\n- input [0:7] a\n- output y\n")
    assert spec.interface.port("a").range == "[0:7]"
    assert any(f.rule == "reversed-range" for f in spec.findings)


BAD = {
    "nothing": ("", "is empty, line 1"),
    "blanks": (" \n\t\n", "is empty"),
    "binary": ("\x7fELF\n\0\0", r"NUL character, line 2"),
    "no ports": (
        "Module name: m\n\nIt blinks.\n",
        r"no ports are declared, lines 1-4\n\nhint: list",
    ),
    "no name": (PORTS, r"the module has no name.*\n\nhint: write `Module name"),
    "keyword as a name": ("Module name: m\n---\nmodule: x", "no ports"),
    "bad name": ("---\nmodule: 3-way\n---\n" + PORTS, r"Verilog identifier, not '3-way', line 2"),
    "port named like a keyword": (
        "---\nmodule: m\nports:\n  - {name: wire, direction: input}\n---\n",
        r"'wire', line 4\n\nhint: ",
    ),
    "twice in a list": (
        "# m\n- input a\n- input a\n- output y\n",
        r"'a' is declared twice: line 2 and line 3",
    ),
    "both directions": (
        "# m\n\nInputs:\n- a: x\n\nOutputs:\n- a: x\n",
        r"'a' is declared twice: line 4 as input and line 7 as output",
    ),
    "twice in a table": (
        "# m\n\n| Port | Dir |\n|---|---|\n| a | in |\n| a | in |\n| y | out |\n",
        r"'a' is declared twice: line 5 and line 6",
    ),
    "twice in a header": (
        "module m(input a, input a, output y);\n",
        r"module 'm' cannot be read, line 1",
    ),
    "width 0": (
        "# m\n- input a (0 bits)\n- output y\n",
        r"port 'a': a width must be 1 to 65536 bits, not 0 .*line 2",
    ),
    "negative width": (
        "# m\n\n| Port | Dir | Width |\n|---|---|---|\n| a | in | -3 |\n",
        r"not -3 .*line 5",
    ),
    "absurd width": ("# m\n- input [99999999:0] a\n- output y\n", r"not 100000000"),
    "negative bound": ("# m\n- input [3:-1] a\n- output y\n", r"bounds must not be negative"),
    "width that is none": (
        "# m\n\n| Port | Dir | Width |\n|---|---|---|\n| a | in | wide and long |\n",
        r"a number of bits or a range, not 'wide and long', line 5",
    ),
    "division by zero": ("# m\n- input [8/0:0] a\n- output y\n", r"division by zero"),
    "huge power": ("# m\n- input [9**9**9:0] a\n- output y\n", r"port 'a'"),
    "unknown direction": (
        "# m\n\n| Port | Direction |\n|---|---|\n| a | sideways |\n",
        r"input, output or inout, not 'sideways', line 5",
    ),
    "name with spaces": (
        "# m\n\n| Port | Direction |\n|---|---|\n| my port | input |\n",
        r"Verilog identifier, not 'my port', line 5",
    ),
    "front matter is a list": ("---\n- a\n-\n  b: 1\n---\n", "must be a mapping"),
    "front matter is broken": ("---\nmodule: [a\n---\n", r"front matter must be YAML: .*line \d"),
    "front matter, no direction": (
        "---\nmodule: m\nports:\n  - a\n---\n",
        r"must have a direction, not only 'a', line 4",
    ),
    "front matter, bad direction": (
        "---\nmodule: m\nports:\n  - {name: a, direction: up}\n---\n",
        r"not 'up', line 4",
    ),
    "front matter nested": (
        "---\na: " + "[" * 5000 + "\n---\n",
        r"nested that deeply|must be YAML",
    ),
    "header that is cut": ("module m(input a, output\n", r"no ports|cannot be read"),
    "header without ports": ("module m();\n", r"'m' has no ports, line 1"),
    "too many ports": (
        "# m\n" + "".join(f"- input p{i}\n" for i in range(1100)),
        r"at most 1024 ports, not 1100",
    ),
    "too long": ("# m\n" + PORTS + "x" * SIZE_LIMIT, r"at most 256 KiB.*\n\nhint: give the part"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_text_is_refused_with_its_place(case: str) -> None:
    text, message = BAD[case]
    with pytest.raises(SpecError, match=message) as refused:
        read_spec(text, path="<text>")
    said = str(refused.value)
    assert said.startswith("<text>: ")
    assert said.count("<text>") == 1
    assert said.count("hint: ") == 1
    assert re.search(r"\bline", said.partition("hint: ")[0])


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        load_spec(tmp_path / "missing.md")
    with pytest.raises(UsageError, match="is a folder"):
        load_spec(tmp_path)
    latin = tmp_path / "latin.md"
    latin.write_bytes(b"# m\n\nna\xefve\n")
    with pytest.raises(UsageError, match=r"must be UTF-8 text; .*line 3 \(byte 7\)"):
        load_spec(latin)
    large = tmp_path / "large.md"
    large.write_bytes(b"x" * 5_000_000)
    with pytest.raises(UsageError, match="at most 256 KiB"):
        load_spec(large)
    with pytest.raises(UsageError, match=r"cannot read|no such file"):
        load_spec(Path("a\0b"))


def test_utf16_as_some_editors_save_it(tmp_path: Path) -> None:
    path = tmp_path / "m.md"
    path.write_bytes(("# m\r\n" + PORTS).encode("utf-16"))
    assert len(load_spec(path).interface.ports) == 3


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="abq01 \n|-:[]()#*`=>\t,.", max_size=300))
def test_no_text_ends_in_a_traceback(text: str) -> None:
    try:
        spec = read_spec("Module name: m\n- input a\n- output q\n\n" + text)
    except SpecError as refused:
        if "line" not in str(refused):
            pytest.fail(f"no place in {refused}")
    else:
        assert {port.name for port in spec.interface.ports} >= {"a", "q"}


def test_a_port_table_and_a_sentence_that_disagree() -> None:
    text = "# m\n\n| Port | Dir | Width |\n|---|---|---|\n| a | in | 8 |\n| y | out | 8 |\n\n- input a (4 bits)\n"
    errors = [f for f in read_spec(text).findings if f.severity is Severity.ERROR]
    assert [(f.rule, f.place.line) for f in errors] == [("contradiction", 8)]


def test_a_width_and_a_description_that_disagree() -> None:
    text = "# m\n\nInputs:\n- a[7:0]: a 4-bit value\n\nOutputs:\n- y: whether a is 0\n"
    errors = [f for f in read_spec(text).findings if f.severity is Severity.ERROR]
    assert "declared with 8 bit(s) and described with 4" in errors[0].message


def test_list_of_states_behind_the_outputs_is_no_list_of_ports() -> None:
    spec = read_spec(
        "Module name: tl\n\nInputs:\n - `clk`\n - `rst` synchronous reset, active high\n - `go`\n\n"
        "Outputs:\n - `light` [1:0]\n\nStates: RED=2'b00, GREEN=2'b01.\n\n"
        "- RED: stay until go=1\n- GREEN -> RED when go=0\n- GREEN -> GREEN when go=1\n"
    )
    assert [port.name for port in spec.interface.ports] == ["clk", "rst", "go", "light"]
    assert [reset.port for reset in spec.interface.resets] == ["rst"]
