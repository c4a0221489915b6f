"""Extraction takes linear time and raises nothing, whatever a model writes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtlgen.llm.extract import MAX_CHARACTERS, extract, extract_python
from rtlgen.llm.extraction.scan import tokens

MODULE = (
    "module gate2 (input wire [1:0] a, output reg [1:0] y);\n"
    "  always @(a) begin\n    if (a <= 2'd1) y = ~a; // less\n    else y = 2'b10;\n  end\nendmodule\n"
)
HEADER = "module gate2 (input wire [1:0] a, output reg [1:0] y);"
_PROSE = [
    "Here is the module you asked for.",
    "The `gate2` module inverts its input; the output is registered (no, it is not).",
    "- It uses an always block\n- It has no latch",
    "# Explanation\n\nIf a is less than 2, then y = ~a.",
    "### Verilog Code:",
    "I hope this helps! Let me know if you need a testbench.",
    "The truth table:\n\n| a | y |\n|---|---|\n| 0 | 3 |",
    "https://example.com/verilog//style",
    "Note that the design's output isn't \"registered\".",
    "此模块将输入取反。",
]
_prose = st.lists(st.sampled_from(_PROSE), max_size=3).map("\n\n".join)
_language = st.sampled_from(["verilog", "v", "sv", "systemverilog", "Verilog", ""])
_WRAPS = [
    lambda text, tag: f"```{tag}\n{text}\n```",
    lambda text, tag: f"~~~{tag}\n{text}\n~~~",
    lambda text, tag: f"```{tag}\n{text}",
    lambda text, tag: f"<answer>\n```{tag}\n{text}\n```\n</answer>",
    lambda text, tag: f"[BEGIN]\n{text}\n[DONE]",
    lambda text, _: f"\n\n{text}\n\n",
]


@settings(max_examples=150, deadline=None)
@given(
    before=_prose, after=_prose, thoughts=st.none() | _prose, tag=_language,
    wrap=st.sampled_from(_WRAPS), crlf=st.booleans(),
)  # fmt: skip
def test_noise_around_a_module_does_not_matter(before, after, thoughts, tag, wrap, crlf) -> None:  # noqa: ANN001
    text = f"{before}\n\n{wrap(MODULE, tag)}"
    closed = not text.endswith(MODULE)
    if closed:
        text += f"\n\n{after}"
    if thoughts is not None:
        text = f"<think>\n{thoughts}\n{HEADER}\n</think>\n{text}"
    found = extract(text.replace("\n", "\r\n") if crlf else text, top="gate2", header=HEADER)
    assert found.sources is not None, found.why_not
    assert tokens(found.sources) == tokens(MODULE)


_WORDS = st.sampled_from(
    ["module ", "endmodule", "gate2", "(", ")", ";", "#(", "```", "```verilog\n", "~~~", "\n", "<think>",
     "</think>", "<answer>", "</answer>", "//", "/*", "*/", '"', "\\", "`define X \\\n", "[BEGIN]", "{",
     "assign y = a;", "input a", "Module ", "function f;", "typedef enum {", "&lt;", "\\n", "1: ", "> ",
     "import p::*;", "package p;", "endpackage", "\x00", "\u200b", "\ud800", "class Reference:", "    "]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(text=st.lists(_WORDS | st.text(max_size=5), max_size=40).map("".join))
def test_nothing_raises(text: str) -> None:
    for header in (None, HEADER):
        found = extract(text, top="gate2", header=header)
        assert (found.sources is None) == bool(found.why_not)
        again = extract(found.sources or "", top="gate2")
        if found.sources and not found.truncated:
            assert again.sources is not None
    extract_python(text)


_UNITS = [
    "module ", "module a", "module a(", "module a#(", "module a(input x);\n", "module a(b,", "endmodule ",
    "module gate2(input a);assign b=a;", "```", "```\n", "```verilog\n", "`", "~~~\n", " ", "\n", "\t\n",
    "(", ")", "//", "/*", "/* */", '"', '"\\', "\\", "\\n", "<think>", "</think>", "<answer>", "[BEGIN]",
    "<", "<|", "{", "[", '{"code":"', '"code": "', "[[", "&lt;", "lt &lt;", "function f(\n", "package p;\n",
    "package p;\n endfunction\n", "typedef enum {", "typedef enum {\n", "import a::b", "parameter x", "`define \\\n",
    "assign ", "assign a=", "always @", "a b c d ", "a b (", "and ", "if(", "begin ", "1: x\n", "> ", "Module ",
    "module (input ", "class Reference:\n", "a_", '"a_', "x=\n", ".a(", "é", "\x00", "\u200b", "- ", "' ",
    "initial a", "$finish;", "wire ", "output x,", ":`", "endmodule:", "\n ",
]  # fmt: skip


@pytest.mark.parametrize("unit", _UNITS, ids=repr)
def test_repeated_text_takes_linear_time(unit: str) -> None:
    text = unit * (60_000 // len(unit))
    start = time.process_time()
    extract(text, top="gate2", header=HEADER)
    extract_python(text)
    assert time.process_time() - start < 2.0


def test_an_endless_answer_is_not_looked_at() -> None:
    start = time.process_time()
    found = extract("module gate2(input a);\n" * 500_000, top="gate2")
    assert time.process_time() - start < 0.5
    assert found.why_not.startswith(f"an answer may have {MAX_CHARACTERS} characters, not 11500000")
    assert found.truncated


def test_bytes_that_are_no_text_do_no_harm() -> None:
    noise = b"\xff\xfe\x00\xc3(".decode("utf-8", "surrogateescape") * 100
    found = extract(noise + "\n```verilog\n" + MODULE + "```" + noise, top="gate2")
    assert tokens(found.sources or "") == tokens(MODULE)
    assert (found.sources or "").isascii()
