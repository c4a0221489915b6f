"""Boolean expressions: reading what people write, refusing what is ambiguous."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic.equations import Equations, parse_equations
from symbolic.expression import (
    Const,
    Expression,
    Operator,
    Sum,
    bit,
    bits,
    evaluate,
    gate,
    invert,
    names,
    python,
    truth_table,
    verilog,
)
from symbolic.expression_lexer import ExpressionError
from symbolic.expression_parser import parse_expression
from symbolic.synthesize import expression_for
from symbolic.truth_table import TruthTable
from tests.symbolic import hdl

SCOPE = (*hdl.inputs("a", "b", "c", "d", "en", "x1", "x2", "x:4", "y:4"),)


def read(text: str, **options: bool) -> str:
    return verilog(parse_expression(text, SCOPE, **options))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a & b | ~c", "a & b | ~c"),
        ("a'b + cd", "~a & b | c & d"),
        ("(a+b)'c", "~(a | b) & c"),
        ("a·b + c", "a & b | c"),
        ("ab ⊕ c", "(a & b) ^ c"),
        ("¬a ∧ b ∨ c", "~a & b | c"),
        ("a̅b", "~a & b"),
        ("NOT a AND b OR c", "~a & b | c"),
        ("a nand b", "~(a & b)"),
        ("a ~^ b", "~(a ^ b)"),
        ("a ~& b", "~(a & b)"),
        ("/a & b", "~a & b"),
        ("x1x2' + a", "x1 & ~x2 | a"),
        ("x[1]x[2]' + x[3]", "x[1] & ~x[2] | x[3]"),
        ("x == 3", "x == 4'b0011"),
        ("x[3:2] != 2'b10 && a", "(x[3:2] != 2'b10) & a"),
        ("{a, b} == 2'd3", "{a, b} == 2'b11"),
        ("a == b", "~(a ^ b)"),
        ("!x", "~|x"),
        ("^x", "^x"),
        ("en ? x ^ y : ~x", "en ? (x ^ y) : ~x"),
        ("a | b ^ c & d", "a | (b ^ (c & d))"),
        ("a'' + b'", "a | ~b"),
        ("1", "1'b1"),
        ("16'hBEEF == 16'hBEEF", "16'hbeef == 16'hbeef"),
    ],
)
def test_notations_are_understood(text: str, meaning: str) -> None:
    assert read(text) == meaning


def test_plus_is_or_where_it_is_known_to_be_boolean() -> None:
    assert read("a + b", boolean=True) == "a | b"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a + b", "column 3: `[+]` may be Boolean or arithmetic here"),
        ("~a + b", "column 4: `[+]` may be Boolean or arithmetic"),
        ("x + y", "column 3: `[+]` on vectors is not Boolean algebra"),
        ("a & b' + c", "column 8: `[+]` beside another operator has no agreed precedence"),
        ("a ⊕ b + c", "has no agreed precedence"),
        ("a xor b or c", "has no agreed precedence"),
        ("a nand b nand c", "column 3: `nand` in a chain can be read in two ways"),
        ("~ab", "not clear how far `~` reaches over a product"),
        ("z & a", "column 1: unknown name 'z'"),
        ("a & zz", "column 5: unknown name 'zz'"),
        ("x[7]", r"unknown part 'x\[7\]'"),
        ("x & a", "column 3: operands must be equally wide, not 4 and 1 bits"),
        ("4'd16 == x", 'column 1: "4\'d16" does not fit into 4 bits'),
        ("4'b1x00 == x", "is no constant of known bits"),
        ("x == 77", "the constant 77 does not fit into 4 bits"),
        ("a &", "column 4: an operand is missing at the end"),
        ("(a", r"expected '\)', found the end"),
        ("a - b", "column 3: unexpected '-'"),
        ("", "column 1: an operand is missing at the end"),
        ("(" * 3000 + "a", "nested too deeply"),
        ("~" * 3000 + "a", "nested too deeply"),
        ("a" * 30_000, "may have 20000 characters, not 30000"),
    ],
)
def test_what_is_wrong_or_ambiguous_is_refused(text: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        read(text)


def test_a_name_that_is_also_a_product_is_ambiguous_among_products() -> None:
    scope = ("a", "b", "ab")
    assert verilog(parse_expression("ab & a", scope)) == "ab & a"
    with pytest.raises(ExpressionError, match="'ab' can be read as more than one product"):
        parse_expression("ab + a'", scope)


def test_unknown_names_come_with_a_suggestion() -> None:
    with pytest.raises(ExpressionError, match=r"did you mean 'enable'\?"):
        parse_expression("enabel", ("enable", "q"))


@given(st.text(alphabet="abx1'()+*&|^~!?: []=.{},", max_size=25))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        expression = parse_expression(text, SCOPE)
    except ExpressionError:
        return
    again = parse_expression(verilog(expression), SCOPE)
    order = names(expression)
    for point in list(product((0, 1), repeat=len(order)))[:64]:
        values = dict(zip(order, point, strict=True))
        assert evaluate(again, values) == evaluate(expression, values)


expressions = st.recursive(
    st.sampled_from([bit("a"), bit("b"), bit("c"), Const(0), Const(1)]),
    lambda inner: st.one_of(
        st.builds(invert, inner),
        st.builds(gate, st.sampled_from(list(Operator)), inner, inner),
    ),
    max_leaves=8,
)


@given(expressions)
def test_verilog_and_python_mean_the_expression(expression: Expression) -> None:
    again = parse_expression(verilog(expression), ("a", "b", "c"))
    text = python(expression, {"a": "a", "b": "b", "c": "c"})
    for point in product((0, 1), repeat=3):
        values = dict(zip("abc", point, strict=True))
        expected = evaluate(expression, values)
        assert evaluate(again, values) == expected
        assert eval(text, {}, dict(values)) == expected


@pytest.mark.parametrize("subtract", [False, True])
def test_sums_are_taken_apart_into_bits(subtract: bool) -> None:
    left, right = parse_expression("x", SCOPE), parse_expression("y", SCOPE)
    total = Sum(left, right, subtract=subtract)
    order = names(total)
    for number in range(0, 256, 7):
        values = {name: number >> 7 - i & 1 for i, name in enumerate(order)}
        word = evaluate(total, values)
        assert [evaluate(one, values) for one in bits(total)] == [
            word >> i & 1 for i in (3, 2, 1, 0)
        ]


def test_a_truth_table_can_have_inputs_that_do_not_matter() -> None:
    table = truth_table(parse_expression("a & c", ("a", "b", "c")), "q", ("a", "b", "c"))
    assert table.on_set("q") == (5, 7)
    with pytest.raises(ValueError, match="reads 'c', which is not an input"):
        truth_table(parse_expression("a & c", ("a", "c")), "q", ("a",))


@pytest.mark.parametrize(
    ("labels", "text"),
    [
        ("0110100110010110", "a ^ b ^ c ^ d"),
        ("1001011001101001", "~(a ^ b ^ c ^ d)"),
        ("0011110000111100", "b ^ c"),
        ("0000111100110011", "a ? c : b"),
        ("0001000100011111", "a & b | c & d"),
        ("0000000011111111", "a"),
        ("1111111100000000", "~a"),
        ("1111111111111111", "1'b1"),
        ("----------------", "1'b0"),
        ("01-0-001-1101-01", None),
    ],
)
def test_functions_are_written_as_a_person_would(labels: str, text: str | None) -> None:
    table = TruthTable.from_function("abcd", "q", lambda *p: labels[int("".join(map(str, p)), 2)])
    expression = expression_for(table, "q")
    assert text is None or verilog(expression) == text
    for point in product((0, 1), repeat=4):
        values = dict(zip("abcd", point, strict=True))
        assert table.value(values)["q"] in ("-", str(evaluate(expression, values)))


def equations(*lines: str, boolean: bool = False) -> Equations:
    return parse_equations(
        lines, inputs=SCOPE, outputs=hdl.outputs("q", "w:4", "v:2"), boolean=boolean
    )


def test_equations_may_use_intermediate_names() -> None:
    found = equations("t = a & b", "assign q = t | c;", "w = en ? x : y", "v[0] = t", "v[1] = 0")
    assert found.outputs == ("q", "w[3]", "w[2]", "w[1]", "w[0]", "v[0]", "v[1]")
    values = dict.fromkeys(found.inputs, 1)
    assert set(found.value(values).items()) >= {("q", "1"), ("v[0]", "1"), ("v[1]", "0")}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("q = zz",), "column 5: unknown name 'zz'"),
        (("a = b",), "column 1: 'a' is not an output"),
        (("q = x",), "'q' is 1 bits wide, but its equation gives 4"),
        (("q = a", "q = b"), "output names must differ, but 'q' stands twice"),
        (("q",), "an equation must read `output = expression`"),
    ],
)
def test_bad_equations_are_refused(lines: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        equations(*lines)


def test_equations_predict_the_same_in_python() -> None:
    found = equations("q = a ^ (x == y)", "w = en ? x & y : ~x", "v = {a, b'}")
    scope: dict[str, type] = {}
    exec(found.python_source(), scope)
    reference = scope["Reference"]()
    for number in range(0, 1 << 12, 37):
        read = [name for name in found.inputs if name not in ("x1", "x2", "d", "c")]
        values = dict.fromkeys(found.inputs, 0)
        values |= {name: number >> i & 1 for i, name in enumerate(read)}
        assert reference.step(None, values) == found.step(None, values)
