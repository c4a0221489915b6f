"""Cell libraries: what is read of them, and files that are none."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from symbolic.ppa_liberty import GENERIC, NotLiberty, parse_library, read_library

TINY = """
/* a library (of two cells) */
library (tiny) {
  time_unit : "1ns" ;
  capacitive_load_unit (1,pf)
  lu_table_template(t) { index_1 ("1, 2"); }
  cell (INV) {
    area : 2.5
    pin(A) { direction : input; capacitance : 0.01; }
    pin(Y) { direction : output; function : "(!A)"; timing() { cell_rise(t) { values ("1, 2"); } } }
  }
  cell ("DFF") {
    area : 9;
    dont_use : false;
    ff ("IQ","IQN") { clocked_on : "CK"; next_state : "D"; }
    pin(D) { direction : input; }
    pin(CK) { direction : input; clock : true; }
    pin(Q) { direction : output; function : "IQ"; }
  }
}
"""


def test_cells_are_read_with_area_function_and_registers() -> None:
    library = parse_library(TINY, place="tiny.lib")
    assert library.name == "tiny"
    assert {name: cell.area for name, cell in library.cells.items()} == {"INV": 2.5, "DFF": 9.0}
    inverter, register = library.cells.values()
    assert [(pin.name, pin.output, pin.function, pin.capacitance) for pin in inverter.pins] == [
        ("A", False, "", 0.01),
        ("Y", True, "(!A)", 0.0),
    ]
    assert register.storage == ("ff (IQ,IQN)", {"clocked_on": "CK", "next_state": "D"})


def test_registers_are_a_library_of_their_own() -> None:
    text = parse_library(TINY, place="tiny.lib").registers()
    assert "INV" not in text
    assert 'ff (IQ,IQN) {\nclocked_on : "CK";\nnext_state : "D";\n}' in text


def test_a_packed_library_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "tiny.lib.gz"
    path.write_bytes(gzip.compress(TINY.encode()))
    assert read_library(path).digest == parse_library(TINY, place="").digest


def test_our_own_library_has_what_synthesis_needs() -> None:
    library = read_library()
    assert library.text == GENERIC.read_text()
    assert library.cells["NAND2_X1"].area == 1.0
    kinds = {cell.storage[0].partition(" ")[0] for cell in library.cells.values() if cell.storage}
    assert kinds == {"ff", "latch"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"begins with `library \(`, not ''"),
        ("module top(input a); endmodule", r"not 'module top\(input a\);'"),
        ("library (a) {", r"must be closed by `}`: x\.lib:1"),
        ("library (a) {\n cell [", r"`cell` must be followed by `:` or `\(`, not '\['"),
        ("library (a) { cell (b { area : 1; } }", r"`\(` must be closed, not followed by '{'"),
        ("library (a) { cell (b) { area : 1; } }", "must have logic cells with area and function"),
        ("library (a) ;", r"a group reads `name \(arguments\) {`, not ';'"),
    ],
)
def test_what_is_no_library_is_refused(text: str, said: str) -> None:
    with pytest.raises(NotLiberty, match=said):
        parse_library(text, place="x.lib")


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "bytes.lib").write_bytes(b"library (\xff) {}")
    (tmp_path / "cut.lib.gz").write_bytes(gzip.compress(TINY.encode())[:-20])
    for name in ("bytes.lib", "cut.lib.gz", "missing.lib"):
        with pytest.raises(NotLiberty, match=rf"{name}\n\nhint: a standard-cell library"):
            read_library(tmp_path / name)


def test_nesting_without_end_needs_no_stack() -> None:
    with pytest.raises(NotLiberty, match="must be closed"):
        parse_library("library (a) { " + "cell (b) { " * 100_000, place="deep.lib")
