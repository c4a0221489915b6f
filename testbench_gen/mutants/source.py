"""The text of a design as a tree whose parts can be replaced, the rest byte for byte."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyslang.parsing import Token

from sim.design import HEADER_SUFFIXES, Design
from sim.read_interface import refuse_bombs, refuse_errors
from sim.slang import Parsed, Syntax

_NEWLINE = re.compile(rb"\n")
_DIRECTIVE = re.compile(r"`(?:if|else|elsif|end|include|define|undef|line|resetall|timescale)")
_LINES_AFTER = 4
"""Lines after a change that are looked at to tell whether two changes come to the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Bytes of one source file; an empty span is a place between two bytes."""

    file: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What takes the place of a span."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Edits that make one mutant, all in one file."""

    edits: tuple[Edit, ...]
    summary: str
    at: Span
    """What people are shown as its place."""


class Source:
    """The sources of one design, parsed together.

    Raises:
        InvalidDesign: The design does not parse, or would bring the parser down.
    """

    def __init__(self, design: Design) -> None:
        for name, text in design.sources.items():
            refuse_bombs(text, name)
        self.design = design
        self.parsed = Parsed(design.sources)
        refuse_errors(self.parsed.syntax_errors())
        self._bytes = {name: text.encode() for name, text in design.sources.items()}
        self._lines: dict[str, list[int]] = {}

    @property
    def root(self) -> Syntax:
        """The compilation unit."""
        return self.parsed.root

    def span(self, first: Syntax | Token, last: Syntax | Token | None = None) -> Span | None:
        """Return where `first` to `last` stand in the text.

        None for what a macro produces, what stands in a header, and what is not there.
        """
        begin = first if isinstance(first, Token) else first.getFirstToken()
        final = first if last is None else last
        end = final if isinstance(final, Token) else final.getLastToken()
        if not (self._in_text(begin) and self._in_text(end)):
            return None
        file = self.parsed.file_of(begin.location)
        start, stop = begin.location.offset, end.location.offset + len(end.rawText.encode())
        within = file in self._bytes and not file.endswith(HEADER_SUFFIXES)
        if not within or self.parsed.file_of(end.location) != file or start > stop:
            return None
        return Span(file=file, start=start, end=stop)

    def _in_text(self, token: Token) -> bool:
        return not token.isMissing and self.parsed.manager.isFileLoc(token.location)

    def text(self, part: Syntax | Token | Span) -> str:
        """Return the text of a part; empty where it has no place in the text."""
        span = part if isinstance(part, Span) else self.span(part)
        if span is None:
            return ""
        return self._bytes[span.file][span.start : span.end].decode()

    def line(self, span: Span) -> int:
        """Return the line in which `span` starts, counted from 1."""
        starts = self._lines.get(span.file)
        if starts is None:
            text = self._bytes[span.file]
            starts = self._lines[span.file] = [0, *(m.end() for m in _NEWLINE.finditer(text))]
        return bisect_right(starts, span.start)

    def holds_directive(self, span: Span) -> bool:
        """Whether a directive stands in `span` that must stay where it is."""
        text = self.text(span)
        return "`" in text and _DIRECTIVE.search(text) is not None

    def edited(self, edits: Iterable[Edit]) -> Mapping[str, str]:
        """Return all sources with `edits`, of which no two overlap, made."""
        changed: dict[str, bytes] = {}
        for edit in sorted(edits, key=_position, reverse=True):
            text = changed.get(edit.span.file, self._bytes[edit.span.file])
            new = edit.text.encode()
            changed[edit.span.file] = text[: edit.span.start] + new + text[edit.span.end :]
        return {**self.design.sources, **{name: text.decode() for name, text in changed.items()}}

    def around(self, edits: Sequence[Edit]) -> tuple[str, int, str, str]:
        """Return the lines around `edits` before and after they are made.

        File, byte at which the lines start, old text, new text.
        """
        file = edits[0].span.file
        text = self._bytes[file]
        start = text.rfind(b"\n", 0, min(edit.span.start for edit in edits)) + 1
        last = max(edit.span.end for edit in edits)
        end = last
        for _ in range(_LINES_AFTER):
            end = text.find(b"\n", end) + 1 or len(text)
        parts, at = [], start
        for edit in sorted(edits, key=_position):
            parts += [text[at : edit.span.start], edit.text.encode()]
            at = edit.span.end
        new = b"".join([*parts, text[at:end]])
        return file, start, text[start:end].decode(), new.decode()


def _position(edit: Edit) -> tuple[int, int]:
    return edit.span.start, edit.span.end
