"""Why there is no Verilog in an answer: one line that a model can be told."""

from __future__ import annotations

import re

from sim.text import without_comments

_LANGUAGES = {
    "VHDL": re.compile(
        r"^\s{0,40}(?:entity\s+\w+\s+is\b|architecture\s+\w+\s+of\s|library\s+ieee\b)", re.I | re.M
    ),
    "Python": re.compile(
        r"^(?:def \w+\(.*\).*:|class \w+.*:|import \w+|from [\w.]+ import )", re.M
    ),
    "C or C++": re.compile(r"^[ \t]{0,40}#include\s*[<\"]|\bint\s+main\s*\(", re.M),
    "Chisel": re.compile(r"\bextends\s+Module\b|\bimport chisel3\b"),
    "JavaScript": re.compile(r"^(?:function \w+\(|const \w+ = |let \w+ = )", re.M),
    "HTML": re.compile(r"<!DOCTYPE html|<html\b", re.I),
}
_LETTER = re.compile(r"[^\W\d_]")
_SCRIPTS = {
    "Chinese": re.compile("[\u4e00-\u9fff]"),
    "Japanese": re.compile("[\u3040-\u30ff]"),
    "Korean": re.compile("[\uac00-\ud7af]"),
    "Russian": re.compile("[\u0400-\u04ff]"),
    "Arabic": re.compile("[\u0600-\u06ff]"),
}
_LOOKED_AT = 20_000


def other_language(text: str) -> str:
    """Return the programming language that `text` is in, or an empty text."""
    text = text[:_LOOKED_AT]
    return next((name for name, sign in _LANGUAGES.items() if sign.search(text)), "")


def no_code(text: str) -> str:
    """Return a line that says what `text` is instead of Verilog."""
    text = text[:_LOOKED_AT]
    if not text.strip():
        return "the answer is empty"
    if not without_comments(text).strip():
        return "the answer holds nothing but comments"
    letters = len(_LETTER.findall(text))
    for name, script in _SCRIPTS.items():
        if 5 * len(script.findall(text)) > letters > 0:
            return f"the answer holds no Verilog; it is prose in {name}: {quoted(text)}"
    if letters == 0:
        return f"the answer holds no Verilog, not even words: {quoted(text)}"
    return f"the answer holds no Verilog; it is prose: {quoted(text)}"


def quoted(text: str) -> str:
    """Return the beginning of `text` on one line, in quotes."""
    line = " ".join(text[:400].split())
    return repr(line if len(line) <= 60 else line[:57].rstrip() + "...")
