"""Texts of models and tools in Markdown: they begin no heading, link, picture or markup."""

from __future__ import annotations

from functools import cache

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rtlgen.design.record import RunRecord
from rtlgen.design.report import render_report
from tests.rtlgen.report_runs import blind, failed, searched
from tests.rtlgen.test_report_html import PAYLOADS, hostile

MARKDOWN = [
    "# verified",
    "a\n\n# verified\n\n---\n",
    "[verified](http://evil.example) ![x](http://evil.example/x.png)",
    "<http://evil.example> <b>",
    "a | b \\| c `| d` |\n| --- | --- |",
    "``` x ~~~",
    "\\`x` ` `` *b* __c__",
    "&lt;b&gt; &amp;",
    "- item\n1. item\n> quote\n    code",
]


PARSER = MarkdownIt("commonmark").enable("table")


def tokens(text: str) -> list[Token]:
    blocks = PARSER.parse(text)
    return [token for block in blocks for token in (block, *(block.children or ()))]


def shape(text: str) -> list[str]:
    """The blocks of the report, without fences, and the cells of its tables."""
    return [token.type for token in tokens(text) if token.block and token.type != "inline"]


def test_text_is_shown_as_it_is() -> None:
    reason = r"a_b _c_ *d* <e> &lt; \f [g](h) ~~i~~ `j`"
    run = searched().model_copy(update={"reason": reason})
    shown = tokens(render_report(run, waveform=False).split("\n\n")[1])
    text = "".join(
        token.content for token in shown if token.type in ("text", "text_special", "code_inline")
    )
    assert text == f"{reason.replace('`', '')}."


RUNS = {"failed": failed(), "searched": searched(), "blind": blind()}


def with_texts(name: str, text: str) -> str:
    run = RunRecord.model_validate(hostile(RUNS[name].model_dump(), text))
    return render_report(run, waveform=True)


@cache
def plain_shape(name: str) -> list[str]:
    return shape(with_texts(name, "text"))


@pytest.mark.parametrize("payload", [*MARKDOWN, *PAYLOADS[:-1]])
@pytest.mark.parametrize("name", RUNS)
def test_text_has_no_structure(payload: str, name: str) -> None:
    bad = with_texts(name, payload)
    kinds = {token.type for token in tokens(bad)}
    assert not kinds & {"html_block", "html_inline", "image", "link_open"}
    assert shape(bad) == plain_shape(name)
