"""The page: what it shows, and that no text becomes anything but text."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser
from typing import Any

import pytest

from rtlgen.design.html import render_html
from rtlgen.design.record import RunRecord
from rtlgen.design.visible import visible
from tests.golden import check_golden
from tests.rtlgen.report_runs import (
    COUNTER,
    MISMATCH,
    blind,
    candidate,
    failed,
    many,
    searched,
    tool_run,
    verdict,
)

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=http://evil.example/x onerror=alert(1)>',
    "'><style>*{display:none}</style><!--",
    "</pre></details></code></style></svg><h1>VERIFIED</h1>",
    "javascript:alert(1) `</code><b>` {{ 7*7 }} {% raw %}",
    "\u202everified\u2066\u200b\x00\x1b[31m\x9b\ud800",
    "]]><![CDATA[ &lt;script&gt; &#60;script&#62;",
    "x" * 100_000,
]
VOID = {"meta", "link", "br", "path", "rect", "circle"}
TAGS = """
    html head meta title style link body header main footer section nav div p h1 h2 h3 span a dl dt
    dd ul ol li table tr th td code pre details summary i b svg text path rect circle
"""


class Page(HTMLParser):
    """Keeps tags and attributes, and checks that elements nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS.split(), tag
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, name: str) -> list[str]:
        return [value for _, found, value in self.attributes if found == name]


def check_safe(html: str) -> Page:
    page = Page(html)
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert not page.values("src")
    assert all(re.fullmatch(r"#[a-z]+\d*|data:,", href) for href in page.values("href"))
    assert all(re.fullmatch(r"c\d+|[a-z]+", name) for name in page.values("id"))
    assert len(set(page.values("id"))) == len(page.values("id"))
    assert all(re.fullmatch(r"[a-z ]+", names) for names in page.values("class"))
    assert all(re.fullmatch(r"width:\d+%", style) for style in page.values("style"))
    style = html.split("<style>", 1)[1].split("</style>", 1)[0]
    assert "url(" not in style
    assert "@import" not in style
    assert "http" not in style
    hidden = {c for c in html if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert hidden <= {"\n", "\t"}
    html.encode()
    return page


def body(html: str) -> str:
    """The page without its style sheet."""
    return re.sub(r"<style>.*?</style>", "<style></style>", html, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("name", "run"),
    [
        ("failed", failed()),
        ("builtin", failed(mismatch=False)),
        ("searched", searched()),
        ("blind", blind()),
    ],
)
def test_page(name: str, run: RunRecord) -> None:
    html = render_html(run, testbench={"test_lift.py": "import cocotb\n"})
    check_safe(html)
    check_golden(f"report/{name}.html", body(html))


def hostile(value: Any, payload: str) -> Any:
    """`value` with every text replaced that may be any text."""
    kept = {"verified", "trusted", "failed", "not judged", "given", "compiled", "propose"}
    kept |= {
        "syntax repair",
        "functional repair",
        "pass",
        "fail",
        "direct",
        "used",
        "suspected",
        "chat",
    }
    match value:
        case str():
            return value if value in kept else payload
        case list():
            return [hostile(item, payload) for item in value]
        case dict():
            return {
                _key(key, payload): item if key == "basis" else hostile(item, payload)
                for key, item in value.items()
            }
    return value


def _key(key: str, payload: str) -> str:
    return f"{payload}{key}" if key.endswith((".v", "rate")) or key in {"floor", "icarus"} else key


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize(
    "run", [failed(), searched(), blind()], ids=["failed", "searched", "blind"]
)
def test_every_text_stays_text(payload: str, run: RunRecord) -> None:
    facts = hostile(run.model_dump(), payload)
    page = check_safe(render_html(RunRecord.model_validate(facts), waveform=True))
    assert visible(payload)[:20] in page.text


def test_many_candidates_stay_small() -> None:
    html = render_html(many())
    assert len(html.encode()) < 5_000_000
    assert "more lines are in run.json" in html
    assert "lines left out" in html
    assert html.count('<details class="candidate') == 64


def test_markup_in_long_texts_does_not_make_the_page_large() -> None:
    text = '"<&>' * 10_000
    judged = verdict("fail", first_mismatch=MISMATCH, runs=[tool_run(text[:20_000])] * 9)
    made = [
        candidate(n, sources={"m.v": text, "n.v": "<\n" * 9999}, verdict=judged) for n in range(64)
    ]
    html = render_html(searched().model_copy(update={"candidates": made}))
    assert len(html.encode()) < 5_000_000
    assert "1 more run is in run.json" in html


def test_chain_of_repairs_is_as_deep_as_it_is() -> None:
    made = [candidate(n, parent=n - 1 if n else None) for n in range(1500)]
    html = render_html(searched().model_copy(update={"candidates": made}))
    assert html.count('<details class="candidate') == 1500


def test_parents_that_cannot_be_are_none() -> None:
    made = [candidate(0, parent=0), candidate(1, parent=7), candidate(2, parent=1)]
    html = render_html(searched().model_copy(update={"candidates": made, "chosen": 9}))
    assert html.count('<details class="candidate') == 3


def test_lines_are_numbered_and_changes_marked() -> None:
    html = render_html(searched())
    assert '<span class="l"><span class="c">// Counts up, and wraps after the limit.</span>' in html
    assert '<span class="add">+        else if (step) floor &lt;= top ? 4&#39;d0' in html
    assert html.count('<span class="l">') >= COUNTER.count("\n")


def test_no_candidate_at_all() -> None:
    run = searched().model_copy(update={"candidates": [], "chosen": None, "outcome": "not judged"})
    check_safe(render_html(run))
