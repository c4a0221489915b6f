"""Changes of a text: parts replaced, removed with what belongs to them, and inserted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sim.text import FOUR, indentation_step, stepped, without_comments

_WORD = re.compile(r"[A-Za-z_][\w$]*")


@dataclass(slots=True)
class Edits:
    """Changes of one source, by place in its original text."""

    text: str
    _changes: list[tuple[int, int, int, str]] = field(default_factory=list)

    def replace(self, start: int, end: int, new: str) -> None:
        """Put `new` in place of a part; of insertions at one place the first comes first."""
        if "\r\n" in self.text:
            new = new.replace("\n", "\r\n")
        self._changes.append((start, end, len(self._changes), new))

    def remove_lines(self, start: int, end: int) -> None:
        """Remove a part, comments beside and directly above it, and lines that become empty."""
        first, last = self._line(start, end)
        if last < end:
            self.replace(start, end, "")
            return
        below = self.text[last : self._line_end(last)].strip()
        if not below or below.startswith(("//", "endmodule")):
            first = self._comments_above(first)
        if self._is_blank_around(first, last):
            last = self._line_end(last)
        self.replace(first, last, "")

    def result(self) -> str:
        """Return the text with all changes; of those inside of others, the outer ones count."""
        pieces, place = [], 0
        for start, end, _, new in sorted(self._changes, key=lambda c: (c[0], c[2])):
            if end < place or (start < place and end <= place):
                continue
            pieces += [self.text[place : max(place, start)], new]
            place = max(place, end)
        return "".join([*pieces, self.text[place:]])

    @property
    def step(self) -> str:
        """What the text indents by."""
        return indentation_step(self.text)

    def indentation(self, start: int) -> str:
        """Return the white space that the line of `start` begins with."""
        line = self.text[self.text.rfind("\n", 0, start) + 1 : start]
        return line[: len(line) - len(line.lstrip())]

    def _line(self, start: int, end: int) -> tuple[int, int]:
        """Return whole lines around a part; an end before the part's if others stand there, too."""
        first = self.text.rfind("\n", 0, start) + 1
        last = self._line_end(end)
        rest = self.text[end:last].strip()
        alone = not self.text[first:start].strip() and (not rest or rest.startswith("//"))
        return (first, last) if alone else (start, -1)

    def _line_end(self, place: int) -> int:
        found = self.text.find("\n", place)
        return len(self.text) if found < 0 else found + 1

    def _comments_above(self, first: int) -> int:
        """Return where the comments directly above a line begin."""
        place = first
        while place > 0:
            above = self.text.rfind("\n", 0, place - 1) + 1
            if not self.text[above:place].strip().startswith("//"):
                break
            place = above
        return place

    def _is_blank_around(self, first: int, last: int) -> bool:
        above = self.text[self.text.rfind("\n", 0, max(0, first - 1)) + 1 : first]
        below = self.text[last : self._line_end(last)]
        return not above.strip() and not below.strip() and bool(below)


def words(text: str) -> set[str]:
    """Return the identifiers in a text, without comments and strings."""
    return set(_WORD.findall(without_comments(text, strings=False)))


def indented(lines: list[str], base: str, step: str) -> str:
    """Return lines that are four blanks in, with the indentation `base` instead.

    What is further in is so by `step` for four blanks each. The first line has no
    indentation; it is put behind white space that is there.
    """
    cut = [stepped(line.removeprefix(FOUR), step) for text in lines for line in text.split("\n")]
    return "\n".join([cut[0], *(base + line if line else "" for line in cut[1:])])
