"""The page in a real browser: it sorts, filters, shows a sample, and does nothing else."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.report.write import write_report
from rtlgen.evaluation.row import ROWS, Row, WindowRow
from rtlgen.evaluation.summary import Summary, summarize
from tests.evaluation import chromium
from tests.evaluation.chromium import Browser
from tests.evaluation.report_runs import COUNTER, large, row, run_record, signal, small
from tests.evaluation.test_report_hostile import PAYLOADS


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = chromium.find()
    if program is None:
        pytest.skip(f"none of {', '.join(chromium.NAMES)} is installed, and CHROMIUM names none")
    with chromium.started(program, tmp_path_factory.mktemp("chromium") / "profile") as found:
        yield found


Open = Callable[..., Browser]
IN_A_SAMPLE = """
    a article b code dd div dl dt h2 h3 h4 i li nav p path pre rect span svg table tbody td text th
    tr ul
"""


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens the page on a run at an anchor; at the end it must have loaded nothing else."""
    urls: list[str] = []

    def open_(run: tuple[Summary, list[Row]], at: str = "", **look: Any) -> Browser:
        summary, rows = run
        (tmp_path / ROWS).write_bytes(b"".join(map(Row.line, rows)))
        urls.append(write_report(tmp_path, summary).as_uri() + at)
        browser.show(**look)
        browser.open(urls[-1])
        return browser

    yield open_
    assert {url.partition("#")[0] for url in browser.loaded} <= {urls[-1].partition("#")[0]}
    assert not browser.complaints


def texts(page: Browser, selector: str) -> list[str]:
    found = page.value(f"Array.from(document.querySelectorAll({selector!r}), e => e.textContent)")
    return [str(text) for text in found]


def names(page: Browser) -> list[str]:
    return texts(page, "#problem-table tbody tr:not([hidden]) td:first-child a")


def click(page: Browser, selector: str) -> None:
    page.value(f"document.querySelector({selector!r}).click()")


def go(page: Browser, anchor: str) -> None:
    """Follow a link in the page, and wait for what it shows."""
    page.value(
        f"window.came = false; addEventListener('hashchange', () => came = true, {{once: true}}); location.hash = {anchor!r}"
    )
    page.wait("came")


def test_overview(opened: Open) -> None:
    page = opened(small())
    assert page.value("document.documentElement.className") == "ready"
    assert page.value("document.title") == "A made-up benchmark · some_model.jsonl.gz"
    assert names(page) == ["counter", "shift/left", "lost"]
    assert page.value("document.getElementById('view').hidden")
    assert texts(page, "#shown") == ["3 problems"]


def test_sorting(opened: Open) -> None:
    page = opened(small())
    head = "#problem-table th:nth-child(4)"
    orders = []
    for _ in range(3):
        click(page, f"{head} button")
        orders.append((page.value(f"document.querySelector({head!r}).ariaSort"), names(page)))
    assert orders == [
        ("ascending", ["shift/left", "counter", "lost"]),
        ("descending", ["counter", "shift/left", "lost"]),
        (None, ["counter", "shift/left", "lost"]),
    ]
    click(page, "#problem-table th:first-child button")
    assert names(page) == ["counter", "lost", "shift/left"]


def test_sorting_by_the_keyboard(opened: Open) -> None:
    page = opened(small())
    page.value("document.querySelector('#problem-table th button').focus()")
    page.press("Enter")
    page.wait("document.querySelector('#problem-table th').ariaSort === 'ascending'")


@pytest.mark.parametrize(
    ("control", "value", "left"),
    [
        ("find", " LEFT ", ["shift/left"]),
        ("category", "X", ["counter"]),
        ("category", "?", ["lost"]),
        ("solved", "never", ["shift/left"]),
        ("solved", "sometimes", ["counter"]),
        ("solved", "always", []),
        ("solved", "not judged", ["lost"]),
    ],
)
def test_filtering(opened: Open, control: str, value: str, left: list[str]) -> None:
    page = opened(small())
    page.value(
        f"{{ const c = document.getElementById({control!r}); c.value = {value!r};"
        " c.dispatchEvent(new Event('input')); }"
    )
    assert names(page) == left
    assert texts(page, "#shown") == [f"{len(left)} of 3 problems"]


def test_a_category_leads_to_its_problems(opened: Open) -> None:
    page = opened(small())
    click(page, "[data-category=R] button")
    assert names(page) == ["shift/left"]


def test_a_problem(opened: Open) -> None:
    page = opened(small())
    click(page, "tr[data-task='counter']")
    page.wait("!document.getElementById('view').hidden")
    assert page.value("location.hash") == "#counter/"
    assert page.value("document.getElementById('overview').hidden")
    assert texts(page, "#view h2") == ["counter"]
    assert texts(page, ".chip") == ["P0", "W1", "P2", "X3"]
    assert "official 2 of 4, functional 3 of 4" in texts(page, "#view")[0]
    labels = page.value("Array.from(document.querySelectorAll('.chip'), e => e.ariaLabel)")
    assert labels[2] == "Sample 2: pass, same text as sample 0"


def test_a_sample_by_its_address(opened: Open) -> None:
    page = opened(small(), "#shift/left/3")
    assert texts(page, ".sample h3") == ["Sample 3 runtime mismatch"]
    assert texts(page, ".reason") == ["it shows runtime mismatch"]
    lines = texts(page, "pre.numbered .l")
    assert "\n".join(lines) == COUNTER.rstrip("\n")
    assert texts(page, "pre.numbered .w")[:2] == ["module", "input"]
    assert "First mismatch occurred at time 95" in texts(page, "pre.log")[0]
    assert texts(page, "dl.facts dd .pill")[-2:] == ["✗ failed", "✗ failed"]
    assert page.value("document.title").startswith("shift/left / 3 · ")
    assert page.value("document.querySelector('[aria-current]').textContent") == "M3"


def test_lines_that_the_compiler_complains_of_stand_out(opened: Open) -> None:
    text = COUNTER * 20
    log = "design.sv:3: error: one\ntest.sv:4: error: two\ndesign.sv:97: error: three\n"
    rows = [row("p", 0, Category.SYNTAX, verilog=text, log=log, reason="")]
    page = opened((summarize(rows, run=run_record(["p"])), rows), "#p/0")
    lines = text.split("\n")
    assert texts(page, "pre .at") == [lines[2], lines[96]]


def test_equal_texts_refer_to_each_other(opened: Open) -> None:
    page = opened(small(), "#counter/2")
    assert texts(page, ".twin") == ["Same text as sample 0."]
    click(page, ".twin a")
    page.wait("document.querySelector('.sample h3').textContent.startsWith('Sample 0')")
    assert texts(page, ".twin") == ["The same text came again in sample 2."]


def test_waveform(opened: Open) -> None:
    page = opened(small(), "#counter/3")
    label = page.value("document.querySelector('svg.wave[role=img]').ariaLabel")
    assert label == (
        "Waveform up to the first mismatch. q: expected 1, got x010; full: expected 0, got z".replace(
            "full: expected 0", "full: expected 1"
        )
    )
    assert texts(page, "svg.names text") == [
        *("time", "sample", "clk", "reset", "same"),
        *("expected", "q", "got", "q", "expected", "full", "got", "full"),
    ]
    assert texts(page, "svg.wave .here") == ["first mismatch", "95", "18"]
    assert texts(page, ".values td") == [
        "expected",
        "0001",
        "got",
        "x010",
        "expected",
        "1",
        "got",
        "z",
    ]
    assert texts(page, ".values b") == ["0", "0", "1", "x", "1", "0", "1", "z"]
    assert "X in what is expected is not compared" in texts(page, ".sample")[0]


@pytest.mark.parametrize("width", [1, 2, 31, 32, 33, 63, 64, 65, 256])
def test_values_of_any_width(opened: Open, width: int) -> None:
    right, wrong = "1" + "0" * (width - 1), "0" * width
    both = [signal("q", "expected", wrong, right), signal("q", "got", wrong, wrong)]
    window = WindowRow(times=(5, 10), first=0, signals=(signal("a", "input", "1", "0"), *both))
    rows = [row("p", 0, Category.MISMATCH, window=window)]
    page = opened((summarize(rows, run=run_record(["p"])), rows), "#p/0")
    shown = [text.replace(" ", "") for text in texts(page, ".values .digits")]
    numbers = [int(text, 2 if width <= 64 else 16) for text in shown]
    assert numbers == [1 << (width - 1), 0]
    assert texts(page, ".values b") in (["1", "0"], ["8", "0"])
    labels = texts(page, "svg.wave text.mid:not(.axis)")
    assert all(len(label) <= 17 for label in labels)
    if width > 1:
        short = f"{1 << (width - 1):0{-(-width // 4)}x}"
        ends = labels[1].split("…")
        assert short.startswith(ends[0])
        assert short.endswith(ends[-1])


SHOWN = """
    document.getElementById('view').hidden ? '' :
    document.querySelector('#view h2').textContent + '/' +
    (document.querySelector('[aria-current] b')?.nextSibling.data ?? '')
"""


def test_going_on_and_back_by_keys(opened: Open) -> None:
    page = opened(small(), "#counter/")
    for key, shown in [
        ("j", "counter/0"),
        ("j", "counter/1"),
        ("k", "counter/0"),
        ("n", "shift/left/"),
        ("k", "shift/left/3"),
        ("p", "counter/"),
        ("Escape", ""),
    ]:
        page.press(key)
        page.wait(f"({SHOWN}) === {shown!r}")
    assert page.value("location.hash") == "#problems"
    assert page.value("document.activeElement.textContent") == "counter"


def test_the_way_back(opened: Open) -> None:
    page = opened(large(60, 2))
    page.value("window.scrollTo({top: 1500, behavior: 'instant'})")
    go(page, f"#{names(page)[-1]}/0")
    assert page.value("scrollY") == 0
    page.value("history.back()")
    page.wait("!document.getElementById('overview').hidden && scrollY > 1000")


@pytest.mark.parametrize("anchor", ["#nobody/3", "#counter/99", "#counter/x", "#%zz", "#/", "#%2f"])
def test_addresses_of_nothing(opened: Open, anchor: str) -> None:
    page = opened(small(), anchor)
    if anchor.startswith("#counter"):
        assert "There is no such sample." in texts(page, "#view")[0]
    else:
        assert not page.value("document.getElementById('overview').hidden")


def test_excluded_and_not_judged_samples_are_shown_too(opened: Open) -> None:
    page = opened(small(), "#vacuous/0")
    assert texts(page, "#view h2") == ["vacuous"]
    go(page, "#lost/1")
    assert texts(page, "dl.facts dd .pill")[-2:] == ["? not judged", "? not judged"]
    assert texts(page, ".reason") == ["no sample came"]


def test_hostile_texts_do_nothing(opened: Open) -> None:
    rows = []
    for at, payload in enumerate(PAYLOADS[:-1]):
        text = payload.replace("\x00", "\x01")
        window = WindowRow(
            times=(1,),
            first=0,
            signals=(
                signal(text, "expected", "10"),
                signal(text, "got", "1x"),
                signal(text, text, text),
            ),
        )
        rows.append(
            row(
                text,
                at,
                Category.MISMATCH,
                verilog=text,
                log=text,
                reason=text,
                rule=text,
                official_category=text,
                window=window,
            )
        )
    run = run_record([each.task_id for each in rows])
    page = opened((summarize(rows, run=run), rows))
    page.value("window.alert = () => { throw Error('a text has run') }")
    tags = "Array.from(new Set(Array.from(document.querySelectorAll('#view *'), e => e.localName)))"
    for at in range(len(rows)):
        click(page, f"#problem-table tbody tr:nth-child({at + 1}) a")
        page.wait("!document.getElementById('view').hidden")
        click(page, ".chip")
        page.wait("document.querySelector('.sample') !== null")
        assert set(page.value(tags)) <= set(IN_A_SAMPLE.split())
        assert page.value("document.querySelectorAll('svg.wave').length") == 2
        go(page, "#problems")
    assert not page.value("document.querySelector('img, iframe, h1 ~ h1')")


def test_without_scripts_the_tables_are_there(opened: Open, browser: Browser) -> None:
    browser.scripts(on=False)
    try:
        page = opened(small())
        assert page.value("document.querySelectorAll('#problem-table tbody tr').length") == 3
        assert page.value("getComputedStyle(document.getElementById('filters')).display") == "none"
        assert page.value("document.querySelector('noscript').getClientRects().length > 0")
    finally:
        browser.scripts(on=True)


def test_nothing_is_wider_than_a_narrow_window(opened: Open) -> None:
    page = opened(small(), width=380)
    wide = "document.documentElement.scrollWidth"
    assert page.value(wide) <= 380
    go(page, "#counter/3")
    assert page.value(wide) <= 380


def test_fifteen_thousand_samples_open(opened: Open) -> None:
    page = opened(large(156, 96))
    assert page.value("document.querySelectorAll('#problem-table tbody tr').length") == 156
    go(page, f"#{names(page)[-1]}/95")
    assert texts(page, ".sample h3")[0].startswith("Sample 95 ")
    assert len(texts(page, ".chip")) == 96


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("at", ["", "#counter/3"])
def test_it_can_be_seen(opened: Open, at: str, dark: bool) -> None:
    page = opened(small(), at, dark=dark)
    pixels = colors(page.picture(x=0, y=0, width=420, height=240))
    assert len(pixels) > 30
    common = max(pixels, key=lambda color: pixels[color])
    assert (sum(common) < 200) is dark
    if at:
        box = page.value(
            "(() => { const b = document.querySelector('svg.wave[role=img]').getBoundingClientRect(); return {x: b.x, y: b.y, width: b.width, height: b.height} })()"
        )
        drawn = colors(page.picture(**box))
        marks = [c for c in drawn if drawn[c] > 15 and max(c) - min(c) > 60]
        assert any(red > green + 60 for red, green, _ in marks)
        assert any(green > red + 60 for red, green, _ in marks)


def colors(png: bytes) -> dict[tuple[int, ...], int]:
    """How often each color occurs in a picture of 8 bits a channel."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert (depth, kind) in ((8, 2), (8, 6))
    size = 3 if kind == 2 else 4
    at, packed = 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += 12 + length
    found: dict[tuple[int, ...], int] = {}
    for line in unfiltered(zlib.decompress(packed), width * size, height, size):
        for x in range(0, len(line), size):
            color = tuple(line[x : x + 3])
            found[color] = found.get(color, 0) + 1
    return found


def unfiltered(data: bytes, row_bytes: int, height: int, size: int) -> Iterator[bytes]:
    """The lines of a picture, without PNG's filters."""
    before = bytearray(row_bytes)
    for y in range(height):
        start = y * (row_bytes + 1)
        kind, line = data[start], bytearray(data[start + 1 : start + 1 + row_bytes])
        for x in range(row_bytes):
            left = line[x - size] if x >= size else 0
            corner = before[x - size] if x >= size else 0
            line[x] = (line[x] + predicted(kind, left, before[x], corner)) & 0xFF
        before = line
        yield bytes(line)


def predicted(kind: int, left: int, above: int, corner: int) -> int:
    if kind < 4:
        return (0, left, above, (left + above) // 2)[kind]
    guess = left + above - corner
    return min((left, above, corner), key=lambda near: abs(guess - near))
