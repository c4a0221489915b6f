"""Text of models and tools, so that it cannot pose as something else or hide."""

from __future__ import annotations

import re

# Control and format characters (bidirectional ones included), lone surrogates, line
# separators, and what XML does not allow.
_HIDDEN = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """Return `text` with characters that do not show, or turn others around, as `<U+202E>`.

    Tabs and newlines stay; a carriage return before a newline goes.
    """
    return _HIDDEN.sub(lambda found: f"<U+{ord(found[0]):04X}>", text.replace("\r\n", "\n"))


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
