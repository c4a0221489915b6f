"""Waveforms: what cells mean."""

from __future__ import annotations

import pytest

from symbolic.infer import NoInference, observed_table
from symbolic.waveform import Column, Waveform, WaveformError
from tests.symbolic import hdl

PINS = hdl.interface(*hdl.inputs("clk", "a", "d:4"), *hdl.outputs("q:4", "z"), clock="clk")


def read(header: str, *rows: str, **options: object) -> Waveform:
    return Waveform.read(header.split(), [row.split() for row in rows], PINS, **options)  # type: ignore[arg-type]


def test_cells_are_known_or_not() -> None:
    found = read("time clk a q", "0ns 0 x -", "5ns 1 1 c", "10ns 0 Z 9")
    assert found.times == ("0ns", "5ns", "10ns")
    assert found.samples("a") == (None, 1, None)
    assert found.samples("q") == (None, 12, 9)
    assert found.clock == "clk"
    assert found.at(1) == {"clk": 1, "a": 1, "q": 12}
    assert found.replay()[1] == ({"clk": 1, "a": 1}, {"q": "1100"})
    assert found.replay()[0][1] == {"q": "----"}


def test_rows_need_no_time() -> None:
    assert read("a z", "0 1", "1 0").times == ("0", "1")


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ("0011 1100 1111", (3, 12, 15)),
        ("9 10 15", (9, 10, 15)),
        ("9 a f", (9, 10, 15)),
        ("4'd10 4'b0011 0xf", (10, 3, 15)),
        ("4'bxx00 1 2", (None, 1, 2)),
    ],
)
def test_the_base_is_found_from_all_cells(cells: str, values: tuple[int | None, ...]) -> None:
    assert read("q", *cells.split()).samples("q") == values


def test_a_base_can_be_given() -> None:
    assert read("d z", "10 1", radix={"d": 2}).samples("d") == (2,)


def test_one_base_holds_for_the_whole_table() -> None:
    pins = hdl.interface(*hdl.inputs("a:8"), *hdl.outputs("q:8"))
    found = Waveform.read(["a", "q"], [["10", "ff"], ["20", "0c"]], pins)
    assert found.samples("a") == (16, 32)
    with pytest.raises(WaveformError, match="column 'a' could be in base 10 or 16"):
        Waveform.read(["a", "q"], [["10", "2"], ["20", "3"]], pins)


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        ("time a b", "0 1 1", "column 'b' is no port of 'top'"),
        ("time a a", "0 1 1", "column 'a' stands twice"),
        ("time a", "0 1 1", "row 1 must have 2 cells, not 3"),
        ("time a", "0 2", "the cells of column 'a' are no numbers that fit"),
        ("time d", "0 4'd16", "a cell of 'd' must be a number of 4 bits, or x, not \"4'd16\""),
        ("time d", "0 hello", "the cells of column 'd' are no numbers that fit"),
    ],
)
def test_bad_tables_are_refused(header: str, row: str, message: str) -> None:
    with pytest.raises(WaveformError, match=message):
        read(header, row)


def test_a_waveform_is_checked_when_it_is_built() -> None:
    port = hdl.inputs("a")[0]
    with pytest.raises(WaveformError, match="needs at least one row"):
        Waveform(columns=(), times=())
    with pytest.raises(WaveformError, match="column 'a' must have 1 samples, not 2"):
        Waveform(columns=(Column(port=port, samples=(0, 1)),), times=("0",))
    with pytest.raises(WaveformError, match="'a' at 0 must fit into 1 bits: 2"):
        Waveform(columns=(Column(port=port, samples=(2,)),), times=("0",))
    with pytest.raises(WaveformError, match="the clock 'q' must be one of the inputs"):
        Waveform(columns=(Column(port=port, samples=(1,)),), times=("0",), clock="q")


def test_what_was_observed_is_a_table_with_the_rest_free() -> None:
    table = observed_table(read("a z", "0 1", "0 1", "1 x", "x 0"))
    assert not isinstance(table, NoInference)
    assert table.value({"a": 0}) == {"z": "1"}
    assert table.value({"a": 1}) == {"z": "-"}
    clash = observed_table(read("time a z", "0ns 0 1", "5ns 0 0"))
    assert clash == NoInference(reason="the outputs at 0ns and 5ns differ for the same inputs")
