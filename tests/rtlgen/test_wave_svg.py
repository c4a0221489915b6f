"""Pictures of waveforms."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtlgen.design.lanes import Role, bus_label, lanes
from rtlgen.design.record import MismatchRecord
from rtlgen.design.wave_svg import mismatch_svg
from tests.golden import check_golden
from tests.rtlgen.report_runs import MISMATCH, wrap_mismatch

WIDTHS = {"limit": 4, "floor": 4, "top": 1, "rst_n": 1, "step": 1}


def changed(**facts: object) -> MismatchRecord:
    return MISMATCH.model_copy(update=facts)


def test_picture() -> None:
    check_golden("report/mismatch.svg", mismatch_svg(wrap_mismatch(), widths=WIDTHS))


def test_standalone_brings_its_style_and_no_custom_properties() -> None:
    svg = mismatch_svg(MISMATCH)
    assert "<style>" in svg
    assert "var(" not in svg
    assert "<style>" not in mismatch_svg(MISMATCH, standalone=False)


@pytest.mark.parametrize(
    ("value", "label"),
    [
        ("0x1f", "1f"),
        ("0XAB", "ab"),
        ("1010", "a"),
        ("101010", "2a"),
        ("xxxx", "x"),
        ("zz", "z"),
        ("--", "-"),
        ("1x0z", "1x0z"),
        ("0000xxxx1x10", "0xX"),
        ("0000zzz01-10", "0Z-"),
        ("<b>", "<b>"),
    ],
)
def test_bus_label(value: str, label: str) -> None:
    assert bus_label(value) == label


def test_expected_and_got_stand_at_the_end() -> None:
    found = lanes(wrap_mismatch(), WIDTHS)
    assert [lane.name for lane in found] == ["rst_n", "step", "limit", "top", "floor", "floor"]
    assert [lane.role for lane in found[-2:]] == [Role.EXPECTED, Role.GOT]
    assert [lane.values[-1] for lane in found[-3:]] == [None, "0", "7"]


def test_a_bus_that_happens_to_be_0_or_1_is_a_bus() -> None:
    miss = changed(inputs={"a": "0x1"})
    assert lanes(miss, {})[0].single
    assert not lanes(miss, {"a": 2})[0].single


def test_the_wrong_value_stands_alone() -> None:
    miss = changed(expected="00", got="11", history=[{"a": "0x0", "y": "00"}] * 3)
    assert lanes(miss, {})[-2].runs() == [(0, 3, "0"), (3, 4, "0")]


def test_no_history() -> None:
    ET.fromstring(mismatch_svg(changed(history=[], inputs={})))


def test_many_signals_leave_the_wrong_port() -> None:
    svg = mismatch_svg(changed(inputs={f"i{n}": "0x0" for n in range(100)}))
    assert "79 more signals are in run.json" in svg
    assert ">got</text>" in svg


def test_names_and_values_are_text() -> None:
    bad = '"><script>alert(1)</script>\u202e'
    svg = mismatch_svg(
        changed(
            port=bad,
            phase=bad,
            expected=bad,
            got=bad,
            inputs={bad + "b": bad},
            history=[{bad: bad}],
        )
    )
    root = ET.fromstring(svg)
    assert {element.tag.split("}")[1] for element in root.iter()} <= {
        "svg",
        "style",
        "rect",
        "path",
        "text",
    }
    assert "\u202e" not in svg


TEXT = st.text(max_size=40)
VALUES = st.one_of(TEXT, st.text("01xz-", min_size=1, max_size=80), st.just("0x12ab"))
ROWS = st.dictionaries(st.sampled_from(["a", "b", "y", "<&"]), VALUES)


@given(
    expected=VALUES,
    got=VALUES,
    phase=TEXT,
    port=TEXT,
    inputs=ROWS,
    history=st.lists(ROWS, max_size=16),
)
@settings(max_examples=150, deadline=None)
def test_any_mismatch_gives_well_formed_xml(**facts: object) -> None:
    svg = mismatch_svg(changed(**facts))
    ET.fromstring(svg)
    assert svg == mismatch_svg(changed(**facts))
