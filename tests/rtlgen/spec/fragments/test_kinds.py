"""Each form by itself: what becomes a value, where, and what a designer is asked."""

from __future__ import annotations

import pytest

from rtlgen.spec.fragments import read_fragments
from rtlgen.spec.model import Finding, Fragment, Kind, Place, Severity
from sim.interface import Direction, Interface, Port
from symbolic.equations import Equations
from symbolic.state_table import StateTable
from symbolic.truth_table import TruthTable
from symbolic.waveform import Waveform
from tests.rtlgen.spec.fragments.writers import clocked, combinational

AB = combinational(["a", "b"], ["f"])
FSM = clocked(["x"], ["z"])


def _one(text: str, interface: Interface) -> Fragment:
    fragments, findings = read_fragments(text, interface)
    assert len(fragments) == 1, findings
    return fragments[0]


def _finding(text: str, interface: Interface, rule: str) -> Finding:
    _, findings = read_fragments(text, interface)
    found = [finding for finding in findings if finding.rule == rule]
    assert found, findings
    return found[0]


def _value(table: TruthTable | Equations, **bits: int) -> str:
    (value,) = table.value(bits).values()
    return value


def test_a_fragment_keeps_its_place_and_text() -> None:
    fragment = _one("first line\n\na b f\n0 0 1\n0 1 1\n1 0 0\n1 1 0\n\nlast", AB)
    assert fragment.place == Place(line=3, end_line=7)
    assert fragment.source.startswith("a b f")


def test_comment_prefixes_are_no_part_of_a_table() -> None:
    fragment = _one("// a | b | f\n// 0 | 0 | 1\n// 0 | 1 | 1\n// 1 | - | 0", AB)
    assert _value(fragment.value, a=1, b=0) == "0"


def test_rows_that_disagree_are_an_error() -> None:
    finding = _finding("a b f\n0 0 1\n0 - 0\n1 - 0", AB, "contradictory-table")
    assert finding.severity is Severity.ERROR
    assert "a=0, b=0" in finding.message


def test_missing_rows_are_a_question() -> None:
    finding = _finding("a b f\n0 0 1\n0 1 0\n1 0 0", AB, "incomplete-table")
    assert finding.severity is Severity.QUESTION
    assert finding.assumption == "missing rows are don't-cares"
    assert "a=1, b=1" in finding.message


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("For all other inputs f is 0.", "0"),
        ("Any other combination gives 1.", "1"),
        ("The remaining combinations never occur.", "-"),
    ],
)
def test_what_the_text_says_of_missing_rows_counts(sentence: str, value: str) -> None:
    fragment = _one(f"a b f\n0 0 1\n0 1 0\n1 0 0\n\n{sentence}", AB)
    assert _value(fragment.value, a=1, b=1) == value


def test_an_else_row_is_the_default() -> None:
    interface = combinational([("code", 8)], ["up", "down"])
    text = "| code | up | down |\n|---|---|---|\n| 8'h1c | 1 | 0 |\n| 0x2D | 0 | 1 |\n| others | 0 | 0 |"
    assert _one(text, interface).value.default == "00"


@pytest.mark.parametrize(("cell", "expected"), [("10", "1010"), ("a", "1010"), ("4'b1010", "1010")])
def test_radix_is_told_from_the_column(cell: str, expected: str) -> None:
    interface = combinational([("n", 4)], ["f"])
    rows = "".join(f"| {n} | 0 |\n" for n in ("8", "9", "b" if cell == "a" else "11"))
    fragment = _one(f"| n | f |\n|---|---|\n{rows}| {cell} | 1 |\n", interface)
    assert fragment.value.rows[-1].inputs == expected


def test_numbers_in_two_bases_are_asked_about() -> None:
    interface = combinational([("n", 8)], ["f"])
    finding = _finding(
        "| n | f |\n|---|---|\n| 10 | 0 |\n| 25 | 1 |\n", interface, "ambiguous-radix"
    )
    assert finding.assumption == "the numbers are decimal"


def test_symbols_are_no_values() -> None:
    assert _finding(
        "j k q\n0 0 q\n0 1 0\n1 0 1\n1 1 ~q", clocked(["j", "k"], ["q"]), "symbolic-table"
    )


def test_an_axis_without_label_takes_the_inputs_left() -> None:
    interface = combinational(["a", "b", "c"], ["f"])
    text = "        bc\n   00 01 11 10\n0   1  0  0  1\n1   0  1  1  0"
    fragments, findings = read_fragments(text, interface)
    assert _value(fragments[0].value, a=1, b=0, c=1) == "1"
    assert [finding.rule for finding in findings] == ["unlabeled-axis"]


def test_a_map_of_other_signals_is_no_fragment() -> None:
    text = "      ab\n cd  00 01 11 10\n 00 | 0 | 0 | 0 | 1 |\n 01 | 1 | 0 | 0 | 0 |"
    text += "\n 11 | 1 | 0 | 1 | 1 |\n 10 | 1 | 0 | 0 | 1 |"
    interface = combinational(["c", "d"], [("m", 4)])
    assert _finding(text, interface, "unknown-map")


def test_halves_of_a_map_are_one_function() -> None:
    interface = combinational(["a", "b", "c"], ["f"])
    half = "a\\b 0 1\n0   {} {}\n1   {} {}\n\n"
    text = "c = 0:\n" + half.format(0, 1, 1, 0) + "c = 1:\n" + half.format(1, 0, 0, 1)
    fragment = _one(text, interface)
    assert _value(fragment.value, a=1, b=0, c=1) == "0"
    assert not read_fragments(text, interface)[1]


def test_bits_counted_from_one() -> None:
    interface = combinational([("x", 2)], ["f"])
    fragment = _one("x[1]\\x[2]  0 1\n0   0 1\n1   0 0", interface)
    assert set(fragment.value.inputs) == {"x[0]", "x[1]"}


def test_minterms_without_stated_order_are_asked_about() -> None:
    text = "f is the sum of minterms 1 and 2."
    assert _finding(text, AB, "variable-order").assumption == "a is the most significant bit"


def test_a_number_that_is_one_and_zero_is_an_error() -> None:
    text = "f(a,b) is 1 for the inputs 1 and 2, and 0 for the inputs 0, 2 and 3."
    assert _finding(text, AB, "contradictory-table").message.endswith("for 2")


@pytest.mark.parametrize(
    "text",
    [
        "f = a & ~b",
        "The module implements the Boolean function f = ab'.",
        "- f: a and not b",
        "Let t = ~b.\n\nassign f = a & t;\nt = ~b",
        "F(A,B) = A·B'",
    ],
)
def test_equations(text: str) -> None:
    fragment = _one(text, AB)
    assert fragment.kind is Kind.EQUATION
    assert [_value(fragment.value, a=a, b=b) for a in (0, 1) for b in (0, 1)] == list("0010")


@pytest.mark.parametrize(
    "text",
    [
        "When f = a the lamp is lit.",
        "For example, f = a & b would be wrong.",
        "Set f = 1 when a is high.",
        "module old(input a, b, output f);\n  assign f = a & b;\nendmodule",
    ],
)
def test_no_equations(text: str) -> None:
    assert not [f for f in read_fragments(text, AB)[0] if f.kind is Kind.EQUATION]


def test_two_equations_for_one_output_are_an_error() -> None:
    assert (
        _finding("f = a & b\nf = a | b", AB, "contradictory-equations").severity is Severity.ERROR
    )


def test_missing_reset_state_is_asked_about() -> None:
    text = "P (0) --x=0--> P\nP (0) --x=1--> Q\nQ (1) --x=0--> P\nQ (1) --x=1--> Q"
    assert _finding(text, FSM, "reset-state").assumption.endswith("the first state, P")


@pytest.mark.parametrize(
    "sentence",
    [
        "On reset, go to state Q.",
        "The reset state is Q.",
        "rst asynchronously resets the machine into Q.",
        "Resets into state Q, whatever P means.",
    ],
)
def test_reset_state_is_found_in_the_text(sentence: str) -> None:
    text = "P (0) --x=0--> P\nP (0) --x=1--> Q\nQ (1) --x=0--> P\nQ (1) --x=1--> Q"
    assert _one(f"{text}\n\n{sentence}", FSM).value.reset_state == "Q"


def test_arrows_that_disagree_are_an_error() -> None:
    text = "P (0) --x=0--> P\nP (0) --x=0--> Q\nQ (1) --x=1--> P\nQ (1) --x=0--> Q"
    finding = _finding(text, FSM, "contradictory-state-table")
    assert finding.message == "state P goes to P and to Q on x=0"
    assert finding.place.line == 2


@pytest.mark.parametrize(
    ("sentence", "codes"),
    [
        ("Use the codes P=2'b01 and Q=2'b10.", {"P": "01", "Q": "10"}),
        ("The codes are 01(P), 10(Q).", {"P": "01", "Q": "10"}),
        ("States P, Q have the codes 00, 11, respectively.", {"P": "00", "Q": "11"}),
        ("(P, Q) = (2'b10, 2'b01)", {"P": "10", "Q": "01"}),
    ],
)
def test_state_codes(sentence: str, codes: dict[str, str]) -> None:
    text = "P (0) --x=0--> P\nP (0) --x=1--> Q\nQ (1) --x=0--> P\nQ (1) --x=1--> Q"
    table = _one(f"{text}\n\n{sentence}", FSM).value
    assert isinstance(table, StateTable)
    assert dict(table.codes) == codes


def test_a_waveform_is_kept_as_samples() -> None:
    text = "time clk x z\n0ns 0 0 x\n5ns 1 0 0\n10ns 0 1 0\n15ns 1 1 1"
    fragment = _one(text, FSM)
    assert fragment.kind is Kind.WAVEFORM
    assert isinstance(fragment.value, Waveform)
    assert fragment.value.samples("z") == (None, 0, 0, 1)
    assert fragment.value.clock == "clk"


def test_a_worked_example_is_kept_as_a_sample() -> None:
    fragment = _one("For example, a=1 and b=0 gives f=1.", AB)
    assert fragment.kind is Kind.EXAMPLE
    assert fragment.value.at(0) == {"a": 1, "b": 0, "f": 1}


X_COUNT = Interface(
    module="m",
    ports=(
        Port(name="x", direction=Direction.INPUT, msb=15, lsb=0),
        Port(name="count", direction=Direction.OUTPUT, msb=4, lsb=0),
    ),
)


@pytest.mark.parametrize(
    "text",
    [
        "Examples: x = 16'h8000 gives 0, x = 16'h0001 gives 15, x = 16'h00f0 gives 8.",
        "Examples:\n- x = 16'h8000 -> count = 0\n- x = 1 -> 15\n- x = 16'h00f0 -> 8\n",
        "## Examples\n\n- x = 16'h8000 gives 0\n- x = 1 gives 15\n- x = 240 gives 8\n\nNo clock.",
        "Some examples: x = 0x8000 yields 0. x = 1 yields 15. x = 240 yields 8.",
    ],
)
def test_several_worked_examples_are_rows(text: str) -> None:
    fragment = _one(text, X_COUNT)
    assert fragment.kind is Kind.EXAMPLE
    rows = [fragment.value.at(row) for row in range(fragment.value.rows)]
    assert rows == [
        {"x": 0x8000, "count": 0},
        {"x": 1, "count": 15},
        {"x": 0xF0, "count": 8},
    ]


def test_examples_that_leave_an_input_open_are_not_guessed() -> None:
    assert read_fragments("Examples: a=1 gives 1, b=0 gives 0.", AB)[0] == ()


def test_negative_values_of_examples_are_those_of_the_port() -> None:
    fragment = _one("For example, x = -1 gives count = -16.", X_COUNT)
    assert fragment.value.at(0) == {"x": 0xFFFF, "count": 16}


def test_a_value_that_the_port_has_not_is_none() -> None:
    assert read_fragments("For example, x = -40000 gives count = 1.", X_COUNT)[0] == ()
    assert _one("For example, x = -0 gives count = 1.", X_COUNT).value.at(0)["x"] == 0


def test_what_follows_examples_is_read_as_before() -> None:
    fragments, _ = read_fragments("Examples: a=1, b=1 gives 1.\nf = a & b", AB)
    assert [fragment.kind for fragment in fragments] == [Kind.EXAMPLE, Kind.EQUATION]
