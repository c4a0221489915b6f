"""The page on an optimization: complete, self-contained, and nothing in it is markup but ours."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rtlgen.optimize.record import record_of
from rtlgen.optimize.report import render_report
from rtlgen.optimize.text import headline, percent, rows
from sim.design import Design
from sim.interface import Interface
from sim.proof import Outcome, Proof
from symbolic.fsm_style import Style
from symbolic.optimize_values import LeftAlone, MachineChange, Optimization, Step
from symbolic.ppa import Ppa
from symbolic.rules.catalog import RULES
from symbolic.rules.rule import Goal
from symbolic.state_table import StateTable, Transition
from tests.evaluation import chromium
from tests.evaluation.chromium import Browser
from tests.rtlgen.test_report_html import PAYLOADS

HOSTILE = "".join(PAYLOADS)


def ppa(area: float) -> Ppa:
    return Ppa(area=area, delay=100 + area, levels=3, flip_flops=2, cells=9, wires=12)


def table(*states: str) -> StateTable:
    return StateTable(
        inputs=("x",),
        outputs=("y",),
        states=states,
        transitions=tuple(
            Transition(state=state, inputs="-", target=states[0]) for state in states
        ),
        moore_outputs=dict.fromkeys(states, "1"),
        reset_state=states[0],
    )


def design(text: str) -> Design:
    return Design(top="m", sources={"m.v": text})


def found(word: str = "plain") -> Optimization:
    texts = [design(f"module m; // {n} {word}\nendmodule\n") for n in range(3)]
    proof = Proof(outcome=Outcome.PROVED, reason=f"scorr {word}")
    machine = MachineChange(
        register=f"state {word}",
        before=table("A", "B", "C"),
        after=table("A", "B"),
        encoding=word,
        minimal=True,
        bound=2,
        style=Style.EQUATIONS,
    )
    steps = (
        Step(
            name="state-machine",
            what=f"3 states become 2 {word}",
            before=texts[0],
            after=texts[1],
            measured=ppa(40),
            proof=proof,
            machine=machine,
        ),
        Step(
            name=RULES[0].name,
            what=f"a * 5 becomes less {word}",
            before=texts[1],
            after=texts[2],
            measured=ppa(30),
            proof=proof,
            rule=RULES[0],
        ),
    )
    return Optimization(
        original=texts[0],
        interface=Interface(module="m", ports=()),
        design=texts[2],
        goal=Goal.AREA,
        library=f"cells {word}",
        before=ppa(50),
        after=ppa(30),
        steps=steps,
        proof=proof,
        left_alone=(LeftAlone(what=f"memory {word}", reason=word, place="m.v:7"),),
        repairs=(f"m.v:3: {word}",),
    )


def page(word: str = "plain") -> str:
    one = found(word)
    return render_report(one, record_of(one, seconds=1.5, command=("rtlgen", word)))


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(sorted(name for name, _ in attrs))))


def tags(text: str) -> list[tuple[str, tuple[str, ...]]]:
    parser = Tags()
    parser.feed(text)
    return parser.tags


def test_everything_is_told() -> None:
    text = page()
    for told in (
        "3 states became 2; no machine of fewer states does the same",
        "state plain before: 3 states",
        "state plain after: 2 states, plain",
        "A * 5 becomes less plain.",
        RULES[0].title,
        "m.v:7",
        "m.v:3: plain",
        "50 → 30",
        "−40.0 %",
        "scorr plain",
        "cells plain",
    ):
        assert told in text, told
    assert text.count("<svg") == 2
    assert text.count(">PROVED<") == 3


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_of_designs_is_never_markup(payload: str) -> None:
    assert {tag for tag, _ in tags(page(payload))} == {tag for tag, _ in tags(page())}
    assert len(tags(page(payload))) == len(tags(page()))
    assert not [names for _, names in tags(page(payload)) if any(n.startswith("on") for n in names)]


def test_nothing_is_loaded() -> None:
    text = page(HOSTILE)
    names = {name for _, attributes in tags(text) for name in attributes}
    assert not names & {"src", "srcset", "action", "xlink:href"}
    assert "script" not in {tag for tag, _ in tags(text)}
    assert "default-src 'none'" in text


def test_a_page_on_nothing() -> None:
    one = found()
    same = Optimization(
        original=one.original,
        interface=one.interface,
        design=one.original,
        goal=Goal.AREA,
        library="cells",
        before=None,
        after=None,
        left_alone=(LeftAlone(what="", reason="a latch", place="m.v:2", whole=True),),
    )
    record = record_of(same, seconds=0.5)
    text = render_report(same, record)
    assert (record.ending, record.exit_code) == ("not handled", 3)
    assert "The design could not be measured." in text
    assert "it cannot be handled (a latch)" in headline(record)
    assert rows(record) == []


def test_percentages() -> None:
    assert [percent(x) for x in (-0.4, 0.0001, 0.25)] == ["−40.0 %", "±0 %", "+25.0 %"]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = chromium.find()
    if program is None:
        pytest.skip(f"none of {', '.join(chromium.NAMES)} is installed, and CHROMIUM names none")
    with chromium.started(program, tmp_path_factory.mktemp("chromium") / "profile") as one:
        yield one


def test_a_browser_shows_it_and_loads_nothing_else(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(page(HOSTILE), encoding="utf-8")
    browser.show(width=900)
    browser.open(path.as_uri())
    assert browser.loaded == [path.as_uri()]
    assert not browser.complaints
    assert browser.value("document.querySelectorAll('svg').length") == 2
    assert browser.value("document.documentElement.scrollWidth <= window.innerWidth")
    heights = "Array.from(document.querySelectorAll('.picture svg'), e => e.clientHeight)"
    assert all(height > 20 for height in browser.value(heights))
