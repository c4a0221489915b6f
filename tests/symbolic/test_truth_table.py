"""Truth tables: construction, refusals, questions."""

from __future__ import annotations

from itertools import product

import pytest

from symbolic.truth_table import Row, TruthTable


def table(
    *rows: str, inputs: str = "ab", outputs: str = "q", default: str | None = None
) -> TruthTable:
    pairs = (row.split() for row in rows)
    return TruthTable(
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        rows=tuple(Row(inputs=left, outputs=right) for left, right in pairs),
        default=default,
    )


def test_rows_give_their_outputs_and_the_rest_is_free() -> None:
    t = table("1- 1", "01 0")
    assert [t.value({"a": a, "b": b})["q"] for a, b in product((0, 1), repeat=2)] == list("-011")
    assert t.on_set("q") == (2, 3)
    assert t.off_set("q") == (1,)
    assert t.dc_set("q") == (0,)
    assert not t.complete


def test_overlapping_rows_complete_each_other() -> None:
    t = table("1- 1-", "-1 -0", outputs="pq")
    assert t.value({"a": 1, "b": 1}) == {"p": "1", "q": "0"}
    assert t.on_set("p") == (2, 3)
    assert t.off_set("q") == (1, 3)


def test_a_default_holds_where_no_row_matches() -> None:
    t = table("11 -", "10 1", default="0")
    assert [t.value({"a": a, "b": b})["q"] for a, b in product((0, 1), repeat=2)] == list("001-")
    assert t.dc_set("q") == (3,)


def test_wide_tables_are_never_listed() -> None:
    names = tuple(f"code[{i}]" for i in range(31, -1, -1))
    rows = (Row(inputs=format(0xE06B, "032b"), outputs="10"), Row(inputs="1" * 32, outputs="01"))
    t = TruthTable(inputs=names, outputs=("l", "r"), rows=rows, default="00")
    assert t.complete
    assert t.value(dict.fromkeys(names, 1)) == {"l": "0", "r": "1"}
    assert t.equivalent(t)
    with pytest.raises(ValueError, match="32 inputs is too wide to be listed"):
        t.on_set("l")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (("1- 1", "-1 0"), r"`1- -> 1` contradicts `-1 -> 0`"),
        (("11 1", "11 0"), r"`11 -> 1` contradicts `11 -> 0`"),
        (("1 1",), r"inputs of row 1 must have 2 characters, not 1: '1'"),
        (("11 11",), r"outputs of row 1 must have 1 characters, not 2"),
        (("1x 1",), r"inputs of row 1 must be written with 0, 1 and -, not 'x'"),
    ],
)
def test_bad_rows_are_refused(rows: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        table(*rows)


@pytest.mark.parametrize(
    ("inputs", "outputs", "message"),
    [
        ("aa", "q", "input names must differ, but 'a' stands twice"),
        ("ab", "a", "'a' cannot be both input and output"),
        ("ab", "", "needs at least one output"),
        ("a!", "q", "must be single bits as Verilog writes them, not '!'"),
    ],
)
def test_bad_names_are_refused(inputs: str, outputs: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        table(inputs=inputs, outputs=outputs)


def test_minterms_and_maxterms_are_two_sides_of_a_function() -> None:
    ones = TruthTable.from_minterms(inputs=("a", "b"), output="f", minterms=(1, 2), dont_cares=(3,))
    zeros = TruthTable.from_minterms(inputs=("a", "b"), output="f", maxterms=(0,), dont_cares=(3,))
    assert ones.on_set("f") == (1, 2)
    assert ones.equivalent(zeros)


@pytest.mark.parametrize(
    ("lists", "message"),
    [
        ({"minterms": (4,)}, "a minterm of 2 inputs must be in 0 to 3, not 4"),
        ({"minterms": (1,), "dont_cares": (1,)}, "1 cannot be both minterm and don't-care"),
        ({"minterms": (1,), "maxterms": (2,)}, "by minterms or by maxterms, not by both"),
    ],
)
def test_bad_minterm_lists_are_refused(lists: dict[str, tuple[int, ...]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TruthTable.from_minterms(inputs=("a", "b"), output="f", **lists)


def karnaugh(**changed: object) -> TruthTable:
    arguments: dict[str, object] = {
        "output": "f",
        "row_inputs": ("c",),
        "row_codes": ("1", "0"),
        "column_inputs": ("b", "a"),
        "column_codes": ("10", "11", "01", "00"),
        "cells": ("01d0", "1110"),
        "inputs": ("a", "b", "c"),
    }
    return TruthTable.from_karnaugh(**(arguments | changed))  # type: ignore[arg-type]


def test_a_karnaugh_map_is_read_by_its_codes_in_any_order() -> None:
    t = karnaugh()
    assert t.inputs == ("a", "b", "c")
    assert t.value({"a": 0, "b": 1, "c": 1}) == {"f": "0"}
    assert t.value({"a": 1, "b": 1, "c": 1}) == {"f": "1"}
    assert t.value({"a": 1, "b": 0, "c": 1}) == {"f": "-"}
    assert t.value({"a": 0, "b": 1, "c": 0}) == {"f": "1"}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"row_codes": ("1", "1")}, "row code 1 of the map stands twice"),
        ({"column_codes": ("10", "11", "01")}, "column code 00 of the map is missing"),
        ({"row_codes": ("1", "02")}, "a row code of the map must be 1 bits for c, not '02'"),
        ({"cells": ("01d", "1110")}, "row 1 of the map must have 4 cells, not 3"),
        ({"cells": ("01d0",)}, "the map has 2 row codes but 1 rows"),
        ({"cells": ("01?0", "1110")}, "a cell of a Karnaugh map must be 0, 1, or d, x, -"),
        ({"inputs": ("a", "b", "d")}, "the map's axes name c, b, a, not a, b, d"),
    ],
)
def test_bad_maps_are_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        karnaugh(**changed)


def test_a_restricted_table_has_the_other_inputs() -> None:
    t = TruthTable.from_function("abc", "q", lambda a, b, c: a ^ (b & c))
    kept = t.restrict({"a": 1})
    assert kept.inputs == ("b", "c")
    assert kept.on_set("q") == (0, 1, 2)
    with pytest.raises(KeyError, match="no input 'z'"):
        t.restrict({"z": 1})


def test_tables_are_compared_whatever_the_order_of_inputs() -> None:
    left = TruthTable.from_function("ab", "q", lambda a, b: a & ~b & 1)
    right = TruthTable.from_function("ba", "q", lambda b, a: a & ~b & 1)
    other = TruthTable.from_function("ab", "q", lambda a, b: a | b)
    assert left.equivalent(right)
    assert not left.equivalent(other)
    with pytest.raises(ValueError, match="different outputs"):
        left.equivalent(other.__class__.from_function("ab", "p", lambda a, b: a))


def test_merged_tables_keep_every_output() -> None:
    first = TruthTable.from_function("ab", "p", lambda a, b: a & b)
    second = TruthTable.from_function("ab", "q", lambda a, b: a ^ b)
    third = table("1 1", inputs="c", outputs="r", default="0")
    merged = first.merge(second, third)
    assert merged.outputs == ("p", "q", "r")
    for a, b, c in product((0, 1), repeat=3):
        point = {"a": a, "b": b, "c": c}
        expected = first.value(point) | second.value(point) | third.value(point)
        assert merged.value(point) == expected
    with pytest.raises(ValueError, match="output names must differ, but 'p' stands twice"):
        first.merge(first)


def test_a_value_needs_known_bits() -> None:
    with pytest.raises(KeyError, match="b"):
        table("11 1").value({"a": 1})
    with pytest.raises(ValueError, match="input 'a' must be 0 or 1, not 2"):
        table("11 1").value({"a": 2, "b": 0})


@pytest.mark.parametrize("default", [None, "01"])
def test_the_python_reference_predicts_the_same(default: str | None) -> None:
    t = table("1- 1-", "-1 -0", "00 --", outputs="pq", default=default)
    scope: dict[str, type] = {}
    exec(t.python_source(), scope)
    reference = scope["Reference"]()
    for a, b in product((0, 1), repeat=2):
        point = {"a": a, "b": b}
        assert reference.step(reference.initial(), point) == t.step(t.initial(), point)
    assert not t.sequential
    assert (t.input_bits, t.output_bits) == (("a", "b"), ("p", "q"))
