"""The class of a reference model is found in what a model wrote."""

from __future__ import annotations

import json

import pytest

from rtlgen.llm.extract import extract_python

CODE = """from collections import deque

MASK = 0xF


def grow(x):
    return (x + 1) & MASK


class Reference:
    def reset(self) -> None:
        self.q = 0

    def outputs(self, inputs):
        # a comment
        return {"q": self.q}

    def clock(self, inputs):
        if inputs["up"]:
            self.q = grow(self.q)
"""
DRAFT = "class Reference:\n    pass\n"
WRAPPED = {
    "as it is": CODE,
    "fence": f"Here:\n```python\n{CODE}```\nIt counts.",
    "unknown fence": f"```\n{CODE}\n```",
    "unclosed": f"```py\n{CODE}",
    "thoughts": f"<think>\n```python\n{DRAFT}```\n</think>\n```python\n{CODE}```",
    "draft, then final": f"```python\n{DRAFT}```\nBetter:\n```python\n{CODE}```",
    "usage after it": f"```python\n{CODE}```\nUse:\n```python\nr = Reference()\n```",
    "prose around": f"The model keeps one register.\n\n{CODE}\nThis class is deterministic.",
    "answer": f"<answer>{CODE}</answer>",
    "JSON": json.dumps({"code": CODE}),
    "Windows": CODE.replace("\n", "\r\n"),
    "indented": "1. The code:\n   ```python\n   " + CODE.replace("\n", "\n   ") + "```",
}


@pytest.mark.parametrize("name", WRAPPED)
def test_the_class_is_found(name: str) -> None:
    found = extract_python(WRAPPED[name])
    assert found.sources is not None, found.why_not
    assert [line.rstrip() for line in found.sources.split("\n")] == CODE.split("\n")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the answer is empty"),
        ("I would rather not.", "the answer defines no class Reference: 'I would rather not.'"),
        ("class Model:\n    pass", "the answer defines no class Reference: 'class Model: pass'"),
    ],
)
def test_an_answer_without_the_class_says_so(text: str, why: str) -> None:
    assert extract_python(text).why_not == why


def test_an_answer_that_breaks_off_is_told() -> None:
    assert extract_python(f"```python\n{CODE}").truncated
    assert not extract_python(f"```python\n{CODE}\n```").truncated
