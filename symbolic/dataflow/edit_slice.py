"""Processes of which only some registers stay: their other assignments are taken out.

What is left reads as its author wrote it. Whether it does the same is proved by who uses
the text.
"""

from __future__ import annotations

from collections.abc import Collection

from symbolic.dataflow.edit_text import Edits
from symbolic.dataflow.source_map import Item, Span, Statement, StatementKind

_UNKNOWN = "?"


class NotSliceable(Exception):
    """A process cannot be divided by what it assigns."""


def sliced(text: str, item: Item, gone: Collection[str]) -> str:
    """Return the text of a clocked process without the assignments to some signals.

    Raises:
        NotSliceable: A statement assigns such a signal together with another, or nothing
            would be left.
    """
    edits = Edits(text)
    slice_item(edits, item, gone)
    left = edits.result()
    return left[item.span.start : item.span.end + len(left) - len(text)]


def slice_item(edits: Edits, item: Item, gone: Collection[str]) -> None:
    """Take assignments to some signals out of a clocked process, as `sliced`."""
    if item.body is None or item.opaque or _UNKNOWN in item.body.drives:
        raise NotSliceable
    slicer = _Slicer(edits, frozenset(gone), counters=frozenset(item.loops))
    if slicer.is_dead(item.body):
        raise NotSliceable
    slicer.prune(item.body)


class _Slicer:
    def __init__(self, edits: Edits, gone: frozenset[str], counters: frozenset[str]) -> None:
        self._edits, self._gone, self._counters = edits, gone, counters

    def is_dead(self, statement: Statement) -> bool:
        """Whether nothing is left of a statement."""
        driven = set(statement.drives) - self._counters
        return bool(driven) and self._gone.issuperset(driven)

    def prune(self, statement: Statement) -> None:
        """Take out what is dead inside a statement that is not."""
        if self._gone.isdisjoint(statement.drives):
            return
        match statement.kind:
            case StatementKind.BLOCK:
                self._block(statement)
            case StatementKind.IF:
                self._conditional(statement)
            case StatementKind.CASE:
                self._case(statement)
            case StatementKind.OTHER:
                raise NotSliceable
            case _:
                self._prune_all(statement.parts)

    def _prune_all(self, parts: Collection[Statement]) -> None:
        for part in parts:
            self.prune(part)

    def _block(self, block: Statement) -> None:
        for part in block.parts:
            if self.is_dead(part):
                self._remove(part.span)
            else:
                self.prune(part)

    def _conditional(self, statement: Statement) -> None:
        first, *rest = statement.parts
        if rest and first.kind is StatementKind.IF:
            # Without an `else` of its own it might get the one behind it.
            raise NotSliceable
        if not self.is_dead(first):
            if rest and self.is_dead(rest[0]):
                self._edits.replace(first.span.end, rest[0].span.end, "")
                self.prune(first)
            else:
                self._prune_all(statement.parts)
            return
        condition = statement.condition
        if condition is None or not rest:
            raise NotSliceable
        start, end = condition.start, condition.end
        self._edits.replace(start, end, _opposite(self._edits.text[start:end]))
        self._edits.replace(first.span.start, rest[0].span.start, "")
        self.prune(rest[0])

    def _case(self, statement: Statement) -> None:
        has_default = any(
            part.kind is StatementKind.DEFAULT and not self.is_dead(part)
            for part in statement.parts
        )
        for part in statement.parts:
            if not self.is_dead(part):
                self.prune(part)
            elif part.kind is StatementKind.DEFAULT or (
                part.kind is StatementKind.CHOICE and not has_default
            ):
                self._remove(part.span)
            else:
                # The items behind it must not be chosen in its place.
                body = part.parts[0].span
                self._edits.replace(body.start, body.end, ";")

    def _remove(self, span: Span) -> None:
        """Remove a statement, with its line or else the space behind."""
        text, end = self._edits.text, span.end
        line = text[text.rfind("\n", 0, span.start) + 1 : span.start]
        if line.strip():
            while text[end : end + 1] in (" ", "\t"):
                end += 1
        self._edits.remove_lines(span.start, end)


def _opposite(condition: str) -> str:
    plain = condition.strip()
    if plain.startswith("!") and plain[1:].isidentifier():
        return plain[1:]
    return f"!{plain}" if plain.isidentifier() else f"!({plain})"
