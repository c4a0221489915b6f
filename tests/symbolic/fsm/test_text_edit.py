"""Edits by place."""

from __future__ import annotations

from symbolic.fsm_rewrite_names import literal_like
from symbolic.text_edit import Edits

TEXT = b"a = 1; // one\n  // of two\n  b = 2; // two\nc = 3;\n"


def test_a_whole_line_goes_with_its_comments() -> None:
    edits = Edits(TEXT)
    edits.delete(TEXT.index(b"b"), TEXT.index(b"2;") + 2)
    assert edits.applied() == "a = 1; // one\nc = 3;\n"


def test_part_of_a_line_goes_alone() -> None:
    edits = Edits(b"a; b; c;\n")
    edits.delete(3, 5)
    assert edits.applied() == "a;  c;\n"


def test_the_outer_change_wins() -> None:
    edits = Edits(b"f(x, y)")
    edits.replace(2, 3, "z")
    inner = edits.render(0, 7)
    edits.replace(0, 7, f"not {inner}")
    assert edits.applied() == "not f(z, y)"


def test_insertions_stand_before_what_begins_there() -> None:
    edits = Edits(b"ab")
    edits.replace(1, 2, "B")
    edits.insert(1, "-")
    edits.insert(1, "+")
    assert edits.applied() == "a-+B"


def test_bytes_are_counted() -> None:
    text = "// \u00e9t\u00e9\nx = 1;".encode()
    edits = Edits(text)
    edits.replace(text.index(b"1"), text.index(b"1") + 1, "2")
    assert edits.applied() == "// \u00e9t\u00e9\nx = 2;"


def test_what_a_text_indents_by() -> None:
    assert Edits(b"a\n  b\n").step == "  "
    assert Edits(b"a\n\tb\n").step == "\t"
    assert Edits(b"a\n    b\n").step == "    "


def test_literals_keep_their_style() -> None:
    assert literal_like("3", "101") == "5"
    assert literal_like("4'd3", "101") == "3'd5"
    assert literal_like("4'h3", "10101") == "5'h15"
    assert literal_like("4'o3", "10101") == "5'o25"
    assert literal_like("'b11", "01") == "'b01"
    assert literal_like("1 << 2", "01") == "2'b01"
