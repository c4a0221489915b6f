"""The part of `sim.process_order` that parses untrusted text; it runs in a child process."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyslang.ast import EdgeKind, ExpressionKind, StatementKind, SymbolKind, VisitAction
from pyslang.syntax import SyntaxKind

from sim.gate_elaborated import instances_of
from sim.read_interface import top_instance
from sim.slang import Ast, Parsed, Syntax
from sim.timing import members
from sim.worker import ANSWERS, REQUEST

MOST = 8
"""Suspects that are named."""
_TURNED = (
    frozenset({SyntaxKind.AlwaysBlock, SyntaxKind.AlwaysFFBlock, SyntaxKind.AlwaysCombBlock}),
    frozenset({SyntaxKind.HierarchyInstantiation}),
)
_EDGES = (EdgeKind.PosEdge, EdgeKind.NegEdge, EdgeKind.BothEdges)
_NAMES = (ExpressionKind.NamedValue, ExpressionKind.HierarchicalValue)


def main() -> None:
    """Answer the request in the current folder."""
    request = json.loads(Path(REQUEST).read_text(encoding="utf-8"))
    parsed = Parsed(request["sources"])
    found = {"sources": turned(parsed, request["sources"])}
    with Path(ANSWERS).open("w", encoding="utf-8") as answers:
        answers.write(json.dumps(found) + "\n")
        answers.flush()
        compilation = parsed.elaborate(request["top"])
        top = top_instance(parsed, request["top"], compilation=compilation)
        answers.write(json.dumps(suspects(parsed, instances_of(top))) + "\n")


def turned(parsed: Parsed, sources: Mapping[str, str]) -> dict[str, str]:
    """Return `sources` with the processes, and the instances, of each module in reverse order."""
    texts = {name: text.encode() for name, text in sources.items()}
    swaps: dict[str, list[tuple[int, int, bytes]]] = {}
    for module in parsed.root.members if parsed.root.kind is SyntaxKind.CompilationUnit else ():
        for kinds in _TURNED:
            spans = [_span(parsed, m) for m in getattr(module, "members", ()) if m.kind in kinds]
            pairs = zip(spans, spans[::-1], strict=True) if len(spans) > 1 else ()
            for (file, start, end), (other, first, last) in pairs:
                swaps.setdefault(file, []).append((start, end, texts[other][first:last]))
    return {name: _swapped(text, swaps.get(name, [])).decode() for name, text in texts.items()}


def _span(parsed: Parsed, node: Syntax) -> tuple[str, int, int]:
    where = node.sourceRange
    return parsed.file_of(where.start), where.start.offset, where.end.offset


def _swapped(text: bytes, swaps: Iterable[tuple[int, int, bytes]]) -> bytes:
    for start, end, new in sorted(swaps, reverse=True):
        text = text[:start] + b" " + new + b" " + text[end:]
    return text


@dataclass(frozen=True, slots=True)
class _Part:
    """A process or continuous assignment."""

    clocked: bool
    reads: frozenset[str]
    writes: frozenset[str]
    blocking: tuple[tuple[str, Ast], ...]
    """Signals that it assigns by `=`, and where."""


def suspects(parsed: Parsed, instances: Iterable[Ast]) -> list[tuple[str, int, str]]:
    """Return signals that are assigned by `=` at a clock edge and read at one elsewhere.

    Source and line of the assignment, and the signal; whether the reader sees the old value or
    the new one depends on the order of the processes, which the standard leaves open.
    """
    found: dict[tuple[str, int, str], None] = {}
    for instance in instances:
        parts = list(_parts(instance))
        for part in (part for part in parts if part.clocked):
            for name, where in part.blocking:
                if any(p.clocked and p is not part and p.reads & _led(name, parts) for p in parts):
                    file, line, _ = parsed.place(where.sourceRange.start)
                    found[file, line, name.rsplit(".", 1)[-1]] = None
    return list(found)[:MOST]


def _led(name: str, parts: Iterable[_Part]) -> frozenset[str]:
    """Return `name` and what follows from it without a clock."""
    led, before = {name}, 0
    free = [part for part in parts if not part.clocked]
    while len(led) > before:
        before = len(led)
        for part in free:
            if part.reads & led:
                led |= part.writes
    return frozenset(led)


def _parts(instance: Ast) -> Iterator[_Part]:
    for member in members(instance.body):
        if member.kind is SymbolKind.ContinuousAssign:
            yield _part(member.assignment, clocked=False)
        elif member.kind is SymbolKind.Net and member.initializer is not None:
            reads = frozenset(_named(member.initializer))
            yield _Part(False, reads, frozenset({member.hierarchicalPath}), ())
        elif member.kind is SymbolKind.ProceduralBlock:
            yield _part(member.body, clocked=_has_edge(member.body))


def _has_edge(body: Ast) -> bool:
    if body.kind is not StatementKind.Timed:
        return False
    events = getattr(body.timing, "events", None) or [body.timing]
    return any(getattr(event, "edge", None) in _EDGES for event in events)


def _part(body: Ast, *, clocked: bool) -> _Part:
    reads: set[str] = set()
    writes: set[str] = set()
    blocking: list[tuple[str, Ast]] = []

    def look(node: Ast) -> VisitAction:
        kind = getattr(node, "kind", None)
        if kind is ExpressionKind.Assignment:
            targets = set(_named(node.left))
            writes.update(targets)
            reads.update(_named(node.right))
            if not node.isNonBlocking:
                blocking.extend((name, node) for name in sorted(targets))
            return VisitAction.Skip
        if kind in _NAMES:
            reads.add(node.symbol.hierarchicalPath)
        return VisitAction.Advance

    (body.stmt if body.kind is StatementKind.Timed else body).visit(look)
    return _Part(clocked, frozenset(reads), frozenset(writes), tuple(blocking))


def _named(expression: Ast) -> list[str]:
    found: list[str] = []

    def look(node: Ast) -> None:
        if getattr(node, "kind", None) in _NAMES:
            found.append(node.symbol.hierarchicalPath)

    expression.visit(look)
    return found
