"""Changes to a text by place, applied together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.text import indentation_step


@dataclass(slots=True)
class Edits:
    """Replacements of ranges of bytes. What lies in a replaced range goes with it."""

    text: bytes
    _changes: list[tuple[int, int, bytes]] = field(default_factory=list)

    def replace(self, start: int, end: int, new: str) -> None:
        """Put `new` in place of the bytes from `start` to `end`."""
        self._changes.append((start, end, new.encode()))

    def insert(self, place: int, new: str) -> None:
        """Put `new` before the byte at `place`, behind what was inserted there before."""
        self.replace(place, place, new)

    def delete(self, start: int, end: int) -> None:
        """Take away bytes, and their lines where nothing but a comment is left."""
        self._changes.append((*self.lines(start, end), b""))

    def lines(self, start: int, end: int) -> tuple[int, int]:
        """Return the range, made whole lines if nothing else stands on them.

        A comment behind it on the same line belongs to it, and so do comments
        on lines of their own directly above.
        """
        first = self.text.rfind(b"\n", 0, start) + 1
        last = self.text.find(b"\n", end)
        last = len(self.text) if last < 0 else last
        rest = self.text[end:last].strip()
        if self.text[first:start].strip() or (rest and not rest.startswith(b"//")):
            return start, end
        return self._with_comments(first), min(last + 1, len(self.text))

    def _with_comments(self, first: int) -> int:
        while first > 0:
            above = self.text.rfind(b"\n", 0, first - 1) + 1
            if not self.text[above:first].strip().startswith(b"//"):
                return first
            first = above
        return first

    def indentation(self, place: int) -> str:
        """Return the white space that the line of `place` begins with."""
        first = self.text.rfind(b"\n", 0, place) + 1
        line = self.text[first:place]
        return line[: len(line) - len(line.lstrip())].decode()

    @property
    def step(self) -> str:
        """What the text indents by: a tab, two blanks or four."""
        return indentation_step(self.text.decode())

    @property
    def changed(self) -> bool:
        """Whether any bytes differ."""
        return self.applied() != self.text.decode()

    def applied(self) -> str:
        """Return the whole text with all changes."""
        return self.render(0, len(self.text))

    def render(self, start: int, end: int) -> str:
        """Return the text from `start` to `end` with the changes that lie inside."""
        found, place = [], start
        for first, last, new in self._outermost(start, end):
            found += [self.text[place:first], new]
            place = last
        return b"".join([*found, self.text[place:end]]).decode()

    def _outermost(self, start: int, end: int) -> Iterator[tuple[int, int, bytes]]:
        inside = [change for change in self._changes if start <= change[0] and change[1] <= end]
        # Insertions come before what begins at the same place; of two changes that
        # overlap, the longer one wins, of equal ones the later.
        numbered = sorted(
            enumerate(inside),
            key=lambda one: (one[1][0], one[1][1] > one[1][0], -one[1][1], _order(one)),
        )
        place = start - 1
        for _, (first, last, new) in numbered:
            if first >= place:
                yield first, last, new
                place = max(place, last)


def _order(one: tuple[int, tuple[int, int, bytes]]) -> int:
    number, (first, last, _) = one
    return number if first == last else -number
