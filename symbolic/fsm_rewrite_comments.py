"""Comments on states, which stay with them when their branches are written anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symbolic.fsm_rewrite_holders import labels_of
from symbolic.fsm_rewrite_uses import Uses
from symbolic.fsm_source import Part


def comments_of(items: Iterable[Part], uses: Uses) -> dict[str, list[str]]:
    """Return for states that stay the comments at their branches in `items`, the first ones."""
    found: dict[str, list[str]] = {}
    for branch in _branches(items, uses):
        labels = [label for label in labels_of(branch) if label.kind == "const"]
        states = [state for label in labels for state in uses.matching(label)]
        lines = comment_lines(uses.source.text, branch.start)
        if states and lines:
            found.setdefault(states[0], lines)
    return found


def _branches(items: Iterable[Part], uses: Uses) -> Iterator[Part]:
    for item in items:
        for part in item.walk():
            if part.kind == "case" and part.parts[0].name in uses.holders:
                yield from part.parts[1:]


def comment_lines(text: bytes, place: int) -> list[str]:
    """Return the comments on lines of their own directly above, and behind the first line."""
    found: list[str] = []
    first = text.rfind(b"\n", 0, place) + 1
    while first > 0:
        above = text.rfind(b"\n", 0, first - 1) + 1
        line = text[above:first].strip()
        if not line.startswith(b"//"):
            break
        found.insert(0, line.decode())
        first = above
    end = text.find(b"\n", place)
    _, mark, behind = text[place : end if end >= 0 else len(text)].partition(b"//")
    if mark:
        found.append(f"// {behind.strip().decode()}")
    return found
