"""Linear scans over Verilog text that no parser has looked at yet."""

from __future__ import annotations

import re

# Every alternative always matches what it starts on, so that no text takes quadratic time.
_COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:\\.|[^"\\\n])*"?', re.S)
FOUR = " " * 4
"""What new text is indented by until it is put among other text."""


def without_comments(text: str, *, strings: bool = True) -> str:
    """Return `text` with comments blanked and, unless `strings`, string literals too.

    Lines stay where they are.
    """

    def blank(match: re.Match[str]) -> str:
        found = match.group()
        if strings and found.startswith('"'):
            return found
        return " " + "\n" * found.count("\n")

    return _COMMENT_OR_STRING.sub(blank, text)


def indentation_step(text: str) -> str:
    """Return what a text indents by: a tab, two blanks or four."""
    starts = {line[: len(line) - len(line.lstrip())] for line in text.splitlines() if line.strip()}
    if any(start.startswith("\t") for start in starts):
        return "\t"
    return "  " if "  " in starts else FOUR


def stepped(line: str, step: str) -> str:
    """Return a line indented by `step` where it is by four blanks."""
    bare = line.lstrip(" ")
    return step * ((len(line) - len(bare)) // len(FOUR)) + bare


def unclosed_comment(text: str) -> int:
    """Return where a comment begins that `text` does not end, or the length of `text`."""
    comments = (m for m in _COMMENT_OR_STRING.finditer(text) if m[0].startswith("/*"))
    unclosed = (m for m in comments if len(m[0]) < 4 or not m[0].endswith("*/"))
    return next((m.start() for m in unclosed), len(text))
