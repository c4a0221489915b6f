"""Scans over text that nobody has parsed."""

from __future__ import annotations

import pytest

from sim.text import without_comments


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("a // b\nc", "a  \nc"),
        ("a /* b\n// */ c", "a  \n c"),
        ('"// no" // yes', '"// no"  '),
        (r'"\"/*" x', r'"\"/*" x'),
        ("a /* no end\n", "a  \n"),
        ('"no end\n// x', '"no end\n '),
    ],
)
def test_comments_are_blanked(text: str, bare: str) -> None:
    assert without_comments(text) == bare


def test_strings_are_blanked_on_demand() -> None:
    assert without_comments('f("((")', strings=False) == "f( )"


@pytest.mark.parametrize("text", ['"' + '\\"' * 300_000, "/*" * 300_000, '"' * 600_000])
def test_no_text_takes_long(text: str) -> None:
    without_comments(text)
