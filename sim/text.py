"""Linear scans over Verilog text that no parser has looked at yet."""

from __future__ import annotations

import re

# Every alternative always matches what it starts on, so that no text takes quadratic time.
_COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:\\.|[^"\\\n])*"?', re.S)


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


def unclosed_comment(text: str) -> int:
    """Return where a comment begins that `text` does not end, or the length of `text`."""
    comments = (m for m in _COMMENT_OR_STRING.finditer(text) if m[0].startswith("/*"))
    unclosed = (m for m in comments if len(m[0]) < 4 or not m[0].endswith("*/"))
    return next((m.start() for m in unclosed), len(text))
