"""Designs under names of their own, so that many can stand in one elaboration.

A lane is a canonical design in which every module and primitive is renamed to
begin with a prefix that no other design has. It starts and ends with compiler
directives in their default state and `` `timescale 1ns/1ps ``, which is what a
simulation of the design alone gives it, and shares nothing with its neighbors:
a design that could tell them, or its own names, by any means has no lane.

This reads untrusted text, so it runs in the gate's child process only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import PurePosixPath

from pyslang.ast import VisitAction
from pyslang.parsing import Token, TokenKind
from pyslang.syntax import SyntaxKind

from sim.canonical import Stream, Word
from sim.design import VERILOG_SUFFIXES, digest
from sim.gate_rules import RESERVED_PREFIX
from sim.slang import Parsed, Syntax

MAX_LANE_BYTES = 1 << 20
"""Longer canonical text gets no lane; it would be answered twice as long."""

_DEFAULT_WORDS = [
    (SyntaxKind.ResetAllDirective, "`resetall"),
    (SyntaxKind.TimeScaleDirective, "`timescale 1ns/1ps"),
]
_DEFAULTS = "".join(f"{text}\n" for _, text in _DEFAULT_WORDS)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*\Z")
_INSTANTIATIONS = (SyntaxKind.HierarchyInstantiation, SyntaxKind.PrimitiveInstantiation)
_SHARED = frozenset(
    # One stream of random numbers for the whole simulation.
    {"$random", "$urandom", "$urandom_range"}
    | {f"$dist_{kind}" for kind in ("uniform", "normal", "exponential", "poisson", "chi_square")}
    | {"$dist_t", "$dist_erlang"}
    # These can tell the design its own name or place.
    | {"$sformat", "$sformatf", "$psprintf", "$swrite", "$swriteb", "$swriteh", "$swriteo"}
    | {"$sscanf", "$typename"}
    # Files.
    | {"$readmemb", "$readmemh"}
)
_RANDOM = frozenset({"randomize", "shuffle", "randcase", "randsequence"})


def prefix_of(normalized: str) -> str:
    """Return what the names of a lane begin with; no admitted design has such names itself."""
    return f"{RESERVED_PREFIX}{normalized[:12]}_"


def normalized_digest(words: Sequence[Word], top: str) -> str:
    """Return a digest of what canonical text says, whatever its layout and its files' names.

    Ends of files count, and so do their suffixes: tools go by them.
    """
    parts: list[str] = [top]
    file = None
    for word in words:
        if word.file != file:
            file = word.file
            parts += ["file", PurePosixPath(file).suffix.lower()]
        parts += [word.kind.name, word.text]
    return digest(*(part.encode(errors="surrogatepass") for part in parts))


def lane_of(
    parsed: Parsed, words: Sequence[Word], sources: Mapping[str, str], *, prefix: str
) -> dict[str, str] | None:
    """Return the sources of the lane of a canonical design, or None if it can have none.

    `parsed` and `words` are the canonical `sources`, as a tree and as tokens.
    """
    if sum(map(len, sources.values())) > MAX_LANE_BYTES or obstacle(parsed, words):
        return None
    renamed = _Renamed(parsed, prefix)
    lane = renamed.sources(sources)
    again = Parsed(lane)
    if again.syntax_errors() or not renamed.same(words, Stream(again)):
        return None
    return lane


def obstacle(parsed: Parsed, words: Iterable[Word]) -> str:
    """Return why a canonical design can have no lane; empty if it can."""
    found = (_foreign(member) for member in parsed.root.members)
    reaching = (_reaching(word) for word in words)
    return next((why for why in chain(found, reaching) if why), "")


def _foreign(member: Syntax) -> str:
    """Return what makes a member of the compilation unit one that cannot be renamed."""
    if member.kind is SyntaxKind.EmptyMember:
        return ""
    if member.kind not in (SyntaxKind.ModuleDeclaration, SyntaxKind.UdpDeclaration):
        return f"outside of modules: {member.kind.name}"
    name = _name_of(member).valueText
    if not _PLAIN.match(name):
        return f"an escaped name: {name}"
    return "a module in a module" if _has_nested(member) else ""


def _has_nested(member: Syntax) -> bool:
    if member.kind is not SyntaxKind.ModuleDeclaration:
        return False
    found: list[Syntax] = []

    def look(node: Syntax | Token) -> VisitAction:
        if not isinstance(node, Token) and node.kind in (
            SyntaxKind.ModuleDeclaration,
            SyntaxKind.InterfaceDeclaration,
            SyntaxKind.UdpDeclaration,
        ):
            found.append(node)
        return VisitAction.Advance

    member.visit(look)
    return len(found) > 1


def _reaching(word: Word) -> str:
    """Return what is in the way of a lane in one token."""
    if word.kind is TokenKind.SystemIdentifier and word.text in _SHARED:
        return f"shared by the whole simulation: {word.text}"
    if word.text in _RANDOM:
        return f"random values: {word.text}"
    if word.kind in (TokenKind.Supply0Keyword, TokenKind.Supply1Keyword):
        # An input port of this kind listens to a bench that writes to it, and to no copy.
        return f"a constant net: {word.text}"
    if word.kind is SyntaxKind.BeginKeywordsDirective:
        return "a keyword version"
    is_time = word.kind in (TokenKind.TimeLiteral, SyntaxKind.TimeScaleDirective)
    if is_time and "fs" in word.text:
        return "a time precision that slows all others"
    return ""


def _name_of(member: Syntax) -> Token:
    named = member if member.kind is SyntaxKind.UdpDeclaration else member.header
    name: Token = named.name
    return name


class _Renamed:
    """The tokens of a canonical design that name its modules and primitives."""

    def __init__(self, parsed: Parsed, prefix: str) -> None:
        self._parsed = parsed
        self._prefix = prefix
        members = [m for m in parsed.root.members if m.kind is not SyntaxKind.EmptyMember]
        self._names = {_name_of(member).valueText for member in members}
        self._tokens: dict[tuple[str, int], Token] = {}
        """By file and byte offset."""
        for member in members:
            self._note(_name_of(member))
            self._note_label(member)
        parsed.root.visit(self._look)

    def _note_label(self, member: Syntax) -> None:
        udp = member.kind is SyntaxKind.UdpDeclaration
        label = member.endBlockName if udp else member.blockName
        if label is not None:
            self._note(label.name)

    def _look(self, node: Syntax | Token) -> VisitAction:
        if not isinstance(node, Token) and node.kind in _INSTANTIATIONS:
            self._note(node.type)
        return VisitAction.Advance

    def _note(self, token: Token) -> None:
        if token.kind is TokenKind.Identifier and token.valueText in self._names:
            place = self._parsed.file_of(token.location), token.location.offset
            self._tokens[place] = token

    def sources(self, sources: Mapping[str, str]) -> dict[str, str]:
        """Return `sources` with the new names, between default directives."""
        texts = [self._spliced(name, text.encode()) for name, text in sources.items()]
        texts[0] = _DEFAULTS + texts[0]
        texts[-1] += _DEFAULTS
        names = [f"{self._prefix}{index}{_suffix(name)}" for index, name in enumerate(sources)]
        return dict(zip(names, texts, strict=True))

    def _spliced(self, name: str, text: bytes) -> str:
        parts: list[bytes] = []
        done = 0
        for place in sorted(place for place in self._tokens if place[0] == name):
            token, start = self._tokens[place], place[1]
            parts += [text[done:start], self._new(token).encode()]
            done = start + len(token.rawText.encode())
        return b"".join([*parts, text[done:]]).decode()

    def _new(self, token: Token) -> str:
        return self._prefix + str(token.valueText)

    def same(self, words: Iterable[Word], lane: Stream) -> bool:
        """Whether the tokens of `lane` are `words` under new names and nothing else."""
        new = {place: self._new(token) for place, token in self._tokens.items()}
        wanted = [(w.kind, new.get((w.file, w.start), w.text)) for w in words]
        found = [(w.kind, w.text) for w in lane.words]
        return not lane.strays and found == [*_DEFAULT_WORDS, *wanted, *_DEFAULT_WORDS]


def _suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix
    return suffix if suffix in VERILOG_SUFFIXES else ".sv"
