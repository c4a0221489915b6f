"""The part of `repair` that parses; it runs in a sandboxed child process."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pyslang.parsing import Token
from pyslang.syntax import SyntaxKind

from sim.slang import Parsed, Syntax
from symbolic.dataflow.source_map_worker import Places, inherits
from symbolic.yosys_worker import ANSWERS, REQUEST

_ASSIGNMENTS = (SyntaxKind.AssignmentExpression, SyntaxKind.NonblockingAssignmentExpression)
_PROCESSES = (
    SyntaxKind.AlwaysBlock,
    SyntaxKind.AlwaysCombBlock,
    SyntaxKind.AlwaysFFBlock,
    SyntaxKind.AlwaysLatchBlock,
    SyntaxKind.InitialBlock,
)
_SELECTS = (SyntaxKind.ElementSelectExpression, SyntaxKind.MemberAccessExpression)


def main() -> None:
    """Answer with the changed sources and what was changed."""
    sources = json.loads(Path(REQUEST).read_text(encoding="utf-8"))
    with Path(ANSWERS).open("w", encoding="utf-8") as answers:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
        answers.write(json.dumps(_repaired(sources)) + "\n")


def _repaired(sources: Mapping[str, str]) -> dict[str, Any]:
    parsed = Parsed(sources)
    if parsed.syntax_errors():
        return {"sources": {}, "changes": []}
    places = Places(parsed, sources)
    edits: dict[str, list[tuple[int, int, str]]] = {}
    changes = []
    for module in _modules(parsed.root):
        for name, edit in _edits(module, places):
            file, start, end, new = edit
            edits.setdefault(file, []).append((start, end, new))
            line = sources[file].count("\n", 0, start) + 1
            changes.append(f"{file}:{line}: a process assigns {name!r}, so it is a `reg`")
    changed = {file: _applied(sources[file], found) for file, found in edits.items()}
    return {"sources": changed, "changes": changes}


def _applied(text: str, edits: list[tuple[int, int, str]]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _modules(root: Syntax) -> list[Syntax]:
    members = list(root.members) if root.kind is SyntaxKind.CompilationUnit else [root]
    return [member for member in members if member.kind is SyntaxKind.ModuleDeclaration]


def _edits(module: Syntax, places: Places) -> Iterator[tuple[str, tuple[str, int, int, str]]]:
    """Yield for each net that only processes assign how its declaration has to change."""
    assigned = {n for m in module.members if m.kind in _PROCESSES for n in _targets(m)}
    assigned -= {
        n for m in module.members if m.kind is SyntaxKind.ContinuousAssign for n in _targets(m)
    }
    variables = {
        n for m in module.members if m.kind is SyntaxKind.DataDeclaration for n in _declared(m)
    }
    wanted = assigned - variables
    for member in module.members:
        if member.kind is SyntaxKind.NetDeclaration:
            yield from _net(member, wanted, places)
        elif member.kind is SyntaxKind.PortDeclaration:
            nets = {
                n
                for m in module.members
                if m.kind is SyntaxKind.NetDeclaration
                for n in _declared(m)
            }
            yield from _port(member.header, list(_declared(member)), wanted - nets, places)
    ports = module.header.ports
    if ports is not None and ports.kind is SyntaxKind.AnsiPortList:
        listed = [p for p in ports.ports if not isinstance(p, Token)]
        for port, after in zip(listed, [*listed[1:], None], strict=True):
            if port.kind is SyntaxKind.ImplicitAnsiPort:
                alone = after is None or not inherits(after)
                names = [port.declarator.name.valueText]
                yield from _port(port.header, names, wanted if alone else set(), places)


def _net(
    member: Syntax, wanted: set[str], places: Places
) -> Iterator[tuple[str, tuple[str, int, int, str]]]:
    names = list(_declared(member))
    plain = not any(d.initializer for d in member.declarators if not isinstance(d, Token))
    if member.netType.valueText == "wire" and plain and names and set(names) <= wanted:
        span = places.span(member.netType)
        yield ", ".join(names), (span["file"], span["start"], span["end"], "reg")


def _port(
    header: Syntax, names: list[str], wanted: set[str], places: Places
) -> Iterator[tuple[str, tuple[str, int, int, str]]]:
    direction, kind = getattr(header, "direction", None), getattr(header, "netType", None)
    if (
        direction is None
        or direction.valueText != "output"
        or not set(names) <= wanted
        or not names
    ):
        return
    if isinstance(kind, Token) and kind.valueText == "wire":
        span = places.span(kind)
        yield ", ".join(names), (span["file"], span["start"], span["end"], "reg")
    elif header.dataType.kind is SyntaxKind.ImplicitType:
        end = places.span(direction)["end"]
        yield ", ".join(names), (places.span(direction)["file"], end, end, " reg")


def _declared(member: Syntax) -> Iterator[str]:
    for declarator in member.declarators:
        if not isinstance(declarator, Token):
            yield declarator.name.valueText


def _targets(member: Syntax) -> set[str]:
    found: set[str] = set()

    def look(node: Syntax) -> None:
        if not isinstance(node, Token) and node.kind in _ASSIGNMENTS:
            found.update(_bases(node.left))

    member.visit(look)
    return found


def _bases(left: Syntax) -> Iterator[str]:
    """Yield the names of the signals that are assigned to."""
    if left.kind is SyntaxKind.ConcatenationExpression:
        for part in left.expressions:
            if not isinstance(part, Token):
                yield from _bases(part)
    elif left.kind in _SELECTS:
        yield from _bases(left.left)
    elif left.kind in (SyntaxKind.IdentifierName, SyntaxKind.IdentifierSelectName):
        yield left.identifier.valueText
