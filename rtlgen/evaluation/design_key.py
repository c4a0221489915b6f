"""When two texts are the same design for every tool.

Equal texts always are. Texts that differ only in comments, and in how much
white space there is where there is some, are too, but only where a comment is
surely one: no backquote (the preprocessor joins and drops), no backslash (names
and line ends), no quote (a string may hold what looks like a comment), no
control character, no nested or open comment, nothing but ASCII outside of
comments. Blanks and line breaks stay apart: Icarus Verilog takes blanks inside
some of its tokens (``'h 1f``, ``( * )``), but no line break.
"""

from __future__ import annotations

import hashlib
import re

_DOUBTFUL = re.compile(r'[`\\"\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)')
# Every alternative matches what it starts on, so that no text takes quadratic time.
_COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)", re.S)
_SPACE = re.compile(r"[ \t\r\n]+")


def key_of(problem: bytes, text: str) -> bytes:
    """Return the key of `text` as a design for `problem`, a digest of the problem and context."""
    hasher = hashlib.blake2b(problem, digest_size=32)
    hasher.update(text.encode())
    return hasher.digest()


def plain_form(text: str) -> str | None:
    """Return `text` with the least white space and no comments; None where that is in doubt."""
    if _DOUBTFUL.search(text):
        return None
    open_comment = False

    def line_break(match: re.Match[str]) -> str:
        nonlocal open_comment
        found = match.group()
        if found[1] == "*":
            inside = found[2:-2] if found.endswith("*/") and len(found) >= 4 else None
            open_comment |= inside is None or "/*" in inside
        return "\n"

    bare = _COMMENT.sub(line_break, text)
    if open_comment or not bare.isascii():
        return None
    return _SPACE.sub(lambda space: "\n" if "\n" in space.group() else " ", bare).strip()
