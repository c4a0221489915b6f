"""Text of models and tools, so that it cannot pose as something else or hide."""

from __future__ import annotations

import re
import unicodedata

# Control and format characters (bidirectional ones included), lone surrogates, line separators.
_KINDS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_SUSPECT = re.compile(
    r"[^\n\t\x20-\x7e\xa1-\xac\xae-\u02ff\u0370-\u05ff\u2010-\u2027\u2190-\u2bff]"
)


def visible(text: str) -> str:
    """Return `text` with characters that do not show, or turn others around, as `<U+202E>`.

    Tabs and newlines stay; a carriage return before a newline goes.
    """
    return _SUSPECT.sub(_shown, text.replace("\r\n", "\n"))


def _shown(found: re.Match[str]) -> str:
    character = found[0]
    if unicodedata.category(character) not in _KINDS:
        return character
    return f"<U+{ord(character):04X}>"


def one_line(text: str) -> str:
    """Return `text` visible, on one line."""
    return visible(" ".join(text.split()))


def shortened(text: str, most: int) -> str:
    """Return `text` with at most `most` characters, an ellipsis where some are gone."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def middle_cut(text: str, most: int) -> str:
    """Return `text` with at most `most` characters, an ellipsis in its middle."""
    if len(text) <= most:
        return text
    head = (most - 1) // 2
    tail = most - 1 - head
    return f"{text[:head]}…{text[len(text) - tail :]}"
