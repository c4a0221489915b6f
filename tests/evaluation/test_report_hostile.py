"""Whatever models, files and tools say, the page shows it as text."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from rtlgen.evaluation.benchmark import Extract
from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.report.page import render
from rtlgen.evaluation.row import Origin, Row
from rtlgen.evaluation.summary import Summary
from tests.evaluation.report_page import Page, check_safe
from tests.evaluation.report_runs import small

PAYLOADS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script><!--",
    "<!-- <script> -->",
    '"><img src=http://evil.example/x onerror=alert(1)>',
    "'><style>*{display:none}</style>",
    "</pre></section></main></body></html><h1>100 %</h1>",
    "javascript:alert(1) ${alert(1)} {{ 7*7 }} {0} {}",
    "\u2028\u2029\u202epass\u2066\u200b\x00\x1b[31m\x9b\U000e0041\r",
    "]]><![CDATA[ &lt;script&gt; &#60;script&#62; \\u003cscript",
    "#results",
    "../..%2f%00 %zz /",
    "x" * 100_000,
]
KEPT = {member.value for kind in (Category, Extract, Origin) for member in kind}
KEPT |= {"input", "expected", "got", "samples", "model", "percentile bootstrap over problems"}
BITS = set("01xz")


FREE_KEYS = {"official_categories", "rules", "excluded", "details"}


def hostile(value: Any, payload: str, field: str = "") -> Any:
    """`value` with every text replaced that may be any text."""
    match value:
        case str():
            return value if value in KEPT or (value and set(value) <= BITS) else payload
        case list():
            return [hostile(item, payload) for item in value]
        case dict() if field in FREE_KEYS:
            return {payload: hostile(list(value.values())[-1], payload)} if value else {}
        case dict():
            return {key: hostile(item, payload, key) for key, item in value.items()}
    return value


def made(payload: str) -> Page:
    summary, rows = small()
    bad = Summary.model_validate(hostile(json.loads(summary.model_dump_json()), payload))
    bad_rows = [Row.model_validate(hostile(json.loads(each.line()), payload)) for each in rows]
    return check_safe("".join(render(bad, bad_rows)))


@cache
def plain() -> Page:
    return made("text")


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_text_stays_text(payload: str) -> None:
    page = made(payload)
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in plain().tags]
    assert page.programs == plain().programs
    assert page.styles == plain().styles
    assert set(page.data) == set(plain().data)
    names = [set(attributes) for _, attributes in page.tags]
    assert names == [set(attributes) for _, attributes in plain().tags]


def test_what_hides_is_shown() -> None:
    page = made("\u202epass\u200b")
    assert "<U+202E>pass<U+200B>" in page.text
    assert page.data["e0"]["v"] == page.data["e0"]["l"] == "<U+202E>pass<U+200B>"
    assert page.data["index"]["tasks"][0]["id"] == "<U+202E>pass<U+200B>"
