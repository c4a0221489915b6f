"""What a page keeps of each sample: texts once, logs cut, waveforms compact, room bounded."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlgen.design.visible import visible
from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.report.details import Details, script_json, window_data
from rtlgen.evaluation.report.texts import bytes_of, line, shown
from rtlgen.evaluation.row import Row, WindowRow
from tests.evaluation.report_runs import COUNTER, WINDOW, row, signal


def parsed(block: str) -> Any:
    found = re.fullmatch(r'<script type="application/json" id="[a-z0-9]+">(.*)</script>\n', block)
    assert found
    return json.loads(found[1])


def entries(*rows: Row, room: int = 1_000_000) -> tuple[list[Any], dict[str, Any]]:
    """The blocks of `rows`, None where there is none, and the tasks of the index."""
    details = Details(["p"], room=room)
    blocks = [details.block(each) for each in rows]
    index = parsed(details.index("title"))
    return [parsed(b) if b else None for b in blocks], {t["id"]: t for t in index["tasks"]}


def test_a_sample_in_full() -> None:
    (entry,), tasks = entries(row("p", 3, Category.MISMATCH, mismatches=2, log="one\ntwo\n"))
    assert entry == {
        "r": "it shows runtime mismatch",
        "o": "failed",
        "m": [2, 439, 439],
        "s": "12 ms",
        "l": "one\ntwo",
        "v": COUNTER,
    }
    assert tasks["p"] == {"id": "p", "n": [3], "c": "M", "v": "0", "e": [0], "r": [0]}


def test_equal_designs_share_an_entry() -> None:
    blocks, tasks = entries(row("p", 1), row("p", 0), row("p", 2, verilog="// other"))
    assert [block is None for block in blocks] == [False, True, False]
    assert tasks["p"]["n"] == [0, 1, 2]
    assert tasks["p"]["e"] == [0, 0, 1]


def test_a_text_stands_once_however_many_problems_have_it() -> None:
    blocks, _ = entries(row("p", 0), row("q", 0), row("p", 1, Category.NOT_JUDGED))
    assert [block["v"] for block in blocks] == [COUNTER, 0, 0]


def test_samples_without_code_are_told_apart_by_their_reason() -> None:
    rows = [
        row("p", at, Category.EXTRACTION, verilog=None, reason=why)
        for at, why in enumerate(["empty", "prose", "empty"])
    ]
    blocks, tasks = entries(*rows)
    assert tasks["p"]["e"] == [0, 1, 0]
    assert all("v" not in block for block in blocks if block)


def test_rules_are_kept_by_sample() -> None:
    details = Details(["p"])
    for at, rule in enumerate(["whole module", "prompt + completion", "whole module"]):
        details.block(row("p", at, rule=rule))
    index = parsed(details.index("title"))
    assert index["rules"] == ["whole module", "prompt + completion"]
    assert index["tasks"][0]["r"] == [0, 1, 0]


def test_long_texts_are_cut() -> None:
    text, log = "x" * 30_000, "head" + "-" * 20_000 + "tail"
    (entry,), _ = entries(row("p", 0, verilog=text, log=log))
    assert len(entry["v"]) == 24_000
    assert entry["x"] == 6_000
    assert re.fullmatch(r"head-+\n… 14008 characters left out …\n-+tail", entry["l"])


def test_room_is_shared_by_problems_and_failures_have_the_larger_part() -> None:
    rows = [row("p", at, verilog=f"// {at}" + "x" * 1000) for at in range(20)]
    rows += [row("p", 20 + at, Category.MISMATCH, verilog=f"// {at}y") for at in range(60)]
    blocks, tasks = entries(*rows, room=10_000)
    written = [block for block in blocks if block]
    assert len(json.dumps(written)) < 11_500
    kept = [at for at, entry in zip(tasks["p"]["n"], tasks["p"]["e"], strict=True) if entry >= 0]
    assert 3 < sum(at < 20 for at in kept) < 7
    assert sum(at >= 20 for at in kept) > 20
    assert len(tasks["p"]["n"]) == 80


def test_the_whole_page_is_bounded() -> None:
    details = Details([f"p{at}" for at in range(10)], room=100_000)
    blocks = [
        details.block(row(f"p{at % 10}", at // 10, Category.SYNTAX, verilog=f"{at}" + "x" * 900))
        for at in range(2_000)
    ]
    assert 80_000 < sum(map(len, blocks)) < 120_000


def test_window() -> None:
    assert window_data(WINDOW) == {
        "t": (75, 80, 85, 90, 95),
        "f": 14,
        "m": 0,
        "s": [
            ("clk", "input", 1, "01010"),
            ("reset", "input", 1, "11000"),
            ("q", "expected", 4, ["~xxxx", "0", "0", "1", "1"]),
            ("q", "got", 4, ["~xxxx", "0", "0", "1", "~x010"]),
            ("full", "expected", 1, "00001"),
            ("full", "got", 1, "0000z"),
            ("same", "expected", 8, ["1", "1", "1", "~xxxxxxxx", "3"]),
            ("same", "got", 8, ["1", "1", "1", "1", "3"]),
        ],
    }


@given(st.lists(st.text("01xzXZ", min_size=9, max_size=300), min_size=1, max_size=5))
def test_values_can_be_read_back(values: list[str]) -> None:
    width = max(map(len, values))
    values = [value.rjust(width, "0") for value in values]
    window = WindowRow(
        times=tuple(range(len(values))), first=0, signals=(signal("a", "input", *values),)
    )
    ((_, _, found, written),) = window_data(window)["s"]  # type: ignore[misc, attr-defined]
    assert found == width
    for value, text in zip(values, written, strict=True):
        bits = text[1:] if text[0] == "~" else f"{int(text, 16):0{width}b}"
        assert bits == value.lower()


def test_only_the_last_columns_are_kept() -> None:
    window = WindowRow(
        times=tuple(range(100)), first=7, signals=(signal("a", "input", *("01" * 50)),)
    )
    data = window_data(window)
    assert data["t"] == tuple(range(76, 100))
    assert data["f"] == 83
    assert data["s"] == [("a", "input", 1, "01" * 12)]


def test_of_many_signals_the_wrong_ones_are_kept() -> None:
    signals = [signal(f"i{at}", "input", "0") for at in range(100)]
    wrong = [signal("q", "expected", "0"), signal("q", "got", "1")]
    data = window_data(WindowRow(times=(1,), first=0, signals=(*signals, *wrong)))
    kept: Any = data["s"]
    assert len(kept) == 64
    assert [tuple(s[:2]) for s in kept[-2:]] == [("q", "expected"), ("q", "got")]
    assert data["m"] == 38


def test_a_waveform_that_is_too_large_is_left_out() -> None:
    wide = "10" * 60_000
    window = WindowRow(
        times=(1, 2), first=0, signals=(signal("a", "input", f"x{wide}", f"z{wide}"),)
    )
    (entry,), _ = entries(row("p", 0, Category.MISMATCH, window=window))
    assert "w" not in entry
    assert entry["v"] == COUNTER


@given(st.text())
def test_json_in_a_page_ends_nothing_and_reads_back(text: str) -> None:
    written = script_json({text: text})
    assert "<" not in written
    assert written.isascii()
    assert json.loads(written) == {text: text}


@given(st.text(st.characters()) | st.text(st.characters(max_codepoint=127)))
def test_shown_is_visible(text: str) -> None:
    assert shown(text) == visible(text)


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 B"), (1023, "1023 B"), (1 << 20, "1 MiB"), (2 << 30, "2 GiB")]
)
def test_bytes(number: int, words: str) -> None:
    assert bytes_of(number) == words


def test_line() -> None:
    assert line("a\n\u202eb  c" * 1000, 8) == "a <U+202E>b c…"
