"""Changing the text of a benchmark's test by the places that its syntax tree gives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]
"""Byte offsets: first, and one after the last."""


class UnknownForm(Exception):
    """A test is not of the form that its harness knows; says what is missing."""


def edited(text: bytes, edits: Iterable[tuple[Span, str]]) -> str:
    """Return `text` with each span replaced.

    Raises:
        ValueError: Two spans overlap.
    """
    parts: list[bytes] = []
    done = 0
    for (start, end), new in sorted(edits):
        if start < done:
            raise ValueError(f"edits overlap at byte {start}")
        parts += [text[done:start], new.encode()]
        done = end
    return b"".join([*parts, text[done:]]).decode()
