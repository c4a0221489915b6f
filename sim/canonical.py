"""The one text that both the gate and the simulators read.

Simulators differ in what they make of comments, pragmas, conditional
compilation and macros. The canonical text has none of these left: it is the
parser's own token stream written out again, every token on its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pyslang import SourceLocation
from pyslang.ast import VisitAction
from pyslang.parsing import Token, TokenKind, TriviaKind
from pyslang.syntax import SyntaxKind

from sim.slang import Parsed, Syntax

_KEPT = {
    SyntaxKind.BeginKeywordsDirective,
    SyntaxKind.CellDefineDirective,
    SyntaxKind.DefaultNetTypeDirective,
    SyntaxKind.EndCellDefineDirective,
    SyntaxKind.EndKeywordsDirective,
    SyntaxKind.NoUnconnectedDriveDirective,
    SyntaxKind.ResetAllDirective,
    SyntaxKind.TimeScaleDirective,
    SyntaxKind.UnconnectedDriveDirective,
}
_RESOLVED = {
    SyntaxKind.DefineDirective,
    SyntaxKind.ElsIfDirective,
    SyntaxKind.ElseDirective,
    SyntaxKind.EndIfDirective,
    SyntaxKind.IfDefDirective,
    SyntaxKind.IfNDefDirective,
    SyntaxKind.IncludeDirective,
    SyntaxKind.LineDirective,
    SyntaxKind.MacroUsage,
    SyntaxKind.PragmaDirective,
    SyntaxKind.UndefDirective,
    SyntaxKind.UndefineAllDirective,
}
_NO_TEXT = {TokenKind.EndOfFile, TokenKind.Placeholder, TokenKind.EmptyMacroArgument}
_EMPTY_BLOCK = (("begin", TokenKind.BeginKeyword), ("end", TokenKind.EndKeyword))
_CONTINUED = re.compile(r"\\(?:\r\n?|\n)")


@dataclass(frozen=True, slots=True)
class Word:
    """One token, or one directive that is kept, and where it is written."""

    text: str
    kind: TokenKind | SyntaxKind
    """pyslang's `TokenKind`, or `SyntaxKind` of a directive."""
    file: str
    """The compiled source that it ends up in."""
    line: int
    column: int
    start: int
    """Byte offset in its file, and -1 for what comes from a macro or an included file."""

    @property
    def directive(self) -> bool:
        return isinstance(self.kind, SyntaxKind)

    @property
    def end(self) -> int:
        return -2 if self.start < 0 else self.start + len(self.text.encode())


@dataclass(frozen=True, slots=True)
class Stray:
    """Something in the text that has no place in canonical text."""

    what: str
    file: str
    line: int


Span: TypeAlias = tuple[int, int, int]
"""Where a syntax node stands: buffer, and the offsets of its first token and of its end."""


def span_of(node: Syntax) -> Span:
    """Return where `node` stands."""
    place = node.sourceRange
    return place.start.buffer.id, place.start.offset, place.end.offset


class Stream:
    """The tokens of a parsed design, less attributes and the modules named in `without`.

    In place of the generate branches in `empty` stand empty blocks.
    """

    def __init__(
        self,
        parsed: Parsed,
        *,
        without: frozenset[str] = frozenset(),
        empty: frozenset[Span] = frozenset(),
    ) -> None:
        self.words: list[Word] = []
        self.strays: list[Stray] = []
        self._parsed = parsed
        self._without = without
        self._empty = empty
        self._silent = False
        self._includes: dict[int, SourceLocation | None] = {}
        parsed.root.visit(self._visit)

    def _visit(self, part: Syntax | Token) -> VisitAction:
        if isinstance(part, Token):
            self._token(part)
        elif not self._silent and self._left_out(part):
            self._skip(part)
            return VisitAction.Skip
        elif not self._silent and self._empty and span_of(part) in self._empty:
            self._skip(part)
            for text, kind in _EMPTY_BLOCK:
                self._add(text, kind, part.getFirstToken().location, inline=True)
            return VisitAction.Skip
        return VisitAction.Advance

    def _skip(self, part: Syntax) -> None:
        """Keep nothing of `part` but its directives."""
        self._silent = True
        part.visit(self._visit)
        self._silent = False

    def _left_out(self, node: Syntax) -> bool:
        if node.kind is SyntaxKind.AttributeInstance:
            return True
        if node.kind is not SyntaxKind.ModuleDeclaration:
            return False
        return node.header.name.valueText in self._without

    def _token(self, token: Token) -> None:
        for trivia in token.trivia:
            if trivia.kind is TriviaKind.Directive:
                self._directive(trivia.syntax())
        if token.isMissing or token.kind in _NO_TEXT or self._silent:
            return
        text = token.rawText
        if token.kind is TokenKind.StringLiteral:
            text = _CONTINUED.sub("", text)
        self._add(text, token.kind, token.location)

    def _directive(self, node: Syntax) -> None:
        if node.kind in _KEPT:
            text = " ".join(t.rawText for t in _tokens(node)).replace(" / ", "/")
            self._add(text, node.kind, node.getFirstToken().location)
        elif node.kind not in _RESOLVED or _protects(node):
            file, line, _ = self._parsed.place(node.getFirstToken().location)
            self.strays.append(Stray(node.getFirstToken().rawText, file, line))

    def _add(
        self,
        text: str,
        kind: TokenKind | SyntaxKind,
        location: SourceLocation,
        *,
        inline: bool = False,
    ) -> None:
        manager = self._parsed.manager
        inline = inline or manager.isMacroLoc(location)
        place = manager.getFullyExpandedLoc(location)
        outer = self._including(place)
        if outer is not None:
            inline, place = True, outer
        file, line, column = self._parsed.place(place)
        self.words.append(Word(text, kind, file, line, column, -1 if inline else place.offset))

    def _including(self, place: SourceLocation) -> SourceLocation | None:
        """Return the outermost `` `include `` that brought `place` in, or None."""
        key = place.buffer.id
        if key not in self._includes:
            manager, outer = self._parsed.manager, None
            while manager.isIncludedFileLoc(place):
                place = outer = manager.getFullyExpandedLoc(manager.getIncludedFrom(place.buffer))
            self._includes[key] = outer
        return self._includes[key]


def unreachable(parsed: Parsed, names: frozenset[str], top: str) -> frozenset[str]:
    """Return those of the modules `names` that nothing reachable from `top` mentions."""
    if names <= {top}:
        return frozenset()
    modules = {m.header.name.valueText: m for m in _outer_modules(parsed) if _name(m) in names}
    mentions = {name: _mentioned(module, names) for name, module in modules.items()}
    reached = {top}
    for member in parsed.root.members:
        if member.kind is not SyntaxKind.ModuleDeclaration:
            reached |= _mentioned(member, names)
    waiting = list(reached)
    while waiting:
        fresh = mentions.get(waiting.pop(), set()) - reached
        reached |= fresh
        waiting += fresh
    return frozenset(modules) - reached


def _name(module: Syntax) -> str:
    return str(module.header.name.valueText)


def _outer_modules(parsed: Parsed) -> Iterator[Syntax]:
    for member in parsed.root.members:
        if member.kind is SyntaxKind.ModuleDeclaration:
            yield member


def _mentioned(node: Syntax, names: frozenset[str]) -> set[str]:
    return {t.valueText for t in _tokens(node) if t.kind is TokenKind.Identifier} & names


def _tokens(node: Syntax) -> list[Token]:
    found: list[Token] = []

    def keep(part: Syntax | Token) -> None:
        if isinstance(part, Token) and not part.isMissing:
            found.append(part)

    node.visit(keep)
    return found


def _protects(node: Syntax) -> bool:
    if node.kind is not SyntaxKind.PragmaDirective:
        return False
    return any(token.valueText == "protect" for token in _tokens(node))


def render(words: Iterable[Word], files: Sequence[str]) -> Mapping[str, str]:
    """Return the text of every one of `files`."""
    pages = {name: _Page() for name in files}
    for word in words:
        pages[word.file].write(word)
    return {name: page.text() for name, page in pages.items()}


class _Page:
    """A file being written: tokens go to their line and, if they can, their column."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._line = 1
        self._column = 1
        self._last: Word | None = None

    def text(self) -> str:
        return "".join(self._parts) + "\n"

    def write(self, word: Word) -> None:
        alone = word.directive or (self._last is not None and self._last.directive)
        if word.line > self._line:
            self._break(word.line - self._line)
        elif alone and self._last is not None:
            # A directive ends with its line; what follows may come a line late.
            self._break(1)
        joined = self._last is not None and word.start == self._last.end
        if not joined:
            self._pad(word.column)
        self._parts.append(word.text)
        self._column += len(word.text.encode())
        self._last = word

    def _break(self, lines: int) -> None:
        self._parts.append("\n" * lines)
        self._line += lines
        self._column = 1

    def _pad(self, column: int) -> None:
        spaces = max(column - self._column, 1 if self._column > 1 else 0)
        self._parts.append(" " * spaces)
        self._column += spaces
